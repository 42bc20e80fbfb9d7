"""Google Forms: a Timestamp, the questions as they were asked, grids as "Question [Item]".

Choices of one respondent stand in one cell, joined by ";" or ", "; options may contain the same comma, and what was
written under "Other" is appended to them.
"""

from __future__ import annotations

from obstacles.survey.vendors.headings import from_names
from obstacles.survey.vendors.vendor import Export, Vendor
from obstacles.text.fold import fold
from obstacles.text.language import _

TIMESTAMPS = (
    "Timestamp",
    "时间戳记",
    "時間戳記",
    "Zeitstempel",
    "Horodateur",
    "Marca temporal",
    "Carimbo de data/hora",
    "Informazioni cronologiche",
    "Отметка времени",
    "タイムスタンプ",
    "타임스탬프",
)


def _recognise(table: Export) -> str:
    first = fold(table.names[0])
    if first in map(fold, TIMESTAMPS) and len(table.header) == 1:
        return _('the first column is "{name}"').format(name=table.names[0])
    return ""


GOOGLE_FORMS = Vendor(
    "Google Forms",
    _recognise,
    from_names,
    roles={
        "date": TIMESTAMPS,
        "personal": ("Email Address", "Email", "Username", "E-Mail-Adresse", "电子邮件地址"),
        "technical": ("Score",),
    },
)
