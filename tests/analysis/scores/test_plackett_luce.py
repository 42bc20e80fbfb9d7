"""Plackett-Luce against R (PlackettLuce, survival, survey), choix, and its own slow definition."""

import json
from itertools import permutations

import choix
import numpy as np
import pytest
from paths import SHARED_GOLDEN, needs_shared_golden

from obstacles.analysis.choice.choice_sets import choice_counts, choices
from obstacles.analysis.choice.plackett_luce_fit import fit_counts, refit, scores
from obstacles.analysis.inference.survey_design import sample_of
from obstacles.analysis.inference.worth_answers import PSEUDO
from obstacles.analysis.prepare import ModelError, prepare
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.scores.plackett_luce import plackett_luce
from obstacles.survey.study import Design


def counts_of(ranks, offered=None, weight=None):
    ranks = np.asarray(ranks, np.int16)
    offered = np.ones(ranks.shape, bool) if offered is None else offered
    return choice_counts(choices(ranks, offered), np.ones(len(ranks)) if weight is None else weight)


def centred(coefficients):
    values = np.array(list(coefficients.values()))
    return values - values.mean()


@pytest.mark.parametrize(("case", "pseudo"), [("full_npseudo0", 0.0), ("full_npseudo.5", PSEUDO)])
def test_full_rankings_agree_with_r(golden, case, pseudo):
    r = golden("synth.json")[case]
    fit = fit_counts(counts_of(golden("synth_full.csv")[:, 6:]), pseudo=pseudo)
    assert fit.log_worth == pytest.approx(centred(r["coef"]), abs=1e-10)
    assert fit.log_likelihood == pytest.approx(r["logLik"], abs=1e-8)


def test_model_covariance_agrees_with_r(golden):
    r = golden("synth.json")["full_npseudo0"]
    fit = fit_counts(counts_of(golden("synth_full.csv")[:, 6:]))
    assert fit.inverse == pytest.approx(np.array(r["vcov_sumzero"]["values"]), abs=1e-12)


def test_sub_rankings_agree_with_r(golden):
    ranks = golden("synth_sub.csv").astype(np.int16)
    r = golden("synth.json")["sub_npseudo0"]
    fit = fit_counts(counts_of(ranks, ranks > 0))
    assert fit.log_worth == pytest.approx(centred(r["coef"]), abs=1e-9)
    assert fit.log_likelihood == pytest.approx(r["logLik"], abs=1e-8)


def test_top_three_agrees_with_clogit_on_the_exploded_answers(golden):
    ranks = golden("synth_full.csv")[:, 6:]
    r = golden("synth.json")["top3"]
    fit = fit_counts(counts_of(np.where(ranks <= 3, ranks, 0)))
    assert fit.log_worth == pytest.approx(centred({"A": 0.0} | r["coef"]), abs=1e-9)
    assert fit.log_likelihood == pytest.approx(r["logLik"], abs=1e-8)


def test_item_that_always_loses_gets_the_penalty_of_r(golden, build):
    ranks = golden("pl_disconnected_ranks.csv").astype(np.int16)
    r = golden("pl_disconnected.json")["npseudo0.5"]
    estimate = plackett_luce(prepare(build.study(build.rankings(ranks, ranks > 0)).wave(), k=3)).estimate
    assert estimate.penalty == PSEUDO
    assert estimate.value == pytest.approx(centred(r["coef_log_sumzero"]), abs=1e-9)
    assert estimate.log_likelihood == pytest.approx(r["logLik"], abs=1e-9)
    assert any("Item 3" in note for note in estimate.notes)


def test_design_based_errors_agree_with_svycoxph(golden, build):
    data = golden("synth_full.csv")
    r = golden("synth.json")["design_full"]
    study = build.study(
        build.rankings(data[:, 6:]), weight=data[:, 3], stratum=data[:, 4].astype(int), cluster=data[:, 5].astype(int)
    )
    estimate = plackett_luce(prepare(study.wave(), k=3)).estimate
    contrast = np.eye(7)[1:] - np.eye(7)[0]
    error = np.sqrt(np.diag(contrast @ estimate.covariance @ contrast.T))
    assert contrast @ estimate.value == pytest.approx(list(r["coef"].values()), abs=2e-8)  # coxph stops at 1e-9
    assert error == pytest.approx(list(r["se"].values()), rel=1e-8)
    assert prepare(study.wave(), k=3).sample.df == 21


def test_weighted_estimates_agree_with_r_and_its_errors_are_those_of_frequencies(golden):
    """PlackettLuce reads weights as frequencies: so does the engine's inverse information, which is not the default."""
    data, r = golden("synth_full.csv"), golden("synth.json")["full_weighted"]
    fit = fit_counts(counts_of(data[:, 6:], None, data[:, 3]))
    assert fit.log_worth == pytest.approx(centred(r["coef"]), abs=1e-8)
    assert fit.log_likelihood == pytest.approx(r["logLik"], abs=1e-7)
    assert fit.inverse == pytest.approx(np.array(r["vcov_sumzero"]["values"]), rel=1e-7, abs=1e-12)


def test_sub_rankings_with_pseudo_rankings_agree_with_r(golden):
    ranks = golden("synth_sub.csv").astype(np.int16)
    r = golden("synth.json")["sub_npseudo.5"]
    fit = fit_counts(counts_of(ranks, ranks > 0), pseudo=PSEUDO)
    assert fit.log_worth == pytest.approx(centred(r["coef"]), abs=1e-8)
    assert fit.log_likelihood == pytest.approx(r["logLik"], abs=1e-8)


def test_design_based_errors_of_the_top_three_agree_with_svycoxph(golden, build):
    data, r = golden("synth_full.csv"), golden("synth.json")["design_top3"]
    ranks = np.where(data[:, 6:] <= 3, data[:, 6:], 0)
    design = {"weight": data[:, 3], "stratum": data[:, 4].astype(int), "cluster": data[:, 5].astype(int)}
    estimate = plackett_luce(prepare(build.study(build.rankings(ranks), k=3, **design).wave(), k=3)).estimate
    c = np.eye(7)[1:] - np.eye(7)[0]
    assert c @ estimate.value == pytest.approx(list(r["coef"].values()), abs=2e-8)
    assert c @ estimate.covariance @ c.T == pytest.approx(np.array(r["vcov"]["values"]), rel=1e-7)


def test_likelihoods_of_two_groups_give_r_its_homogeneity_test(golden):
    data, r = golden("synth_full.csv"), golden("synth.json")["homogeneity"]
    ranks, group = data[:, 6:], data[:, 2] == 1
    parts = [fit_counts(counts_of(ranks[rows])) for rows in (group, ~group)]
    ratio = 2 * (sum(part.log_likelihood for part in parts) - fit_counts(counts_of(ranks)).log_likelihood)
    assert ratio == pytest.approx(r["LR"], abs=1e-7)
    assert parts[0].log_worth == pytest.approx(centred(r["g1"]["coef"]), abs=1e-8)


@needs_shared_golden
def test_salad_dressings_agree_with_r():
    ranks = np.loadtxt(SHARED_GOLDEN / "pl_salad.csv", delimiter=",", skiprows=1)
    r = json.loads((SHARED_GOLDEN / "pl_salad.json").read_text())["PL"]
    fit = fit_counts(counts_of(ranks), pseudo=PSEUDO)
    plain = fit_counts(counts_of(ranks))
    coefficients = centred(r["coef"])
    closest = min((fit, plain), key=lambda one: np.abs(one.log_worth - coefficients).max())
    assert closest.log_worth == pytest.approx(coefficients, abs=2e-6)
    assert closest.log_likelihood == pytest.approx(r["logLik"], abs=1e-6)


def test_worths_agree_with_choix(draw):
    rng = np.random.default_rng(3)
    ranks = draw(rng, 400, np.linspace(1, -1, 8))
    orders = [tuple(int(i) for i in np.argsort(row)) for row in ranks]
    peer = choix.ilsr_rankings(8, orders)
    assert fit_counts(counts_of(ranks)).log_worth == pytest.approx(peer - peer.mean(), abs=1e-8)


def test_likelihood_is_the_product_over_stages():
    """The slow definition, for every top-2 ranking of four items of which three were offered."""
    t = np.array([0.4, -0.1, 0.3, -0.6])
    t -= t.mean()
    looped = 0
    for first, second in permutations([0, 1, 3], 2):
        ranks = np.zeros((1, 4), np.int16)
        ranks[0, [first, second]] = 1, 2
        offered = np.array([[True, True, False, True]])
        counts = choice_counts(choices(ranks, offered), np.ones(1))
        left = [i for i in (0, 1, 3) if i != first]
        slow = t[first] - np.log(np.exp(t[[0, 1, 3]]).sum()) + t[second] - np.log(np.exp(t[left]).sum())
        fast = counts.chosen @ t - counts.faced @ np.log(counts.sets @ np.exp(t))
        assert fast == pytest.approx(slow, abs=1e-12)
        looped += 1
    assert looped == 6


def test_scores_are_the_gradient_of_each_ranking():
    rng = np.random.default_rng(5)
    ranks = np.argsort(np.argsort(rng.random((6, 5)), axis=1), axis=1) + 1
    ranks = np.where(ranks <= 3, ranks, 0).astype(np.int16)
    offered = np.ones(ranks.shape, bool)
    offered[2, np.flatnonzero(ranks[2] == 0)[0]] = False
    read, t = choices(ranks, offered), rng.normal(size=5)
    gradient = np.empty((6, 5))
    for i in range(6):
        alone = choice_counts(choices(ranks[[i]], offered[[i]]), np.ones(1))
        for j in range(5):
            ends = []
            for sign in (1, -1):
                moved = t + sign * 1e-6 * np.eye(5)[j]
                ends.append(alone.chosen @ moved - alone.faced @ np.log(alone.sets @ np.exp(moved)))
            gradient[i, j] = (ends[0] - ends[1]) / 2e-6
    assert scores(read, t) == pytest.approx(gradient, abs=1e-8)


@pytest.mark.parametrize("m", [17, 40, 70])
def test_many_items_give_the_same_as_few(draw, m):
    """Above 16 and above 63 items the sets are kept in other ways; unranked items added to few must not matter."""
    rng = np.random.default_rng(m)
    ranks = draw(rng, 60, np.zeros(6)).astype(np.int16)
    wide, offered = np.zeros((60, m), np.int16), np.zeros((60, m), bool)
    wide[:, m - 6 :], offered[:, m - 6 :] = ranks, True
    few, many = counts_of(ranks), counts_of(wide, offered)
    assert many.chosen[m - 6 :] == pytest.approx(few.chosen)
    assert sorted(zip(map(tuple, many.sets[:, m - 6 :]), many.faced, strict=True)) == sorted(
        zip(map(tuple, few.sets), few.faced, strict=True)
    )


def test_influence_is_the_jackknife(draw, build):
    rng = np.random.default_rng(1)
    ranks = draw(rng, 150, np.array([0.8, 0.3, 0, -0.4, -0.7]))
    weight = rng.uniform(0.5, 2, 150)
    fit = plackett_luce(prepare(build.study(build.rankings(ranks), weight=weight).wave(), k=3)).estimate
    jackknife = np.array(
        [
            fit.value - fit_counts(counts_of(np.delete(ranks, i, 0), None, np.delete(weight, i))).log_worth
            for i in range(150)
        ]
    )
    correlation = np.corrcoef(jackknife.ravel(), fit.influence.ravel())[0, 1]
    assert correlation > 0.999
    variance = 149 / 150 * ((jackknife - jackknife.mean(axis=0)) ** 2).sum(axis=0)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(np.sqrt(variance), rel=0.03)


def test_weight_two_is_the_row_written_twice_and_count_two_also_its_errors(draw, build):
    rng = np.random.default_rng(2)
    ranks = draw(rng, 40, np.zeros(4))
    twice = np.r_[ranks, ranks[:10]]
    weight = np.r_[np.full(10, 2.0), np.ones(30)]
    by_weight = plackett_luce(prepare(build.study(build.rankings(ranks), weight=weight).wave(), k=3)).estimate
    by_rows = plackett_luce(prepare(build.study(build.rankings(twice)).wave(), k=3)).estimate
    by_count = fit_counts(counts_of(ranks, None, weight))
    assert by_weight.value == pytest.approx(by_rows.value, abs=1e-9)
    assert by_count.inverse == pytest.approx(fit_counts(counts_of(twice)).inverse, abs=1e-12)


def test_scaling_weights_changes_nothing_pseudo_rankings_included(draw, build):
    rng = np.random.default_rng(4)
    ranks = draw(rng, 60, np.array([0.5, 0, -0.5]))
    ranks = np.column_stack([ranks, np.full(60, 4)])  # the last item always loses
    weight = rng.uniform(0.5, 2, 60)
    one, ten = (
        plackett_luce(prepare(build.study(build.rankings(ranks), weight=w).wave(), k=3)).estimate
        for w in (weight, 10 * weight)
    )
    assert one.penalty == PSEUDO
    assert one.value == pytest.approx(ten.value, abs=1e-10)
    assert one.covariance == pytest.approx(ten.covariance, abs=1e-10)


def test_equal_weights_reproduce_the_unweighted_robust_errors(draw, build):
    ranks = draw(np.random.default_rng(6), 80, np.zeros(4))
    plain, equal = (
        plackett_luce(prepare(build.study(build.rankings(ranks), weight=w).wave(), k=3)).estimate
        for w in (None, np.full(80, 3.5))
    )
    assert equal.covariance == pytest.approx(plain.covariance, abs=1e-14)
    assert equal.tests == plain.tests


def test_renaming_items_renames_the_results(draw, build):
    ranks = draw(np.random.default_rng(8), 80, np.array([1.0, 0, 0.5, -1]))
    turn = np.array([2, 0, 3, 1])
    one = rank(build.study(build.rankings(ranks)), draws=2000)
    other = rank(build.study(build.rankings(ranks[:, turn])), draws=2000)
    assert other.estimate.value == pytest.approx(one.estimate.value[turn], abs=1e-10)
    assert other.rank.tolist() == one.rank[turn].tolist()


def test_sets_never_compared_are_refused_by_name(build):
    ranks = np.array([[1, 2, 0, 0], [2, 1, 0, 0], [0, 0, 1, 2], [0, 0, 2, 1]] * 5)
    with pytest.raises(ModelError, match="No answer compares Item 0, Item 1 with Item 2, Item 3"):
        rank(build.study(build.rankings(ranks, ranks > 0)))


def test_gaps_keep_the_order():
    assert counts_of([[1, 2, 4], [5, 1, 9]]).chosen.tolist() == counts_of([[1, 2, 3], [2, 1, 3]]).chosen.tolist()


def test_batched_refits_are_the_single_fits(draw, build):
    rng = np.random.default_rng(9)
    ranks = draw(rng, 50, np.array([0.6, 0.2, 0, -0.8]))
    answers = build.rankings(ranks)
    sample = sample_of(Design(), 50)
    read = choices(answers.ranks, answers.offered)
    fit = fit_counts(choice_counts(read, sample.weight))
    weights = rng.multinomial(50, np.full(50, 0.02), 20).astype(float)
    together = refit(read, weights, fit)
    alone = np.array([fit_counts(choice_counts(read, w)).log_worth for w in weights])
    assert together == pytest.approx(alone, abs=1e-7)
