"""The rows of a text table by themselves: where they begin and end, their numbers, and whether quoting is sound."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from obstacles.survey.files.file_bytes import Octets
from obstacles.survey.problems import Problem
from obstacles.text.language import _

LONGEST_CELL = 131_072  # csv's own limit; a longer cell is nearly always an unclosed quotation mark
SEP_LINE = re.compile(rb'"?sep=([^\r\n"])"?(?:\r\n|\r|\n|$)', re.IGNORECASE)  # Excel's; it is not counted as a row
LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|$)")
LINE_END = re.compile(rb"\r\n|\r|\n")
QUOTED = re.compile(rb'(?:\A|(?<=[,;\t|\r\n]))"[^"]*(?:""[^"]*)*(?:"|\Z)')


@dataclass(frozen=True)
class Row:
    """A row: its cells, its number in a spreadsheet, and the bytes between which it lies."""

    cells: list[str]
    number: int
    start: int
    end: int

    @property
    def blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)

    @property
    def filled(self) -> int:
        return sum(bool(cell.strip()) for cell in self.cells)


def read_rows(utf8: Octets, begin: int, delimiter: str) -> Iterator[Row]:
    """The rows of `utf8` from the byte `begin` on, numbered from 1, up to a cell that is too long for csv."""
    ends = [begin]

    def lines() -> Iterator[str]:
        for line in LINE.finditer(utf8, begin):
            if not line.group():
                return
            ends.append(line.end())
            yield line.group().decode()

    start = begin
    try:
        for number, cells in enumerate(csv.reader(lines(), delimiter=delimiter), start=1):
            yield Row(cells, number, start, ends[-1])
            start = ends[-1]
    except csv.Error:
        return


def row_at(before: bytes) -> int:
    """Row, as a spreadsheet counts, of the place that follows the text `before` (any encoding that extends ASCII)."""
    before = before.removeprefix(codecs.BOM_UTF8)
    return max(1, 1 + len(LINE_END.findall(QUOTED.sub(b"", before))) - bool(SEP_LINE.match(before)))


def well_quoted(delimiter: str, *, loose: bool) -> re.Pattern[str]:
    """A row whose quoted cells are quoted from end to end; `loose` allows a quotation mark inside a plain cell."""
    stop = re.escape(delimiter)
    plain = rf'[^"{stop}\r\n][^{stop}\r\n]*' if loose else rf'[^"{stop}\r\n]+'
    cell = rf'(?:"[^"]*(?:""[^"]*)*"|{plain}|)'
    return re.compile(rf"{cell}(?:{stop}{cell})*[\r\n]*")


def stays_open(raw: str, delimiter: str) -> bool:
    """Whether the text of a row ends inside a quoted cell: then a further line would become part of it."""
    return len(list(csv.reader([*io.StringIO(raw, newline=""), "end\n"], delimiter=delimiter))) == 1


def open_quote(file: str, row: int) -> Problem:
    """The error for a quotation mark that opens in `row` and swallows what follows."""
    message = _(
        "a quotation mark opens in this row and is not closed, so the rows after it became part of one cell. Close it, "
        'or write it twice ("") if it belongs to the text.'
    )
    return Problem("error", "E-ROW-04", message, file=file, rows=(row,))


def too_long(file: str, row: int, line: str) -> Problem:
    """The error for a cell of `row` that is longer than is read; `line` is the first line of the row."""
    if line.count('"') % 2:
        return open_quote(file, row)
    message = _("a cell of this row has more than {n} letters, the most that is read. Shorten it.")
    return Problem("error", "E-ROW-08", message.format(n=f"{LONGEST_CELL:,}"), file=file, rows=(row,))


def lost_quotes(file: str, rows: tuple[int, ...], count: int) -> Problem:
    """The warning for quotation marks that are not doubled inside quoted cells."""
    message = _(
        'quotation marks inside a quoted cell are not doubled (""). The cells were read, but one quotation mark of '
        "each is lost."
    )
    return Problem("warning", "W-ROW-02", message, file=file, rows=rows, count=count)
