"""What gap reports claim by tests: largest gaps, the rest of the organisation, priorities; and intervals outward."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from obstacles.analysis.disclosure.figures import GRID, grid_ends
from obstacles.analysis.disclosure.release import Gaps, gaps
from obstacles.analysis.gaps.gap import open_staff
from obstacles.analysis.gaps.leaders import leaders, shaffer
from obstacles.analysis.gaps.measures import placed
from obstacles.survey.loading.load import load_study
from obstacles.survey.study import Study

STUDY = """schema = 1
[study]
title = "Skills"
sampling = "nonprobability"
[capability]
levels = [{{ value = 0, en = "None" }}, {{ value = 1, en = "Awareness" }}, {{ value = 2, en = "Working" }}]
{importance}
{items}
[groups]
report_by = "department"
[[wave]]
id = "w"
file = "a.csv"
format = "multi_select"
{weight}
[wave.columns]
department = "dep"
[wave.obstacles]
o1 = "o1"
o2 = "o2"
[wave.capability.current]
{current}
{rated}
"""

Made = Callable[..., Study]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    def make(
        current: np.ndarray, department: Any = None, *, importance: np.ndarray | None = None, weight: Any = None
    ) -> Study:
        n, q = current.shape
        rows = [f"[[capability.item]]\nid = 'c{j}'\nlabel = 'Capability {j}'\nrequired = 2" for j in range(q)]
        rated = "" if importance is None else "\n".join(["[wave.capability.importance]", *_lines("i", q)])
        text = STUDY.format(
            items="\n".join(rows),
            current="\n".join(_lines("c", q)),
            rated=rated,
            importance="" if importance is None else "importance_scale = [1, 5]",
            weight="" if weight is None else 'weight = "weight"',
        )
        (tmp_path / "study.toml").write_text(text)
        department = ["all"] * n if department is None else list(department)
        table = {"dep": department, "o1": np.arange(n) % 2, "o2": (np.arange(n) + 1) % 2}
        table |= {f"c{j}": current[:, j] for j in range(q)}
        table |= {} if importance is None else {f"i{j}": importance[:, j] for j in range(q)}
        table |= {} if weight is None else {"weight": weight}
        lines = [",".join(table), *(",".join(str(x) for x in row) for row in zip(*table.values(), strict=True))]
        (tmp_path / "a.csv").write_text("\n".join(lines))
        return load_study(tmp_path / "study.toml")

    return make


def _lines(kind: str, q: int) -> list[str]:
    return [f'c{j} = "{kind}{j}"' for j in range(q)]


def levels(below: list[int], n: int) -> np.ndarray:
    """(n, q) current levels: the first people of each column are below."""
    return np.column_stack([np.where(np.arange(n) < count, 0, 2) for count in below])


def led(found: Gaps) -> tuple[int, ...]:
    return found.whole.first


class TestLargest:
    def test_a_cap_near_nobody_separates_nothing(self, made: Made) -> None:
        """12 people, 3, 3, 3 and 2 below: the first three were named as the largest gaps "by tests"."""
        assert led(gaps(made(levels([3, 3, 3, 2], 12)))) == ()

    def test_a_cap_near_everybody_separates_nothing(self, made: Made) -> None:
        assert led(gaps(made(levels([23, 22, 22, 20], 25)))) == ()

    @pytest.mark.parametrize("few", [0, 2, 5])
    def test_an_overwhelming_gap_leads_whatever_is_capped(self, made: Made, few: int) -> None:
        """52 of 120 below against nobody: "tests do not separate" was said, and the contrary of 5."""
        assert led(gaps(made(levels([52, few], 120)))) == (0,)

    @pytest.mark.parametrize(("below", "first"), [([7, 2], ()), ([12, 2], (0,))])
    def test_what_is_capped_counts_as_the_two_people_it_may_be(
        self, made: Made, below: list[int], first: tuple[int, ...]
    ) -> None:
        """7 against 0 would be p = .016; nothing printed tells whether 0, 1 or 2 people are behind a cap."""
        named = [led(gaps(made(levels([below[0], few], 40)))) for few in range(3)]
        assert named == [first] * 3

    def test_two_lead_together(self, made: Made) -> None:
        rng = np.random.default_rng(1)
        current = np.where(rng.random((200, 4)) < [0.6, 0.6, 0.2, 0.2], 0, 2)
        assert led(gaps(made(current))) == (0, 1)

    def test_against_mcnemar(self, made: Made) -> None:
        """Two capabilities: the exact test alone decides, at 5 %."""
        for more, less in ((14, 4), (13, 4), (9, 3), (20, 8), (20, 9)):
            current = np.full((60, 2), 2)
            current[:more, 0], current[more : more + less, 1] = 0, 0
            holds = stats.binomtest(more, more + less).pvalue <= 0.05
            assert led(gaps(made(current))) == ((0,) if holds else ())

    def test_equal_weights_that_are_stated_change_little(self, made: Made) -> None:
        rng = np.random.default_rng(2)
        current = np.where(rng.random((150, 3)) < [0.6, 0.3, 0.3], 0, 2)
        weight = np.where(np.arange(150) < 75, 1.0, 1.01)
        assert led(gaps(made(current, weight=weight))) == led(gaps(made(current))) == (0,)

    @pytest.mark.parametrize("weighted", [False, True])
    def test_equal_gaps_are_rarely_told_apart(self, made: Made, weighted: bool) -> None:
        """Shares near nobody and near everybody of small groups: up to 86 % of these surveys named a leader."""
        rng = np.random.default_rng(3)
        wrong = 0
        for n, share in ((10, 0.3), (15, 0.8), (25, 0.1), (25, 0.9)):
            staff = open_staff(made(levels([0] * 4, n), weight=rng.uniform(0.5, 2, n).round(2) if weighted else None))
            for _survey in range(50):
                staff.answers.current[:] = np.where(rng.random((n, 4)) < share, 0, 2)
                below = (staff.answers.current < 2).sum(axis=0)
                caps = ["low" if x < 3 else "high" if n - x < 3 else "" for x in below]
                wrong += bool(leaders(staff, staff.everybody, caps, fewest=3))
        assert wrong <= 10 + 2 * 3

    def test_shaffer_lies_between_holm_and_the_single_test(self) -> None:
        """Four shares: 6 pairs, then 3, 3, 3, 2, 1 can be equal at once (Shaffer 1986, table 2)."""
        p = np.array([0.001, 0.002, 0.003, 0.004, 0.005, 0.006])
        assert shaffer(p, 4) == pytest.approx([0.006, 0.006, 0.009, 0.012, 0.012, 0.012])


class TestRest:
    def test_a_group_that_is_most_of_the_whole_is_not_compared(self, made: Made) -> None:
        """274 of 900 below here, 10 of 30 elsewhere (Fisher p .69): "Elsewhere 61 %" and "fewer" were printed."""
        current = np.vstack([levels([274, 274, 274], 900), levels([10, 10, 10], 30)])
        found = gaps(made(current, ["HQ"] * 900 + ["Branch"] * 30))
        parts = {one.name: [row.compared for row in one.rows] for one in found.groups}
        assert parts["HQ"] == [None] * 3
        assert len(parts["Branch"]) == 3
        for one in parts["Branch"]:
            assert one is not None
            assert not one.differs
            assert one.rest == pytest.approx(274 / 900, abs=0.011)

    def test_both_sides_of_two_groups_say_the_same(self, made: Made) -> None:
        rng = np.random.default_rng(4)
        current = np.where(rng.random((300, 3)) < 0.3, 0, 2)
        current[:150, 0] = np.where(rng.random(150) < 0.7, 0, 2)
        found = gaps(made(current, ["A"] * 150 + ["B"] * 150))
        first, second = ([row.compared for row in one.rows] for one in found.groups)
        for j, (one, other) in enumerate(zip(first, second, strict=True)):
            assert one is not None
            assert other is not None
            assert one.differs == other.differs == (j == 0)
            assert one.low <= one.value <= one.high
            own = (current[:150, j] < 2).mean() - (current[150:, j] < 2).mean()
            assert one.low <= own <= one.high
            assert not one.differs or not one.low < 0 < one.high

    def test_equal_shares_differ_rarely(self, made: Made) -> None:
        """Of 900 against 30 people half of the lists had a false difference."""
        rng = np.random.default_rng(5)
        wrong = lists = 0
        for _survey in range(12):
            current = np.where(rng.random((330, 6)) < 0.3, 0, 2)
            found = gaps(made(current, ["A"] * 270 + ["B"] * 40 + ["C"] * 20))
            for one in found.groups:
                compared = [row.compared for row in one.rows if row.compared is not None]
                lists += bool(compared)
                wrong += any(row.differs for row in compared)
        assert lists >= 20
        assert wrong <= 4


class TestOutward:
    def test_a_shortfall_has_an_interval_with_a_width(self, made: Made) -> None:
        """300 people, 30 of them one level below: "0.1, 95 % 0.1 to 0.1"."""
        current = np.full((300, 2), 2)
        current[:30] = 1
        mean = gaps(made(current)).whole.rows[0].shortfall
        assert (mean.value, mean.low, mean.high) == (0.1, 0.0, 0.2)

    def test_ends_never_lie_inside(self) -> None:
        rng = np.random.default_rng(6)
        for _step, wide in GRID:
            for _i in range(50):
                low, high = np.sort(rng.normal(size=2))
                ends = grid_ends((float(low), float(high)), wide)
                assert ends[0] <= low + 1e-6
                assert ends[1] >= high - 1e-6
                assert ends[1] - ends[0] < high - low + 2 * wide + 1e-6

    def test_means_of_a_census_cover_the_truth(self, made: Made) -> None:
        """Rounded to the nearest tenth, 19 to 83 % of such intervals missed."""
        rng = np.random.default_rng(7)
        missed = 0
        for _survey in range(40):
            everybody = np.where(rng.random((230, 2)) < 0.1, 1, 2)
            mean = gaps(made(everybody[:200])).whole.rows[0].shortfall
            assert mean.low is not None
            assert mean.high is not None
            assert mean.low < mean.high
            missed += not mean.low <= (2 - everybody[:, 0]).mean() <= mean.high
        assert missed <= 5


class TestPriorities:
    def test_a_place_holds_over_all_capabilities_at_once(self, made: Made) -> None:
        """12 people, 6 capabilities without a mean gap, skewed: single intervals placed one in 18 % of surveys."""
        rng = np.random.default_rng(8)
        start = made(np.full((12, 6), 2), importance=np.full((12, 6), 3))
        staff = open_staff(start)
        wrong = 0
        assert staff.answers.importance is not None
        for _survey in range(100):
            staff.answers.current[:] = rng.choice([1, 4, 2], p=[0.45, 0.225, 0.325], size=(12, 6))
            staff.answers.importance[:] = rng.integers(3, 6, size=(12, 6))
            holds = placed(staff, staff.everybody, 3.0, np.ones(6, bool))
            gap = (2 - staff.answers.current).mean(axis=0)
            wrong += bool((holds & (gap > 0)).any())
        assert wrong <= 5 + 2 * 2.2

    def test_a_clear_priority_is_named(self, made: Made) -> None:
        rng = np.random.default_rng(9)
        current = np.where(rng.random((120, 4)) < [0.7, 0.2, 0.2, 0.2], rng.integers(0, 2, (120, 4)), 2)
        importance = np.column_stack([rng.integers(4, 6, 120), *(rng.integers(1, 4, 120) for _j in range(3))])
        places = [row.position for row in gaps(made(current, importance=importance)).whole.rows]
        assert places[0] == ("important", "below")
        assert ("important", "below") not in places[1:]
