"""Spread, methods side by side, who answered, bootstrap frequencies."""

import numpy as np
import pytest

from obstacles.analysis.prepare import prepare
from obstacles.analysis.ranking.bootstrap import frequencies, rank_frequency
from obstacles.analysis.ranking.rank import compare_methods, rank
from obstacles.analysis.ranking.respondents import profile
from obstacles.analysis.ranking.spread import spread
from obstacles.analysis.scores import SCORES


def test_positions_sum_to_one_with_the_unranked(build):
    found = spread(build.study(build.rankings([[1, 2, 0], [2, 1, 0], [1, 0, 2]]), weight=[1.0, 1.0, 2.0]).wave())
    assert found.kind == "positions"
    assert found.share[0] == pytest.approx([0.75, 0.25, 0])
    assert found.share[2] == pytest.approx([0, 0.5, 0.5])
    assert found.share.sum(axis=1) == pytest.approx(np.ones(3))


def test_many_places_are_put_together_in_the_last(build):
    ranks = np.argsort(np.random.default_rng(0).random((30, 14)), axis=1) + 1
    found = spread(build.study(build.rankings(ranks)).wave())
    assert (found.places, found.last_is_rest, found.share.shape) == (10, True, (14, 11))
    assert found.share.sum(axis=1) == pytest.approx(np.ones(14))


def test_levels_and_not_applicable_have_their_own_bases(build):
    study = build.study(build.ratings([[5, 1], [5, np.nan], [1, 2]]))
    found = spread(study.wave())
    assert found.share[0] == pytest.approx([1 / 3, 0, 0, 0, 2 / 3])
    assert found.base.tolist() == [3, 2]


def test_cap_hit_rate_of_selections(build):
    marked = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0], [0, 0, 0]])
    found = spread(build.study(build.rankings(marked, selection=True), max_choices=2).wave())
    assert found.cap_hit == 0.5
    assert found.chosen_count.tolist() == [0.25, 0.25, 0.5]


def test_methods_that_do_not_apply_are_named_with_the_reason(build, draw):
    ranks = draw(np.random.default_rng(0), 60, np.array([1, 0.5, 0, -1]))
    study = build.study(build.rankings(ranks))
    found, prepared = compare_methods(study), prepare(study.wave(), k=3)
    refused = {
        name: SCORES[name].reason_not_applicable(prepared.answers, prepared.question, prepared.k)
        for name in (*found.methods, *dict(found.refused))
    }
    assert found.methods[0] == "plackett-luce"
    assert {"first-choice", "top-k", "mean-rank", "borda"} < set(found.methods)
    assert {name: reason for name, reason in refused.items() if reason} == dict(found.refused)
    assert "bradley-terry" in refused
    assert not {"maxdiff", "mean-severity", "points", "published"} & set(refused)  # for other kinds of answers
    assert "would count the same answer several times" in dict(found.refused)["bradley-terry"]
    assert found.tau[0, 0] == 1
    assert found.first[0] == (0,)


def test_bootstrap_frequencies_are_those_of_refits_and_rows_sum_to_one(build, draw):
    study = build.study(build.rankings(draw(np.random.default_rng(0), 100, np.array([0.3, 0.2, -0.5]))))
    ranking = rank(study, draws=1000)
    assert ranking.frequency.sum(axis=1) == pytest.approx(np.ones(3))
    assert ranking.frequency.sum(axis=0) == pytest.approx(np.ones(3))
    assert ranking.frequency[2, 2] > 0.95


def test_two_seeds_agree_to_monte_carlo_noise(build, draw):
    study = build.study(build.rankings(draw(np.random.default_rng(0), 100, np.array([0.3, 0.2, -0.5]))))
    prepared = prepare(study.wave(), k=3)
    fit = SCORES["plackett-luce"].fit(prepared)
    one, other = (rank_frequency(fit, prepared.sample, replicates=2000, seed=s).share for s in (1, 2))
    assert np.abs(one - other).max() < 5 * np.sqrt(0.25 * 2 / 2000)
    assert np.abs(one - other).max() > 0


def test_equal_replicates_share_their_places():
    assert frequencies(np.array([[1.0, 1.0, 0.0]])).tolist() == [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]]


def test_profile_hides_small_groups_with_a_companion(build):
    study = build.study(build.rankings([[1, 2]] * 40))
    wave = study.wave()
    wave.respondents["department"] = ["A"] * 22 + ["B"] * 14 + ["C"] * 4
    found = profile(wave, minimum=10).groupings[0]
    assert [(row.name, row.respondents) for row in found.rows if row.respondents] == [("A", 22)]
    assert found.hidden == 2


def test_counted_rows_and_raked_weights_are_described_as_respondents(build):
    from dataclasses import replace

    from obstacles.survey.study import Margin

    counted = build.study(build.rankings([[1, 2], [2, 1]], count=[30, 10])).wave()
    assert spread(counted).base.tolist() == [40, 40]
    assert profile(counted).respondents == 40
    wave = build.study(build.rankings([[1, 2]] * 6 + [[2, 1]] * 4)).wave()
    margin = Margin("sex", np.array([0] * 6 + [1] * 4), ("f", "m"), np.array([50.0, 50.0]))
    raked = replace(wave, design=replace(wave.design, margins=(margin,)))
    assert spread(raked).share[0, 0] == pytest.approx(0.5)
    assert profile(raked).weights.maximum == pytest.approx(1.25)


def test_ranking_says_everything_in_one_record(build, draw):
    record = rank(
        build.study(build.rankings(draw(np.random.default_rng(0), 60, np.array([1, 0, -1])))), draws=1000
    ).to_dict()
    assert record["schema"] == 1
    assert {"study", "wave", "model", "measure", "respondents", "weighted_base", "log_likelihood", "covariance"} <= set(
        record
    )
    worth = [row["estimate"] for row in record["items"]]
    assert sum(worth) == pytest.approx(1)
    assert sum(row["log_worth"] for row in record["items"]) == pytest.approx(0, abs=1e-9)
    assert worth == sorted(worth, reverse=True)
    assert all(row["interval"][0] < row["estimate"] < row["interval"][1] for row in record["items"])


def test_ranking_shows_itself_in_a_notebook(build):
    ranking = rank(build.study(build.rankings([[1, 2], [2, 1], [1, 2]])), draws=1000)
    assert "Item 0" in ranking._repr_html_()
    assert list(ranking.to_frame()["id"]) == ["i0", "i1"]
