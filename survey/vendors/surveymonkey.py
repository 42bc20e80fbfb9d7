"""SurveyMonkey: two header rows, the question over the first of its columns and the options (or "Response") below;
or flattened to one row, "10a. Item". A marked option holds its own text, a rank its number.
"""

from __future__ import annotations

from obstacles.survey.files.table import Table
from obstacles.survey.vendors.headings import from_names, two_rows
from obstacles.survey.vendors.vendor import Heading, Vendor, found
from obstacles.text.language import _

OWN = ("Respondent ID", "RespondentID", "Collector ID", "CollectorID")


def _recognise(table: Table) -> str:
    if len(table.header) == 2 and any(cell.strip() in ("Response", "Open-Ended Response") for cell in table.header[1]):
        return _('the second row holds options and "Response"')
    if marks := found(table, OWN):
        return _("the column {name}").format(name=marks[0])
    if len(table.header) == 2 and table.header[0][0].strip() and not table.header[1][0].strip():
        return _("the second row fills the gaps of the first with options")
    return ""


def _headings(table: Table) -> tuple[Heading, ...]:
    return two_rows(table) if len(table.header) > 1 else from_names(table)


SURVEYMONKEY = Vendor(
    "SurveyMonkey",
    _recognise,
    _headings,
    roles={
        "id": ("Respondent ID", "RespondentID"),
        "date": ("End Date", "EndDate", "Date Modified", "Start Date", "StartDate", "Date Created"),
        "personal": ("IP Address", "Email Address", "First Name", "Last Name", "Custom Data 1", "Custom Data"),
        "technical": ("Collector ID", "CollectorID", "Start Date", "StartDate", "Date Created"),
    },
)
