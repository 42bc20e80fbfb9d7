"""Ties of any order against R's PlackettLuce, their definition, and each other's engines."""

from itertools import combinations

import numpy as np
import pytest

import analysis.blocks
from analysis.blocks import expectation, subset_sums, superset_sums, symmetric
from analysis.rank import rank
from analysis.scores.davidson_luce import fit_tied, tied_scores
from analysis.scores.model import open_wave
from analysis.scores.plackett_luce import plackett_luce
from analysis.tied_choices import observed_orders, tied_choices, tied_counts


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
    monkeypatch.setattr(analysis.blocks, "TABLE_ITEMS", 3)
    recursion = fit_tied(counts)
    assert recursion.log_worth == pytest.approx(lattice.log_worth, abs=1e-9)
    assert recursion.inverse == pytest.approx(lattice.inverse, abs=1e-9)
    assert tied_scores(answers, recursion, counts.orders) == pytest.approx(
        tied_scores(answers, lattice, counts.orders), abs=1e-8
    )


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
    plain = plackett_luce(open_wave(build.study(build.rankings(ranks)).wave(), k=3)).estimate
    fit = fit_tied(read(ranks)[1])
    assert fit.log_worth == pytest.approx(plain.value, abs=1e-9)
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-9)


def test_scores_sum_to_zero_at_the_maximum_and_influence_is_the_jackknife(golden, build):
    ranks = golden("synth_tied.csv")
    estimate = plackett_luce(open_wave(build.study(build.rankings(ranks)).wave(), k=3)).estimate
    assert estimate.influence.sum(axis=0) == pytest.approx(np.zeros(7), abs=1e-8)
    orders = observed_orders(read(ranks)[0])
    left_out = []
    for i in range(0, len(ranks), 10):
        answers = tied_choices(np.delete(ranks, i, 0).astype(np.int16), np.ones((len(ranks) - 1, 7), bool))
        left_out.append(estimate.value - fit_tied(tied_counts(answers, np.ones(len(ranks) - 1), orders)).log_worth)
    assert np.corrcoef(np.ravel(left_out), estimate.influence[::10].ravel())[0, 1] > 0.998


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
