"""Exact ends of shares where a normal approximation says too much: finite populations, and answers that are all alike.

Of N people n answered. With n = N the share is known. Shares of 0 and 1, and samples that leave ten people or fewer,
have the ends that the hypergeometric distribution allows, each at half of 1 - level (the principle of Clopper and
Pearson, 1934); with unequal weights they are those of as many people as the answers are worth.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

ROUNDED = 1e-6  # of a person: what weights and rounding leave of a whole number
FEW_LEFT = 10  # people who did not answer, up to which a normal approximation says too much


def hypergeometric_ends(chosen: float, n: float, population: float, *, level: float) -> tuple[float, float]:
    """Ends of the share in a population of which n were drawn and `chosen` of these chose the item.

    Votes that were shared count whole where they matter: fewer for the lower end, more for the upper one.
    """
    from scipy import stats

    drawn, whole = max(round(n), 1), round(population)
    least, most = math.floor(chosen * drawn / n + ROUNDED), math.ceil(chosen * drawn / n - ROUNDED)
    tail = (1 - level) / 2

    def last(holds: Callable[[int], bool], at: int, end: int) -> int:
        """The last number on the way from `at`, where the condition holds, to `end` up to which it does."""
        while at != end:
            middle = at + (end - at + (1 if end > at else -1)) // 2 if end > at else end + (at - end) // 2
            if holds(middle):
                at = middle
            else:
                end = middle - 1 if end > at else middle + 1
        return at

    def likely(x: int) -> int:
        return min(max(round(x / drawn * whole), x), whole - drawn + x)

    top = last(lambda k: stats.hypergeom.cdf(most, whole, k, drawn) > tail, likely(most), whole - drawn + most)
    bottom = last(lambda k: stats.hypergeom.sf(least - 1, whole, k, drawn) > tail, likely(least), least)
    return bottom / whole, top / whole


def finite_ends(
    share: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    *,
    answered: np.ndarray,
    effective: np.ndarray,
    fraction: np.ndarray,
    equal: bool,
    level: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Intervals (m,) of shares of a finite population, in place of the approximate ones.

    Parameters
    ----------
    low, high : (m,) arrays
        Ends by the normal approximation.
    answered, effective : (m,) arrays
        Respondents behind each share, and how many equally weighted ones they are worth.
    fraction : (m,) array
        Part of the population that answered.
    equal : bool
        Whether respondents are equally weighted, and no strata were drawn by themselves.
    """
    low, high = low.copy(), high.copy()
    for i in np.flatnonzero(np.isfinite(share)):
        f, n, inside = fraction[i], effective[i], 0 < share[i] < 1
        if f >= 1:
            low[i] = high[i] = share[i]
        elif not inside or (equal and answered[i] * (1 / f - 1) <= FEW_LEFT + 1e-9):
            low[i], high[i] = hypergeometric_ends(share[i] * n, n, n / f, level=level)
        elif equal:  # no less than was found, and no more than what is left allows
            low[i], high[i] = max(low[i], f * share[i]), min(high[i], f * share[i] + 1 - f)
    return low, high
