"""Categories by group: the numbers, and that nothing of an item that is hidden follows from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from obstacles.analysis.change.by_group import ByGroup, by_group
from obstacles.analysis.disclosure.figures import Share
from obstacles.analysis.prepare import ModelError
from obstacles.survey.study import Study

Make = Callable[[np.ndarray, np.ndarray, list[str | None]], Study]


@pytest.fixture(scope="module")
def marked(build: Any, into: Any, grouped: Any) -> Make:
    def made(marks: np.ndarray, group: np.ndarray, categories: list[str | None]) -> Study:
        return grouped(into(build.rankings(marks, selection=True), categories), {"g": group}, min_group=8)

    return made


def both(study: Study) -> tuple[ByGroup | None, ByGroup | None]:
    wave = study.wave()
    return by_group(study, wave, "g"), by_group(study, wave, "g", by_category=True)


def test_shares_of_naming_any_item(marked: Make) -> None:
    rng = np.random.default_rng(1)
    group, marks = np.repeat(["a", "b", "c"], [90, 70, 50]), rng.random((210, 4)) < 0.4
    marks[group == "b", 0] = rng.random(70) < 0.75
    items, found = both(marked(marks, group, ["x", "y", "x", "z"]))
    assert items is not None
    assert found is not None
    assert [item.id for item in found.items] == ["x", "y", "z"]
    named = marks[:, [0, 2]].any(axis=1)
    for name, cells in found.cells.items():
        assert cells[0].shown.value == pytest.approx(named[group == name].mean(), abs=0.00501)
        assert cells[1].shown == items.cells[name][1].shown  # a category of one item is that item
        assert cells[1].difference == items.cells[name][1].difference
    assert found.cells["b"][0].holds


def test_of_rankings_any_item_among_the_first(build: Any, into: Any, grouped: Any, draw: Any) -> None:
    ranks = draw(np.random.default_rng(2), 120, np.array([0.5, 0.2, 0.0, -0.3]))
    group = np.tile(["a", "b"], 60)
    study = grouped(into(build.rankings(ranks), ["x", "y", "x", "y"]), {"g": group}, min_group=8)
    found = by_group(study, study.wave(), "g", k=2, by_category=True)
    assert found is not None
    assert found.k == 2
    for name, cells in found.cells.items():
        among = (ranks[group == name][:, [0, 2]] <= 2).any(axis=1).mean()
        assert cells[0].shown.value == pytest.approx(among, abs=0.00501)


def test_a_capped_item_does_not_follow_from_its_category(marked: Make) -> None:
    """Two of group a name the first item: "fewer than three" is shown. Its category less the second item says two."""
    group, marks = np.repeat(["a", "b", "c"], 40), np.zeros((120, 3), bool)
    marks[:2, 0] = marks[2:20, 1] = True  # nobody names both
    marks[40:60, 0] = marks[55:75, 1] = True
    marks[80:95, 0] = marks[90:110, 1] = True
    marks[::2, 2] = True
    items, found = both(marked(marks, group, ["x", "x", "y"]))
    assert items is not None
    assert found is not None
    capped = items.cells["a"][0].shown
    assert isinstance(capped, Share)
    assert capped.cap == "low"
    assert all(cells[0].shown.value is None for cells in found.cells.values())  # b and c would give a by the total
    assert all(cells[0].difference is None and not cells[0].holds for cells in found.cells.values())
    assert all(cells[1].shown.value is not None for cells in found.cells.values())


def test_a_category_that_nearly_everybody_names_is_shown_nowhere(marked: Make) -> None:
    rng = np.random.default_rng(3)
    group, marks = np.repeat(["a", "b"], 60), rng.random((120, 3)) < 0.5
    marks[:60, 1] = ~marks[:60, 0]
    _items, found = both(marked(marks, group, ["x", "x", "y"]))
    assert found is not None
    assert [cells[0].shown.value for cells in found.cells.values()] == [None, None]


def test_hidden_figures_of_items_stay_hidden_in_any_small_survey(marked: Make) -> None:
    """Whatever is shown of a category of several items, every figure of its items is shown in every group."""
    rng = np.random.default_rng(4)
    shown = withheld = 0
    for _survey in range(14):
        sizes = rng.integers(9, 40, 3)
        group = np.repeat(["a", "b", "c"], sizes)
        chance = rng.choice([0.05, 0.2, 0.3, 0.5, 0.9], 4)
        items, found = both(marked(rng.random((len(group), 4)) < chance, group, ["x", "x", "y", "y"]))
        if found is None:
            continue
        assert items is not None
        for place, members in ((0, (0, 1)), (1, (2, 3))):
            figures = [cells[place].shown.value for cells in found.cells.values()]
            assert len({value is None for value in figures}) == 1  # all groups or none
            if figures[0] is None:
                withheld += 1
            else:
                shown += 1
                assert all(cells[j].shown.value is not None for cells in items.cells.values() for j in members)
    assert shown > 3
    assert withheld > 3


def test_means_of_ratings(build: Any, into: Any, grouped: Any) -> None:
    rng = np.random.default_rng(5)
    scores = rng.integers(1, 6, (120, 3)).astype(float)
    group = np.repeat(["a", "b"], 60)
    study = grouped(into(build.ratings(scores), ["x", "x", "y"]), {"g": group}, min_group=8)
    found = by_group(study, study.wave(), "g", by_category=True)
    assert found is not None
    assert found.cells["a"][0].shown.value == pytest.approx(scores[:60, :2].mean(), abs=0.051)
    scores[:60, 0] = 5.0  # the same throughout: the mean is hidden, and twice the category less the other would be it
    study = grouped(into(build.ratings(scores), ["x", "x", "y"]), {"g": group}, min_group=8)
    hidden = by_group(study, study.wave(), "g", by_category=True)
    assert hidden is not None
    assert all(cells[0].shown.value is None for cells in hidden.cells.values())
    assert all(cells[1].shown.value is not None for cells in hidden.cells.values())


def test_no_categories(marked: Make) -> None:
    study = marked(np.random.default_rng(6).random((60, 3)) < 0.5, np.tile(["a", "b"], 30), [None, None, None])
    with pytest.raises(ModelError, match="no item has a category"):
        by_group(study, study.wave(), "g", by_category=True)
