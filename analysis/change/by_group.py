"""The items as the groups of a column see them, against all respondents: protected, and tested over all cells at once.

Shares and means of groups are those of gap reports: rounded, capped near nobody and everybody, hidden in small groups
and where a hidden group could be worked out, with the totals known. Differences follow from these figures and the total
and tell no more; whether one holds is tested on the answers as they are, the group against everybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from obstacles.analysis.categories.answers import category_wave
from obstacles.analysis.categories.members import Categories, categories_of
from obstacles.analysis.change.items import Rules, item_changes, p_values
from obstacles.analysis.change.pair import Pair
from obstacles.analysis.disclosure.figures import Mean, Share, grid_ends, rounded
from obstacles.analysis.disclosure.release.categories import GroupsFigures, protected_categories
from obstacles.analysis.disclosure.release.groups import Partition, Reported, partition_of, reported
from obstacles.analysis.disclosure.release.obstacles import obstacle_means, obstacle_shares
from obstacles.analysis.gaps.gap import groups_of, mean_of
from obstacles.analysis.gaps.obstacles import ObstacleScores, obstacle_scores
from obstacles.analysis.inference.distributions import t_ppf
from obstacles.analysis.inference.multiplicity import adjusted
from obstacles.analysis.prepare import Prepared, handed_on, with_answers
from obstacles.analysis.subpopulation import level_side
from obstacles.analysis.terms import PersonScore
from obstacles.survey.question import Item
from obstacles.survey.study import Study, Wave

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
    kind: PersonScore
    k: int
    items: tuple[Item, ...]
    base: Mapping[str, int]  # group -> respondents, in the order of names
    cells: Mapping[str, tuple[GroupCell, ...]]  # group -> one for each item
    hidden: int  # groups that are not shown
    minimum: int  # respondents of the smallest group that is shown
    level: float
    mirrored: bool = False  # two groups that are everybody: each is the other's rest, and both are tested as one

    @property
    def told(self) -> list[tuple[str, int, GroupCell]]:
        """Group, position of the item and cell of every difference shown; where groups are mirrored, each item once."""
        found: dict[tuple[str, int], tuple[str, int, GroupCell]] = {}
        for name, own in self.cells.items():
            for i, cell in enumerate(own):
                if cell.difference is not None:
                    found.setdefault(("" if self.mirrored else name, i), (name, i, cell))
        return list(found.values())

    @property
    def binary(self) -> bool:
        """Whether the figures are shares."""
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
        """The cells as plain numbers and texts, group by group, for JSON."""
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


def by_group(
    study: Study,
    wave: Wave,
    column: str,
    *,
    k: int = 3,
    level: float | None = None,
    by_category: bool = False,
    prepared: Prepared | None = None,
    shown: frozenset[str] | None = None,
) -> ByGroup | None:
    """The items by the groups of `column`: how far each lies from all respondents.

    Parameters
    ----------
    study : Study
        As `load_study` reads it.
    wave : Wave
        One of its waves, such as `study.wave("2024")`.
    column : str
        A group column of the wave.
    k : int
        Places that count for the top-k share of rankings.
    level : float, optional
        Of intervals, between 0.5 and 1; the study's by default. Differences are judged at 1 - level after Holm's
        correction over all cells of the column.
    by_category : bool
        The categories of the items instead. One of several items is shown only where its own figure and those of all
        its items are shown uncapped in every group, as a hidden one could else be worked out from the others.
    prepared : analysis.prepare.Prepared, optional
        The wave, where it is prepared already.
    shown : frozenset, optional
        Groups that may be shown beside those of other columns; those that the column by itself allows by default.

    Returns
    -------
    ByGroup or None
        A cell per group and item: its estimate, its difference from all respondents (of shares: between -1 and 1; of
        ratings: levels), an interval and a corrected p-value. None where the answers give no score to a person, rows
        stand for several people, or fewer than two groups may be shown, or nothing of them.

    Raises
    ------
    analysis.gaps.gap.GapError
        For a column that the wave does not have.
    analysis.prepare.ModelError
        With `by_category`, where no item has a category.

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
    prepared = handed_on(prepared, wave, k=scores.k)
    if prepared.sample.row_counts is not None:
        return None
    names, code = groups_of(wave, column)
    sizes = dict(wave.sizes.get(column, {}))
    groups = reported(study, column, {name: code == i for i, name in enumerate(names)}, sizes, shown=shown)
    names_shown = list(groups.shown)
    if len(names_shown) < 2:
        return None
    level = study.settings.ranking.level if level is None else level
    part = partition_of(study, prepared.sample, _with_others(groups, study.settings.privacy.min_group), level)
    mirrored = len(names_shown) == 2 and bool(np.any(list(groups.shown.values()), axis=0).all())
    figures = _figures(part, scores)
    if by_category:
        categories = categories_of(study, scores.items)
        wave, prepared, scores = _categories(wave, prepared, categories, k=k)
        figures = protected_categories(categories, figures, _figures(part, scores))
    cells = _cells(wave, prepared, part, scores, {name: figures[name] for name in names_shown}, mirrored=mirrored)
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


def _figures(part: Partition, scores: ObstacleScores) -> GroupsFigures:
    """The protected figures of every group, of people who gave none too where they are many enough."""
    names = part.groups.shown
    if not scores.binary:
        means = obstacle_means(part, scores)
        return {name: means[name] for name in names}
    shares = obstacle_shares(part, scores)
    return {name: shares[name] for name in names}


def _categories(
    wave: Wave, prepared: Prepared, categories: Categories, *, k: int
) -> tuple[Wave, Prepared, ObstacleScores]:
    """The same respondents with answers to categories."""
    made = category_wave(wave, categories)
    scores = None if made is None else obstacle_scores(made, k=k)
    assert made is not None
    assert scores is not None  # as for the items
    return made, with_answers(prepared, made, k=scores.k), scores


def _cells(
    wave: Wave, prepared: Prepared, part: Partition, scores: ObstacleScores, shown: GroupsFigures, *, mirrored: bool
) -> dict[str, tuple[GroupCell, ...]]:
    names = list(shown)
    total = mean_of(scores.value, part.sample, part.everybody, scores.items, scores.kind, scores.bounds).value
    tests = [_against_rest(wave, prepared, part.inside(name), part.level) for name in names]
    weight = np.where(np.isnan(scores.value), 0.0, part.sample.weight[:, None])
    rest = [weight[~part.inside(name)].sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-12) for name in names]
    can = np.array([[one.value is not None for one in shown[name]] for name in names]) & np.isfinite(total)
    p = np.where(can, [test.p for test in tests], np.nan)
    own = np.fmax(p[:1], p[1:]) if mirrored else p  # two groups that are everybody have the same p-values
    holds = np.broadcast_to(adjusted(own) <= 1 - part.level, p.shape) & can
    return {
        name: tuple(
            _cell(one, total[j], rest[g][j] * tests[g].half[j], holds=bool(holds[g, j]))
            for j, one in enumerate(shown[name])
        )
        for g, name in enumerate(names)
    }


def _cell(shown: Share | Mean, total: float, half: float, *, holds: bool) -> GroupCell:
    """The difference of the figure as it is shown from that of all respondents, on the grid of the figure.

    It is the difference from everybody else times their part of the weight, and so is `half` of its interval, which
    is wider by what rounding may have moved the figure.
    """
    if shown.value is None or not np.isfinite(total):
        return GroupCell(shown)
    difference = shown.value - total
    if not np.isfinite(half):
        return GroupCell(shown, rounded(difference, shown.step), holds=holds)
    room = half + shown.step / 2
    low, high = grid_ends((difference - room, difference + room), shown.step)
    if holds:  # the test has ruled out the other side of zero
        low, high = (max(low, 0.0), high) if difference > 0 else (low, min(high, 0.0))
    return GroupCell(shown, rounded(difference, shown.step), low, high, holds)


@dataclass(frozen=True)
class _Against:
    """A group against everybody else, item by item."""

    p: np.ndarray  # (m,) NaN where nothing varies
    half: np.ndarray  # (m,) half of the interval of the difference


def _against_rest(wave: Wave, whole: Prepared, inside: np.ndarray, level: float) -> _Against:
    """By the rules for changes, with what few units of a side cost; what unequal ones cost is in these rules.

    The covariance of the whole sample makes good that of its own number of units only. Over tens of cells both count:
    without them 8 % of columns of weighted groups were wrong.
    """
    m = len(wave.answers.items)
    if inside.all():
        return _Against(np.full(m, np.nan), np.full(m, np.nan))
    rest, own = (level_side("", wave, rows, whole=whole) for rows in (~inside, inside))
    one, other = rest.order, own.order
    found = item_changes(Pair(rest, own, within=True), one, other, np.ones(m, bool), Rules(level=level))
    units = min(len(np.unique(whole.sample.units[0][rows])) for rows in (inside, ~inside))
    error = found.error * np.sqrt(units / max(units - 1, 0.5))
    return _Against(p_values(found.centre, error, found.df), t_ppf(0.5 + level / 2, found.df) * error)
