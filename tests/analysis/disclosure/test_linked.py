"""Linked columns: whom combinations of cells isolate, and what is hidden for them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from obstacles.analysis.disclosure.linked import atoms, exposed, hidden_linked

DIVISION = {"D0": "A", "D4": "A", "D1": "B", "D6": "B", "D2": "C", "D3": "C", "D5": "C"}
SIZES = {"D0": 30, "D1": 25, "D2": 12, "D3": 14, "D4": 5, "D5": 8, "D6": 1}


def columns(*codes: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    return {str(i): {str(name): code == name for name in np.unique(code)} for i, code in enumerate(codes)}


def smallest(cells: list[np.ndarray]) -> int:
    """The fewest people, but none, that adding and subtracting the cells leaves."""
    member, code = atoms(cells)
    count = np.bincount(code, minlength=len(member))
    ways = np.array(list(product((-1, 0, 1), repeat=len(cells)))) @ member.T
    people = (np.abs(ways) * count).sum(axis=1)
    return int(people[people > 0].min())


def test_divisions_of_departments_do_not_tell_a_hidden_one() -> None:
    department = np.repeat(list(SIZES), list(SIZES.values()))
    division = np.array([DIVISION[name] for name in department])
    masks = columns(department, division)
    shown = {"0": frozenset({"D0", "D1", "D2", "D3"}), "1": frozenset("ABC")}
    left = hidden_linked(masks, shown, 10)
    assert left["0"] == shown["0"]
    assert not left["1"]
    assert hidden_linked(masks, shown, 10, complementary=False) == shown


@pytest.mark.parametrize("seed", range(25))
def test_nothing_shown_isolates_few_people(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one = rng.choice(4, 60, p=[0.4, 0.3, 0.2, 0.1])
    other = np.where(rng.random(60) < 0.9, one // 2, rng.integers(0, 3, 60))
    masks = columns(one, other)
    shown = {name: frozenset(n for n, inside in groups.items() if inside.sum() >= 8) for name, groups in masks.items()}
    left = hidden_linked(masks, shown, 8)
    everybody = np.ones(60, bool)
    assert smallest([everybody, *(masks[c][n] for c in masks for n in left[c])]) >= 8
    assert all(left[name] <= shown[name] for name in masks)


def test_columns_that_isolate_nobody_are_all_shown() -> None:
    one, other = np.repeat(np.arange(4), 50), np.tile(np.arange(5), 40)
    masks = columns(one, other)
    shown = {name: frozenset(groups) for name, groups in masks.items()}
    assert hidden_linked(masks, shown, 10) == shown


def test_a_set_is_found_by_the_combination_that_isolates_it() -> None:
    whole, part = np.ones(30, bool), np.arange(30) < 27
    member, code = atoms([whole, part])
    found = list(exposed(member, np.bincount(code), 10))
    assert [(round(one.people), sorted(one.cells)) for one in found] == [(3, [0, 1])]
