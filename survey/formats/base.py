"""What a response format is made of, and what it is given: one wave's question, its columns and its rows.

Formats work on the distinct cells of a column and spread the result over the rows, so a million rows cost little more
than a thousand. What they cannot use they report with row, column and value; they never guess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from obstacles.survey.answers import Answers, BestWorst, Published, Rankings, Ratings
from obstacles.survey.files.numerics import numbers
from obstacles.survey.files.table import Table
from obstacles.survey.formats.missing import BELOW, MISSING, VENDOR_CODES
from obstacles.survey.formats.numerals import numeral
from obstacles.survey.formats.texts import Texts
from obstacles.survey.problems import MOST_EXAMPLES, LeftOut, Problem, Severity, and_more
from obstacles.survey.question import Item, Scale
from obstacles.survey.settings import Direction, InvalidRanking, WaveSettings
from obstacles.survey.vendors import VENDORS
from obstacles.text.language import _, commas, in_quotes

ROWS = {  # answer type -> its arrays with one entry per answer
    Rankings: ("ranks", "offered", "answer_counts", "first_shown", "position"),
    Ratings: ("scores", "not_applicable"),
    BestWorst: ("shown", "best", "worst", "answer_counts"),
}


@dataclass(frozen=True, eq=False)
class WaveQuestion:
    """One wave's question with its table."""

    settings: WaveSettings
    items: tuple[Item, ...]
    direction: Direction | None
    invalid: InvalidRanking
    least: int | None  # [quality.partial] keep_if_items_answered
    table: Table
    rows: np.ndarray  # (n,) intp, the rows of the table that are read
    offered: np.ndarray  # (n, m) bool, by the study file

    @property
    def n(self) -> int:
        return len(self.rows)

    def coded(self, column: str) -> tuple[np.ndarray, tuple[str, ...]]:
        """Codes (n,) of the rows that are read, and the distinct cells of the whole column."""
        codes, values = self.table.coded(column)
        return codes if self.n == len(self.table.rows) else codes.take(self.rows), values

    def persons(self, *, several: bool) -> tuple[np.ndarray, np.ndarray]:
        """(n,) the person of each row, and (p,) the first row of each person: by the id where one has several rows."""
        column = self.settings.id_column
        if column is None or not several:
            return np.arange(self.n), np.arange(self.n)
        codes, values = self.coded(column)
        blank = np.array([value == "" for value in values], bool)[codes]
        codes = np.where(blank, len(values) + np.arange(self.n), codes)
        _ids, first, person = np.unique(codes, return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")
        place = np.empty(len(order), np.intp)
        place[order] = np.arange(len(order))
        return place[person.reshape(-1)], first[order]

    def positions(self) -> np.ndarray | None:
        """(n, m) int16 place at which each item was shown, from the key `positions`; 0 where it is not known.

        One column for all lists the items by their number in the study file, in the order shown: "2143" or "2|1|4|3".
        """
        columns = self.settings.positions
        if not columns:
            return None
        shown = np.zeros((self.n, len(self.items)), np.int16)
        if isinstance(columns, str):
            codes, values = self.coded(columns)
            by_value = np.zeros((len(values), len(self.items)), np.int16)
            for code, value in enumerate(values):
                order = [int(digits) for digits in (re.findall(r"\d+", value) if re.search(r"\D", value) else value)]
                if len(set(order)) == len(order) and all(1 <= number <= len(self.items) for number in order):
                    by_value[code, [number - 1 for number in order]] = np.arange(1, len(order) + 1)
            return np.asarray(by_value[codes])
        for j, item in enumerate(self.items):
            if item.id in columns:
                codes, values = self.coded(columns[item.id])
                place = [numeral(value) or 0.0 for value in values]
                shown[:, j] = np.array([one if 1 <= one <= 1000 else 0 for one in place], np.int16)[codes]
        return shown


class Exclusion(NamedTuple):
    """Rows that leave the analysis, by one rule."""

    rule: str
    rows: np.ndarray  # (n,) bool


@dataclass(frozen=True, eq=False)
class ParsedAnswers:
    """What a format made of n rows."""

    answers: Answers  # of all persons in the order of `rows`; `Published` has none
    left_out: tuple[Exclusion, ...] = ()  # in order: a row leaves by the first rule that names it
    repaired: tuple[LeftOut, ...] = ()
    problems: tuple[Problem, ...] = ()
    flags: Mapping[str, np.ndarray] = field(default_factory=dict)  # sign of a careless answer -> (n,) bool
    rows: np.ndarray | None = None  # (p,) the row that stands for each person; None = every row is a person
    scale: Scale | None = None
    k: int | None = None  # places that could be filled


@dataclass(frozen=True)
class Format:
    """One way in which answers stand in a file."""

    name: str
    read: Callable[[WaveQuestion], ParsedAnswers]
    columns: Callable[[WaveSettings], Iterable[str]] = lambda settings: settings.obstacles.values()  # those it reads
    uses: frozenset[str] = frozenset()  # keys of [[wave]] that it knows beside those of every format
    needs: frozenset[str] = frozenset()  # of these, the ones it cannot do without
    respondents: bool = True  # False: a printed table
    obstacles: bool = True  # False: no question about obstacles, and so no items
    several_rows: Callable[[WaveSettings], bool] = lambda settings: False  # rows of one id are one respondent
    check: Callable[[WaveSettings, Sequence[str]], Iterable[str]] = lambda settings, ids: ()  # what contradicts itself


def position_columns(settings: WaveSettings) -> list[str]:
    """The columns that say in which order items were shown."""
    stated = settings.positions
    return [stated] if isinstance(stated, str) else list(stated.values())


def of_respondents(answers: Answers, keep: np.ndarray) -> Answers:
    """The answers of the persons kept, renumbered; `keep` is (p,) bool."""
    if isinstance(answers, Published) or keep.all():
        return answers
    rows = keep[answers.respondent]
    parts = {}
    for name in ROWS[type(answers)]:
        array = getattr(answers, name)
        parts[name] = array if array is None or rows.all() else array[rows]
    new = np.cumsum(keep) - 1
    return replace(answers, **parts, respondent=new[answers.respondent[rows]])


@dataclass
class Log:
    """Problems and repairs of one format's cells, gathered column by column and reported once per kind."""

    asked: WaveQuestion
    problems: list[Problem] = field(default_factory=list)
    repaired: list[LeftOut] = field(default_factory=list)

    def repair(self, what: str, count: int | np.integer) -> None:
        """Count what was read after a repair, if anything was."""
        if count:
            self.repaired.append(LeftOut(what, int(count)))

    def cells(self, severity: Severity, code: str, message: str, column: str, where: np.ndarray) -> None:
        """File a problem of the cells of `column` in the rows `where`, (n,) bool."""
        codes, values = self.asked.coded(column)
        cells = tuple(values[codes[place]] for place in np.flatnonzero(where)[:MOST_EXAMPLES])
        self._file(severity, code, message, where, column, cells)

    def rows(self, severity: Severity, code: str, message: str, where: np.ndarray) -> None:
        """File a problem of whole rows."""
        self._file(severity, code, message, where)

    def _file(
        self,
        severity: Severity,
        code: str,
        message: str,
        where: np.ndarray,
        column: str | None = None,
        cells: tuple[str, ...] = (),
    ) -> None:
        """A problem of the rows `where`, if there are any."""
        if count := int(np.count_nonzero(where)):
            rows = rows_of(self.asked, np.flatnonzero(where)[:MOST_EXAMPLES], column)
            self.problems.append(Problem(severity, code, message, self.asked.table.file, rows, column, cells, count))

    def unknown(
        self,
        code: str,
        message: str,
        column: str,
        where: np.ndarray,
        *,
        counts: Counter[str] | None = None,
        texts: Texts | None = None,
    ) -> None:
        """File the cells of `column` in the rows `where`, (n,) bool, as an error that lists them.

        Parameters
        ----------
        message
            names the cells as {cells} or {texts}, and with `texts` the nearest known ones as {hint}.
        counts
            of the texts, where a cell holds several; the cells are counted when omitted.
        """
        if not where.any():
            return
        codes, values = self.asked.coded(column)
        found = Counter(values[code] for code in codes[where]) if counts is None else counts
        hint = texts.hint(text for text, _count in found.most_common()) if texts else ""
        text = message.format(cells=listed(found), texts=listed(found), hint=hint)
        self.cells("error", code, " ".join(text.split()) if texts else text, column, where)

    def note(self, severity: Severity, code: str, message: str, column: str | None = None, count: int = 1) -> None:
        """File a problem of the file or of a column."""
        self.problems.append(Problem(severity, code, message, file=self.asked.table.file, column=column, count=count))

    def items(self, column: str, texts: Texts, message: str) -> np.ndarray:
        """(n,) intp: the item that each cell of a column names, -1 for none; texts that are none of them are errors."""
        codes, values = self.asked.coded(column)
        item = np.array([-1 if (known := texts[value]) is None else known for value in values], np.intp)[codes]
        named = np.array([value != "" for value in values], bool)[codes]
        self.unknown("E-TEXT-01", message, column, named & (item < 0), texts=texts)
        return np.asarray(item)

    def counts(self, column: str, *, blank: float | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(n,) whole numbers, and (n,) bool: cells that are none, which are errors, as a blank without meaning is."""
        codes, values = self.asked.coded(column)
        parsed = [blank if value == "" else n for value, n in zip(values, numbers(values, None).values, strict=True)]
        wrong = np.array([n is None or n < 0 or n != round(n) for n in parsed], bool)[codes]
        self.cells("error", "E-COUNT-01", _("this is no count: it should be a whole number, 0 or more."), column, wrong)
        return np.array([n or 0.0 for n in parsed])[codes], wrong

    def ask_blank(self, count: int, what: str) -> None:
        """The study file must say what a blank means."""
        message = _(
            '{what}, and the study file does not say what that means. Add blank = "below" (seen, and below every '
            'ranked item), blank = "not_offered" (no part of the question) or blank = "not_answered" to wave {wave}.'
        ).format(what=what, wave=in_quotes(self.asked.settings.id))
        self.note("ask", "A-BLANK-01", message, count=count)

    def vendor_codes(self, used: set[str]) -> None:
        """Note the codes of a vendor that were read without being stated."""
        if not used:
            return
        words = {BELOW: _("not ranked"), MISSING: _("skipped")}
        listed = commas(f'"{code}" = {words[VENDOR_CODES[code]]}' for code in sorted(used))
        names = commas(vendor.title for vendor in VENDORS.values() if used & vendor.codes.keys())
        message = _("read as {vendor} writes them: {codes}. State them in unranked or missing.")
        self.note("info", "I-MIS-01", message.format(vendor=names, codes=listed))


def rows_of(asked: WaveQuestion, places: np.ndarray, column: str | None = None) -> tuple[int, ...]:
    """Row numbers as a spreadsheet shows them, of the cells of a column or of whole rows."""
    return tuple(asked.table.rows_in(column)[asked.rows[places]].tolist())


def listed(counts: Mapping[str, int], most: int = MOST_EXAMPLES) -> str:
    """Distinct cells with how often they occur: '"x" (3), "y" (1) and 2 more'."""
    order = sorted(counts, key=lambda cell: (-counts[cell], cell))
    text = commas(
        _("{name} ({value})").format(name=in_quotes(cell[:60]), value=f"{counts[cell]:,}") for cell in order[:most]
    )
    return and_more(text, len(order) - most)
