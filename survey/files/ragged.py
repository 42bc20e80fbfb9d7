"""Rows that do not have the header's number of cells, and quotation marks that swallow rows: what is wrong, and where.

A longer row is always an error: one unquoted delimiter moves every later answer by a column. A shorter row is filled
with blanks, and said, only when the cells it lacks are blank in most of the complete rows; otherwise it is an error.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from obstacles.survey.files.cells import WHITE, Body, Odd, Scan, has_content
from obstacles.survey.files.column_names import unnamed
from obstacles.survey.files.layout import Layout
from obstacles.survey.files.rows import lost_quotes, open_quote, too_long
from obstacles.survey.problems import MOST_EXAMPLES, Problem, Severity, SurveyError
from obstacles.text.fold import NUMBER
from obstacles.text.language import N_, _, commas, joined, ngettext

if TYPE_CHECKING:
    import numpy as np

DELIMITER_WORDS = {",": N_("comma"), ";": N_("semicolon"), "\t": N_("tab"), "|": N_("bar")}
MOSTLY_BLANK = 0.5  # of the complete rows
COMPARED = 200  # complete rows compared when looking for an unquoted delimiter
MOST_COMPARED_COLUMNS = 300


def judge(scan: Scan, body: Body, layout: Layout, names: tuple[str, ...], file: str) -> tuple[int, list[Problem]]:
    """The number of columns the table has, and the repairs made.

    Parameters
    ----------
    scan, body
        from `survey.files.cells.read_carefully`.

    Raises
    ------
    SurveyError
        with all problems of the rows.
    """
    import numpy as np

    counts = np.array(scan.counts, dtype=np.int64)
    if scan.too_long is not None or scan.unclosed is not None:
        raise SurveyError([_open_quote(scan, layout, file)])
    trailing = not scan.surplus and counts[0] > len(names) and (counts == counts[0]).all()
    case = _Case(
        scan, body, layout, names, file, counts.clip(max=len(names)) if trailing else counts, named_width(body, layout)
    )
    problems = [*case.quotes(), *case.long_rows(), *case.short_rows()]
    if trailing:
        message = _("every row ends with a delimiter; what would be a blank last column was dropped.")
        problems.append(Problem("info", "I-COL-01", message, file=file))
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise SurveyError(errors)
    return case.width, problems


def named_width(body: Body, layout: Layout) -> int:
    """The number of columns without those at the end that have neither a name nor any content."""
    width = len(layout.header[0])
    while width > 1 and unnamed(layout.header, width - 1) and not has_content(body.columns[width - 1]):
        width -= 1
    return width


def _open_quote(scan: Scan, layout: Layout, file: str) -> Problem:
    """The row where a quotation mark opens that does not close: the first that ran on over its line, or the last."""
    suspects = [odd.index for odd in scan.odd if odd.lines > 1] + scan.swallowed
    suspects += [] if scan.unclosed is None else [scan.unclosed]
    if scan.too_long is not None and scan.too_long[0] < min(suspects, default=math.inf):
        return too_long(file, layout.first_row + scan.too_long[0], scan.too_long[1])
    return open_quote(file, layout.first_row + min(suspects))


@dataclass(frozen=True)
class _Case:
    """One table's rows under inspection."""

    scan: Scan
    body: Body
    layout: Layout
    names: tuple[str, ...]
    file: str
    counts: np.ndarray  # (n,) cells of each row that is not blank
    width: int  # columns without blank and nameless ones at the end

    @property
    def expected(self) -> int:
        return len(self.names)

    def quotes(self) -> list[Problem]:
        problems = []
        if self.scan.swallowed:
            message = _(
                "text follows a closing quotation mark, and the cell runs over several lines: rows may have become "
                'part of it. Close the mark in its own row, or write it twice ("") if it belongs to the text.'
            )
            problems.append(self._problem("error", "E-ROW-05", message, self.scan.swallowed))
        if self.scan.like_rows:
            message = _(
                "a cell in quotation marks runs over several lines, each as long as a row. If they are rows, a "
                "quotation mark is missing or too many, and answers are lost: correct it."
            )
            problems.append(self._problem("warning", "W-ROW-04", message, self.scan.like_rows))
        if loose := self.scan.loose:
            rows = tuple(self.layout.first_row + place for place in loose[:MOST_EXAMPLES])
            problems.append(lost_quotes(self.file, rows, len(loose)))
        return problems

    def long_rows(self) -> list[Problem]:
        longer = self.counts > self.expected
        if not longer.any():
            return []
        odd = [odd for odd in self.scan.odd if len(odd.cells) > self.expected]
        column = self._unquoted(odd)
        word = _(DELIMITER_WORDS.get(self.layout.delimiter, N_("delimiter")))
        cells = int(self.counts[0])
        if (self.counts == cells).all():
            message = ngettext(
                "the only row has {cells} cells but the header has {width} names. Every answer would move.",
                "all {n} rows have {cells} cells but the header has {width} names. Every answer would move.",
                len(self.counts),
            ).format(n=f"{len(self.counts):,}", cells=cells, width=self.expected)
            where = (
                _('Is a {word} unquoted in "{column}", or a header missing?') if column else _("Is a header missing?")
            )
            return [
                Problem("error", "E-ROW-01", joined([message, where.format(word=word, column=column)]), file=self.file)
            ]
        message = _("{cells} where the header has {width} names: every later answer would move.")
        lines = max((one.lines for one in odd), default=1)
        if lines > 1:
            where = _("The row spans {lines} lines: is a quotation mark not closed?")
        elif not self.scan.surplus:
            where = _(
                "The cells at the end are blank. Delete the delimiters there, unless a {word} is unquoted before."
            )
        elif column:
            where = _('Is a {word} unquoted in "{column}"? Put the cell in quotation marks.')
        else:
            where = _("Is a {word} unquoted? Put the cell in quotation marks.")
        text = message.format(cells=_in_words(self.counts[longer]), width=self.expected)
        text = joined([text, where.format(word=word, column=column, lines=lines)])
        return [self._problem("error", "E-ROW-02", text, self._rows(longer))]

    def short_rows(self) -> list[Problem]:
        shorter = self.counts < self.width
        if not shorter.any():
            return []
        rows = self._rows(shorter)
        message = _("{cells} where the header has {width} names")
        message = message.format(cells=_in_words(self.counts[shorter]), width=self.width)
        full = self.counts >= self.width
        lacking, repaired = range(int(self.counts.min()), self.width), False
        if broken := self._broken():
            where = _("this row and the next make one whole row: a line break in a cell is not in quotation marks.")
            rows = broken
        elif self._notes(shorter):
            where = _("is it a note below the table? Then delete it.")
        elif not full.any():
            where = _("no row is complete. Is a name in the header too many?")
        elif repaired := all(_filled_share(self.body, position, full) < MOSTLY_BLANK for position in lacking):
            where = _("the missing cells at the end were read as blank, as they are in most rows.")
        elif len(rows) == 1 and shorter[-1]:
            where = _("it is the last row. Was the file cut short? Export it again, or delete the row.")
        else:
            where = _("it is unclear which answers are missing. Add the missing delimiters.")
        text = _("{name}: {value}").format(name=message, value=where)
        if repaired:
            return [self._problem("warning", "W-ROW-01", text, rows)]
        return [self._problem("error", "E-ROW-03", text, rows)]

    def _notes(self, shorter: np.ndarray) -> bool:
        """Whether the short rows are the last ones, each with a text of several words and nothing beside it."""
        last = shorter[-int(shorter.sum()) :].all()
        cells = [[cell for cell in odd.cells if cell.strip()] for odd in self.scan.odd[-int(shorter.sum()) :]]
        return bool(last) and all(len(own) == 1 and " " in own[0].strip() for own in cells)

    def _broken(self) -> list[int]:
        """Rows that with the next row make one whole row, and make a better one than two short rows would be."""
        kinds = self._kinds()
        broken = []
        for first, second in pairwise(self.scan.odd):
            counts = len(first.cells), len(second.cells)
            if second.index == first.index + 1 and sum(counts) == self.width + 1 and max(counts) < self.width:
                whole = _likeness([*first.cells[:-1], "text", *second.cells[1:]], kinds)
                if whole > (_likeness(first.cells, kinds) + _likeness(second.cells, kinds)) / 2:
                    broken.append(first.index)
        return broken

    def _rows(self, chosen: np.ndarray) -> list[int]:
        return [self.scan.index[place] for place in chosen.nonzero()[0].tolist()]

    def _problem(self, severity: Severity, code: str, message: str, index: list[int]) -> Problem:
        rows = tuple(self.layout.first_row + place for place in index[:MOST_EXAMPLES])
        return Problem(severity, code, message, file=self.file, rows=rows, count=len(index))

    def _unquoted(self, odd: list[Odd]) -> str:
        """The column whose unquoted delimiter would best explain the long rows, "" where none stands out."""
        kinds = self._kinds()
        votes = Counter(_best_merge(one.cells, kinds) for one in odd[:20]) if kinds else None
        best = votes.most_common(1)[0][0] if votes else None
        return "" if best is None else self.names[best]

    def _kinds(self) -> list[Counter[str]]:
        """For each column, how many complete rows hold a number, a text, or nothing; not for very wide tables."""
        import pyarrow as pa

        if self.expected > MOST_COMPARED_COLUMNS:
            return []
        places = ((self.counts >= self.width) & (self.counts <= self.expected)).nonzero()[0][:COMPARED]
        columns = [self.body.columns[position].take(pa.array(places)).to_pylist() for position in range(self.expected)]
        return [Counter(_kind(cell) for cell in column) for column in columns]


def _in_words(counts: np.ndarray) -> str:
    """The different numbers of cells: "2, 3 cells"."""
    different = sorted(set(counts.tolist()))
    listed = commas(str(count) for count in different[:MOST_EXAMPLES])
    return ngettext("{n} cell", "{n} cells", different[-1]).format(n=listed)


def _kind(cell: str) -> str:
    if not cell.strip():
        return "blank"
    return "number" if NUMBER.fullmatch(cell) else "text"


def _likeness(cells: Sequence[str], kinds: list[Counter[str]]) -> float:
    """Mean share of complete rows that hold the same kind of cell in the same column, from 0 to 1."""
    shares = [kind[_kind(cell)] / max(kind.total(), 1) for cell, kind in zip(cells, kinds, strict=False)]
    return sum(shares) / max(len(shares), 1)


def _best_merge(cells: tuple[str, ...], kinds: list[Counter[str]]) -> int | None:
    """Position of the cell which, joined with those after it, makes the row most like the complete rows."""
    extra = len(cells) - len(kinds)
    scores = []
    for position in range(len(kinds)):
        merged = [*cells[:position], "text", *cells[position + extra + 1 :]]
        starts_with_space = cells[position + 1].startswith(" ") and bool(cells[position].strip())
        scores.append(_likeness(merged, kinds) * len(kinds) + (0.5 if starts_with_space else 0.0))
    best, *others = sorted(scores, reverse=True)
    return scores.index(best) if not others or best > others[0] + 0.2 else None


def _filled_share(body: Body, position: int, rows: np.ndarray) -> float:
    """Share of the rows, (n,) bool, whose cell is not blank."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = pc.filter(body.columns[position], pa.array(rows))
    filled = pc.sum(pc.not_equal(pc.utf8_trim(column, characters=WHITE), "")).as_py() or 0
    return float(filled) / max(len(column), 1)
