"""Efron's, Breslow's and the exact reading of ties against R's survival, their definitions, and the jackknife."""

from itertools import permutations

import numpy as np
import pytest

from obstacles.analysis.prepare import ModelError, prepare
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.scores import SCORES
from obstacles.analysis.scores.ranked_ratings import derived_ranks
from obstacles.analysis.scores.tie_likelihoods import fractions, read_stages

READINGS = ("efron", "breslow", "exact")


def prepared(build, ranks, **more):
    return prepare(build.study(build.rankings(ranks), **more).wave(), k=3, covariance="model")


def fit(build, ranks, reading):
    return SCORES[f"plackett-luce-{reading}"].fit(prepared(build, ranks))


@pytest.mark.parametrize(("reading", "key"), [("efron", "efron"), ("breslow", "breslow"), ("exact", "exact_discrete")])
def test_the_same_ties_read_in_three_ways_agree_with_coxph(golden, build, reading, key):
    r = golden("rol_ties.json")[key]
    estimate = fit(build, golden("rol_ties60x5.csv"), reading).estimate
    c = np.eye(5)[1:] - np.eye(5)[0]
    assert c @ estimate.value == pytest.approx(list(r["coef"].values()), abs=1e-9)
    assert np.sqrt(np.diag(c @ estimate.covariance @ c.T)) == pytest.approx(list(r["se"].values()), rel=1e-8)
    assert estimate.log_likelihood == pytest.approx(r["loglik"], abs=1e-9)


def test_davidson_luce_of_the_same_ties_agrees_with_plackettluce(golden, build):
    r = golden("rol_ties.json")["davidson_luce"]
    estimate = SCORES["plackett-luce"].fit(prepared(build, golden("rol_ties60x5.csv"))).estimate
    c = np.eye(5)[1:] - np.eye(5)[0]
    coefficients, errors = list(r["coef"].values()), list(r["se"].values())
    assert c @ estimate.value == pytest.approx(coefficients[1:5], abs=1e-8)
    assert np.sqrt(np.diag(c @ estimate.covariance @ c.T)) == pytest.approx(errors[1:5], rel=1e-7)
    assert [estimate.parameters[f"log_tie_{k}"] for k in (2, 3, 4)] == pytest.approx(coefficients[5:], abs=1e-8)
    assert estimate.log_likelihood == pytest.approx(r["loglik"], abs=1e-8)


def test_efron_comes_nearer_to_the_mean_over_all_orders_than_breslow():
    """One block of three from five items: the definition, order by order."""
    a = np.array([1.5, 0.7, 1.1, 0.4, 2.0])
    block, left = [0, 1, 2], a.sum()
    orders = []
    for order in permutations(block):
        remaining, likelihood = left, 1.0
        for item in order:
            likelihood *= a[item] / remaining
            remaining -= a[item]
        orders.append(likelihood)
    mean = np.log(np.mean(orders))
    read = read_stages(np.array([[1, 1, 1, 0, 0]], np.int16), np.ones((1, 5), bool))
    value = {}
    for reading in ("efron", "breslow"):
        rows = fractions(read, reading)
        value[reading] = np.log(a[block]).sum() - rows.times @ np.log(rows.sets @ a)
    assert abs(value["efron"] - mean) < 0.02
    assert abs(value["efron"] - mean) < abs(value["breslow"] - mean)


def test_the_last_block_says_nothing_and_unranked_items_stay_in_every_set():
    read = read_stages(np.array([[1, 2, 2, 2], [1, 1, 0, 0]], np.int16), np.ones((2, 4), bool))
    found = [[(read.sets[k].tolist(), read.blocks[k].tolist()) for k in column if k >= 0] for column in read.key.T]
    assert found[0] == [([True] * 4, [True, False, False, False])]
    assert found[1] == [([True] * 4, [True, True, False, False])]


@pytest.mark.parametrize("reading", READINGS)
def test_influence_is_the_jackknife_and_batched_refits_are_single_fits(golden, build, reading):
    ranks = golden("rol_ties60x5.csv")
    fitted = fit(build, ranks, reading)
    jackknife = np.array(
        [fitted.estimate.value - fit(build, np.delete(ranks, i, 0), reading).estimate.value for i in range(60)]
    )
    assert np.corrcoef(jackknife.ravel(), fitted.estimate.influence.ravel())[0, 1] > 0.998
    batched = fitted.estimate.value - fitted.refit(np.ones((60, 60)) - np.eye(60))
    assert batched == pytest.approx(jackknife, abs=1e-7)


@pytest.mark.parametrize("reading", READINGS)
def test_the_reading_is_named_and_needs_ties(golden, build, draw, reading):
    found = rank(build.study(build.rankings(golden("rol_ties60x5.csv"))), model=f"plackett-luce-{reading}", draws=1000)
    assert found.model == f"plackett-luce-{reading}"
    named = {"efron": "approximation of Efron", "breslow": "approximation of Breslow", "exact": "exact, discrete"}
    assert any(named[reading] in note for note in found.notes)
    untied = draw(np.random.default_rng(0), 30, np.zeros(4))
    with pytest.raises(ModelError, match="there are no ties"):
        rank(build.study(build.rankings(untied)), model=f"plackett-luce-{reading}")


def test_more_than_16_items_are_read_alike(build):
    rng = np.random.default_rng(1)
    few = rng.integers(1, 4, (80, 5)).astype(np.int16)
    wide, offered = np.zeros((80, 20), np.int16), np.zeros((80, 20), bool)
    wide[:, 15:], offered[:, 15:] = few, True
    narrow, broad = read_stages(few, np.ones(few.shape, bool)), read_stages(wide, offered)
    for one, other in zip(narrow.key.T, broad.key.T, strict=True):
        assert narrow.sets[one[one >= 0]].tolist() == broad.sets[other[other >= 0]][:, 15:].tolist()
        assert narrow.blocks[one[one >= 0]].tolist() == broad.blocks[other[other >= 0]][:, 15:].tolist()


def test_everything_tied_is_refused(build):
    with pytest.raises(ModelError, match="everything is tied"):
        rank(build.study(build.rankings(np.ones((6, 3)))), model="plackett-luce-efron")


def test_ratings_become_rankings_and_say_what_is_lost(build):
    scores = np.array([[5, 3, np.nan, 3], [1, 2, 4, np.nan], [2, 5, 1, 4]])
    assert derived_ranks(scores).tolist() == [[1, 2, 0, 2], [3, 2, 1, 0], [3, 1, 4, 2]]
    ratings = build.ratings(np.tile(scores, (10, 1)))
    found = rank(build.study(ratings), model="ranked-ratings", draws=1000, frequencies=False)
    assert found.model == "ranked-ratings"
    assert "derived from ratings" in found.notes[0]
    as_rankings = build.rankings(np.tile(derived_ranks(scores), (10, 1)), ~np.isnan(np.tile(scores, (10, 1))))
    efron = rank(build.study(as_rankings), model="plackett-luce-efron", draws=1000, frequencies=False)
    assert found.estimate.value == pytest.approx(efron.estimate.value, abs=1e-12)
