"""Which shares of explained variance differ, and which are larger than those of random numbers.

Intervals of single shares do not tell which of many differ: of eight equal drivers two had intervals that did not
overlap in 13 of 100 surveys. A share is called larger than another where these intervals do not overlap and a test of
all differences together holds, too: over their errors from the resampled shares, by the step-down test of rank sets.
Either alone is too ready, the test at 30 to 60 people and the intervals from eight drivers on. No share is 0, and what
chance alone gives is that of a term of as many columns of random numbers (Tonidandel, LeBreton and Johnson 2009,
Psychological Methods 14: 387), here in closed form.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from obstacles.analysis.inference.max_t import draw_scores, step_down

DRAWS = 10_000
FEWEST = 100  # resamples for a covariance


def larger_shares(share: np.ndarray, drawn: np.ndarray, *, columns: int, n: float, level: float) -> np.ndarray:
    """(t, t) bool, of ordered terms: the share of the first term is shown to be larger than that of the second.

    Parameters
    ----------
    share : (t,) array
        Relative weights of the sample.
    drawn : (b, t) array
        Those of resamples.
    columns : int
        Columns of the regression beside the constant.
    n : float
        Effective number of respondents or primary units.
    """
    t = len(share)
    left = n - columns - 1
    if left < 1 or len(drawn) < FEWEST:
        return np.zeros((t, t), bool)
    covariance = np.atleast_2d(np.cov(drawn, rowvar=False)) * (n - 1) / left
    draws = draw_scores(covariance, draws=DRAWS, df=left, seed=0)
    safe = np.where(draws.error > 0, draws.error, np.inf)
    held = step_down((share[:, None] - share[None, :]) / safe, draws, draws.error > 0, level)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.asarray(held & (low[:, None] > high[None, :]))


def random_share(
    share: np.ndarray, width: np.ndarray, explained: float, *, columns: int, n: float, level: float
) -> np.ndarray:
    """(t,) shares that any of t terms of `width` (t,) columns of random numbers exceeds with probability 1 - level.

    With orthogonal columns it is the critical value of the F test, Bonferroni over the terms; NaN with too few people.
    """
    left = n - columns - 1
    if left < 1:
        return np.full(len(share), np.nan)
    top = stats.beta.ppf(1 - (1 - level) / len(share), width / 2, left / 2)
    return np.asarray(np.minimum(1 - explained + share, 1.0) * top)
