"""A table's cells: one fast reader for well-formed files, one careful reader that says what is wrong with the others.

The fast reader (Arrow) is used when every quotation mark is in its place and every row has as many cells as the
header; it refuses anything else, and then the careful reader (Python's csv) goes through the rows one by one. Where
both can read a file they give the same table; a property test holds that. The fast reader codes columns with few
distinct cells (`survey.files.coding`): everything after it works on these and not on the rows.
"""

from __future__ import annotations

import codecs
import csv
import io
import weakref
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from obstacles.survey.files.coding import all_visible, code, distinct
from obstacles.survey.files.file_bytes import Octets
from obstacles.survey.files.layout import Layout
from obstacles.survey.files.rows import LONGEST_CELL, stays_open, well_quoted
from obstacles.survey.files.threads import over

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

QUOTE = ord('"')
TILE = 64 * 1024  # bytes looked at together for quotation marks: what stays in the cache is twice as fast
BLOCK = 4 * 1024**2  # bytes parsed together
CHUNK = 1 << 15  # rows converted together by the careful reader
NARROW = 4  # columns: in tables no wider a sentence often has as many commas as a row
PATIENCE = 10.0  # seconds in which Arrow's threads let go of the text; it takes them microseconds
MOST_ODD = 200  # rows kept for the diagnosis
WHITE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())  # what str.strip removes


@dataclass(frozen=True)
class Body:
    """The rows below the header, blank rows left out."""

    columns: dict[int, pa.ChunkedArray]  # position -> large_string cells, or cells coded by one dictionary
    index: np.ndarray  # (n,) int64, place of each row below the header, blank rows counted
    blank: np.ndarray  # places of the blank rows


@dataclass(frozen=True)
class Odd:
    """A row that is not as the header says."""

    index: int
    cells: tuple[str, ...]
    lines: int  # lines of the file it spans


@dataclass
class Scan:
    """What the careful reader met, filled while it reads."""

    counts: list[int] = field(default_factory=list)  # cells per row, blank rows left out
    index: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    odd: list[Odd] = field(default_factory=list)  # the first rows with another number of cells
    loose: list[int] = field(default_factory=list)  # rows where text follows a closing quotation mark
    swallowed: list[int] = field(default_factory=list)  # the same, over several lines
    like_rows: list[int] = field(default_factory=list)  # well quoted, yet each of its lines is like a row
    surplus: bool = False  # whether any cell beyond the header's columns holds more than white space
    unclosed: int | None = None  # the row in which a quotation mark opens that never closes
    too_long: tuple[int, str] | None = None  # the row with a cell beyond LONGEST_CELL, and its first line


def read_fast(utf8: Octets, layout: Layout, keep: Collection[int]) -> Body | None:
    """The kept columns of a well-formed table, or `None` where the careful reader has to look."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not layout.delimiter.isascii() or (layout.delimiter.isspace() and layout.delimiter != "\t"):
        return None
    if utf8[layout.start : layout.start + 3] == codecs.BOM_UTF8:  # Arrow would take it for the mark of the file
        return None
    quotes = utf8.find(b'"', layout.start) >= 0
    if quotes and not _quotes_in_place(utf8, layout, ord(layout.delimiter)):
        return None
    kept = sorted({0, *keep})
    columns = _parse(utf8, layout, kept, quotes=quotes)
    if columns is None or any(_longest(column) > LONGEST_CELL for column in columns.values()):
        return None
    n = len(columns[0])
    maybe_blank = np.flatnonzero(_is_blank(columns[0]))
    for position in kept[1:]:
        if len(maybe_blank):
            maybe_blank = maybe_blank[_is_blank(columns[position].take(pa.array(maybe_blank)))]
    if len(maybe_blank) == 0:
        return Body({position: columns[position] for position in keep}, np.arange(n), maybe_blank)
    if len(kept) < len(layout.header[0]):  # the other columns decide which rows are blank
        everything = read_fast(utf8, layout, range(len(layout.header[0])))
        return everything and Body(
            {position: everything.columns[position] for position in keep}, everything.index, everything.blank
        )
    filled = np.ones(n, dtype=bool)
    filled[maybe_blank] = False
    columns = {position: pc.filter(_as_text(columns[position]), pa.array(filled)) for position in keep}
    return Body(columns, np.flatnonzero(filled), maybe_blank)


def _parse(utf8: Octets, layout: Layout, keep: list[int], *, quotes: bool) -> dict[int, pa.ChunkedArray] | None:
    """The kept columns, coded; the text is given up by all threads before this returns.

    A thread of Arrow may be the last to hold the text, some time after the table is there, and it needs Python to let
    go: where the program ends meanwhile it would be aborted ("terminate called without an active exception").
    """
    import numpy as np

    text = np.frombuffer(utf8, np.uint8)[layout.start :]
    given_up = Event()
    watch = weakref.ref(text, lambda _text: given_up.set())
    table = _read_csv(text, layout, keep, quotes=quotes)
    del text
    given_up.wait(PATIENCE)
    del watch
    if table is None:
        return None
    return dict(zip(keep, over(code, table.columns, size=table.num_rows), strict=True))


def _read_csv(text: np.ndarray, layout: Layout, keep: list[int], *, quotes: bool) -> pa.Table | None:
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    names = [str(position) for position in range(len(layout.header[0]))]
    wanted = [names[position] for position in keep]
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(text)),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=BLOCK),
            parse_options=arrow_csv.ParseOptions(
                delimiter=layout.delimiter, newlines_in_values=quotes, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                check_utf8=False,  # checked when it was decoded
                column_types=dict.fromkeys(wanted, pa.string()),
                include_columns=wanted,
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:  # a row with another number of cells, a blank line, a row longer than a block
        return None


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    return column.cast(pa.large_string())


def _longest(column: pa.ChunkedArray) -> int:
    import pyarrow.compute as pc

    return pc.max(pc.binary_length(distinct(column))).as_py() or 0


def has_content(column: pa.ChunkedArray) -> bool:
    """Whether any cell of the column holds more than white space."""
    import pyarrow.compute as pc

    return bool(pc.any(pc.not_equal(pc.utf8_trim(distinct(column), characters=WHITE), "")).as_py())


def _is_blank(column: pa.ChunkedArray) -> np.ndarray:
    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.types as types

    cells = distinct(column)
    trimmed = cells if all_visible(cells) else pc.utf8_trim(cells, characters=WHITE)
    blank: np.ndarray = np.asarray(pc.equal(pc.binary_length(trimmed), 0))
    if not types.is_dictionary(column.type):
        return blank
    if not blank.any():
        return np.zeros(len(column), bool)
    return np.concatenate([blank[chunk.indices.to_numpy()] for chunk in column.chunks])


def _quotes_in_place(utf8: Octets, layout: Layout, delimiter: int) -> bool:
    """Whether each quotation mark opens a cell, closes one, or is doubled inside one, and no quoted cell is suspicious.

    Counted from the start, the 1st, 3rd, 5th ... mark opens: a delimiter, a line end or (doubled) another mark stands
    before it. The 2nd, 4th, ... closes: one of these stands after it. Line ends between the two are in a cell.
    """
    import numpy as np

    start = layout.start
    text = np.frombuffer(utf8, dtype=np.uint8)
    edges = np.zeros(256, dtype=bool)
    edges[[delimiter, QUOTE, ord("\n"), ord("\r")]] = True
    seen = 0
    for begin in range(start, len(text), TILE):
        marks = np.flatnonzero(text[begin : begin + TILE] == QUOTE) + begin
        opening, closing = marks[seen % 2 :: 2], marks[1 - seen % 2 :: 2]
        opening = opening[opening > start]
        closing = closing[closing < len(text) - 1]
        if not (edges[text[opening - 1]].all() and edges[text[closing + 1]].all()):
            return False
        ends = np.flatnonzero(text[begin : begin + TILE] == ord("\n")) + begin
        inside = ends[(np.searchsorted(marks, ends) + seen) % 2 == 1]
        first_of_block = inside[(inside - start) % BLOCK == 0]
        if (text[first_of_block - 1] == ord("\r")).any():  # Arrow would lose the \n of such a \r\n
            return False
        if any(_between_rows(utf8, end, layout) for end in inside.tolist()):
            return False
        seen += len(marks)
    return seen % 2 == 0


def _between_rows(utf8: Octets, end: int, layout: Layout) -> bool:
    """Whether the lines before and after a line end in a cell could both be rows by themselves."""
    stop = utf8.find(b"\n", end + 1)
    before = utf8[utf8.rfind(b"\n", 0, end) + 1 : end].decode()
    after = utf8[end + 1 : stop if stop >= 0 else len(utf8)].decode()
    return _like_rows((before, after), layout)


def _like_rows(lines: Iterable[str], layout: Layout) -> bool:
    """Whether each line has as many delimiters as a row."""
    width = len(layout.header[0])
    return width > NARROW and all(line.count(layout.delimiter) == width - 1 for line in lines)


def read_carefully(utf8: Octets, layout: Layout) -> tuple[Body, Scan]:
    """The header's columns, short rows filled with blanks, and what was odd on the way."""
    import numpy as np
    import pyarrow as pa

    width = len(layout.header[0])
    scan = Scan()
    parts: list[list[pa.Array]] = [[] for _ in range(width)]
    chunk: list[list[str]] = []
    for cells in _records(utf8, layout, width, scan):
        if len(cells) != width:
            scan.surplus = scan.surplus or any(cell.strip() for cell in cells[width:])
            cells = cells[:width] + [""] * (width - len(cells))
        chunk.append(cells)
        if len(chunk) == CHUNK:
            _convert(chunk, parts)
            chunk = []
    _convert(chunk, parts)
    columns = {position: pa.chunked_array(part, pa.large_string()) for position, part in enumerate(parts)}
    return Body(columns, np.array(scan.index, dtype=np.int64), np.array(scan.blank, dtype=np.int64)), scan


def _convert(chunk: list[list[str]], parts: list[list[pa.Array]]) -> None:
    import pyarrow as pa

    for part, column in zip(parts, zip(*chunk, strict=True), strict=False):
        part.append(pa.array(column, pa.large_string()))


def _records(utf8: Octets, layout: Layout, expected: int, scan: Scan) -> Iterator[list[str]]:
    """The rows that are not blank; everything odd goes into `scan`."""
    well_formed = well_quoted(layout.delimiter, loose=True)
    lines: list[str] = []
    reader = csv.reader(_lines(utf8, layout.start, lines), delimiter=layout.delimiter)
    end = object()
    index = -1
    while True:
        index += 1
        lines.clear()
        try:
            cells = next(reader, end)
        except csv.Error:
            scan.too_long = index, lines[0]
            return
        if not isinstance(cells, list):
            return
        if not any(cells) or not any(cell.strip() for cell in cells):
            scan.blank.append(index)
            continue
        if len(lines) > 1 or '"' in lines[0]:
            raw = "".join(lines)
            if not well_formed.fullmatch(raw):
                if stays_open(raw, layout.delimiter):
                    scan.unclosed = index
                (scan.swallowed if len(lines) > 1 else scan.loose).append(index)
            elif len(lines) > 1 and _like_rows(lines, layout):
                scan.like_rows.append(index)
        if len(cells) != expected and len(scan.odd) < MOST_ODD:
            scan.odd.append(Odd(index, tuple(cells), len(lines)))
        scan.index.append(index)
        scan.counts.append(len(cells))
        yield cells


def _lines(utf8: Octets, start: int, seen: list[str]) -> Iterator[str]:
    """The lines with their ends, each also put into `seen`."""
    stream = io.BytesIO(utf8)
    stream.seek(start)
    for line in io.TextIOWrapper(stream, encoding="utf-8", newline=""):
        seen.append(line)
        yield line
