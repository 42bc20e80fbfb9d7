"""What a ranking rests on beside chance reaches the reader: other methods, and assumed shares of random answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from obstacles.analysis.ranking.checks import checks
from obstacles.analysis.ranking.rank import rank
from obstacles.survey.study import Study


def polarised(build: SimpleNamespace, order: str | None) -> Study:
    """Item 0 is first for 45 % and last for the others; item 1 is second for everybody."""
    ranks = np.where(np.arange(400)[:, None] < 180, [1, 2, 3, 4], [4, 2, 1, 3])
    rng = np.random.default_rng(3)
    ranks[rng.random(400) < 0.1] = [2, 1, 4, 3]
    study: Study = build.study(build.rankings(ranks))
    wave = study.waves[0]
    return replace(study, waves=(replace(wave, question=replace(wave.question, item_order=order)),))


def test_order_changes_are_in_the_record_by_id(build: SimpleNamespace) -> None:
    study = polarised(build, None)
    looked = checks(study, rank(study, model="first-choice", draws=1000, frequencies=False), k=3)
    record = looked.to_dict()
    assert record["random_answers_sensitivity"] is None  # nothing says that items were shown in random order
    assert len(record["order_changes"]) == len(looked.methods.changes) > 0
    ids = {item.id for item in study.items}
    for change in record["order_changes"]:
        assert {change["first"], change["second"]} < ids
        assert change["gap"] > 0 > change["other_gap"]
    assert any(not change["within_error"] for change in record["order_changes"])
    json.dumps(record, allow_nan=False)


@pytest.mark.parametrize(("order", "there"), [("randomised", True), ("fixed", False), (None, False)])
def test_random_answers_are_assumed_where_items_were_shown_in_random_order(
    order: str | None, there: bool, build: SimpleNamespace, draw: Callable[..., Any]
) -> None:
    study = build.study(build.rankings(draw(np.random.default_rng(1), 200, np.array([1.0, 0.3, 0.0, -0.5]))))
    wave = study.waves[0]
    study = replace(study, waves=(replace(wave, question=replace(wave.question, item_order=order)),))
    looked = checks(study, rank(study, draws=1000, frequencies=False), k=3)
    assert (looked.sensitivity is not None) == there
    record = looked.to_dict()["random_answers_sensitivity"]
    if there:
        assert record["shares"][0] == 0
        assert record["first_changes_at"] is None
        assert [len(item["rank"]) for item in record["items"]] == [len(record["shares"])] * 4


def test_the_curve_ends_where_answers_can_hold_no_more(build: SimpleNamespace) -> None:
    study = polarised(build, "randomised")
    curve = checks(study, rank(study, draws=1000, frequencies=False), k=3).sensitivity
    assert curve is None or (len(curve.share) >= 2 and np.isfinite(curve.value).all())


def test_selections_have_no_such_curve(build: SimpleNamespace) -> None:
    marked = build.rankings(np.random.default_rng(1).random((50, 4)) < 0.5, selection=True)
    study = build.study(marked)
    wave = study.waves[0]
    study = replace(study, waves=(replace(wave, question=replace(wave.question, item_order="randomised")),))
    looked = checks(study, rank(study, draws=1000, frequencies=False), k=3)
    assert looked.sensitivity is None
    assert looked.to_dict()["order_changes"] == []
