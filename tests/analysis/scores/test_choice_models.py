"""Pairs, best-worst and select-up-to-k against R (BradleyTerry2, support.BWS, clogit) and each other."""

import json
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from paths import GOLDEN, SHARED_GOLDEN, needs_shared_golden

from obstacles.analysis.choice.set_choice_likelihood import left_out
from obstacles.analysis.inference.quasi_variance import quasi_variances
from obstacles.analysis.prepare import ModelError, prepare
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.scores import SCORES
from obstacles.survey.answers import BestWorst


def fit(study, model, covariance="robust"):
    return SCORES[model].fit(prepare(study.wave(), k=3, covariance=covariance)).estimate


def pairs_of(build, rows, m):
    """rows of (i, j, rank of i, rank of j, count) as rankings of two offered items."""
    ranks, offered = np.zeros((len(rows), m), int), np.zeros((len(rows), m), bool)
    for r, (i, j, a, b, _count) in enumerate(rows):
        ranks[r, [i, j]] = a, b
        offered[r, [i, j]] = True
    return build.rankings(ranks, offered, count=[row[4] for row in rows])


def pairs_synth(build, *, ties):
    """The rows of pairs_synth.csv, in both orders, as pairs whose first item is known."""
    text = (GOLDEN / "pairs_synth.csv").read_text().splitlines()[1:]
    rows, first = [], []
    for line in text:
        cells = [cell.strip('"') for cell in line.split(",")]
        i, j = "ABCDE".index(cells[0]), "ABCDE".index(cells[1])
        outcomes = [(1, 2), (2, 1), (1, 1)][: 3 if ties else 2]
        for outcome, count in zip(outcomes, cells[2:], strict=False):
            rows.append((i, j, *outcome, int(count)))
            first.append(i)
    return replace(pairs_of(build, rows, 5), first_shown=np.array(first))


@pytest.mark.parametrize(
    ("case", "ties", "order"), [("ties_order", True, True), ("ties", True, False), ("order", False, True)]
)
def test_pairs_with_ties_and_order_agree_with_a_log_linear_model(golden, build, case, ties, order):
    r = golden("choices.json")[case]
    answers = pairs_synth(build, ties=ties)
    estimate = fit(build.study(answers if order else replace(answers, first_shown=None)), "bradley-terry", "model")
    c = np.eye(5)[1:] - np.eye(5)[0]
    peer = list(r["coef"].values())
    assert c @ estimate.value == pytest.approx(peer[:4], abs=1e-9)
    assert list(estimate.parameters.values()) == pytest.approx(peer[4:], abs=1e-9)
    assert c @ estimate.covariance @ c.T == pytest.approx(np.array(r["vcov"])[:4, :4], rel=1e-7)
    assert estimate.log_likelihood == pytest.approx(r["logLik"], abs=1e-8)
    assert estimate.base == sum(answers.answer_counts)


def test_order_effect_agrees_with_bradleyterry2_on_synthetic_pairs(golden, build):
    r = golden("choices.json")["bradleyterry2_order"]
    estimate = fit(build.study(pairs_synth(build, ties=False)), "bradley-terry", "model")
    assert estimate.value[1:] - estimate.value[0] == pytest.approx(list(r["coef"].values())[:4], abs=1e-7)
    assert estimate.parameters["log_order"] == pytest.approx(r["coef"]["at"], abs=1e-7)


def test_counted_pairs_are_independent_and_repeated_ones_stay_within_the_person(build):
    """The same 40 comparisons: as counts, as rows of 40 people, and as rows of four people."""
    rows = [(0, 1, 1, 2, 9), (0, 1, 2, 1, 5), (1, 2, 1, 2, 8), (1, 2, 2, 1, 6), (0, 2, 1, 2, 7), (0, 2, 2, 1, 5)]
    counted = pairs_of(build, rows, 3)
    written = pairs_of(build, [(*row[:4], 1) for row in rows for _again in range(row[4])], 3)
    by_count, by_rows = (fit(build.study(answers), "bradley-terry") for answers in (counted, written))
    assert by_count.covariance == pytest.approx(by_rows.covariance, rel=1e-9)
    assert by_count.base == by_rows.base == 40
    together = replace(written, respondent=np.arange(40) // 10)
    prepared = prepare(build.study(together).wave(), k=3)
    assert prepared.sample.df == 3
    assert SCORES["bradley-terry"].fit(prepared).estimate.tests == ()


def test_pairs_that_are_all_tied_are_refused(build):
    with pytest.raises(ModelError, match="every pair is tied"):
        rank(build.study(pairs_of(build, [(0, 1, 1, 1, 3), (1, 2, 1, 1, 3)], 3)), model="bradley-terry")


@pytest.mark.parametrize("model", ["bradley-terry", "maxdiff", "maxdiff-marginal", "maxdiff-sequential"])
def test_influence_of_task_models_is_the_jackknife_and_batched_refits_are_single_fits(build, model):
    study = build.study(pairs_synth(build, ties=True) if model == "bradley-terry" else best_worst_synth(build))
    prepared = prepare(study.wave(), k=3)
    fitted = SCORES[model].fit(prepared)
    n = prepared.sample.n
    times = np.ones(n) if prepared.sample.row_counts is None else prepared.sample.row_counts
    rows = np.flatnonzero(times > 0)[:20]
    left_out = np.tile(prepared.sample.weight, (len(rows), 1))
    left_out[np.arange(len(rows)), rows] *= 1 - 1 / times[rows]  # one of the people behind the row
    apart = (fitted.estimate.value - fitted.refit(left_out)) * times[rows, None]
    assert np.corrcoef(apart.ravel(), fitted.estimate.influence[rows].ravel())[0, 1] > 0.999
    assert apart == pytest.approx(fitted.estimate.influence[rows], rel=0.15, abs=0.02)


@needs_shared_golden
def test_bradley_terry_with_ties_agrees_with_r(build):
    data = pd.read_csv(SHARED_GOLDEN / "pl_pudding.csv")
    r = json.loads((SHARED_GOLDEN / "pl_pudding.json").read_text())
    rows = []
    for row in data.itertuples():
        i, j = row.i - 1, row.j - 1
        rows += [(i, j, 1, 2, row.w_ij), (i, j, 2, 1, row.w_ji), (i, j, 1, 1, row.t_ij)]
    coefficients = np.array(list(r["coef_log_sumzero"].values()))
    for model in ("bradley-terry", "plackett-luce"):
        estimate = fit(build.study(pairs_of(build, rows, 6)), model)
        assert estimate.value == pytest.approx(coefficients[:6], abs=1e-7)
        assert estimate.log_likelihood == pytest.approx(r["logLik"], abs=1e-6)


@needs_shared_golden
def test_citations_and_their_quasi_variances_agree_with_bradleyterry2(build):
    data = pd.read_csv(SHARED_GOLDEN / "bt_citations.csv")
    r = json.loads((SHARED_GOLDEN / "bt2.json").read_text())
    names = sorted({*data["journal1"], *data["journal2"]})
    rows = []
    for row in data.itertuples(index=False):
        i, j = names.index(row[0]), names.index(row[1])
        rows += [(i, j, 1, 2, row[2]), (i, j, 2, 1, row[3])]
    estimate = fit(build.study(pairs_of(build, rows, 4)), "bradley-terry", "model")
    peer = dict(zip(r["abilities"]["dimnames"][0], (row[0] for row in r["abilities"]["values"]), strict=True))
    assert estimate.value - estimate.value[0] == pytest.approx(
        [peer[name] - peer[names[0]] for name in names], abs=1e-7
    )
    c = np.eye(4)[1:] - np.eye(4)[0]
    assert c @ estimate.covariance @ c.T == pytest.approx(np.array(r["vcov"]["values"]), rel=1e-6)
    quasi = dict(zip(r["qv"]["_row"], r["qv"]["quasiVar"], strict=True))
    assert quasi_variances(estimate.covariance) == pytest.approx([quasi[name] for name in names], rel=1e-5)


@needs_shared_golden
def test_order_effect_agrees_with_bradleyterry2(build):
    data = pd.read_csv(SHARED_GOLDEN / "bt_baseball.csv")
    r = json.loads((SHARED_GOLDEN / "bt2.json").read_text())["baseball2_home"]["coef_table"]
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


def best_worst_synth(build):
    data = np.loadtxt(GOLDEN / "best_worst_synth.csv", delimiter=",", skiprows=1, dtype=int)
    shown = (data[:, 4:, None] - 1 == np.arange(5)).any(axis=1)
    return BestWorst(build.items(5), shown, data[:, 2] - 1, data[:, 3] - 1, data[:, 0] - 1, np.ones(len(data)))


@pytest.mark.parametrize("variant", ["maxdiff", "marginal", "sequential"])
def test_maxdiff_of_unequal_exposure_agrees_with_clogit(golden, build, variant):
    r = golden("choices.json")[variant]
    model = "maxdiff" if variant == "maxdiff" else f"maxdiff-{variant}"
    study = build.study(best_worst_synth(build))
    robust, model_based = (fit(study, model, covariance) for covariance in ("robust", "model"))
    c = np.eye(5)[1:] - np.eye(5)[0]
    assert c @ robust.value == pytest.approx(list(r["coef"].values()), abs=1e-8)
    assert robust.log_likelihood == pytest.approx(r["logLik"], abs=1e-8)
    assert c @ model_based.covariance @ c.T == pytest.approx(np.array(r["naive_vcov"]), rel=1e-6)
    assert c @ robust.covariance @ c.T * 39 / 40 == pytest.approx(np.array(r["robust_vcov"]), rel=1e-6)


def test_best_minus_worst_counts_each_item_by_its_own_exposure(build):
    answers = best_worst_synth(build)
    estimate = fit(build.study(answers), "best-minus-worst")
    item = np.arange(5)
    best, worst = (answers.best[:, None] == item).sum(axis=0), (answers.worst[:, None] == item).sum(axis=0)
    assert estimate.value == pytest.approx((best - worst) / answers.shown.sum(axis=0))
    assert estimate.columns["times_shown"].tolist() == answers.shown.sum(axis=0).tolist()
    assert estimate.base == 40


def test_tasks_with_one_item_twice_or_one_not_shown_are_refused(build):
    answers = best_worst_synth(build)
    with pytest.raises(ModelError, match="280 tasks name the same item"):
        rank(build.study(replace(answers, worst=answers.best)))
    hidden = np.argmin(answers.shown, axis=1)
    with pytest.raises(ModelError, match="did not show"):
        rank(build.study(replace(answers, worst=hidden)))


@needs_shared_golden
@pytest.mark.parametrize("variant", ["maxdiff", "marginal", "sequential"])
def test_maxdiff_agrees_with_support_bws(build, variant):
    data = pd.read_csv(SHARED_GOLDEN / "bws_fruit.csv")
    r = json.loads((SHARED_GOLDEN / "bws_fruit.json").read_text())
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


def test_item_that_everybody_marks_is_penalised_and_says_so(build):
    marked = np.array([[1, 1, 0], [1, 0, 1], [1, 1, 0], [1, 0, 1]])
    estimate = fit(build.study(build.rankings(marked, selection=True)), "set-choice")
    assert estimate.penalty == 0.5
    assert np.abs(estimate.value).max() < 10
    assert any("Item 0" in note for note in estimate.notes)


def test_batched_refits_of_set_choices_are_single_fits(golden, build):
    marked = golden("pickupto5_120x8.csv")
    rng = np.random.default_rng(0)
    fitted = SCORES["set-choice"].fit(prepare(build.study(build.rankings(marked, selection=True)).wave(), k=3))
    weights = rng.multinomial(120, np.full(120, 1 / 120), 6).astype(float)
    alone = [
        fit(build.study(build.rankings(marked.repeat(row.astype(int), axis=0), selection=True)), "set-choice").value
        for row in weights
    ]
    assert fitted.refit(weights) == pytest.approx(np.array(alone), abs=1e-7)


def test_cap_hit_rate_and_the_labelled_sensitivity(golden, build):
    marked = golden("pickupto5_120x8.csv")
    study = build.study(build.rankings(marked, selection=True), max_choices=5)
    plain, everything = fit(study, "set-choice"), fit(study, "set-choice-all")
    assert plain.parameters["cap_hit_rate"] == pytest.approx((marked.sum(axis=1) == 5).mean())
    assert everything.base > plain.base
    assert any("sensitivity" in note for note in everything.notes)
    without_cap = build.study(build.rankings(marked, selection=True))
    with pytest.raises(ModelError, match="no largest number is stated"):
        rank(without_cap, model="set-choice-all")


def test_sets_without_those_at_the_cap_keep_the_slope(build):
    """A binding cap of 3: the worths of larger sets that were cut short are biased, those of smaller sets are not."""
    rng = np.random.default_rng(4)
    truth = np.linspace(1.2, -1.2, 8)
    lenient = rng.normal(-0.6, 1.2, (20_000, 1))
    marked = rng.random((20_000, 8)) < 1 / (1 + np.exp(-(truth + lenient)))
    over = marked.sum(axis=1) > 3
    order = np.argsort(np.where(marked, rng.random(marked.shape) - 0.25 * truth, 9), axis=1)
    marked[over] = False
    marked[np.flatnonzero(over)[:, None], order[over, :3]] = True  # the three that came to mind first
    study = build.study(build.rankings(marked, selection=True), max_choices=3)
    slopes = {model: np.polyfit(truth, fit(study, model).value, 1)[0] for model in ("set-choice", "set-choice-all")}
    assert slopes["set-choice"] == pytest.approx(1, abs=0.04)
    assert abs(slopes["set-choice-all"] - 1) > 0.1


def test_symmetric_functions_without_one_and_two():
    b = np.array([2.0, 3.0, 5.0, 7.0])
    single, pairs, whole = (table[0] for table in left_out(b[None], 3))
    assert whole[2] == sum(x * y for x, y in combinations(b, 2))
    assert single[0, 1] == 2 * (3 + 5 + 7)
    assert pairs[1, 2, 1] == 3 * 5 * (2 + 7)
