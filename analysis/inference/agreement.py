"""How alike two orders are: tau-b, Spearman's rho, rank-biased overlap.

Kendall (1945), Spearman (1904); RBO_ext of Webber, Moffat and Zobel (2010, ACM TOIS 28), which weighs the top of the
lists. None of them is evidence that nothing changed: that takes the tests of analysis.change.compare.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Agreement:
    tau: float  # Kendall's tau-b
    rho: float  # Spearman
    overlap: float  # rank-biased overlap, 0..1
    persistence: float  # p of the overlap


def agreement_of(x: np.ndarray, y: np.ndarray, *, persistence: float | None = None, depth: int = 5) -> Agreement:
    """Agreement of two score vectors of the same items; larger = more severe; items missing in one are left out.

    Parameters
    ----------
    persistence : float, optional
        p of the overlap; by default chosen so that the first `depth` places carry about 86 % of its weight.
    """
    from scipy import stats

    both = ~np.isnan(x) & ~np.isnan(y)
    x, y = x[both], y[both]
    p = persistence if persistence is not None else 1 - 1 / max(depth, 2)
    tau = float(stats.kendalltau(x, y).statistic) if len(x) > 1 else float("nan")
    rho = float(stats.spearmanr(x, y).statistic) if len(x) > 1 else float("nan")
    return Agreement(tau, rho, rank_biased_overlap(order_of(x), order_of(y), p), p)


def order_of(score: np.ndarray) -> list[int]:
    """Items from the largest score to the smallest; equal scores in the order of the items."""
    return [int(i) for i in np.argsort(-score, kind="stable")]


def rank_biased_overlap(one: list[int], other: list[int], p: float) -> float:
    """RBO_ext of two complete orders of the same items (Webber et al., eq. 32 with equal depths)."""
    depth = min(len(one), len(other))
    if depth == 0:
        return float("nan")
    seen_one: set[int] = set()
    seen_other: set[int] = set()
    total = 0.0
    overlap = 0
    for d in range(1, depth + 1):
        seen_one.add(one[d - 1])
        seen_other.add(other[d - 1])
        overlap = len(seen_one & seen_other)
        total += overlap / d * p**d
    return (1 - p) / p * total + overlap / depth * p**depth
