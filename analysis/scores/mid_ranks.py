"""Mid-ranks: places 1..k of a row with tied items at the mean of the places they fill."""

from __future__ import annotations

import numpy as np


def mid_ranks(ranks: np.ndarray) -> np.ndarray:
    """(n, m) float: mid-ranks of the ranked items (ranks > 0, any gaps), 0 for the others."""
    from scipy import stats

    ranked = ranks > 0
    return np.where(ranked, stats.rankdata(np.where(ranked, ranks, np.iinfo(np.int16).max), axis=1), 0.0)
