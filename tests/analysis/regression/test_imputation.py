"""Covariates that are not known: complete cases with their number, or multiple imputation with Rubin's errors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.imputation import sheets_of
from obstacles.analysis.regression.model import ModelInput
from obstacles.analysis.regression.regress import _open, regress
from obstacles.analysis.regression.summary import Moments

N = 400


def answered(rng, n=N):
    """Marks by a group and a number; the number is known less often where the mark is there (missing at random)."""
    grade = rng.choice(["A", "B", "C"], n, p=[0.5, 0.3, 0.2])
    age = np.round(40 + 8 * (grade == "B") + rng.normal(0, 5, n), 1)
    eta = -0.5 + 0.8 * (grade == "B") + 0.08 * (age - 42)
    marks = (rng.random((n, 3)) < special.expit(np.column_stack([eta, np.zeros(n), np.full(n, -1.0)]))).astype(int)
    gone = rng.random(n) < np.where(marks[:, 0] == 1, 0.5, 0.1)
    known = [("" if out else f"{value}") for value, out in zip(age, gone, strict=True)]
    unsaid = rng.random(n) < 0.15
    return marks, {"grade": np.where(unsaid, "", grade), "age": known}, age, gone


@pytest.fixture(scope="module")
def given(build, grouped, model):
    marks, groups, _age, _gone = answered(np.random.default_rng(0))
    study = grouped(build.rankings(marks, selection=True), groups)
    stated = model("selection", "grade + age", numeric=["age"], missing="impute", imputations=5)
    return _open(study, stated, None, None, None)


def test_complete_cases_are_counted(build, grouped, model):
    marks, groups, _age, gone = answered(np.random.default_rng(0))
    found = regress(
        grouped(build.rankings(marks, selection=True), groups), model("selection", "grade + age", numeric=["age"])
    )
    silent = gone | (groups["grade"] == "")
    assert found.about.asked == N
    assert found.about.used == N - silent.sum()
    assert found.about.unknown == {"grade": (groups["grade"] == "").sum(), "age": gone.sum()}
    assert found.about.imputations == 0
    assert any(f"Complete cases: {silent.sum()} of 400 respondents are left out" in note for note in found.notes)


def test_what_is_known_stays_and_what_is_not_becomes_what_somebody_said(given: ModelInput):
    sheets = list(sheets_of(given))
    assert len(sheets) == 5
    original = given.covariates.data
    for sheet in sheets:
        assert sheet.used.all()
        assert not sheet.data.isna().to_numpy().any()
        for column in ("grade", "age"):
            known = original[column].notna().to_numpy()
            assert (sheet.data[column][known].to_numpy() == original[column][known].to_numpy()).all()
            assert set(sheet.data[column]) == set(original[column][known])
    gone = original["age"].isna().to_numpy()
    drawn = np.array([sheet.data["age"][gone] for sheet in sheets])
    assert (drawn.std(axis=0) > 0).mean() > 0.8  # every imputation is a draw of its own


def test_imputed_numbers_follow_what_they_go_with(given: ModelInput):
    """Ages of grade B are about eight years above those of grade A, among the imputed as among the known."""
    gone = given.covariates.data["age"].isna().to_numpy()
    gaps = []
    for sheet in sheets_of(given):
        here = sheet.data[gone]
        gaps.append(here["age"][here["grade"] == "B"].mean() - here["age"][here["grade"] == "A"].mean())
    assert np.mean(gaps) == pytest.approx(8, abs=3)


def test_the_variance_is_rubins(given: ModelInput, build, grouped, model):
    from obstacles.analysis.regression.kinds import selection

    fits = [selection.fit(sheet) for sheet in sheets_of(given)]
    found = regress(given.study, given.model)
    theta = np.array([fit.theta for fit in fits])
    within = np.mean([given.prepared.sample.covariance(fit.influence) for fit in fits], axis=0)
    between = np.cov(theta.T, ddof=1)
    assert found.theta == pytest.approx(theta.mean(axis=0), rel=1e-10)
    assert found.covariance == pytest.approx(within + 1.2 * between, rel=1e-8, abs=1e-14)
    assert found.about.covariance == "multiple imputation"
    assert found.about.imputations == 5
    assert any("imputed 5 times by chained equations" in note for note in found.notes)
    moments = Moments(found.theta, np.eye(1), within, between, 5, N - 1)
    place = found.parameters.index("i0:age")
    row = next(row for row in found.rows if (row.outcome, row.column) == ("i0", "age"))
    from scipy import stats

    half = stats.t.ppf(0.975, moments.df_of(within[place, place], between[place, place])) * row.error
    assert row.high - row.estimate == pytest.approx(half, rel=1e-8)


@pytest.mark.slow
def test_imputation_is_closer_to_everybody_than_complete_cases_are(build, grouped, model):
    """Marks are lost with the age of those who made them: the shares of complete cases are biased."""
    whole, cases, imputed = [], [], []
    for seed in range(6):
        marks, groups, age, _gone = answered(np.random.default_rng(seed + 1), 300)
        answers = build.rankings(marks, selection=True)
        stated = {"numeric": ["age"], "items": ["i0"]}
        for out, people, more in (
            (whole, groups | {"age": age}, {}),
            (cases, groups, {}),
            (imputed, groups, {"missing": "impute", "imputations": 5}),
        ):
            found = regress(grouped(answers, people), model("selection", "age", **stated, **more))
            at = {row.column: row.estimate for row in (*found.base_rows, *found.rows)}
            out.append(at["1"] + 42 * at["age"])  # log-odds of a mark at age 42
    assert abs(np.mean(np.array(imputed) - whole)) < 0.15
    assert abs(np.mean(np.array(cases) - whole)) > 0.4


def test_the_same_seed_gives_the_same_imputations(given: ModelInput):
    first, again = (regress(given.study, given.model).to_dict() for _time in range(2))
    assert first == again
    other = regress(given.study, given.model, seed=5)
    assert other.to_dict()["coefficients"] != first["coefficients"]


def test_nothing_missing_is_nothing_imputed(build, grouped, model):
    marks, _groups, age, _gone = answered(np.random.default_rng(3))
    study = grouped(build.rankings(marks, selection=True), {"age": age})
    found = regress(study, model("selection", "age", numeric=["age"], missing="impute"))
    assert found.about.imputations == 0
    assert found.about.covariance == "robust"


def test_nobody_with_complete_answers_is_an_error(build, grouped, model):
    marks, groups, _age, _gone = answered(np.random.default_rng(4), 60)
    half = np.arange(60) < 30
    groups = {"grade": np.where(half, "A", ""), "size": np.where(half, "", np.where(np.arange(60) % 2, "L", "S"))}
    with pytest.raises(ModelError):
        regress(grouped(build.rankings(marks, selection=True), groups), model("selection", "grade + size"))
