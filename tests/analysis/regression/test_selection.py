"""Selections: logistic regression and its tests against survey, Firth's penalty, pick-any tests, and set choices."""

from __future__ import annotations

import csv
import json
from itertools import combinations

import numpy as np
import pytest
from paths import SHARED_GOLDEN, needs_shared_golden
from scipy import optimize, special

from obstacles.analysis.inference.lifted import excess_of
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.kinds.pick_any import difference_test, differences
from obstacles.analysis.regression.likelihoods.block_likelihoods import chosen_sets
from obstacles.analysis.regression.likelihoods.glm import fit_glm
from obstacles.analysis.regression.likelihoods.item_logit import Predictor, fit_items, value_of
from obstacles.analysis.regression.model import Block
from obstacles.analysis.regression.regress import regress
from obstacles.analysis.regression.separation import fit_firth, separated
from obstacles.analysis.regression.summary import Moments, rao_scott

N, M = 300, 4


def marked_by_x(rng, n=N, m=M):
    """Marks whose odds depend on a group and a number."""
    grade, age = rng.choice(["A", "B", "C"], n), rng.normal(0, 1, n).round(2)
    eta = np.array([0.4, 0.0, -0.5, -1.0])[:m] + np.zeros((n, 1))
    eta[:, 0] += 0.8 * (grade == "B")
    eta[:, 1] += 0.5 * age
    return (rng.random((n, m)) < special.expit(eta)).astype(int), {"grade": grade, "age": age}


@pytest.fixture(scope="module")
def synth(golden):
    """Marks of item A (the first three ranks), covariates and design of the synthetic answers."""
    table = golden("synth_full.csv")
    n = len(table)
    third = (np.arange(1, n + 1) * 7) % 3
    x = np.column_stack([np.ones(n), table[:, 1], table[:, 2], third == 1, third == 2]).astype(float)
    sample = SurveyDesign(
        n,
        table[:, 3] * n / table[:, 3].sum(),
        np.unique(table[:, 4], return_inverse=True)[1],
        np.unique(table[:, 5], return_inverse=True)[1],
        None,
    )
    return (table[:, 6] <= 3).astype(float), x, sample, third


# ---------- logistic regression ---------------------------------------------------------------------------------


def test_design_based_errors_agree_with_svyglm(golden, synth):
    expected, (y, x, sample, _third) = golden("regression.json")["logit"], synth
    found = fit_glm(y, x, sample.weight, link="logit")
    assert found.theta == pytest.approx(list(expected["coef"].values()), rel=1e-8)
    assert sample.covariance(found.score @ found.inverse) == pytest.approx(np.array(expected["vcov"]), rel=1e-6)


def test_the_golden_logit_of_ratings_agrees_with_svyglm(golden, synth):
    expected, (_y, x, sample, _third) = golden("synth.json")["svylogit_A4"], synth
    y = (golden("synth_likert.csv")[:, 0] >= 4).astype(float)
    found = fit_glm(y, x[:, :3], sample.weight, link="logit")
    assert found.theta == pytest.approx(list(expected["coef"].values()), rel=1e-6)
    errors = np.sqrt(np.diag(sample.covariance(found.score @ found.inverse)))
    assert errors == pytest.approx(list(expected["se"].values()), rel=1e-6)


def test_tests_of_terms_agree_with_the_working_tests_of_survey(golden, synth):
    """Likelihood ratio and working Wald statistic of a group of three, with the eigenvalues of Rao and Scott."""
    y, x, sample, _third = synth
    full, less = (fit_glm(y, part, sample.weight, link="logit") for part in (x, x[:, :3]))
    covariance = sample.covariance(full.score @ full.inverse)
    moments = Moments(full.theta, full.inverse, covariance, None, 1, sample.df)
    ratio = 2 * (full.log_likelihood - less.log_likelihood)
    for name, block in (
        ("LRT", Block("g3", "", np.eye(5)[3:], ratio)),
        ("WorkingWald", Block("g3", "", np.eye(5)[3:])),
    ):
        expected = golden("regression.json")[f"logit_{name}"]
        chisq, lam = np.ravel(expected["chisq"])[0], np.array(expected["lambda"])
        test = rao_scott(block, moments)
        assert test.statistic * lam.sum() == pytest.approx(chisq, rel=1e-6)
        assert test.df[0] == pytest.approx(lam.sum() ** 2 / (lam**2).sum(), rel=1e-6)


def fisher_steps(y, x, weight):
    """The last two coefficients of R's glm, which stops when the deviance moves by less than 1e-8 of itself."""
    mean = (weight * y + 0.5) / (weight + 1)
    eta, deviance, coefficients = special.logit(mean), np.inf, []
    while True:
        v = special.expit(eta) * special.expit(-eta)
        working = eta + (y - special.expit(eta)) / v
        gram = (x * (weight * v)[:, None]).T @ x
        coefficients.append(np.linalg.solve(gram, x.T @ (weight * v * working)))
        eta = x @ coefficients[-1]
        now = float(-2 * weight @ (y * special.log_expit(eta) + (1 - y) * special.log_expit(-eta)))
        if abs(now - deviance) / (abs(now) + 0.1) < 1e-8:
            return coefficients[-2:]
        deviance = now


def peer_influence(y, x, weight, before, last):
    """svyglm's influence: working weights of the iteration before the last one, residuals of the last one."""
    v = special.expit(x @ before) * special.expit(-(x @ before))
    mean = special.expit(x @ last)
    score = x * (weight * v * (y - mean) / (mean * (1 - mean)))[:, None]
    return score @ np.linalg.inv((x * (weight * v)[:, None]).T @ x)


@needs_shared_golden
@pytest.mark.parametrize(("name", "file"), [("strat", "survey_apistrat.csv"), ("clus1_nofpc", "survey_apiclus1.csv")])
def test_school_data_agree_with_svyglm(name, file):
    golden = json.loads((SHARED_GOLDEN / "survey_api.json").read_text())
    with (SHARED_GOLDEN / file).open() as lines:
        rows = list(csv.DictReader(lines))
    n = len(rows)
    x = np.column_stack([np.ones(n), *([float(row[c]) for row in rows] for c in ("ell", "meals", "mobility"))])
    weight = np.array([float(row["pw"]) for row in rows])
    stratum = np.unique([row["stype"] for row in rows], return_inverse=True)[1] if name == "strat" else None
    cluster = np.unique([row["dnum"] for row in rows], return_inverse=True)[1] if name != "strat" else None
    fpc = np.array([float(row["fpc"]) for row in rows])
    sample = SurveyDesign(n, weight * n / weight.sum(), stratum, cluster, fpc if name == "strat" else None)
    for kind, y, link in (
        ("svyglm_logit_schwide", np.array([row["sch.wide"] == "Yes" for row in rows], float), "logit"),
        ("svyglm_gaussian", np.array([float(row["api00"]) for row in rows]), "identity"),
    ):
        expected = golden[kind][name]
        found = fit_glm(y, x, sample.weight, link=link)
        table = np.array(expected["coef_table"]["values"])
        assert found.theta == pytest.approx(table[:, 0], rel=1e-6)
        influence = found.score @ found.inverse
        if link == "logit":
            before, last = fisher_steps(y, x, sample.weight)
            assert found.theta == pytest.approx(last, rel=1e-6)
            influence = peer_influence(y, x, sample.weight, before, last)
        # the stratified sample of schools is printed with its finite population correction
        covariance = sample.covariance(influence, finite_population=name == "strat")
        assert covariance == pytest.approx(np.array(expected["vcov"]["values"]), rel=1e-6)


def test_the_average_marginal_effect_is_the_mean_difference_of_probabilities(build, grouped, model):
    marks, groups = marked_by_x(np.random.default_rng(0))
    study = grouped(build.rankings(marks, selection=True), groups)
    found = regress(study, model("selection", "grade + age", numeric=["age"]))
    rows = {(row.outcome, row.column): row.estimate for row in (*found.base_rows, *found.rows)}
    effects = {(e.outcome, e.variable, e.level): e for e in found.effects}
    for item in ("i0", "i3"):
        rest = rows[(item, "1")] + rows[(item, "age")] * groups["age"]
        high, low = special.expit(rest + rows[(item, "grade[T.B]")]), special.expit(rest)
        assert effects[(item, "grade", "B")].value == pytest.approx((high - low).mean(), abs=1e-10)
        eta = rest + rows[(item, "grade[T.B]")] * (groups["grade"] == "B")
        eta = eta + rows[(item, "grade[T.C]")] * (groups["grade"] == "C")
        slope = (special.expit(eta) * special.expit(-eta)).mean() * rows[(item, "age")]
        assert effects[(item, "age", "")].value == pytest.approx(slope, rel=1e-3)


@pytest.mark.slow
def test_errors_of_marginal_effects_are_those_of_the_jackknife(build, grouped, model):
    n = 120
    marks, groups = marked_by_x(np.random.default_rng(1), n)

    def effects(kept):
        part = {name: values[kept] for name, values in groups.items()}
        study = grouped(build.rankings(marks[kept], selection=True), part)
        found = regress(study, model("selection", "grade + age", numeric=["age"]))
        return {(e.outcome, e.variable, e.level): e for e in found.effects}

    whole = effects(np.ones(n, bool))
    leave = [effects(np.arange(n) != gone) for gone in range(n)]
    looked = 0
    for key, one in whole.items():
        values = np.array([other[key].value for other in leave])
        error = np.sqrt((n - 1) / n * ((values - values.mean()) ** 2).sum())
        assert one.error == pytest.approx(error, rel=0.1)
        looked += 1
    assert looked == 12


def test_the_family_of_one_correction_is_all_items_and_terms(build, grouped, model):
    from statsmodels.stats.multitest import multipletests

    marks, groups = marked_by_x(np.random.default_rng(2))
    study = grouped(build.rankings(marks, selection=True), groups)
    found = regress(study, model("selection", "grade + age", numeric=["age"]))
    p = [row.p for row in found.rows]
    assert len(p) == 12
    assert [row.adjusted for row in found.rows] == pytest.approx(multipletests(p, method="holm")[1], rel=1e-10)


# ---------- separation ------------------------------------------------------------------------------------------


def test_firth_agrees_with_brglm2(golden, synth):
    expected, (y, x, _sample, third) = golden("regression.json")["firth"], synth
    y = np.where(third == 2, 1.0, y)
    found = fit_firth(y, x[:, [0, 1, 3, 4]], np.ones(len(y)))
    assert found.theta == pytest.approx(list(expected["coef"].values()), rel=1e-6)
    assert found.inverse == pytest.approx(np.array(expected["vcov"]), rel=1e-6)


def test_separation_is_found_and_named(synth):
    y, x, _sample, third = synth
    assert not separated(y, x).any()
    apart = separated(np.where(third == 2, 1.0, y), x)
    assert apart[4]
    assert not apart[1]
    rng = np.random.default_rng(0)
    line = np.column_stack([np.ones(50), rng.normal(size=50)])
    assert separated((line[:, 1] > 0.3).astype(float), line).all()


def test_separated_marks_are_penalised_said_so_and_keep_an_error(build, grouped, model):
    """A peer prints b = -10.9 with an error of 94 and no warning."""
    marks, groups = marked_by_x(np.random.default_rng(3))
    marks[groups["grade"] == "C", 3] = 0
    found = regress(grouped(build.rankings(marks, selection=True), groups), model("selection", "grade"))
    row = next(row for row in found.rows if (row.outcome, row.column) == ("i3", "grade[T.C]"))
    assert found.penalty == "Firth"
    assert -8 < row.estimate < -1
    assert row.error > 0.5  # a robust error alone would be near zero: nothing varies in the cell
    check = next(check for check in found.checks if check.name == "separation")
    assert check.passed is False
    assert "Item 3 (C)" in check.text
    effect = next(e for e in found.effects if (e.outcome, e.level) == ("i3", "C"))
    assert effect.error > 0.005


def test_errors_of_a_penalised_fit_are_nowhere_smaller_than_those_of_the_model():
    rng = np.random.default_rng(4)
    root = rng.normal(size=(4, 4))
    model, sandwich = root @ root.T, np.diag([5.0, 1e-9, 2.0, 1e-6])
    whole = sandwich + excess_of(sandwich, model)
    for direction in rng.normal(size=(200, 4)):
        assert direction @ whole @ direction >= max(direction @ model @ direction, direction @ sandwich @ direction) * (
            1 - 1e-9
        )


def test_items_that_nobody_or_everybody_marked_are_passed_over_with_a_note(build, grouped, model):
    marks, groups = marked_by_x(np.random.default_rng(5))
    marks[:, 2] = 0
    found = regress(grouped(build.rankings(marks, selection=True), groups), model("selection", "grade"))
    assert {row.outcome for row in found.rows} == {"i0", "i1", "i3"}
    assert any("Item 2" in note for note in found.notes)
    with pytest.raises(ModelError, match="no item was marked"):
        regress(grouped(build.rankings(np.ones_like(marks), selection=True), groups), model("selection", "grade"))


def test_items_offered_to_some_count_those_who_were_asked(build, grouped, model):
    marks, groups = marked_by_x(np.random.default_rng(6))
    offered = np.ones(marks.shape, bool)
    offered[::3, 1] = False
    study = grouped(build.rankings(marks * offered, offered, selection=True), groups)
    found = regress(study, model("selection", "grade"))
    asked = offered[:, 1]
    row = next(row for row in found.rows if (row.outcome, row.column) == ("i1", "grade[T.B]"))
    assert row.base == (asked & (groups["grade"] == "B")).sum()
    x = np.column_stack([np.ones(N), groups["grade"] == "B", groups["grade"] == "C"]).astype(float)
    alone = fit_glm(marks[asked, 1].astype(float), x[asked], np.ones(asked.sum()), link="logit")
    assert row.estimate == pytest.approx(alone.theta[1], rel=1e-8)


# ---------- pick any by group -----------------------------------------------------------------------------------


def read_marks(file):
    with (SHARED_GOLDEN / file).open() as lines:
        return np.array([[int(cell) for cell in row] for row in list(csv.reader(lines))[1:]])


@needs_shared_golden
def test_pick_any_by_group_agrees_with_mrcv():
    expected = json.loads((SHARED_GOLDEN / "mrcv.json").read_text())["farmer1_MMI_rs2"]["rs2"]
    table = read_marks("mrcv_farmer1.csv")
    code, marks = np.unique(table[:, 0], return_inverse=True)[1], table[:, 1:].astype(float)
    found = differences(code, marks, np.ones(marks.shape, bool), np.ones(len(marks)))
    test, root = difference_test([found], found.influence.T @ found.influence, np.inf, "")
    q, squares = code.max() * marks.shape[1], (root**2).sum()
    assert test.statistic * root.sum() * q / squares == pytest.approx(expected["X.sq.S.rs2"], rel=1e-9)
    assert q**2 / squares == pytest.approx(expected["df.rs2"], rel=1e-9)


@needs_shared_golden
def test_two_selections_agree_with_mrcv_but_for_the_halves_it_adds():
    """The peer adds 0.5 to the empty cell of one of the twelve tables: its statistic is 64.03 where 64.83 is there."""
    expected = json.loads((SHARED_GOLDEN / "mrcv.json").read_text())["farmer2_SPMI_rs2"]["rs2"]
    table = read_marks("mrcv_farmer2.csv")
    marks, n = table[:, 3:].astype(float), len(table)
    columns = [
        differences(table[:, i], marks, np.ones(marks.shape, bool), np.ones(n), sizes_held=False) for i in range(3)
    ]
    influence = np.concatenate([column.influence for column in columns], axis=1)
    test, root = difference_test(columns, influence.T @ influence, np.inf, "")
    squares = (root**2).sum()
    assert 12**2 / squares == pytest.approx(expected["df.rs2"], rel=1e-9)

    def pearson(i, j, added):
        cells = np.array([[((table[:, i] == a) & (marks[:, j] == b)).sum() for b in (0, 1)] for a in (0, 1)], float)
        cells[cells == 0] += added
        fitted = np.outer(cells.sum(axis=1), cells.sum(axis=0)) / cells.sum()
        return ((cells - fitted) ** 2 / fitted).sum()

    pairs = [(i, j) for i in range(3) for j in range(4)]
    assert test.statistic * root.sum() == pytest.approx(sum(pearson(i, j, 0.0) for i, j in pairs), rel=1e-9)
    with_halves = sum(pearson(i, j, 0.5) for i, j in pairs)
    assert with_halves * 12 / squares == pytest.approx(expected["X.sq.S.rs2"], rel=1e-9)


def test_pick_any_of_one_item_is_pearsons_test(build, grouped, model):
    from scipy import stats

    marks, groups = marked_by_x(np.random.default_rng(7))
    found = regress(grouped(build.rankings(marks, selection=True), groups), model("pick_any", "grade", items=["i0"]))
    table = np.array([[((groups["grade"] == g) & (marks[:, 0] == y)).sum() for y in (0, 1)] for g in "ABC"])
    chi2, p = stats.chi2_contingency(table, correction=False)[:2]
    test = found.tests[0].test
    assert test.statistic * 2 == pytest.approx(chi2, rel=0.1)  # F by eigenvalues that are near 1
    assert test.p == pytest.approx(p, rel=0.5)
    shares = {(one.level, one.item): one for one in found.shares}
    assert shares[("B", "i0")].share == pytest.approx(marks[groups["grade"] == "B", 0].mean())
    assert shares[("B", "i0")].difference == pytest.approx(
        marks[groups["grade"] == "B", 0].mean() - marks[:, 0].mean(), abs=1e-12
    )


def test_pick_any_takes_groups_alone(build, grouped, model):
    marks, groups = marked_by_x(np.random.default_rng(8))
    study = grouped(build.rankings(marks, selection=True), groups)
    for formula, keys in (("grade:age", {"numeric": ["age"]}), ("age", {"numeric": ["age"]})):
        with pytest.raises(ModelError, match="groups"):
            regress(study, model("pick_any", formula, **keys))


# ---------- set choices -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "name"), [("cochran_pickany40x6.csv", "any40x6"), ("pickupto5_120x8.csv", "upto5_120x8")]
)
def test_set_choices_agree_with_exact_clogit(golden, file, name):
    expected, marks = golden("pickany_setchoice.json")[name], golden(file).astype(bool)
    n, m = marks.shape
    likelihood = chosen_sets(marks, np.ones(marks.shape, bool))
    found = fit_items(likelihood, Predictor(np.ones((n, 1)), np.eye(m)[:, 1:]), np.ones(n))
    assert found.theta == pytest.approx(list(expected["coef"].values()), rel=1e-6)
    assert found.inverse == pytest.approx(np.array(expected["vcov"]["values"]), rel=1e-6)
    assert found.log_likelihood == pytest.approx(expected["logLik"], rel=1e-9)


def test_set_choices_with_covariates_are_the_conditional_likelihood(build, grouped, model):
    """Against the sum over all sets of the same size, written out."""
    rng = np.random.default_rng(9)
    marks, groups = marked_by_x(rng, 150)
    found = regress(
        grouped(build.rankings(marks, selection=True), groups),
        model("set_choice_logit", "age", numeric=["age"], reference_item="i3"),
    )
    says = (marks.sum(axis=1) > 0) & (marks.sum(axis=1) < M)
    age = groups["age"][says] - groups["age"][says].mean()
    told = marks[says]

    def value(theta):
        utility = np.append(theta[:3], 0) + age[:, None] * np.append(theta[3:], 0)
        total = 0.0
        for row, u in zip(told, utility, strict=True):
            sets = [sum(u[list(s)]) for s in combinations(range(M), int(row.sum()))]
            total += row @ u - special.logsumexp(sets)
        return -total

    peer = optimize.minimize(value, np.zeros(6), method="BFGS", options={"gtol": 1e-8})
    rows = {row.outcome: row.estimate for row in found.rows}
    assert [rows[f"i{j}"] for j in range(3)] == pytest.approx(peer.x[3:], abs=1e-5)
    assert found.log_likelihood == pytest.approx(-peer.fun, rel=1e-9)


def test_marking_more_of_everything_moves_no_worth(build, grouped, model):
    rng = np.random.default_rng(10)
    n = 1_200
    grade = rng.choice(["A", "B"], n)
    leniency = np.where(grade == "B", 1.2, -0.4)[:, None] + rng.normal(size=(n, 1))
    marks = (rng.random((n, M)) < special.expit(np.array([0.5, 0.2, -0.2, -0.5]) + leniency)).astype(int)
    study = grouped(build.rankings(marks, selection=True), {"grade": grade})
    by_share = regress(study, model("selection", "grade"))
    by_set = regress(study, model("set_choice_logit", "grade"))
    assert all(row.adjusted < 0.05 for row in by_share.rows)
    assert by_set.tests[0].test.p > 0.05


def test_sets_at_the_cap_are_left_out_with_their_number(build, grouped, model):
    marks, groups = marked_by_x(np.random.default_rng(11))
    marks[marks.sum(axis=1) > 2] = [1, 1, 0, 0]
    found = regress(
        grouped(build.rankings(marks, selection=True), groups, max_choices=2), model("set_choice_logit", "grade")
    )
    hit = (marks.sum(axis=1) == 2).sum()
    assert any(note.startswith(f"{hit} respondents marked all 2") for note in found.notes)
    likelihood = chosen_sets(marks == 1, np.ones(marks.shape, bool))
    assert np.isfinite(value_of(likelihood, Predictor(np.ones((N, 1)), np.eye(M)[:, 1:]), np.zeros(3), np.ones(N)))
