"""What may be shown of one wave's capability gaps, as plain values: nothing in here is finer than the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from obstacles.analysis.disclosure.figures import NO_MEAN, NO_SHARE, LevelClass, Mean, Share
from obstacles.analysis.drawing import drawn
from obstacles.survey.question import Item, Level

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Compared:
    """A share against everybody else, worked out from shares as they are shown."""

    rest: float
    value: float
    low: float
    high: float
    differs: bool  # by Holm within the group


@dataclass(frozen=True)
class GapRow:
    """One capability of one group."""

    base: int | None  # None = hidden, and so is all the rest of the row
    below: Share = NO_SHARE
    shortfall: Mean = NO_MEAN
    signed: Mean = NO_MEAN
    rater_difference: Mean = NO_MEAN  # own rating - supervisor's, of those who have both
    supervisor: Mean = NO_MEAN
    required: Mean = NO_MEAN
    importance: Mean = NO_MEAN
    classes: tuple[LevelClass, ...] = ()
    few_below: bool = False  # too few below for an interval of the mean shortfall
    compared: Compared | None = None
    pooled: tuple[float, float, float] | None = None  # partially pooled share with its interval
    position: tuple[str, str] | None = None  # on the priority map; None = between, or not known

    @property
    def current(self) -> float | None:
        """The mean current level: what is required less the gap, as both are shown."""
        if self.required.value is None or self.signed.value is None:
            return None
        return round(self.required.value - self.signed.value, 6)


@dataclass(frozen=True)
class ObstacleRow:
    """One obstacle as one group sees it: a share, or a mean rating."""

    share: Share | None
    mean: Mean | None
    compared: Compared | None = None


@dataclass(frozen=True)
class SplitRow:
    """One part of a group; None = hidden."""

    name: str
    respondents: int | None
    shares: tuple[Share, ...]  # below the required level, capability by capability


@dataclass(frozen=True)
class ScaleRow:
    """The capabilities of one scale taken together; `below` and the gaps are means of theirs, as shown."""

    scale: str  # "obtain", "process" or "apply"
    items: tuple[int, ...]  # positions of its capabilities
    base: tuple[int, int] | None  # smallest and largest base of these; None = hidden, and so is all the rest
    below: Share = NO_SHARE
    shortfall: Mean = NO_MEAN
    signed: Mean = NO_MEAN


@dataclass(frozen=True)
class Scales:
    """Obtain, process and apply of one group."""

    rows: tuple[ScaleRow, ...]
    shortest: tuple[int, ...] = ()  # the row with the largest gap, and those not separated from it; () = not tested
    p_below: float | None = None  # limit below which the p-value of equal gaps lies; the whole alone

    @property
    def single(self) -> int | None:
        """The row that tests separate from all others as the largest gap."""
        return self.shortest[0] if len(self.shortest) == 1 else None


@dataclass(frozen=True)
class SpecialistSide:
    """Specialists, or everybody else."""

    name: str  # "specialists" or "others"
    respondents: int
    scales: Scales


@dataclass(frozen=True)
class Specialists:
    """Both sides of the column that the study file names; none where they cannot be shown."""

    group: str
    values: tuple[str, ...]
    sides: tuple[SpecialistSide, ...]


@dataclass(frozen=True)
class ReleasedGroup:
    """One report's figures."""

    name: str  # "" = everybody
    members: tuple[str, ...]  # groups that were merged into it
    respondents: int
    headcount: int | None
    rows: tuple[GapRow, ...]
    obstacles: tuple[ObstacleRow, ...]
    splits: Mapping[str, tuple[SplitRow, ...]]  # group column -> its parts
    first: tuple[int, ...] = ()  # capabilities that tests separate from all others as the largest gaps
    scales: Scales | None = None  # None: the study has fewer than two of them


@dataclass(frozen=True)
class WholeMeasures:
    """Sums over the whole wave; None = not given for so few people, or not asked."""

    index: tuple[float, float, float] | None = None
    index_weighted: bool = False
    borich: tuple[float | None, ...] = ()
    ranked: tuple[float | None, ...] = ()
    reliability: tuple[tuple[str, tuple[int, ...], float, float, float, float | None], ...] = ()
    tests: tuple[bool | None, ...] = ()  # whether current and required level differ, by Holm


@dataclass(frozen=True)
class Slope:
    """An obstacle's score per level of shortfall, among colleagues; rounded."""

    obstacle: int
    capability: int
    value: float
    low: float
    high: float
    holds: bool  # by Holm over all pairs


@dataclass(frozen=True)
class Gaps:
    """All that a batch of gap reports shows.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> gaps = ob.gaps(study, by="grade")
    >>> frame = gaps.to_frame()
    >>> frame[frame["group"] == "Junior"][["id", "base", "below"]].head(2)
            id  base  below
    9   obtain   458   0.34
    10   judge   451   0.36
    >>> figure = gaps.plot(group="Junior")
    """

    study: str
    wave: str
    by: str | None
    items: tuple[Item, ...]
    levels: tuple[Level, ...]
    source: tuple[str, ...]  # of the required level, item by item
    rater: str
    both_raters: bool
    importance_scale: tuple[int, int] | None
    importance_line: float | None
    obstacle_items: tuple[Item, ...]
    obstacle_kind: str  # "share", "top-k", "mean-severity", "points"; "" = none are shown
    obstacle_k: int
    whole: ReleasedGroup
    groups: tuple[ReleasedGroup, ...]
    hidden: tuple[str, ...]  # groups without a report
    minimum: int
    level: float
    weighting: str
    weighted: bool
    finite: bool  # intervals carry the finite population correction
    measures: WholeMeasures
    slopes: tuple[Slope, ...]
    signed: bool = False  # the study asks for signed gaps instead of shortfalls
    specialists: Specialists | None = None  # None: the study names none

    def group(self, name: str) -> ReleasedGroup:
        """The figures of a group; KeyError for one that has none."""
        return {one.name: one for one in (self.whole, *self.groups)}[name]

    def to_frame(self) -> pd.DataFrame:
        """One row per group and capability, the whole organisation first; what is hidden is empty."""
        import pandas as pd

        rows = []
        for one in (self.whole, *self.groups):
            for item, row in zip(self.items, one.rows, strict=True):
                flat: dict[str, Any] = {"group": one.name, "id": item.id, "label": item.name, "base": row.base}
                flat |= {"below": row.below.value, "below_low": row.below.low, "below_high": row.below.high}
                for name in ("required", "shortfall", "signed", "importance"):
                    mean: Mean = getattr(row, name)
                    flat |= {name: mean.value, f"{name}_low": mean.low, f"{name}_high": mean.high}
                if row.few_below:
                    flat |= {"shortfall_low": None, "shortfall_high": None}
                rows.append(flat | {"current": row.current})
        return pd.DataFrame(rows)

    def plot(self, *, group: str = "") -> Figure:
        """Shares below the required level and mean gaps of a group, as a matplotlib Figure; "" = everybody."""
        return drawn(self, group=group)

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False, float_format="{:.4g}".format, na_rep=""))

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and texts, for JSON."""
        return {
            "schema": 1,
            "study": self.study,
            "wave": self.wave,
            "by": self.by,
            "minimum_group": self.minimum,
            "level": self.level,
            "weighting": self.weighting,
            "groups": [self.group_record(one) for one in (self.whole, *self.groups)],
            "not_reported": list(self.hidden),
            "specialists": self._specialists(),
            "whole": {
                "gap_index": _interval(self.measures.index),
                "slopes": [self._slope(one) for one in self.slopes],
            },
        }

    def group_record(self, group: ReleasedGroup) -> dict[str, Any]:
        """One group as plain numbers and texts, for JSON."""
        return {
            "group": group.name or None,
            "merged": list(group.members),
            "respondents": group.respondents,
            "headcount": group.headcount,
            "capabilities": [self._row(item, row) for item, row in zip(self.items, group.rows, strict=True)],
            "largest_gaps": [self.items[i].id for i in group.first],
            "scales": self._scales(group.scales),
            "obstacles": [
                {
                    "id": item.id,
                    "share": None if row.share is None else _share(row.share),
                    "mean": None if row.mean is None else _mean(row.mean),
                    "difference": _compared(row.compared),
                }
                for item, row in zip(self.obstacle_items, group.obstacles, strict=True)
            ],
            "splits": {
                column: [
                    {
                        "group": part.name,
                        "respondents": part.respondents,
                        "below": {i.id: _share(s) for i, s in zip(self.items, part.shares, strict=True)},
                    }
                    for part in parts
                ]
                for column, parts in group.splits.items()
            },
        }

    def _row(self, item: Item, row: GapRow) -> dict[str, Any]:
        names = [level.value for level in self.levels]
        return {
            "id": item.id,
            "label": item.name,
            "base": row.base,
            "below": _share(row.below),
            "shortfall": _mean(row.shortfall),
            "signed_gap": _mean(row.signed),
            "required": row.required.value,
            "current": row.current,
            "importance": _mean(row.importance),
            "supervisor": _mean(row.supervisor),
            "rater_difference": _mean(row.rater_difference),
            "levels": [{"from": names[one.first], "to": names[one.last], "share": one.share} for one in row.classes],
            "difference": _compared(row.compared),
            "pooled": _interval(row.pooled),
        }

    def _scales(self, scales: Scales | None) -> dict[str, Any] | None:
        if scales is None:
            return None
        return {
            "scales": [
                {
                    "scale": row.scale,
                    "capabilities": [self.items[j].id for j in row.items],
                    "base": None if row.base is None else list(row.base),
                    "below": _share(row.below),
                    "shortfall": _mean(row.shortfall),
                    "signed_gap": _mean(row.signed),
                }
                for row in scales.rows
            ],
            "tested": bool(scales.shortest),
            "shortest": None if scales.single is None else scales.rows[scales.single].scale,
            "not_separated": [scales.rows[k].scale for k in scales.shortest],
            "p_below": scales.p_below,
        }

    def _specialists(self) -> dict[str, Any] | None:
        own = self.specialists
        if own is None:
            return None
        sides = {side.name: {"respondents": side.respondents} | (self._scales(side.scales) or {}) for side in own.sides}
        return {"group": own.group, "is": list(own.values), "hidden": not sides, **sides}

    def _slope(self, one: Slope) -> dict[str, Any]:
        return {
            "obstacle": self.obstacle_items[one.obstacle].id,
            "capability": self.items[one.capability].id,
            "slope": one.value,
            "interval": [one.low, one.high],
            "holds": one.holds,
        }


def _share(share: Share) -> dict[str, Any]:
    if share.cap == "hidden":
        return {"value": None, "hidden": True}
    record: dict[str, Any] = {"value": share.value, "interval": [share.low, share.high]}
    if share.cap:
        record["less_than" if share.cap == "low" else "more_than"] = share.limit
    return record


def _mean(mean: Mean) -> dict[str, Any]:
    if mean.value is None:
        return {"value": None}
    return {"value": mean.value, "interval": None if mean.low is None else [mean.low, mean.high]}


def _compared(found: Compared | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"rest": found.rest, "value": found.value, "interval": [found.low, found.high], "differs": found.differs}


def _interval(found: tuple[float, float, float] | None) -> dict[str, Any] | None:
    return None if found is None else {"value": found[0], "interval": [found[1], found[2]]}
