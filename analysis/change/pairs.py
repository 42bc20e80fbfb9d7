"""Everything that is said of two sides of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from obstacles.analysis.change.comparability import Comparability
from obstacles.analysis.change.equal_penalties import with_equal_penalties
from obstacles.analysis.change.homogeneity import ScaleFactor, homogeneity, overall_level, scale_factor
from obstacles.analysis.change.items import ItemChange, ItemChanges, Rules, level_changes, same_model, worth_changes
from obstacles.analysis.change.level_breaks import LevelBreak
from obstacles.analysis.change.order import (
    Order,
    OrderAgreement,
    RankChange,
    RankChanges,
    order_agreement,
    permutation_of_tau,
    rank_changes,
)
from obstacles.analysis.change.pair import Pair
from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.inference.headline import winner_test
from obstacles.analysis.inference.open_ends import may_be_one, may_be_zero
from obstacles.analysis.inference.plain import record, record_of_test
from obstacles.analysis.inference.rank_sets import flipped_for
from obstacles.analysis.inference.worth_answers import WorthAnswers
from obstacles.analysis.subpopulation import ComparisonError, ComparisonSide
from obstacles.survey.question import Item
from obstacles.text.language import _, commas

PairKey = tuple[int, int]  # positions of two sides


@dataclass(frozen=True)
class ComparedItem:
    """One item of two sides as plain values: a row of `Change.to_frame`, and of "items" in a pair of the JSON."""

    item: Item
    change: ItemChange | None  # of the level, or of the log-worth where answers have no level
    ranks: RankChange
    worth: ItemChange | None  # the change of the log-worth, relative to the rest

    def to_dict(self) -> dict[str, Any]:
        row = {"id": self.item.id, "label": self.item.name}
        row |= {} if self.change is None else record(self.change)
        row |= record(self.ranks)
        if self.worth is None:
            return row
        worth = record(self.worth)
        return row | {
            "log_worth_change": worth["change"],
            "log_worth_interval": worth["interval"],
            "log_worth_p_adjusted": worth["p_adjusted"],
        }

    def flat(self) -> dict[str, Any]:
        """As `to_dict`, the two ends of intervals and rank sets in columns of their own."""
        row: dict[str, Any] = {}
        for key, value in self.to_dict().items():
            if key.endswith(("interval", "rank_set_from", "rank_set_to")):
                row |= dict(zip((f"{key}_low", f"{key}_high"), value or (None, None), strict=True))
            else:
                row[key] = value
        return row


@dataclass(frozen=True, eq=False)
class PairChange:
    """Two sides; changes are second - first."""

    first: int  # positions of the sides
    second: int
    breaks: tuple[LevelBreak, ...]
    level: ItemChanges | None  # shares of people or mean ratings; None where answers are relative
    worth: ItemChanges | None  # log-worths, relative to the rest
    ranks: RankChanges
    agreement: OrderAgreement
    homogeneity: Test | None  # of the whole list
    overall: Test | None  # of the mean over the items
    scale: ScaleFactor | None
    permutation: Test | None
    independent: bool  # separate samples

    @property
    def verdicts(self) -> ItemChanges | None:
        """What verdicts are about: levels where they compare, worths where answers have no level."""
        return self.level if self.level is not None else self.worth

    @property
    def tests(self) -> tuple[Test, ...]:
        scale = (self.scale.scale, self.scale.order) if self.scale is not None else ()
        return tuple(test for test in (self.homogeneity, self.overall, *scale, self.permutation) if test is not None)

    def rows(self, items: Sequence[Item], order: Sequence[int]) -> list[ComparedItem]:
        """A row for each item, in this order."""
        return [
            ComparedItem(
                items[i],
                None if self.verdicts is None else self.verdicts.row(i),
                self.ranks.row(i),
                None if self.worth is None else self.worth.row(i),
            )
            for i in order
        ]

    def to_dict(self, sides: Sequence[str], items: Sequence[Item], order: Sequence[int]) -> dict[str, Any]:
        """Plain values; `sides` are the ids of all sides of the comparison."""
        judged = self.verdicts
        return {
            "from": sides[self.first],
            "to": sides[self.second],
            "levels_compared": self.compared,
            "breaks": [cut.reason for cut in self.breaks],
            "independent": self.independent,
            "measure": None if judged is None else judged.measure,
            "relative_to_the_rest": judged is not None and judged.relative,
            "all_items_within_x": None if judged is None else judged.all_within,
            "items": [row.to_dict() for row in self.rows(items, order)],
            "homogeneity": record_of_test(self.homogeneity),
            "tests": [record_of_test(test) for test in self.tests],
            "scale_factor": None if self.scale is None else self.scale.to_dict(),
            "agreement": self.agreement.to_dict(),
        }

    @property
    def compared(self) -> bool:
        """Whether any item's change is tested."""
        return self.verdicts is not None and bool(self.verdicts.compared.any())


def equally_penalised(sides: Sequence[ComparisonSide]) -> tuple[list[ComparisonSide], list[str]]:
    """Sides scored by Plackett-Luce get the same penalty per respondent where any needs one."""
    alike = [side for side in sides if side.order.method == "plackett-luce"]
    try:
        again = iter(with_equal_penalties(alike))
    except ComparisonError as error:
        return list(sides), [str(error)]
    penalised = any(side.order.penalty is not None for side in alike)
    note = _(
        "Some items always or never win; every wave has the same penalty per respondent. Re-ordering beside a common "
        "factor is not tested: the worths of {names} are known from one side only."
    )
    notes = [note.format(names=commas(_one_sided(alike)))] if penalised else []
    return [next(again) if side.order.method == "plackett-luce" else side for side in sides], notes


def _one_sided(sides: Sequence[ComparisonSide]) -> list[str]:
    """Names of the items whose worth may be 0 or 1 on some side."""
    found = np.zeros(len(sides[0].order.items), bool)
    for side in sides:
        if isinstance(side.order.answers, WorthAnswers):
            reach = side.order.answers.reach
            found |= may_be_zero(reach) | may_be_one(reach)
    return [item.name for item, open_ended in zip(sides[0].order.items, found, strict=True) if open_ended]


def leader_of(side: ComparisonSide, *, level: float, seed: int = 1) -> int | None:
    """The item that the winner test names first on one side."""
    test = winner_test(side.order, df=side.df, flipped=flipped_for(side.order, df=side.df, seed=seed))
    return int(np.nanargmax(side.order.value)) if test is not None and test.p <= 1 - level else None


def few_units_notes(sides: Sequence[ComparisonSide]) -> list[str]:
    """Sides with so few primary units that their tests show little."""
    message = _(
        "{side}: {df} degrees of freedom are fewer than twice the {m} items, so intervals are wide and only large "
        "changes can be shown."
    )
    found = [(side, len(side.order.value)) for side in sides if side.df < 2 * len(side.order.value)]
    return [message.format(side=side.id, df=round(side.df), m=m) for side, m in found]


def pair_change(
    key: PairKey,
    pair: Pair,
    found: Comparability,
    orders: Sequence[Order],
    rules: Rules,
    k: int,
    seed: int,
    *,
    main: bool,
) -> PairChange:
    """Everything about two sides; `main` adds what takes longer."""
    first, second = pair.first, pair.second
    items = found.level_items(*key)
    alike = same_model(first, second)
    ranks = rank_changes(orders[key[0]], orders[key[1]], level=rules.level)
    tested = alike and items.sum() > 1
    return PairChange(
        first=key[0],
        second=key[1],
        breaks=found.between(*key),
        level=level_changes(pair, items, rules),
        worth=worth_changes(pair, items, rules),
        ranks=ranks,
        agreement=order_agreement(first, second, ranks, depth=min(k + 2, len(found.items))),
        homogeneity=homogeneity([first, second], {(0, 1): pair}, items, seed=seed) if tested else None,
        overall=overall_level(pair, items) if tested else None,
        scale=scale_factor(pair) if tested and items.all() else None,
        permutation=permutation_of_tau([first, second], seed=seed)
        if main and pair.simple and tested and items.all()
        else None,
        independent=pair.independent,
    )
