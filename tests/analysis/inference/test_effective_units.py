"""Few and unequal primary units: the rule by hand, and what it makes of tests and intervals."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from obstacles.analysis.inference.effective_units import effective_units
from obstacles.analysis.ranking.rank import rank


def test_equal_units_have_units_minus_strata_and_no_factor() -> None:
    for stratum in (np.zeros(20, int), np.arange(20) % 3, np.repeat([0, 1], [4, 16])):
        found = effective_units(np.full(20, 2.5), stratum)
        assert (found.factor, found.df) == (1.0, 20 - len(np.unique(stratum)))


def test_unequal_units_by_hand() -> None:
    share = np.array([0.4, 0.2, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05])
    found = effective_units(300 * share, np.zeros(8, int))
    worth, satterthwaite = 1 / 0.23, 0.23**2 / 0.027425 - 1
    assert found.factor == pytest.approx(worth / (worth - 1) * 7 / 8)
    assert found.df == pytest.approx(np.sqrt((worth - 1) * max(satterthwaite, 1)))


def test_units_without_weight_do_not_count() -> None:
    total, stratum = np.array([1.0, 2, 0, 3, 0, 4, 5, 0]), np.array([0, 0, 0, 1, 1, 1, 1, 2])
    there = total > 0
    assert effective_units(total, stratum) == effective_units(total[there], stratum[there])


def test_a_row_for_several_units_is_as_many_rows() -> None:
    total, stratum, copies = np.array([1.0, 2, 3, 4]), np.array([0, 0, 1, 1]), np.array([3.0, 1, 2, 5])
    times = copies.astype(int)
    one, each = effective_units(total, stratum, copies), effective_units(total.repeat(times), stratum.repeat(times))
    assert (one.factor, one.df) == pytest.approx((each.factor, each.df))


def test_strata_add_up() -> None:
    """Two strata of the same units have twice the degrees of freedom of one."""
    total = np.array([1.0, 2, 3, 6, 8])
    one = effective_units(total, np.zeros(5, int))
    two = effective_units(np.tile(total, 2), np.repeat([0, 1], 5))
    assert (two.factor, two.df) == pytest.approx((one.factor, 2 * one.df))


@pytest.mark.parametrize("shares", [(40, 20, 10, 10, 5, 5, 5, 5), (1,) * 8], ids=["unequal", "equal"])
def test_means_of_few_clusters_are_called_different_in_at_most_five_percent(shares: tuple[int, ...]) -> None:
    """The mean of clusters that share everything, against its true value: 8,000 samples (Monte Carlo error 0.24 %)."""
    rng, u, runs = np.random.default_rng(1), len(shares), 8_000
    w = np.array(shares) / sum(shares)
    y = rng.normal(size=(runs, u))
    mean = y @ w
    apart = w * (y - mean[:, None])
    variance = u / (u - 1) * ((apart - apart.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    of = effective_units(w, np.zeros(u, int))
    false = np.mean(np.abs(mean) / np.sqrt(of.factor * variance) > stats.t.ppf(0.975, of.df))
    assert false <= 0.055
    if len(set(shares)) > 1:
        plain = np.mean(np.abs(mean) / np.sqrt(variance) > stats.t.ppf(0.975, u - 1))
        assert plain > 0.10


def test_no_first_place_from_a_few_unequal_clusters(build: Any) -> None:
    """One cluster of half of the people says a, the others are of two minds."""
    ranks = np.array([[1, 2, 3]] * 60 + [[2, 1, 3], [1, 2, 3]] * 20)
    cluster = np.concatenate([np.zeros(60, int), 1 + np.arange(40) // 10])
    found = rank(build.study(build.rankings(ranks), cluster=cluster), draws=2_000, frequencies=False)
    assert found.headline.kind != "clear"
    assert found.estimate.df < 2
