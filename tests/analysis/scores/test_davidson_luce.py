"""Ties of any order against R's PlackettLuce, their definition, and each other's engines."""

import json
from itertools import combinations

import numpy as np
import pytest
from paths import SHARED_GOLDEN, needs_shared_golden
from scipy.special import comb

import obstacles.analysis.choice.tied_sets
from obstacles.analysis.choice.tied_choices import observed_orders, tied_choices, tied_counts
from obstacles.analysis.choice.tied_sets import expectation, subset_sums, superset_sums, symmetric
from obstacles.analysis.prepare import ModelError, prepare
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.scores.davidson_luce import fit_tied, null_log_likelihood, refit_tied, tied_scores
from obstacles.analysis.scores.plackett_luce import plackett_luce


def read(ranks, *, places=None, weight=None):
    ranks = np.asarray(ranks, np.int16)
    answers = tied_choices(ranks, np.ones(ranks.shape, bool), places=places)
    orders = observed_orders(answers)
    return answers, tied_counts(answers, np.ones(len(ranks)) if weight is None else weight, orders)


@pytest.mark.parametrize(("case", "pseudo"), [("tied_npseudo0", 0.0), ("tied_npseudo.5", 0.5)])
def test_ties_of_up_to_six_agree_with_r(golden, case, pseudo):
    r = golden("synth.json")[case]
    coefficients = np.array(list(r["coef"].values()))
    fit = fit_tied(read(golden("synth_tied.csv"))[1], pseudo=pseudo)
    assert fit.log_worth == pytest.approx(coefficients[:7] - coefficients[:7].mean(), abs=1e-9)
    assert fit.log_tie == pytest.approx(coefficients[7:], abs=1e-9)
    assert fit.log_likelihood == pytest.approx(r["logLik"], abs=1e-8)


def test_model_covariance_of_worths_and_ties_agrees_with_r(golden):
    r = np.array(golden("synth.json")["tied_npseudo0"]["vcov_sumzero"]["values"])
    assert fit_tied(read(golden("synth_tied.csv"))[1]).inverse == pytest.approx(r, rel=1e-7, abs=1e-10)


def test_recursion_for_many_items_equals_the_lattice(golden, monkeypatch):
    answers, counts = read(golden("synth_tied.csv"))
    lattice = fit_tied(counts)
    monkeypatch.setattr(obstacles.analysis.choice.tied_sets, "TABLE_ITEMS", 3)
    recursion = fit_tied(counts)
    assert recursion.log_worth == pytest.approx(lattice.log_worth, abs=1e-9)
    assert recursion.inverse == pytest.approx(lattice.inverse, abs=1e-9)
    assert tied_scores(answers, recursion) == pytest.approx(tied_scores(answers, lattice), abs=1e-8)


def test_sum_over_blocks_is_the_enumeration():
    """The slow definition, with a limit on the size of the block."""
    _answers, counts = read([[1, 1, 2, 2, 3], [1, 2, 2, 2, 0], [3, 1, 2, 4, 5]], places=4)
    rng = np.random.default_rng(0)
    theta = rng.normal(size=5 + len(counts.orders) - 1)
    found = expectation(theta, counts)
    for row in range(len(counts.sets)):
        members, total = np.flatnonzero(counts.sets[row]), 0.0
        for size in counts.orders:
            if size <= counts.largest[row]:
                tie = theta[5 + counts.orders.index(size) - 1] if size > 1 else 0.0
                total += sum(np.exp(tie + theta[list(block)].mean()) for block in combinations(members, size))
        assert found.log_total[row] == pytest.approx(np.log(total))
    assert len(counts.sets) >= 4


def test_a_block_never_overruns_the_places_left():
    answers, _counts = read([[1, 2, 2, 0]], places=3)
    assert answers.largest[answers.faced[:, 0]].tolist() == [3, 2]


def test_rankings_without_ties_give_plackett_luce(draw, build):
    ranks = draw(np.random.default_rng(0), 60, np.array([0.5, 0, -0.5, 0.2]))
    plain = plackett_luce(prepare(build.study(build.rankings(ranks)).wave(), k=3)).estimate
    fit = fit_tied(read(ranks)[1])
    assert fit.log_worth == pytest.approx(plain.value, abs=1e-9)
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-9)


def test_scores_sum_to_zero_at_the_maximum_and_influence_is_the_jackknife(golden, build):
    ranks = golden("synth_tied.csv")
    estimate = plackett_luce(prepare(build.study(build.rankings(ranks)).wave(), k=3)).estimate
    assert estimate.influence.sum(axis=0) == pytest.approx(np.zeros(7), abs=1e-8)
    orders = observed_orders(read(ranks)[0])
    left_out = []
    for i in range(0, len(ranks), 10):
        answers = tied_choices(np.delete(ranks, i, 0).astype(np.int16), np.ones((len(ranks) - 1, 7), bool))
        left_out.append(estimate.value - fit_tied(tied_counts(answers, np.ones(len(ranks) - 1), orders)).log_worth)
    assert np.corrcoef(np.ravel(left_out), estimate.influence[::10].ravel())[0, 1] > 0.998


@needs_shared_golden
@pytest.mark.parametrize(
    ("case", "pseudo", "weight"),
    [
        ("npseudo0_BFGS", 0.0, None),
        ("npseudo0.5_BFGS", 0.5, None),
        ("weighted_2_1_1_3_1_1_npseudo0.5", 0.5, [2.0, 1, 1, 3, 1, 1]),
    ],
)
def test_fruit_with_ties_of_three_agrees_with_r(case, pseudo, weight):
    ranks = np.loadtxt(SHARED_GOLDEN / "pl_fruit_ranks.csv", delimiter=",", skiprows=1).astype(np.int16)
    r = json.loads((SHARED_GOLDEN / "pl_fruit.json").read_text())[case]
    answers = tied_choices(ranks, ranks > 0)
    weight = np.ones(len(ranks)) if weight is None else np.array(weight)
    counts = tied_counts(answers, weight, observed_orders(answers))
    fit = fit_tied(counts, pseudo=pseudo)
    coefficients = np.array(list(r["coef_log_sumzero"].values()))
    tolerance = 2e-6 if pseudo else 5e-5  # R's optimiser stops earlier
    assert fit.log_worth == pytest.approx(coefficients[:4], abs=tolerance)
    assert fit.log_tie == pytest.approx(coefficients[4:], abs=tolerance)
    assert fit.log_likelihood == pytest.approx(r["logLik"], abs=1e-8)
    if not pseudo:  # R's errors leave the pseudo-rankings out
        assert fit.inverse == pytest.approx(np.array(r["vcov_sumzero"]["values"]), rel=2e-4, abs=1e-5)


def test_null_likelihood_frees_the_tie_weights_only(golden):
    """With d = 1 it is R's, where all alternatives are equal; free tie weights can only raise it."""
    r = golden("synth.json")["tied_npseudo0"]
    _answers, counts = read(golden("synth_tied.csv"))
    ways = comb(counts.sets.sum(axis=1)[:, None], np.array(counts.orders)) * (counts.largest[:, None] >= counts.orders)
    assert -counts.faced @ np.log(ways.sum(axis=1)) == pytest.approx(r["null"], rel=1e-9)
    assert r["null"] < null_log_likelihood(counts) < r["logLik"]


def test_batched_refits_are_the_single_fits(golden):
    ranks = golden("synth_tied.csv")
    answers, counts = read(ranks)
    rng = np.random.default_rng(1)
    weights = rng.exponential(size=(8, len(ranks)))
    for pseudo in (0.0, 0.5):
        fit = fit_tied(counts, pseudo=pseudo)
        together = refit_tied(answers, weights, fit)
        alone = [fit_tied(tied_counts(answers, row, counts.orders), pseudo=pseudo).log_worth for row in weights]
        assert together == pytest.approx(np.array(alone), abs=1e-7)


def test_a_replicate_without_an_order_keeps_its_tie_weight():
    """Leaving out the only tie of three: finite worths, near those of the whole."""
    rng = np.random.default_rng(2)
    ranks = np.argsort(np.argsort(rng.gumbel(size=(80, 4)), axis=1), axis=1) + 1
    ranks[:20, :2] = 1
    ranks[0, :3] = 1
    answers, counts = read(ranks)
    assert counts.orders == (1, 2, 3)
    fit = fit_tied(counts)
    weights = np.ones((1, 80))
    weights[0, 0] = 0
    found = refit_tied(answers, weights, fit)
    assert np.isfinite(found).all()
    assert found[0] == pytest.approx(fit.log_worth, abs=0.15)


def test_ties_larger_than_declared_or_past_the_last_place_are_refused(build):
    from dataclasses import replace

    ranks = [[1, 2, 2, 0], [1, 1, 1, 2], [2, 1, 3, 0], [1, 2, 3, 4], [4, 3, 2, 1]] * 3
    study = build.study(build.rankings(ranks))

    def declared(**question):
        wave = study.wave()
        return replace(study, waves=(replace(wave, question=replace(wave.question, **question)),))

    assert rank(declared(largest_tie=3), draws=1000).model == "plackett-luce"
    with pytest.raises(ModelError, match=r"3 rankings have a tie that is larger than the question allows"):
        rank(declared(largest_tie=2))
    top = build.study(build.rankings([[1, 2, 2, 0], [2, 1, 0, 0], [0, 1, 2, 0], [0, 0, 1, 2]] * 4), k=2)
    with pytest.raises(ModelError, match="4 rankings have a tie"):
        rank(top)
    wave = top.wave()
    overrun = replace(top, waves=(replace(wave, question=replace(wave.question, ties_overrun=True)),))
    assert rank(overrun, draws=1000).estimate.log_likelihood < 0


def test_ignoring_the_places_left_would_change_the_tie_weight(draw):
    """Top-2 answers with ties: a block of two does not fit once a place is filled."""
    rng = np.random.default_rng(3)
    ranks = draw(rng, 400, np.array([1.0, 0.5, 0, -0.5, -1]))
    tied = rng.random(400) < 0.25
    ranks = np.where(tied[:, None] & (ranks == 2), 1, ranks)
    ranks = np.where(ranks <= np.where(tied, 1, 2)[:, None], ranks, 0)
    limited, free = (fit_tied(read(ranks, places=places)[1]) for places in (2, None))
    assert limited.log_tie[0] > free.log_tie[0] + 0.1


def test_where_every_place_is_shared_the_smallest_tie_has_weight_one(build):
    """Pairs of four: the choice of one of six pairs, by the root of the product of worths."""
    ranks = [[1, 1, 2, 2]] * 5 + [[2, 2, 1, 1]] * 2 + [[1, 2, 2, 1]] * 3 + [[2, 1, 1, 2]] * 2 + [[1, 2, 1, 2]] * 2
    found = rank(build.study(build.rankings(ranks)), draws=1000, frequencies=False)
    assert found.estimate.parameters == {}
    pairs = list(combinations(range(4), 2))
    t = found.estimate.value
    chance = np.exp([t[list(pair)].mean() for pair in pairs])
    chance /= chance.sum()
    expected = [sum(p for p, pair in zip(chance, pairs, strict=True) if i in pair) for i in range(4)]
    assert expected == pytest.approx((np.array(ranks) == 1).mean(axis=0), abs=1e-8)


def test_everything_tied_says_nothing_and_is_no_error(build):
    found = rank(build.study(build.rankings(np.ones((9, 3)))), draws=1000)
    assert found.headline.kind == "nothing"
    assert found.shown.value == pytest.approx(np.full(3, 1 / 3))
    assert any("ties all items" in note for note in found.notes)


def test_ties_top_k_sub_rankings_weights_and_penalty_are_one_likelihood(build):
    """All at once against the slow definition, maximised by scipy."""
    from scipy import optimize

    rng = np.random.default_rng(4)
    n, m, places = 40, 5, 3
    score = np.round(rng.gumbel(size=(n, m)) + np.linspace(0.8, -0.8, m), 0)
    offered = rng.random((n, m)) < 0.85
    offered[:, :2] = True
    ranks = np.zeros((n, m), np.int16)
    for i in range(n):
        filled = 0
        for value in sorted({*score[i, offered[i]]}, reverse=True):
            block = offered[i] & (score[i] == value)
            if filled + block.sum() > places:
                break
            ranks[i, block] = filled + 1
            filled += block.sum()
    keep = (ranks > 0).any(axis=1)
    ranks, offered, weight = ranks[keep], offered[keep], rng.uniform(0.5, 2, keep.sum())
    answers = tied_choices(ranks, offered, places=places)
    orders = observed_orders(answers)
    assert orders[-1] >= 2
    fit = fit_tied(tied_counts(answers, weight, orders), pseudo=0.5)

    def slow(theta):
        log_tie = dict(zip(orders, [0.0, *theta[m:]], strict=True))
        total = 0.0
        for row, there, w in zip(ranks, offered, weight, strict=True):
            left, filled = [j for j in range(m) if there[j]], 0
            for place in sorted({*row[row > 0].tolist()}):
                block = [j for j in left if row[j] == place]
                if len(left) > 1:
                    fits = [k for k in orders if k <= min(places - filled, len(left))]
                    sums = [np.exp(log_tie[k] + theta[list(s)].mean()) for k in fits for s in combinations(left, k)]
                    total += w * (log_tie[len(block)] + theta[block].mean() - np.log(sum(sums)))
                left, filled = [j for j in left if j not in block], filled + len(block)
        for j in range(m):  # half a pseudo-ranking won and half lost against the ghost, with their tie of two
            alone = np.log(1 + np.exp(theta[j]) + np.exp(log_tie[2] + theta[j] / 2))
            total += 0.5 * (theta[j] - alone) + 0.5 * (0 - alone)
        return -total

    best = optimize.minimize(slow, np.zeros(m + len(orders) - 1), method="BFGS", options={"gtol": 1e-7})
    assert fit.log_worth == pytest.approx(best.x[:m] - best.x[:m].mean(), abs=2e-5)
    assert fit.log_tie == pytest.approx(best.x[m:], abs=2e-5)


def test_output_says_how_ties_are_read(golden, build):
    found = rank(build.study(build.rankings(golden("synth_tied.csv"))), draws=1000, frequencies=False)
    assert any("Davidson-Luce" in note for note in found.notes)
    assert set(found.to_dict()["parameters"]) == {f"log_tie_{k}" for k in range(2, 7)}


def test_lattice_sums_run_over_subsets_and_supersets():
    values = np.arange(8.0)[:, None]
    assert subset_sums(values)[:, 0].tolist() == [sum(s for s in range(8) if s & a == s) for a in range(8)]
    assert superset_sums(values)[:, 0].tolist() == [sum(a for a in range(8) if s & a == s) for s in range(8)]


def test_symmetric_functions_are_sums_of_products():
    b = np.array([[2.0, 3, 5, 7]])
    assert symmetric(b, 0)[0] == 1
    assert symmetric(b, 2)[0] == sum(x * y for x, y in combinations([2, 3, 5, 7], 2))
    assert symmetric(b, 4)[0] == 210


@pytest.mark.parametrize(("items", "seed"), [(3, 0), (3, 1), (4, 2), (5, 3)])
def test_replicates_of_wholly_tied_rankings_are_fitted(items, seed):
    """Whoever is drawn puts all items level: worths are level, and no replicate ends the command."""
    rng = np.random.default_rng(seed)
    level = np.ones((2, items), int)
    strict = np.array([rng.permutation(items) + 1 for _row in range(6)])
    pairs = np.minimum(strict, items - 1)  # the last two are tied
    answers, counts = read(np.concatenate([level, strict, pairs]))
    fit = fit_tied(counts)
    weights = np.zeros((3, 14))
    weights[0, :2], weights[1, 0], weights[2] = 1, 5, 1
    found = refit_tied(answers, weights, fit)
    assert np.isfinite(found).all()
    assert np.abs(found[:2]).max() < 1e-6
    assert found[2] == pytest.approx(fit.log_worth - fit.log_worth.mean(), abs=1e-6)
