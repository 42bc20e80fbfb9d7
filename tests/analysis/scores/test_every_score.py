"""What holds for every way to score: weights, counts, names of items, refits, and the influence function."""

from dataclasses import replace

import numpy as np
import pytest

from obstacles.analysis.ranking.rank import fitted, rank
from obstacles.analysis.scores import SCORES
from obstacles.survey.answers import BestWorst, Rankings

N, M = 48, 5
SCORED = [name for name in SCORES if name != "published"]
RATED = ("mean-severity", "rii", "ranked-ratings", "points")


def answers_of(build, model, *, seed=0):
    """Answers that the model applies to, such that finite worths exist."""
    rng = np.random.default_rng(seed)
    score = rng.gumbel(size=(N, M)) + np.linspace(0.8, -0.8, M)
    ranks = np.argsort(np.argsort(-score, axis=1), axis=1) + 1
    if model in ("share", "set-choice", "set-choice-all"):
        return build.rankings(score > 0.7, selection=True)
    if model in ("mean-severity", "rii", "ranked-ratings"):
        return build.ratings(np.clip(np.round(score + 2), 1, 5))
    if model == "points":
        return replace(build.ratings(rng.multinomial(20, np.full(M, 1 / M), N)), total=20.0)
    if model == "bradley-terry":
        pair = np.sort(np.argsort(rng.random((N, M)), axis=1)[:, :2], axis=1)
        offered = np.zeros((N, M), bool)
        np.put_along_axis(offered, pair, True, axis=1)
        return build.rankings(
            np.where(offered, np.where(ranks == np.where(offered, ranks, 9).min(1)[:, None], 1, 2), 0), offered
        )
    if model.startswith(("maxdiff", "best-minus")):
        shown = np.argsort(np.argsort(rng.random((N, M)), axis=1), axis=1) < 4
        best, worst = np.where(shown, score, -9).argmax(1), np.where(shown, score, 9).argmin(1)
        return BestWorst(build.items(M), shown, best, worst, np.arange(N), np.ones(N))
    if model.startswith("plackett-luce-"):
        return build.rankings(np.where(ranks <= 2, 1, ranks - 1))
    return build.rankings(ranks)


def take(answers, rows):
    """Some rows of the answers, one respondent each, in the given order and number."""
    rows = np.asarray(rows)
    changed = {"respondent": np.arange(len(rows))}
    for name in ("ranks", "offered", "answer_counts", "scores", "not_applicable", "shown", "best", "worst"):
        if hasattr(answers, name):
            changed[name] = getattr(answers, name)[rows]
    return replace(answers, **changed)


def fit(build, answers, model, **design):
    study = build.study(
        answers, k=M if model == "borda" else None, max_choices=4 if "set-choice" in model else None, **design
    )
    return fitted(study, model=model, k=2)


@pytest.mark.parametrize("model", SCORED)
def test_weight_two_is_the_row_written_twice(build, model):
    answers = answers_of(build, model)
    weight = np.r_[np.full(12, 2.0), np.ones(N - 12)]
    by_weight = fit(build, answers, model, weight=weight)[1].estimate
    by_rows = fit(build, take(answers, np.r_[np.arange(N), np.arange(12)]), model)[1].estimate
    assert by_weight.value == pytest.approx(by_rows.value, abs=1e-8)
    plain = fit(build, answers, model)[1].estimate
    assert np.abs(by_weight.value - plain.value).max() > 1e-4  # weights are not ignored


@pytest.mark.parametrize("model", [name for name in SCORED if name not in RATED])
def test_a_count_of_two_is_the_row_written_twice_with_its_errors(build, model):
    answers = answers_of(build, model)
    count = np.r_[np.full(12, 2.0), np.ones(N - 12)]
    by_count = fit(build, replace(answers, answer_counts=count), model)[1].estimate
    by_rows = fit(build, take(answers, np.r_[np.arange(N), np.arange(12)]), model)[1].estimate
    assert by_count.value == pytest.approx(by_rows.value, abs=1e-8)
    assert by_count.covariance == pytest.approx(by_rows.covariance, rel=1e-6, abs=1e-12)
    assert (by_count.base, by_count.df) == (by_rows.base, by_rows.df)
    assert by_count.item_base.tolist() == by_rows.item_base.tolist()


@pytest.mark.parametrize("model", SCORED)
def test_scaling_weights_changes_nothing(build, model):
    """A peer reads weights as frequencies: four times the weight halves its errors."""
    answers, rng = answers_of(build, model), np.random.default_rng(1)
    weight = rng.uniform(0.5, 2, N)
    one, four = (fit(build, answers, model, weight=factor * weight)[1].estimate for factor in (1, 4))
    assert four.value == pytest.approx(one.value, abs=1e-9)
    assert four.covariance == pytest.approx(one.covariance, rel=1e-6, abs=1e-13)


@pytest.mark.parametrize("model", SCORED)
def test_influence_is_the_jackknife_and_its_squares_are_the_errors(build, model):
    answers = answers_of(build, model)
    prepared, whole, _reason = fit(build, answers, model)
    jackknife = whole.estimate.value - whole.refit(np.ones((N, N)) - np.eye(N))
    assert np.corrcoef(jackknife.ravel(), whole.estimate.influence.ravel())[0, 1] > 0.995
    variance = (N - 1) / N * ((jackknife - jackknife.mean(axis=0)) ** 2).sum(axis=0)
    assert np.sqrt(np.diag(whole.estimate.covariance)) == pytest.approx(np.sqrt(variance), rel=0.12)
    assert whole.estimate.covariance == pytest.approx(prepared.sample.covariance(whole.estimate.influence), abs=1e-15)


@pytest.mark.parametrize("model", SCORED)
def test_batched_refits_are_single_fits(build, model):
    answers, rng = answers_of(build, model), np.random.default_rng(2)
    whole = fit(build, answers, model)[1]
    weight = rng.exponential(size=(3, N))
    alone = [fit(build, answers, model, weight=row)[1].estimate.value for row in weight]
    assert whole.refit(weight) == pytest.approx(np.array(alone), abs=1e-6)


@pytest.mark.parametrize("model", SCORED)
def test_identical_respondents_of_a_cluster_count_once(build, model):
    answers = answers_of(build, model)
    once = fit(build, answers, model)[1].estimate
    five = take(answers, np.arange(N).repeat(5))
    together = fit(build, five, model, cluster=np.arange(N).repeat(5))[1].estimate
    assert together.value == pytest.approx(once.value, abs=1e-8)
    assert together.covariance == pytest.approx(once.covariance, rel=1e-6, abs=1e-12)
    assert together.df == once.df == N - 1


@pytest.mark.parametrize("model", SCORED)
def test_renaming_items_renames_the_results(build, model):
    answers = answers_of(build, model)
    turn = np.array([3, 0, 4, 1, 2])
    changed = {
        name: getattr(answers, name)[:, turn]
        for name in ("ranks", "offered", "scores", "not_applicable", "shown")
        if hasattr(answers, name)
    }
    if isinstance(answers, BestWorst):
        place = np.argsort(turn)
        changed |= {"best": place[answers.best], "worst": place[answers.worst]}
    one, other = fit(build, answers, model)[1].estimate, fit(build, replace(answers, **changed), model)[1].estimate
    assert other.value == pytest.approx(one.value[turn], abs=1e-8)
    assert other.covariance == pytest.approx(one.covariance[np.ix_(turn, turn)], abs=1e-9)


@pytest.mark.parametrize("model", ["share", "first-choice", "top-k", "borda"])
def test_an_item_that_nobody_chose_leaves_the_others_alone(build, model):
    answers = answers_of(build, model)
    if model != "share":
        answers = replace(answers, ranks=np.where(answers.ranks <= 3, answers.ranks, 0))
    wide = Rankings(
        build.items(M + 1),
        np.column_stack([answers.ranks, np.zeros(N, int)]),
        np.ones((N, M + 1), bool),
        answers.respondent,
        answers.answer_counts,
        answers.selection,
    )
    plain, more = (fit(build, one, model)[1].estimate for one in (answers, wide))
    assert more.value[:M] == pytest.approx(plain.value)
    assert more.covariance[:M, :M] == pytest.approx(plain.covariance)
    assert more.value[M] == 0


@pytest.mark.parametrize("model", SCORED)
def test_every_model_ranks_and_writes_itself_as_json(build, model):
    import json

    answers = answers_of(build, model)
    study = build.study(answers, k=M if model == "borda" else None, max_choices=4 if "set-choice" in model else None)
    record = json.loads(json.dumps(rank(study, model=model, k=2, draws=1000).to_dict(), allow_nan=False))
    assert record["model"] == model
    assert [row["rank"] for row in record["items"]] == sorted(row["rank"] for row in record["items"])
    assert record["rank_frequency"]["kind"] == "refits"
