"""Confidence sets for ranks (Mogstad, Romano, Shaikh and Wilhelm 2024, Review of Economic Studies).

For every ordered pair the difference of two scores is divided by its standard error. Pairs above the critical value
of the largest such difference are rejected, dropped, and the rest tried again (step-down, Romano and Wolf 2005). An
item's set runs from 1 + the number of items above it to m - the number below it. Critical values are quantiles of the
maximum of t draws with the design's degrees of freedom; infinite degrees reproduce the normal theory of the paper.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.estimate import Estimate

DRAWS = 100_000
CHUNK = 4_096  # draws at a time: the differences of a chunk stay in the cache


@dataclass(frozen=True)
class RankSets:
    """For each item the ranks that the data do not rule out."""

    low: np.ndarray  # (m,) int, best rank; 0 for an item without a value
    high: np.ndarray  # (m,) int, worst rank
    level: float
    simultaneous: bool  # True: all sets hold together with probability `level`; False: each by itself
    separated: np.ndarray  # (m, m) bool, [j, k]: j is a larger obstacle than k, by this family of tests
    draws: int
    df: float
    reliable: bool = True  # False: fewer than 2 m degrees of freedom


def rank_sets(
    estimate: Estimate,
    *,
    df: float,
    level: float = 0.95,
    simultaneous: bool = True,
    side: str = "both",
    draws: int = DRAWS,
    seed: int = 1,
    step_down: bool = True,
) -> RankSets | None:
    """Confidence sets for the ranks of all items.

    Parameters
    ----------
    df : float
        Degrees of freedom of the draws; `numpy.inf` gives normal draws.
    simultaneous : bool
        True: all sets at once hold with probability `level`. False: each set by itself does.
    side : {"both", "best", "worst"}
        Which end of the sets is wanted when each stands by itself: one-sided sets are sharper there, and the other
        end is left open. Simultaneous sets look at all ordered pairs either way.

    Returns
    -------
    RankSets, or None where the estimate has no error or the degrees of freedom are fewer than the items.
    """
    known = np.flatnonzero(~np.isnan(estimate.value))
    if estimate.covariance is None or len(known) < 2 or df < len(known):
        return None
    value = estimate.value[known]
    covariance = estimate.covariance[np.ix_(known, known)]
    override = None if estimate.pair_error is None else estimate.pair_error[np.ix_(known, known)]
    ratios = _ratios(value, covariance, override, estimate.base)
    at_most = estimate.covariance_kind == "at most"  # margins of a printed table: no joint distribution is known
    if at_most:
        p = stats.t.sf(ratios, df)
    else:
        draw, error = _standardised(covariance, draws, df, seed), _pair_error(covariance)

    def reject(family: np.ndarray) -> np.ndarray:
        if at_most:
            return holm_rejections(p, family, 1 - level)
        return _step_down(ratios, draw, error, family, level, step_down, df)

    low, high, separated = sets_of(reject, len(known), simultaneous, side)
    whole = np.zeros((len(estimate.value),) * 2, bool)
    whole[np.ix_(known, known)] = separated
    ends = np.zeros((2, len(whole)), int)
    ends[:, known] = low, high
    reliable = bool(df >= 2 * len(known))
    return RankSets(ends[0], ends[1], level, simultaneous, whole, 0 if at_most else draws, df, reliable)


def sets_of(
    reject: Callable[[np.ndarray], np.ndarray], m: int, simultaneous: bool, side: str = "both"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ends of the sets and the pairs found: one family of all ordered pairs, or one for each item.

    `reject` takes a family, an (m, m) mask of ordered pairs, and returns the mask of those rejected in it.
    """
    everything = ~np.eye(m, dtype=bool)
    if simultaneous:
        found = reject(everything)
        return 1 + found.sum(axis=0), m - found.sum(axis=1), found
    low, high, separated = np.ones(m, int), np.full(m, m), np.zeros((m, m), bool)
    for item in range(m):
        own = np.zeros((m, m), bool)
        own[item] = side != "best"  # the item above others: its worst rank
        own[:, item] = side != "worst"  # others above the item: its best rank
        found = reject(own & everything)
        low[item] += found[:, item].sum()
        high[item] -= found[item].sum()
        separated[item] = found[item]
    return low, high, separated


def pair_ratios(estimate: Estimate) -> np.ndarray:
    """(m, m) differences of scores over their standard errors: [j, k] is large when j is a larger obstacle than k."""
    assert estimate.covariance is not None
    return _ratios(estimate.value, estimate.covariance, estimate.pair_error, estimate.base)


def _pair_error(covariance: np.ndarray) -> np.ndarray:
    """(m, m) standard error of each difference; exactly 0 where rounding is all there is."""
    variance = np.diag(covariance)[:, None] + np.diag(covariance)[None, :] - 2 * covariance
    size = np.diag(covariance)[:, None] + np.diag(covariance)[None, :]
    return np.sqrt(np.where(variance > 1e-12 * size, variance, 0.0))


def _ratios(value: np.ndarray, covariance: np.ndarray, override: np.ndarray | None, base: float) -> np.ndarray:
    """(m, m) differences over their errors.

    A difference that is the same for everybody has no error: equal values are not separated, unequal ones get the
    z of a sign test in which all `base` respondents agree.
    """
    error = _pair_error(covariance) if override is None else override
    difference = value[:, None] - value[None, :]
    certain = np.where(np.abs(difference) > 1e-12, np.sign(difference) * np.sqrt(base), 0.0)
    return np.where(error > 0, difference / np.where(error > 0, error, 1.0), certain)


def _standardised(covariance: np.ndarray, draws: int, df: float, seed: int) -> np.ndarray:
    """(m, draws) draws from a multivariate t (normal for infinite df) with this scale matrix."""
    rng = np.random.default_rng(seed)
    root, vectors = np.linalg.eigh(covariance)
    factor = vectors * np.sqrt(np.maximum(root, 0))
    normal = factor @ rng.standard_normal((len(covariance), draws))
    if np.isfinite(df):
        normal *= np.sqrt(df / rng.chisquare(df, draws))
    return np.asarray(normal)


def _step_down(
    ratios: np.ndarray,
    draw: np.ndarray,
    error: np.ndarray,
    family: np.ndarray,
    level: float,
    step_down: bool,
    df: float,
) -> np.ndarray:
    """Reject, drop the rejected ordered pairs (and only those), and repeat until nothing more is rejected."""
    left = family.copy()
    floor = float(stats.t.ppf(0.5 + level / 2, df))
    while left.any():
        critical = max(_critical(draw, error, left, level), floor if _degenerate(error, left) else 0.0)
        rejected = left & (ratios > critical)
        left &= ~rejected
        if not rejected.any() or not step_down:
            break
    return np.asarray(family & ~left)


def _degenerate(error: np.ndarray, left: np.ndarray) -> bool:
    return bool((error[left] == 0).any())


def _critical(draw: np.ndarray, error: np.ndarray, left: np.ndarray, level: float) -> float:
    """Quantile of the largest standardised difference over the ordered pairs that are left."""
    first, second = np.nonzero((left | left.T) & np.triu(np.ones_like(left), 1))
    usable = error[first, second] > 0
    first, second = first[usable], second[usable]
    if not len(first):
        return 0.0
    both = left[first, second] & left[second, first]
    turn = np.where(left[first, second], 1.0, -1.0) / error[first, second]
    largest = np.full(draw.shape[1], -np.inf)
    for start in range(0, draw.shape[1], CHUNK):
        part = draw[:, start : start + CHUNK]
        best = largest[start : start + CHUNK]
        for j, k, two_sided, scale in zip(first, second, both, turn, strict=True):
            difference = (part[j] - part[k]) * scale
            np.maximum(best, np.abs(difference) if two_sided else difference, out=best)
    return float(np.quantile(largest, level))


def holm_rejections(p: np.ndarray, family: np.ndarray, alpha: float) -> np.ndarray:
    """Which p-values of the family (a mask of `p`'s shape) are rejected at family-wise level alpha."""
    values = p[family]
    order = np.argsort(values, kind="stable")
    passes = values[order] <= alpha / (len(values) - np.arange(len(values)))
    kept = len(values) if passes.all() else int(np.argmin(passes))
    rejected = np.zeros(len(values), bool)
    rejected[order[:kept]] = True
    result = np.zeros(p.shape, bool)
    result[family] = rejected
    return result


def surely_among(
    estimate: Estimate, places: int, *, df: float, level: float = 0.95, draws: int = DRAWS, seed: int = 1
) -> np.ndarray | None:
    """(m,) bool: items that cannot be ruled out of the first `places`, all truly there with probability `level`.

    The tau-best set of Mogstad et al.: items whose one-sided simultaneous lower end is no worse than `places`.
    """
    sets = rank_sets(estimate, df=df, level=level, draws=draws, seed=seed)
    return None if sets is None else (sets.low >= 1) & (sets.low <= places)
