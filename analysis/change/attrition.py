"""A panel's stayers, leavers and joiners: whether those who answered again are like those who did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from obstacles.analysis.change.items import ItemChanges, Rules, item_changes
from obstacles.analysis.change.pair import Pair
from obstacles.analysis.inference.plain import record
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.subpopulation import ComparisonSide, part_of
from obstacles.survey.question import Item


@dataclass(frozen=True)
class Attrition:
    """Respondents of two waves by whether they answered both; None where a part is too small to be shown."""

    stayed: int
    left: int | None  # answered the first wave alone
    joined: int | None  # answered the second wave alone
    stayers: ItemChanges | None  # change among those who answered both
    leavers: ItemChanges | None  # first wave: those who left against those who stayed
    joiners: ItemChanges | None  # second wave: those who joined against those who stayed
    minimum: int

    def to_dict(self, items: Sequence[Item]) -> dict[str, Any]:
        parts = {"stayers": self.stayers, "leavers": self.leavers, "joiners": self.joiners}
        return {
            "stayed": self.stayed,
            "left": self.left,
            "joined": self.joined,
            "items": [
                {"id": item.id, **{name: None if part is None else record(part.row(i)) for name, part in parts.items()}}
                for i, item in enumerate(items)
            ],
        }


def attrition(pair: Pair, items: np.ndarray, rules: Rules, *, minimum: int) -> Attrition | None:
    """Compare stayers, leavers and joiners; None where respondents have no ids or too few stayed."""
    ids = [side.wave.panel for side in (pair.first, pair.second)]
    if ids[0] is None or ids[1] is None:
        return None
    known = [
        {person for person in own[side.inside].tolist() if person != ""}
        for own, side in zip((ids[0], ids[1]), (pair.first, pair.second), strict=True)
    ]
    both = known[0] & known[1]
    stays = [
        side.inside & np.array([person in both for person in own.tolist()], bool)
        for own, side in zip((ids[0], ids[1]), (pair.first, pair.second), strict=True)
    ]
    stayed = len(both)
    gone = int((pair.first.inside & ~stays[0]).sum())
    new = int((pair.second.inside & ~stays[1]).sum())
    if stayed < minimum:
        return None
    first, second = _part(pair.first, stays[0]), _part(pair.second, stays[1])
    left = _part(pair.first, pair.first.inside & ~stays[0]) if gone >= minimum else None
    joined = _part(pair.second, pair.second.inside & ~stays[1]) if new >= minimum else None
    return Attrition(
        stayed=stayed,
        left=None if 0 < gone < minimum else gone,
        joined=None if 0 < new < minimum else new,
        stayers=_changes(first, second, items, rules, pair),
        leavers=_changes(first, left, items, rules),
        joiners=_changes(second, joined, items, rules),
        minimum=minimum,
    )


def _part(side: ComparisonSide, inside: np.ndarray) -> ComparisonSide | None:
    try:
        return part_of(side, inside)
    except ModelError:
        return None


def _changes(
    one: ComparisonSide | None, other: ComparisonSide | None, items: np.ndarray, rules: Rules, pair: Pair | None = None
) -> ItemChanges | None:
    """Differences other - one; two parts of one wave where there is no pair."""
    if one is None or other is None or one.level is None or other.level is None:
        return None
    own = Pair(one, other, pair.linked, pair.within) if pair is not None else Pair(one, other, within=True)
    return item_changes(own, one.level, other.level, items, rules)
