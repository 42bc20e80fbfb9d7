"""SurveyMonkey: two header rows, the question over the first of its columns and the options (or "Response") below;
or flattened to one row, "10a. Item". A marked option holds its own text, a rank its number.
"""

from __future__ import annotations

from collections.abc import Sequence

from obstacles.survey.vendors.headings import from_names, two_rows
from obstacles.survey.vendors.vendor import Export, Heading, Rows, Vendor, found
from obstacles.text.fold import NUMBER
from obstacles.text.language import _

OWN = ("Respondent ID", "RespondentID", "Collector ID", "CollectorID")


def _recognise(table: Export) -> str:
    if len(table.header) == 2 and any(cell.strip() in ("Response", "Open-Ended Response") for cell in table.header[1]):
        return _('the second row holds options and "Response"')
    if marks := found(table, OWN):
        return _("the column {name}").format(name=marks[0])
    if len(table.header) == 2 and table.header[0][0].strip() and not table.header[1][0].strip():
        return _("the second row fills the gaps of the first with options")
    return ""


def _headings(table: Export) -> tuple[Heading, ...]:
    return two_rows(table) if len(table.header) > 1 else from_names(table)


def _header_rows(rows: Rows) -> int:
    return 2 if len(rows) > 1 and _fills_gaps(rows[0], rows[1]) else 0


def _fills_gaps(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether row 2 holds the options of questions that stand over the first of their columns only.

    In such a header the identifying columns have nothing in row 2, unlike a row of answers.
    """
    if not first[0].strip() or not second or second[0].strip():
        return False
    gaps = [column for column, cell in enumerate(first) if not cell.strip() and column < len(second)]
    options = [second[column] for column in gaps if second[column].strip()]
    responses = any(cell.strip() in ("Response", "Open-Ended Response") for cell in second)
    typical = responses or len(gaps) >= 2
    filled = len(options) >= max(0.9 * len(gaps), 0 if responses else 1)
    return typical and filled and not any(NUMBER.fullmatch(text) for text in options)


SURVEYMONKEY = Vendor(
    "SurveyMonkey",
    _recognise,
    _headings,
    header_rows=_header_rows,
    roles={
        "id": ("Respondent ID", "RespondentID"),
        "date": ("End Date", "EndDate", "Date Modified", "Start Date", "StartDate", "Date Created"),
        "personal": ("IP Address", "Email Address", "First Name", "Last Name", "Custom Data 1", "Custom Data"),
        "technical": ("Collector ID", "CollectorID", "Start Date", "StartDate", "Date Created"),
    },
)
