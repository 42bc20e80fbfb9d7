"""Mid-ranks: places 1..k of a row with tied items at the mean of the places they fill."""

from __future__ import annotations

import numpy as np


def mid_ranks(ranks: np.ndarray) -> np.ndarray:
    """(n, m) float: mid-ranks of the ranked items (ranks > 0, any gaps), 0 for the others."""
    n, m = ranks.shape
    result = np.zeros((n, m))
    for item in range(m):
        own = ranks[:, [item]]
        ranked = ranks > 0
        before = (ranked & (ranks < own)).sum(axis=1)
        level = (ranked & (ranks == own)).sum(axis=1)
        result[:, item] = np.where(own[:, 0] > 0, before + (level + 1) / 2, 0.0)
    return result
