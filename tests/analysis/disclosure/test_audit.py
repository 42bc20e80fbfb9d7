"""What one item's figures leave open of cells that are hidden or capped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.organisations import linked_organisation, with_privacy
from obstacles.analysis.disclosure.audit import AuditedCell, hidden_beside
from obstacles.analysis.disclosure.coarse import needs_grid
from obstacles.analysis.disclosure.figures import Mean, Share
from obstacles.survey.study import Design

GROUP = np.repeat(np.arange(5), [10, 11, 12, 10, 11])  # the last one is hidden
WEIGHT = np.ones(len(GROUP))


def rated(score: np.ndarray, shown: int = 4) -> dict[str, dict[str, AuditedCell]]:
    means = [Mean(round(float(score[g == GROUP].mean()), 1), step=0.1) if g < shown else None for g in range(5)]
    return {"dept": {str(g): AuditedCell(g == GROUP, mean) for g, mean in enumerate(means)}}


def marked(count: int, n: int, *, cap: str = "") -> Share:
    return Share(None if cap else round(count / n, 2), None, None, cap, 0.25 if cap else None)


def test_a_remainder_that_all_say_the_same_is_not_told_by_means() -> None:
    score = np.where(GROUP == 4, 5.0, 1.0 + np.arange(len(GROUP)) % 4)
    gone = hidden_beside(rated(score), score, WEIGHT, (1, 5))
    assert len(gone) == 1
    spread = np.where(GROUP == 4, 1.0 + np.arange(len(GROUP)) % 5, score)
    assert not hidden_beside(rated(spread), spread, WEIGHT, (1, 5))


@pytest.mark.parametrize("column", ["dept", ""])
@pytest.mark.parametrize("low", [1.0, 0.0])
@pytest.mark.parametrize("cut", [3, 5, 6])
def test_several_hidden_groups_are_a_remainder_whatever_their_column_is_called(
    column: str, low: float, cut: int
) -> None:
    """What the shown means leave over of the total is the sum of all hidden groups."""
    sums, n = np.array([21, 26, 35, 27, 54]), np.bincount(GROUP)  # the last are 10 fives and a four
    place = np.arange(len(GROUP)) - np.repeat(np.cumsum(n) - n, n)
    score = low - 1 + (sums // n)[GROUP] + (place < (sums % n)[GROUP])
    cells = rated(score)["dept"]
    last = np.flatnonzero(GROUP == 4)
    del cells["4"]
    for name, people in (("a", last[:cut]), ("b", last[cut:])):
        cells[name] = AuditedCell(np.isin(np.arange(len(GROUP)), people), None)
    assert len(hidden_beside({column: cells}, score, WEIGHT, (low, low + 4))) == 1


def test_a_cap_is_not_undone_by_a_larger_cell() -> None:
    """Two departments are a division: its share less the one's is the other's, whose share is capped."""
    score = np.zeros(len(GROUP))
    score[[0, 12, 13, 14, 15, 16, 22, 23, 24, 25, 36, 37, 38, 44, 45, 46, 47]] = 1
    counts = [int(score[g == GROUP].sum()) for g in range(5)]
    assert counts[0] == 1
    sizes = np.bincount(GROUP)
    dept = {
        str(g): AuditedCell(g == GROUP, marked(counts[g], int(sizes[g]), cap="low" if g == 0 else "")) for g in range(5)
    }
    pair = AuditedCell(GROUP < 2, marked(counts[0] + counts[1], int(sizes[:2].sum())))
    assert ("division", "A") in hidden_beside({"dept": dept, "division": {"A": pair}}, score, WEIGHT, (0, 1))
    alone = hidden_beside({"dept": dept}, score, WEIGHT, (0, 1))
    assert alone, "the total less all others is the capped one"


def test_nothing_said_needs_nothing_hidden() -> None:
    assert hidden_beside(rated(np.full(len(GROUP), np.nan)), np.full(len(GROUP), np.nan), WEIGHT, (1, 5)) == set()
    assert hidden_beside({}, np.zeros(len(GROUP)), WEIGHT, (0, 1)) == set()


def test_what_is_kept_is_not_hidden_and_a_later_column_yields() -> None:
    """The same two departments, shown before: it is the division that goes, and the departments stay."""
    score = np.zeros(len(GROUP))
    score[[0, 12, 13, 14, 15, 16, 22, 23, 24, 25, 36, 37, 38, 44, 45, 46, 47]] = 1
    counts = [int(score[g == GROUP].sum()) for g in range(5)]
    sizes = np.bincount(GROUP)
    dept = {
        str(g): AuditedCell(g == GROUP, marked(counts[g], int(sizes[g]), cap="low" if g == 0 else ""), kept=True)
        for g in range(4)
    }
    pair = AuditedCell(GROUP < 2, marked(counts[0] + counts[1], int(sizes[:2].sum())))
    other = AuditedCell((GROUP > 1) & (GROUP < 4), marked(counts[2] + counts[3], int(sizes[2:4].sum())))
    gone = hidden_beside({"dept": dept, "division": {"A": pair, "B": other}}, score, WEIGHT, (0, 1), total=False)
    assert gone == {("division", "A")}


def test_few_whom_cells_tell_apart_are_not_known_to_the_digit() -> None:
    """Of 12 in a cell 4 did; beside them all 4 of another cell did that shares 10 of its people: the two did not."""
    score = np.r_[np.zeros(2), np.ones(4), np.zeros(6), np.zeros(10)]
    inside = np.arange(len(score))
    cells = {
        "a": {"x": AuditedCell(inside < 12, marked(4, 12), kept=True)},
        "b": {"y": AuditedCell((inside >= 2) & (inside < 12), marked(4, 10))},
    }
    weight = np.ones(len(score))
    assert hidden_beside(cells, score, weight, (0, 1), total=False, smallest=10) == {("b", "y")}
    cells["b"]["y"] = AuditedCell((inside >= 2) & (inside < 12), Share(0.4, None, None, step=0.4))
    assert not hidden_beside(cells, score, weight, (0, 1), total=False, smallest=10)


@pytest.mark.parametrize("part", ["stratum", "cluster", "weight", "population"])
def test_a_whole_in_which_people_count_differently_lies_on_a_grid(part: str) -> None:
    study = linked_organisation(1)
    wave = study.waves[0]
    one = np.ones(len(wave.respondents), int)
    assert not needs_grid(study, replace(wave, design=Design()))
    assert needs_grid(study, replace(wave, design=Design(**{part: one})))
    assert not needs_grid(with_privacy(study, audience="owner"), replace(wave, design=Design(**{part: one})))
