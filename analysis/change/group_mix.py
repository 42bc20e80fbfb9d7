"""Who answered each wave: the shares of groups, with small ones hidden alike in all waves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from obstacles.analysis.disclosure.cells import LARGE, hidden_groups
from obstacles.analysis.subpopulation import ComparisonSide, groups_in
from obstacles.survey.answers import Published
from obstacles.survey.study import Study

GRIDS = (0.01, 0.05)  # of shares beside a group that is too small to be shown


@dataclass(frozen=True)
class GroupMix:
    """The groups of one column over g groups and w sides."""

    column: str
    groups: tuple[str, ...]
    count: np.ndarray  # (w, g) respondents
    share: np.ndarray  # (w, g) weighted, of the respondents of the side; or of those in the groups that are shown
    hidden: np.ndarray  # (g,) bool: not shown on any side
    apart: np.ndarray  # (g,) bool: answers not shown, for those of everybody stand beside
    minimum: int
    of_shown: bool = False  # shares are of the groups that are shown, without counts: nothing tells the hidden ones

    @property
    def shown(self) -> tuple[str, ...]:
        """Groups whose answers may be shown and that every side has."""
        there = (self.count > 0).all(axis=0) & ~self.apart
        return tuple(group for group, one in zip(self.groups, there, strict=True) if one)


def hidden_over(count: np.ndarray, minimum: int, *, complementary: bool = True) -> np.ndarray:
    """(g,) bool: groups that are shown on no side.

    A group that is small on one side is hidden on all: shown on the others, it could be worked out from what changed.
    Then the next smallest are hidden until no side leaves a single hidden group, or hidden ones that are few together.

    Parameters
    ----------
    count : (w, g) int array
        Respondents of each group on each side.
    """
    hidden = np.asarray(((count > 0) & (count < minimum)).any(axis=0))
    if complementary:
        for row in count:
            hidden |= hidden_groups(row, minimum)
    least = np.where(count > 0, count, np.iinfo(np.int64).max).min(axis=0)
    while complementary and hidden.any() and not hidden.all() and _recoverable(count, hidden, minimum):
        shown = np.flatnonzero(~hidden)
        hidden[shown[np.argmin(least[shown])]] = True
    return hidden


def _recoverable(count: np.ndarray, hidden: np.ndarray, minimum: int) -> bool:
    """Whether some side's total gives away a hidden group, or hidden groups that are few together."""
    inside = np.where(hidden, count, 0)
    several = (inside > 0).sum(axis=1)
    return bool(((several == 1) | ((several > 0) & (inside.sum(axis=1) < minimum))).any())


def _few_alone(count: np.ndarray, minimum: int) -> np.ndarray:
    """(g,) bool: the small groups alone, where all others are large, and several; else all groups."""
    small = np.asarray(((count > 0) & (count < minimum)).any(axis=0))
    large = (count >= LARGE * minimum).all(axis=0)
    alone = np.count_nonzero(large) > 1 and (small | large).all()
    return small if alone else np.ones(len(small), bool)


def _of_the_shown(count: np.ndarray, share: np.ndarray, hidden: np.ndarray, apart: np.ndarray) -> np.ndarray | None:
    """(w, g) shares of those in the groups that are not `hidden`, so coarse that these could be more than one number.

    Counts of groups that are not `apart` are known from elsewhere, and so is everybody. None where no grid is enough.
    """
    if hidden.all():
        return None
    own = np.where(hidden, np.nan, share / share[:, ~hidden].sum(axis=1, keepdims=True))
    for step in GRIDS:
        coarse = np.round(own / step) * step
        if all(_ambiguous(row, shown, hidden, apart, step) for row, shown in zip(count, coarse, strict=True)):
            return coarse
    return None


def _ambiguous(count: np.ndarray, share: np.ndarray, hidden: np.ndarray, apart: np.ndarray, step: float) -> bool:
    """Whether the people in the groups shown could be more than one number, from shares on a grid and known counts."""
    known = ~apart & (count > 0)
    least, most = int(count[known].sum()), int(count.sum()) - max(int((hidden & (count > 0)).sum()), 1)
    for n, one in zip(count[known], share[known], strict=True):
        least = max(least, int(np.ceil(n / (one + step / 2) - 1e-9)))
        most = min(most, int(np.floor(n / (one - step / 2) + 1e-9))) if one > step / 2 else most
    return most > least or not (hidden & (count > 0)).any()


def group_mix(study: Study, sides: Sequence[ComparisonSide], columns: Sequence[str]) -> tuple[GroupMix, ...]:
    """The mix of every column that has at least two groups."""
    minimum, complementary = study.settings.privacy.min_group, study.settings.privacy.complementary
    found = []
    for column in columns:
        coded = [groups_in(side.wave, column) for side in sides]
        used = [
            {names[i] for i in np.unique(code[side.inside])} for side, (code, names) in zip(sides, coded, strict=True)
        ]
        groups = sorted(set().union(*used), key=study.settings.groups.sort_key(column))
        if len(groups) < 2:
            continue
        place = {group: i for i, group in enumerate(groups)}
        count, share = np.zeros((len(sides), len(groups)), int), np.zeros((len(sides), len(groups)))
        for row, (side, (own, names)) in enumerate(zip(sides, coded, strict=True)):
            code = np.array([place.get(name, 0) for name in names], np.intp)[own[side.inside]]
            times = side.sample.times
            weight = (side.sample.weight * times)[side.inside]
            count[row] = np.rint(np.bincount(code, weights=times[side.inside], minlength=len(groups)))
            share[row] = np.bincount(code, weights=weight, minlength=len(groups)) / weight.sum()
        apart = hidden_over(count, minimum, complementary=complementary)
        few = _few_alone(count, minimum)
        coarse = None if np.array_equal(few, apart) else _of_the_shown(count, share, few, apart)
        hidden, share = (apart, share) if coarse is None else (few, coarse)
        found.append(GroupMix(column, tuple(groups), count, share, hidden, apart, minimum, coarse is not None))
    return tuple(found)


def group_columns(study: Study, sides: Sequence[ComparisonSide]) -> tuple[str, ...]:
    """Columns that every side has: those by which the study reports and splits, else all of them."""
    if any(isinstance(side.wave.answers, Published) for side in sides):
        return ()
    common = [
        name for name in sides[0].wave.respondents.columns
        if name != "id" and all(name in side.wave.respondents.columns for side in sides)
    ]  # fmt: skip
    stated = [name for name in (study.settings.groups.report_by, *study.settings.groups.split_by) if name]
    return tuple(dict.fromkeys(name for name in stated if name in common)) if stated else tuple(common)
