"""What may be said of a change in one sentence: decided by tests, never by sorted differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from obstacles.analysis.change.pairs import PairChange
from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.terms import ChangeHeadlineKind
from obstacles.survey.question import Item


@dataclass(frozen=True)
class ChangeHeadline:
    """The strength of what can be said, and of which items; reports.change.sentences turns it into words.

    kind: "changed" some items went up or down, or changed by less than x, after correction;
          "list" no single item's change is shown, but that the list as a whole is the same is rejected;
          "within" nothing changed by more than x, all items together;
          "none" no change of an item or of the list is shown, though `ranks` or `others` may show one;
          "order" levels do not compare: only ranks do, and some have rank sets;
          "descriptive" no errors are known.
    """

    kind: ChangeHeadlineKind
    up: tuple[int, ...] = ()  # items, the largest change first
    down: tuple[int, ...] = ()
    less: tuple[int, ...] = ()  # changed, but by less than x
    ranks: tuple[int, ...] = ()  # items whose rank changed for certain
    whole: bool = False  # that the whole list is the same is rejected
    others: tuple[Test, ...] = ()  # other tests of the list that reject, each by itself

    def to_dict(self, items: Sequence[Item]) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "no_change_can_be_shown": self.kind == "none" and not self.ranks and not self.others,
            "up": [items[i].id for i in self.up],
            "down": [items[i].id for i in self.down],
            "changed_but_less_than_x": [items[i].id for i in self.less],
            "certain_changes_of_rank": [items[i].id for i in self.ranks],
            "whole_list_differs": self.whole,
        }


def change_headline(pair: PairChange, *, level: float) -> ChangeHeadline:
    """Decide what may be said of two sides."""
    ranks = tuple(int(i) for i in np.flatnonzero(pair.ranks.certain))
    found = pair.verdicts
    if not pair.compared or found is None:
        known = pair.ranks.first.sets is not None and pair.ranks.second.sets is not None
        return ChangeHeadline("order" if known else "descriptive", ranks=ranks)
    by_size = [int(i) for i in np.argsort(-np.abs(np.nan_to_num(found.difference)), kind="stable")]
    named = {
        verdict: tuple(i for i in by_size if found.verdict[i] == verdict)
        for verdict in ("up", "down", "changed, but less than x")
    }
    up, down, less = named.values()
    whole = pair.homogeneity is not None and pair.homogeneity.p <= 1 - level
    others = tuple(test for test in pair.tests if test is not pair.homogeneity and test.p <= 1 - level)
    kind: ChangeHeadlineKind = "list" if whole else "none"
    if up or down or (less and not found.all_within):
        kind = "changed"
    elif found.all_within:
        kind = "within"
    return ChangeHeadline(kind, up, down, less, ranks, whole, others)
