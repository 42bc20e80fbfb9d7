"""Change: all that is said of a comparison, as rows, a record and a table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from obstacles.analysis.categories.members import Categories
from obstacles.analysis.change.attrition import Attrition
from obstacles.analysis.change.comparability import Comparability
from obstacles.analysis.change.composition import Composition
from obstacles.analysis.change.group_changes import GroupChanges
from obstacles.analysis.change.group_mix import GroupMix
from obstacles.analysis.change.headline import ChangeHeadline, change_headline
from obstacles.analysis.change.items import Rules
from obstacles.analysis.change.order import Order
from obstacles.analysis.change.pairs import PairChange
from obstacles.analysis.change.trend import Trend
from obstacles.analysis.drawing import drawn
from obstacles.analysis.inference.estimate import Test, on_display_scale
from obstacles.analysis.inference.plain import finite, interval_of, record, record_of_test
from obstacles.analysis.subpopulation import ComparisonSide
from obstacles.analysis.terms import ChangeKind
from obstacles.survey.question import Item

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Why:
    """What goes with the change between the first side and the last."""

    mix: tuple[GroupMix, ...] = ()  # of all sides
    composition: Composition | None = None
    attrition: Attrition | None = None  # of a panel
    groups: tuple[GroupChanges, ...] = ()


@dataclass(frozen=True)
class SideItem:
    """One item of one side as plain values; None = there is no such number."""

    id: str
    estimate: float | None
    standard_error: float | None
    interval: tuple[float, float] | None
    rank: int | None
    rank_set: tuple[int, int] | None
    respondents: int


@dataclass(frozen=True, eq=False)
class Change:
    """Waves, or groups of one wave, against each other on the items that all share.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> groups = ob.compare(study, by="grade")
    >>> [side.id for side in groups.sides]
    ['Junior', 'Middle', 'Senior']
    >>> figure = groups.plot(first="Junior", last="Senior")
    """

    study: str
    id: str | None  # of the comparison in the study file
    kind: ChangeKind
    by: str | None  # group column
    where: dict[str, tuple[str, ...]]
    comparability: Comparability
    sides: tuple[ComparisonSide, ...]
    orders: tuple[Order, ...]
    pairs: tuple[PairChange, ...]  # every two sides, by the position of the first, then the second
    homogeneity: Test | None  # of all sides at once, where there are more than two and no break
    trend: Trend | None
    why: Why
    rules: Rules  # `smallest` is in the units of the level
    k: int  # places of the top-k share
    seed: int
    notes: tuple[str, ...]
    leader: int | None = None  # the item that the last side's winner test names first; None = none can be named
    wave: str | None = None  # whose groups are compared
    hidden: int = 0  # groups that are too small to be shown
    categories: Categories | None = None  # `items` are categories, of these items
    withheld: bool = False  # whether what goes with groups is hidden from others

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that all sides share."""
        return self.comparability.items

    @cached_property
    def main(self) -> PairChange:
        """The first side against the last."""
        last = len(self.sides) - 1
        return next(pair for pair in self.pairs if (pair.first, pair.second) == (0, last))

    @cached_property
    def order(self) -> list[int]:
        """Items from the largest to the smallest of the last side."""
        value = self.sides[-1].order.value
        return [int(i) for i in np.argsort(-np.where(np.isnan(value), -np.inf, value), kind="stable")]

    @cached_property
    def headline(self) -> ChangeHeadline:
        """What may be said of the first side and the last."""
        return change_headline(self.main, level=self.rules.level)

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain numbers and texts: the schema of `obstacles compare --json`."""
        ids = [side.id for side in self.sides]
        composition, attrition = self.why.composition, self.why.attrition
        return {
            "schema": 1,
            "study": self.study,
            "comparison": self.id,
            "kind": self.kind,
            "by": self.by,
            "wave": self.wave,
            "where": {name: list(groups) for name, groups in self.where.items()},
            **self._categories(),
            "level": self.rules.level,
            "correction": self.rules.correction,
            "smallest_change_of_interest": self.rules.smallest,
            "k": self.k,
            "seed": self.seed,
            "headline": self.headline.to_dict(self.items) if self.by is None else None,
            "comparability": self.comparability.to_dict(),
            "sides": [self._side(position) for position in range(len(self.sides))],
            "pairs": [pair.to_dict(ids, self.items, self.order) for pair in self.pairs],
            "homogeneity": record_of_test(self.homogeneity),
            "trend": None if self.trend is None else self.trend.to_dict(ids, self.items),
            "why": {
                "composition": None if composition is None else composition.to_dict(self.items),
                "panel": None if attrition is None else attrition.to_dict(self.items),
                "groups": [column.to_dict(self.items) for column in self.why.groups],
            },
            "hidden_groups": self.hidden,
            "notes": list(self.notes),
        }

    def _categories(self) -> dict[str, Any]:
        """The items of each category; nothing where items are compared."""
        if self.categories is None:
            return {}
        members = ([item.id for item in self.categories.items_in(i)] for i in range(len(self.items)))
        return {"categories": [{"id": item.id, "items": ids} for item, ids in zip(self.items, members, strict=True)]}

    def _side(self, position: int) -> dict[str, Any]:
        """One side by itself as plain values."""
        side, order = self.sides[position], self.orders[position]
        level = side.level or side.order
        displayed = on_display_scale(level, level=self.rules.level)
        rows = [
            SideItem(
                id=item.id,
                estimate=finite(displayed.value[i]),
                standard_error=finite(displayed.error[i]),
                interval=interval_of(displayed.low[i], displayed.high[i]),
                rank=int(order.rank[i]) or None,
                rank_set=order.rank_set(i),
                respondents=int(level.item_base[i]),
            )
            for i, item in enumerate(self.items)
        ]
        return {
            "id": side.id,
            "respondents": level.base or None,
            "weighted_base": finite(level.weighted_base) if level.base else None,
            "df": finite(side.df),
            "measure": level.measure,
            "order_by": side.order.method,
            "items": [record(row) for row in rows],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per pair of sides and item."""
        import pandas as pd

        ids = [side.id for side in self.sides]
        return pd.DataFrame(
            [
                {"from": ids[pair.first], "to": ids[pair.second], **row.flat()}
                for pair in self.pairs
                for row in pair.rows(self.items, self.order)
            ]
        )

    def plot(self, *, first: str | None = None, last: str | None = None) -> Figure:
        """The change of every item between two sides with its interval, as a matplotlib Figure.

        Where levels do not compare, the ranks of all sides.

        Parameters
        ----------
        first, last : str, optional
            Ids of the waves or names of the groups; the first and the last side by default.
        """
        return drawn(self, first=first, last=last)

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False, float_format="{:.4g}".format, na_rep=""))
