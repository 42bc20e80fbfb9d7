"""The figures of one capability of one group: what caps, joined levels and missing intervals keep back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from obstacles.analysis.disclosure.figures import FEWEST, Coarseness, level_classes
from obstacles.analysis.disclosure.group_figures import GroupFigures
from obstacles.analysis.inference.survey_design import SurveyDesign

LEVELS = 4
REQUIRED = 3


def group_of(count: Sequence[int], required: int = REQUIRED) -> GroupFigures:
    """A group with `count` people at each level, of whom all need the level `required`."""
    current = np.repeat(np.arange(len(count)), count)
    n = len(current)
    return GroupFigures(
        sample=SurveyDesign(n, np.ones(n), None, None, None),
        inside=np.ones(n, bool),
        rows=np.arange(n),
        current=current,
        required=np.full(n, float(required)),
        other=np.full(n, np.nan),
        known=np.ones(n, bool),
        values=np.arange(len(count), dtype=float),
        measures=("below", "shortfall", "signed"),
        bounds=((0.0, 1.0), (0.0, 3.0), (-3.0, 3.0)),
        levels=True,
        capped=True,
        level=0.95,
    )


def shown_classes(group: GroupFigures) -> list[tuple[int, int]]:
    """The classes of levels that are shown; one of all levels is none."""
    classes = group.figures(group.current, Coarseness()).classes
    return [(one.first, one.last) for one in classes] or [(0, len(group.values) - 1)]


class TestLevelsOfACappedShare:
    @pytest.mark.parametrize("required", range(1, LEVELS))
    def test_they_are_joined_as_if_nobody_knew_the_required_level(self, required: int) -> None:
        """Else the line between two classes tells whether the few are below it, which the cap keeps back."""
        moved = 0
        for count in product((0, 1, 2, 3, 5), repeat=LEVELS):
            below, n = sum(count[:required]), sum(count)
            if n < 2 * FEWEST or min(below, n - below) >= FEWEST:
                continue
            group = group_of(count, required)
            assert group.figures(group.current, Coarseness()).below.cap
            without = level_classes(np.array(count), None)
            assert shown_classes(group) == without, count
            moved += without != level_classes(np.array(count), required)
        assert moved > 10  # of these the classes would be others if the line were kept

    def test_a_share_that_is_shown_keeps_its_line(self) -> None:
        count = [0, 3, 1, 3]  # level 2 is joined with 1, below the line, and not with 3
        group = group_of(count)
        assert group.figures(group.current, Coarseness()).below.cap == ""
        assert shown_classes(group) == [(0, 2), (3, 3)]

    def test_levels_that_differ_between_people_have_no_line(self) -> None:
        group = group_of([0, 3, 1, 3], 2)
        mixed = replace(group, required=np.where(np.arange(7) % 2, 3.0, 2.0))
        assert shown_classes(group) == [(0, 1), (2, 3)]
        assert shown_classes(mixed) == [(0, 2), (3, 3)]


class TestWithoutIntervals:
    """Shares of parts of a group: an end of an interval would tell more than the share."""

    @pytest.mark.parametrize("count", [(4, 3, 5, 6), (1, 0, 1, 9), (9, 4, 3, 2)], ids=["shown", "few below", "few not"])
    def test_no_end_is_given(self, count: tuple[int, ...]) -> None:
        group = group_of(count)
        with_ends = group.figures(group.current, Coarseness()).below
        without = replace(group, intervals=False).figures(group.current, Coarseness()).below
        assert without.low is without.high is None
        assert with_ends.low is not None
        assert with_ends.high is not None
        assert (without.value, without.cap, without.limit) == (with_ends.value, with_ends.cap, with_ends.limit)

    def test_caps_are_on_the_side_of_the_few(self) -> None:
        few_below, few_above = group_of((1, 0, 1, 18)), group_of((9, 5, 4, 2))
        for group, cap in ((few_below, "low"), (few_above, "high")):
            for intervals in (True, False):
                share = replace(group, intervals=intervals).figures(group.current, Coarseness()).below
                assert share.cap == cap
                assert share.value is None
                assert share.limit == (0.15 if cap == "low" else 0.85)  # two of 20 are 10 %


@pytest.mark.parametrize("few", range(FEWEST))
def test_none_one_and_two_look_the_same(few: int) -> None:
    """On both sides of the required level, in the share and its interval."""
    looks = group_of((0, 0, 0, 20)), group_of((20, 0, 0, 0))
    now = group_of((0, 0, few, 20 - few)), group_of((20 - few, 0, 0, few))
    for one, other in zip(looks, now, strict=True):
        assert one.figures(one.current, Coarseness()).below == other.figures(other.current, Coarseness()).below
