"""Pairs of items: differences of scores with their intervals, and for worths the probability of being ranked higher.

With worths a, item i is ranked above j with probability a_i / (a_i + a_j), whatever else is in the list (Luce 1959);
where ties are possible, it is the probability given that the two are not tied. Each interval stands by itself: for
statements about many pairs at once there are the rank sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from obstacles.analysis.inference.distributions import t_ppf, t_sf
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.max_t import pair_error
from obstacles.analysis.inference.rank_sets import flipped_for, pair_ratios
from obstacles.survey.question import Item

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Pairwise:
    """[i, j] compares item i with item j; the diagonal is NaN."""

    items: tuple[Item, ...]
    difference: np.ndarray  # (m, m) of the estimate's values: positive where i is the larger obstacle
    error: np.ndarray  # (m, m)
    low: np.ndarray  # (m, m)
    high: np.ndarray  # (m, m)
    p: np.ndarray  # (m, m) two-sided, of no difference: the t-test's, or by sign flips where these are in place
    level: float
    probability: np.ndarray | None  # (m, m) that i is ranked above j; None where the score is no worth
    probability_low: np.ndarray | None
    probability_high: np.ndarray | None

    def to_frame(self) -> pd.DataFrame:
        """One row per pair, the larger obstacle first."""
        import pandas as pd

        first, second = np.nonzero((self.difference > 0) | np.triu(self.difference == 0, 1))
        columns = {
            "item": [self.items[i].id for i in first],
            "other": [self.items[j].id for j in second],
            "difference": self.difference[first, second],
            "standard_error": self.error[first, second],
            "low": self.low[first, second],
            "high": self.high[first, second],
            "p": self.p[first, second],
        }
        if self.probability is not None and self.probability_low is not None and self.probability_high is not None:
            columns["probability"] = self.probability[first, second]
            columns["probability_low"] = self.probability_low[first, second]
            columns["probability_high"] = self.probability_high[first, second]
        return pd.DataFrame(columns)


def pairwise(estimate: Estimate, *, level: float = 0.95, df: float | None = None, seed: int = 1) -> Pairwise | None:
    """Compare every pair of items; None where the estimate has no joint covariance.

    Parameters
    ----------
    df : float, optional
        Degrees of freedom of rank sets, which decide on sign flips; the estimate's by default.
    seed : int
        Of the flips.
    """
    if estimate.covariance is None or estimate.covariance_kind in ("at most", "none"):
        return None
    difference = estimate.value[:, None] - estimate.value[None, :]
    error = pair_error(estimate.covariance)
    np.fill_diagonal(difference, np.nan)
    np.fill_diagonal(error, np.nan)
    half = t_ppf(0.5 + level / 2, max(estimate.df, 1)) * np.sqrt(estimate.inflation) * error
    df = max(estimate.df if df is None else df, 1)
    flipped = flipped_for(estimate, df=df, seed=seed)
    if flipped is None:
        p = 2 * t_sf(np.abs(pair_ratios(estimate, df=df)), df)
    else:
        above = np.where(np.nan_to_num(difference) > 0, flipped.p, np.minimum(flipped.p, flipped.p.T))
        p = np.minimum(2 * np.where(np.nan_to_num(difference) < 0, flipped.p.T, above), 1)
    np.fill_diagonal(p, np.nan)
    low, high = difference - half, difference + half
    chances = [special.expit(part) if estimate.display_scale == "worth" else None for part in (difference, low, high)]
    return Pairwise(estimate.items, difference, error, low, high, p, level, chances[0], chances[1], chances[2])
