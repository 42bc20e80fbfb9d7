"""No winner that the data do not show: the size of the one-name headline."""

import numpy as np
import pytest
from scipy import stats

from obstacles.analysis.inference.headline import headline
from obstacles.analysis.inference.rank_sets import rank_sets
from obstacles.analysis.ranking.rank import fitted, rank

ALPHA = 0.05
PROBABILITIES = {"equal": np.full(10, 0.3), "tied": np.array([0.46, 0.46, 0.38, 0.33, 0.3, 0.28, 0.23, 0.18])}
LOG_WORTHS = {"equal": np.zeros(8), "tied": np.array([0.8, 0.8, 0, 0, -0.3, -0.5])}
SURVEYS = 300
MOST_NAMED = ALPHA + 2 * np.sqrt(ALPHA * (1 - ALPHA) / SURVEYS)  # a share that goes with a size of ALPHA


def names_one_leader(study):
    """What `rank` says of the first place, without the rest that it works out."""
    prepared, fit, _reason = fitted(study)
    df = prepared.sample.cautious_df
    sets = rank_sets(fit.estimate, df=df, draws=500)
    said = headline(fit.estimate, sets, df=df, level=1 - ALPHA)
    return said.kind == "clear" or said.could_lead == 1


@pytest.mark.parametrize("n", [50, *(pytest.param(n, marks=pytest.mark.slow) for n in (100, 325))])
@pytest.mark.parametrize("pattern", PROBABILITIES)
def test_equal_items_or_tied_leaders_are_rarely_given_one_name(build, n, pattern):
    rng = np.random.default_rng(n)
    marks = [
        (rng.random((n, len(PROBABILITIES[pattern]))) < PROBABILITIES[pattern]).astype(int) for _ in range(SURVEYS)
    ]
    named = sum(names_one_leader(build.study(build.rankings(marked, selection=True))) for marked in marks)
    assert named / SURVEYS <= MOST_NAMED


@pytest.mark.parametrize("pattern", LOG_WORTHS)
def test_rankings_of_equal_items_or_tied_leaders_are_rarely_given_one_name(build, draw, pattern):
    rng = np.random.default_rng(5)
    named = 0
    for _survey in range(SURVEYS):
        named += names_one_leader(build.study(build.rankings(draw(rng, 100, LOG_WORTHS[pattern]))))
    assert named / SURVEYS <= MOST_NAMED


def test_the_simulations_decide_as_a_ranking_does(build, draw):
    rng = np.random.default_rng(11)
    answers = [build.rankings(draw(rng, 100, log_worth)) for log_worth in ([1.5, 0, 0, 0], [0.3, 0.3, 0, 0])]
    answers.append(build.rankings((rng.random((100, 4)) < [0.8, 0.3, 0.3, 0.2]).astype(int), selection=True))
    for each in answers:
        stated = rank(build.study(each), draws=500, seed=1, frequencies=False).headline
        assert names_one_leader(build.study(each)) == (stated.kind == "clear" or stated.could_lead == 1)


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
