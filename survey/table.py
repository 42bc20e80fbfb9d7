"""Bytes of a response file -> a text table: the only reader of response files.

Everything stays text as it is in the file ("NA" is not missing, the id "007" keeps its zeros), each row keeps the
number a spreadsheet shows, and the number of cells of every row is checked. The steps: `unpack` (archives),
`encoding`, `layout` (delimiter and header rows), `cells` (fast and careful reading), `ragged` (rows that do not fit).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from survey.cells import WHITE, Body, read_carefully, read_fast
from survey.columns import ColumnError, column_letters, column_names, find_column, normalise, unnamed
from survey.encoding import Decoded, decode, shown
from survey.language import _, ngettext
from survey.layout import Layout, find_layout
from survey.problems import MOST_EXAMPLES, Problem, SurveyError
from survey.ragged import judge
from survey.unpack import Source, read_source

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

HEADERS_SHOWN = 3
TOTALS = frozenset(
    (
        "total",
        "totals",
        "grand total",
        "sum",
        "mean",
        "average",
        "median",
        "合计",
        "合計",
        "总计",
        "總計",
        "平均",
        "平均值",
    )
)


@dataclass(frozen=True, eq=False)
class Table:
    """A response file as text."""

    file: str  # as the user wrote it
    names: tuple[str, ...]  # of all columns, normalised
    header: tuple[tuple[str, ...], ...]  # raw header rows, each as long as `names`
    frame: pd.DataFrame  # (n, kept) text; columns are positions 0..c-1; a blank cell is ""
    rows: np.ndarray  # (n,) int64, row numbers as a spreadsheet shows them (the first row is 1)
    encoding: str  # Python codec name
    delimiter: str
    sha256: str  # of the file, of the archive where it is one
    problems: tuple[Problem, ...]  # warnings and notes

    def column(self, name: str) -> int:
        """Position of the column called `name`, or of the column `column:J` counted as spreadsheets do.

        Raises
        ------
        ColumnError
            where no column or more than one has that name.
        """
        return find_column(self.names, name)

    def coded(self, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
        """A column's distinct normalised cells and, for each row, which of them it holds.

        Returns
        -------
        codes
            (n,) int64, into `values`.
        values
            distinct, in the order in which they first occur; work on these, not on each row.
        """
        import numpy as np
        import pandas as pd

        raw_codes, raw_values = pd.factorize(self.frame[self._kept(name)])
        position: dict[str, int] = {}
        recode = np.fromiter(
            (position.setdefault(normalise(value), len(position)) for value in raw_values.tolist()),
            dtype=np.int64,
            count=len(raw_values),
        )
        return recode[raw_codes], tuple(position)

    def text(self, name: str) -> np.ndarray:
        """A column's cells, normalised (see `normalise`): (n,) array of `str`, blank cells ""."""
        import numpy as np

        codes, values = self.coded(name)
        cells: np.ndarray = np.array([*values, ""], dtype=object)[:-1][codes]
        return cells

    def _kept(self, name: str) -> int:
        position = self.column(name)
        if position not in self.frame.columns:
            raise ColumnError(name, _('column "{name}" was not read: name it in columns.').format(name=name))
        return position


def read_table(
    path: Path,
    *,
    file: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_rows: int | None = None,
    skip: int = 0,
    names: str = "first",
    columns: Collection[str] | None = None,
) -> Table:
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
        keep only these in the frame (names or `column:J`); names that do not exist are left to `Table.column`. The
        cells of all columns are counted in any case.

    Raises
    ------
    SurveyError
        with the problems that stop reading; exit code 3 where a key of the study file answers.
    """
    file = file or path.name
    if names not in ("first", "joined"):
        message = _('names is "{names}": it can be "first" or "joined".').format(names=names)
        raise SurveyError([Problem("error", "E-HDR-01", message, file=file)], exit_code=3)
    source = read_source(path, file=file)
    if not source.data.strip():
        message = _("no rows: {size} bytes, nothing but blanks.") if source.data else _("no rows: 0 bytes.")
        text = message.format(size=len(source.data))
        raise SurveyError([Problem("error", "E-FILE-05", text, file=file)])
    decoded = decode(source.data, file=file, encoding=encoding)
    utf8 = decoded.utf8.rstrip(b"\r\n")
    layout = find_layout(utf8, file=file, delimiter=delimiter, header_rows=header_rows, skip=skip)
    all_names = column_names(layout.header, names)
    wanted = _positions(all_names, columns)
    body, width, problems = _read_rows(utf8, layout, all_names, wanted, file)
    notes = _notes(source, decoded, layout, all_names, file)
    problems = [*notes, *decoded.problems, *layout.problems, *problems]
    while width > 1 and unnamed(layout.header, width - 1) and not _filled(body, width - 1):
        width -= 1
    if width < len(all_names):
        message = _("the last column has neither a name nor any content and was dropped.")
        problems.append(Problem("info", "I-COL-01", message, file=file))
    problems += _column_problems(body, layout, all_names[:width], names, file)
    problems += _row_problems(body, layout, file)
    return Table(
        file=file,
        names=all_names[:width],
        header=tuple(row[:width] for row in layout.header),
        frame=_frame(body, [position for position in wanted if position < width]),
        rows=body.index + layout.first_row,
        encoding=decoded.encoding,
        delimiter=layout.delimiter,
        sha256=source.sha256,
        problems=tuple(problems),
    )


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
    utf8: bytes, layout: Layout, names: tuple[str, ...], wanted: list[int], file: str
) -> tuple[Body, int, list[Problem]]:
    """The wanted columns (and those that checks need), the number of columns, and the repairs made."""
    needed = {0, *wanted, *(position for position in range(len(names)) if unnamed(layout.header, position))}
    body = read_fast(utf8, layout, sorted(needed))
    if body is not None:
        return body, len(names), []
    body, scan = read_carefully(utf8, layout, len(names) + 1)
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


def _filled(body: Body, position: int) -> bool:
    """Whether any cell of the column holds more than white space."""
    import pyarrow.compute as pc

    return bool(pc.any(pc.not_equal(pc.utf8_trim(body.columns[position], characters=WHITE), "")).as_py())


def _column_problems(body: Body, layout: Layout, names: tuple[str, ...], rule: str, file: str) -> list[Problem]:
    """Names that several columns share, and columns without a name."""
    problems = []
    places: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        places.setdefault(name, []).append(position)
    nameless = places.pop("", [])
    shared = {name: positions for name, positions in places.items() if len(positions) > 1}
    if shared:
        examples = "; ".join(
            f'"{name}" ({", ".join(column_letters(position) for position in positions[:MOST_EXAMPLES])})'
            for name, positions in list(shared.items())[:MOST_EXAMPLES]
        )
        message = ngettext(
            'a name stands over more than one column: {names}. Write "column:{first}" to say which is meant.',
            '{n} names stand over more than one column: {names}. Write "column:{first}" to say which is meant.',
            len(shared),
        )
        first = column_letters(next(iter(shared.values()))[0])
        text = message.format(n=len(shared), names=examples, first=first)
        problems.append(Problem("warning", "W-COL-01", text, file=file, count=len(shared)))
    under_questions = [position for position in nameless if not unnamed(layout.header, position)]
    if under_questions and rule == "first":
        message = ngettext(
            'column {letters} has no name in the first header row. Set names = "joined", or write "column:{letters}".',
            '{n} columns (the first is {letters}) have no name in the first header row. Set names = "joined", or write '
            '"column:{letters}".',
            len(under_questions),
        )
        text = message.format(n=len(under_questions), letters=column_letters(under_questions[0]))
        problems.append(Problem("info", "I-COL-02", text, file=file, count=len(under_questions)))
    blank = [position for position in nameless if unnamed(layout.header, position) and _filled(body, position)]
    if blank:
        letters = ", ".join(column_letters(position) for position in blank[:MOST_EXAMPLES])
        message = ngettext(
            'column {letters} has content but no name. It can be used as "column:{first}".',
            '{n} columns have content but no name ({letters}). They can be used as "column:{first}" and so on.',
            len(blank),
        )
        text = message.format(n=len(blank), letters=letters, first=column_letters(blank[0]))
        problems.append(Problem("warning", "W-COL-02", text, file=file, count=len(blank)))
    return problems


def _row_problems(body: Body, layout: Layout, file: str) -> list[Problem]:
    """Blank rows, and a last row that looks like a total."""
    problems = []
    if count := len(body.blank):
        message = ngettext("a blank row is not counted as an answer.", "blank rows are not counted as answers.", count)
        rows = tuple((body.blank[:MOST_EXAMPLES] + layout.first_row).tolist())
        problems.append(Problem("info", "I-ROW-01", message, file=file, rows=rows, count=count))
    last = body.columns[0][-1].as_py()
    if normalise(last).rstrip(":").casefold() in TOTALS:
        message = _('the last row begins with "{cell}": is it a total and not an answer? If so, delete it.')
        row = int(body.index[-1]) + layout.first_row
        problems.append(Problem("warning", "W-ROW-03", message.format(cell=last), file=file, rows=(row,)))
    return problems


def _frame(body: Body, positions: list[int]) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa

    if not positions:
        return pd.DataFrame(index=range(len(body.index)))
    table = pa.table([body.columns[position] for position in positions], names=[str(one) for one in positions])
    frame: pd.DataFrame = table.to_pandas()
    frame.columns = pd.Index(positions)
    return frame
