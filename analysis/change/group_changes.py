"""Groups that moved: the comparison of two waves within each group that may be shown.

The tests of the whole list are corrected over the groups of a column, those of single items over all its groups and
items, both by Holm's method.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from obstacles.analysis.change.equal_penalties import with_equal_penalties
from obstacles.analysis.change.group_mix import GroupMix
from obstacles.analysis.change.homogeneity import homogeneity
from obstacles.analysis.change.items import ItemChanges, Rules, corrected_together, level_changes, worth_changes
from obstacles.analysis.change.pair import Pair
from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.inference.multiplicity import holm
from obstacles.analysis.inference.plain import finite, record, record_of_test
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.subpopulation import ComparisonSide, groups_in, part_of
from obstacles.survey.question import Item


@dataclass(frozen=True)
class GroupChange:
    """One group of two waves."""

    name: str
    respondents: tuple[int, int]
    items: ItemChanges | None  # of levels, or of log-worths where answers have no level
    test: Test | None  # that the group's list is the same in both waves
    p_adjusted: float  # of the test, over the groups of the column; NaN without a test
    refused: str = ""  # why the group cannot be compared

    def to_dict(self, items: Sequence[Item]) -> dict[str, Any]:
        rows = [{} if self.items is None else record(self.items.row(i)) for i in range(len(items))]
        return {
            "group": self.name,
            "respondents": list(self.respondents),
            "homogeneity": record_of_test(self.test),
            "p_adjusted": finite(self.p_adjusted),
            "refused": self.refused or None,
            "items": [{"id": item.id, **row} for item, row in zip(items, rows, strict=True)],
        }


@dataclass(frozen=True)
class GroupChanges:
    """All groups of one column."""

    mix: GroupMix
    groups: tuple[GroupChange, ...]

    def to_dict(self, items: Sequence[Item]) -> dict[str, Any]:
        return {
            "column": self.mix.column,
            "minimum": self.mix.minimum,
            "hidden": int(self.mix.apart.sum()),
            "groups": [group.to_dict(items) for group in self.groups],
        }


def group_changes(pair: Pair, mix: GroupMix, items: np.ndarray, rules: Rules) -> GroupChanges:
    """Compare two waves within every group that may be shown; `items` (m,) are those compared."""
    found = [_one(pair, mix, name, items, rules) for name in mix.shown]
    tested = [i for i, one in enumerate(found) if one.test is not None]
    if tested:
        p = holm(np.array([test.p for i in tested if (test := found[i].test) is not None]))
        for i, q in zip(tested, p, strict=True):
            found[i] = replace(found[i], p_adjusted=float(q))
    items_together = corrected_together([one.items for one in found], rules.correction)
    return GroupChanges(mix, tuple(replace(one, items=own) for one, own in zip(found, items_together, strict=True)))


def _one(pair: Pair, mix: GroupMix, name: str, items: np.ndarray, rules: Rules) -> GroupChange:
    at = mix.groups.index(name)
    people = (int(mix.count[0, at]), int(mix.count[1, at]))
    try:
        sides = with_equal_penalties([_within(side, mix.column, name) for side in (pair.first, pair.second)])
    except ModelError as error:
        return GroupChange(name, people, None, None, float("nan"), str(error))
    own = Pair(sides[0], sides[1], pair.linked, pair.within)
    changes = level_changes(own, items, rules)
    if changes is None:
        changes = worth_changes(own, items, rules)
    return GroupChange(name, people, changes, homogeneity(sides, {(0, 1): own}, items), float("nan"))


def _within(side: ComparisonSide, column: str, name: str) -> ComparisonSide:
    code, names = groups_in(side.wave, column)
    return part_of(side, code == names.index(name), id=name)
