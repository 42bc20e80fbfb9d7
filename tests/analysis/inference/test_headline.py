"""No winner that the data do not show: the size of the one-name headline."""

import numpy as np
import pytest
from scipy import stats

from obstacles.analysis.ranking.rank import rank


def one_name_rate(build, probability, n, surveys, seed):
    rng = np.random.default_rng(seed)
    named = 0
    for _survey in range(surveys):
        marked = (rng.random((n, len(probability))) < probability).astype(np.int16)
        found = rank(build.study(build.rankings(marked, selection=True)), draws=500, frequencies=False)
        named += found.headline.kind == "clear" or found.headline.could_lead == 1
    return named / surveys


@pytest.mark.parametrize("n", [50, 100, 325])
@pytest.mark.parametrize(
    "probability", [np.full(10, 0.3), np.array([0.46, 0.46, 0.38, 0.33, 0.3, 0.28, 0.23, 0.18])], ids=["equal", "tied"]
)
def test_equal_items_or_tied_leaders_are_rarely_given_one_name(build, n, probability):
    rate = one_name_rate(build, probability, n, 300, n)
    assert rate <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)


@pytest.mark.parametrize("log_worth", [np.zeros(8), np.array([0.8, 0.8, 0, 0, -0.3, -0.5])], ids=["equal", "tied"])
def test_rankings_of_equal_items_or_tied_leaders_are_rarely_given_one_name(build, draw, log_worth):
    rng = np.random.default_rng(5)
    named = 0
    for _survey in range(300):
        found = rank(build.study(build.rankings(draw(rng, 100, log_worth))), draws=500, frequencies=False)
        named += found.headline.kind == "clear" or found.headline.could_lead == 1
    assert named / 300 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)


def test_single_choices_are_decided_by_the_exact_binomial(build):
    counts = np.array([40, 24, 20, 9])
    single = build.rankings(np.eye(4), selection=True, count=counts)
    test = rank(build.study(single), frequencies=False).headline.winner_test
    assert test.p == pytest.approx(stats.binomtest(40, 64).pvalue)
    assert test.df == ()
    assert test.note == "exact binomial"


def test_a_clear_leader_is_named(build, draw):
    ranks = draw(np.random.default_rng(0), 300, np.array([2.0, 0, 0, -0.2]))
    found = rank(build.study(build.rankings(ranks)), draws=2000)
    assert found.headline.kind == "clear"
    assert found.headline.leaders == (0,)
    assert found.headline.winner_test.p < 0.05


def test_two_leaders_share_the_headline(build, draw):
    ranks = draw(np.random.default_rng(3), 600, np.array([2.0, 2.0, 0, 0, -1]))
    found = rank(build.study(build.rankings(ranks)), draws=2000)
    assert found.headline.kind == "shared"
    assert sorted(found.headline.leaders) == [0, 1]


def test_equal_items_are_flat(build, draw):
    found = rank(build.study(build.rankings(draw(np.random.default_rng(5), 80, np.zeros(9)))), draws=2000)
    assert found.headline.kind == "flat"
    assert found.headline.leaders == ()


def test_answers_without_order_give_nothing(build):
    found = rank(build.study(build.rankings(np.ones((30, 4)), selection=True)))
    assert found.headline.kind == "nothing"


def test_first_in_the_sample_and_among_the_first_three(build):
    rng = np.random.default_rng(7)
    marked = rng.random((400, 9)) < np.array([0.55, 0.5, 0.49, 0.2, 0.2, 0.2, 0.1, 0.1, 0.1])
    found = rank(build.study(build.rankings(marked, selection=True)), draws=2000)
    assert found.headline.kind == "among"
    assert found.headline.worst_rank == 3
