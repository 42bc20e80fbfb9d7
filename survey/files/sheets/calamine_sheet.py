"""A sheet as python-calamine gives it -> rows of texts, and the cells that span several rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from obstacles.survey.files.cell_text import as_text
from obstacles.survey.files.sheets.sheet_table import Merged
from obstacles.survey.files.unpack import MOST_BYTES
from obstacles.survey.problems import refusal
from obstacles.text.language import _

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

FIRST_ROWS = 100  # looked at for content
_text = lru_cache(maxsize=1024, typed=True)(as_text)  # answers repeat


def texts_of(sheet: CalamineSheet, file: str) -> list[list[str]]:
    """The cells of a sheet as a CSV export would write them, a list for each row of the sheet."""
    rows: list[list[str]] = []
    length = 0
    for values in _rows(sheet):
        rows.append([value if type(value) is str else _text(value) for value in values])
        length += sum(map(len, rows[-1]))
        if length > MOST_BYTES:
            raise refusal("E-FILE-04", _("the sheet holds more text than can be read."), file)
    return rows


def has_content(sheet: CalamineSheet) -> bool:
    """Whether one of the first rows has a cell that is not blank."""
    return any(cell != "" for row in islice(_rows(sheet), FIRST_ROWS) for cell in row)


def merged_in(sheet: CalamineSheet) -> list[Merged]:
    """The cells that span several rows of one column."""
    ranges = sheet.merged_cell_ranges or []
    return [Merged(left, top, bottom) for (top, left), (bottom, right) in ranges if left == right and top < bottom]


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """The values of each row from row 1 and column A on, "" where a cell is blank."""
    _above, beside = sheet.start or (0, 0)
    for row in sheet.iter_rows():  # it gives the blank rows above the content, but not the blank columns beside it
        yield [*[""] * beside, *row]
