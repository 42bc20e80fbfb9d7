"""Small groups stay hidden over waves, and nothing shown gives one away."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from obstacles.analysis.change.compare import compare
from obstacles.analysis.change.group_mix import _few_alone, _of_the_shown, hidden_over
from obstacles.analysis.subpopulation import ComparisonError


def test_a_group_that_is_small_once_is_hidden_always() -> None:
    count = np.array([[40, 30, 8, 50], [45, 28, 25, 60]])
    hidden = hidden_over(count, 10)
    assert hidden[2]
    assert hidden.sum() == 2  # the next smallest goes with it, so that a total gives nothing away
    assert not hidden_over(count, 10, complementary=False)[1]


def test_no_side_leaves_a_hidden_group_alone() -> None:
    rng, looked = np.random.default_rng(0), 0
    for _run in range(2_000):
        count = rng.integers(0, 40, (rng.integers(2, 5), rng.integers(2, 9)))
        hidden = hidden_over(count, 10)
        small = ((count > 0) & (count < 10)).any(axis=0)
        assert (hidden | ~small).all()
        for row in count:
            inside = row[hidden & (row > 0)]
            if hidden.all() or not len(inside):
                continue
            looked += 1
            assert len(inside) > 1
            assert inside.sum() >= 10
    assert looked > 500


@pytest.fixture(scope="module")
def study(build: Any, draw: Any, wave: Any, waves: Any) -> Any:
    rng = np.random.default_rng(2)
    made = []
    for sizes in (
        {"Finance": 60, "Health": 50, "Small": 18, "Tiny": 4},
        {"Finance": 55, "Health": 52, "Small": 25, "Tiny": 30},
    ):
        names = np.repeat(list(sizes), list(sizes.values()))
        made.append(wave(build.rankings(draw(rng, len(names), np.linspace(1, -1, 4))), groups={"dept": names}))
    return waves(made)


def test_hidden_groups_are_in_no_record(study: Any) -> None:
    change = compare(study)
    found = change.why.groups[0]
    assert [one.name for one in found.groups] == ["Finance", "Health"]
    record = json.dumps(change.to_dict())
    assert "Tiny" not in record
    assert "Small" not in record
    assert change.why.mix[0].hidden.tolist() == [False, False, True, True]


def test_hidden_groups_are_not_compared_with_each_other(study: Any) -> None:
    change = compare(study, by="dept", waves=("w1",))
    assert [side.id for side in change.sides] == ["Finance", "Health"]
    assert change.hidden == 2
    assert "Tiny" not in json.dumps(change.to_dict())


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"x": 40, "y": 40, "z": 5}, ["x", "y"]),
        ({"North": 86, "South": 113, "Nrth": 1}, ["North", "South"]),
        ({"甲": 12, "乙": 60, "丙": 9}, ["乙", "甲"]),  # the next smallest would leave one group
        ({"A": 30, "B": 31, "C": 32, "a": 2, "b": 1}, ["A", "B", "C"]),
    ],
)
def test_a_small_group_is_left_out_of_a_comparison_and_not_the_comparison(
    build: Any, draw: Any, wave: Any, waves: Any, sizes: dict[str, int], shown: list[str]
) -> None:
    names = np.repeat(list(sizes), list(sizes.values()))
    made = wave(build.rankings(draw(np.random.default_rng(4), len(names), np.linspace(1, -1, 4))), groups={"g": names})
    change = compare(waves([made]), by="g", waves=("w1",))
    assert sorted(side.id for side in change.sides) == sorted(shown)
    assert change.hidden == len(sizes) - len(shown)
    assert any("not shown, to protect groups of fewer than 10" in note for note in change.notes)


@pytest.mark.parametrize("groups", [["Tiny"], ["Finance", "Health", "Small"]])
def test_a_filter_must_not_single_out_a_small_group(study: Any, groups: list[str]) -> None:
    with pytest.raises(ComparisonError, match="fewer than 10 and are not shown"):
        compare(study, where={"dept": groups})


def test_a_panel_hides_few_leavers(build: Any, draw: Any, wave: Any, waves: Any) -> None:
    rng = np.random.default_rng(3)
    ids = [[str(i) for i in range(60)], [str(i) for i in range(4, 80)]]
    made = [wave(build.rankings(draw(rng, len(own), np.linspace(1, -1, 4))), panel=own) for own in ids]
    found = compare(waves(made, comparison={"kind": "panel"})).why.attrition
    assert found is not None
    assert (found.stayed, found.left, found.joined) == (56, None, 20)
    assert found.leavers is None
    assert found.joiners is not None


MISTYPED = (
    ({"North": 86, "South": 113}, {"North": 90, "South": 120, "Nroth": 1}),
    ({"North": 86, "South": 113, "": 2}, {"North": 90, "South": 120}),
    ({"A": 300, "B": 250, "C": 200, "c": 1, "b ": 1}, {"A": 310, "B": 240, "C": 210}),
)


@pytest.mark.parametrize("sizes", MISTYPED)
def test_a_mistyped_group_takes_no_large_one_out_of_the_mix(
    build: Any, draw: Any, wave: Any, waves: Any, sizes: Any
) -> None:
    rng, made = np.random.default_rng(2), []
    for own in sizes:
        names = np.repeat(list(own), list(own.values()))
        made.append(wave(build.rankings(draw(rng, len(names), np.linspace(1, -1, 4))), groups={"dept": names}))
    (mix,) = compare(waves(made)).why.mix
    shown = [name for name, gone in zip(mix.groups, mix.hidden, strict=True) if not gone]
    large = [name for name, n in sizes[0].items() if n > 50]
    assert shown == large
    assert mix.of_shown
    assert np.nansum(mix.share, axis=1) == pytest.approx([1, 1], abs=0.02)
    assert set(mix.shown) < set(large)  # answers stand beside those of everybody, so a large group's are hidden there


def test_shares_beside_a_hidden_group_never_give_its_size_away() -> None:
    rng, looked = np.random.default_rng(0), 0
    for _run in range(500):
        size = rng.integers(20, 300, rng.integers(2, 5))
        count = np.array([[*(size + rng.integers(0, 9, len(size))), rng.integers(1, 6)] for _wave in range(2)])
        apart = hidden_over(count, 10)
        share = _of_the_shown(count, count / count.sum(axis=1, keepdims=True), _few_alone(count, 10), apart)
        if share is None:
            continue
        looked += 1
        for row, own in zip(count, share, strict=True):
            possible = [
                total
                for total in range(int(row[~apart].sum()), int(row.sum()))
                if all(
                    abs(row[g] / total - own[g]) <= (0.005 if abs(own[g] * 100 % 5) > 0.01 else 0.025) + 1e-9
                    for g in np.flatnonzero(~apart)
                )
            ]
            assert len(possible) > 1
    assert looked > 100
