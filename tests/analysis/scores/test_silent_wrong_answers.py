"""Wrong answers that mature tools give without a word; ours are right, or refused, or say what was done.

Those of regression models come with those models. Weights that are ignored or read as frequencies, and errors that do
not know of clusters, are in test_every_model; csranks' Bonferroni is in test_rank_sets; unadjusted post-hoc p-values
are in test_post_hoc.
"""

import json

import numpy as np
import pytest
from paths import SHARED_GOLDEN

from obstacles.analysis.choice.choice_sets import choice_counts, choices
from obstacles.analysis.choice.plackett_luce_fit import fit_counts, log_likelihood
from obstacles.analysis.choice.tied_choices import observed_orders, tied_choices, tied_counts
from obstacles.analysis.inference.worth_answers import PSEUDO
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.scores.davidson_luce import fit_tied
from obstacles.survey.answers import BestWorst

ITEMS = ["Xbox", "PlayStation", "PSPortable", "GameCube", "GameBoy", "PC"]


@pytest.fixture(scope="module")
def game():
    """Rankings of six gaming platforms (R package mlogit), 1 = best."""
    if not SHARED_GOLDEN.exists():
        pytest.skip("other people's data, not shipped")
    import pandas as pd

    data = pd.read_csv(SHARED_GOLDEN / "rol_game_wide.csv")
    columns = [next(c for c in data.columns if c.replace("ch.", "") == item) for item in ITEMS]
    return data[columns].to_numpy().astype(np.int16)


def fit_of(ranks, offered=None):
    offered = np.ones(ranks.shape, bool) if offered is None else offered
    return fit_counts(choice_counts(choices(ranks, offered), np.ones(len(ranks))))


def test_ranked_answers_have_their_own_null_and_likelihood(game):
    """mlogit 1.1-1 gives -810.90, as if all items were available at every stage; the likelihood is -546.82."""
    fit = fit_of(game)
    assert fit.log_likelihood == pytest.approx(-546.822488104369, abs=1e-6)
    counts = choice_counts(choices(game, np.ones(game.shape, bool)), np.ones(len(game)))
    assert log_likelihood(counts, np.zeros(6)) == pytest.approx(-len(game) * np.log(720), rel=1e-12)


def test_top_three_is_not_a_sub_ranking_nor_a_tie_of_the_rest(game):
    """PlackettLuce reads unranked = 0 as sub-rankings: PC comes out first, with +0.844 instead of +0.097."""
    r = json.loads((SHARED_GOLDEN / "pl_topk_coding.json").read_text())
    top = np.where(game <= 3, game, 0).astype(np.int16)
    correct = fit_of(top)
    assert correct.log_worth - correct.log_worth[0] == pytest.approx(
        [0, -0.070, -0.945, -1.242, -1.778, 0.097], abs=6e-4
    )
    assert correct.log_likelihood == pytest.approx(-382.85, abs=0.005)
    sub = fit_of(top, top > 0)  # what it means where only the ranked items were offered
    assert sub.log_worth - sub.log_worth[0] == pytest.approx([r["wrong_subranking"][item] for item in ITEMS], abs=1e-6)
    assert sub.log_likelihood == pytest.approx(r["ll_sub"], abs=1e-6)
    answers = tied_choices(np.where(top > 0, top, 4).astype(np.int16), np.ones(top.shape, bool))
    tied = fit_tied(tied_counts(answers, np.ones(len(top)), observed_orders(answers)))
    assert tied.log_worth - tied.log_worth[0] == pytest.approx([r["bottom_tie"][item] for item in ITEMS], abs=2e-6)
    assert tied.log_likelihood == pytest.approx(r["ll_bot"], abs=1e-6)


def test_homogeneity_of_two_groups_is_the_sum_of_their_likelihoods(game):
    import pandas as pd

    r = json.loads((SHARED_GOLDEN / "pl_group_LR.json").read_text())
    hours = pd.read_csv(SHARED_GOLDEN / "rol_game_wide.csv")["hours"].to_numpy()
    high = hours > np.median(hours)
    apart = fit_of(game[high]).log_likelihood + fit_of(game[~high]).log_likelihood
    assert 2 * (apart - fit_of(game).log_likelihood) == pytest.approx(r["LR"], abs=1e-6)


@pytest.mark.parametrize("model", ["plackett-luce", "bradley-terry", "maxdiff", "set-choice"])
def test_an_item_that_always_loses_is_penalised_and_named(build, draw, model):
    """statsmodels' ConditionalLogit gives -10.89 (94.4) without a warning, choix's opt_rankings -8.48."""
    rng = np.random.default_rng(0)
    ranks = np.column_stack([draw(rng, 60, np.array([0.4, 0.0, -0.3])), np.full(60, 4)])
    answers = build.rankings(ranks)
    if model == "set-choice":
        answers = build.rankings(ranks <= 2, selection=True)
    if model == "bradley-terry":
        pair = np.sort(np.argsort(rng.random((60, 4)), axis=1)[:, :2], axis=1)
        offered = np.zeros((60, 4), bool)
        np.put_along_axis(offered, pair, True, axis=1)
        first = ranks == np.where(offered, ranks, 9).min(axis=1)[:, None]
        answers = build.rankings(np.where(offered, np.where(first, 1, 2), 0), offered)
    if model == "maxdiff":
        shown = np.ones((60, 4), bool)
        answers = BestWorst(build.items(4), shown, ranks.argmin(1), ranks.argmax(1), np.arange(60), np.ones(60))
    found = rank(build.study(answers), model=model, draws=1000)
    assert found.estimate.penalty == PSEUDO
    assert np.abs(found.estimate.value).max() < 7
    assert np.isfinite(found.estimate.covariance).all()
    assert "likelihood ratio" not in {test.name for test in found.tests}
    assert any(note.startswith("Item 3 always or never wins") for note in found.notes)


def test_errors_belong_to_the_penalised_objective(golden):
    """PlackettLuce leaves pseudo-rankings out of the information: 2.342 for an item that always loses, not 1.758."""
    ranks = golden("pl_disconnected_ranks.csv").astype(np.int16)
    counts = choice_counts(choices(ranks, ranks > 0), np.ones(len(ranks)))
    fit = fit_counts(counts, pseudo=PSEUDO)
    theta = fit.log_worth + fit.location

    def objective(t):
        win = 1 / (1 + np.exp(-t))
        return log_likelihood(counts, t) + PSEUDO * np.log(win * (1 - win)).sum()

    m, h = len(theta), 1e-3
    hessian = np.empty((m, m))
    for i in range(m):
        for j in range(m):
            a, b = np.eye(m)[i] * h, np.eye(m)[j] * h
            ends = (
                objective(theta + a + b)
                - objective(theta + a - b)
                - objective(theta - a + b)
                + objective(theta - a - b)
            )
            hessian[i, j] = ends / (4 * h * h)
    shift = np.eye(m) - 1 / m
    assert fit.inverse == pytest.approx(shift @ np.linalg.inv(-hessian) @ shift, rel=1e-4, abs=1e-6)


def test_sandwich_errors_exist_for_every_ranking_model(build, draw):
    """sandwich::sandwich fails on PlackettLuce; ours is the default and differs from the model's under misfit."""
    rng = np.random.default_rng(1)
    two_minds = np.where(
        rng.random(200)[:, None] < 0.5, draw(rng, 200, np.array([2.0, 0, -2])), draw(rng, 200, np.array([-2.0, 0, 2]))
    )
    study = build.study(build.rankings(two_minds))
    robust, model = (
        rank(study, covariance=kind, draws=1000, frequencies=False).estimate for kind in ("robust", "model")
    )
    assert (robust.covariance_kind, model.covariance_kind) == ("robust", "model")
    assert robust.value == pytest.approx(model.value)
    assert robust.covariance[0, 0] / model.covariance[0, 0] > 1.4
