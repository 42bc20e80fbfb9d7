"""Sign flips: p-values, rank sets and winner from contributions whose signs could as well have been the other ones.

Where two items are equal, the sign of each primary unit's contribution is chance. z = f sum u / sqrt(sum u^2) is held
against all 2^u flips of the units' signs, or against 9,999 and the one observed; all pairs are flipped together. Rank
sets step down (Romano and Wolf 2005, Econometrica 73: 1237): an ordered pair is rejected where at most alpha of the
flips have a largest z over the pairs left that reaches its own. Nothing holds at 95 % below six units.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from obstacles.analysis.inference.contributions import Contributions

EXACT = 14  # primary units up to which all 2^u flips are looked at
DRAWS = 9_999
NORMAL_FROM = 2_000  # primary units above which signs are normal multipliers
CELLS = 30_000_000  # flips times pairs that are held at once
SAME = 1e-9  # what rounding leaves between equal ratios


@dataclass(frozen=True, eq=False)
class Flips:
    """Ratios of the P pairs j < k of m items under r flips, the observed signs first."""

    ratio: np.ndarray  # (P, r)
    observed: np.ndarray  # (m, m) ratios with their factors; [j, k] is large when j is the larger obstacle
    exact: bool  # all flips
    units: int  # primary units

    @property
    def draws(self) -> int:
        """Flips that were looked at."""
        return int(self.ratio.shape[1])

    @cached_property
    def p(self) -> np.ndarray:
        """(m, m) one-sided p that j is no larger obstacle than k."""
        m = len(self.observed)
        first, second = np.triu_indices(m, 1)
        found = np.ones((m, m))
        found[first, second] = (self.ratio >= self.observed[first, second, None] - SAME).mean(axis=1)
        found[second, first] = (-self.ratio >= self.observed[second, first, None] - SAME).mean(axis=1)
        return found

    def winner(self, value: np.ndarray) -> tuple[int, float]:
        """The first of the scores (m,), and the largest two-sided p against another item; NaN scores are left out."""
        first = int(np.nanargmax(value))
        others = [k for k in range(len(value)) if k != first and not np.isnan(value[k])]
        return first, float(min(2 * self.p[first, others].max(), 1.0))

    def step_down(self, family: np.ndarray, alpha: float, *, again: bool = True) -> np.ndarray:
        """Mask of the ordered pairs of the family (m, m) that are rejected; `again` repeats with the pairs left."""
        first, second = np.triu_indices(len(family), 1)
        left = family.copy()
        while left.any():
            sides = [self.ratio[left[first, second]].max(axis=0, initial=-np.inf)]
            sides.append(-self.ratio[left[second, first]].min(axis=0, initial=np.inf))
            largest = np.sort(np.maximum(*sides))
            reached = self.draws - np.searchsorted(largest, self.observed - SAME)
            rejected = left & (reached <= alpha * self.draws + SAME)
            left &= ~rejected
            if not rejected.any() or not again:
                break
        return np.asarray(family & ~left)


def flip(contributions: Contributions, *, draws: int = DRAWS, seed: int = 1, signs: np.ndarray | None = None) -> Flips:
    """Flip the signs of all primary units.

    Parameters
    ----------
    draws : int
        Flips beside the observed signs, where not all are looked at.
    signs : (r, u) array, optional
        Flips to look at instead, the observed signs (ones) first.
    """
    m, copies = contributions.items, contributions.copies
    whole = copies is None or not (copies % 1).any()
    exact = signs is None and contributions.units <= EXACT and whole
    if exact and copies is not None:
        contributions, copies = _one_by_one(contributions, copies), None
    u = contributions.value
    squares = u**2 if copies is None else u**2 * copies
    root = np.sqrt(squares.sum(axis=1))
    safe = np.where(root > SAME * max(float(root.max(initial=0.0)), 1e-300), root, np.inf)
    scaled = u / safe[:, None]
    if exact:
        ratio = scaled @ all_signs(u.shape[1]).T
    elif signs is not None:
        ratio = scaled @ signs.T
    else:
        draws = min(draws, max(CELLS // max(len(u), 1), 999))
        ratio = _drawn(scaled, copies, contributions.units, draws, np.random.default_rng(seed))
    first, second = np.triu_indices(m, 1)
    observed = np.zeros((m, m))
    observed[first, second] = contributions.factor * ratio[:, 0]
    observed[second, first] = -observed[first, second]
    return Flips(ratio, observed, exact, contributions.units)


def all_signs(u: int) -> np.ndarray:
    """(2^u, u) all combinations of signs, the observed ones (all positive) first."""
    return np.asarray(1.0 - 2.0 * ((np.arange(2**u)[:, None] >> np.arange(u)) & 1))


def _one_by_one(contributions: Contributions, copies: np.ndarray) -> Contributions:
    """Every primary unit by itself."""
    times = np.rint(copies).astype(int)
    return Contributions(np.repeat(contributions.value, times, axis=1), contributions.factor, None, contributions.items)


def _drawn(
    scaled: np.ndarray, copies: np.ndarray | None, units: int, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """(P, draws + 1) ratios: the observed ones, then those of random signs, or of normal multipliers of many units."""
    times = np.ones(scaled.shape[1]) if copies is None else copies
    ratio = np.empty((len(scaled), draws + 1))
    ratio[:, 0] = scaled @ times
    if units > NORMAL_FROM or (times % 1).any():
        root, vectors = np.linalg.eigh((scaled * times) @ scaled.T)
        ratio[:, 1:] = (vectors * np.sqrt(np.maximum(root, 0))) @ rng.standard_normal((len(scaled), draws))
        return ratio
    step = max(CELLS // (4 * scaled.shape[1]), 1)
    for start in range(1, draws + 1, step):
        stop = min(start + step, draws + 1)
        size = (stop - start, len(times))
        positive = rng.integers(0, 2, size) if copies is None else rng.binomial(times.astype(int), 0.5, size)
        ratio[:, start:stop] = scaled @ (2.0 * positive - times).T
    return ratio
