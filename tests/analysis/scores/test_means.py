"""Shares, mean ranks, Borda, severity and published tables against plain arithmetic, R's survey, and the jackknife."""

import numpy as np
import pytest

from obstacles.analysis.inference.estimate import on_display_scale
from obstacles.analysis.prepare import ModelError, prepare
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.scores import SCORES
from obstacles.analysis.scores.mid_ranks import mid_ranks
from obstacles.analysis.scores.published import largest_pair_error


def fit(study, model, k=3):
    return SCORES[model].fit(prepare(study.wave(), k=k)).estimate


def test_severity_under_a_design_agrees_with_svymean(golden, build):
    data, r = golden("synth_full.csv"), golden("synth.json")["likert_svymean"]
    study = build.study(
        build.ratings(golden("synth_likert.csv")),
        weight=data[:, 3],
        stratum=data[:, 4].astype(int),
        cluster=data[:, 5].astype(int),
    )
    estimate = fit(study, "mean-severity")
    assert estimate.value == pytest.approx(list(r["mean"].values()), rel=1e-12)
    assert estimate.covariance == pytest.approx(np.array(r["vcov"]["values"]), rel=1e-9)
    assert prepare(study.wave(), k=1).sample.df == r["degf"]


def test_share_has_the_covariance_of_the_answers(build):
    marked = np.array([[1, 1, 0], [0, 1, 0], [1, 0, 0], [1, 1, 1]])
    estimate = fit(build.study(build.rankings(marked, selection=True)), "share")
    assert estimate.value.tolist() == [0.75, 0.75, 0.25]
    assert estimate.covariance == pytest.approx(np.cov(marked.T) / 4)


def test_tied_first_places_share_the_vote(build):
    estimate = fit(build.study(build.rankings([[1, 1, 2], [1, 2, 3]])), "first-choice")
    assert estimate.value.tolist() == [0.75, 0.25, 0]


def test_top_k_share_counts_places_up_to_k(build):
    study = build.study(build.rankings([[1, 2, 3, 4], [2, 1, 4, 3], [1, 3, 2, 4]]))
    assert fit(study, "top-k", k=2).value == pytest.approx([1, 2 / 3, 1 / 3, 0])


def test_top_k_deeper_than_the_question_is_refused(build):
    with pytest.raises(ModelError, match=r"only 2 places could be filled"):
        rank(build.study(build.rankings([[1, 2, 0], [2, 1, 0]]), k=2), model="top-k", k=3)


def test_mid_ranks_are_those_of_scipy():
    from scipy import stats

    ranks = np.array([[1, 1, 3, 4], [2, 1, 2, 2], [4, 4, 4, 4]])
    assert mid_ranks(ranks).tolist() == stats.rankdata(ranks, axis=1).tolist()
    assert mid_ranks(np.array([[1, 0, 1, 9], [0, 0, 0, 2]])).tolist() == [[1.5, 0, 1.5, 3], [0, 0, 0, 1]]


def test_mean_rank_is_refused_for_partial_rankings_with_the_models_that_apply(build):
    with pytest.raises(ModelError, match=r"partial.*plackett-luce, first-choice, top-k, borda"):
        rank(build.study(build.rankings([[1, 2, 0, 0], [2, 1, 0, 0]])), model="mean-rank", k=1)


def test_borda_gives_k_plus_one_minus_rank_and_zero_to_the_unranked(build):
    study = build.study(build.rankings([[1, 2, 0], [2, 1, 0]]), k=2)
    assert fit(study, "borda").value.tolist() == [1.5, 1.5, 0]


def test_mean_rank_shows_ranks_and_compares_their_negatives(build):
    estimate = fit(build.study(build.rankings([[1, 2, 3], [1, 3, 2], [2, 1, 3]])), "mean-rank")
    shown = on_display_scale(estimate)
    assert shown.value == pytest.approx([4 / 3, 2, 8 / 3])
    assert (shown.low <= shown.value).all()
    assert (shown.high >= shown.value).all()
    assert (shown.low >= 1).all()
    assert (shown.high <= 3).all()
    assert np.argmax(estimate.value) == 0


def test_rii_carries_both_scalings(build):
    estimate = fit(build.study(build.ratings([[5, 1], [3, 1], [4, 1]])), "rii")
    assert estimate.value == pytest.approx([0.8, 0.2])
    assert estimate.columns["rii_adjusted"] == pytest.approx([0.75, 0])


def test_missing_ratings_leave_the_base_of_their_item(build):
    estimate = fit(build.study(build.ratings([[5, np.nan], [3, 2], [np.nan, np.nan]])), "mean-severity")
    assert estimate.value.tolist() == [4, 2]
    assert estimate.item_base.tolist() == [2, 1]


def test_an_item_nobody_rated_has_no_score(build):
    ranking = rank(build.study(build.ratings([[5, np.nan, 1], [3, np.nan, 2], [4, np.nan, 1]])), draws=1000)
    row = {r["id"]: r for r in ranking.to_dict()["items"]}["i1"]
    assert row["estimate"] is None
    assert row["rank"] is None
    assert row["rank_set"] is None


def test_shares_of_zero_and_one_have_intervals_of_wilson(build):
    marked = np.array([[1, 0, 1], [1, 0, 0], [1, 0, 1], [1, 0, 1]])
    shown = on_display_scale(fit(build.study(build.rankings(marked, selection=True)), "share"))
    assert shown.low[0] < 0.9
    assert shown.high[0] == pytest.approx(1)
    assert shown.low[1] == pytest.approx(0)
    assert shown.high[1] > 0.1


@pytest.mark.parametrize("model", ["share", "first-choice", "top-k", "mean-rank", "borda", "mean-severity", "rii"])
def test_influence_is_the_jackknife(model, build, draw):
    rng = np.random.default_rng(11)
    ranks = draw(rng, 60, np.array([1.0, 0, 0.2, -0.5]))
    weight = rng.uniform(0.5, 2, 60)
    answers = {"share": build.rankings(ranks <= 2, selection=True), "mean-severity": build.ratings(ranks)}
    answers["rii"] = answers["mean-severity"]
    study = build.study(answers.get(model, build.rankings(ranks)), weight=weight)
    fitted = SCORES[model].fit(prepare(study.wave(), k=2))
    left_out = np.ones((60, 60)) - np.eye(60)
    jackknife = fitted.estimate.value - fitted.refit(left_out * weight)
    assert jackknife == pytest.approx(fitted.estimate.influence, rel=0.1, abs=2e-3)


def test_finite_population_correction_narrows_intervals_and_not_tests(build, draw):
    ranks = draw(np.random.default_rng(1), 80, np.array([0.5, 0, -0.5]))
    part = rank(build.study(build.rankings(ranks), population=np.full(80, 100.0)), model="mean-rank", draws=2000)
    whole = rank(build.study(build.rankings(ranks)), model="mean-rank", draws=2000)
    assert part.shown.error == pytest.approx(whole.shown.error * np.sqrt(0.2))
    assert part.simultaneous.low.tolist() == whole.simultaneous.low.tolist()
    assert part.tests == whole.tests


def test_published_without_n_has_no_error_interval_or_rank_set(build):
    record = rank(build.study(build.published([0.7, 0.5, 0.4]))).to_dict()
    assert record["headline"]["kind"] == "descriptive"
    for item in record["items"]:
        assert (item["standard_error"], item["interval"], item["rank_set"]) == (None, None, None)
    assert record["respondents"] is None


def test_published_single_answers_are_multinomial(build):
    record = rank(build.study(build.published([0.5, 0.3, 0.2], 1000, several=False)), draws=5000)
    assert record.estimate.covariance == pytest.approx(
        (np.diag([0.5, 0.3, 0.2]) - np.outer([0.5, 0.3, 0.2], [0.5, 0.3, 0.2])) / 1000
    )
    assert record.headline.kind == "clear"


def test_published_several_answers_use_the_largest_variance_the_margins_allow():
    """The bound is reached by the joint distribution with the least overlap."""
    p, q, n = 0.6, 0.55, 100
    both = max(0, p + q - 1)
    variance = (p + q - 2 * both) - (p - q) ** 2
    assert largest_pair_error(np.array([p, q]), n)[0, 1] == pytest.approx(np.sqrt(variance / n))


def test_unknown_model_names_the_nearest(build):
    with pytest.raises(ModelError, match='Did you mean "plackett-luce"'):
        rank(build.study(build.rankings([[1, 2], [2, 1]])), model="plackett-luse")


def test_unknown_wave_lists_the_waves(build):
    with pytest.raises(ModelError, match='The waves are "w"'):
        rank(build.study(build.rankings([[1, 2], [2, 1]])), wave="2020")
