"""Tails and quantiles are those of scipy.stats, to the last digit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from obstacles.analysis.inference import distributions as own

RNG = np.random.default_rng(1)
DF = np.concatenate([RNG.uniform(0.3, 500, 300), [1, 2, 1e6, 1e12, np.inf, np.nan, 0, -1]])
Q = RNG.uniform(1e-9, 1 - 1e-9, len(DF))
X = np.concatenate([RNG.normal(0, 5, len(DF) - 4), [0.0, -1e-12, np.inf, np.nan]])
FIRST = RNG.integers(1, 12, len(DF))
N, K = RNG.integers(1, 200, 500), RNG.integers(-3, 205, 500)


@pytest.mark.parametrize(
    ("found", "known"),
    [
        (own.t_ppf(Q, DF), stats.t.ppf(Q, DF)),
        (own.t_sf(X, DF), stats.t.sf(X, DF)),
        (own.t_isf(Q, DF), stats.t.isf(Q, DF)),
        (own.chi2_sf(X, DF), stats.chi2.sf(X, DF)),
        (own.chi2_ppf(Q, DF), stats.chi2.ppf(Q, DF)),
        (own.f_sf(X, FIRST, DF), stats.f.sf(X, FIRST, DF)),
        (own.f_ppf(Q, FIRST, DF), stats.f.ppf(Q, FIRST, DF)),
        (own.binom_sf(K, N, 0.5), stats.binom.sf(K, N, 0.5)),
    ],
    ids=["t_ppf", "t_sf", "t_isf", "chi2_sf", "chi2_ppf", "f_sf", "f_ppf", "binom_sf"],
)
def test_they_are_those_of_scipy(found: np.ndarray, known: np.ndarray) -> None:
    np.testing.assert_allclose(found, known, rtol=1e-13, equal_nan=True)


def test_competition_ranks() -> None:
    values = np.round(RNG.normal(size=60), 1)
    assert own.competition_ranks(values).tolist() == stats.rankdata(values, method="min").tolist()
