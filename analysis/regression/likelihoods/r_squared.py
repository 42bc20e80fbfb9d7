"""An interval of the explained variance of people who are drawn with their answers.

R^2 of a sample lies above that of the population, and percentiles of resampled ones, which add the same once more, too
high. With random columns R^2 / (1 - R^2) is a noncentral F whose noncentrality is drawn as well: a chi-square of n - 1
times rho^2 / (1 - rho^2) (Fisher 1928; Lee 1971, JRSS B 33: 117). The interval inverts it (Steiger and Fouladi 1992);
it is exact for normal columns.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import optimize, special, stats

NODES = 41  # of the chi-square over which the noncentrality is averaged


def explained_interval(explained: float, columns: int, n: float, *, level: float = 0.95) -> tuple[float, float]:
    """Ends of the interval of the population's R^2; NaN with too few people for an F.

    Parameters
    ----------
    explained : float
        R^2 of the sample, between 0 and 1.
    columns : int
        Columns of the regression beside the constant.
    n : float
        Effective number of respondents.
    """
    left = n - columns - 1
    if left < 1 or not 0 <= explained <= 1:
        return float("nan"), float("nan")
    if explained >= 1:
        return 1.0, 1.0
    f = explained / (1 - explained) * left / columns
    draws = stats.chi2.ppf((np.arange(NODES) + 0.5) / NODES, n - 1)

    def below(rho: float) -> float:
        """Probability of no more than this R^2 where the population's is rho."""
        found = special.ncfdtr(columns, left, rho / (1 - rho) * draws, f)
        return float(np.nan_to_num(found).mean())  # far out there is nothing below

    return _end(below, 0.5 + level / 2), _end(below, 0.5 - level / 2)


def _end(below: Callable[[float], float], target: float) -> float:
    most = 0.9999
    if below(1e-9) <= target:
        return 0.0
    if below(most) >= target:
        return 1.0
    return float(optimize.brentq(lambda rho: below(rho) - target, 1e-9, most, xtol=1e-6))
