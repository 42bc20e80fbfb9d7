"""The figures of one capability of one group as they may be shown: rounded, capped, small levels taken together.

A share is capped where fewer than three people are on either side, so that nobody can tell "few" from "none" (group
attribute disclosure). Levels with fewer than three people are shown together with a neighbour. Every figure is rounded
here, once; nothing finer leaves this room, so charts and data files cannot tell more than the page.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

FEWEST = 3  # people on either side of a share, and in every class of levels
STEPS = (0.01, 0.02, 0.05, 0.10, 0.20)  # of shares
STEP_PEOPLE = 3  # a step of a whole's share stands for at least so many people
GRID = ((0.02, 0.02), (0.1, 0.1), (0.25, 0.25), (0.25, 0.5))  # steps of a mean and of its interval's ends, in levels
LARGE = 500  # people whose means may be shown on the finest rung
HIDDEN = len(GRID)  # a rung on which the mean is not shown
LEVEL_MEANS = ("shortfall", "signed", "rater_difference")  # means that move with the current level


@dataclass(frozen=True)
class Share:
    """A proportion as it is shown."""

    value: float | None  # None = capped or hidden
    low: float | None
    high: float | None
    cap: str = ""  # "low": less than `limit`; "high": more than `limit`; "hidden"
    limit: float | None = None
    step: float = STEPS[0]


@dataclass(frozen=True)
class Mean:
    """A mean as it is shown. None = not shown."""

    value: float | None
    low: float | None = None
    high: float | None = None
    step: float = GRID[1][0]


NO_SHARE, NO_MEAN = Share(None, None, None, "hidden"), Mean(None)


@dataclass(frozen=True)
class LevelClass:
    """Neighbouring levels shown together: positions `first` to `last` of the levels."""

    first: int
    last: int
    share: float


@dataclass(frozen=True)
class Figures:
    """One capability of one group."""

    base: int
    below: Share
    means: Mapping[str, Mean]
    classes: tuple[LevelClass, ...]  # () = the split is not shown
    few_below: bool = False  # too few below the required level for an interval of the mean shortfall


@dataclass(frozen=True)
class Coarseness:
    """How finely figures are shown; each step coarser is a new one."""

    step: int = 0  # of the share below, position in STEPS
    split_step: int = 0  # of the split by level
    grid_levels: Mapping[str, int] = field(
        default_factory=dict
    )  # measure -> position in RUNGS, or HIDDEN; else the first
    joined: frozenset[int] = frozenset()  # l: levels l and l + 1 are shown together whatever their counts
    split: bool = True  # whether the split by level is shown
    share: bool = True  # whether the share below is shown


def level_classes(count: np.ndarray, cut: int | None, joined: frozenset[int] = frozenset()) -> list[tuple[int, int]]:
    """Neighbouring levels taken together until each class has at least FEWEST people, (first, last) positions.

    Parameters
    ----------
    count : (L,) int array
        People at each level.
    cut : int, optional
        Classes do not reach over the line below this level: the share below it is shown anyway.
    joined
        l for every pair l, l + 1 that stands together in any case.
    """
    classes: list[list[int]] = []
    for position in range(len(count)):
        if position - 1 in joined and classes:
            classes[-1][1] = position
        else:
            classes.append([position, position])
    while len(classes) > 1:
        sizes = [int(count[a : b + 1].sum()) for a, b in classes]
        small = [i for i, size in enumerate(sizes) if size < FEWEST]
        if not small:
            break
        i = min(small, key=lambda at: (sizes[at], at))
        beside = [at for at in (i - 1, i + 1) if 0 <= at < len(classes)]
        same = [at for at in beside if cut is None or (classes[at][0] < cut) == (classes[i][0] < cut)]
        at = min(same or beside, key=lambda place: (sizes[place], place))
        first, last = sorted((i, at))
        classes[first : last + 1] = [[classes[first][0], classes[last][1]]]
    return [(a, b) for a, b in classes]


def rounded(x: float, step: float) -> float:
    """The nearest multiple of a step, halves away from zero."""
    if not math.isfinite(x):
        return x
    whole = math.floor(abs(x) / step + 0.5 + 1e-9)
    return round(math.copysign(whole * step, x) + 0.0, 6) if whole else 0.0


def grid_ends(ends: tuple[float, float], step: float) -> tuple[float, float]:
    """The ends of an interval on a grid: the next points outside."""
    low, high = (
        round(side(round(end / step, 6)) * step + 0.0, 6) if math.isfinite(end) else end
        for end, side in zip(ends, (math.floor, math.ceil), strict=True)
    )
    return low, high


def rounded_mean(value: float, low: float, high: float, *, grid_level: int, interval: bool = True) -> Mean:
    """A mean and its interval on a rung of RUNGS; the ends lie on the grid, outside of what they were."""
    if grid_level >= HIDDEN or np.isnan(value):
        return NO_MEAN
    step, wide = GRID[grid_level]
    if not interval or np.isnan(low) or np.isnan(high):
        return Mean(rounded(value, step), step=step)
    return Mean(rounded(value, step), *grid_ends((low, high), wide), step=step)


def first_step(n: int) -> int:
    """The finest step of which a share of n people may be shown as the total of others, position in STEPS."""
    return next((i for i, step in enumerate(STEPS) if step * n >= STEP_PEOPLE), len(STEPS) - 1)


def first_grid_level(n: int) -> int:
    """The finest rung on which a mean of n people may be shown, position in RUNGS."""
    return 0 if n >= LARGE else 1
