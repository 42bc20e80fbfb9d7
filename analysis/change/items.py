"""What changed, item by item: differences with their intervals, corrected p-values and verdicts.

Up and down are decided by Holm's method over the comparable items (family-wise 5 %). "About the same" is the two
one-sided tests of Schuirmann (1987) at 5 % for each item by itself, against the smallest change of interest x. Where x
is not stated, or half of the 90 % interval reaches x, it cannot be said whatever the data: how large x would have to be
stands beside. That nothing changed by more than x is said only where every item passes (intersection-union, Berger
1982: 5 % for the whole statement).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from obstacles.analysis.change.pair import Pair
from obstacles.analysis.change.pseudo_observations import added_to_items, pair_with_ends
from obstacles.analysis.inference.distributions import t_ppf, t_sf
from obstacles.analysis.inference.estimate import EQUAL, Estimate
from obstacles.analysis.inference.multiplicity import CORRECTIONS, adjusted
from obstacles.analysis.inference.plain import finite, interval_of
from obstacles.analysis.subpopulation import ComparisonSide
from obstacles.analysis.terms import Correction, DisplayScale, Verdict

EQUIVALENCE = 0.05  # level of each of the two one-sided tests
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True)
class Rules:
    """How a comparison is judged."""

    level: float = 0.95  # of intervals; corrected p-values are judged at 1 - level
    correction: Correction = "holm"
    smallest: float | None = None  # the smallest change of interest x, in the units of the measure: 0.05 for 5 points


@dataclass(frozen=True)
class ItemChange:
    """The change of one item as plain values; None = there is no such number."""

    estimate_from: float | None
    estimate_to: float | None
    change: float | None
    change_tested: float | None  # with answers added at either end: what standard_error, interval and p belong to
    standard_error: float | None
    df: float | None
    interval: tuple[float, float] | None
    p: float | None
    p_adjusted: float | None
    verdict: Verdict
    same_needs_x_above: float | None


@dataclass(frozen=True)
class ItemChanges:
    """Differences second - first of one measure; each (m,), NaN where there is none."""

    method: str  # a key of analysis.scores.SCORES
    measure: str
    scale: DisplayScale  # of the estimates
    relative: bool  # of worths: a change reads "relative to the rest"
    first: np.ndarray  # values of the two sides
    second: np.ndarray
    difference: np.ndarray
    centre: np.ndarray  # of the interval: the difference, but for shares of separate samples
    error: np.ndarray
    df: np.ndarray
    low: np.ndarray  # of the interval at `level`
    high: np.ndarray
    p: np.ndarray
    p_adjusted: np.ndarray  # over the items compared
    detectable: np.ndarray  # "about the same" can be said only for an x above this
    verdict: tuple[Verdict, ...]
    compared: np.ndarray  # (m,) bool
    rules: Rules

    def row(self, i: int) -> ItemChange:
        """Item i as plain values."""
        return ItemChange(
            estimate_from=finite(self.first[i]),
            estimate_to=finite(self.second[i]),
            change=finite(self.difference[i]),
            change_tested=finite(self.centre[i]),
            standard_error=finite(self.error[i]),
            df=finite(self.df[i]),
            interval=interval_of(self.low[i], self.high[i]),
            p=finite(self.p[i]),
            p_adjusted=finite(self.p_adjusted[i]),
            verdict=self.verdict[i],
            same_needs_x_above=finite(self.detectable[i]),
        )

    @property
    def all_within(self) -> bool | None:
        """Whether nothing changed by more than x; None where x is not stated or nothing is compared."""
        if self.rules.smallest is None or not self.compared.any():
            return None
        within = {"changed, but less than x", "about the same"}
        return all(verdict in within for verdict, one in zip(self.verdict, self.compared, strict=True) if one)

    def with_p(self, p_adjusted: np.ndarray) -> ItemChanges:
        """The same with p-values corrected over a larger family."""
        verdict = _verdicts(self.difference, p_adjusted, self.equivalent, self.compared, 1 - self.rules.level)
        return replace(self, p_adjusted=p_adjusted, verdict=verdict)

    @property
    def equivalent(self) -> np.ndarray:
        """(m,) bool: items that pass both one-sided tests against x."""
        if self.rules.smallest is None:
            return np.asarray(self.compared & (self.detectable == 0) & (self.difference == 0))
        with np.errstate(invalid="ignore"):
            return np.asarray(self.compared & (np.abs(self.centre) + self.detectable < self.rules.smallest))


def level_changes(pair: Pair, items: np.ndarray, rules: Rules) -> ItemChanges | None:
    """Changes of shares, ratings or points; None where answers have no level."""
    one, other = pair.first.level, pair.second.level
    return None if one is None or other is None else item_changes(pair, one, other, items, rules)


def worth_changes(pair: Pair, items: np.ndarray, rules: Rules) -> ItemChanges | None:
    """Changes of log-worths, relative to the rest; None where both sides have none by the same model."""
    first, second = pair.first, pair.second
    if first.order.display_scale != "worth" or not items.any() or not same_model(first, second):
        return None
    return item_changes(pair, first.order, second.order, items, replace(rules, smallest=None))


def same_model(first: ComparisonSide, second: ComparisonSide) -> bool:
    """Whether the order of both sides comes from one method with the same penalty per respondent."""
    if first.order.method != second.order.method:
        return False
    rates = [(side.order.penalty or 0.0) / max(side.people, 1) for side in (first, second)]
    return bool(np.isclose(rates[0], rates[1], rtol=1e-9))


def item_changes(pair: Pair, one: Estimate, other: Estimate, compared: np.ndarray, rules: Rules) -> ItemChanges:
    """Compare one measure of two sides.

    Parameters
    ----------
    one, other : Estimate
        Of the first side and of the second, of the same measure.
    compared : (m,) bool array
        Items whose levels may be compared.
    """
    cov = pair.covariances(one, other)
    first, second = one.value, other.value
    nothing, unknown = np.full(len(first), np.nan), VERDICTS[-1]  # not compared
    changes = ItemChanges(
        method=one.method,
        measure=one.measure,
        scale=one.display_scale,
        relative=one.display_scale == "worth",
        first=first,
        second=second,
        difference=nothing,
        centre=nothing,
        error=nothing,
        df=nothing,
        low=nothing,
        high=nothing,
        p=nothing,
        p_adjusted=nothing,
        detectable=nothing,
        verdict=(unknown,) * len(first),
        compared=np.zeros(len(first), bool),
        rules=rules,
    )
    if cov is None:
        return changes
    difference = np.where(compared, second - first, np.nan)
    base = np.array([one.item_base, other.item_base])
    compared = compared & np.isfinite(first) & np.isfinite(second) & (base.min(axis=0) >= 2)
    centre, cov = pair_with_ends(pair, one, other, cov, added_to_items(pair, one))
    df = pair.df(np.diag(cov.first), np.diag(cov.second), base)
    compared = compared & (df >= 1)  # all weight may be on one unit
    n, reach = base.min(axis=0), one.bounds[1] - one.bounds[0]
    error = np.sqrt(np.maximum(np.diag(cov.difference), 0))
    error = np.where(error < EQUAL * min(reach, 1.0), 0.0, error)
    alike = np.maximum(np.diag(cov.first), np.diag(cov.second)) < EQUAL**2
    compared = compared & (~alike | np.isfinite(reach))  # answers that are all alike bound no worth
    error = np.where(compared, error, np.nan)
    df, centre = np.where(compared, df, np.nan), np.where(compared, centre, np.nan)
    p = p_values(centre, error, df, n=n, reach=reach)
    half = np.where(error == 0, _unseen(n, reach, (1 - rules.level) / 2), t_ppf(0.5 + rules.level / 2, df) * error)
    changes = replace(
        changes,
        difference=difference,
        centre=centre,
        error=error,
        df=df,
        low=np.maximum(centre - half, -reach),
        high=np.minimum(centre + half, reach),
        p=p,
        detectable=_detectable(error, df, n, reach),
        compared=compared,
    )
    return changes.with_p(adjusted(p, rules.correction))


def p_values(
    difference: np.ndarray, error: np.ndarray, df: np.ndarray, *, n: np.ndarray | None = None, reach: float = np.inf
) -> np.ndarray:
    """(m,) two-sided; of `n` answers that are all alike, and so have no error, that of the interval of `_unseen`.

    Without n, or on a scale without ends, a difference without error is certain, and no difference without error none.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * t_sf(np.abs(difference) / error, df)
    if n is None or not np.isfinite(reach):
        return np.asarray(np.where((error == 0) & (difference == 0), 1.0, p))
    alike = np.minimum(2 * np.maximum(1 - np.abs(difference) / reach, 0.0) ** n, 1.0)
    return np.asarray(np.where(error == 0, alike, p))


def _unseen(n: np.ndarray, reach: float, tail: float) -> np.ndarray:
    """(m,) what n answers that are all alike leave open: probability of what they did not show, times the scale."""
    return np.asarray((1 - tail ** (1 / np.maximum(n, 1))) * (reach if np.isfinite(reach) else 0.0))


def _detectable(error: np.ndarray, df: np.ndarray, n: np.ndarray, reach: float) -> np.ndarray:
    """(m,) half of the 90 % interval, which a smallest change of interest must exceed.

    Where nobody's answer changed, the half is what n answers without a change still allow; 0 only for answers that
    cannot differ.
    """
    return np.asarray(np.where(error == 0, _unseen(n, reach, EQUIVALENCE), t_ppf(1 - EQUIVALENCE, df) * error))


def _verdicts(
    difference: np.ndarray, p_adjusted: np.ndarray, equivalent: np.ndarray, compared: np.ndarray, alpha: float
) -> tuple[Verdict, ...]:
    found: list[Verdict] = []
    for d, p, same, one in zip(difference, p_adjusted, equivalent, compared, strict=True):
        if not one:
            found.append("not compared")
        elif p <= alpha:
            found.append("changed, but less than x" if same else "up" if d > 0 else "down")
        else:
            found.append("about the same" if same else "not enough data")
    return tuple(found)


def corrected_together(parts: Sequence[ItemChanges | None], correction: Correction) -> list[ItemChanges | None]:
    """Several sets of changes as one family: p-values corrected over all their items, and verdicts by these."""
    with_p = [part for part in parts if part is not None]
    p = np.concatenate([part.p[part.compared] for part in with_p]) if with_p else np.zeros(0)
    adjusted = CORRECTIONS[correction](p) if len(p) else p
    start = 0
    found: list[ItemChanges | None] = []
    for part in parts:
        if part is None:
            found.append(None)
            continue
        own, n = np.full(len(part.p), np.nan), int(part.compared.sum())
        own[part.compared] = adjusted[start : start + n]
        start += n
        found.append(part.with_p(own))
    return found
