"""Pairs, best-worst and select-up-to-k against R (BradleyTerry2, support.BWS, clogit) and each other."""

import json
import os
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.rank import rank
from analysis.scores import MODELS
from analysis.scores.model import ModelError, open_wave
from analysis.scores.set_choice import left_out
from survey.answers import BestWorst

SHARED = Path(os.environ.get("OBSTACLES_SHARED", Path(__file__).parents[3] / "shared")) / "golden"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="other people's data, not shipped")


def fit(study, model, covariance="robust"):
    return MODELS[model].fit(open_wave(study.wave(), k=3, covariance=covariance)).estimate


def pairs_of(build, rows, m):
    """rows of (i, j, rank of i, rank of j, count) as rankings of two offered items."""
    ranks, offered = np.zeros((len(rows), m), int), np.zeros((len(rows), m), bool)
    for r, (i, j, a, b, _count) in enumerate(rows):
        ranks[r, [i, j]] = a, b
        offered[r, [i, j]] = True
    return build.rankings(ranks, offered, count=[row[4] for row in rows])


@needs_shared
def test_bradley_terry_with_ties_agrees_with_r(build):
    data = pd.read_csv(SHARED / "pl_pudding.csv")
    r = json.loads((SHARED / "pl_pudding.json").read_text())
    rows = []
    for row in data.itertuples():
        i, j = row.i - 1, row.j - 1
        rows += [(i, j, 1, 2, row.w_ij), (i, j, 2, 1, row.w_ji), (i, j, 1, 1, row.t_ij)]
    coefficients = np.array(list(r["coef_log_sumzero"].values()))
    for model in ("bradley-terry", "plackett-luce"):
        estimate = fit(build.study(pairs_of(build, rows, 6)), model)
        assert estimate.value == pytest.approx(coefficients[:6], abs=1e-7)
        assert estimate.log_likelihood == pytest.approx(r["logLik"], abs=1e-6)


@needs_shared
def test_order_effect_agrees_with_bradleyterry2(build):
    from dataclasses import replace

    data = pd.read_csv(SHARED / "bt_baseball.csv")
    r = json.loads((SHARED / "bt2.json").read_text())["baseball2_home"]["coef_table"]
    teams = sorted(set(data["home.team"]))
    rows, first = [], []
    for game in data.itertuples(index=False):
        i, j = teams.index(game[0]), teams.index(game[1])
        rows += [(i, j, 1, 2, game[2]), (i, j, 2, 1, game[3])]
        first += [i, i]
    answers = replace(pairs_of(build, rows, len(teams)), first_shown=np.array(first))
    estimate = fit(build.study(answers), "bradley-terry")
    peer = dict(zip(r["dimnames"][0], (row[0] for row in r["values"]), strict=True))
    names = {name.removeprefix("team"): value for name, value in peer.items() if name.startswith("team")}
    reference = (set(teams) - set(names)).pop()
    difference = estimate.value - estimate.value[teams.index(reference)]
    assert len(names) == 6
    for name, value in names.items():
        assert difference[teams.index(name)] == pytest.approx(value, abs=1e-6)
    home = next(value for name, value in peer.items() if not name.startswith("team"))
    assert estimate.parameters["log_order"] == pytest.approx(home, abs=1e-6)


def test_rankings_are_not_broken_into_pairs(build):
    with pytest.raises(ModelError, match="count the same answer several times"):
        rank(build.study(build.rankings([[1, 2, 3], [3, 2, 1]])), model="bradley-terry")


@needs_shared
@pytest.mark.parametrize("variant", ["maxdiff", "marginal", "sequential"])
def test_maxdiff_agrees_with_support_bws(build, variant):
    data = pd.read_csv(SHARED / "bws_fruit.csv")
    r = json.loads((SHARED / "bws_fruit.json").read_text())
    sets = np.array(r["sets"]) - 1
    shown, best, worst, respondent = [], [], [], []
    for i, row in enumerate(data.itertuples(index=False)):
        for q, members in enumerate(sets):
            shown.append(np.isin(np.arange(7), members))
            best.append(members[row[1 + 2 * q] - 1])
            worst.append(members[row[2 + 2 * q] - 1])
            respondent.append(i)
    answers = BestWorst(
        build.items(7), np.array(shown), np.array(best), np.array(worst), np.array(respondent), np.ones(len(best))
    )
    study = build.study(answers)
    estimate = fit(study, "maxdiff" if variant == "maxdiff" else f"maxdiff-{variant}")
    peer = r[variant]
    assert estimate.value[:6] - estimate.value[6] == pytest.approx(list(peer["coef"].values()), abs=1e-6)
    assert estimate.log_likelihood == pytest.approx(peer["logLik"], abs=1e-6)
    contrast = np.eye(7)[:6] - np.eye(7)[6]
    error = np.sqrt(np.diag(contrast @ estimate.covariance @ contrast.T) * 99 / 100)  # R leaves out n / (n - 1)
    assert error == pytest.approx(peer["robust_se_cluster_ID"], rel=1e-5)


def test_item_that_is_always_best_is_penalised_and_says_so(build):
    shown = np.ones((20, 3), bool)
    best, worst = np.zeros(20, int), np.tile([1, 2], 10)
    answers = BestWorst(build.items(3), shown, best, worst, np.arange(20), np.ones(20))
    estimate = fit(build.study(answers), "maxdiff")
    assert estimate.penalty == 0.5
    assert np.abs(estimate.value).max() < 10
    assert estimate.notes


@pytest.mark.parametrize(
    ("name", "key"), [("cochran_pickany40x6.csv", "any40x6"), ("pickupto5_120x8.csv", "upto5_120x8")]
)
def test_set_choice_agrees_with_clogit_exact(golden, build, name, key):
    marked, r = golden(name), golden("pickany_setchoice.json")[key]
    study = build.study(build.rankings(marked, selection=True))
    estimate = fit(study, "set-choice", covariance="model")
    contrast = np.eye(len(estimate.value))[1:] - np.eye(len(estimate.value))[0]
    assert contrast @ estimate.value == pytest.approx(list(r["coef"].values()), abs=1e-6)
    assert estimate.log_likelihood == pytest.approx(r["logLik"], abs=1e-8)
    assert contrast @ estimate.covariance @ contrast.T == pytest.approx(np.array(r["vcov"]["values"]), rel=1e-6)


def test_sets_as_large_as_the_cap_are_left_out_and_counted(golden, build):
    marked = golden("pickupto5_120x8.csv")
    study = build.study(build.rankings(marked, selection=True), max_choices=5)
    estimate = fit(study, "set-choice")
    full = int((marked.sum(axis=1) == 5).sum())
    assert estimate.base == int(((marked.sum(axis=1) > 0) & (marked.sum(axis=1) < 5)).sum())
    assert any(str(full) in note for note in estimate.notes)


def test_set_choice_influence_is_the_jackknife(golden, build):
    marked = golden("pickupto5_120x8.csv")
    estimate = fit(build.study(build.rankings(marked, selection=True)), "set-choice")
    apart = [
        estimate.value - fit(build.study(build.rankings(np.delete(marked, i, 0), selection=True)), "set-choice").value
        for i in range(0, 120, 12)
    ]
    assert np.corrcoef(np.ravel(apart), estimate.influence[::12].ravel())[0, 1] > 0.999


def test_item_that_everybody_marks_is_refused_with_a_way_out(build):
    marked = np.array([[1, 1, 0], [1, 0, 1], [1, 1, 0], [1, 0, 1]])
    with pytest.raises(ModelError, match=r'Item 0.*"share"'):
        rank(build.study(build.rankings(marked, selection=True)), model="set-choice")


def test_symmetric_functions_without_one_and_two():
    b = np.array([2.0, 3.0, 5.0, 7.0])
    single, pairs, whole = left_out(b, 3)
    assert whole[2] == sum(x * y for x, y in combinations(b, 2))
    assert single[0, 1] == 2 * (3 + 5 + 7)
    assert pairs[1, 2, 1] == 3 * 5 * (2 + 7)
