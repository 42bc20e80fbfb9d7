"""Bytes of a response file -> a text table: the only reader of response files.

Everything stays text as it is in the file ("NA" is not missing, the id "007" keeps its zeros), each row keeps the
number a spreadsheet shows, and the number of cells of every row is checked. The steps: `unpack` (archives),
`encoding`, `layout` (delimiter and header rows), `cells` (fast and careful reading), `ragged` (rows that do not fit).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from obstacles.survey.files.cells import WHITE, Body, has_content, read_carefully, read_fast
from obstacles.survey.files.charset import shown
from obstacles.survey.files.coding import all_differ, all_visible, codes_of, distinct
from obstacles.survey.files.column_names import (
    ColumnError,
    column_names,
    find_column,
    name_problems,
    unnamed,
    variant_problems,
)
from obstacles.survey.files.digest import Digest
from obstacles.survey.files.encoding import Decoded, decode
from obstacles.survey.files.file_bytes import Octets
from obstacles.survey.files.layout import Layout, find_layout
from obstacles.survey.files.memory import CELL_COST, ROW_COST, check_memory
from obstacles.survey.files.ragged import judge, named_width
from obstacles.survey.files.threads import beside
from obstacles.survey.files.unpack import HEAD, Source, read_source
from obstacles.survey.problems import MOST_EXAMPLES, Problem, SurveyError, refusal
from obstacles.text.fold import normalise
from obstacles.text.language import _, ngettext

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

MOST_ROWS = 10_000_000
LARGE = 16 * 1024**2  # bytes from which the rows are counted before they are read
TILE = 64 * 1024  # bytes looked at together
MOST_SPARSE = 20_000_000  # cells of a table whose rows are much shorter than its header
LEAST_FILLED = 4  # cells per byte above which rows are that short: a cell and its delimiter take one byte at least
HEADERS_SHOWN = 3
MANY = 1000  # distinct cells from which they are looked at together
BLANK_END = re.compile(rb"(?:\r(?!\n)|\n)(?:\r\n?|\n)\Z")  # blank lines after the last row
TOTAL = re.compile(
    r"(?:grand |sub-?)?totals?|overall|sums?|means?|average|median|summe|"
    r"gesamt(?:summe|ergebnis)?|insgesamt|mittelwert|durchschnitt|somme|moyenne|médiane|ensemble|suma|promedio|media|mediana|totale|somma|"
    r"合计|合計|总计|總計|小计|小計|汇总|总和|平均(?:值|分|数)?|均值|中位数"
)


@dataclass(frozen=True, eq=False)
class Table:
    """A response file as text."""

    file: str  # as the user wrote it
    names: tuple[str, ...]  # of all columns, normalised
    header: tuple[tuple[str, ...], ...]  # raw header rows, each as long as `names`
    columns: Mapping[int, pa.ChunkedArray]  # position -> (n,) text, coded or not; a blank cell is ""
    rows: np.ndarray  # (n,) int64, row numbers as a spreadsheet shows them (the first row is 1)
    encoding: str  # Python codec name
    delimiter: str
    digest: Digest  # of the file, of the archive where it is one
    problems: tuple[Problem, ...]  # warnings and notes
    cell_rows: Mapping[int, np.ndarray] = field(
        default_factory=dict
    )  # position -> (n,) rows, where a row is put together
    _coded: dict[int, tuple[np.ndarray, tuple[str, ...]]] = field(default_factory=dict, init=False, repr=False)
    _different: dict[int, Callable[[], bool]] = field(default_factory=dict, init=False, repr=False)

    @property
    def sha256(self) -> str:
        """Of the file, of the archive where it is one."""
        return self.digest.hexadecimal

    def column(self, name: str) -> int:
        """Position of the column called `name`, or of the column `column:J` counted as spreadsheets do.

        Raises
        ------
        ColumnError
            where no column or more than one has that name.
        """
        return find_column(self.names, name)

    def first_of(self, names: Iterable[str]) -> str | None:
        """The first of the names that a column has; None where none does."""
        for name in names:
            try:
                self.column(name)
            except ColumnError:
                continue
            return name
        return None

    def coded(self, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
        """`coded_at` of the column called `name`."""
        return self.coded_at(self._kept(name))

    def coded_at(self, position: int) -> tuple[np.ndarray, tuple[str, ...]]:
        """A kept column's distinct normalised cells and, for each row, which of them it holds.

        Returns
        -------
        codes
            (n,) signed integers, into `values`; of one byte where these are few, as a million rows come cheaper so.
        values
            distinct, in the order in which they first occur; work on these, not on each row.
        """
        if position not in self._coded:
            self._coded[position] = _coded(self.columns[position])
        return self._coded[position]

    def different(self, name: str) -> pa.ChunkedArray | None:
        """A column's cells as large_string, where normalising changes none and surely no two are equal; else None.

        Of such a column `coded` would only give numbers to the rows.
        """
        self.look_for_different(name)
        position = self._kept(name)
        return self.columns[position] if self._different[position]() else None

    def look_for_different(self, name: str) -> None:
        """Begin to find out whether the cells of a column differ, as that may be long work."""
        position = self._kept(name)
        if position not in self._different:
            cells = self.columns[position]
            self._different[position] = beside(lambda: _all_different(cells), size=len(self.rows))

    def text(self, name: str) -> np.ndarray:
        """A column's cells, normalised (see `normalise`): (n,) array of `str`, blank cells ""."""
        import numpy as np

        codes, values = self.coded(name)
        cells: np.ndarray = np.array([*values, ""], dtype=object)[:-1][codes]
        return cells

    def of_rows(self, places: np.ndarray) -> Table:
        """The table of some of its rows, by their places from 0."""
        columns = {position: column.take(places) for position, column in self.columns.items()}
        cell_rows = {position: rows[places] for position, rows in self.cell_rows.items()}
        return replace(self, columns=columns, rows=self.rows[places], cell_rows=cell_rows)

    def rows_in(self, name: str | None) -> np.ndarray:
        """(n,) row numbers of the cells of a column as a spreadsheet shows them; of the rows themselves for None."""
        return self.rows if name is None else self.cell_rows.get(self.column(name), self.rows)

    def _kept(self, name: str) -> int:
        position = self.column(name)
        if position not in self.columns:
            raise ColumnError(name, _('column "{name}" was not read: name it in columns.').format(name=name))
        return position


class TableKeys(TypedDict, total=False):
    """How a text table is read; see `read_table`."""

    encoding: str | None
    delimiter: str | None
    header_rows: int | None
    skip: int
    names: str
    columns: Collection[str] | None


def read_table(path: Path, *, file: str | None = None, **keys: Unpack[TableKeys]) -> Table:
    """Read a response file as text.

    Parameters
    ----------
    path
        a CSV or TSV file, plain, gzipped, or alone in a zip archive.
    file
        its name in messages; the last part of `path` when omitted.
    encoding, delimiter, header_rows
        as the study file states them; `None` detects them and notes what was found.
    skip
        rows to pass over at the top.
    names
        "first": the first header row names the columns; "joined": the first row, filled forward, and the second.
    columns
        keep only these (names or `column:J`); names that do not exist are left to `Table.column`. The
        cells of all columns are counted in any case.

    Raises
    ------
    SurveyError
        with the problems that stop reading; exit code 3 where a key of the study file answers.
    """
    return table_of(read_source(path, file=file or path.name), file=file or path.name, **keys)


def table_of(
    source: Source,
    *,
    file: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_rows: int | None = None,
    skip: int = 0,
    names: str = "first",
    columns: Collection[str] | None = None,
) -> Table:
    """`read_table` for bytes that are already there."""
    if names not in ("first", "joined"):
        message = _('names is "{names}": it can be "first" or "joined".').format(names=names)
        raise SurveyError([Problem("error", "E-HDR-01", message, file=file)], exit_code=3)
    if not source.data or (source.data[:HEAD].isspace() and source.data[:].isspace()):
        message = _("no rows: {size} bytes, nothing but blanks.") if source.data else _("no rows: 0 bytes.")
        text = message.format(size=len(source.data))
        raise SurveyError([Problem("error", "E-FILE-05", text, file=file)])
    decoded = decode(source.data, file=file, encoding=encoding)
    utf8 = decoded.utf8
    if BLANK_END.search(utf8, max(0, len(utf8) - 4)):  # a single line end may stay: to cut it would copy everything
        utf8 = utf8[:].rstrip(b"\r\n")
    layout = find_layout(utf8, file=file, delimiter=delimiter, header_rows=header_rows, skip=skip)
    all_names = column_names(layout.header, names)
    wanted = _positions(all_names, columns)
    _check_rows(utf8, len(wanted), file)
    body, width, problems = _read_rows(utf8, layout, all_names, wanted, file)
    notes = _notes(source, decoded, layout, all_names, file)
    problems = [*notes, *decoded.problems, *layout.problems, *problems]
    if dropped := len(all_names) - width:
        message = ngettext(
            "the last column has neither a name nor any content and was dropped.",
            "the last {n} columns have neither a name nor any content and were dropped.",
            dropped,
        )
        problems.append(Problem("info", "I-COL-01", message.format(n=dropped), file=file, count=dropped))
    problems += variant_problems(all_names, columns or (), file)
    problems += name_problems(
        all_names[:width],
        layout.header,
        lambda position: has_content(body.columns[position]),
        rule=names,
        file=file,
    )
    problems += _row_problems(body, layout, file)
    return Table(
        file=file,
        names=all_names[:width],
        header=tuple(row[:width] for row in layout.header),
        columns={position: body.columns[position] for position in wanted if position < width},
        rows=body.index + layout.first_row,
        encoding=decoded.encoding,
        delimiter=layout.delimiter,
        digest=source.digest,
        problems=tuple(problems),
    )


def _check_rows(utf8: Octets, kept: int, file: str) -> None:
    """Raise SurveyError where a large table has more rows than any survey, or takes more memory than is allowed."""
    if len(utf8) < LARGE:
        return
    rows = line_count(utf8)
    if rows > MOST_ROWS:
        message = _("the table has {count} rows; at most {limit} are read.")
        counted = message.format(count=f"{rows:,}", limit=f"{MOST_ROWS:,}")
        raise refusal("E-FILE-06", counted, file)
    check_memory(2 * len(utf8) + rows * (ROW_COST + CELL_COST * kept), file)


def line_count(utf8: Octets) -> int:
    """How many lines end in a text; as many as there are rows, at most."""
    import numpy as np

    text = np.frombuffer(utf8, np.uint8)
    tiles = [text[start : start + TILE] for start in range(0, len(text), TILE)]
    return max(sum(int(np.count_nonzero(tile == end)) for tile in tiles) for end in b"\n\r")


def _all_different(cells: pa.ChunkedArray) -> bool:
    """Whether normalising changes no cell of a large_string column and surely no two are equal."""
    import pyarrow.types as types

    return types.is_large_string(cells.type) and _all_plain(cells) and all_differ(cells)


def _coded(column: pa.ChunkedArray) -> tuple[np.ndarray, tuple[str, ...]]:
    """A column's codes and its distinct normalised cells; cells that normalise to one share a code."""
    import numpy as np
    import pyarrow.types as types

    if not types.is_dictionary(column.type):
        column = column.dictionary_encode()
    codes, raw = codes_of(column), distinct(column)
    values = raw.to_pylist()
    if _all_plain(raw):
        return codes, tuple(values)
    place: dict[str, int] = {}
    recode = np.fromiter(
        (place.setdefault(normalise(value), len(place)) for value in values), dtype=np.int64, count=len(values)
    )
    return codes if len(place) == len(values) else recode[codes], tuple(place)


def _all_plain(texts: pa.ChunkedArray | pa.Array) -> bool:
    """Whether normalising would change none of many texts: each is ASCII without white space at its ends."""
    import pyarrow.compute as pc

    if len(texts) < MANY:
        return False
    if all_visible(texts):
        return True
    plain = pc.and_(pc.string_is_ascii(texts), pc.equal(pc.utf8_trim(texts, characters=WHITE), texts))
    return bool(pc.all(plain).as_py())


def _positions(names: tuple[str, ...], columns: Collection[str] | None) -> list[int]:
    """The columns to keep; of a name that several columns share, all."""
    if columns is None:
        return list(range(len(names)))
    kept: set[int] = set()
    for name in columns:
        try:
            kept.add(find_column(names, name))
        except ColumnError as error:
            kept.update(error.positions)
    return sorted(kept)


def _read_rows(
    utf8: Octets, layout: Layout, names: tuple[str, ...], wanted: list[int], file: str
) -> tuple[Body, int, list[Problem]]:
    """The wanted columns (and those that checks need), the number of columns, and the repairs made."""
    needed = {0, *wanted, *(position for position in range(len(names)) if unnamed(layout.header, position))}
    body = read_fast(utf8, layout, sorted(needed))
    if body is not None:
        return body, named_width(body, layout), []
    cells = len(names) * line_count(utf8)
    if cells > MOST_SPARSE and cells > len(utf8) * LEAST_FILLED:
        message = _("laid out, the table would have {n} cells, nearly all of them blank. It was not read.")
        raise refusal("E-FILE-06", message.format(n=f"{cells:,}"), file)
    body, scan = read_carefully(utf8, layout)
    width, problems = judge(scan, body, layout, names, file)
    return body, width, problems


def _notes(source: Source, decoded: Decoded, layout: Layout, names: tuple[str, ...], file: str) -> list[Problem]:
    """What was detected, for the receipt."""
    notes = []
    if source.member is not None:
        message = _('read "{member}" inside the archive.').format(member=source.member)
        notes.append(Problem("info", "I-FILE-01", message, file=file))
    message = _('read as {encoding}, delimiter "{delimiter}", header {names}.').format(
        encoding=shown(decoded.encoding),
        delimiter=layout.delimiter.replace("\t", "\\t"),
        names=" | ".join(name[:40] for name in names[:HEADERS_SHOWN])
        + (" | ..." if len(names) > HEADERS_SHOWN else ""),
    )
    return [*notes, Problem("info", "I-ENC-01", message, file=file)]


def is_total(cell: str) -> bool:
    """Whether a normalised cell is what stands before totals and means."""
    return TOTAL.fullmatch(cell.rstrip(":").casefold()) is not None


def _row_problems(body: Body, layout: Layout, file: str) -> list[Problem]:
    """Blank rows, and a last row that looks like a total."""
    problems = []
    if count := len(body.blank):
        message = ngettext("a blank row is not counted as an answer.", "blank rows are not counted as answers.", count)
        rows = tuple((body.blank[:MOST_EXAMPLES] + layout.first_row).tolist())
        problems.append(Problem("info", "I-ROW-01", message, file=file, rows=rows, count=count))
    last = body.columns[0][-1].as_py()
    if is_total(normalise(last)):
        message = _('the last row begins with "{cell}": is it a total and not an answer? If so, delete it.')
        row = int(body.index[-1]) + layout.first_row
        problems.append(Problem("warning", "W-ROW-03", message.format(cell=last), file=file, rows=(row,)))
    return problems
