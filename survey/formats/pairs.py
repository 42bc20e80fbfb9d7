"""Paired comparisons: which of two items is the larger obstacle, or neither.

Three layouts: a row per comparison (who was shown first, who second, and the result), counts of wins, losses and ties
per pair of items, or a column per pair in one row per respondent. Rows with one id are one respondent; without an id
every comparison stands by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from obstacles.survey.answers import Rankings
from obstacles.survey.formats.base import Exclusion, Format, Log, ParsedAnswers, WaveQuestion
from obstacles.survey.formats.missing import kinds_of_missing
from obstacles.survey.formats.texts import Texts
from obstacles.survey.settings import PairsColumns, WaveSettings
from obstacles.text.fold import fold
from obstacles.text.language import _

FIRST, SECOND, TIE, NOTHING, UNKNOWN = 1, 2, 0, -1, -2


@dataclass(frozen=True, eq=False)
class Comparisons:
    """r comparisons."""

    first: np.ndarray  # (r,) item
    second: np.ndarray  # (r,) item
    result: np.ndarray  # (r,) FIRST, SECOND, TIE or NOTHING
    row: np.ndarray  # (r,) row they stand in
    count: np.ndarray  # (r,)


def read(asked: WaveQuestion) -> ParsedAnswers:
    """All comparisons."""
    log = Log(asked)
    columns = asked.settings.pairs
    assert columns is not None
    counted = columns.wins is not None
    found = _pair_columns(asked, log, columns) if columns.column else _rows(asked, log, columns, counted=counted)
    usable = (found.result >= 0) & (found.first >= 0) & (found.second >= 0) & (found.count > 0)
    first, second, result = found.first[usable], found.second[usable], found.result[usable]
    r, m = len(first), len(asked.items)
    line = np.arange(r)
    ranks, offered = np.zeros((r, m), np.int16), np.zeros((r, m), bool)
    offered[line, first] = offered[line, second] = True
    ranks[line, first] = np.where(result == SECOND, 2, 1)
    ranks[line, second] = np.where(result == FIRST, 2, 1)
    if counted:
        person, rows = line, found.row[usable]
    else:
        by_row, rows = asked.persons(several=not columns.column)
        person = by_row[found.row[usable]]
    answers = Rankings(
        asked.items, ranks, offered, person, found.count[usable], first_shown=first if columns.order else None
    )
    answered = np.zeros(asked.n, bool)
    answered[found.row[usable]] = True
    endings = (Exclusion(_("the question was not answered"), ~answered),)
    return ParsedAnswers(answers, endings, problems=tuple(log.problems), rows=rows)


def _rows(asked: WaveQuestion, log: Log, columns: PairsColumns, *, counted: bool) -> Comparisons:
    """A row per comparison, or per pair of items with its counts."""
    assert columns.first is not None
    assert columns.second is not None
    texts = Texts(asked.items, asked.settings.values)
    unknown = _("these texts are none of the items: {texts}. {hint} Add them to [wave.values].")
    first, second = (log.items(column, texts, unknown) for column in (columns.first, columns.second))
    itself = (first == second) & (first >= 0)
    message = _("an item is compared with itself. Correct the row.")
    log.cells("error", "E-PAIR-01", message, columns.second, itself)
    rows = np.arange(asked.n)
    if not counted:
        result = np.full(asked.n, FIRST) if columns.result is None else _results(asked, log, columns, columns.result)
        return Comparisons(first, second, result, rows, np.ones(asked.n))
    parts = [(FIRST, columns.wins), (SECOND, columns.losses), (TIE, columns.ties)]
    kinds = [(kind, column) for kind, column in parts if column is not None]
    return Comparisons(
        np.tile(first, len(kinds)),
        np.tile(second, len(kinds)),
        np.repeat([kind for kind, _column in kinds], asked.n),
        np.tile(rows, len(kinds)),
        np.concatenate([log.counts(column, blank=0.0)[0] for _kind, column in kinds]),
    )


def _meanings(asked: WaveQuestion, columns: PairsColumns) -> dict[str, int]:
    """Folded cell of a result -> FIRST, SECOND, TIE or NOTHING."""
    kinds = ((FIRST, columns.first_is), (SECOND, columns.second_is), (TIE, columns.tie_is))
    meaning = {fold(cell): kind for kind, cells in kinds for cell in cells}
    return meaning | dict.fromkeys(["", *kinds_of_missing(asked.settings)], NOTHING)


def _results(asked: WaveQuestion, log: Log, columns: PairsColumns, column: str) -> np.ndarray:
    """(n,) the result in a column of its own."""
    meaning = _meanings(asked, columns)
    codes, values = asked.coded(column)
    result = np.array([meaning.get(fold(value), UNKNOWN) for value in values])[codes]
    message = _(
        "these cells are no result: {cells}. Name them in first_is, second_is or tie_is of [wave.pairs], or in missing."
    )
    log.unknown("E-PAIR-02", message, column, result == UNKNOWN)
    return np.asarray(result)


def _pair_columns(asked: WaveQuestion, log: Log, columns: PairsColumns) -> Comparisons:
    """A column per pair; the cell is the item preferred, or a cell that means neither."""
    texts = Texts(asked.items, asked.settings.values)
    position = {item.id: place for place, item in enumerate(asked.items)}
    meaning = _meanings(asked, columns)
    results = []
    for pair in columns.column:
        ends = tuple(position[id] for id in pair.items)
        codes, values = asked.coded(pair.column)
        by_value = []
        for value in values:
            kind, named = meaning.get(fold(value), UNKNOWN), texts[value]
            if kind != NOTHING and named in ends:
                kind = FIRST if named == ends[0] else SECOND
            by_value.append(kind)
        result = np.array(by_value)[codes]
        message = _("these cells are neither of the two items: {cells}. Correct them, or name them in tie_is.")
        log.unknown("E-PAIR-02", message, pair.column, result == UNKNOWN)
        results.append(result)
    n, pairs = asked.n, columns.column
    return Comparisons(
        np.repeat([position[pair.items[0]] for pair in pairs], n),
        np.repeat([position[pair.items[1]] for pair in pairs], n),
        np.concatenate(results),
        np.tile(np.arange(n), len(pairs)),
        np.ones(n * len(pairs)),
    )


def _columns(settings: WaveSettings) -> Iterable[str]:
    columns = settings.pairs
    if columns is None:
        return []
    named = (columns.first, columns.second, columns.result, columns.wins, columns.losses, columns.ties)
    return [*(name for name in named if name is not None), *(pair.column for pair in columns.column)]


def _check(settings: WaveSettings, ids: Sequence[str]) -> Iterable[str]:
    """What contradicts itself in [wave.pairs]."""
    columns = settings.pairs
    if columns is None:
        return
    rows = columns.first is not None or columns.second is not None
    if bool(columns.column) == rows:
        yield _("name either first and second (a row per comparison) or column (a column per pair).")
    if rows and (columns.first is None or columns.second is None):
        yield _("first and second belong together.")
    if columns.result is not None and columns.wins is not None:
        yield _("result is for a row per comparison, wins and losses for counts; name one of them.")
    if (columns.wins is None) != (columns.losses is None) or (columns.ties is not None and columns.wins is None):
        yield _("wins and losses belong together, and ties to them.")
    for id in sorted({id for pair in columns.column for id in pair.items} - set(ids)):
        yield _('column: there is no item "{id}".').format(id=id)


FORMAT = Format(
    "pairs",
    read,
    _columns,
    uses=frozenset({"pairs", "values"}),
    needs=frozenset({"pairs"}),
    several_rows=lambda settings: settings.pairs is not None and not settings.pairs.column,
    check=_check,
)
