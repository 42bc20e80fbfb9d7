"""The items as the groups of a column see them, against all respondents: protected, and tested over all cells at once.

Shares and means of groups are those of gap reports: rounded, capped near nobody and everybody, hidden in small groups
and where a hidden group could be worked out, with the totals known. Differences follow from these figures and the total
and tell no more; whether one holds is tested on the answers as they are, the group against everybody else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from analysis.disclosure_figures import Mean, Share, rounded
from analysis.estimate import Estimate
from analysis.gaps import effective_numbers, focus, groups_of, mean_of
from analysis.gaps_compare import share_difference
from analysis.gaps_obstacles import ObstacleScores, obstacle_scores
from analysis.post_hoc import holm
from analysis.release.groups import Partition, Reported, partition_of, reported
from analysis.release.obstacles import obstacle_means, obstacle_shares
from analysis.scores.model import open_wave
from survey.question import Item
from survey.study import Study, Wave

if TYPE_CHECKING:
    import pandas as pd

OTHERS = "\0"  # respondents who gave no group, among the groups; "" is everybody


@dataclass(frozen=True)
class GroupCell:
    """One item in one group. None = not shown."""

    shown: Share | Mean
    difference: float | None = None  # from all respondents
    low: float | None = None
    high: float | None = None
    holds: bool = False  # after the correction


@dataclass(frozen=True)
class ByGroup:
    """The items by the groups of one column.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> roles = ob.by_group(study, study.wave("2024"), "role")
    >>> roles.to_frame().query("holds")[["group", "item", "difference"]].to_dict("records")
    [{'group': 'Manager', 'item': 'ai_rules', 'difference': 0.11}]
    """

    column: str
    kind: str  # "share", "top-k", "mean-severity" or "points"
    k: int
    items: tuple[Item, ...]
    base: Mapping[str, int]  # group -> respondents, in the order of names
    cells: Mapping[str, tuple[GroupCell, ...]]  # group -> one for each item
    hidden: int  # groups that are not shown
    minimum: int  # respondents of the smallest group that is shown
    level: float
    mirrored: bool = False  # two groups that are everybody: each is the other's rest, and both are tested as one

    @property
    def tested(self) -> tuple[str, ...]:
        """Groups that are tested; of two that are everybody the first says it all."""
        return tuple(self.cells)[: 1 if self.mirrored else None]

    @property
    def binary(self) -> bool:
        return self.kind in ("share", "top-k")

    def to_frame(self) -> pd.DataFrame:
        """One row per group and item; what is not shown is empty."""
        import pandas as pd

        rows = [
            {
                "group": name,
                "respondents": self.base[name],
                "item": item.id,
                "value": cell.shown.value,
                "difference": cell.difference,
                "low": cell.low,
                "high": cell.high,
                "holds": cell.holds,
            }
            for name, own in self.cells.items()
            for item, cell in zip(self.items, own, strict=True)
        ]
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False, float_format="{:.4g}".format, na_rep=""))

    def to_dict(self) -> dict[str, Any]:
        groups = [
            {
                "name": name,
                "respondents": self.base[name],
                "items": [_record(item, cell) for item, cell in zip(self.items, own, strict=True)],
            }
            for name, own in self.cells.items()
        ]
        return {"column": self.column, "measure": self.kind, "groups": groups, "hidden": self.hidden}


def _record(item: Item, cell: GroupCell) -> dict[str, Any]:
    found: dict[str, Any] = {"id": item.id, "value": cell.shown.value}
    if isinstance(cell.shown, Share) and cell.shown.cap in ("low", "high"):
        found["less_than" if cell.shown.cap == "low" else "more_than"] = cell.shown.limit
    if cell.difference is None:
        return found | {"difference": None}
    return found | {"difference": cell.difference, "interval": [cell.low, cell.high], "holds": cell.holds}


def by_group(study: Study, wave: Wave, column: str, *, k: int = 3, level: float | None = None) -> ByGroup | None:
    """The items by the groups of `column`: how far each lies from all respondents.

    Parameters
    ----------
    k : int
        Places that count for the top-k share of rankings.
    level : float, optional
        Of intervals; differences are judged at 1 - level after Holm's correction over all cells of the column.

    Returns
    -------
    ByGroup, or None where the answers give no score to a person, rows stand for several people, or fewer than two
    groups may be shown, or nothing of them.

    Raises
    ------
    analysis.gaps.GapError
        For a column that the wave does not have.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> grades = ob.by_group(study, study.wave("2024"), "grade")
    >>> dict(grades.base)
    {'Junior': 458, 'Middle': 389, 'Senior': 236}
    """
    scores = obstacle_scores(wave, k=k)
    if scores is None or not len(wave.respondents):
        return None
    sample = open_wave(wave, k=k).sample
    if sample.times is not None:
        return None
    names, code = groups_of(wave, column)
    sizes = dict(wave.sizes.get(column, {}))
    groups = reported(study, column, {name: code == i for i, name in enumerate(names)}, sizes)
    shown = list(groups.shown)
    if len(shown) < 2:
        return None
    level = study.settings.ranking.level if level is None else level
    part = partition_of(study, sample, _with_others(groups, study.settings.privacy.min_group), level)
    mirrored = len(shown) == 2 and bool(np.any(list(groups.shown.values()), axis=0).all())
    cells = _cells(part, scores, shown, mirrored=mirrored)
    if not any(cell.difference is not None for own in cells.values() for cell in own):
        return None
    return ByGroup(
        column=column,
        kind=scores.kind,
        k=scores.k,
        items=scores.items,
        base={name: int(np.count_nonzero(inside)) for name, inside in groups.shown.items()},
        cells=cells,
        hidden=sum(1 for name in groups.unreported if name),
        minimum=part.minimum,
        level=level,
        mirrored=mirrored,
    )


def _with_others(groups: Reported, minimum: int) -> Reported:
    """People who gave no group are none that is printed; where they are many enough, nothing is hidden for their sake.

    They take part in the protection of figures as a group that is shown does.
    """
    others = groups.hidden.get("")
    if others is None or np.count_nonzero(others) < minimum:
        return groups
    hidden = {name: inside for name, inside in groups.hidden.items() if name}
    return replace(groups, shown={**groups.shown, OTHERS: others}, hidden=hidden)


def _cells(
    part: Partition, scores: ObstacleScores, names: list[str], *, mirrored: bool
) -> dict[str, tuple[GroupCell, ...]]:
    shown: Mapping[str, Sequence[Share | Mean]]
    if scores.binary:
        shares = obstacle_shares(part, scores)
        shown = {name: shares[name] for name in names}
    else:
        shown = {name: obstacle_means(part, scores, name) for name in names}
    whole = _mean_of(part, scores, part.everybody).value
    tests = [_against_rest(part, scores, part.inside(name)) for name in names]
    can = np.array([[one.value is not None for one in shown[name]] for name in names]) & np.isfinite(whole)
    p = np.where(can, [test.p for test in tests], np.nan)
    own = p[:1] if mirrored else p
    known, adjusted = np.isfinite(own), np.full(own.shape, np.nan)
    adjusted[known] = holm(own[known])
    holds = np.broadcast_to(adjusted <= 1 - part.level, p.shape) & can
    return {
        name: tuple(
            _cell(one, whole[j], tests[g].half[j], holds=bool(holds[g, j])) for j, one in enumerate(shown[name])
        )
        for g, name in enumerate(names)
    }


def _cell(shown: Share | Mean, whole: float, half: float, *, holds: bool) -> GroupCell:
    """The difference of the figure as it is shown from that of all respondents, on the grid of the figure."""
    if shown.value is None or not np.isfinite(whole):
        return GroupCell(shown)
    difference = shown.value - whole
    low, high = (rounded(difference + sign * half, shown.step) if np.isfinite(half) else None for sign in (-1, 1))
    return GroupCell(shown, rounded(difference, shown.step), low, high, holds)


@dataclass(frozen=True)
class _Against:
    """A group against everybody else, item by item."""

    p: np.ndarray  # (m,) NaN where nothing varies
    half: np.ndarray  # (m,) half of the interval of the difference from all respondents


def _mean_of(part: Partition, scores: ObstacleScores, inside: np.ndarray) -> Estimate:
    sample, rows = focus(part.sample, inside)
    within = inside[rows]
    return mean_of(scores.value[rows][within], sample, within, scores.items, "obstacle", scores.bounds)


def _against_rest(part: Partition, scores: ObstacleScores, inside: np.ndarray) -> _Against:
    """Shares by effective numbers of respondents (Agresti and Caffo 2000), means by t on the fewer degrees of freedom.

    A group's difference from all is its difference from the rest times the rest's part of the weight.
    """
    m = len(scores.items)
    if inside.all():
        return _Against(np.full(m, np.nan), np.full(m, np.nan))
    sides = [_mean_of(part, scores, rows) for rows in (inside, ~inside)]
    weight = np.where(np.isnan(scores.value), 0.0, part.sample.weight[:, None])
    rest = weight[~inside].sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-12)
    if scores.binary:
        n = [effective_numbers(side, 1.0)[1] for side in sides]
        found = share_difference(sides[0].value, n[0], sides[1].value, n[1], level=part.level)
        return _Against(found.p, rest * (found.high - found.low) / 2)
    error, df = _error(part, scores, inside), np.min([np.minimum(one.df, one.item_base - 1) for one in sides], axis=0)
    df = np.maximum(df, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stats.t.sf(np.abs(sides[0].value - sides[1].value) / error, df)
    return _Against(p, rest * stats.t.ppf(0.5 + part.level / 2, df) * error)


def _error(part: Partition, scores: ObstacleScores, inside: np.ndarray) -> np.ndarray:
    """(m,) error of the difference of the means of those inside and of everybody else; NaN where nothing varies."""
    known = ~np.isnan(scores.value)
    weight, values = np.where(known, part.sample.weight[:, None], 0.0), np.where(known, scores.value, 0.0)
    influence = np.zeros(values.shape)
    for rows, sign in ((inside, 1), (~inside, -1)):
        own = np.where(rows[:, None], weight, 0.0)
        size = np.maximum(own.sum(axis=0), 1e-12)
        influence += sign * own * (values - (own * values).sum(axis=0) / size) / size
    error = np.sqrt(np.diag(part.sample.covariance(influence)))
    return np.asarray(np.where(error > 0, error, np.nan))
