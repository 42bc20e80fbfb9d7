"""Exact rank confidence sets for questions with a single answer (Bazylik, Mogstad, Romano, Shaikh and Wilhelm 2022).

Given how often two items were chosen together, the count of one is binomial with probability 1/2 under equality; Holm's
method over the ordered pairs holds the level in every finite sample. Equal weights and independent answers only.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from analysis.rank_sets import RankSets, holm_rejections, sets_of


def single_choice_sets(count: np.ndarray, *, level: float = 0.95, simultaneous: bool = True) -> RankSets:
    """Rank sets from how often each of m items was chosen.

    Parameters
    ----------
    count : (m,) integer array
    """
    count = np.asarray(count)
    together = count[:, None] + count[None, :]
    p = stats.binom.sf(count[:, None] - 1, together, 0.5)
    p = np.where(together > 0, p, 1.0)

    def reject(family: np.ndarray) -> np.ndarray:
        return holm_rejections(p, family, 1 - level)

    low, high, separated = sets_of(reject, len(count), simultaneous)
    return RankSets(low, high, level, simultaneous, separated, 0, np.inf)
