"""Worths, ranks, homogeneity and shares at the edges, against the numbers of an independent program.

`edges_golden.json` is made by `edges_reference.py` (numpy and scipy alone, dense, all pairs in one batch), which is not
shipped; the numbers typed in below are its too, or exact tests that can be had by hand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest
from paths import SHARED_GOLDEN, needs_shared_golden
from scipy import special, stats

from obstacles.analysis.choice.choice_sets import Connectivity, connectivity, graph_of
from obstacles.analysis.inference.contributions import MeanAnswers, contributions_of
from obstacles.analysis.inference.estimate import on_display_scale
from obstacles.analysis.inference.flips import Flips, all_signs, flip
from obstacles.analysis.inference.score_homogeneity import score_homogeneity
from obstacles.analysis.inference.share_ends import finite_ends, hypergeometric_ends
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.inference.worth_answers import WorthAnswers
from obstacles.analysis.ranking.rank import rank
from obstacles.survey.answers import BestWorst, Rankings

GOLDEN = SHARED_GOLDEN / "edges" / "edges_golden.json"
FIRST = [[0]] * 9 + [[1]] * 6 + [[2]] * 3  # first choices of 18
ALWAYS = [[0, 1, 2], [0, 2, 1], [0, 1, 2], [0, 2, 1], [0, 1, 2]]
RANKINGS = (
    "1 first choices 9, 6, 3, 0",
    "2 always first, five people",
    "3 unanimous, five people",
    "4 identical answers with weights",
    "6a two items 20:10",
    "6b two items 9:1",
    "8 top 3 of 8, weights, 12 clusters",
)


def golden(name: str) -> dict[str, Any]:
    return dict(json.loads(GOLDEN.read_text(encoding="utf-8"))[name])


def ranks_of(rows: Sequence[Sequence[int]], items: int) -> np.ndarray:
    """(n, m) ranks of rows of item numbers, best first."""
    ranks = np.zeros((len(rows), items), np.int16)
    for row, order in zip(ranks, rows, strict=True):
        row[list(order)] = np.arange(1, len(order) + 1)
    return ranks


def ranked(build: Any, rows: Sequence[Sequence[int]], items: int, **design: Any) -> Any:
    study = build.study(build.rankings(ranks_of(rows, items), np.ones((len(rows), items), bool)), **design)
    return rank(study, model="plackett-luce", frequencies=False)


def all_flips(ranking: Any) -> Flips:
    found = contributions_of(ranking.estimate.answers)
    assert found is not None
    return flip(found, signs=all_signs(found.units))


def held_to(expected: dict[str, Any], ranking: Any) -> None:
    """Worths, errors, intervals, and ranks by all flips.

    The reference counts clusters and not what they weigh: intervals without what unequal ones cost, which has tests of
    its own (test_effective_units).
    """
    worths, data = expected["worths"], expected["data"]
    plain = replace(ranking.estimate, inflation=1.0)
    if "cluster" in data:
        plain = replace(plain, df=len(set(data["cluster"])) - 1)
    shown, answers = on_display_scale(plain), ranking.estimate.answers
    assert shown.value == pytest.approx(worths["worth"], rel=1e-7)
    assert shown.error / shown.value == pytest.approx(worths["log_error"], rel=1e-6)
    assert shown.low == pytest.approx(worths["low"], rel=1e-6, abs=1e-9)
    assert shown.high == pytest.approx(worths["high"], rel=1e-6)
    assert ranking.estimate.covariance == pytest.approx(np.array(worths["covariance"]), rel=1e-5, abs=1e-8)
    assert (ranking.estimate.penalty or 0) == worths["penalty"]
    assert answers.design_effect == pytest.approx(worths["design_effect"], rel=1e-7)
    if "ranks" not in expected:
        return
    flips, ranks = all_flips(ranking), expected["ranks"]
    assert flips.draws == ranks["flips"]
    assert contributions_of(answers).factor == pytest.approx(ranks["factor"], rel=1e-7)
    holds_sets(flips, ranks)
    assert flips.winner(ranking.estimate.value) == (ranks["first"], pytest.approx(ranks["winner_p"], abs=1e-9))


def holds_sets(flips: Flips, ranks: dict[str, Any]) -> None:
    m = len(flips.observed)
    assert flips.p == pytest.approx(np.array(ranks["pair_p_one_sided"]), abs=1e-9)
    found = flips.step_down(~np.eye(m, dtype=bool), 0.05)
    assert (1 + found.sum(axis=0)).tolist() == ranks["low"]
    assert (m - found.sum(axis=1)).tolist() == ranks["high"]
    for item in range(m):
        own = np.zeros((m, m), bool)
        own[item], own[:, item], own[item, item] = True, True, False
        alone = flips.step_down(own, 0.05)
        ends = 1 + int(alone[:, item].sum()), m - int(alone[item].sum())
        assert ends == (ranks["low_alone"][item], ranks["high_alone"][item])


@needs_shared_golden
@pytest.mark.parametrize("name", RANKINGS)
def test_rankings_agree_with_the_reference(build: Any, name: str) -> None:
    expected = golden(name)
    data = expected["data"]
    weight = {"weight": np.array(data["weight"])} if "weight" in data else {}
    cluster = {"cluster": np.array(data["cluster"])} if "cluster" in data else {}
    held_to(expected, ranked(build, data["rows"], data["items"], **weight, **cluster))


@needs_shared_golden
def test_best_worst_choices_agree_with_the_reference(build: Any) -> None:
    expected = golden("5 best-worst, item 4 always worst")
    tasks, m = expected["data"]["tasks"], expected["data"]["items"]
    shown = np.zeros((len(tasks), m), bool)
    for row, task in zip(shown, tasks, strict=True):
        row[task[1]] = True
    who, best, worst = (np.array([task[i] for task in tasks]) for i in (0, 2, 3))
    answers = BestWorst(build.items(m), shown, best, worst, who, np.ones(len(tasks)))
    held_to(expected, rank(build.study(answers), model="maxdiff", frequencies=False))


@needs_shared_golden
def test_ratings_agree_with_the_reference() -> None:
    expected = golden("9 ratings of nine experts")
    x = np.array(expected["data"]["ratings"])
    flips = flip(contributions_of(mean_answers(x)))
    assert flips.exact
    holds_sets(flips, expected["ranks"])
    assert flips.winner(x.mean(axis=0))[1] == pytest.approx(expected["ranks"]["winner_p"])


@needs_shared_golden
def test_homogeneity_agrees_with_the_reference(build: Any) -> None:
    expected = golden("7 homogeneity 9, 8, 3, 0 against 9, 8, 0, 3")
    rows, side = expected["data"]["rows"], np.array(expected["data"]["side"])
    sides = [worth_answers(build, [row for row, s in zip(rows, side, strict=True) if s == g], 4) for g in (0, 1)]
    units = [np.arange(20), 20 + np.arange(20)]
    for separate, name in ((True, "dealt"), (False, "flipped")):
        found = score_homogeneity(sides, units, separate=separate)
        assert found.statistic == pytest.approx(expected[name]["statistic"])
        assert found.p == pytest.approx(expected[name]["p"], abs=0.01)  # 9,999 draws of another generator


@needs_shared_golden
def test_shares_agree_with_the_reference() -> None:
    looked = 0
    for case in json.loads(GOLDEN.read_text(encoding="utf-8"))["10 shares"]:
        if case["population"] is None:
            continue
        looked += 1
        share, n, population = case["chosen"] / case["n"], case["n"], case["population"]
        left = 1 - n / population
        width = stats.t.ppf(0.975, n - 1) * np.sqrt(left / (n - 1) / max(share * (1 - share), 1e-9))
        ends = special.expit(special.logit(max(share, 1e-9)) + np.array([-width, width]))
        found = one_share(share, *ends, n=n, population=population)
        assert found == pytest.approx((case["low"], case["high"]), abs=1e-9)
    assert looked == 6


# ---- what needs no reference ---------------------------------------------------------------------------------------


def mean_answers(x: np.ndarray) -> MeanAnswers:
    n = len(x)
    sample = SurveyDesign(n, np.ones(n), None, None, None)
    return MeanAnswers(x.mean(axis=0), (x - x.mean(axis=0)) / n, np.full((n, 1), 1 / n), sample)


def worth_answers(build: Any, rows: Sequence[Sequence[int]], items: int) -> WorthAnswers:
    answers = ranked(build, rows, items).estimate.answers
    assert isinstance(answers, WorthAnswers)
    return answers


def one_share(share: float, low: float, high: float, *, n: int, population: int) -> tuple[float, float]:
    count, fraction = np.array([float(n)]), np.array([n / population])
    ends = [np.array([end]) for end in (low, high)]
    found = finite_ends(
        np.array([share]), *ends, answered=count, effective=count, fraction=fraction, equal=True, level=0.95
    )
    return float(found[0][0]), float(found[1][0])


def test_an_item_that_nobody_chose_has_the_exact_binomial_end(build: Any) -> None:
    """0 of 18: what it beats for certain left out, Clopper and Pearson's 0 to .185 of those who chose D or another."""
    found = ranked(build, FIRST, 4)
    shown = found.shown
    assert shown.low[3] == 0
    assert shown.high[3] == pytest.approx(0.1897056, abs=1e-6)
    exact = 1 - 0.025 ** (1 / 18)
    assert exact < shown.high[3] < exact + 0.01  # the design effect of 1.026 widens it
    assert shown.low[:3] == pytest.approx([0.2577192, 0.1419379, 0.0514109], abs=1e-6)
    assert shown.high[:3] == pytest.approx([0.7213755, 0.5830046, 0.4258657], abs=1e-6)
    assert (found.simultaneous.low[3], found.simultaneous.high[2]) == (3, 4)  # 3:0 is no evidence (sign test p = .25)


def test_five_who_agree_on_the_first_place_prove_nothing_and_six_may(build: Any) -> None:
    found = ranked(build, ALWAYS, 3)
    assert found.headline.kind == "flat"
    assert found.headline.winner_test.p == 2 / 2**5
    assert (found.simultaneous.low == 1).all()
    assert (found.simultaneous.high == 3).all()
    assert (found.shown.low[0], found.shown.high[0]) == (pytest.approx(0.4574651, abs=1e-6), 1.0)
    assert found.shown.high[1:] == pytest.approx([0.5425349] * 2, abs=1e-6)
    assert ranked(build, [*ALWAYS, [0, 2, 1]], 3).headline.winner_test.p == 2 / 2**6


def test_more_agreement_never_gives_less_certainty(build: Any) -> None:
    """Five who agree on everything say no less of the first place than five who agree on it alone."""
    for n in (5, 7, 12):
        always = ranked(build, [[0, 1, 2], [0, 2, 1]] * (n // 2) + [[0, 1, 2]] * (n % 2), 3)
        alike = ranked(build, [[0, 1, 2]] * n, 3)
        assert alike.headline.winner_test.p <= always.headline.winner_test.p + 1e-12
        assert (alike.simultaneous.high <= always.simultaneous.high).all()
        assert alike.shown.low[0] > always.shown.low[0]


def test_unequal_weights_do_not_make_identical_answers_certain(build: Any) -> None:
    plain = ranked(build, [[0, 1, 2]] * 12, 3)
    weighted = ranked(build, [[0, 1, 2]] * 12, 3, weight=np.tile([1, 1.5, 2], 4))
    assert weighted.shown.low[0] == pytest.approx(0.7187961, abs=1e-6)
    assert weighted.shown.high[1:] == pytest.approx([0.2812039, 0.0136535], abs=1e-6)
    assert weighted.shown.low[0] < plain.shown.low[0]


@pytest.mark.parametrize("counts", [(20, 10), (9, 1), (30, 29), (40, 0)])
def test_two_items_say_the_same_thing_twice(build: Any, counts: tuple[int, int]) -> None:
    shown = ranked(build, [[0]] * counts[0] + [[1]] * counts[1], 2).shown
    assert shown.low + shown.high[::-1] == pytest.approx([1, 1], abs=1e-9)
    assert (shown.low >= 0).all()
    assert (shown.high <= 1).all()


def test_twenty_against_ten_and_nine_against_one(build: Any) -> None:
    shown = ranked(build, [[0]] * 20 + [[1]] * 10, 2).shown
    assert (shown.low[0], shown.high[0]) == pytest.approx((0.4719026, 0.8173958), abs=1e-6)
    few = ranked(build, [[0]] * 9 + [[1]], 2)
    assert (few.shown.low[0], few.shown.high[0]) == pytest.approx((0.4215818, 0.9910821), abs=1e-6)
    assert few.headline.winner_test.p == pytest.approx(2 * stats.binom.sf(8, 10, 0.5))


def test_first_choices_are_compared_by_the_sign_test(build: Any) -> None:
    p = all_flips(ranked(build, FIRST, 4)).p
    assert p[2, 3] == 0.125  # 3:0
    assert p[0, 1] == pytest.approx(stats.binom.sf(8, 15, 0.5))  # 9:6


def test_flips_are_symmetric_exact_and_the_observed_signs_are_one_of_them() -> None:
    x = np.random.default_rng(3).normal(size=(9, 3))
    flips = flip(contributions_of(mean_answers(x)))
    assert (flips.exact, flips.draws, flips.units) == (True, 2**9, 9)
    assert flips.p[0, 1] + flips.p[1, 0] == pytest.approx(1 + 2**-9)
    assert flips.observed == pytest.approx(-flips.observed.T)
    assert flips.p.min() >= 2**-9


def test_rows_that_stand_for_several_respondents_are_flipped_one_by_one() -> None:
    x = np.array([[5.0, 1.0], [1.0, 2.0], [3.0, 3.0]])
    times = np.array([6.0, 3.0, 2.0])
    whole = np.repeat(x, times.astype(int), axis=0)
    sample = SurveyDesign(3, np.ones(3), None, None, None, times)
    mean = times @ x / 11
    counted = MeanAnswers(mean, (x - mean) * times[:, None] / 11, times[:, None] / 11, sample)
    assert flip(contributions_of(counted)).p == pytest.approx(flip(contributions_of(mean_answers(whole))).p)
    many = SurveyDesign(3, np.ones(3), None, None, None, times * 5)
    large = flip(contributions_of(MeanAnswers(mean, counted.influence, counted.share, many)))
    expected = flip(contributions_of(mean_answers(np.repeat(whole, 5, axis=0))))
    assert not large.exact
    assert large.observed == pytest.approx(expected.observed)
    assert large.p == pytest.approx(expected.p, abs=0.02)


def test_many_units_are_flipped_by_normal_multipliers() -> None:
    x = np.random.default_rng(4).normal(size=(2_100, 3)) + np.array([0.05, 0.0, 0.0])
    flips = flip(contributions_of(mean_answers(x)))
    t = stats.ttest_1samp(x[:, 0] - x[:, 1], 0, alternative="greater").pvalue
    assert flips.p[0, 1] == pytest.approx(t, abs=0.015)


def test_units_are_primary_units() -> None:
    """Everybody in a cluster answers alike: as many signs as clusters."""
    x = np.repeat(np.random.default_rng(5).normal(size=(7, 2)), 4, axis=0)
    clustered = mean_answers(x)
    sample = SurveyDesign(28, np.ones(28), None, np.repeat(np.arange(7), 4), None)
    found = contributions_of(MeanAnswers(clustered.value, clustered.influence, clustered.share, sample))
    assert found.units == 7
    assert flip(found).p == pytest.approx(flip(contributions_of(mean_answers(x[::4]))).p)


def test_missing_answers_leave_the_difference_of_means() -> None:
    x, asked = np.arange(12.0).reshape(4, 3), np.array([[1, 1, 1], [1, 1, 0], [1, 0, 1], [1, 1, 1]], bool)
    total = asked.sum(axis=0)
    mean = (x * asked).sum(axis=0) / total
    answers = MeanAnswers(
        mean, (x - mean) * asked / total, asked / total, SurveyDesign(4, np.ones(4), None, None, None)
    )
    value = contributions_of(answers).value
    first, second = np.triu_indices(3, 1)
    assert value.sum(axis=1) == pytest.approx(mean[first] - mean[second])


def test_contributions_to_worths_are_turned_by_swapping_the_two_items(build: Any) -> None:
    """Swapping items 0 and 1 in one answer turns the sign of its contribution, and leaves all others as they are."""
    rng = np.random.default_rng(6)
    rows = [list(rng.permutation(5)[:3]) for _row in range(9)]
    swapped = [list(row) for row in rows]
    swapped[0] = [{0: 1, 1: 0}.get(int(item), item) for item in rows[0]]
    one, other = (contributions_of(worth_answers(build, part, 5)).value[0] for part in (rows, swapped))
    assert other[0] == pytest.approx(-one[0])
    assert other[1:] == pytest.approx(one[1:])


def test_dealing_out_is_pearsons_test_of_first_choices(build: Any) -> None:
    sides = [[[0]] * 9 + [[1]] * 8 + [[2]] * 3, [[0]] * 9 + [[1]] * 8 + [[3]] * 3]
    answers = [worth_answers(build, rows, 4) for rows in sides]
    found = score_homogeneity(answers, [np.arange(20), 20 + np.arange(20)], separate=True)
    table = np.array([[9, 8, 3, 0], [9, 8, 0, 3]])
    pearson = stats.chi2_contingency(table, correction=False)
    assert found.statistic == pytest.approx(pearson.statistic * 39 / 40)  # n - 1 for n
    assert found.df == pearson.dof
    assert found.p == pytest.approx(0.1149, abs=0.01)  # of all tables with these margins


def test_what_nobody_chose_on_any_side_says_nothing(build: Any) -> None:
    sides = [[[0]] * 6 + [[1]] * 4, [[0]] * 3 + [[1]] * 7]
    answers = [worth_answers(build, rows, 3) for rows in sides]
    found = score_homogeneity(answers, [np.arange(10), 10 + np.arange(10)], separate=True)
    assert found.df == 1
    assert found.p == pytest.approx(stats.fisher_exact([[6, 4], [3, 7]]).pvalue, abs=0.015)


def test_a_complete_census_has_points_and_all_but_one_nearly() -> None:
    assert one_share(0.4, 0.28, 0.53, n=60, population=60) == (0.4, 0.4)
    assert one_share(0.4, 0.384, 0.416, n=60, population=61) == pytest.approx((24 / 61, 25 / 61))
    assert one_share(0.0, 0.0, 0.07, n=60, population=60) == (0.0, 0.0)
    assert one_share(0.0, 0.0, 0.07, n=50, population=60) == pytest.approx((0, 2 / 60))


def test_hypergeometric_ends_are_those_of_all_numbers_in_turn() -> None:
    for x, n, population in ((0, 5, 40), (3, 7, 12), (7, 7, 30), (5, 50, 60), (1, 2, 3)):
        possible = np.arange(x, population - n + x + 1)
        upper = possible[stats.hypergeom.cdf(x, population, possible, n) > 0.025].max()
        lower = possible[stats.hypergeom.sf(x - 1, population, possible, n) > 0.025].min()
        expected = (lower / population, upper / population)
        assert hypergeometric_ends(x, n, population, level=0.95) == pytest.approx(expected)


def test_pairs_and_the_winner_have_one_p(build: Any) -> None:
    found = ranked(build, FIRST, 4)
    p = found.pairs().p
    assert found.headline.winner_test.p == pytest.approx(np.nanmax(p[0]))
    assert p[2, 3] == p[3, 2]
    large = ranked(build, [[0, 1, 2], [1, 0, 2], [2, 1, 0], [0, 2, 1]] * 20, 3)
    assert large.headline.winner_test.p == pytest.approx(np.nanmax(large.pairs().p[0]))


def test_a_tie_weight_that_runs_off_with_a_worth_is_penalised(build: Any) -> None:
    """Item 1 is first, alone or beside item 2, for everybody: ties count both ways, so the graph is connected."""
    ranks = np.repeat([[0, 1, 2], [0, 1, 0], [0, 1, 1], [2, 1, 0]], [9, 7, 7, 2], axis=0)
    assert connectivity(ranks, np.ones(ranks.shape, bool)).strong
    found = rank(build.study(build.rankings(ranks), k=2), frequencies=False)
    assert found.estimate.penalty == 0.5
    assert found.order[0] == 1
    assert any(note.startswith("Item 1 always or never wins") for note in found.notes)
    assert found.estimate.covariance[1, 1] > 0.3  # errors of about those of the model, not of a score that never varies


def test_reachability_is_that_of_all_paths() -> None:
    rng = np.random.default_rng(7)
    for _graph in range(20):
        beats = rng.random((5, 5)) < 0.25
        by_paths = np.eye(5, dtype=bool)
        for length in range(2, 6):
            for path in permutations(range(5), length):
                if all(beats[a, b] for a, b in pairwise(path)):
                    by_paths[path[0], path[-1]] = True
        assert (graph_of(beats).reach == by_paths).all()


def test_ties_that_hide_an_order_are_no_wins() -> None:
    """Under the exact reading items of one block are not compared: 0 and 1, always together at the top, reach 2."""
    ranks, offered = np.array([[1, 1, 2], [1, 1, 2]]), np.ones((2, 3), bool)
    both: Connectivity = connectivity(ranks, offered)
    strict = connectivity(ranks, offered, strict=True)
    assert [sorted(group) for group in both.groups] == [[0, 1], [2]]
    assert [sorted(group) for group in strict.groups] == [[0], [1], [2]]


def test_worths_of_one_effective_answer_have_no_interval(build: Any) -> None:
    rows = [[0, 1, 2], [1, 2, 0], [2, 0, 1]] * 20
    found = ranked(build, rows, 3, weight=np.array([1e6] + [1.0] * 59))
    assert np.isnan(found.shown.low).all()
    assert np.isnan(found.shown.error).all()


def test_a_ranking_of_pairs_marked_together_is_open_at_both_ends(build: Any) -> None:
    """Two items that are always marked together were never compared, so each may be nearly all of the worth."""
    marked = np.array([[1, 1, 0, 0]] * 8 + [[1, 1, 1, 0]] * 3 + [[1, 1, 0, 1]] * 3)
    answers: Rankings = build.rankings(marked, selection=True)
    found = rank(build.study(answers), model="set-choice", frequencies=False)
    assert found.shown.low.tolist()[:2] == [0, 0]
    assert found.shown.high.tolist()[:2] == [1, 1]
    assert (found.shown.high[2:] < 1).all()


@pytest.mark.parametrize("seed", range(4))
def test_two_items_that_not_everybody_rated_have_intervals_that_agree(
    seed: int, build: Any, wave: Any, waves: Any
) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(1, 6, (24, 2)).astype(float)
    scores[rng.choice(24, 5, replace=False), 0] = np.nan
    scores[rng.choice(24, 2, replace=False), 1] = np.nan
    shown = rank(waves([wave(build.ratings(scores))]), model="ranked-ratings", frequencies=False).shown
    assert shown.low[0] + shown.high[1] == pytest.approx(1, abs=1e-12)
    assert shown.high[0] + shown.low[1] == pytest.approx(1, abs=1e-12)
