"""Several differences at once: the statistic, its degrees of freedom, and when there is no test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from obstacles.analysis.inference.wald import several_df, wald

A = np.array([[2.0, 0.3], [0.3, 1.0]])
B = np.array([[0.5, 0.1], [0.1, 0.8]])


def test_one_sample_is_hotellings_test() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(0.2, 1, (20, 3))
    mean, covariance = x.mean(axis=0), np.cov(x.T) / 20
    found = wald("", "", mean, covariance, [covariance], [19.0])
    assert found is not None
    t2 = mean @ np.linalg.solve(covariance, mean)
    assert found.statistic == pytest.approx(t2 * 17 / (3 * 19), rel=1e-12)
    assert found.df == (3.0, 17.0)
    assert found.p == pytest.approx(stats.f.sf(t2 * 17 / 57, 3, 17), rel=1e-12)


def test_two_samples_lie_half_way_to_the_smaller() -> None:
    shares = [np.linalg.solve(A + B, part) for part in (A, B)]
    below = sum((np.trace(s @ s) + np.trace(s) ** 2) / df for s, df in zip(shares, (11, 300), strict=True))
    assert several_df(A + B, [A, B], [11, 300]) == pytest.approx((11 + 6 / below) / 2, rel=1e-12)
    assert several_df(A + B, [A, B], [11, 300], 12.5) == 12.5


def test_one_difference_has_the_fewest_of_the_samples_that_add_to_it() -> None:
    one, none = np.array([[0.4]]), np.zeros((1, 1))
    assert several_df(2 * one, [one, one], [30, 11]) == 11
    assert several_df(one, [one, none], [30, 11]) == 30
    assert several_df(2 * one, [one, one], [np.inf, np.inf]) == np.inf


def test_a_sample_with_fewer_units_than_differences_has_no_test() -> None:
    assert wald("", "", np.ones(2), A + B, [A, B], [1.0, 300.0]) is None
    assert wald("", "", np.ones(2), A + B, [A, B], [2.0, 300.0]) is not None


def test_known_covariances_give_chi_square() -> None:
    found = wald("", "", np.ones(2), A, [A], [np.inf])
    assert found is not None
    assert found.df == (2.0,)
    assert found.p == pytest.approx(stats.chi2.sf(np.ones(2) @ np.linalg.solve(A, np.ones(2)), 2), rel=1e-12)
