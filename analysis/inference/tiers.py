"""Tiers: groups of neighbours in a ranking that the pairwise tests do not fully separate.

A line may be drawn below a place when every item above it is separated from every item below it; the tiers are what
lies between such lines. Inside a tier the order is uncertain, between tiers it holds at the level of the rank sets.
"""

from __future__ import annotations

import numpy as np

from obstacles.analysis.inference.rank_sets import RankSets


def tiers(sets: RankSets, order: np.ndarray) -> tuple[tuple[int, ...], ...]:
    """Items from the largest to the smallest, in tiers.

    Parameters
    ----------
    order : (m,) int array
        Item indices from the largest score to the smallest; items without a rank set are left out.
    """
    ranked = [int(i) for i in order if sets.low[i]]
    above = sets.separated[np.ix_(ranked, ranked)]
    found, start = [], 0
    for cut in range(1, len(ranked) + 1):
        if above[start:cut, cut:].all():
            found.append(tuple(ranked[start:cut]))
            start = cut
    return tuple(found)


def not_told_apart(sets: RankSets) -> np.ndarray:
    """(m, m) bool: pairs of different ranked items of which neither is separated from the other."""
    ranked = sets.low > 0
    return np.asarray(
        ~(sets.separated | sets.separated.T) & ranked[:, None] & ranked[None, :] & ~np.eye(len(ranked), dtype=bool)
    )
