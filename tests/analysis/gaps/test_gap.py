"""Capability gaps: against R (survey, metafor, factanal), statsmodels and scipy; and what is not given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from obstacles.analysis.disclosure.figures import Coarseness
from obstacles.analysis.disclosure.group_figures import view
from obstacles.analysis.gaps.compare import paired_tests, pooled_shares, share_difference
from obstacles.analysis.gaps.gap import (
    GapError,
    Interval,
    Staff,
    effective_numbers,
    estimate,
    open_staff,
    t_interval,
    uncounted,
    wilson,
)
from obstacles.analysis.gaps.measures import discrepancies, gap_index, importance_line, position
from obstacles.analysis.gaps.obstacles import associations, obstacle_scores
from obstacles.analysis.gaps.reliability import cronbach_alpha, feldt_interval, omega
from obstacles.survey.answers import CapabilityAnswers, Rankings
from obstacles.survey.problems import Receipt
from obstacles.survey.question import Item, Level, Question
from obstacles.survey.settings import StudySettings
from obstacles.survey.study import Design, Study, Wave

LEVELS = tuple(Level(float(v), {"en": str(v)}) for v in range(5))


def capability(current: Any, required: Any, **keys: Any) -> CapabilityAnswers:
    current = np.asarray(current, float)
    required = np.broadcast_to(np.asarray(required, float), current.shape).copy()
    items = tuple(Item(f"c{j}", {"en": f"Capability {j}"}) for j in range(current.shape[1]))
    made = CapabilityAnswers(items, LEVELS, current, required, None, None, ("fixed",) * len(items), "self")
    return replace(made, **keys)


def whole(staff: Staff, measure: str) -> np.ndarray:
    """(q,) a measure of everybody."""
    return estimate(staff, staff.everybody, measure).value


def share_interval(staff: Staff) -> Interval:
    """The share of everybody below the required level with Wilson's interval."""
    below = estimate(staff, staff.everybody, "below")
    n = effective_numbers(below, uncounted(staff.sample, staff.everybody))[0]
    return Interval(below.value, *wilson(below.value, n, level=0.95))


def study_of(
    answers: CapabilityAnswers,
    dept: Any = None,
    *,
    headcount: dict[str, int] | None = None,
    sampling: str = "census",
    obstacles: Any = None,
    design: Design | None = None,
    privacy: dict[str, Any] | None = None,
    groups: dict[str, Any] | None = None,
) -> Study:
    """A study of one wave; obstacle answers are rankings of three items, everybody the same unless given."""
    n = len(answers.current)
    columns = {"dept": ["all"] * n if dept is None else [str(d) for d in dept], **(groups or {})}
    raw = {
        "schema": 1,
        "study": {"title": "S", "sampling": sampling},
        "wave": [{"id": "w", "file": "a.csv", "format": "rank_grid", "columns": {name: name for name in columns}}],
        "groups": {"report_by": "dept", "split_by": list(groups or {})},
        "privacy": privacy or {},
    }
    settings = StudySettings.model_validate(raw)
    ranks = np.tile([1, 2, 3], (n, 1)) if obstacles is None else np.asarray(obstacles)
    items = tuple(Item(f"o{j}", {"en": f"Obstacle {j}"}) for j in range(ranks.shape[1]))
    rankings = Rankings(items, ranks.astype(np.int16), np.ones(ranks.shape, bool), np.arange(n), np.ones(n))
    frame = {"id": [str(i) for i in range(n)]} | {name: pd.Categorical(values) for name, values in columns.items()}
    wave = Wave(
        "w",
        {},
        Question({"en": "Which?"}, "rank_grid", items),
        rankings,
        pd.DataFrame(frame),
        design or Design(),
        Receipt("a.csv", "0" * 64, "utf-8", ",", n, 3, (), n),
        None,
        None,
        settings.wave[0],
        sizes={"dept": headcount} if headcount else {},
        capability=answers,
    )
    return Study("s", {"en": "S"}, items, (wave,), settings, Path("study.toml"), "0" * 64)


@pytest.fixture(scope="module")
def table(golden: Callable[[str], Any]) -> np.ndarray:
    return np.asarray(golden("gaps_synth.csv"))


@pytest.fixture(scope="module")
def r(golden: Callable[[str], Any]) -> dict[str, Any]:
    return dict(golden("gaps.json"))


def answers_in(table: np.ndarray) -> CapabilityAnswers:
    return capability(table[:, [1, 3, 5]], table[:, [2, 4, 6]])


@pytest.fixture(scope="module")
def staff(table: np.ndarray, r: dict[str, Any]) -> Staff:
    sizes = {str(k): n for k, n in enumerate(r["headcount"], 1)}
    return open_staff(study_of(answers_in(table), table[:, 0].astype(int), headcount=sizes))


class TestAgainstR:
    """svymean with strata, weights by headcount, and the finite population."""

    @pytest.mark.parametrize("group", ["", "1", "2", "3", "4", "5", "6"])
    @pytest.mark.parametrize(("measure", "place"), [("signed", 0), ("shortfall", 3), ("below", 6)])
    def test_means_and_errors(self, staff: Staff, r: dict[str, Any], group: str, measure: str, place: int) -> None:
        assert staff.weighting == "headcount"
        found = estimate(staff, staff.inside(group) if group else staff.everybody, measure)
        for kind, covariance in (("finite", found.covariance_fpc), ("infinite", found.covariance)):
            expected = r["whole"][kind] if not group else r["departments"][kind][int(group) - 1]
            assert covariance is not None
            np.testing.assert_allclose(found.value, expected["mean"][place : place + 3], atol=1e-12)
            np.testing.assert_allclose(np.sqrt(np.diag(covariance)), expected["se"][place : place + 3], atol=1e-12)

    def test_gap_index_is_a_ratio(self, staff: Staff, r: dict[str, Any]) -> None:
        found, expected = gap_index(staff, staff.everybody), r["index"]["finite"]
        half = stats.t.ppf(0.975, staff.sample.effective.df) * expected["se"]  # strata weigh differently
        assert found.value == pytest.approx(100 * expected["value"], abs=1e-9)
        assert (found.low, found.high) == pytest.approx(
            (100 * (expected["value"] - half), 100 * (expected["value"] + half)), abs=1e-8
        )

    def test_reliability(self, table: np.ndarray, r: dict[str, Any]) -> None:
        covariance = np.cov(table[:, [1, 3, 5]], rowvar=False)
        assert cronbach_alpha(covariance) == pytest.approx(r["alpha"], abs=1e-12)
        assert omega(covariance) == pytest.approx(r["omega"], abs=1e-4)  # factanal stops at about this

    def test_sign_test(self, table: np.ndarray, r: dict[str, Any]) -> None:
        inside = table[:, 0] == 2
        plain = open_staff(study_of(answers_in(table[inside])))
        found = paired_tests(plain, plain.everybody)
        assert found.method == "sign"
        np.testing.assert_allclose(found.p, r["sign_test"], rtol=1e-12)

    def test_partial_pooling(self, r: dict[str, Any]) -> None:
        known = r["pooled"]
        found = pooled_shares(np.array(known["share"]), np.array(known["n"], float))
        assert found is not None
        assert found.spread**2 == pytest.approx(known["tau2"], abs=1e-7)
        assert found.mean == pytest.approx(known["mean"], abs=1e-7)
        np.testing.assert_allclose(found.value, known["value"], atol=1e-6)


class TestAgainstPython:
    def test_intervals_of_a_simple_sample(self, table: np.ndarray) -> None:
        from statsmodels.stats.proportion import proportion_confint

        staff = open_staff(study_of(answers_in(table), sampling="nonprobability"))
        n = len(table)
        for j in range(3):
            signed = table[:, 2 + 2 * j] - table[:, 1 + 2 * j]
            below = share_interval(staff)
            low, high = proportion_confint(int((signed > 0).sum()), n, method="wilson")
            assert (below.low[j], below.high[j]) == pytest.approx((low, high), abs=1e-12)
            for measure, values in (("signed", signed), ("shortfall", np.maximum(signed, 0))):
                interval = t_interval(estimate(staff, staff.everybody, measure), level=0.95)
                expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
                assert (interval.low[j], interval.high[j]) == pytest.approx(tuple(expected), abs=1e-12)

    def test_difference_of_two_shares(self) -> None:
        """Agresti and Caffo's interval by statsmodels; Holm by statsmodels."""
        from statsmodels.stats.multitest import multipletests
        from statsmodels.stats.proportion import confint_proportions_2indep

        counts = np.array([[7, 20], [11, 24], [15, 22]])
        n, rest = np.array([20, 24, 22.0]), np.array([60, 50, 70.0])
        first, second = counts[:, 0] / n, np.array([12, 30, 44]) / rest
        found = share_difference(first, n, second, rest)
        for j, other in enumerate((12, 30, 44)):
            low, high = confint_proportions_2indep(
                int(counts[j, 0]), n[j], other, rest[j], method="agresti-caffo", compare="diff"
            )
            assert (found.low[j], found.high[j]) == pytest.approx((low, high), abs=1e-9)
        np.testing.assert_allclose(found.p_adjusted, multipletests(found.p, method="holm")[1], atol=1e-12)

    def test_slopes_are_those_of_a_regression_with_a_constant_per_group(self) -> None:
        import statsmodels.api as sm

        rng = np.random.default_rng(3)
        n = 400
        dept = rng.integers(0, 4, n)
        current = np.clip(np.rint(rng.normal(1.5 + 0.3 * dept[:, None], 1, (n, 2))), 0, 4)
        ranks = np.argsort(np.argsort(rng.random((n, 3)) - 0.1 * current[:, :1] * [1, 0, 0], axis=1), axis=1) + 1
        study = study_of(capability(current, 2), dept, obstacles=ranks, sampling="nonprobability")
        staff, scores = open_staff(study), obstacle_scores(study.wave(), k=1)
        assert scores is not None
        found = associations(staff, scores)
        short = np.maximum(2 - current, 0)
        checked = 0
        for o in range(3):
            for j in range(2):
                design = np.column_stack([short[:, j], *(dept == d for d in range(4))]).astype(float)
                fit = sm.OLS((ranks[:, o] == 1).astype(float), design).fit(cov_type="HC0")
                assert found.slope[o, j] == pytest.approx(fit.params[0], abs=1e-12)
                half = (found.high - found.low)[o, j] / 2 / stats.t.ppf(0.975, staff.sample.cautious_df)
                null = sm.OLS((ranks[:, o] == 1).astype(float), design[:, 1:]).fit()
                apart = sm.OLS(short[:, j].astype(float), design[:, 1:]).fit().resid
                independent = np.sqrt(null.ssr / (n - 5) / (apart**2).sum())
                assert half == pytest.approx(max(fit.bse[0] * np.sqrt(n / (n - 1)), independent), rel=1e-9)
                checked += 1
        assert checked == 6
        assert np.all(found.p_adjusted >= found.p)

    def test_slopes_of_obstacles_that_few_name_seldom_hold_by_chance(self) -> None:
        """Without an error as large as that of independence some pair held in a sixth of such surveys."""
        edges = pytest.importorskip("benchmarks.edges.gapped")
        rng, held = np.random.default_rng(1), 0
        for _run in range(60):
            study = edges.organisation(rng, edges.Organisation((100, 100), 0.3, pattern="rare"))
            scores = obstacle_scores(study.wave(), k=1)
            assert scores is not None
            found = associations(open_staff(study), scores)
            assert np.isfinite(found.p).any()
            held += bool((found.p_adjusted <= 0.05).any())
        assert held <= 3

    def test_alpha_is_the_ratio_of_mean_squares(self) -> None:
        """Hoyt (1941): alpha = 1 - mean square of the residual / mean square between people."""
        x = np.random.default_rng(1).normal(size=(30, 4)) + np.random.default_rng(2).normal(size=(30, 1))
        people, items = x.mean(axis=1, keepdims=True), x.mean(axis=0, keepdims=True)
        between = 4 * ((people - x.mean()) ** 2).sum() / 29
        residual = ((x - people - items + x.mean()) ** 2).sum() / (29 * 3)
        alpha = cronbach_alpha(np.cov(x, rowvar=False))
        assert alpha == pytest.approx(1 - residual / between, abs=1e-12)
        low, high = feldt_interval(alpha, 30, 4)
        assert low < alpha < high < 1


class TestMeasures:
    def test_surplus_does_not_cancel_shortage(self) -> None:
        staff = open_staff(study_of(capability([[4], [4], [0], [0]], 2), sampling="nonprobability"))
        assert whole(staff, "signed")[0] == 0
        assert whole(staff, "shortfall")[0] == 1
        assert whole(staff, "below")[0] == 0.5

    def test_borich_and_ranked_discrepancy(self) -> None:
        """By hand: importance 1..5 lies on levels 0..4."""
        current, importance = [[0.0], [2], [3], [4]], np.array([[5.0], [3], [2], [5]])
        answers = capability(current, 2, importance=importance, importance_scale=(1, 5))
        staff = open_staff(study_of(answers, sampling="nonprobability"))
        found = discrepancies(staff, staff.everybody)
        assert found is not None
        apart, mean = np.array([4, 0, -2, 0]), np.mean([4, 2, 1, 4])
        assert found.borich.value[0] == pytest.approx(apart.mean() * mean)
        assert found.ranked.value[0] == pytest.approx(100 * (1 - 1) / 4)
        assert importance_line(staff) == pytest.approx(15 / 4)
        without = open_staff(study_of(capability(current, 2)))
        assert discrepancies(without, without.everybody) is None

    def test_the_place_on_the_map_needs_both_intervals_clear_of_the_lines(self) -> None:
        assert position((0.2, 0.6), (3.7, 4.1), 3.5) == ("important", "below")
        assert position((-0.6, -0.2), (3.0, 3.4), 3.5) == ("less important", "met")
        assert position((-0.1, 0.6), (3.7, 4.1), 3.5) is None
        assert position((0.2, 0.6), (3.4, 4.1), 3.5) is None
        assert position((None, None), (3.7, 4.1), 3.5) is None

    def test_fewer_than_five_below_have_no_interval_of_the_mean(self) -> None:
        for few, known in ((4, False), (5, True)):
            current = np.full((30, 1), 3.0)
            current[:few] = 0
            staff = open_staff(study_of(capability(current, 2), sampling="nonprobability"))
            group = view(staff, staff.everybody, 0)
            assert (group.figures(group.current, Coarseness()).means["shortfall"].low is not None) == known
            below = share_interval(staff)
            assert 0 < below.low[0] < few / 30 < below.high[0]

    @pytest.mark.parametrize("level", [0.0, 4.0])
    def test_nobody_and_everybody_below_have_an_interval_within_the_scale(self, level: float) -> None:
        below = share_interval(open_staff(study_of(capability(np.full((12, 1), level), 2), sampling="nonprobability")))
        assert 0 <= below.low[0] < below.high[0] <= 1
        assert below.high[0] - below.low[0] > 0.2

    def test_a_census_without_refusals_is_certain(self) -> None:
        current = np.array([[0.0]] * 6 + [[3]] * 6)
        study = study_of(capability(current, 2), ["a"] * 6 + ["b"] * 6, headcount={"a": 6, "b": 6})
        interval = share_interval(open_staff(study))
        assert (interval.low[0], interval.high[0]) == pytest.approx((0.5, 0.5))

    def test_one_base_for_all_figures(self) -> None:
        current = np.array([[1.0], [2], [np.nan], [3]])
        required = np.array([[2.0], [np.nan], [2], [2]])
        staff = open_staff(study_of(capability(current, required), sampling="nonprobability"))
        for measure in ("current", "required", "signed", "shortfall", "below"):
            assert estimate(staff, staff.everybody, measure).item_base.tolist() == [2]
        assert whole(staff, "current")[0] == 2.0

    def test_weight_two_gives_the_estimate_of_the_row_written_twice(self) -> None:
        rng = np.random.default_rng(4)
        current = rng.integers(0, 5, (20, 2)).astype(float)
        weight = np.where(np.arange(20) < 7, 2.0, 1.0)
        weighted = open_staff(study_of(capability(current, 2), design=Design(weight=weight)))
        twice = open_staff(study_of(capability(np.repeat(current, weight.astype(int), axis=0), 2)))
        for measure in ("below", "shortfall", "signed"):
            np.testing.assert_allclose(whole(weighted, measure), whole(twice, measure), atol=1e-12, err_msg=measure)


class TestRefusals:
    def test_without_capabilities(self) -> None:
        study = study_of(capability([[1.0]], 2))
        bare = replace(study, waves=tuple(replace(wave, capability=None) for wave in study.waves))
        with pytest.raises(GapError, match=r"\[wave.capability.current\]"):
            open_staff(bare)

    def test_a_group_or_wave_that_is_not_there(self) -> None:
        study = study_of(capability([[1.0]], 2))
        with pytest.raises(GapError, match='Did you mean "dept"'):
            open_staff(study, by="dpet")
        with pytest.raises(GapError, match='there is no wave "v"'):
            open_staff(study, wave="v")

    def test_a_headcount_smaller_than_those_who_answered(self) -> None:
        with pytest.raises(GapError, match="smaller than its number of respondents"):
            open_staff(study_of(capability([[1.0]] * 5, 2), ["a"] * 5, headcount={"a": 4}))
