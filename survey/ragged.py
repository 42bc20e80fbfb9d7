"""Rows that do not have the header's number of cells, and quotation marks that swallow rows: what is wrong, and where.

A longer row is always an error: one unquoted delimiter moves every later answer by a column. A shorter row is filled
with blanks, and said, only when the cells it lacks are blank in most of the complete rows; otherwise it is an error.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from survey.cells import WHITE, Body, Odd, Scan
from survey.columns import unnamed
from survey.language import _, ngettext
from survey.layout import NUMBER, Layout
from survey.problems import MOST_EXAMPLES, Problem, SurveyError

if TYPE_CHECKING:
    import numpy as np

DELIMITER_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
MOSTLY_BLANK = 0.5  # of the complete rows
COMPARED = 200  # complete rows compared when looking for an unquoted delimiter
MOST_COMPARED_COLUMNS = 300


def judge(scan: Scan, body: Body, layout: Layout, names: tuple[str, ...], file: str) -> tuple[int, list[Problem]]:
    """The number of columns the table has, and the repairs made.

    Parameters
    ----------
    scan, body
        from `survey.cells.read_carefully`, with one column more than the header.

    Raises
    ------
    SurveyError
        with all problems of the rows.
    """
    import numpy as np

    counts = np.array(scan.counts, dtype=np.int64)
    case = _Case(scan, body, layout, names, file, counts)
    if scan.too_long is not None or scan.unclosed is not None:
        raise SurveyError([case.open_quote()])
    problems = case.quotes()
    width = case.width(problems)
    problems += case.long_rows(width)
    problems += case.short_rows(width)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise SurveyError(errors)
    return width, problems


class _Case:
    """One table's rows under inspection."""

    def __init__(
        self, scan: Scan, body: Body, layout: Layout, names: tuple[str, ...], file: str, counts: np.ndarray
    ) -> None:
        self.scan = scan
        self.body = body
        self.layout = layout
        self.names = names
        self.file = file
        self.counts = counts  # (n,) cells of each row that is not blank
        self.expected = len(names)

    def open_quote(self) -> Problem:
        """The row where a quotation mark opens that does not close."""
        broken = [odd.index for odd in self.scan.odd if odd.lines > 1] + self.scan.swallowed
        last = self.scan.too_long if self.scan.unclosed is None else self.scan.unclosed
        row = min([*broken, last]) if last is not None else min(broken)
        message = _(
            "a quotation mark opens in this row and is not closed, so the rows after it became part of one cell. Close "
            'it, or write it twice ("") if it belongs to the text.'
        )
        return self._problem("error", "E-ROW-04", message, [row])

    def quotes(self) -> list[Problem]:
        problems = []
        if self.scan.swallowed:
            message = _(
                "text follows a closing quotation mark, and the cell runs over several lines: rows may have become "
                'part of it. Close the mark in its own row, or write it twice ("") if it belongs to the text.'
            )
            problems.append(self._problem("error", "E-ROW-05", message, self.scan.swallowed))
        if self.scan.loose:
            message = _(
                'quotation marks inside a quoted cell are not doubled (""). The cells were read, but one quotation '
                "mark of each is lost."
            )
            problems.append(self._problem("warning", "W-ROW-02", message, self.scan.loose))
        return problems

    def width(self, problems: list[Problem]) -> int:
        """The number of columns, without one that only a delimiter at the end of every row makes."""
        blank_names = 0
        while blank_names < self.expected - 1 and unnamed(self.layout.header, self.expected - 1 - blank_names):
            blank_names += 1
        longest = int(self.counts.max(initial=0))
        if self.expected - blank_names <= longest < self.expected:
            return longest
        if (self.counts == self.expected + 1).all() and _filled_share(self.body, self.expected, None) == 0:
            message = _("every row ends with a delimiter; the blank last column was dropped.")
            problems.append(Problem("info", "I-COL-01", message, file=self.file))
            self.counts = self.counts - 1
        return self.expected

    def long_rows(self, width: int) -> list[Problem]:
        longer = self.counts > width
        if not longer.any():
            return []
        odd = [odd for odd in self.scan.odd if len(odd.cells) > width]
        column = self._unquoted(odd, width)
        word = _(DELIMITER_WORDS.get(self.layout.delimiter, "delimiter"))
        cells = int(self.counts[0])
        if (self.counts == cells).all():
            message = ngettext(
                "the only row has {cells} cells but the header has {width} names. Every answer would move.",
                "all {n} rows have {cells} cells but the header has {width} names. Every answer would move.",
                len(self.counts),
            ).format(n=f"{len(self.counts):,}", cells=cells, width=width)
            where = (
                _('Is a {word} unquoted in "{column}", or a header missing?') if column else _("Is a header missing?")
            )
            return [Problem("error", "E-ROW-01", f"{message} {where.format(word=word, column=column)}", file=self.file)]
        message = _("{cells} cells where the header has {width} names: every later answer would move.")
        lines = max((one.lines for one in odd), default=1)
        if lines > 1:
            where = _("The row spans {lines} lines: is a quotation mark not closed?")
        elif column:
            where = _('Is a {word} unquoted in "{column}"? Put the cell in quotation marks.')
        else:
            where = _("Is a {word} unquoted? Put the cell in quotation marks.")
        found = ", ".join(str(count) for count in sorted(set(self.counts[longer].tolist()))[:MOST_EXAMPLES])
        text = f"{message.format(cells=found, width=width)} {where.format(word=word, column=column, lines=lines)}"
        return [self._problem("error", "E-ROW-02", text, self._rows(longer))]

    def short_rows(self, width: int) -> list[Problem]:
        shorter = self.counts < width
        if not shorter.any():
            return []
        rows = self._rows(shorter)
        found = ", ".join(str(count) for count in sorted(set(self.counts[shorter].tolist()))[:MOST_EXAMPLES])
        message = _("{cells} cells where the header has {width} names").format(cells=found, width=width)
        broken = self._broken(shorter, width)
        full = self.counts == width
        lacking = range(int(self.counts.min()), width)
        if broken:
            where = _("this row and the next make one whole row: a line break in a cell is not in quotation marks.")
            return [self._problem("error", "E-ROW-03", f"{message}: {where}", broken)]
        if not full.any():
            where = _("no row is complete. Is a name in the header too many?")
            return [self._problem("error", "E-ROW-03", f"{message}: {where}", rows)]
        if all(_filled_share(self.body, position, full) < MOSTLY_BLANK for position in lacking):
            where = _("the missing cells at the end were read as blank, as they are in most rows.")
            return [self._problem("warning", "W-ROW-01", f"{message}: {where}", rows)]
        if len(rows) == 1 and shorter[-1]:
            where = _("it is the last row. Was the file cut short? Export it again, or delete the row.")
        else:
            where = _("it is unclear which answers are missing. Add the missing delimiters.")
        return [self._problem("error", "E-ROW-03", f"{message}: {where}", rows)]

    def _broken(self, shorter: np.ndarray, width: int) -> list[int]:
        """Rows that with the next row make one whole row."""
        at = shorter.nonzero()[0].tolist()
        index = self.scan.index
        pairs = [(first, second) for first, second in pairwise(at) if index[second] == index[first] + 1]
        return [index[first] for first, second in pairs if self.counts[first] + self.counts[second] == width + 1]

    def _rows(self, chosen: np.ndarray) -> list[int]:
        return [self.scan.index[place] for place in chosen.nonzero()[0].tolist()]

    def _problem(self, severity: str, code: str, message: str, index: list[int]) -> Problem:
        rows = tuple(self.layout.first_row + place for place in index[:MOST_EXAMPLES])
        return Problem(severity, code, message, file=self.file, rows=rows, count=len(index))

    def _unquoted(self, odd: list[Odd], width: int) -> str:
        """The column whose unquoted delimiter would best explain the long rows, "" where none stands out."""
        if width > MOST_COMPARED_COLUMNS:
            return ""
        kinds = self._kinds(width)
        votes = Counter(_best_merge(one.cells, kinds) for one in odd[:20])
        best = votes.most_common(1)[0][0] if votes else None
        return "" if best is None else self.names[best]

    def _kinds(self, width: int) -> list[Counter[str]]:
        """For each column, how many complete rows hold a number, a text, or nothing."""
        import pyarrow as pa

        places = (self.counts == width).nonzero()[0][:COMPARED]
        columns = [self.body.columns[position].take(pa.array(places)).to_pylist() for position in range(width)]
        return [Counter(_kind(cell) for cell in column) for column in columns]


def _kind(cell: str) -> str:
    if not cell.strip():
        return "blank"
    return "number" if NUMBER.fullmatch(cell) else "text"


def _best_merge(cells: tuple[str, ...], kinds: list[Counter[str]]) -> int | None:
    """Position of the cell which, joined with those after it, makes the row most like the complete rows."""
    extra = len(cells) - len(kinds)
    scores = []
    for position in range(len(kinds)):
        merged = [*cells[:position], "text", *cells[position + extra + 1 :]]
        alike = sum(kind[_kind(cell)] / max(kind.total(), 1) for cell, kind in zip(merged, kinds, strict=True))
        starts_with_space = cells[position + 1].startswith(" ") and bool(cells[position].strip())
        scores.append(alike + (0.5 if starts_with_space else 0.0))
    best, *others = sorted(scores, reverse=True)
    return scores.index(best) if not others or best > others[0] + 0.2 else None


def _filled_share(body: Body, position: int, rows: np.ndarray | None) -> float:
    """Share of the rows (all when `None`) whose cell is not blank."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = body.columns[position]
    if rows is not None:
        column = pc.filter(column, pa.array(rows))
    filled = pc.sum(pc.not_equal(pc.utf8_trim(column, characters=WHITE), "")).as_py() or 0
    return float(filled) / max(len(column), 1)
