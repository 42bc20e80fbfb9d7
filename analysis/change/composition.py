"""Who answered, or what they answered: a change of level split into a change of the mix of groups and the rest.

The first side's weights are calibrated to the second side's shares of each group (Deville and Sarndal 1992, linear),
which gives xbar2'b1, b1 the first side's regression on the groups: for a mean this is the decomposition of Oaxaca and
Blinder (1973), with the change of the mix valued at the first side's answers. Both shares of the mix are estimates, and
the influence of each enters the errors. What goes with a change of the mix is an association, not its effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from obstacles.analysis.change.pair import Pair
from obstacles.analysis.inference.distributions import t_ppf
from obstacles.analysis.inference.plain import finite, interval_of, record
from obstacles.analysis.inference.survey_design import sum_rows
from obstacles.analysis.kinds import kind_of
from obstacles.analysis.subpopulation import ComparisonSide, groups_in
from obstacles.survey.answers import Published
from obstacles.survey.question import Item
from obstacles.text.language import _, ngettext

LEAST_IN_GROUP = 5  # respondents of the first side below which a group cannot stand for the second side's
MOST_POOLED = 0.05  # of the second side's respondents: what may be in groups that are matched as one for being small


@dataclass(frozen=True)
class ItemComposition:
    """The split of one item's change as plain values; None = there is no such number."""

    id: str
    mix: float | None
    mix_interval: tuple[float, float] | None
    mix_at_second: float | None
    answers: float | None
    answers_interval: tuple[float, float] | None


@dataclass(frozen=True)
class Composition:
    """Second - first = mix + answers; each (m,), NaN for items that are not compared."""

    columns: tuple[str, ...]  # groups whose mix is matched
    left_out: tuple[tuple[str, str], ...]  # (column, why its mix cannot be matched)
    pooled: tuple[tuple[str, int], ...]  # (column, how many of its groups are matched as one)
    mix: np.ndarray  # what goes with the change of the mix, valued at the first side's answers
    answers: np.ndarray  # the rest: how alike respondents answered
    mix_error: np.ndarray
    answers_error: np.ndarray
    mix_low: np.ndarray
    mix_high: np.ndarray
    answers_low: np.ndarray
    answers_high: np.ndarray
    mix_at_second: np.ndarray  # the same mix valued at the second side's answers
    level: float

    def row(self, i: int, item: Item) -> ItemComposition:
        """Item i as plain values."""
        return ItemComposition(
            id=item.id,
            mix=finite(self.mix[i]),
            mix_interval=interval_of(self.mix_low[i], self.mix_high[i]),
            mix_at_second=finite(self.mix_at_second[i]),
            answers=finite(self.answers[i]),
            answers_interval=interval_of(self.answers_low[i], self.answers_high[i]),
        )

    def to_dict(self, items: Sequence[Item]) -> dict[str, Any]:
        return {
            "groups": list(self.columns),
            "left_out": [{"group": column, "reason": reason} for column, reason in self.left_out],
            "matched_as_one": [{"group": column, "groups": n} for column, n in self.pooled],
            "items": [record(self.row(i, item)) for i, item in enumerate(items)],
        }


def composition(pair: Pair, columns: Sequence[str], items: np.ndarray, *, level: float = 0.95) -> Composition | None:
    """Split the change of each item's level.

    Parameters
    ----------
    columns : sequence of str
        Group columns that both waves have.
    items : (m,) bool array
        Items whose levels are compared.

    Returns
    -------
    Composition, or None where the level is no mean of answers; without `columns` where none can be matched.
    """
    first, second = pair.first, pair.second
    if first.level is None or second.level is None or not items.any():
        return None
    told = [_told(side) for side in (first, second)]
    kept, left_out = _usable(pair, columns)
    if told[0] is None or told[1] is None:
        return None
    x, y = _indicators(first, second, kept)
    m = len(items)
    figures = np.full((8, m), np.nan)
    at_second = np.full(m, np.nan)
    for j in np.flatnonzero(items) if kept else ():
        one, other = told[0].item(int(j)), told[1].item(int(j))
        found = _split(pair, one, other, x, y)
        if found is None:
            continue
        mix, answers, mix_influence, answers_influence, at_second[j] = found
        error, one_part, other_part = _errors(pair, mix_influence, answers_influence)
        base = np.array([[first.level.item_base[j]] * 2, [second.level.item_base[j]] * 2])
        df = np.maximum(pair.df(one_part, other_part, base), 1)
        half = t_ppf(0.5 + level / 2, df) * error
        figures[:, j] = mix, answers, *error, mix - half[0], mix + half[0], answers - half[1], answers + half[1]
    return Composition(
        columns=tuple(kept),
        left_out=left_out,
        pooled=tuple((column, len(pool)) for column, pool in kept.items() if pool),
        mix=figures[0],
        answers=figures[1],
        mix_error=figures[2],
        answers_error=figures[3],
        mix_low=figures[4],
        mix_high=figures[5],
        answers_low=figures[6],
        answers_high=figures[7],
        mix_at_second=at_second,
        level=level,
    )


@dataclass(frozen=True)
class _Answered:
    """What each answer of a side says, by row of answers."""

    said: np.ndarray  # (r, m)
    asked: np.ndarray  # (r, m) bool
    weight: np.ndarray  # (r,)
    respondent: np.ndarray  # (r,)
    n: int  # rows of respondents

    def item(self, j: int) -> _Item:
        asked = self.asked[:, j]
        return _Item(self.said[asked, j], self.weight[asked], self.respondent[asked], self.n)


@dataclass(frozen=True)
class _Item:
    said: np.ndarray  # (r,) of those asked
    weight: np.ndarray
    respondent: np.ndarray
    n: int

    def by_person(self, values: np.ndarray) -> np.ndarray:
        return sum_rows(values, self.respondent, self.n)


def _told(side: ComparisonSide) -> _Answered | None:
    """What each answer says of each item, whose mean is the side's level; None where the level is no such mean."""
    prepared = side.prepared
    answers, statements = prepared.answers, kind_of(prepared.answers, prepared.question).statements
    if statements is None or isinstance(answers, Published):
        return None
    own = statements(answers, prepared.k)
    weight = side.sample.weight[answers.respondent] * own.count
    return _Answered(np.asarray(own.said, float), own.asked, weight, answers.respondent, side.sample.n)


def _usable(pair: Pair, columns: Sequence[str]) -> tuple[dict[str, frozenset[str]], tuple[tuple[str, str], ...]]:
    """Columns whose mix can be matched -> the groups that are matched as one; and why others cannot be."""
    kept: dict[str, frozenset[str]] = {}
    out = []
    for column in columns:
        own, other = (_counts(side, column) for side in (pair.first, pair.second))
        small = [name for name in other if own.get(name, 0) < LEAST_IN_GROUP]
        pool = _pool(own, other) if small else frozenset()
        if len({*own, *other}) < 2:
            out.append((column, _("it has a single group")))
        elif sum(other[name] for name in small) > MOST_POOLED * sum(other.values()) or not {*own} - pool:
            reason = ngettext(
                "{k} of its groups has fewer than {n} respondents in {side}",
                "{k} of its groups have fewer than {n} respondents in {side}",
                len(small),
            )
            out.append((column, reason.format(n=LEAST_IN_GROUP, k=len(small), side=pair.first.id)))
        else:
            kept[column] = pool
    return kept, tuple(out)


def _pool(own: Mapping[str, int], other: Mapping[str, int]) -> frozenset[str]:
    """Groups too small on the first side, with as many of the next smallest as make them large enough together."""
    pool: list[str] = []
    for name in sorted({*own, *other}, key=lambda name: (own.get(name, 0), name)):
        if own.get(name, 0) >= LEAST_IN_GROUP and sum(own.get(one, 0) for one in pool) >= LEAST_IN_GROUP:
            break
        pool.append(name)
    return frozenset(pool)


def _counts(side: ComparisonSide, column: str) -> dict[str, int]:
    """Respondents of each group that has some."""
    code, names = groups_in(side.wave, column)
    count = np.bincount(code[side.inside], minlength=len(names))
    return {name: int(n) for name, n in zip(names, count, strict=True) if n}


def _indicators(
    first: ComparisonSide, second: ComparisonSide, columns: Mapping[str, frozenset[str]]
) -> tuple[np.ndarray, np.ndarray]:
    """(n, c) of either side: 1, and one column per group but the first of each group column; full rank on the first."""
    parts: list[list[np.ndarray]] = [[np.ones(len(side.inside))] for side in (first, second)]
    for column, pool in columns.items():
        coded = [groups_in(side.wave, column) for side in (first, second)]
        alone = [frozenset({name}) for name in sorted({*_counts(first, column)} - pool)]
        for groups in [*alone, *([pool] if pool else [])][1:]:
            new = [np.isin(code, [names.index(one) for one in groups if one in names]) * 1.0 for code, names in coded]
            whole = np.column_stack([*parts[0], new[0]])[first.inside]
            if np.linalg.matrix_rank(whole.T @ whole) == whole.shape[1]:
                for own, column_of_group in zip(parts, new, strict=True):
                    own.append(column_of_group)
    return np.column_stack(parts[0]), np.column_stack(parts[1])


Split = tuple[float, float, tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray], float]


def _split(pair: Pair, one: _Item, other: _Item, x: np.ndarray, y: np.ndarray) -> Split | None:
    """Mix and answers of one item, the influence of each on either side (n, 1), and the mix at the second's answers."""
    first = _regression(one, x)
    second = _regression(other, y)
    if first is None or second is None or (second.mean[first.unused] > 0).any():
        return None
    mix = float((second.mean - first.mean) @ first.slope)
    answers = float(second.level - second.mean @ first.slope)
    slope_at = (second.mean - first.mean) @ first.inverse  # what a unit of the slope's score adds to the mix
    by_slope = one.weight * first.residual * (first.x @ slope_at)
    share_first = one.weight / one.weight.sum() * ((first.x - first.mean) @ first.slope)
    share_second = other.weight / other.weight.sum() * ((second.x - second.mean) @ first.slope)
    level_second = other.weight / other.weight.sum() * (other.said - second.level)
    rest_slope = one.weight * first.residual * (first.x @ (second.mean @ first.inverse))
    mix_influence = one.by_person((by_slope - share_first)[:, None]), other.by_person(share_second[:, None])
    answers_influence = one.by_person(-rest_slope[:, None]), other.by_person((level_second - share_second)[:, None])
    return mix, answers, mix_influence, answers_influence, float((second.mean - first.mean) @ second.slope)


@dataclass(frozen=True)
class _Regression:
    x: np.ndarray  # (r, c)
    mean: np.ndarray  # (c,) weighted
    slope: np.ndarray  # (c,)
    inverse: np.ndarray  # (c, c) of sum w x x'
    residual: np.ndarray  # (r,)
    level: float  # weighted mean of what was said
    unused: np.ndarray  # (c,) bool: groups that nobody here is in


def _regression(item: _Item, indicators: np.ndarray) -> _Regression | None:
    """Weighted least squares of the answers on the groups; None where these do not tell the slopes apart."""
    x = indicators[item.respondent]
    gram = (x * item.weight[:, None]).T @ x
    used = np.diag(gram) > 0
    if not len(x) or np.linalg.matrix_rank(gram[np.ix_(used, used)]) < used.sum():
        return None
    inverse = np.zeros_like(gram)
    inverse[np.ix_(used, used)] = np.linalg.inv(gram[np.ix_(used, used)])
    slope = inverse @ (x.T @ (item.weight * item.said))
    total = item.weight.sum()
    return _Regression(
        x=x,
        mean=item.weight @ x / total,
        slope=slope,
        inverse=inverse,
        residual=item.said - x @ slope,
        level=float(item.weight @ item.said / total),
        unused=~used,
    )


def _errors(
    pair: Pair, mix: tuple[np.ndarray, np.ndarray], answers: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(2,) standard errors of mix and answers, and the variances that each side adds to them."""
    joint = pair.joint(np.column_stack([mix[0], answers[0]]), np.column_stack([mix[1], answers[1]]))
    wider = np.sqrt([side.inflation for side in (pair.first, pair.second) for _figure in mix])
    joint = joint * np.outer(wider, wider)
    variance = np.diag(joint)
    whole = variance[:2] + variance[2:] + 2 * np.diag(joint[:2, 2:])
    return np.sqrt(np.maximum(whole, 0)), variance[:2], variance[2:]
