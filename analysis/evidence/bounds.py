"""What margins allow: the least and the largest variance of a difference of shares whose joint share was not printed.

Of n respondents the share p1 named one thing and p2 another, the share j both. The difference d = p1 - p2 has variance
(p1 + p2 - 2 j - d^2) / n, where max(0, p1 + p2 - 1) <= j <= min(p1, p2) (Fréchet 1951); j = 0 where each respondent
gave one answer. A share that names any of several items lies between the largest of them and their sum.

Few respondents: where few named either of two alone, the variance is at least that of a table with one answer added to
either side (Bonett and Price 2012), and a lead holds only by the sign test at the largest number of respondents who may
have named one of the two alone, which is exact for every joint table: its p-value grows with that number and with the
other's share.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf, log2

import numpy as np
from scipy import stats

FEW = 5  # respondents below which a difference is not normal
Range = tuple[float, float]  # least and largest value that the printed digits allow


def variance_ends(p: float, q: float, *, several: bool, joint: float | None = None) -> Range:
    """Least and largest variance of p - q for one respondent."""
    if joint is not None or not several:
        variance = max(p + q - 2 * (joint or 0.0) - (p - q) ** 2, 0.0)
        return variance, variance
    smallest = p + q - 2 * min(p, q) - (p - q) ** 2
    largest = p + q - 2 * max(0.0, p + q - 1) - (p - q) ** 2
    return max(smallest, 0.0), max(largest, 0.0)


def sampled(variance: float, d: float, n: float) -> float:
    """Variance of d from n respondents; where fewer than FEW named either of two alone, at least that of the table with
    an answer added to either side."""
    alone = variance + d * d  # share that named one of the two alone
    if n * (alone - abs(d)) / 2 >= FEW:
        return variance / n
    added = ((n * alone + 2) / (n + 2) - (n * d / (n + 2)) ** 2) / (n + 2)
    return max(variance / n, added)


def either_alone(p: float, q: float, *, several: bool, joint: float | None = None) -> tuple[float, float]:
    """The largest shares that named the one, and the other, of two alone."""
    both = (max(0.0, p + q - 1) if joint is None else joint) if several else 0.0
    return max(p - both, 0.0), max(q - both, 0.0)


def sign_p(first: float, second: float, n: float) -> float:
    """One-sided p-value of the sign test where the shares `first` and `second` of n named one of two alone."""
    return float(stats.beta.cdf(0.5, n * first, n * second + 1)) if first > 0 else 1.0


def exact_ends(first: float, second: float, n: float, level: float) -> tuple[float, float]:
    """Interval of first - second given how many named one of the two alone (Clopper and Pearson 1934)."""
    tail, alone = (1 - level) / 2, first + second
    low = float(stats.beta.ppf(tail, n * first, n * second + 1)) if first > 0 else 0.0
    high = float(stats.beta.isf(tail, n * first + 1, n * second)) if second > 0 else 1.0
    return alone * (2 * low - 1), alone * (2 * high - 1)


def break_even(d: float, largest: float, z: float) -> int | None:
    """Respondents from which the interval of d excludes 0, at the largest variance; None where d is 0.

    A sign test needs log2(2 / alpha) respondents who named one of the two alone, however they answered.
    """
    if abs(d) <= 1e-12:
        return None
    fewest = -log2(float(stats.norm.sf(z))) / (largest + d * d)
    return max(1, ceil((z / d) ** 2 * largest), ceil(fewest))


def census_factor(n: float | None, population: float | None) -> float:
    """(N - n) / (N - 1): what sampling error is left where n of N bodies answered."""
    if n is None or population is None or population <= 1:
        return 1.0
    return max(0.0, (population - n) / (population - 1))


def above_by(p: Range, others: Sequence[Range], *, several: bool, joint: Range | None = None) -> tuple[float, float]:
    """By how much p surely exceeds the share that names any of `others`, and the largest variance of that for one
    respondent.

    With several others the share of any is at most their sum S. The difference p - S then has an expectation no larger
    than the true one, and a variance of at most p + sum (2 k - 1) q_(k) - 2 sum max(0, p + q_k - 1) - (p - S)^2, with
    q_(1) >= q_(2) >= ...: the square of a sum of marks is largest where one mark goes with every more frequent one.

    Returns
    -------
    difference, variance
        least difference and largest variance over all values in the ranges.
    """
    low, high = sum(q[0] for q in others), sum(q[1] for q in others)
    difference = p[0] - high
    least = 0.0 if difference <= 0 <= p[1] - low else min(abs(difference), abs(p[1] - low))
    if not several:
        return difference, max(p[1] + high - least**2, 0.0)
    if joint is not None and len(others) == 1:
        return difference, max(p[1] + high - 2 * joint[0] - least**2, 0.0)
    if len(others) == 1:
        total = min(max(1.0, p[0] + low), p[1] + high)  # where total - 2 max(0, total - 1) is largest
        return difference, max(total - 2 * max(0.0, total - 1) - least**2, 0.0)
    marks = sorted((q[1] for q in others), reverse=True)
    square = sum((2 * k - 1) * q for k, q in enumerate(marks, 1))
    together = sum(max(0.0, p[0] + q[0] - 1) for q in others)
    return difference, max(p[1] + square - 2 * together - least**2, 0.0)


def ratio(difference: float, variance: float, n: float) -> float:
    """A difference over its largest standard error; without any error what is above 0 is certain."""
    if variance <= 0:
        return inf if difference > 0 else -inf
    return float(difference / np.sqrt(variance / n))
