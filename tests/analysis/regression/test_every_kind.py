"""What must hold for every kind of regression: weights, clusters, counts, protection, and results as plain data."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from scipy import special

from obstacles.analysis.regression.kinds import REGRESSIONS, Result
from obstacles.analysis.regression.kinds.drivers import Drivers
from obstacles.analysis.regression.kinds.pick_any import Association
from obstacles.analysis.regression.regress import regress
from obstacles.analysis.regression.result import Regression
from obstacles.analysis.regression.structure import Classes, Tree

N, M = 160, 4


@dataclass(frozen=True)
class Case:
    kind: str
    formula: str = "grade"
    answers: str = "selection"  # "selection", "ranks" or "ratings"
    keys: tuple[tuple[str, Any], ...] = ()


CASES = {
    case.kind: case
    for case in (
        Case("rank_ordered_logit", answers="ranks"),
        Case("set_choice_logit"),
        Case("selection"),
        Case("pick_any"),
        Case("severity", answers="ratings"),
        Case("outcome", keys=(("outcome", "score"),)),
        Case("drivers", "i0 + i1 + grade", keys=(("outcome", "score"), ("bootstrap", 50))),
        Case("latent_classes", answers="ranks", keys=(("classes", 2), ("bootstrap", 3))),
        Case("tree", "grade + size", answers="ranks"),
    )
}
SCORES = list(CASES)


def answered(rng, form, n=N):
    """Answers to M items that a group of two levels goes with, a size that goes with nothing, and a score."""
    grade, size = rng.choice(["A", "B"], n, p=[0.6, 0.4]), rng.choice(["L", "S"], n)
    worth = np.array([0.9, 0.3, -0.3, -0.9]) + np.outer(grade == "B", [-1.2, 0.4, 0.4, 0.4])
    utility = worth + rng.gumbel(size=(n, M))
    ranks = np.argsort(np.argsort(-utility, axis=1), axis=1) + 1
    marks = (rng.random((n, M)) < special.expit(worth)).astype(int)
    score = np.round(3 - 0.6 * marks[:, 0] + 0.5 * (grade == "B") + rng.normal(0, 0.7, n), 3)
    scores = 1.0 + (utility[:, :, None] > [-1.0, 0.0, 1.0, 2.0]).sum(axis=2)
    return {"ranks": ranks, "selection": marks, "ratings": scores}[form], {"grade": grade, "size": size, "score": score}


@pytest.fixture
def run(build, grouped, model):
    def answers_of(form, values, count=None):
        if form == "ratings":
            return build.ratings(values)
        return build.rankings(values, selection=form == "selection", count=count)

    def run(kind, values, groups, *, count=None, seed=None, min_group=5, **design) -> Result:
        case = CASES[kind]
        keys = dict(case.keys)
        study = grouped(answers_of(case.answers, values, count), groups, min_group=min_group, **design)
        return regress(study, model(kind, case.formula, **keys), seed=seed)

    return run


def estimates(found: Result) -> dict[Any, float]:
    """What the model found, by name."""
    if isinstance(found, Regression):
        return {(row.outcome, row.column): row.estimate for row in found.rows}
    if isinstance(found, Association):
        return {(one.level, one.item): one.share for one in found.shares}
    if isinstance(found, Drivers):
        return {one.term: one.weight for one in found.drivers}
    if isinstance(found, Classes):
        return {(place, item.item): item.worth for place, one in enumerate(found.classes) for item in one.items}
    assert isinstance(found, Tree)
    return {(node.id, item.item): item.worth for node in found.nodes for item in node.items}


def widths(found: Result) -> dict[Any, float]:
    """Widths of the intervals, on a scale that is symmetric."""
    if isinstance(found, Regression):
        return {(row.outcome, row.column): row.error for row in found.rows}
    if isinstance(found, Association):
        return {(one.level, one.item): one.high - one.low for one in found.shares}
    if isinstance(found, Drivers):
        return {one.term: one.high - one.low for one in found.drivers}
    parts = enumerate(found.classes if isinstance(found, Classes) else found.nodes)
    return {(p, i.item): np.log(i.high / i.low) for p, one in parts for i in one.items}


def close(one: dict, other: dict, **how) -> None:
    assert one.keys() == other.keys()
    assert list(one.values()) == pytest.approx([other[key] for key in one], **how)


def test_every_kind_is_looked_at():
    assert set(CASES) == set(REGRESSIONS)


@pytest.mark.parametrize("kind", SCORES)
def test_weights_change_the_estimates(run, kind):
    rng = np.random.default_rng(0)
    values, groups = answered(rng, CASES[kind].answers)
    weight = rng.uniform(0.3, 3, N)
    plain, weighted = run(kind, values, groups), run(kind, values, groups, weight=weight)
    assert weighted.about.weighted
    assert not plain.about.weighted
    one, other = estimates(plain), estimates(weighted)
    assert max(abs(one[key] - other[key]) for key in one.keys() & other.keys()) > 1e-3
    assert plain.to_dict() != weighted.to_dict()


@pytest.mark.parametrize("kind", SCORES)
def test_a_weight_of_two_is_that_row_twice_in_the_estimates(run, kind):
    values, groups = answered(np.random.default_rng(1), CASES[kind].answers)
    weight = np.where(np.arange(N) < 40, 2.0, 1.0)
    more = np.concatenate([np.arange(N), np.arange(40)])
    twice = run(kind, values[more], {name: column[more] for name, column in groups.items()})
    found = run(kind, values, groups, weight=weight)
    one, other = estimates(found), estimates(twice)
    if kind == "tree":  # the groups found depend on the evidence, which weights do not add to
        one, other = ({key: value for key, value in every.items() if key[0] == 0} for every in (one, other))
    penalised = kind in ("latent_classes", "tree")  # half an answer weighs more beside N of them than beside N + 40
    tolerance = 0.01 if penalised else 1e-6
    close(one, other, rel=tolerance, abs=tolerance)


@pytest.mark.parametrize("kind", SCORES)
def test_the_scale_of_weights_changes_nothing(run, kind):
    rng = np.random.default_rng(2)
    values, groups = answered(rng, CASES[kind].answers)
    weight = rng.uniform(0.3, 3, N)
    one, four = (run(kind, values, groups, weight=factor * weight) for factor in (1, 4))
    close(estimates(four), estimates(one), rel=1e-7, abs=1e-9)
    close(widths(four), widths(one), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("kind", SCORES)
def test_a_weight_is_no_number_of_respondents(run, kind):
    """Weights of 100 for everybody are equal weights, not a hundred times as many answers."""
    values, groups = answered(np.random.default_rng(3), CASES[kind].answers)
    plain, heavy = run(kind, values, groups), run(kind, values, groups, weight=np.full(N, 100.0))
    close(widths(heavy), widths(plain), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("kind", SCORES)
def test_answers_of_one_cluster_are_not_so_many_respondents(run, kind):
    """Everybody four times: clusters know that these are N people."""
    values, groups = answered(np.random.default_rng(4), CASES[kind].answers)
    four = np.tile(np.arange(N), 4)
    many = {name: column[four] for name, column in groups.items()}
    alone = run(kind, values, groups)
    known = run(kind, values[four], many, cluster=four)
    naive = run(kind, values[four], many)
    assert known.about.clusters == N
    one, other = widths(alone), widths(known)
    shared = one.keys() & other.keys()
    assert shared
    ratio = np.array([other[key] / one[key] for key in shared])
    apart = np.array([widths(naive)[key] / one[key] for key in shared if key in widths(naive)])
    loose = 0.25 if kind == "drivers" else 0.06  # fifty resamples; a penalty of half an answer weighs less in four
    assert ratio == pytest.approx(np.ones(len(ratio)), abs=loose)
    assert np.median(apart) < 0.7  # about a half, and more classes where answers count fourfold


@pytest.mark.parametrize("kind", SCORES)
def test_strata_narrow_the_intervals_alone(run, kind):
    values, groups = answered(np.random.default_rng(5), CASES[kind].answers)
    order = np.lexsort((np.asarray(groups["score"]), groups["grade"]))
    stratum = np.empty(N, int)
    stratum[order] = np.arange(N) // 8
    plain, found = run(kind, values, groups), run(kind, values, groups, stratum=stratum)
    if kind != "tree":
        close(estimates(found), estimates(plain), rel=1e-9, abs=1e-12)
    assert found.about.df == N - N // 8
    assert widths(found) != widths(plain)


@pytest.mark.parametrize("kind", [kind for kind in SCORES if CASES[kind].answers != "ratings"])
def test_a_count_of_two_is_two_respondents(run, kind):
    values, groups = answered(np.random.default_rng(6), CASES[kind].answers)
    count = np.where(np.arange(N) < 40, 2.0, 1.0)
    more = np.concatenate([np.arange(N), np.arange(40)])
    twice = run(kind, values[more], {name: column[more] for name, column in groups.items()})
    found = run(kind, values, groups, count=count)
    assert found.about.used == twice.about.used == N + 40
    close(estimates(found), estimates(twice), rel=1e-5, abs=1e-7)
    if kind != "drivers":  # resampled
        close(widths(found), widths(twice), rel=1e-3)


@pytest.mark.parametrize("kind", SCORES)
def test_results_are_json_and_frames(run, kind):
    values, groups = answered(np.random.default_rng(7), CASES[kind].answers)
    found = run(kind, values, groups)
    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert record["schema"] == 1
    assert record["kind"] == kind
    assert record["used"] == N
    assert len(found.to_frame()) > 0


@pytest.mark.parametrize("kind", SCORES)
def test_the_same_seed_gives_the_same_numbers(run, kind):
    values, groups = answered(np.random.default_rng(8), CASES[kind].answers)
    one, again = (json.dumps(run(kind, values, groups, seed=3).to_dict()) for _time in range(2))
    assert one == again


@pytest.mark.parametrize("kind", SCORES)
def test_a_handful_of_people_is_no_group(run, kind):
    values, groups = answered(np.random.default_rng(9), CASES[kind].answers)
    groups["grade"] = np.where(np.arange(N) < 3, "Chief", np.where(np.arange(N) < 7, "Deputy", groups["grade"]))
    found = run(kind, values, groups, min_group=5)
    assert found.about.merged == {"grade": ("Chief", "Deputy")}
    text = json.dumps(found.to_dict() | {"merged": None})
    assert "Chief" not in text
    assert "Deputy" not in text
    assert any("2 groups of grade are joined" in note for note in found.notes)


def test_cells_that_only_the_formula_makes_are_blanked(build, grouped, model):
    values, groups = answered(np.random.default_rng(10), "selection")
    groups["size"] = np.where((groups["grade"] == "B") & (np.arange(N) > 12), "S", groups["size"])
    found = regress(
        grouped(build.rankings(values, selection=True), groups, min_group=10), model("selection", "grade * size")
    )
    cell = [row for row in found.to_dict()["coefficients"] if row["term"] == "grade:size" and row["outcome"] == "i1"]
    small = [row for row in cell if row["small"]]
    assert small or all(row["base"] is None or row["base"] >= 10 for row in cell)
    for row in small:
        assert {row[key] for key in ("estimate", "error", "low", "high", "p", "adjusted", "base")} == {None}


@pytest.mark.parametrize("kind", SCORES)
def test_renaming_respondents_changes_nothing(run, kind):
    values, groups = answered(np.random.default_rng(11), CASES[kind].answers)
    order = np.random.default_rng(0).permutation(N)
    one = run(kind, values, groups)
    other = run(kind, values[order], {name: column[order] for name, column in groups.items()})
    close(estimates(other), estimates(one), rel=1e-4, abs=1e-6)


def test_every_kind_says_what_it_is_held_against(run):
    for kind in ("rank_ordered_logit", "selection", "severity", "outcome"):
        values, groups = answered(np.random.default_rng(12), CASES[kind].answers)
        found = run(kind, values, groups)
        assert isinstance(found, Regression)
        assert {row.reference for row in found.rows} == {"A"}
        assert found.about.references == {"grade": "A"}
        assert all(np.isfinite([row.low, row.high, row.p]).all() for row in found.rows)
        assert replace(found.rows[0], estimate=0.0).ratio[0] == 1
