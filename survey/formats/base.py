"""What a response format is made of, and what it is given: one wave's question, its columns and its rows.

Formats work on the distinct cells of a column and spread the result over the rows, so a million rows cost little more
than a thousand. What they cannot use they report with row, column and value; they never guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from obstacles.survey.answers import Answers, BestWorst, Published, Rankings, Ratings
from obstacles.survey.files.table import Table
from obstacles.survey.formats.numerals import numeral
from obstacles.survey.problems import MOST_EXAMPLES, LeftOut, Problem, Severity
from obstacles.survey.question import Item, Scale
from obstacles.survey.settings import Direction, InvalidRanking, WaveSettings
from obstacles.survey.vendors import VENDORS
from obstacles.survey.vendors.vendor import NoAnswer
from obstacles.text.language import _, commas, in_quotes, ngettext

BLANK, BELOW, MISSING, NOT_APPLICABLE = -1, -2, -3, -4  # meanings of a cell that is no answer by itself
NO_ANSWERS: dict[NoAnswer, int] = {"not_ranked": BELOW, "skipped": MISSING}
VENDOR_CODES = {code: NO_ANSWERS[kind] for vendor in VENDORS.values() for code, kind in vendor.codes.items()}
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
    choices: tuple[tuple[str, str], ...] = ()  # defaults used and things detected: (what, value)
    flags: Mapping[str, np.ndarray] = field(default_factory=dict)  # sign of a careless answer -> (n,) bool
    rows: np.ndarray | None = None  # (p,) the row that stands for each person; None = every row is a person
    scale: Scale | None = None
    k: int | None = None  # places that could be filled


@dataclass(frozen=True)
class Format:
    """One way in which answers stand in a file."""

    name: str
    read: Callable[[WaveQuestion], ParsedAnswers]
    columns: Callable[[WaveSettings], Iterable[str]]  # the columns it reads
    uses: frozenset[str] = frozenset()  # keys of [[wave]] that it knows beside those of every format
    needs: frozenset[str] = frozenset()  # of these, the ones it cannot do without
    respondents: bool = True  # False: a printed table
    several_rows: Callable[[WaveSettings], bool] = lambda settings: False  # rows of one id are one respondent
    check: Callable[[WaveSettings, Sequence[str]], Iterable[str]] = lambda settings, ids: ()  # what contradicts itself


def item_columns(settings: WaveSettings) -> Iterable[str]:
    """The columns of formats with a column per item."""
    return settings.obstacles.values()


def persons(asked: WaveQuestion, *, several: bool) -> tuple[np.ndarray, np.ndarray]:
    """For each row its person (n,), and for each person the first row (p,): by the id where one has several rows."""
    column = asked.settings.id_column
    if column is None or not several:
        return np.arange(asked.n), np.arange(asked.n)
    codes, values = asked.coded(column)
    blank = np.array([value == "" for value in values], bool)[codes]
    codes = np.where(blank, len(values) + np.arange(asked.n), codes)
    _ids, first, person = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    return place[person.reshape(-1)], first[order]


def position_columns(settings: WaveSettings) -> list[str]:
    """The columns that say in which order items were shown."""
    stated = settings.positions
    return [stated] if isinstance(stated, str) else list(stated.values())


def positions(asked: WaveQuestion) -> np.ndarray | None:
    """(n, m) int16 place at which each item was shown, from the key `positions`; 0 where it is not known.

    One column for all lists the items by their number in the study file, in the order shown: "2143" or "2|1|4|3".
    """
    columns = asked.settings.positions
    if not columns:
        return None
    shown = np.zeros((asked.n, len(asked.items)), np.int16)
    if isinstance(columns, str):
        codes, values = asked.coded(columns)
        by_value = np.zeros((len(values), len(asked.items)), np.int16)
        for code, value in enumerate(values):
            numbers = [int(one) for one in (re.findall(r"\d+", value) if re.search(r"\D", value) else value)]
            if len(set(numbers)) == len(numbers) and all(1 <= one <= len(asked.items) for one in numbers):
                by_value[code, [one - 1 for one in numbers]] = np.arange(1, len(numbers) + 1)
        return np.asarray(by_value[codes])
    for j, item in enumerate(asked.items):
        if item.id in columns:
            codes, values = asked.coded(columns[item.id])
            place = [numeral(value) or 0.0 for value in values]
            shown[:, j] = np.array([one if 1 <= one <= 1000 else 0 for one in place], np.int16)[codes]
    return shown


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
    """Problems of one format's cells, gathered column by column and reported once per kind."""

    asked: WaveQuestion
    problems: list[Problem] = field(default_factory=list)

    def cells(self, severity: Severity, code: str, message: str, column: str, where: np.ndarray) -> None:
        """File a problem of the cells of `column` in the rows `where`, (n,) bool."""
        places = np.flatnonzero(where)
        if not len(places):
            return
        codes, values = self.asked.coded(column)
        first = places[:MOST_EXAMPLES]
        self.problems.append(
            Problem(
                severity,
                code,
                message,
                file=self.asked.table.file,
                rows=rows_of(self.asked, first),
                column=column,
                values=tuple(values[codes[place]] for place in first),
                count=len(places),
            )
        )

    def rows(self, severity: Severity, code: str, message: str, where: np.ndarray) -> None:
        """File a problem of whole rows."""
        places = np.flatnonzero(where)
        if len(places):
            self.problems.append(
                Problem(
                    severity,
                    code,
                    message,
                    file=self.asked.table.file,
                    rows=rows_of(self.asked, places[:MOST_EXAMPLES]),
                    count=len(places),
                )
            )

    def note(self, severity: Severity, code: str, message: str, column: str | None = None, count: int = 1) -> None:
        """File a problem of the file or of a column."""
        self.problems.append(Problem(severity, code, message, file=self.asked.table.file, column=column, count=count))

    def vendor_codes(self, used: set[str]) -> None:
        """Note the codes of a vendor that were read without being stated."""
        if not used:
            return
        words = {BELOW: _("not ranked"), MISSING: _("skipped")}
        listed = commas(f'"{code}" = {words[VENDOR_CODES[code]]}' for code in sorted(used))
        names = commas(vendor.title for vendor in VENDORS.values() if used & vendor.codes.keys())
        message = _("read as {vendor} writes them: {codes}. State them in unranked or missing.")
        self.note("info", "I-MIS-01", message.format(vendor=names, codes=listed))


def rows_of(asked: WaveQuestion, places: np.ndarray) -> tuple[int, ...]:
    """Row numbers as a spreadsheet shows them."""
    return tuple(asked.table.rows[asked.rows[places]].tolist())


def kinds_of_missing(settings: WaveSettings, fold: Callable[[str], str]) -> dict[str, int]:
    """Folded cell -> MISSING or NOT_APPLICABLE, from the key `missing`."""
    return {
        fold(cell): NOT_APPLICABLE if kind == "not_applicable" else MISSING
        for kind, cells in settings.missing.items()
        for cell in cells
    }


def listed(counts: Mapping[str, int], most: int = MOST_EXAMPLES) -> str:
    """Distinct cells with how often they occur: '"x" (3), "y" (1) and 2 more'."""
    order = sorted(counts, key=lambda cell: (-counts[cell], cell))
    text = commas(
        _("{name} ({value})").format(name=in_quotes(cell[:60]), value=f"{counts[cell]:,}") for cell in order[:most]
    )
    rest = len(order) - most
    return (
        text if rest <= 0 else ngettext("{cells} and {n} more", "{cells} and {n} more", rest).format(cells=text, n=rest)
    )


def ask_blank(asked: WaveQuestion, count: int, what: str) -> Problem:
    """The study file must say what a blank means."""
    message = _(
        '{what}, and the study file does not say what that means. Add blank = "below" (seen, and below every ranked '
        'item), blank = "not_offered" (no part of the question) or blank = "not_answered" to wave {wave}.'
    ).format(what=what, wave=in_quotes(asked.settings.id))
    return Problem("ask", "A-BLANK-01", message, file=asked.table.file, count=count)
