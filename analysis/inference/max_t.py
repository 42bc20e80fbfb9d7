"""Critical values of the largest standardised difference of a family of pairs, and the step-down test built on them.

Draws come from a multivariate t (normal for infinite degrees of freedom) with the covariance of the scores. For a
quantile near the top only the draws with the largest maxima matter: with any positive q, by Cauchy and Schwarz,
|z_j - z_k| / sqrt(q_j + q_k) is at most the root of z_j^2 / q_j + z_k^2 / q_k. That bound costs one pass over the
items instead of one over the pairs, and draws whose bound stays below the quantile are never looked at: the quantile
is that of all draws nevertheless.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from obstacles.analysis.inference.distributions import t_ppf

CHUNK = 8_192  # draws at a time: the differences of a chunk stay in the cache

TILE = 8_192  # draws made at a time; the stream of random numbers depends on it
BATCH = 4_096  # draws between two looks at the quantile so far
BOUND_FROM = 2  # pairs per item from which the bound pays

Pair = tuple[int, int, np.float32, bool]  # two items, 1 / error of their difference with its sign, whether two-sided


@dataclass(frozen=True)
class Draws:
    """Draws of m scores around zero, and the standard errors of their differences."""

    score: np.ndarray  # (m, r) float32: the Monte Carlo error is far larger
    error: np.ndarray  # (m, m); exactly 0 where rounding is all there is
    df: float

    @cached_property
    def _quasi(self) -> np.ndarray:
        """(m,) positive numbers with q_j + q_k near the squared error of the difference."""
        squared = self.error**2
        m = len(squared)
        if m < 3:
            return np.full(m, max(squared.max() / 2, 1e-300))
        total = squared.sum() / (2 * (m - 1))
        return np.asarray(np.maximum((squared.sum(axis=0) - total) / (m - 2), 1e-6 * max(squared.max(), 1e-290)))

    @cached_property
    def _centre(self) -> np.ndarray:
        share = 1 / self._quasi
        return np.asarray((share / share.sum()).astype(self.score.dtype) @ self.score)

    @cached_property
    def _sides(self) -> tuple[np.ndarray, np.ndarray]:
        """(r,) largest z^2 / q above the centre and below it."""
        above, below = np.zeros((2, self.score.shape[1]), self.score.dtype)
        for j in range(len(self.score)):
            root = (self.score[j] - self._centre) * np.float32(1 / np.sqrt(self._quasi[j]))
            np.maximum(above, root, out=above)
            np.minimum(below, root, out=below)
        return above**2, below**2

    def _bound(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """(r,) upper bound of the largest standardised difference over the pairs.

        Two items on one side of the centre differ by less than the farther one's distance from it.
        """
        error = self.error[first, second]
        tightest = (np.sqrt(self._quasi[first] + self._quasi[second]) / error).max()
        above, below = self._sides
        spread = (self.score.max(axis=0) - self.score.min(axis=0)) / error.min()
        room = np.float32(1 + 1e-5)  # for rounding
        return np.asarray(room * np.minimum(spread, tightest * np.sqrt(above + below)))

    def quantile(self, left: np.ndarray, level: float, bound: np.ndarray | None = None) -> tuple[float, np.ndarray]:
        """Quantile of the largest standardised difference over the ordered pairs of the mask `left` (m, m).

        Parameters
        ----------
        bound : (r,) array, optional
            What a call for a larger family returned: no draw has a larger maximum.

        Returns
        -------
        The quantile, and a bound (r,) for smaller families.
        """
        first, second = np.nonzero((left | left.T) & np.triu(np.ones_like(left), 1) & (self.error > 0))
        r = self.score.shape[1]
        if not len(first):
            return 0.0, np.zeros(r, self.score.dtype)
        turn = (np.where(left[first, second], 1.0, -1.0) / self.error[first, second]).astype(self.score.dtype)
        both = left[first, second] & left[second, first]
        pairs = list(zip(first.tolist(), second.tolist(), turn, both.tolist(), strict=True))
        place = level * (r - 1)
        needed = r - int(np.floor(place))  # largest values among which the quantile lies
        if bound is None and len(pairs) <= BOUND_FROM * len(self.score):  # looking at the pairs is as fast
            bound = self._maxima(np.arange(r), pairs)
            top = np.partition(bound, r - needed)[r - needed :]
            return _within(top, place), bound
        bound = self._bound(first, second) if bound is None else bound.copy()
        seen = np.zeros(r, bool)
        looked = np.argpartition(bound, r - needed)[r - needed :]
        top = np.full(needed, -np.inf, self.score.dtype)
        while len(looked):
            bound[looked] = self._maxima(looked, pairs)
            seen[looked] = True
            found = np.concatenate([top, bound[looked]])
            top = np.partition(found, len(found) - needed)[len(found) - needed :]
            looked = np.flatnonzero(~seen & (bound > top.min()))[:BATCH]
        return _within(top, place), bound

    def _maxima(self, draws: np.ndarray, pairs: list[Pair]) -> np.ndarray:
        """Largest standardised difference of each of the draws."""
        largest = np.full(len(draws), -np.inf, self.score.dtype)
        whole = len(draws) == self.score.shape[1]
        for start in range(0, len(draws), CHUNK):
            part = self.score[:, start : start + CHUNK] if whole else self.score[:, draws[start : start + CHUNK]]
            best = largest[start : start + CHUNK]
            difference = np.empty_like(best)
            for j, k, scale, two_sided in pairs:
                np.subtract(part[j], part[k], out=difference)
                np.multiply(difference, scale, out=difference)
                if two_sided:
                    np.abs(difference, out=difference)
                np.maximum(best, difference, out=best)
        return largest


def _within(top: np.ndarray, place: float) -> float:
    """The quantile at `place` among all draws, interpolated between the two smallest of the largest values."""
    low = np.sort(top)[:2]
    return float(low[0] + (place - np.floor(place)) * (low[-1] - low[0]))


def draw_scores(covariance: np.ndarray, *, draws: int, df: float, seed: int) -> Draws:
    """Draw scores from a multivariate t (normal for infinite df) with this (m, m) scale matrix."""
    rng = np.random.default_rng(seed)
    root, vectors = np.linalg.eigh(covariance)
    factor = vectors * np.sqrt(np.maximum(root, 0))
    score = np.empty((len(covariance), draws), np.float32)
    stretch = np.sqrt(df / rng.chisquare(df, draws)) if np.isfinite(df) else np.ones(draws)
    for start in range(0, draws, TILE):
        part = slice(start, min(start + TILE, draws))
        score[:, part] = (factor @ rng.standard_normal((len(covariance), part.stop - start))) * stretch[part]
    return Draws(score, pair_error(covariance), df)


def pair_error(covariance: np.ndarray) -> np.ndarray:
    """(m, m) standard error of each difference; exactly 0 where rounding is all there is."""
    size = np.diag(covariance)[:, None] + np.diag(covariance)[None, :]
    variance = size - 2 * covariance
    return np.sqrt(np.where(variance > 1e-12 * size, variance, 0.0))


def step_down(ratios: np.ndarray, drawn: Draws, family: np.ndarray, level: float, *, again: bool = True) -> np.ndarray:
    """Ordered pairs of the family that are rejected: above the critical value, then above that of the pairs left.

    Parameters
    ----------
    ratios : (m, m) array
        Differences over their errors.
    family : (m, m) bool array
        Ordered pairs; rejected ones are dropped, and only those: the reverse pair stays.
    again : bool
        Repeat with the pairs left until nothing more is rejected (Romano and Wolf 2005).
    """
    left = family.copy()
    floor = float(t_ppf(0.5 + level / 2, drawn.df))
    bound = None
    while left.any():
        degenerate = bool((drawn.error[left] == 0).any())  # judged by a sign test with a quantile of its own
        critical, bound = drawn.quantile(left, level, bound)
        critical = max(critical, floor if degenerate else 0.0)
        rejected = left & (ratios > critical)
        left &= ~rejected
        if not rejected.any() or not again:
            break
    return np.asarray(family & ~left)
