"""The shortest of obtain, process and apply: against statsmodels, scipy and sums by hand, and how often it is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.multivariate import test_mvmean as mean_of_zero

from obstacles.analysis.gaps.gap import Staff, open_staff
from obstacles.analysis.gaps.scales import ScaleOrder, scale_order, scale_places
from obstacles.analysis.inference.effective_units import effective_units
from obstacles.survey.answers import CapabilityAnswers, Rankings
from obstacles.survey.problems import Receipt
from obstacles.survey.question import Item, Level, Question
from obstacles.survey.settings import StudySettings
from obstacles.survey.study import Design, Study, Wave

SCALES = ("obtain", "obtain", "process", "apply", "apply", "apply", None)


def staff_of(current: np.ndarray, required: Any = 3, design: Design | None = None, scales: Any = SCALES) -> Staff:
    """A wave whose capabilities belong to scales."""
    n, q = current.shape
    items = tuple(Item(f"c{j}", {"en": f"C{j}"}, category=scales[j]) for j in range(q))
    needed = np.broadcast_to(np.asarray(required, float), current.shape).copy()
    levels = tuple(Level(float(v), {"en": str(v)}) for v in range(5))
    answers = CapabilityAnswers(items, levels, current, needed, None, None, ("fixed",) * q, "self")
    settings = StudySettings.model_validate(
        {
            "schema": 1,
            "study": {"title": "S", "sampling": "probability"},
            "wave": [{"id": "w", "file": "a.csv", "format": "rank_grid"}],
        }
    )
    obstacles = (Item("a", {}), Item("b", {}))
    ranks = Rankings(
        obstacles, np.tile([1, 2], (n, 1)).astype(np.int16), np.ones((n, 2), bool), np.arange(n), np.ones(n)
    )
    wave = Wave(
        "w",
        {},
        Question({}, "rank_grid", obstacles),
        ranks,
        pd.DataFrame({"id": [str(i) for i in range(n)]}),
        design or Design(),
        Receipt("a.csv", "0" * 64, "utf-8", ",", n, 3, (), n),
        None,
        None,
        settings.wave[0],
        capability=answers,
    )
    return open_staff(Study("s", {}, obstacles, (wave,), settings, Path("s.toml"), "0" * 64))


def order_of(staff: Staff, measure: str = "shortfall", inside: np.ndarray | None = None) -> ScaleOrder:
    found = scale_order(staff, staff.everybody if inside is None else inside, scale_places(staff.items), measure)
    assert found is not None
    return found


@pytest.fixture
def current() -> np.ndarray:
    rng = np.random.default_rng(7)
    talent = rng.normal(size=(60, 1))
    means = np.array([2.0, 2.2, 1.6, 1.2, 1.5, 1.4, 2.0])
    return np.clip(np.round(means + 0.6 * talent + 0.8 * rng.normal(size=(60, 7))), 0, 4)


def by_person(current: np.ndarray, required: float = 3) -> np.ndarray:
    """(n, 3) mean shortfall of obtain, process and apply."""
    short = np.maximum(required - current, 0)
    return np.column_stack([short[:, :2].mean(axis=1), short[:, 2], short[:, 3:6].mean(axis=1)])


def test_scales_stand_in_the_order_of_the_paper_and_others_are_left_out() -> None:
    items = [Item(str(j), {}, category=scale) for j, scale in enumerate(("apply", "ethics", "obtain", None, "apply"))]
    assert list(scale_places(items).items()) == [("obtain", (2,)), ("apply", (0, 4))]


def test_a_simple_sample_is_hotelling_and_paired_t(current: np.ndarray) -> None:
    found, own = order_of(staff_of(current)), by_person(current)
    np.testing.assert_allclose(found.gap.value, own.mean(axis=0))
    assert found.equality is not None
    expected = mean_of_zero(own[:, [2]] - own[:, :2], np.zeros(2))
    assert found.equality.p == pytest.approx(expected.pvalue, rel=1e-9)
    assert found.equality.statistic == pytest.approx(expected.statistic, rel=1e-9)
    p = [stats.ttest_rel(own[:, 2], own[:, k]).pvalue for k in (0, 1)]
    np.testing.assert_allclose(found.p[:2], p, rtol=1e-9)
    np.testing.assert_allclose(found.p_adjusted[:2], multipletests(p, method="holm")[1], rtol=1e-9)
    assert np.isnan(found.p[2])
    half = stats.t.ppf(0.975, 59) * own.std(axis=0, ddof=1) / np.sqrt(60)
    np.testing.assert_allclose(found.gap.high - found.gap.value, half)
    assert (found.largest, found.shortest, found.scales[2]) == (2, (2,), "apply")


def test_clusters_strata_and_weights_are_the_linearised_mean(current: np.ndarray) -> None:
    rng = np.random.default_rng(8)
    weight, stratum = rng.uniform(0.5, 2, 60), np.repeat([0, 1], 30)
    cluster = np.arange(60) // 5
    found = order_of(staff_of(current, design=Design(weight=weight, stratum=stratum, cluster=cluster)))
    own = by_person(current)
    mean = weight @ own / weight.sum()
    influence = (own - mean) * weight[:, None] / weight.sum()
    total = np.array([influence[cluster == c].sum(axis=0) for c in range(12)])
    covariance = np.zeros((3, 3))
    for units in (total[:6], total[6:]):
        apart = units - units.mean(axis=0)
        covariance += 6 / 5 * apart.T @ apart
    contrast = np.array([[-1, 0, 1], [0, -1, 1]])
    of = effective_units(np.bincount(cluster, weights=weight), np.repeat([0, 1], 6))
    assert 8 < of.df < 12 - 2
    df, covariance = of.df, of.factor * covariance
    difference, spread = contrast @ mean, contrast @ covariance @ contrast.T
    f = difference @ np.linalg.solve(spread, difference) * (df - 1) / (df * 2)
    assert found.equality is not None
    assert found.equality.df == pytest.approx((2.0, df - 1))
    assert found.equality.p == pytest.approx(stats.f.sf(f, 2, df - 1), rel=1e-9)
    t = difference / np.sqrt(np.diag(spread))
    np.testing.assert_allclose(found.p[:2], 2 * stats.t.sf(np.abs(t), df), rtol=1e-9)


def test_a_scale_is_the_mean_of_its_capabilities_whoever_answered_which(current: np.ndarray) -> None:
    current[::3, 0] = np.nan
    found = order_of(staff_of(current))
    short = np.maximum(3 - current, 0)
    assert found.gap.value[0] == pytest.approx(np.mean([np.nanmean(short[:, 0]), short[:, 1].mean()]))


def test_a_surplus_counts_only_in_signed_gaps(current: np.ndarray) -> None:
    staff = staff_of(current, required=1)
    assert order_of(staff, "signed").gap.value[0] == pytest.approx(np.mean(1 - current[:, :2]))
    assert order_of(staff).gap.value[0] > 0 > order_of(staff, "signed").gap.value[0]


def test_a_group_is_its_own_members(current: np.ndarray) -> None:
    inside = np.arange(60) < 25
    found = order_of(staff_of(current), inside=inside)
    np.testing.assert_allclose(found.gap.value, by_person(current[:25]).mean(axis=0))
    assert found.equality is not None
    assert found.equality.df == (2.0, 23.0)


def test_one_scale_an_unknown_gap_and_too_few_people(current: np.ndarray) -> None:
    one = staff_of(current, scales=("obtain",) * 7)
    assert scale_order(one, one.everybody, scale_places(one.items), "shortfall") is None
    nobody = current.copy()
    nobody[:, 2] = np.nan
    staff = staff_of(nobody)
    assert scale_order(staff, staff.everybody, scale_places(staff.items), "shortfall") is None
    few = order_of(staff_of(current), inside=np.arange(60) < 2)
    assert not few.tested
    assert len(few.shortest) == 3, "nothing is separated without a test"


def test_everybody_alike_is_not_tested() -> None:
    assert not order_of(staff_of(np.full((30, 7), 2.0))).tested


def test_renamed_and_turned_capabilities_give_the_same(current: np.ndarray) -> None:
    turned = [5, 3, 6, 2, 0, 4, 1]
    other = order_of(staff_of(current[:, turned], scales=[SCALES[j] for j in turned]))
    own = order_of(staff_of(current))
    np.testing.assert_allclose(other.p_adjusted, own.p_adjusted)
    assert replace(other, equality=None).shortest == own.shortest


@pytest.mark.parametrize("means", [(2.0, 2.0, 2.0), (1.4, 2.0, 1.4)], ids=["equal", "tied"])
def test_one_scale_is_rarely_named_where_none_is_the_shortest(means: tuple[float, ...]) -> None:
    """Three equal gaps, or two equal ones ahead of a third: a single name in at most 5 % of samples, by chance 8 %."""
    rng = np.random.default_rng(11)
    named = 0
    for _sample in range(300):
        level = np.array(means)[[0, 1, 2]] + 0.7 * rng.normal(size=(40, 1)) + 0.8 * rng.normal(size=(40, 3))
        found = order_of(staff_of(np.clip(np.round(level), 0, 4), scales=("obtain", "process", "apply")), "signed")
        named += len(found.shortest) == 1
    assert named / 300 <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 300)
