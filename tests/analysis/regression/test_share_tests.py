"""Shares of equal drivers are not told apart, nor random numbers taken for drivers; what differs is found."""

import numpy as np
import pytest
from scipy import stats

from obstacles.analysis.regression.kinds.drivers import _moments, relative_weights
from obstacles.analysis.regression.likelihoods.share_tests import larger_shares, random_share


def told(rng, n, t, slope, *, together=0.3, rare=False):
    """(t, t) larger shares and (t,) shares above chance of one survey with these slopes; errors have variance 1."""
    x = np.sqrt(together) * rng.normal(size=(n, 1)) + np.sqrt(1 - together) * rng.normal(size=(n, t))
    x = (x > 1).astype(float) if rare else x
    y = x @ np.broadcast_to(slope, t) + rng.normal(size=n)
    share = relative_weights(_moments(y, x, np.ones((1, n))))[0]
    drawn = relative_weights(_moments(y, x, rng.multinomial(n, np.full(n, 1 / n), size=300).astype(float)))
    chance = random_share(share, np.ones(t), share.sum(), columns=t, n=n, level=0.95)
    return larger_shares(share, drawn, columns=t, n=n, level=0.95), share > chance


QUICK = (("equal", 60, 2, 0.5, False), ("equal, R² = 0", 60, 8, 0.0, False), ("equal, rare", 60, 6, 0.6, True))
SLOW = (
    ("equal", 30, 4, 0.4, False),
    ("equal", 200, 8, 0.1, False),
    ("equal", 200, 8, 0.3, False),
    ("equal, R² = 0", 60, 8, 0.0, True),
    ("equal, R² = 0", 12, 3, 0.0, False),
)


def wrong(n, t, slope, rare, surveys, seed=0):
    rng = np.random.default_rng([seed, n, t])
    found = [told(rng, n, t, slope, rare=rare) for _ in range(surveys)]
    larger = np.mean([one.any() for one, _ in found])
    random = 0.0 if slope else np.mean([above.any() for _, above in found])
    return larger, random


@pytest.mark.parametrize(("name", "n", "t", "slope", "rare"), QUICK)
def test_equal_drivers_are_not_told_apart(name, n, t, slope, rare):
    assert max(wrong(n, t, slope, rare, 50)) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 50)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "n", "t", "slope", "rare"), QUICK + SLOW)
def test_equal_drivers_are_not_told_apart_in_many_surveys(name, n, t, slope, rare):
    assert max(wrong(n, t, slope, rare, 1000)) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1000)


def test_a_driver_among_random_numbers_is_found():
    rng = np.random.default_rng(5)
    found = [told(rng, 100, 5, [1, 0, 0, 0, 0], together=0.0) for _ in range(20)]
    assert np.mean([larger[0].all(where=np.arange(5) > 0) for larger, _ in found]) > 0.8
    assert all(above[0] for _, above in found)
    assert not any(larger[1:].any() for larger, _ in found)


def test_too_few_people_or_resamples_show_nothing():
    share, drawn = np.array([0.5, 0.1]), np.tile([[0.5, 0.1], [0.52, 0.09]], (60, 1))
    assert larger_shares(share, drawn, columns=2, n=60, level=0.95)[0, 1]
    assert not larger_shares(share, drawn, columns=2, n=3, level=0.95).any()
    assert not larger_shares(share, drawn[:20], columns=2, n=60, level=0.95).any()
    assert not larger_shares(share, drawn[:0], columns=2, n=60, level=0.95).any()
    assert np.isnan(random_share(share, np.ones(2), 0.6, columns=2, n=3, level=0.95)).all()


def test_chance_is_the_critical_value_of_an_f_test():
    """Two terms of one and three columns among 50 people; R² = 0.3."""
    share, width = np.array([0.1, 0.2]), np.array([1, 3])
    found = random_share(share, width, 0.3, columns=4, n=50, level=0.95)
    f = found / width / ((0.7 + share - found) / 45)
    assert f == pytest.approx(stats.f.ppf(0.975, width, 45))
