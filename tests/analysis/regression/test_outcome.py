"""Scores explained by obstacles and groups: linear, fractional and mixed models, and drivers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.kinds.drivers import dominance, relative_weights
from obstacles.analysis.regression.likelihoods.glm import fit_glm
from obstacles.analysis.regression.likelihoods.mixed import fit_mixed
from obstacles.analysis.regression.regress import regress
from obstacles.analysis.regression.summary import Moments
from obstacles.survey.answers import CapabilityAnswers
from obstacles.survey.question import Level

N = 240


@pytest.fixture(scope="module")
def synth(golden):
    """A score of the synthetic answers, its covariates with g3, and the design."""
    table, likert = golden("synth_full.csv"), golden("synth_likert.csv")
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
    return likert, x, sample, table[:, 5]


def scored(rng, n=N):
    """A score, a share, marks of three obstacles and a group; the first obstacle and the group belong to the score."""
    unit = rng.choice(["North", "South"], n)
    marks = (rng.random((n, 3)) < [0.5, 0.4, 0.3]).astype(int)
    score = 3 - 0.8 * marks[:, 0] + 0.4 * (unit == "South") + rng.normal(0, 0.7, n)
    share = np.clip((score - 1) / 4, 0, 1)
    return marks, {"unit": unit, "score": np.round(score, 3), "share": np.round(share, 4)}


@pytest.fixture
def study(build, grouped):
    marks, groups = scored(np.random.default_rng(0))
    return grouped(build.rankings(marks, selection=True), groups)


def with_capability(build, grouped, rng, n=N, **design):
    marks, groups = scored(rng, n)
    items = build.items(4)
    needed = rng.integers(2, 5, (n, 4)).astype(float)
    current = np.clip(needed - rng.integers(0, 3, (n, 4)) - marks[:, [0]], 0, 4)
    levels = tuple(Level(float(value), {"en": str(value)}) for value in range(5))
    capability = CapabilityAnswers(items, levels, current, needed, None, None, ("column",) * 4, "self")
    return grouped(build.rankings(marks, selection=True), groups, capability=capability, **design)


# ---------- against other programs ------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "link"), [("linear", "identity"), ("fractional", "logit")])
def test_design_based_errors_agree_with_svyglm(golden, synth, key, link):
    expected, (likert, x, sample, _psu) = golden("regression.json")[key], synth
    score = likert.mean(axis=1)
    found = fit_glm(score if key == "linear" else (score - 1) / 4, x, sample.weight, link=link)
    assert found.theta == pytest.approx(list(expected["coef"].values()), rel=1e-8)
    covariance = sample.covariance(found.score @ found.inverse)
    assert covariance == pytest.approx(np.array(expected["vcov"]), rel=1e-6)


def test_random_departments_agree_with_lme4(golden, synth):
    expected, (likert, x, _sample, psu) = golden("regression.json")["mixed"], synth
    found = fit_mixed(likert.mean(axis=1) + 0.3 * np.sin(psu), x[:, :3], np.unique(psu, return_inverse=True)[1])
    assert found.theta == pytest.approx(list(expected["coef"].values()), rel=1e-6)
    assert found.covariance == pytest.approx(np.array(expected["vcov"]), rel=1e-6)
    assert found.between == pytest.approx(expected["between"], rel=1e-6)
    assert found.within == pytest.approx(expected["within"], rel=1e-6)


def test_between_within_degrees_of_freedom():
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(8), 10)
    x = np.column_stack([np.ones(80), np.repeat(rng.normal(size=8), 10), rng.normal(size=80)])
    y = x @ [1.0, 0.5, 0.2] + np.repeat(rng.normal(size=8), 10) + rng.normal(size=80)
    found = fit_mixed(y, x, group)
    assert list(found.df) == [6, 6, 80 - 8 - 1]
    with pytest.raises(ConvergenceError, match="three groups"):
        fit_mixed(y[:20], x[:20], group[:20])


def correlations(columns, weight):
    whole = np.column_stack(columns)
    centred = whole - np.average(whole, axis=0, weights=weight)
    covariance = (centred * weight[:, None]).T @ centred
    scale = np.sqrt(np.diag(covariance))
    return (covariance / np.outer(scale, scale))[None]


def test_relative_weights_and_dominance_agree_with_their_definitions_in_r(golden, synth):
    expected, (likert, _x, sample, _psu) = golden("regression.json"), synth
    correlation = correlations([likert[:, :6]], sample.weight)
    weights = relative_weights(correlation)[0]
    assert weights == pytest.approx(expected["johnson"], rel=1e-8)
    general = dominance(correlation, [np.array([i]) for i in range(5)])[0]
    assert general == pytest.approx(expected["dominance"], rel=1e-8)
    r2 = correlation[0, 0, 1:] @ np.linalg.solve(correlation[0, 1:, 1:], correlation[0, 0, 1:])
    assert [weights.sum(), general.sum()] == pytest.approx([r2, r2], rel=1e-10)


def test_uncorrelated_columns_are_weighted_by_their_squared_correlations():
    correlation = np.eye(4)[None].copy()
    correlation[0, 0, 1:] = correlation[0, 1:, 0] = [0.5, 0.3, 0.1]
    for found in (relative_weights(correlation)[0], dominance(correlation, [np.array([i]) for i in range(3)])[0]):
        assert found == pytest.approx([0.25, 0.09, 0.01], rel=1e-9)


def test_pooling_agrees_with_mitools(golden):
    q, v = np.array([1.02, 0.95, 1.17, 1.08, 0.89]), np.array([0.040, 0.044, 0.041, 0.038, 0.045])
    within, between = v.mean(), q.var(ddof=1)
    expected = golden("regression.json")
    pooled = Moments(np.array([q.mean()]), np.eye(1), np.array([[within]]), np.array([[between]]), 5, np.inf)
    assert pooled.covariance[0, 0] == pytest.approx(expected["rubin_Inf"]["variance"], rel=1e-10)
    assert pooled.df_of(within, between) == pytest.approx(expected["rubin_Inf"]["df"], rel=1e-8)
    # with few degrees of freedom the peer leaves 1 + 1/m out of the share of information that is missing
    finite = replace(pooled, df=60.0)
    share = 1.2 * between / (within + 1.2 * between)
    barnard_rubin = 1 / (share**2 / 4 + 63 / (61 * 60 * (1 - share)))
    assert finite.df_of(within, between) == pytest.approx(barnard_rubin, rel=1e-12)
    peer = 1 / (share**2 / 4 + 63 / (61 * 60) * (within + between) / within)
    assert expected["rubin_60"]["df"] == pytest.approx(peer, rel=1e-8)


# ---------- through the front door ------------------------------------------------------------------------------


def test_a_score_by_obstacles_and_groups(study, model):
    import statsmodels.formula.api as smf

    found = regress(study, model("outcome", "i0 + i1 + unit", outcome="score"))
    frame = study.waves[0].respondents.copy()
    frame["score"] = frame["score"].astype(float)
    for j in range(3):
        frame[f"i{j}"] = study.waves[0].answers.ranks[:, j] > 0
    frame[["i0", "i1"]] = frame[["i0", "i1"]].astype(float)
    peer = smf.ols("score ~ i0 + i1 + unit", frame).fit(cov_type="HC0")
    assert [row.estimate for row in found.rows] == pytest.approx(list(peer.params.iloc[[2, 3, 1]]), rel=1e-8)
    factor = np.sqrt(N / (N - 1))
    assert [row.error for row in found.rows] == pytest.approx(list(factor * peer.bse.iloc[[2, 3, 1]]), rel=1e-8)
    assert found.measure == "difference"
    assert not found.ratios
    assert next(check for check in found.checks if check.name == "explained").text == f"R² = {peer.rsquared:.3f}."
    assert any("come from the same questionnaire" in note for note in found.notes)
    assert next(row for row in found.rows if row.column == "i0").low < -0.8 < 0


def test_a_share_by_fractional_logit(study, model):
    found = regress(study, model("outcome", "i0 + unit", outcome="share", link="logit"))
    frame = study.waves[0].respondents
    y = frame["share"].astype(float).to_numpy()
    x = np.column_stack([np.ones(N), study.waves[0].answers.ranks[:, 0] > 0, frame["unit"] == "South"]).astype(float)
    assert found.measure == "ratio of the odds of the mean"
    assert [row.estimate for row in found.rows] == pytest.approx(
        fit_glm(y, x, np.ones(N), link="logit").theta[1:], rel=1e-9
    )
    effect = next(e for e in found.effects if e.variable == "unit")
    assert effect.measure == "mean share of the scale"
    assert effect.value == pytest.approx(y[x[:, 2] == 1].mean() - y[x[:, 2] == 0].mean(), abs=0.03)


def test_a_score_outside_its_scale_is_refused(study, model):
    with pytest.raises(ModelError, match=r"score lies outside 0 to 1.*needs a share"):
        regress(study, model("outcome", "unit", outcome="score", link="logit"))


def test_an_outcome_that_does_not_vary_is_refused(build, grouped, model):
    marks, groups = scored(np.random.default_rng(2))
    same = grouped(build.rankings(marks, selection=True), {**groups, "score": ["3"] * N})
    with pytest.raises(ModelError, match="score is the same for everybody used"):
        regress(same, model("outcome", "unit", outcome="score"))


def test_capability_scores_can_be_explained_and_explain(build, grouped, model):
    study = with_capability(build, grouped, np.random.default_rng(3))
    found = regress(study, model("outcome", "i0 + unit", outcome="gap_mean"))
    capability = study.waves[0].capability
    gap = np.maximum(capability.required - capability.current, 0).mean(axis=1)
    marked = study.waves[0].answers.ranks[:, 0] > 0
    row = next(row for row in found.rows if row.column == "i0")
    assert row.estimate == pytest.approx(gap[marked].mean() - gap[~marked].mean(), abs=0.05)
    share = regress(study, model("outcome", "i0", outcome="current_mean", link="logit"))
    assert share.measure == "ratio of the odds of the mean"
    back = regress(study, model("selection", "current_mean + unit"))
    assert {row.term for row in back.rows} == {"current_mean", "unit"}


def test_random_departments(build, grouped, model):
    rng = np.random.default_rng(4)
    marks, groups = scored(rng)
    office = rng.integers(0, 9, N)
    groups |= {"office": [f"o{i}" for i in office]}
    groups["score"] = np.round(groups["score"] + rng.normal(0, 0.6, 9)[office], 3)
    study = grouped(build.rankings(marks, selection=True), groups)
    found = regress(study, model("outcome", "i0 + unit", outcome="score", random="office"))
    x = np.column_stack([np.ones(N), marks[:, 0], groups["unit"] == "South"]).astype(float)
    peer = fit_mixed(groups["score"], x, office)
    assert [row.estimate for row in found.rows] == pytest.approx(peer.theta[1:], rel=1e-6)
    assert [row.error for row in found.rows] == pytest.approx(np.sqrt(np.diag(peer.covariance))[1:], rel=1e-5)
    assert found.about.covariance == "mixed model"
    assert any("errors are those of the model" in note for note in found.notes)
    assert "of the variance that is left lies between them" in next(c for c in found.checks if c.name == "groups").text


def test_random_effects_know_of_no_weights_and_say_so(build, grouped, model):
    marks, groups = scored(np.random.default_rng(5))
    groups |= {"office": [f"o{i % 7}" for i in range(N)]}
    study = grouped(build.rankings(marks, selection=True), groups, weight=np.linspace(0.5, 2, N))
    with pytest.raises(ModelError, match="random effects know of no weights"):
        regress(study, model("outcome", "unit", outcome="score", random="office"))
    plain = grouped(build.rankings(marks, selection=True), groups)
    with pytest.raises(ModelError, match='offered for link = "identity" alone'):
        regress(plain, model("outcome", "unit", outcome="share", random="office", link="logit"))


def test_drivers_share_the_explained_variance(study, model):
    found = regress(study, model("drivers", "i0 + i1 + i2 + unit", outcome="score", bootstrap=200))
    assert [driver.term for driver in found.drivers][:2] == ["i0", "unit"]
    assert found.drivers[0].label == "Item 0"
    assert sum(driver.weight for driver in found.drivers) == pytest.approx(found.explained, rel=1e-9)
    assert sum(driver.dominance for driver in found.drivers) == pytest.approx(found.explained, rel=1e-6)
    assert all(driver.low <= driver.weight <= driver.high for driver in found.drivers[:2])
    assert sum(driver.first for driver in found.drivers) == pytest.approx(1)
    assert any("no test against zero" in note for note in found.notes)
    assert not any(key == "p" for driver in found.to_dict()["drivers"] for key in driver)
    again = regress(study, model("drivers", "i0 + i1 + i2 + unit", outcome="score", bootstrap=200))
    assert again.to_dict() == found.to_dict()
    other = regress(study, model("drivers", "i0 + i1 + i2 + unit", outcome="score", bootstrap=200), seed=9)
    assert other.drivers[0].low != found.drivers[0].low


def test_drivers_name_the_terms_they_are_larger_than(study, model):
    found = regress(study, model("drivers", "i0 + i1 + i2 + unit", outcome="score", bootstrap=200))
    by_term = {one.term: one for one in found.drivers}
    assert "i2" in by_term["i0"].larger_than
    assert by_term["i0"].weight > by_term["i0"].random > 0
    assert not by_term["i2"].larger_than
    assert by_term["unit"].random > by_term["i1"].random  # more columns, more by chance
    record = found.to_dict()["drivers"][0]
    assert set(record) >= {"larger_than", "random"}


def test_intervals_of_drivers_draw_whole_departments_again(build, grouped, model):
    """Every respondent stands eight times in the file: only drawing whole clusters knows that these are 60 people."""
    marks, groups = scored(np.random.default_rng(6), 60)
    eight = {name: np.repeat(values, 8) for name, values in groups.items()}
    answers = build.rankings(np.repeat(marks, 8, axis=0), selection=True)
    formula = "i0 + i1 + unit"

    def width(study):
        found = regress(study, model("drivers", formula, outcome="score", bootstrap=400))
        return next(d.high - d.low for d in found.drivers if d.term == "i0")

    alone = width(grouped(build.rankings(marks, selection=True), groups))
    people = width(grouped(answers, eight))
    clusters = width(grouped(answers, eight, cluster=np.repeat(np.arange(60), 8)))
    assert clusters == pytest.approx(alone, rel=0.15)
    assert people < 0.6 * clusters


def test_drivers_take_single_terms(study, model):
    for formula in ("i0", "i0 * unit"):
        with pytest.raises(ModelError, match="two terms or more"):
            regress(study, model("drivers", formula, outcome="score"))


def test_duplicated_rows_of_answers_are_refused(build, grouped, model):
    marks, groups = scored(np.random.default_rng(7))
    answers = build.rankings(marks, selection=True)
    twice = replace(answers, respondent=np.arange(N) // 2)
    study = grouped(answers, groups)
    study = replace(study, waves=(replace(study.waves[0], answers=twice),))
    with pytest.raises(ModelError, match="one row of answers a respondent"):
        regress(study, model("outcome", "unit", outcome="score"))
