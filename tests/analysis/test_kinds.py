"""Every type of answers has one kind, and what a kind names is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, get_args

import numpy as np
import pytest

from obstacles.analysis.kinds import KINDS, kind_of
from obstacles.analysis.kinds.base import joined, rows
from obstacles.analysis.prepare import prepare
from obstacles.analysis.regression.kinds import REGRESSIONS
from obstacles.analysis.scores import SCORES
from obstacles.survey.answers import Answers, BestWorst, Rankings
from obstacles.survey.study import Wave


@pytest.fixture
def examples(build: SimpleNamespace, draw: Callable[..., Any], wave: Callable[..., Wave]) -> dict[str, Wave]:
    rng = np.random.default_rng(1)
    worths = np.array([1.0, 0.4, -0.2, -0.6])
    ranks = draw(rng, 60, worths)
    marked = build.rankings(ranks <= 2, selection=True)
    two = np.where(ranks <= 2, ranks, 0)
    shown = np.ones((60, 4), bool)
    tasks = BestWorst(build.items(4), shown, ranks.argmin(axis=1), ranks.argmax(axis=1), np.arange(60), np.ones(60))
    points = replace(build.ratings(np.array([40.0, 30, 20, 10])[ranks - 1]), total=100.0)
    paired = wave(build.rankings(two, two > 0))
    return {
        "rankings": wave(build.rankings(ranks)),
        "selections": wave(marked),
        "pairs": replace(paired, question=replace(paired.question, format="pairs")),
        "best-worst": wave(tasks),
        "ratings": wave(build.ratings(6 - ranks)),
        "points": wave(points),
        "published": wave(build.published([0.5, 0.4, 0.3, 0.2], 100)),
    }


def test_every_type_of_answers_has_one_kind(examples: dict[str, Wave]) -> None:
    assert list(examples) == list(KINDS)
    assert {type(example.answers) for example in examples.values()} == set(get_args(Answers))
    for name, example in examples.items():
        assert [kind.name for kind in KINDS.values() if kind.holds(example.answers, example.question)] == [name]
        assert kind_of(example.answers, example.question).name == name


@pytest.mark.parametrize("name", KINDS)
def test_the_scores_that_a_kind_names_apply(name: str, examples: dict[str, Wave]) -> None:
    kind, prepared = KINDS[name], prepare(examples[name], k=2)
    for score in {kind.default_score, kind.level_score or kind.default_score}:
        assert SCORES[score].reason_not_applicable(prepared.answers, prepared.question, prepared.k) is None
        assert SCORES[score].fit(prepared).estimate.value.shape == (4,)
    assert kind.regression in REGRESSIONS


@pytest.mark.parametrize("name", [name for name in KINDS if name != "published"])
def test_rows_of_a_kind_are_taken_whole(name: str, examples: dict[str, Wave]) -> None:
    kind, example = KINDS[name], examples[name]
    answers: Any = example.answers
    kept = np.arange(60) % 3 == 0
    part = rows(answers, kept)
    np.testing.assert_array_equal(part.respondent, np.flatnonzero(kept))
    if isinstance(part, Rankings | BestWorst):
        whole = joined([part, rows(answers, ~kept)])
        assert len(whole.answer_counts) == len(whole.respondent) == 60
    if kind.statements is not None:
        assert kind.statements(part, 2).said.shape == (20, 4)
    if kind.persons is not None:
        assert kind.persons(part, example.question, 2).value.shape == (20, 4)
