"""Paired comparisons: which of two items is the larger obstacle, or neither.

Three layouts: a row per comparison (who was shown first, who second, and the result), counts of wins, losses and ties
per pair of items, or a column per pair in one row per respondent. Rows with one id are one respondent; without an id
every comparison stands by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from obstacles.survey.answers import Rankings
from obstacles.survey.files.numerics import numbers
from obstacles.survey.formats.base import Exclusion, Format, Log, ParsedAnswers, WaveQuestion, listed, persons
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
        by_row, rows = persons(asked, several=not columns.column)
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
    first, second = (_items(asked, log, column, texts) for column in (columns.first, columns.second))
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
        np.concatenate([_counts(asked, log, column) for _kind, column in kinds]),
    )


def _items(asked: WaveQuestion, log: Log, column: str, texts: Texts) -> np.ndarray:
    """(n,) the item of each row; NOTHING where the cell is blank."""
    codes, values = asked.coded(column)
    meaning = [NOTHING if value == "" else UNKNOWN if (one := texts[value]) is None else one for value in values]
    item = np.array(meaning, np.intp)[codes]
    if (where := item == UNKNOWN).any():
        unknown = Counter(values[code] for code in codes[where])
        message = _("these texts are none of the items: {texts}. {hint} Add them to [wave.values].")
        text = message.format(texts=listed(unknown), hint=texts.hint(unknown))
        log.cells("error", "E-TEXT-01", " ".join(text.split()), column, where)
    return np.asarray(item)


def _results(asked: WaveQuestion, log: Log, columns: PairsColumns, column: str) -> np.ndarray:
    """(n,) the result in a column of its own."""
    kinds = ((FIRST, columns.first_is), (SECOND, columns.second_is), (TIE, columns.tie_is))
    meaning = {fold(cell): kind for kind, cells in kinds for cell in cells}
    missing = {fold(cell) for cells in asked.settings.missing.values() for cell in cells}
    codes, values = asked.coded(column)
    by_value = [
        NOTHING if value == "" or fold(value) in missing else meaning.get(fold(value), UNKNOWN) for value in values
    ]
    result = np.array(by_value)[codes]
    if (where := result == UNKNOWN).any():
        unknown = Counter(values[code] for code in codes[where])
        message = _(
            "these cells are no result: {cells}. Name them in first_is, second_is or tie_is of [wave.pairs], or in "
            "missing."
        ).format(cells=listed(unknown))
        log.cells("error", "E-PAIR-02", message, column, where)
    return np.asarray(result)


def _counts(asked: WaveQuestion, log: Log, column: str) -> np.ndarray:
    """(n,) whole numbers; a blank is 0."""
    codes, values = asked.coded(column)
    parsed = [0.0 if value == "" else one for value, one in zip(values, numbers(values, None).values, strict=True)]
    wrong = np.array([one is None or one < 0 or one != round(one) for one in parsed], bool)[codes]
    log.cells("error", "E-COUNT-01", _("this is no count: it should be a whole number, 0 or more."), column, wrong)
    return np.asarray(np.array([0.0 if one is None else one for one in parsed])[codes])


def _pair_columns(asked: WaveQuestion, log: Log, columns: PairsColumns) -> Comparisons:
    """A column per pair; the cell is the item preferred, or a cell that means neither."""
    texts = Texts(asked.items, asked.settings.values)
    position = {item.id: place for place, item in enumerate(asked.items)}
    kinds = ((FIRST, columns.first_is), (SECOND, columns.second_is), (TIE, columns.tie_is))
    meaning = {fold(cell): kind for kind, cells in kinds for cell in cells}
    missing = {fold(cell) for cells in asked.settings.missing.values() for cell in cells}
    results = []
    for pair in columns.column:
        ends = tuple(position[id] for id in pair.items)
        codes, values = asked.coded(pair.column)
        by_value = []
        for value in values:
            named = texts[value]
            if value == "" or fold(value) in missing:
                by_value.append(NOTHING)
            elif named in ends:
                by_value.append(FIRST if named == ends[0] else SECOND)
            else:
                by_value.append(meaning.get(fold(value), UNKNOWN))
        result = np.array(by_value)[codes]
        if (where := result == UNKNOWN).any():
            unknown = Counter(values[code] for code in codes[where])
            message = _("these cells are neither of the two items: {cells}. Correct them, or name them in tie_is.")
            log.cells("error", "E-PAIR-02", message.format(cells=listed(unknown)), pair.column, where)
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
