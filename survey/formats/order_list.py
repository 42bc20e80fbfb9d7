"""Items in their order: a column per place (LimeSurvey's "[Rank k]"), or one cell that lists them (Microsoft Forms).

Items that were not placed are, by `blank`, "below" every placed one, "not_offered", or "not_answered": then a ranking
that leaves places free is incomplete.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from obstacles.survey.answers import Rankings
from obstacles.survey.formats.base import Exclusion, Format, Log, ParsedAnswers, WaveQuestion
from obstacles.survey.formats.cell_lists import choices_in
from obstacles.survey.formats.missing import kinds_of_missing
from obstacles.survey.formats.place_columns import NOBODY, OTHER, report_texts, texts_in
from obstacles.survey.formats.texts import Texts
from obstacles.survey.formats.unusable import Fault, unusable
from obstacles.survey.settings import WaveSettings
from obstacles.text.fold import fold
from obstacles.text.language import _, ngettext


def read(asked: WaveQuestion) -> ParsedAnswers:
    """The ranks of all rows."""
    log = Log(asked)
    at = _cell(asked, log) if asked.settings.cell else texts_in(asked, log, asked.settings.order)  # (n, k) item
    n, m = asked.n, len(asked.items)
    named = at >= 0
    ranks = np.zeros((n, m), np.int16)
    twice = np.zeros(n, bool)
    place = np.cumsum(at != NOBODY, axis=1)  # places left free do not count
    for column in range(at.shape[1]):
        rows = np.flatnonzero(named[:, column])
        item = at[rows, column]
        taken = ranks[rows, item] > 0
        twice[rows[taken]] = True
        ranks[rows[~taken], item[~taken]] = place[rows[~taken], column]
    answered = np.asarray(named.any(axis=1))
    n_twice = int(twice.sum())
    counted = ngettext("{n} names an item twice", "{n} name an item twice", n_twice).format(n=n_twice)
    fault = Fault("E-RANK-07", counted, _("an item stands at two places."), twice)
    wrong = unusable(asked, log, [fault], answered)
    return _reading(asked, log, at, ranks, answered, wrong)


def _cell(asked: WaveQuestion, log: Log) -> np.ndarray:
    """The same from one cell that lists the items in their order; distinct cells are split once."""
    settings = asked.settings
    assert settings.cell is not None
    texts = Texts(asked.items, settings.values)
    missing = kinds_of_missing(settings)
    codes, values = asked.coded(settings.cell.column)
    used = np.bincount(codes, minlength=len(values))
    lists: list[list[int]] = [[] for _value in values]
    unknown: Counter[str] = Counter()
    for code in np.flatnonzero(used).tolist():
        for choice in choices_in(values[code], settings.cell, {**texts.known, **missing}):
            item = texts[choice]
            if item is None and fold(choice) in missing:
                continue
            lists[code].append(OTHER if item is None else item)
            if item is None:
                unknown[choice] += int(used[code])
    by_value = np.full((len(values), max(map(len, lists), default=0)), NOBODY, np.intp)
    for place, items in enumerate(lists):
        by_value[place, : len(items)] = items
    at: np.ndarray = by_value[codes]
    if unknown and not settings.other:
        report_texts(log, texts, unknown, settings.cell.column, (at == OTHER).any(axis=1))
    return at


def _reading(
    asked: WaveQuestion, log: Log, at: np.ndarray, ranks: np.ndarray, answered: np.ndarray, wrong: np.ndarray
) -> ParsedAnswers:
    settings, usable = asked.settings, answered & ~wrong
    k = settings.k or len(settings.order) or len(asked.items)
    unplaced = (ranks == 0) & asked.offered
    if settings.blank is None and (count := int((unplaced & usable[:, None]).sum())):
        rows = int((unplaced.any(axis=1) & usable).sum())
        what = _("{n} rankings leave items out").format(n=f"{rows:,}")
        log.ask_blank(count, what)
    outside = ((ranks > 0) & ~asked.offered).any(axis=1) & usable
    message = _("an item is placed that was not offered, by the key offered. Correct the cell or the key.")
    log.rows("error", "E-OFF-01", message, outside)
    filled = (at != NOBODY).sum(axis=1)
    last = np.where(at != NOBODY, np.arange(at.shape[1]) + 1, 0).max(axis=1, initial=0)
    gaps = (last > filled) & usable
    log.rows("warning", "W-RANK-02", _("a place before the last one is free; the order of the others is kept."), gaps)
    log.repair(_("rankings with a place left free, read in their order"), gaps.sum())
    others = ((at == OTHER) & usable[:, None]).sum()
    log.repair(_("places given to other answers, which are not ranked"), others)
    most = np.minimum(k, asked.offered.sum(axis=1))
    least = most if asked.least is None else np.full(asked.n, asked.least)
    endings = [Exclusion(_("the question was not answered"), ~answered & ~wrong)]
    if settings.blank == "not_answered":
        endings.append(Exclusion(_("the ranking was not completed"), (filled < least) & usable))
    endings.append(Exclusion(_("the ranking is not usable"), wrong))
    offered = asked.offered & ((ranks > 0) | (settings.blank not in ("not_offered", "not_answered")))
    answers = Rankings(asked.items, ranks, offered, np.arange(asked.n), np.ones(asked.n), position=asked.positions())
    return ParsedAnswers(answers, tuple(endings), tuple(log.repaired), tuple(log.problems), k=k)


def columns_read(settings: WaveSettings) -> Iterable[str]:
    """The columns of the places, or the one of the lists."""
    return [settings.cell.column] if settings.cell else settings.order


def _check(settings: WaveSettings, ids: Sequence[str]) -> Iterable[str]:
    if bool(settings.order) == bool(settings.cell):
        yield _("format order_list needs order (a column per place) or cell (one cell with the items in order).")


FORMAT = Format(
    "order_list",
    read,
    columns_read,
    uses=frozenset({"k", "order", "cell", "values", "blank", "other", "positions"}),
    check=_check,
)
