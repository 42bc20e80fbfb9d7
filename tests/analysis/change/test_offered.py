"""Levels that depend on what else was offered are compared between equal sets only, and not ranked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from obstacles.analysis.change.compare import compare
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.ranking.rank import rank
from obstacles.survey.study import Study, Wave

WORTH = np.array([0.5, 0.25, 0.13, 0.06, 0.04, 0.02])


def subsets(rng: np.random.Generator, n: int, sets: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """(n, 6) ranks of the three items that each person was offered, one of the sets, and what that was."""
    offered = np.zeros((n, 6), bool)
    for person in range(n):
        offered[person, list(sets[int(rng.integers(len(sets)))])] = True
    utility = np.where(offered, np.log(WORTH) + rng.gumbel(size=(n, 6)), -np.inf)
    place = np.argsort(np.argsort(-utility, axis=1), axis=1) + 1
    return np.where(offered, place, 0), offered


ALL = [(a, b, c) for a in range(6) for b in range(a + 1, 6) for c in range(b + 1, 6)]


class TestSubRankings:
    @pytest.mark.parametrize("k", [1, 3])
    def test_levels_are_not_compared_where_the_sets_changed(
        self, wave: Callable[..., Wave], waves: Callable[..., Study], build: Any, k: int
    ) -> None:
        """Same worths; {A, B, C} and {D, E, F} in the second wave: D "rose from 22 % to 50 %"."""
        rng = np.random.default_rng(1)
        first, second = (
            wave(build.rankings(*subsets(rng, 240, sets))) for sets in (ALL, [(0, 1, 2), (3, 4, 5), (0, 1, 3)])
        )
        pair = compare(waves([first, second]), k=k).pairs[0]
        assert [cut.kind for cut in pair.breaks] == ["offered"]
        assert not pair.compared

    @pytest.mark.parametrize("model", ["first-choice", "top-k"])
    def test_shares_of_places_are_not_ranked(
        self, waves: Callable[..., Study], wave: Callable[..., Wave], build: Any, model: str
    ) -> None:
        """All six "level" at 100 % each among the first three of three."""
        study = waves([wave(build.rankings(*subsets(np.random.default_rng(2), 100, ALL)))])
        with pytest.raises(ModelError, match="depends on what else was offered"):
            rank(study, model=model)
        assert rank(study).model == "plackett-luce"

    def test_one_stray_person_stops_nothing(
        self, wave: Callable[..., Wave], waves: Callable[..., Study], build: Any
    ) -> None:
        rng = np.random.default_rng(3)
        sides = []
        for _side in range(2):
            ranks, offered = subsets(rng, 200, [range(6)])
            ranks[0], offered[0, 5] = [1, 2, 3, 4, 5, 0], False
            sides.append(wave(build.rankings(ranks, offered)))
        assert compare(waves(sides)).pairs[0].breaks == ()


@pytest.mark.parametrize(("cap", "kinds"), [(3, ["offered"]), (None, [])])
def test_up_to_three_of_five_is_not_up_to_three_of_seven(
    wave: Callable[..., Wave], waves: Callable[..., Study], build: Any, cap: int | None, kinds: list[str]
) -> None:
    rng = np.random.default_rng(4)
    sides = []
    for m in (5, 7):
        marks = np.zeros((150, m), int)
        for row in marks:
            row[rng.choice(m, 3, replace=False)] = 1
        sides.append(wave(build.rankings(marks, selection=True), question={"max_choices": cap}))
    pair = compare(waves(sides)).pairs[0]
    assert [cut.kind for cut in pair.breaks] == kinds
