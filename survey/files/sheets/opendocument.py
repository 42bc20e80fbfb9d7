"""Sheets of OpenDocument (.ods, as LibreOffice writes them): the sheet with the answers becomes a text table.

A cell or a row that occurs again and again is stored once, with a count: a file of a few hundred bytes can hold a
sheet of seventeen thousand million cells. So the counts are added up before a row is laid out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Unpack
from xml.etree import ElementTree

from obstacles.survey.files.cell_text import as_text
from obstacles.survey.files.memory import CELL_COST, ROW_COST, WORKBOOK_COST, check_memory
from obstacles.survey.files.sheets.sheet_table import Merged, chosen_title, csv_of, sheet_table
from obstacles.survey.files.table import MOST_ROWS, Table, TableKeys
from obstacles.survey.files.unpack import DAMAGED, MOST_RATIO, MOST_UNPACKED, SMALL, is_archive_of, read_bytes
from obstacles.survey.problems import Problem, SurveyError, refusal
from obstacles.text.language import _

SUFFIXES = (".ods", ".ots")
KIND = b"application/vnd.oasis.opendocument.spreadsheet"
CONTENT = "content.xml"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
ASIDE = (f"{OFFICE}annotation", f"{TEXT}note")  # what stands in a cell and is none of its text
NUMBERS = ("float", "currency", "percentage")
MOST_CELLS = 50_000_000  # of a sheet that are laid out
WIDEST = 16_384  # columns of a sheet


@dataclass
class _Sheet:
    """One sheet while it is read."""

    title: str
    rows: list[list[str]] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    blank: int = 0  # rows without content since the last one that has some
    cells: int = 0  # laid out so far
    length: int = 0  # letters so far


def is_opendocument(path: Path) -> bool:
    """Whether the file is a sheet of OpenDocument by its content, whatever its name."""
    return is_archive_of(
        path, lambda archive: "mimetype" in archive.namelist() and archive.open("mimetype").read(len(KIND)) == KIND
    )


def read_opendocument(path: Path, *, file: str, sheet: str | None = None, **keys: Unpack[TableKeys]) -> Table:
    """The sheet's table; `sheet` is its name, the only one with content when omitted. Raises SurveyError."""
    raw = read_bytes(path, file)
    sheets = _opened(raw, file)
    by_title = {one.title: one for one in sheets}
    found = by_title[chosen_title(sheet, by_title, [one.title for one in sheets if one.rows], file)]
    note = Problem("info", "I-XLS-01", _('read the sheet "{sheet}".').format(sheet=found.title), file=file)
    name = _('OpenDocument sheet "{sheet}"').format(sheet=found.title)
    return sheet_table(csv_of(found.rows), raw, found.merged, note, name=name, file=file, **keys)


def sheet_sizes(path: Path, file: str) -> dict[str, tuple[int, int]]:
    """Title -> rows and columns of the sheets."""
    raw = read_bytes(path, file)
    return {one.title: (len(one.rows), max(map(len, one.rows), default=0)) for one in _opened(raw, file)}


def _opened(raw: bytes, file: str) -> list[_Sheet]:
    """All sheets of a file. Raises SurveyError."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _check_size(archive, len(raw), file)
            content = archive.read(CONTENT)
        if b"<!DOCTYPE" in content[:1000]:
            raise ValueError
        return _sheets(content, file)
    except SurveyError:
        raise
    except (*DAMAGED, ElementTree.ParseError):
        message = _("the OpenDocument sheet is damaged or protected by a password. Open it, and save it again.")
        raise refusal("E-ODS-01", message, file) from None


def _check_size(archive: zipfile.ZipFile, packed: int, file: str) -> None:
    """Refuse a sheet whose XML is larger than any survey's; a member cannot grow beyond the size that it states."""
    size = archive.getinfo(CONTENT).file_size
    if size > MOST_UNPACKED or (size > SMALL and size > MOST_RATIO * packed):
        message = _("the workbook unpacks to {size} MiB, which no survey does. It was not read.")
        raise refusal("E-FILE-04", message.format(size=f"{size // 1024**2:,}"), file)
    check_memory(WORKBOOK_COST * size, file)


def _sheets(content: bytes, file: str) -> list[_Sheet]:
    """All sheets with their cells."""
    found: list[_Sheet] = []
    depth = 0
    for event, node in ElementTree.iterparse(io.BytesIO(content), ("start", "end")):
        if node.tag == f"{TABLE}table":
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                found.append(_Sheet(node.get(f"{TABLE}name", "")))
        elif node.tag == f"{TABLE}table-row" and event == "end" and depth == 1:
            _add(found[-1], node, file)
            node.clear()
    return found


def _add(sheet: _Sheet, row: ElementTree.Element, file: str) -> None:
    """Lay out a row as often as it occurs."""
    times = _count(row, f"{TABLE}number-rows-repeated")
    cells: list[str] = []
    place = len(sheet.rows) + sheet.blank
    for text, again, down in _cells(row):
        if down > 1:
            sheet.merged.append(Merged(len(cells), place, place + down - 1))
        room = WIDEST - len(cells)
        _check(sheet, min(again, room) * times if text else 0, len(text) * min(again, room) * times, file)
        cells += [text] * min(again, room)
    while cells and not cells[-1]:
        cells.pop()
    if not cells:
        sheet.blank += times
        return
    _check_rows(len(sheet.rows) + sheet.blank + times, file)
    _check(sheet, len(cells) * times + sheet.blank, 0, file)
    sheet.rows += [[] for _row in range(sheet.blank)]
    sheet.rows += [cells for _row in range(times)]
    sheet.blank = 0


def _cells(row: ElementTree.Element) -> Iterator[tuple[str, int, int]]:
    """Each cell's text, how often it stands side by side, and over how many rows it spans."""
    for cell in row:
        if cell.tag in CELLS:
            again = _count(cell, f"{TABLE}number-columns-repeated")
            alone = cell.get(f"{TABLE}number-columns-spanned", "1") == "1"
            yield _text_of(cell), again, _count(cell, f"{TABLE}number-rows-spanned") if alone else 1


def _count(node: ElementTree.Element, name: str) -> int:
    return max(1, min(int(node.get(name, "1")), 2 * MOST_CELLS))


def _text_of(cell: ElementTree.Element) -> str:
    """A number as people write it, a day as 2024-05-13, else the paragraphs of the cell."""
    kind = cell.get(f"{OFFICE}value-type", "")
    value = cell.get(f"{OFFICE}value")
    if kind in NUMBERS and value is not None:
        return as_text(float(value)) if not value.lstrip("-").isdigit() else value
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value", "").upper()
    if kind == "date":
        day, _t, time = cell.get(f"{OFFICE}date-value", "").partition("T")
        return f"{day} {time[:8]}" if time and time[:8] != "00:00:00" else day
    paragraphs = [part for part in cell if part.tag == f"{TEXT}p"]
    return "\n".join("".join(_letters(paragraph)) for paragraph in paragraphs)


def _letters(node: ElementTree.Element) -> Iterator[str]:
    """The text of a paragraph, with its spaces and line breaks, without notes."""
    yield node.text or ""
    for part in node:
        if part.tag == f"{TEXT}s":
            yield " " * min(_count(part, f"{TEXT}c"), 1000)
        elif part.tag in (f"{TEXT}tab", f"{TEXT}line-break"):
            yield "\t" if part.tag.endswith("tab") else "\n"
        elif part.tag not in ASIDE:
            yield from _letters(part)
        yield part.tail or ""


def _check(sheet: _Sheet, cells: int, letters: int, file: str) -> None:
    """Raise SurveyError before more cells or letters are laid out than any survey has."""
    sheet.cells += cells
    sheet.length += letters
    if sheet.cells > MOST_CELLS or sheet.length > MOST_UNPACKED:
        message = _('the sheet "{sheet}" repeats cells until there are more than any survey has. It was not read.')
        raise refusal("E-FILE-04", message.format(sheet=sheet.title), file)
    check_memory(CELL_COST * sheet.cells + 2 * sheet.length + ROW_COST * len(sheet.rows), file)


def _check_rows(rows: int, file: str) -> None:
    if rows > MOST_ROWS:
        message = _("the table has {count} rows; at most {limit} are read.")
        raise refusal("E-FILE-06", message.format(count=f"{rows:,}", limit=f"{MOST_ROWS:,}"), file)
