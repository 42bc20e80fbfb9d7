"""Microsoft Forms: ID, Start time, Completion time, Email and Name before the questions.

Several choices stand in one cell with a ";" after each; a ranking question is one cell with all items in their order.
"""

from __future__ import annotations

from obstacles.survey.vendors.headings import from_names
from obstacles.survey.vendors.vendor import Export, Vendor, found
from obstacles.text.language import _, commas

OWN = ("Start time", "Completion time", "开始时间", "完成时间", "Startzeit", "Fertigstellungszeit", "Heure de début")


def _recognise(table: Export) -> str:
    if len(marks := found(table, OWN)) >= 2:
        return _("the columns {names}").format(names=commas(marks[:3]))
    return ""


MICROSOFT_FORMS = Vendor(
    "Microsoft Forms",
    _recognise,
    from_names,
    roles={
        "id": ("ID",),
        "date": ("Completion time", "完成时间", "Fertigstellungszeit", "Heure de fin"),
        "personal": ("Email", "Name", "电子邮件", "名称", "姓名", "E-Mail", "Nom", "Adresse de messagerie"),
        "technical": ("Start time", "开始时间", "Startzeit", "Last modified time", "上次修改时间", "Language", "语言"),
    },
)
