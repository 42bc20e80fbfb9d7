"""Ordered answers: cumulative logit and probit against ordinal and survey, and the checks of their assumptions."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from paths import SHARED_GOLDEN, needs_shared_golden
from scipy import optimize, special, stats

from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.likelihoods.cumulative import LINKS, Ordinal, fit_ordinal, ordinal_scores
from obstacles.analysis.regression.regress import regress

N, M = 240, 3


def ordinal(y, x, *, nominal=None, spread=None, link="logit", levels=None):
    none = np.zeros((len(y), 0))
    return Ordinal(
        y,
        int(y.max()) + 1 if levels is None else levels,
        x,
        none if nominal is None else nominal,
        none if spread is None else spread,
        link,
    )


def rated_by_x(rng, n=N, m=M, levels=5):
    """Ratings whose odds depend on a group and a number in the first two items."""
    grade, age = rng.choice(["A", "B", "C"], n), rng.normal(0, 1, n).round(2)
    eta = np.zeros((n, m))
    eta[:, 0] += 1.0 * (grade == "B")
    eta[:, min(1, m - 1)] -= 0.6 * age
    cuts = np.linspace(-2, 2, levels - 1)
    scores = 1 + (eta[:, :, None] + rng.logistic(size=(n, m))[:, :, None] > cuts).sum(axis=2)
    return scores.astype(float), {"grade": grade, "age": age}


def fitted(grouped, model, answers, groups, formula="grade + age", *, design=None, **keys):
    keys = {"numeric": ["age"], **keys}
    return regress(grouped(answers, groups, **(design or {})), model("severity", formula, **keys))


def probabilities(data: Ordinal, theta: np.ndarray) -> np.ndarray:
    """(r, levels) of each answer, for location models."""
    t = data.thresholds
    ends = theta[:t] - (data.x @ theta[data.location])[:, None]
    below = LINKS[data.link].cdf(ends)
    whole = np.column_stack([np.zeros(len(below)), below, np.ones(len(below))])
    return np.asarray(np.diff(whole, axis=1))


@pytest.fixture(scope="module")
def wine():
    """Bitterness of 72 wines by temperature and contact of juice and skins (Randall 1989)."""
    if not SHARED_GOLDEN.exists():
        pytest.skip("the data of others are not here")
    with (SHARED_GOLDEN / "clm_wine.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    y = np.array([int(row["rating"]) for row in rows]) - 1
    x = np.array([[row["temp"] == "warm", row["contact"] == "yes"] for row in rows], float)
    return y, x, json.loads((SHARED_GOLDEN / "clm_wine.json").read_text())


@pytest.fixture(scope="module")
def synth(golden):
    """Ratings of item A, x and grp, and the design of the synthetic answers."""
    table = golden("synth_full.csv")
    n = len(table)
    sample = SurveyDesign(
        n,
        table[:, 3] * n / table[:, 3].sum(),
        np.unique(table[:, 4], return_inverse=True)[1],
        np.unique(table[:, 5], return_inverse=True)[1],
        None,
    )
    third = (np.arange(1, n + 1) * 7) % 3
    y = golden("synth_likert.csv")[:, 0].astype(int) - 1
    return y, table[:, 1:3], np.column_stack([third == 1, third == 2]).astype(float), sample


# ---------- against other programs ------------------------------------------------------------------------------


def test_wine_agrees_with_ordinal(wine):
    y, x, golden = wine
    found = fit_ordinal(ordinal(y, x), np.ones(72))
    table = np.array(golden["coef_table"]["values"])
    assert found.theta == pytest.approx(table[:, 0], rel=1e-6)
    assert found.inverse == pytest.approx(np.array(golden["vcov"]["values"]), rel=1e-6)
    assert found.log_likelihood == pytest.approx(golden["logLik"], rel=1e-10)
    expected = np.array(golden["fitted_prob_row1_8"])
    assert probabilities(ordinal(y, x), found.theta)[:8] == pytest.approx(expected, rel=1e-6)


def test_wine_by_probit_agrees_with_ordinal(wine):
    y, x, golden = wine
    found = fit_ordinal(ordinal(y, x, link="probit"), np.ones(72))
    table = np.array(golden["probit"]["values"])
    assert found.theta == pytest.approx(table[:, 0], rel=1e-6)
    assert np.sqrt(np.diag(found.inverse)) == pytest.approx(table[:, 1], rel=1e-6)
    assert found.log_likelihood == pytest.approx(golden["probit_logLik"], rel=1e-10)


@pytest.mark.parametrize(("place", "name"), [(0, "temp"), (1, "contact")])
def test_likelihood_ratios_of_odds_and_spread_agree_with_ordinal(wine, place, name):
    y, x, golden = wine
    plain = fit_ordinal(ordinal(y, x), np.ones(72)).log_likelihood
    own = fit_ordinal(ordinal(y, x[:, [1 - place]], nominal=x[:, [place]]), np.ones(72), pseudo=1e-8, held=held(place))
    apart = fit_ordinal(ordinal(y, x, spread=x[:, [place]]), np.ones(72))
    for key, value in (("nominal_test", own.log_likelihood), ("scale_test", apart.log_likelihood)):
        expected = golden[key]["LRT"][golden[key]["rows"].index(name)]
        assert 2 * (value - plain) == pytest.approx(expected, rel=2e-6)


def held(place):
    """What a faint penalty holds: the four coefficients by threshold, as nobody cold answered the top level."""
    return np.array([0] * 4 + [1] * 4 + [0]) * (place == 0)


def test_partial_proportional_odds_agree_with_ordinal(wine):
    y, x, golden = wine
    found = fit_ordinal(ordinal(y, x[:, [0]], nominal=x[:, [1]]), np.ones(72))
    expected = golden["nominal_contact"]
    assert found.theta == pytest.approx(list(expected["coef"].values()), rel=1e-6)
    assert found.log_likelihood == pytest.approx(expected["logLik"], rel=1e-10)


def test_synthetic_ratings_agree_with_ordinal(golden, synth):
    expected, (y, x, _third, sample) = golden("synth.json")["clm_A"], synth
    found = fit_ordinal(ordinal(y, x), np.ones(sample.n))
    assert found.theta == pytest.approx(list(expected["coef"].values()), rel=1e-6)
    assert np.sqrt(np.diag(found.inverse)) == pytest.approx(list(expected["se"].values()), rel=1e-6)
    assert found.log_likelihood == pytest.approx(expected["logLik"], rel=1e-10)


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_design_based_errors_agree_with_the_linearisation_of_survey(golden, synth, link):
    expected, (y, x, _third, sample) = golden("regression.json")[f"cumulative_{link}"], synth
    data = ordinal(y, x, link=link)
    found = fit_ordinal(data, sample.weight)
    assert found.theta == pytest.approx(expected["theta"], rel=1e-6)
    covariance = sample.covariance(ordinal_scores(data, found.theta, sample.weight) @ found.inverse)
    assert covariance == pytest.approx(np.array(expected["vcov"]), rel=1e-6, abs=1e-9)


def test_every_nominal_and_scale_test_agrees_with_ordinal(golden, synth):
    expected, (y, x, third, sample) = golden("regression.json"), synth
    whole, ones = np.column_stack([x, third]), np.ones(sample.n)
    plain = fit_ordinal(ordinal(y, whole), ones).log_likelihood
    columns = {"x": [0], "grp": [1], "g3": [2, 3]}
    looked = 0
    for term, places in columns.items():
        rest = [i for i in range(4) if i not in places]
        apart = np.zeros(4 + 4 * len(places) + len(rest))
        apart[4 : 4 + 4 * len(places)] = 1  # nobody of one group gave the lowest answer
        wide = fit_ordinal(ordinal(y, whole[:, rest], nominal=whole[:, places]), ones, pseudo=1e-9, held=apart)
        wide = wide.log_likelihood
        spread = fit_ordinal(ordinal(y, whole, spread=whole[:, places]), ones).log_likelihood
        for key, value in (("nominal_test", wide), ("scale_test", spread)):
            ratio = expected[key]["LRT"][expected[key]["terms"].index(term)]
            assert 2 * (value - plain) == pytest.approx(ratio, rel=1e-6)
            looked += 1
    assert looked == 6
    apart = np.array([0.0] * 4 + [1.0] * 8 + [0.0])
    fit = fit_ordinal(ordinal(y, x[:, [0]], nominal=third), ones, pseudo=1e-9, held=apart)
    assert fit.log_likelihood == pytest.approx(expected["nominal_fit"]["logLik"], rel=1e-8)
    finite = np.abs(fit.theta) < 8
    assert finite.sum() == 12
    assert fit.theta[finite] == pytest.approx(np.array(expected["nominal_fit"]["alpha"])[finite], rel=1e-6)


@needs_shared_golden
def test_where_svyolr_stopped_early_its_errors_are_those_at_its_estimate():
    """The peer stops short of the maximum; at its estimate and with its Hessian its covariance comes out."""
    expected = json.loads((SHARED_GOLDEN / "survey_api.json").read_text())["svyolr_cut_ell"]
    with (SHARED_GOLDEN / "survey_apistrat.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    n = len(rows)
    column = {name: np.array([float(row[name]) for row in rows]) for name in ("ell", "meals", "mobility", "pw", "fpc")}
    y = np.digitize(column["ell"], [10, 30], right=True)
    stratum = np.unique([row["stype"] for row in rows], return_inverse=True)[1]
    sample = SurveyDesign(n, column["pw"] * n / column["pw"].sum(), stratum, None, column["fpc"])
    data = ordinal(y, np.column_stack([column["meals"], column["mobility"]]))
    ours = fit_ordinal(data, sample.weight)
    theirs = np.array([*expected["zeta"].values(), *expected["coef"].values()])
    assert ours.theta == pytest.approx(theirs, rel=3e-3)
    assert log_likelihood(data, ours.theta, sample.weight) > log_likelihood(data, theirs, sample.weight)
    slope = np.array([ordinal_scores(data, theta, sample.weight).sum(axis=0) for theta in (ours.theta, theirs)])
    assert np.abs(slope[0]).max() < 1e-6 < 1e-2 < np.abs(slope[1]).max()
    hessian = optim_hessian(data, theirs, sample.weight)
    influence = ordinal_scores(data, theirs, sample.weight) @ np.linalg.inv(hessian)
    order = [2, 3, 0, 1]
    covariance = sample.covariance(influence, finite_population=True)[np.ix_(order, order)]
    assert covariance == pytest.approx(np.array(expected["vcov"]["values"]), rel=1e-6)


def optim_hessian(data, theta, weight):
    """R's optim: differences of the gradient by steps of 1e-3, with the second threshold as a log distance."""

    def slope(t):
        plain = np.array([t[0], t[0] + np.exp(t[1]), *t[2:]])
        own = ordinal_scores(data, plain, weight).sum(axis=0)
        return -np.array([own[0] + own[1], own[1] * np.exp(t[1]), *own[2:]])

    at = np.array([theta[0], np.log(theta[1] - theta[0]), *theta[2:]])
    step = 1e-3 * np.eye(4)
    whole = np.array([(slope(at + one) - slope(at - one)) / 2e-3 for one in step])
    turn = np.eye(4)
    turn[1, :2] = 1, np.exp(at[1])
    back = np.linalg.inv(turn)
    return back.T @ ((whole + whole.T) / 2) @ back


def log_likelihood(data, theta, weight):
    return float(weight @ np.log(probabilities(data, theta)[np.arange(len(data.y)), data.y]))


@pytest.mark.parametrize(("link", "distribution"), [("logit", "logit"), ("probit", "probit")])
def test_statsmodels_agrees_without_weights(synth, link, distribution):
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    y, x, _third, sample = synth
    peer = OrderedModel(y, x, distr=distribution).fit(method="newton", disp=0, start_params=None)
    ours = fit_ordinal(ordinal(y, x, link=link), np.ones(sample.n))
    assert ours.theta[4:] == pytest.approx(np.asarray(peer.params)[:2], rel=1e-5)
    assert ours.log_likelihood == pytest.approx(peer.llf, rel=1e-8)


# ---------- the likelihood itself -------------------------------------------------------------------------------


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_scores_are_the_gradient_of_the_likelihood(link):
    rng = np.random.default_rng(0)
    n = 60
    y, x, nominal, spread = rng.integers(0, 4, n), rng.normal(size=(n, 2)), rng.normal(size=(n, 1)), rng.random((n, 1))
    data = ordinal(y, x, nominal=nominal, spread=spread, link=link, levels=4)
    theta = np.array([-1.0, 0.1, 1.2, 0.05, -0.05, 0.1, 0.4, -0.3, 0.2])
    cdf = special.expit if link == "logit" else stats.norm.cdf

    def each(t):
        ends = (t[:3] + nominal * t[3:6] - (x @ t[6:8])[:, None]) / np.exp(spread @ t[8:])[:, None]
        below = np.column_stack([np.zeros(n), cdf(ends), np.ones(n)])
        return np.log(np.diff(below, axis=1)[np.arange(n), y])

    weight = rng.uniform(0.5, 2, n)
    own = ordinal_scores(data, theta, weight)
    step = 1e-6 * np.eye(9)
    slope = np.array([(each(theta + h) - each(theta - h)) / 2e-6 for h in step]).T
    assert own == pytest.approx(weight[:, None] * slope, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_the_inverse_is_that_of_the_observed_information(synth, link):
    y, x, third, sample = synth
    for data in (ordinal(y, x, spread=third, link=link), ordinal(y, x[:, :1], nominal=x[:, 1:], link=link)):
        found = fit_ordinal(data, sample.weight)
        step = 1e-5 * np.eye(data.parameters)
        slopes = [
            ordinal_scores(data, found.theta + sign * h, sample.weight).sum(axis=0) for h in step for sign in (1, -1)
        ]
        information = -(np.array(slopes[::2]) - np.array(slopes[1::2])) / 2e-5
        assert np.linalg.inv(information) == pytest.approx(found.inverse, rel=1e-4, abs=1e-6)
        assert np.abs(ordinal_scores(data, found.theta, sample.weight).sum(axis=0)).max() < 1e-6


def test_two_levels_are_a_logistic_regression(synth):
    import statsmodels.api as sm

    y, x, _third, sample = synth
    high = (y >= 3).astype(int)
    ours = fit_ordinal(ordinal(high, x), np.ones(sample.n))
    peer = sm.Logit(high, sm.add_constant(x)).fit(disp=0, tol=1e-12)
    assert ours.theta == pytest.approx([-peer.params[0], *peer.params[1:]], rel=1e-7)


def test_rows_that_are_alike_are_one_row(synth):
    y, x, _third, sample = synth
    twice = ordinal(np.tile(y, 2), np.tile(x, (2, 1)))
    once = fit_ordinal(ordinal(y, x), 2 * sample.weight)
    assert fit_ordinal(twice, np.tile(sample.weight, 2)).theta == pytest.approx(once.theta, rel=1e-9)


def test_separated_answers_do_not_converge_without_a_penalty():
    rng = np.random.default_rng(1)
    y, x = rng.integers(0, 3, 90), np.zeros((90, 1))
    x[y == 2] = 1.0
    with pytest.raises(ConvergenceError):
        fit_ordinal(ordinal(y, x), np.ones(90))


def test_the_penalty_is_half_an_answer_on_either_side():
    """log-F(1,1): the maximum of the penalised likelihood found by another optimiser."""
    rng = np.random.default_rng(2)
    y = rng.integers(0, 3, 90)
    x = (y == 2)[:, None].astype(float)
    found = fit_ordinal(ordinal(y, x), np.ones(90), pseudo=0.5, held=np.array([0.0, 0.0, 1.0]))

    def downwards(t):
        if t[1] <= t[0]:
            return 1e9
        penalty = 0.5 * (special.log_expit(t[2]) + special.log_expit(-t[2]))
        return -log_likelihood(ordinal(y, x), t, np.ones(90)) - penalty

    best = optimize.minimize(
        downwards, found.theta + 0.1, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 10_000}
    )
    assert found.theta == pytest.approx(best.x, rel=1e-4)


# ---------- through the front door ------------------------------------------------------------------------------


def test_every_item_has_its_own_regression_and_one_correction(build, grouped, model):
    from statsmodels.stats.multitest import multipletests

    scores, groups = rated_by_x(np.random.default_rng(3))
    found = fitted(grouped, model, build.ratings(scores), groups)
    x = np.column_stack([groups["grade"] == "B", groups["grade"] == "C", groups["age"]]).astype(float)
    alone = fit_ordinal(ordinal(scores[:, 1].astype(int) - 1, x), np.ones(N))
    rows = {(row.outcome, row.column): row for row in found.rows}
    assert [rows[("i1", c)].estimate for c in ("grade[T.B]", "grade[T.C]", "age")] == pytest.approx(
        alone.theta[4:], rel=1e-7
    )
    assert rows[("i0", "grade[T.B]")].estimate == pytest.approx(1.0, abs=0.6)
    adjusted = multipletests([row.p for row in found.rows], method="holm")[1]
    assert [row.adjusted for row in found.rows] == pytest.approx(adjusted, rel=1e-9)
    assert found.measure == "odds ratio"
    assert [test.term for test in found.tests] == ["grade", "age"]


def test_effects_are_differences_of_the_mean_rating_and_of_the_top_level(build, grouped, model):
    scores, groups = rated_by_x(np.random.default_rng(4))
    found = fitted(grouped, model, build.ratings(scores), groups)
    theta = dict(zip(found.parameters, found.theta, strict=True))
    cuts = np.array([theta[f"i0:{k}|{k + 1}"] for k in range(1, 5)])
    rest = theta["i0:age"] * groups["age"]
    mean, top = [], []
    for shift in (theta["i0:grade[T.B]"], 0.0):
        below = special.expit(cuts - (rest + shift)[:, None])
        mean.append(5 - below.sum(axis=1))
        top.append(1 - below[:, -1])
    effects = {(e.outcome, e.level, e.measure): e for e in found.effects if e.variable == "grade"}
    assert effects[("i0", "B", "mean rating")].value == pytest.approx((mean[0] - mean[1]).mean(), abs=1e-9)
    assert effects[("i0", "B", "probability of the top level")].value == pytest.approx(
        (top[0] - top[1]).mean(), abs=1e-9
    )


@pytest.mark.slow
def test_errors_of_effects_are_those_of_the_jackknife(build, grouped, model):
    n = 100
    scores, groups = rated_by_x(np.random.default_rng(5), n, 1, 4)

    def effects(kept):
        part = {name: values[kept] for name, values in groups.items()}
        found = fitted(grouped, model, build.ratings(scores[kept], 4), part)
        return {(e.variable, e.level, e.measure): e for e in found.effects}

    whole = effects(np.ones(n, bool))
    leave = [effects(np.arange(n) != gone) for gone in range(n)]
    looked = 0
    for key, one in whole.items():
        values = np.array([other[key].value for other in leave])
        error = np.sqrt((n - 1) / n * ((values - values.mean()) ** 2).sum())
        assert one.error == pytest.approx(error, rel=0.1)
        looked += 1
    assert looked == 6


def test_odds_that_are_not_proportional_are_found_and_can_be_seen(build, grouped, model):
    rng = np.random.default_rng(6)
    n = 600
    grade = rng.choice(["A", "B"], n)
    wide = np.where(grade == "B", 3.0, 1.0)  # B answers at both ends: no shift, another shape
    scores = 1 + ((wide * rng.logistic(size=n))[:, None] > np.array([-2, -0.7, 0.7, 2])).sum(axis=1)
    answers = build.ratings(scores[:, None])
    found = fitted(grouped, model, answers, {"grade": grade}, "grade", numeric=[])
    checks = {check.name: check for check in found.checks}
    assert checks["proportional odds"].passed is False
    assert checks["equal spread"].passed is False
    assert "name the term under nominal" in checks["proportional odds"].text
    seen = fitted(grouped, model, answers, {"grade": grade}, "grade", numeric=[], nominal=["grade"])
    assert [row.label for row in seen.rows] == [f"B, above “level {k}”" for k in range(1, 5)]
    signs = np.sign([row.estimate for row in seen.rows])
    assert list(signs) == [-1, -1, 1, 1]  # less often above the lowest level, more often above the highest but one
    below = np.array([[(scores[grade == g] <= k).mean() for k in range(1, 5)] for g in "AB"])
    expected = special.logit(below[0]) - special.logit(below[1])
    assert [row.estimate for row in seen.rows] == pytest.approx(expected, abs=1e-6)
    spread = fitted(grouped, model, answers, {"grade": grade}, "grade", numeric=[], spread=["grade"])
    row = next(row for row in spread.base_rows if row.term == "spread")
    assert row.estimate == pytest.approx(np.log(3), abs=0.3)
    assert "equal spread" not in {check.name for check in spread.checks}


def test_assumptions_that_hold_are_left_alone(build, grouped, model):
    scores, groups = rated_by_x(np.random.default_rng(12))
    checks = {check.name: check for check in fitted(grouped, model, build.ratings(scores), groups).checks}
    assert checks["proportional odds"].passed is True
    assert checks["equal spread"].passed is True
    assert "(6 tests, Holm)" in checks["proportional odds"].text


def test_a_group_at_one_end_of_the_scale_is_penalised_and_said_so(build, grouped, model):
    scores, groups = rated_by_x(np.random.default_rng(8))
    scores[groups["grade"] == "C", 2] = 5
    found = fitted(grouped, model, build.ratings(scores), groups, "grade", numeric=[])
    row = next(row for row in found.rows if (row.outcome, row.column) == ("i2", "grade[T.C]"))
    assert found.penalty == "log-F(1,1)"
    assert 2 < row.estimate < 12
    assert row.error > 0.5
    assert next(check for check in found.checks if check.name == "separation").passed is False
    assert any("Item 2" in note and "log-F(1,1)" in note for note in found.notes)
    assert next(row for row in found.rows if row.outcome == "i0").estimate == pytest.approx(
        fit_ordinal(
            ordinal(
                scores[:, 0].astype(int) - 1,
                np.column_stack([groups["grade"] == "B", groups["grade"] == "C"]).astype(float),
            ),
            np.ones(N),
        ).theta[4],
        rel=1e-7,
    )


def test_items_are_fitted_to_those_who_rated_them(build, grouped, model):
    scores, groups = rated_by_x(np.random.default_rng(9))
    scores[:40, 1] = np.nan
    found = fitted(grouped, model, build.ratings(scores), groups, "grade", numeric=[])
    assert dict(found.events) == {"i0": N, "i1": N - 40, "i2": N}
    assert any("200 to 240 respondents" in note for note in found.notes)
    cell = next(row for row in found.rows if (row.outcome, row.column) == ("i1", "grade[T.B]"))
    assert cell.base == int((groups["grade"][40:] == "B").sum())


def test_levels_that_nobody_used_are_named(build, grouped, model):
    scores, groups = rated_by_x(np.random.default_rng(10))
    scores[:, 0] = np.where(scores[:, 0] == 4, 3, scores[:, 0])
    found = fitted(grouped, model, build.ratings(scores), groups, "grade", numeric=[])
    assert any("Item 0: 1 level of the scale was not used" in note for note in found.notes)


def test_what_does_not_belong_to_severity_is_refused(build, grouped, model):
    scores, groups = rated_by_x(np.random.default_rng(11))
    with pytest.raises(ModelError, match="it needs ratings"):
        fitted(grouped, model, build.rankings([[1, 2, 3]] * N), groups)
    with pytest.raises(ModelError, match='"role" is no term of the formula; the terms are grade, age'):
        fitted(grouped, model, build.ratings(scores), groups, nominal=["role"])
    with pytest.raises(ModelError, match="no item has ratings of two levels"):
        fitted(grouped, model, build.ratings(np.full((N, 2), 3.0)), groups)
