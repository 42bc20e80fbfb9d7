"""The likelihood of rankings without ties, every row with utilities of its own, without writing out its stages.

P(ranking) is the product over places of e_i / D, D the sum of e over the items not yet placed, e = exp(utility) (Beggs,
Cardell and Hausman 1981; Chapman and Staelin 1982). With Q the running sum of 1 / D and R that of 1 / D^2 at an item's
place, the gradient is [placed] - e_i Q_i, and minus the Hessian e_i Q_i on the diagonal less e_i e_j min(R_i, R_j). An
item that was not placed is there until the end; a place with nothing else left says nothing.
"""

from __future__ import annotations

import numpy as np

from obstacles.analysis.choice.choice_sets import NEVER, stages
from obstacles.analysis.regression.likelihoods.base import Likelihood, Part


def untied(ranks: np.ndarray, offered: np.ndarray) -> Likelihood:
    """The likelihood of full, top-k and sub-rankings.

    Parameters
    ----------
    ranks : (n, m) integer array
        1 = largest obstacle, 0 = not ranked.
    offered : (n, m) bool array

    Raises
    ------
    analysis.choice.choice_sets.TiesError
        For rankings with ties.
    """
    n, m = ranks.shape
    stage = stages(ranks)
    placed = np.count_nonzero(stage != NEVER, axis=0)
    valid = np.minimum(placed, np.count_nonzero(offered, axis=1) - 1)  # places with a choice
    depth = max(int(valid.max(initial=0)), 1)
    there = None if offered.all() else offered.T

    def evaluate(rows: slice, utility: np.ndarray, second: bool) -> Part:
        place, counts = stage[:, rows], valid[rows]
        r = utility.shape[1]
        shifted = utility - (utility if there is None else np.where(there[:, rows], utility, -np.inf)).max(axis=0)
        e = np.exp(shifted)
        if there is not None:
            e *= there[:, rows]
        column = np.arange(r)
        index = np.minimum(place, depth).astype(np.intp) * r + column  # (m, r) into (depth + 1, r)
        left = np.zeros((depth + 1) * r)
        for i in range(m):  # at most one item of a row stands at a place above the last
            left[index[i]] += e[i]
        total = np.cumsum(left.reshape(depth + 1, r)[::-1], axis=0)[::-1][:depth]
        real = np.arange(depth)[:, None] < counts
        rate = np.divide(1, total, out=np.zeros((depth, r)), where=real)
        last = np.minimum(place, depth - 1).astype(np.intp) * r + column
        once = np.cumsum(rate, axis=0).ravel().take(last)
        chosen = place < counts
        value = np.where(chosen, shifted, 0).sum(axis=0) - np.log(np.where(real, total, 1)).sum(axis=0)
        expected = e * once
        if not second:
            return Part(value, chosen - expected, None)
        twice = np.cumsum(rate**2, axis=0).ravel().take(last)
        curvature = np.empty((m * (m + 1) // 2, r))
        start = 0
        for i in range(m):
            block = curvature[start : start + m - i]
            np.minimum(twice[i], twice[i:], out=block)
            block *= e[i:]
            block *= -e[i]
            block[0] += expected[i]
            start += m - i
        return Part(value, chosen - expected, curvature)

    return Likelihood(m, n, evaluate)
