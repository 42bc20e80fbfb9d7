"""What a ranking says beside its estimates: pairs, quasi errors, tiers, frequencies, methods side by side."""

import json

import numpy as np
import pytest

from obstacles.analysis.prepare import ModelError
from obstacles.analysis.ranking.bootstrap import rank_frequency, resampled_weights
from obstacles.analysis.ranking.methods import order_changes
from obstacles.analysis.ranking.rank import compare_methods, fitted, rank


@pytest.fixture(scope="module")
def ranking(build, draw):
    ranks = draw(np.random.default_rng(3), 200, np.array([1.2, 1.1, 0.0, -0.1, -1.5]))
    return rank(build.study(build.rankings(ranks)), draws=5_000)


def test_pairs_are_worths_compared_two_by_two(ranking):
    pairs, worth, t = ranking.pairs(), ranking.shown.value, ranking.estimate.value
    assert pairs.probability[0, 3] == pytest.approx(worth[0] / (worth[0] + worth[3]))
    off = ~np.eye(5, dtype=bool)
    assert (pairs.probability + pairs.probability.T)[off] == pytest.approx(np.ones(20))
    assert pairs.difference[2, 4] == pytest.approx(t[2] - t[4])
    variance = ranking.estimate.covariance
    assert pairs.error[2, 4] ** 2 == pytest.approx(variance[2, 2] + variance[4, 4] - 2 * variance[2, 4])
    frame = pairs.to_frame()
    assert len(frame) == 10
    assert (frame["difference"] >= 0).all()
    assert (frame["probability_low"] < frame["probability"]).all()


def test_scores_that_are_no_worths_have_differences_but_no_probabilities(build):
    ratings = build.ratings(np.random.default_rng(0).integers(1, 6, (40, 3)))
    pairs = rank(build.study(ratings), draws=1000, frequencies=False).pairs()
    assert pairs.probability is None
    assert "probability" not in pairs.to_frame()
    assert rank(build.study(build.published([0.4, 0.3], 100))).pairs() is None


def test_among_the_first_surely_and_possibly(ranking):
    surely, possibly = ranking.among_first(2)
    assert [item.id for item in surely] == [item.id for item in possibly] == ["i0", "i1"]
    surely, possibly = ranking.among_first(1)
    assert surely == ()
    assert len(possibly) == 2


def test_quasi_errors_give_the_errors_of_differences_back(ranking):
    quasi = np.array([row["quasi_se"] for row in sorted(ranking.rows, key=lambda row: row["id"])])
    error = ranking.pairs().error
    first, second = np.triu_indices(5, 1)
    assert np.hypot(quasi[first], quasi[second]) == pytest.approx(error[first, second], rel=0.12)


def test_record_is_json_and_names_guarantees_and_frequencies(ranking):
    record = json.loads(json.dumps(ranking.to_dict(), allow_nan=False))
    assert record["rank_sets"] == {
        "method": "max-t, step-down",
        "level": 0.95,
        "guarantee": "all sets together",
        "df": 199,
        "draws": 5000,
        "exact": False,
        "reliable": True,
    }
    assert record["rank_frequency"]["meaning"] == "bootstrap frequencies, not confidence"
    assert record["rank_frequency"]["kind"] == "refits"
    assert record["log_likelihood_kind"] == "exact"
    tiers = [row["tier"] for row in record["items"]]
    assert tiers == sorted(tiers)
    assert tiers[0] == 1


def test_likelihoods_of_weighted_answers_are_pseudo(build, draw):
    rng = np.random.default_rng(1)
    study = build.study(build.rankings(draw(rng, 60, np.zeros(4))), weight=rng.uniform(0.5, 2, 60))
    record = rank(study, draws=1000, frequencies=False).to_dict()
    assert record["log_likelihood_kind"] == "pseudo"
    assert [test["name"] for test in record["tests"]] == ["Wald (F)", "winner"]
    assert all(row["design_effect"] > 0 for row in record["items"])


@pytest.mark.parametrize("design", [{}, {"stratum": np.arange(300) % 4}, {"cluster": np.arange(300) // 6}])
def test_refits_and_multipliers_agree_to_noise(build, draw, design):
    study = build.study(build.rankings(draw(np.random.default_rng(2), 300, np.array([0.25, 0.2, 0.1, -0.6]))), **design)
    prepared, fit, _reason = fitted(study)
    refits = rank_frequency(fit, prepared.sample, replicates=4_000)
    linear = rank_frequency(fit, prepared.sample, replicates=4_000, exact=0)
    assert (refits.kind, linear.kind) == ("refits", "multipliers")
    assert np.abs(refits.share - linear.share).max() < 0.05


def test_many_units_are_moved_by_normal_multipliers(build, draw):
    study = build.study(build.rankings(draw(np.random.default_rng(4), 6_000, np.array([0.05, 0.03, 0.0]))))
    prepared, fit, _reason = fitted(study)
    refits, normal = (rank_frequency(fit, prepared.sample, replicates=4_000, exact=exact) for exact in (10_000, 0))
    assert normal.kind == "normal multipliers"
    assert np.abs(refits.share - normal.share).max() < 0.05


@pytest.mark.parametrize("design", [{}, {"stratum": np.array([0, 0, 0, 1, 1, 1, 1])}])
def test_units_are_drawn_with_replacement_within_their_stratum(build, draw, design):
    study = build.study(build.rankings(draw(np.random.default_rng(0), 7, np.zeros(3))), **design)
    prepared, _fit, _reason = fitted(study, model="mean-rank")
    drawn = resampled_weights(prepared.sample, 3_000, np.random.default_rng(1))
    stratum = design.get("stratum", np.zeros(7, int))
    for h in np.unique(stratum):
        assert (drawn[:, stratum == h].sum(axis=1) == (stratum == h).sum()).all()
    assert drawn.mean(axis=0) == pytest.approx(np.ones(7), abs=0.06)
    size = (stratum == stratum[0]).sum()
    assert drawn[:, 0].var() == pytest.approx(1 - 1 / size, abs=0.06)


def test_counted_rows_are_drawn_as_the_respondents_behind_them(build):
    ranks, count = np.array([[1, 2, 3], [2, 1, 3], [3, 2, 1]]), np.array([40, 30, 20])
    shares = [
        rank(build.study(answers), draws=1000).frequency
        for answers in (build.rankings(ranks, count=count), build.rankings(ranks.repeat(count, axis=0)))
    ]
    assert np.abs(shares[0] - shares[1]).max() < 0.07


def test_methods_that_change_an_order_say_whether_it_is_within_error(build):
    """Item 0 is loved or hated, item 1 always second: first places and mean ranks disagree, and not by chance."""
    ranks = np.array([[1, 2, 3, 4], [1, 2, 4, 3], [4, 2, 1, 3], [4, 2, 3, 1]] * 60)
    found = compare_methods(build.study(build.rankings(ranks)), model="first-choice")
    change = next(c for c in found.changes if c.method == "mean-rank" and {c.first, c.second} == {0, 1})
    assert (change.first, change.second) == (0, 1)
    assert change.both_sure
    assert not change.within_error
    assert change.gap > 0 > change.other_gap


def test_changes_of_noise_are_within_error(build, draw):
    rng = np.random.default_rng(8)
    named = total = 0
    for _survey in range(60):
        found = compare_methods(build.study(build.rankings(draw(rng, 80, np.zeros(5)))))
        total += len(found.changes)
        named += any(not change.within_error for change in found.changes)
        assert not any(change.both_sure for change in found.changes)
    assert total > 60
    assert named <= 9  # at most 5 % of surveys and Monte Carlo error


def test_error_of_a_change_is_that_of_the_same_respondents(build, draw):
    """The jackknife of the difference of standardised gaps."""
    ranks = draw(np.random.default_rng(12), 60, np.array([0.3, 0.25, 0.2, -0.7]))
    study = build.study(build.rankings(ranks))

    def standardised(weights, fit):
        value = fit.refit(weights)
        return (value - value.mean(axis=1, keepdims=True)) / value.std(axis=1, keepdims=True)

    prepared, own, _ = fitted(study, model="first-choice")
    other = fitted(study, model="mean-rank")[1]
    changes = order_changes([own.estimate, other.estimate], prepared.sample)
    assert changes
    left_out = np.ones((60, 60)) - np.eye(60)
    apart = standardised(left_out, own) - standardised(left_out, other)
    for change in changes:
        gaps = apart[:, change.first] - apart[:, change.second]
        assert change.error == pytest.approx(np.sqrt(59 / 60 * ((gaps - gaps.mean()) ** 2).sum()), rel=0.05)


def test_points_are_means_that_sum_to_the_total(build):
    from dataclasses import replace

    rng = np.random.default_rng(0)
    points = rng.multinomial(100, [0.4, 0.3, 0.2, 0.1], 50).astype(float)
    answers = replace(build.ratings(points), total=100.0)
    found = rank(build.study(answers), draws=1000, frequencies=False)
    assert found.model == "points"
    assert found.estimate.value.sum() == pytest.approx(100)
    assert found.estimate.covariance == pytest.approx(np.cov(points.T) / 50)
    assert found.estimate.covariance.sum() == pytest.approx(0, abs=1e-9)
    assert found.estimate.columns["share_of_total"].sum() == pytest.approx(1)
    with pytest.raises(ModelError, match="points to share out are no ratings"):
        rank(build.study(answers), model="mean-severity")
    with pytest.raises(ModelError, match="it needs points that sum to a total"):
        rank(build.study(build.ratings(points)), model="points")


def test_empty_items_and_a_single_item_are_refused(build):
    offered = np.array([[True, True, False]] * 6)
    ranks = np.array([[1, 2, 0], [2, 1, 0]] * 3)
    with pytest.raises(ModelError, match="Item 2: offered to nobody"):
        rank(build.study(build.rankings(ranks, offered)))
    with pytest.raises(ModelError, match="only one item"):
        rank(build.study(build.rankings([[1], [1]])))


def test_a_single_respondent_or_unit_has_no_errors_and_says_so(build):
    ranks = np.array([[1, 2, 3], [2, 1, 3], [3, 1, 2], [2, 3, 1]])
    for study in (
        build.study(build.rankings([[1, 2, 3]])),
        build.study(build.rankings(ranks), cluster=np.zeros(4, int)),
    ):
        for model in ("plackett-luce", "mean-rank"):
            record = rank(study, model=model).to_dict()
            assert record["covariance"] == "none"
            assert record["headline"]["kind"] == "flat"
            assert all(row["standard_error"] is None and row["interval"] is None for row in record["items"])
            assert all(row["rank_set"] is None for row in record["items"])
            assert record["notes"][-1].startswith("No errors: a single primary unit")


def test_identical_answers_do_not_have_errors_of_zero(build):
    found = rank(build.study(build.rankings([[1, 2, 3, 4]] * 50)), draws=1000, frequencies=False)
    assert (found.shown.error > 0.01 * found.shown.value).all()
    assert found.shown.high[0] == 1
    assert found.shown.low[1:].tolist() == [0, 0, 0]
    assert found.headline.kind == "clear"
