"""Tiers and pairs that cannot be told apart are read off the pairwise tests."""

from itertools import pairwise

import numpy as np

from obstacles.analysis.inference.rank_sets import RankSets
from obstacles.analysis.inference.tiers import not_told_apart, tiers
from obstacles.analysis.ranking.rank import rank


def sets_of(separated, low=None):
    separated = np.array(separated, bool)
    m = len(separated)
    low = np.ones(m, int) if low is None else np.array(low)
    return RankSets(low, np.full(m, m), 0.95, True, separated, 0, np.inf)


def test_a_line_needs_every_pair_across_it():
    separated = [[0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 0]]
    assert tiers(sets_of(separated), np.arange(4)) == ((0, 1, 2), (3,))


def test_everything_separated_gives_single_items_in_their_order():
    order = np.array([2, 0, 1])
    separated = np.zeros((3, 3), bool)
    separated[2, [0, 1]] = separated[0, 1] = True
    assert tiers(sets_of(separated), order) == ((2,), (0,), (1,))


def test_nothing_separated_is_one_tier():
    assert tiers(sets_of(np.zeros((3, 3))), np.arange(3)) == ((0, 1, 2),)


def test_an_item_without_a_rank_set_is_in_no_tier_and_no_pair():
    sets = sets_of(np.zeros((3, 3)), low=[1, 0, 1])
    assert tiers(sets, np.arange(3)) == ((0, 2),)
    assert not_told_apart(sets).tolist() == [[False, False, True], [False, False, False], [True, False, False]]


def test_tiers_of_a_ranking_are_runs_of_its_order(build, draw):
    ranks = draw(np.random.default_rng(3), 300, np.array([1.2, 1.1, 0.0, -0.1, -1.5]))
    ranking = rank(build.study(build.rankings(ranks)), draws=5_000, frequencies=False)
    found = tiers(ranking.simultaneous, ranking.order)
    assert found == ((0, 1), (2, 3), (4,))
    assert [i for tier in found for i in tier] == ranking.order.tolist()
    apart = not_told_apart(ranking.simultaneous)
    for upper, lower in pairwise(found):
        assert not apart[np.ix_(upper, lower)].any()
