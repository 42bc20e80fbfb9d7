"""Change: all that is said of a comparison, as rows, a record and a table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from obstacles.analysis.change.attrition import Attrition
from obstacles.analysis.change.comparability import Comparability
from obstacles.analysis.change.composition import Composition
from obstacles.analysis.change.group_changes import GroupChanges
from obstacles.analysis.change.group_mix import GroupMix
from obstacles.analysis.change.items import ItemChanges, Rules
from obstacles.analysis.change.level_breaks import LevelBreak
from obstacles.analysis.change.order import Order, OrderAgreement, RankChanges
from obstacles.analysis.change.trend import Trend
from obstacles.analysis.drawing import drawn
from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.subpopulation import ComparisonSide
from obstacles.survey.question import Item

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from obstacles.analysis.change.homogeneity import ScaleFactor


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

    @property
    def compared(self) -> bool:
        """Whether any item's change is tested."""
        return self.verdicts is not None and bool(self.verdicts.compared.any())


@dataclass(frozen=True, eq=False)
class Why:
    """What goes with the change between the first side and the last."""

    mix: tuple[GroupMix, ...] = ()  # of all sides
    composition: Composition | None = None
    attrition: Attrition | None = None  # of a panel
    groups: tuple[GroupChanges, ...] = ()


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
    kind: str  # "repeated_cross_section", "panel" or "groups"
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

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain numbers and texts: the schema of `obstacles compare --json`."""
        from obstacles.analysis.change.record import record_of

        return record_of(self)

    def to_frame(self) -> pd.DataFrame:
        """One row per pair of sides and item."""
        import pandas as pd

        from obstacles.analysis.change.rows import pair_rows

        return pd.DataFrame([row for pair in self.pairs for row in pair_rows(self, pair, flat=True)])

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
