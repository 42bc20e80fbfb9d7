"""Which groups, cells and figures may be shown: the rules by themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obstacles.analysis.disclosure.cells import hidden_cells, hidden_groups, values_left
from obstacles.analysis.disclosure.figures import (
    HIDDEN,
    NO_MEAN,
    first_grid_level,
    first_step,
    level_classes,
    rounded,
    rounded_mean,
)

COUNTS = st.lists(st.integers(0, 40), min_size=1, max_size=12)


class TestGroups:
    @given(count=COUNTS, minimum=st.integers(3, 12))
    @settings(max_examples=200, deadline=None)
    def test_small_groups_are_hidden_and_do_not_follow_from_the_total(self, count: list[int], minimum: int) -> None:
        sizes = np.array(count)
        hidden = hidden_groups(sizes, minimum)
        assert hidden[(sizes > 0) & (sizes < minimum)].all()
        assert not hidden[sizes == 0].any()
        inside = sizes[hidden]
        if hidden.any() and (~hidden & (sizes > 0)).any():
            assert hidden.sum() > 1
            assert inside.sum() >= minimum

    @given(count=COUNTS)
    @settings(max_examples=100, deadline=None)
    def test_nothing_is_hidden_where_nothing_is_small(self, count: list[int]) -> None:
        sizes = np.where(np.array(count) > 0, np.array(count) + 9, 0)
        assert not hidden_groups(sizes, 10).any()

    def test_the_next_smallest_is_the_companion(self) -> None:
        assert hidden_groups(np.array([30, 4, 12, 50]), 10).tolist() == [False, True, True, False]

    def test_two_small_groups_may_be_companions_of_each_other(self) -> None:
        assert hidden_groups(np.array([30, 7, 6, 50]), 10).tolist() == [False, True, True, False]

    def test_small_groups_whose_sizes_follow_from_their_sum_need_another(self) -> None:
        """9 and 9 are the only sizes below 10 that sum to 18."""
        assert hidden_groups(np.array([30, 9, 9, 50]), 10).tolist() == [True, True, True, False]

    def test_a_headcount_narrows_what_a_size_can_be(self) -> None:
        count, minimum = np.array([30, 6, 8, 50]), 10
        assert hidden_groups(count, minimum).tolist() == [False, True, True, False]
        assert hidden_groups(count, minimum, most=np.array([40, 6, 8, 60.0])).tolist() == [True, True, True, False]

    def test_a_department_of_one_person_does_not_hide_all_others(self) -> None:
        """Its size is known whatever is shown."""
        found = hidden_groups(np.array([1, 4, 8, 30, 50]), 10, most=np.array([1, 9, 12, 40, 60.0]))
        assert found.tolist() == [True, True, True, False, False]

    def test_without_complements_only_the_small_ones(self) -> None:
        assert hidden_groups(np.array([30, 4, 50]), 10, complementary=False).tolist() == [False, True, False]


class TestCells:
    """Crossed splits: Finance 30 shown and Finance-grade-A 26 shown would give grade B."""

    def test_a_small_part_has_companions_in_its_line_and_its_column(self) -> None:
        count = np.array([[26, 4, 20], [30, 22, 25], [28, 19, 31]])
        hidden = hidden_cells(count, 10)
        assert hidden[0, 1]
        assert hidden[0].sum() >= 2
        assert hidden[:, 1].sum() >= 2

    @pytest.mark.parametrize("seed", range(12))
    def test_no_small_cell_follows_from_the_margins(self, seed: int) -> None:
        """Every hidden small cell can have another size: found by integer programming, not by the method itself."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        rng = np.random.default_rng(seed)
        count = rng.integers(0, 24, (4, 3))
        hidden, minimum = hidden_cells(count, 10), 10
        small = hidden & (count < minimum)
        assert hidden[(count > 0) & (count < minimum)].all()
        lines, values = [], []
        for axis in (0, 1):
            for k in range(count.shape[axis]):
                cells = np.zeros(count.shape)
                cells[(k, slice(None)) if axis == 0 else (slice(None), k)] = 1
                lines.append(cells.ravel())
                values.append(count.take(k, axis=axis).sum())
        low = np.where(hidden, np.where(small, 1, minimum), count).ravel()
        high = np.where(hidden, np.where(small, minimum - 1, count.max() + minimum), count).ravel()
        for at in np.flatnonzero(small):
            ends = []
            for sign in (1, -1):
                goal = np.zeros(count.size)
                goal[at] = sign
                found = milp(
                    goal,
                    integrality=np.ones(count.size),
                    bounds=Bounds(low, high),
                    constraints=LinearConstraint(np.array(lines), values, values),
                )
                ends.append(sign * found.fun)
            assert ends[1] - ends[0] >= 1


def test_values_left() -> None:
    assert values_left(np.array([1, 1]), np.array([9, 9]), 18, 18).tolist() == [1, 1]
    assert values_left(np.array([0, 0]), np.array([2, 30]), 11, 12).tolist() == [3, 4]


class TestLevels:
    def test_levels_with_few_people_join_a_neighbour(self) -> None:
        assert level_classes(np.array([5, 6, 7, 2, 8]), None) == [(0, 0), (1, 1), (2, 3), (4, 4)]

    def test_not_over_the_required_level_where_another_neighbour_will_do(self) -> None:
        assert level_classes(np.array([9, 5, 2, 6, 8]), 2) == [(0, 0), (1, 1), (2, 3), (4, 4)]
        assert level_classes(np.array([9, 5, 2, 6, 8]), None) == [(0, 0), (1, 2), (3, 3), (4, 4)]

    @given(count=st.lists(st.integers(0, 12), min_size=2, max_size=7))
    @settings(max_examples=100, deadline=None)
    def test_every_class_has_three_people_or_there_is_one_class(self, count: list[int]) -> None:
        classes = level_classes(np.array(count), None)
        assert [level for a, b in classes for level in range(a, b + 1)] == list(range(len(count)))
        sizes = [sum(count[a : b + 1]) for a, b in classes]
        assert len(classes) == 1 or min(sizes) >= 3


class TestRounding:
    @pytest.mark.parametrize(("x", "step", "expected"), [(0.125, 0.05, 0.15), (-0.05, 0.1, -0.1), (0.3, 0.1, 0.3)])
    def test_halves_go_away_from_zero(self, x: float, step: float, expected: float) -> None:
        assert rounded(x, step) == expected

    def test_intervals_on_a_coarse_grid_are_widened(self) -> None:
        found = rounded_mean(0.83, 0.61, 1.05, grid_level=2)
        assert (found.value, found.low, found.high) == (0.75, 0.5, 1.25)
        assert rounded_mean(0.83, 0.61, 1.05, grid_level=HIDDEN) == NO_MEAN

    def test_many_people_are_shown_finer(self) -> None:
        assert [first_grid_level(n) for n in (499, 500)] == [1, 0]
        assert [first_step(n) for n in (1_000, 300, 299, 60)] == [0, 0, 1, 2]

    @given(numbers=st.tuples(*[st.floats(0, 4, allow_nan=False)] * 3), grid_level=st.integers(2, HIDDEN - 1))
    @settings(max_examples=100, deadline=None)
    def test_the_interval_keeps_what_it_covered(self, numbers: Any, grid_level: int) -> None:
        low, value, high = sorted(numbers)
        found = rounded_mean(value, low, high, grid_level=grid_level)
        assert found.low is not None
        assert found.high is not None
        assert found.low <= low + 1e-6
        assert found.high >= high - 1e-6
