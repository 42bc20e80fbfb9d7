"""Differences between waves against R: survey's designs, survival's likelihoods, and statsmodels' Oaxaca-Blinder."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from paths import GOLDEN, SHARED_GOLDEN, needs_shared_golden
from statsmodels.stats.oaxaca import OaxacaBlinder

from obstacles.analysis.change.compare import compare
from obstacles.analysis.change.composition import composition
from obstacles.analysis.change.homogeneity import homogeneity
from obstacles.analysis.change.overlapping_psus import link
from obstacles.analysis.change.pair import Pair
from obstacles.analysis.prepare import prepare
from obstacles.analysis.subpopulation import ComparisonSide, open_side, units_df
from obstacles.survey.study import Study

Columns = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def columns() -> tuple[Columns, Columns]:
    """The columns of change_waves.csv, one dict a wave."""
    path = GOLDEN / "change_waves.csv"
    with path.open() as lines:
        rows = list(csv.DictReader(lines))
    whole = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    first, second = ({name: column[whole["wave"] == now] for name, column in whole.items()} for now in (1, 2))
    return first, second


def _coded(column: np.ndarray) -> np.ndarray:
    return np.unique(column, return_inverse=True)[1]


def _study(
    columns: tuple[Columns, Columns], wave: Any, waves: Any, answers: Callable[[Columns], Any], **how: bool
) -> Study:
    made = []
    for own in columns:
        design = {"weight": own["weight"]} if how.get("weights", True) else {}
        if how.get("units", True):
            design |= {"stratum": _coded(own["stratum"]), "cluster": _coded(own["psu"])}
        groups = {"region": own["region"].astype(int).astype(str), "unit": own["psu"].astype(int).astype(str)}
        groups["stratum"] = own["stratum"].astype(int).astype(str)
        ids = own["person"].astype(int).astype(str)
        made.append(wave(answers(own), groups=groups, design=design, panel=ids, question={"k": 2, "blank": "below"}))
    return waves(made)


def _ratings(build: Any) -> Callable[[Columns], Any]:
    return lambda own: build.ratings(np.column_stack([own[f"q{j}"] for j in range(1, 5)]))


def _top_two(build: Any) -> Callable[[Columns], Any]:
    def make(own: Columns) -> Any:
        ranks = np.column_stack([own[f"r{j}"] for j in range(1, 5)])
        return build.rankings(np.where(ranks <= 2, ranks, 0))

    return make


def _pair(study: Study, *, panel: bool = False, units: bool = False, region: str | None = None) -> Pair:
    sides = []
    for wave in study.waves:
        inside = np.ones(len(wave.respondents), bool)
        if region is not None:
            inside = (wave.respondents["region"] == region).to_numpy()
        sides.append(open_side(wave.id, wave, inside, whole=prepare(wave, k=2), k=2))
    names = {"cluster": "unit", "strata": "stratum"} if units else {}
    joined = link(study.waves, [side.sample for side in sides], panel=panel, **names)
    return Pair(sides[0], sides[1], joined)


def _difference(pair: Pair) -> tuple[np.ndarray, np.ndarray]:
    one, other = pair.first.level, pair.second.level
    assert one is not None
    assert other is not None
    cov = pair.linearised(one, other)
    assert cov is not None
    return other.value - one.value, cov.difference


def test_means_of_separate_samples(columns: Any, build: Any, wave: Any, waves: Any, golden: Any) -> None:
    expected = golden("change.json")["separate"]
    difference, covariance = _difference(_pair(_study(columns, wave, waves, _ratings(build))))
    np.testing.assert_allclose(difference, expected["difference"], rtol=1e-12)
    np.testing.assert_allclose(covariance, expected["vcov"], rtol=1e-10)


def test_means_in_a_domain(columns: Any, build: Any, wave: Any, waves: Any, golden: Any) -> None:
    """All primary units are kept; the degrees of freedom count those with members, as survey's subset does."""
    expected = golden("change.json")["domain"]
    pair = _pair(_study(columns, wave, waves, _ratings(build)), region="1")
    difference, covariance = _difference(pair)
    np.testing.assert_allclose(difference, expected["difference"], rtol=1e-12)
    np.testing.assert_allclose(covariance, expected["vcov"], rtol=1e-10)
    assert sum(units_df(side.sample, side.inside) for side in (pair.first, pair.second)) == expected["df"]


def test_means_of_waves_with_the_same_units(columns: Any, build: Any, wave: Any, waves: Any, golden: Any) -> None:
    expected = golden("change.json")["same_units"]
    pair = _pair(_study(columns, wave, waves, _ratings(build)), units=True)
    assert pair.linked is not None
    difference, covariance = _difference(pair)
    np.testing.assert_allclose(difference, expected["difference"], rtol=1e-12)
    np.testing.assert_allclose(covariance, expected["vcov"], rtol=1e-10)


def test_means_of_a_panel(columns: Any, build: Any, wave: Any, waves: Any, golden: Any) -> None:
    """People of both waves are one primary unit, the others stay with zeros in the other wave."""
    expected = golden("change.json")["panel"]
    pair = _pair(_study(columns, wave, waves, _ratings(build), units=False), panel=True)
    difference, covariance = _difference(pair)
    np.testing.assert_allclose(difference, expected["difference"], rtol=1e-12)
    np.testing.assert_allclose(covariance, expected["vcov"], rtol=1e-10)


def test_a_panel_in_clusters_joins_them_by_their_members(
    columns: Any, build: Any, wave: Any, waves: Any, golden: Any
) -> None:
    """Nobody moved, so clusters without names are those of the same people: the same as joined by name."""
    expected = golden("change.json")["same_units"]
    _difference_found, covariance = _difference(_pair(_study(columns, wave, waves, _ratings(build)), panel=True))
    np.testing.assert_allclose(covariance, expected["vcov"], rtol=1e-10)


@pytest.mark.parametrize(("name", "panel"), [("worths_separate", False), ("worths_panel", True)])
def test_plackett_luce_worths(
    columns: Any, build: Any, wave: Any, waves: Any, golden: Any, name: str, panel: bool
) -> None:
    """svycoxph of the exploded answers with interactions of wave and item."""
    expected = golden("change.json")[name]
    pair = _pair(_study(columns, wave, waves, _top_two(build), units=not panel), panel=panel)
    cov = pair.linearised(pair.first.order, pair.second.order)
    assert cov is not None
    against_first = np.eye(4)[1:] - np.eye(4)[0]
    difference = against_first @ (pair.second.order.value - pair.first.order.value)
    np.testing.assert_allclose(difference, expected["difference"], rtol=1e-6)
    np.testing.assert_allclose(against_first @ cov.difference @ against_first.T, expected["vcov"], rtol=1e-6)
    plain = replace(pair, first=_equal(pair.first), second=_equal(pair.second))
    test = homogeneity([plain.first, plain.second], {(0, 1): plain}, np.ones(4, bool))
    assert test is not None
    q, rest = test.df
    statistic = test.statistic * (rest + q - 1) * q / rest  # F back to Wald's statistic
    assert statistic == pytest.approx(expected["wald"], rel=1e-6)


def _equal(side: ComparisonSide) -> ComparisonSide:
    """The side without what unequal primary units cost, which survey does not count."""
    return replace(side, order=replace(side.order, inflation=1.0))


def test_the_likelihood_ratio(columns: Any, build: Any, wave: Any, waves: Any, golden: Any) -> None:
    """clogit of each wave and of both together."""
    study = _study(columns, wave, waves, _top_two(build), units=False, weights=False)
    test = compare(study).main.homogeneity
    assert test is not None
    assert test.name == "homogeneity (likelihood ratio)"
    assert test.statistic == pytest.approx(golden("change.json")["likelihood_ratio"], rel=1e-8)
    assert test.df == (3.0,)


def test_homogeneity_of_two_groups_agrees_with_plackettluce(build: Any, golden: Any, wave: Any, waves: Any) -> None:
    expected, table = golden("synth.json")["homogeneity"], golden("synth_full.csv")
    ranks, group = table[:, 6:13], table[:, 2]
    study = waves([wave(build.rankings(ranks), groups={"group": np.where(group == 1, "b", "a")})])
    test = compare(study, by="group").main.homogeneity
    assert test is not None
    assert test.statistic == pytest.approx(expected["LR"], rel=1e-9)
    assert test.df == (expected["df"],)
    assert test.p == pytest.approx(expected["p"], rel=1e-7)


@needs_shared_golden
def test_homogeneity_of_the_game_data(build: Any, wave: Any, waves: Any) -> None:
    import json

    expected = json.loads((SHARED_GOLDEN / "pl_group_LR.json").read_text())
    with (SHARED_GOLDEN / "rol_game_wide.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    names = ("Xbox", "PlayStation", "PSPortable", "GameCube", "GameBoy", "PC")
    ranks = np.array([[float(row[f"ch.{name}"]) for name in names] for row in rows])
    hours = np.array([float(row["hours"]) for row in rows])
    study = waves([wave(build.rankings(ranks), groups={"much": np.where(hours > expected["median"], "yes", "no")})])
    test = compare(study, by="much").main.homogeneity
    assert test is not None
    assert test.statistic == pytest.approx(expected["LR"], rel=1e-8)
    assert test.df == (expected["df"],)


# ---------- composition -----------------------------------------------------------------------------------------


def _plain(side: ComparisonSide) -> tuple[np.ndarray, np.ndarray]:
    """0/1 columns of the regions but the first, and the ratings of the second item."""
    regions = side.wave.respondents["region"].astype(int).to_numpy()
    return np.column_stack([regions == 2, regions == 3]).astype(float), side.prepared.answers.scores[:, 1]  # type: ignore[union-attr]


def test_composition_is_the_decomposition_of_oaxaca_and_blinder(
    columns: Any, build: Any, wave: Any, waves: Any
) -> None:
    pair = _pair(_study(columns, wave, waves, _ratings(build), units=False, weights=False))
    found = composition(pair, ["region"], np.ones(4, bool))
    assert found is not None
    (x1, y1), (x2, y2) = _plain(pair.first), _plain(pair.second)
    stacked = np.column_stack([np.concatenate([x1, x2]), np.repeat([0.0, 1.0], [len(y1), len(y2)])])
    peer = OaxacaBlinder(np.concatenate([y1, y2]), stacked, 2, hasconst=False, swap=False)
    endowments, coefficients, interaction, _gap = peer.three_fold().params
    total = y2.mean() - y1.mean()
    assert found.mix[1] + found.answers[1] == pytest.approx(total, abs=1e-12)
    parts = {round(abs(endowments), 10), round(abs(endowments + interaction), 10)}
    assert round(abs(found.mix[1]), 10) in parts
    assert round(abs(found.mix_at_second[1]), 10) in parts
    assert {round(abs(found.mix[1]), 10), round(abs(found.mix_at_second[1]), 10)} == parts
    assert abs(coefficients) > 0


def test_errors_of_the_composition_are_those_of_its_derivatives(
    columns: Any, build: Any, wave: Any, waves: Any
) -> None:
    """The influence of a respondent is the derivative by the weight, times the weight (infinitesimal jackknife)."""
    study = _study(columns, wave, waves, _ratings(build))
    pair, item = _pair(study), np.array([False, True, False, False])
    found = composition(pair, ["region"], item)
    assert found is not None

    def figures(position: int, row: int, factor: float) -> np.ndarray:
        own = study.waves[position]
        weight = np.asarray(own.design.weight).copy()
        weight[row] *= factor
        changed = replace(own, design=replace(own.design, weight=weight))
        again = composition(
            _pair(replace(study, waves=tuple(changed if i == position else w for i, w in enumerate(study.waves)))),
            ["region"],
            item,
        )
        assert again is not None
        return np.array([again.mix[1], again.answers[1]])

    step = 1e-4
    influence = [
        np.array(
            [
                (figures(position, row, 1 + step) - figures(position, row, 1 - step)) / (2 * step)
                for row in range(len(own.respondents))
            ]
        )
        for position, own in enumerate(study.waves)
    ]
    assert len(influence[0]) + len(influence[1]) == 240
    one, other = pair.first.inflation, pair.second.inflation
    joint = np.diag(pair.joint(influence[0], influence[1])) * [one, one, other, other]
    np.testing.assert_allclose(np.sqrt(joint[:2] + joint[2:]), [found.mix_error[1], found.answers_error[1]], rtol=1e-5)
