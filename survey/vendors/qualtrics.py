"""Qualtrics: names, question texts and ImportIds (JSON, or with single quotes) in three rows; older: V1.. and texts.

A matrix, a multiple answer or a rank order is one column per item, `Q7_1 .. Q7_k`; pick, group and rank gives
`.._GROUP` and `.._RANK` columns. Status tells previews and tests apart, as words or as codes; Finished is 1 or TRUE.
"""

from __future__ import annotations

import re

from obstacles.survey.vendors.headings import from_names
from obstacles.survey.vendors.vendor import (
    OTHER_PURPOSE,
    SHOWN_ORDER,
    TEXT_ENTRY,
    Export,
    Heading,
    Rows,
    Vendor,
    found,
)
from obstacles.text.fold import normalise_name
from obstacles.text.language import _, commas

IMPORT_ID = re.compile(r"""\{\s*['"]ImportId['"]\s*:\s*['"]([^'"]*)['"]""")
OF_QUESTION = re.compile(r"(?P<stem>QID\d+(?:#\d+)?(?:[-_]G?\d+)*?)[-_](?P<item>\d+|x\d+)(?P<kind>[-_](?:TEXT|RANK))?")
OF_NAME = re.compile(r"(?P<stem>.+)_(?P<item>[^_]+)")
META = ("BROWSER", "VERSION", "OS", "RESOLUTION", "FIRST_CLICK", "LAST_CLICK", "PAGE_SUBMIT", "CLICK_COUNT", "TOPICS")
ROLES = {
    "id": ("ResponseId", "ResponseID", "Response ID", "_recordId"),
    "date": ("RecordedDate", "EndDate", "End Date", "StartDate"),
    "duration": ("Duration (in seconds)", "Q_TotalDuration"),
    "finished": ("Finished",),
    "status": ("Status", "Response Type"),
    "personal": (
        "IPAddress",
        "RecipientLastName",
        "RecipientFirstName",
        "RecipientEmail",
        "EmailAddress",
        "Name",
        "ExternalReference",
        "ExternalDataReference",
        "LocationLatitude",
        "LocationLongitude",
    ),
    "technical": (
        "StartDate",
        "EndDate",
        "Progress",
        "ResponseSet",
        "DistributionChannel",
        "UserLanguage",
        "LocationAccuracy",
    ),
}


def _recognise(table: Export) -> str:
    if len(table.header) > 2 and any(IMPORT_ID.match(cell.strip()) for cell in table.header[2]):
        return _("the third row holds ImportIds")
    if len(table.header) > 1 and table.header[0][:3] == ("V1", "V2", "V3"):
        return _("V1, V2, V3 stand above {name}").format(name=table.header[1][0])
    if len(found(table, ("ResponseId", "Finished", "RecordedDate", "DistributionChannel", "Status"))) >= 3:
        return _("the columns {names}").format(names=commas(found(table, ("ResponseId", "Finished", "RecordedDate"))))
    return ""


def _header_rows(rows: Rows) -> int:
    if len(rows) > 2 and any(cell.lstrip().startswith(('{"ImportId"', "{'ImportId'")) for cell in rows[2]):
        return 3
    old = len(rows) > 1 and list(rows[0][:3]) == ["V1", "V2", "V3"]
    return 2 if old and rows[1][0].strip() in ("ResponseID", "ResponseId") else 0


def _headings(table: Export) -> tuple[Heading, ...]:
    if len(table.header) < 2:
        return tuple(_checked(name, one) for name, one in zip(table.names, from_names(table), strict=True))
    ids = table.header[2] if len(table.header) > 2 else ("",) * len(table.names)
    return tuple(
        _checked(name, _heading(name, normalise_name(text), id))
        for name, text, id in zip(table.names, table.header[1], ids, strict=True)
    )


def _heading(name: str, text: str, id: str) -> Heading:
    match = IMPORT_ID.match(id.strip())
    by_id = OF_QUESTION.fullmatch(match[1]) if match else None
    by_name = OF_NAME.fullmatch(name)
    if by_id is not None and by_id["kind"] and by_id["kind"].endswith("TEXT"):
        return Heading(by_id["stem"], text, kind=TEXT_ENTRY)
    if by_id is not None:
        return Heading(by_id["stem"], text)
    if by_name is not None and by_name["item"].isdigit():
        return Heading(by_name["stem"], text)
    return Heading("", text)


def _checked(name: str, heading: Heading) -> Heading:
    """Columns that look like answers by their name and are none."""
    last = name.upper().replace(" ", "_").rsplit("_", 1)[-1]
    if re.search(r"_DO(_\d+)?$", name):
        return Heading(re.sub(r"_DO(_\d+)?$", "", name), heading.question, kind=SHOWN_ORDER)
    if last == "TEXT" or name.endswith("_TEXT"):
        return Heading(heading.stem, heading.question, kind=TEXT_ENTRY)
    if last in META or last == "GROUP" or re.search(r"_(First|Last) Click$|_Page Submit$|_Click Count$", name):
        return Heading("", heading.question, kind=OTHER_PURPOSE)
    return heading


QUALTRICS = Vendor(
    "Qualtrics",
    _recognise,
    _headings,
    header_rows=_header_rows,
    roles=ROLES,
    finished=("1", "true", "yes", "wahr", "是"),
    tests=("survey preview", "survey test", "1", "2", "9", "12", "16", "17", "spam"),
)
