"""How the answers spread: what was answered, item by item, without a model."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from obstacles.analysis.prepare import Prepared, handed_on
from obstacles.analysis.terms import SpreadKind
from obstacles.survey.answers import BestWorst, Published, Rankings, Ratings
from obstacles.survey.question import Item, Level
from obstacles.survey.study import Wave

PLACES = 10  # more places than these are shown together in the last one


@dataclass(frozen=True)
class Spread:
    """Weighted shares of answers.

    kind "positions": categories are the places 1..p (the last may stand for "p and below"), then what is left:
         "offered, not ranked"; rows sum to 1 over the respondents who were offered the item.
    kind "levels": categories are the levels of the scale from the least to the most severe; rows sum to 1 over those
         who rated the item.
    kind "selected": two categories, marked and not marked; rows sum to 1 over those who were offered the item.
    kind "best_worst": three categories, best, neither, worst; rows sum to 1 over the tasks that showed the item.
    kind "published": one category, the published share.
    """

    kind: SpreadKind
    items: tuple[Item, ...]
    share: np.ndarray  # (m, c)
    base: np.ndarray  # (m,) respondents
    not_applicable: np.ndarray  # (m,) share of all asked who said "does not apply"
    places: int = 0  # positions: how many places are categories of their own
    last_is_rest: bool = False  # positions: the last place category stands for this place and all below it
    levels: tuple[Level, ...] = ()  # levels: the scale, least severe first
    chosen_count: np.ndarray = field(default_factory=lambda: np.zeros(0))  # (c+1,) selected: share that marked 0, 1 ...
    cap_hit: float | None = None  # selected with max_choices: share of respondents who marked that many


def spread(wave: Wave, *, prepared: Prepared | None = None) -> Spread:
    """Weighted shares of every answer to every item.

    Parameters
    ----------
    wave : Wave
        A wave of a study, such as `study.wave("2024")`.
    prepared : analysis.prepare.Prepared, optional
        The wave, where it is prepared already.

    Returns
    -------
    Spread
        `share` is (m items by c categories), each between 0 and 1; what the categories are is told by `kind`
        ("positions", "levels", "selected", "best_worst", "published") and in the class.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> spread = ob.spread(study.wave("2024"))
    >>> spread.kind, spread.share.shape
    ('positions', (7, 6))
    """
    answers = wave.answers
    if isinstance(answers, Published):
        m = len(answers.items)
        base = np.full(m, int(answers.n or 0))
        return Spread("published", answers.items, answers.share[:, None], base, np.zeros(m))
    prepared = handed_on(prepared, wave, k=1)
    answers = prepared.answers
    assert not isinstance(answers, Published)
    weight = prepared.sample.weight[answers.respondent]
    if isinstance(answers, Ratings):
        return _levels(answers, weight)
    weight = weight * answers.answer_counts
    if isinstance(answers, BestWorst):
        return _best_worst(answers, weight)
    if answers.selection:
        return _selected(answers, weight, wave.question.max_choices)
    return _positions(answers, weight)


def _counted(asked: np.ndarray, count: np.ndarray) -> np.ndarray:
    """(m,) int answers about each item."""
    return np.asarray(np.rint(count @ asked).astype(np.intp))


def _shares(weight: np.ndarray, asked: np.ndarray, categories: list[np.ndarray]) -> np.ndarray:
    """(m, c) weighted shares of boolean (n, m) categories among those asked; NaN where nobody was."""
    total = weight @ asked
    with np.errstate(invalid="ignore"):
        return np.column_stack([np.where(total > 0, (weight @ (c & asked)) / total, np.nan) for c in categories])


def _levels(answers: Ratings, weight: np.ndarray) -> Spread:
    rated = ~np.isnan(answers.scores)
    turned = sorted(answers.scale.levels, key=lambda level: level.value)
    share = _shares(weight, rated, [answers.scores == level.value for level in turned])
    absent = _shares(weight, rated | answers.not_applicable, [answers.not_applicable])[:, 0]
    base = rated.sum(axis=0)
    return Spread("levels", answers.items, share, base, np.nan_to_num(absent), levels=tuple(turned))


def _best_worst(answers: BestWorst, weight: np.ndarray) -> Spread:
    item = np.arange(len(answers.items))
    best, worst = answers.best[:, None] == item, answers.worst[:, None] == item
    share = _shares(weight, answers.shown, [best, ~best & ~worst, worst])
    base = _counted(answers.shown, answers.answer_counts)
    return Spread("best_worst", answers.items, share, base, np.zeros(len(base)))


def _selected(answers: Rankings, weight: np.ndarray, cap: int | None) -> Spread:
    marked = answers.ranks > 0
    share = _shares(weight, answers.offered, [marked, ~marked])
    number = marked.sum(axis=1)
    chosen = np.bincount(number, weights=weight) / weight.sum()
    hit = float(weight[number >= cap].sum() / weight.sum()) if cap else None
    base = _counted(answers.offered, answers.answer_counts)
    return Spread("selected", answers.items, share, base, np.zeros(len(base)), chosen_count=chosen, cap_hit=hit)


def _positions(answers: Rankings, weight: np.ndarray) -> Spread:
    depth = int(answers.ranks.max(initial=1))
    places = min(depth, PLACES)
    rest = depth > PLACES
    within = [answers.ranks == place for place in range(1, places)]
    last = (answers.ranks >= places) if rest else (answers.ranks == places)
    share = _shares(weight, answers.offered, [*within, last, answers.ranks == 0])
    base = _counted(answers.offered, answers.answer_counts)
    return Spread("positions", answers.items, share, base, np.zeros(len(base)), places, rest)
