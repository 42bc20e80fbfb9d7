"""Does the method matter? Ranks of the same answers under every method that applies to them.

Two methods may put a pair of items in opposite orders. Whether that is more than error is asked of the same
respondents: each method's gap between the two items, in standard deviations of its own scores over the items, is a
smooth function of its influence, and the difference of the two gaps has the covariance of both (delta method).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import block_diag

from obstacles.analysis.inference.distributions import t_sf
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.lifted import excess_of
from obstacles.analysis.inference.multiplicity import holm
from obstacles.analysis.inference.plain import finite
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.prepare import ModelError, Prepared
from obstacles.analysis.scores import SCORES
from obstacles.analysis.scores.base import OtherAnswers
from obstacles.survey.question import Item


@dataclass(frozen=True)
class OrderChange:
    """A pair of items that two methods order differently."""

    first: int  # item that the report's own method ranks higher
    second: int
    method: str  # the other method, which ranks `second` higher
    gap: float  # first - second under the report's own method, in standard deviations of its scores
    other_gap: float  # the same under the other method
    error: float  # standard error of gap - other_gap, by the same respondents
    p: float  # of gap = other_gap, Holm over all changes
    within_error: bool  # the two methods' gaps cannot be told apart
    both_sure: bool  # each method by itself separates the pair, in opposite orders

    def to_dict(self, items: Sequence[Item]) -> dict[str, Any]:
        return {
            "first": items[self.first].id,
            "second": items[self.second].id,
            "method": self.method,
            "gap": finite(self.gap),
            "other_gap": finite(self.other_gap),
            "standard_error": finite(self.error),
            "p_adjusted": finite(self.p),
            "within_error": self.within_error,
            "both_sure": self.both_sure,
        }


@dataclass(frozen=True)
class MethodComparison:
    """Ranks under each method side by side."""

    items: tuple[Item, ...]
    methods: tuple[str, ...]  # keys of analysis.scores.SCORES; the first is the report's own
    ranks: np.ndarray  # (m, q) float, mid-ranks for equal values, NaN without a value
    tau: np.ndarray  # (q, q) Kendall's tau-b between methods
    first: tuple[tuple[int, ...], ...]  # per method the items with rank 1
    agree_on_first: int  # methods whose first item is that of the report's own method
    refused: tuple[tuple[str, str], ...]  # (method for answers of this kind, why it does not apply to these)
    changes: tuple[OrderChange, ...] = ()  # pairs in another order than under the report's own method


def ranks_by_method(prepared: Prepared, own: str, *, level: float = 0.95) -> MethodComparison:
    """Rank one wave's answers by every method that applies; `own` is the report's method and comes first."""
    estimates: list[Estimate] = []
    refused: list[tuple[str, str]] = []
    for name in [own, *(other for other in SCORES if other != own)]:
        model = SCORES[name]
        reason = model.reason_not_applicable(prepared.answers, prepared.question, prepared.k)
        if reason is None:
            try:
                estimates.append(model.fit(prepared).estimate)
                continue
            except ModelError as error:
                reason = str(error)
        if not isinstance(reason, OtherAnswers):
            refused.append((name, reason))
    values = [estimate.value for estimate in estimates]
    ranks = np.column_stack([mid_ranks(value) for value in values])
    first = tuple(tuple(int(i) for i in np.flatnonzero(_first(value))) for value in values)
    return MethodComparison(
        items=prepared.answers.items,
        methods=tuple(estimate.method for estimate in estimates),
        ranks=ranks,
        tau=_taus(ranks),
        first=first,
        agree_on_first=sum(1 for leaders in first if leaders == first[0]),
        refused=tuple(refused),
        changes=order_changes(estimates, prepared.sample, level=level),
    )


def order_changes(estimates: list[Estimate], sample: SurveyDesign, *, level: float = 0.95) -> tuple[OrderChange, ...]:
    """Pairs that another method orders differently than the first one, and whether that is within error."""
    standardised = [_standardised(estimate, sample) for estimate in estimates if estimate.influence is not None]
    if len(standardised) < 2 or sample.df < 1:
        return ()
    (_own, value, influence, added), *others = standardised
    gap, m = _gaps(value), len(value)
    found: list[tuple[int, int, str, float, float, float, bool]] = []
    for method, other_value, other_influence, other_added in others:
        other = _gaps(other_value)
        changed = np.argwhere((gap > 1e-12) & (other < -1e-12))
        if not len(changed):
            continue
        joint = sample.covariance(np.column_stack([influence, other_influence])) + block_diag(added, other_added)
        for i, j in changed.tolist():
            turn = np.zeros((3, 2 * m))
            turn[[0, 0, 1, 1, 2, 2, 2, 2], [i, j, m + i, m + j, i, j, m + i, m + j]] = 1, -1, 1, -1, 1, -1, -1, 1
            errors = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", turn, joint, turn), 0)).tolist()
            sure = all(
                _p_value(one, error, sample.df) <= 1 - level
                for one, error in ((gap[i, j], errors[0]), (other[i, j], errors[1]))
            )
            found.append((i, j, method, float(gap[i, j]), float(other[i, j]), errors[2], sure))
    p = holm(np.array([_p_value(change[3] - change[4], change[5], sample.df) for change in found]))
    return tuple(
        OrderChange(i, j, method, own, other, error, float(q), bool(q > 1 - level), sure)
        for (i, j, method, own, other, error, sure), q in zip(found, p, strict=True)
    )


def _standardised(estimate: Estimate, sample: SurveyDesign) -> tuple[str, np.ndarray, np.ndarray, np.ndarray]:
    """Method, scores by their standard deviation over the items, their influence (n, m), and what a floor adds.

    The last, (m, m), is what errors nowhere smaller than those of the model add to the scores' covariance.
    """
    assert estimate.influence is not None
    known = ~np.isnan(estimate.value)
    m, count = len(known), max(int(known.sum()), 1)
    centred = np.where(known, estimate.value - np.where(known, estimate.value, 0.0).sum() / count, 0.0)
    spread = float(np.sqrt((centred**2).sum() / count))
    if spread < 1e-12:
        return estimate.method, np.where(known, 0.0, np.nan), np.zeros_like(estimate.influence), np.zeros((m, m))
    moved = known[:, None] * (np.eye(m) - known / count) / spread  # (m, m) of the centred scores
    slope = moved - np.outer(centred, centred @ moved) / (count * spread**2)
    added = np.zeros((m, m))
    if estimate.floor is not None:
        added = excess_of(sample.covariance(estimate.influence), estimate.floor)
    found = np.where(known, centred, np.nan) / spread
    return estimate.method, found, np.where(known, estimate.influence, 0.0) @ slope.T, slope @ added @ slope.T


def _gaps(value: np.ndarray) -> np.ndarray:
    """(m, m) differences; 0 where one is not known."""
    return np.asarray(np.nan_to_num(value[:, None] - value[None, :]))


def _p_value(difference: float, error: float, df: float) -> float:
    """Two-sided; 0 for a difference without error."""
    return float(2 * t_sf(abs(difference) / error, df)) if error > 0 else float(abs(difference) < 1e-12)


def mid_ranks(value: np.ndarray) -> np.ndarray:
    """1 = largest; mid-ranks; values that differ by rounding alone are equal."""
    from scipy import stats

    return np.asarray(stats.rankdata(-np.round(value, 12), nan_policy="omit"))


def _first(value: np.ndarray) -> np.ndarray:
    rounded = np.round(value, 12)
    return np.asarray(rounded == np.nanmax(rounded, initial=-np.inf))


def _taus(ranks: np.ndarray) -> np.ndarray:
    from scipy import stats

    q = ranks.shape[1]
    tau = np.eye(q)
    for i in range(q):
        for j in range(i):
            both = ~np.isnan(ranks[:, i]) & ~np.isnan(ranks[:, j])
            alike = stats.kendalltau(ranks[both, i], ranks[both, j]).statistic if both.sum() > 1 else np.nan
            tau[i, j] = tau[j, i] = alike
    return tau
