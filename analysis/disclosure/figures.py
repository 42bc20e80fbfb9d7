"""The figures of one capability of one group as they may be shown: rounded, capped, small levels taken together.

A share is capped where fewer than three people are on either side, so that nobody can tell "few" from "none" (group
attribute disclosure). Levels with fewer than three people are shown together with a neighbour. Every figure is rounded
here, once; nothing finer leaves this room, so charts and data files cannot tell more than the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from obstacles.analysis.gaps.gap import FEWEST_BELOW, Staff, effective_n, focus, t_quantile, uncounted, wilson
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.subpopulation import domain_df

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


@dataclass(frozen=True)
class GroupFigures:
    """One capability of one group, ready to be worked out again for other answers of the same people."""

    sample: SurveyDesign  # the strata of the group
    inside: np.ndarray  # (m,) bool, its members
    rows: np.ndarray  # (k,) their rows among all respondents
    current: np.ndarray  # (k,) positions of levels, of the k members whose current and required level are known
    required: np.ndarray  # (k,) float positions of levels
    other: np.ndarray  # (k,) values of the supervisor's rating, NaN = none
    known: np.ndarray  # (members,) bool
    values: np.ndarray  # (L,) values of the levels
    measures: tuple[str, ...]
    bounds: tuple[tuple[float, float], ...]  # of each measure
    levels: bool  # whether the split by level belongs to the figures
    capped: bool  # whether shares near 0 and 1 are capped
    level: float
    intervals: bool = True  # whether the share has one

    @cached_property
    def weight(self) -> np.ndarray:
        """(k,) weights."""
        return np.asarray(self.sample.weight[self.inside][self.known])

    @cached_property
    def two_heaviest(self) -> float:
        """The largest share that two people can be."""
        return float(np.sort(self.weight)[-(FEWEST - 1) :].sum() / self.weight.sum()) if len(self.weight) else 1.0

    @cached_property
    def kish(self) -> float:
        return float(self.weight.sum() ** 2 / (self.weight**2).sum()) if len(self.weight) else 0.0

    @cached_property
    def df(self) -> float:
        return domain_df(self.sample, self.inside)

    @cached_property
    def uncounted(self) -> float:
        return uncounted(self.sample, self.inside)

    @cached_property
    def need(self) -> np.ndarray:
        """(k,) values of the required levels."""
        return np.asarray(np.interp(self.required, np.arange(len(self.values)), self.values))

    def figures(self, current: np.ndarray, precision: Coarseness) -> Figures:
        """The figures for current levels `current`, (k,) positions."""
        n = len(current)
        value, variance, base = self._means(current)
        count = int((current < self.required).sum())
        half = t_quantile(np.minimum(self.df, base - 1), self.level) * np.sqrt(np.maximum(variance, 0))
        half = np.where((base < 2) | (self.df < 1), np.nan, half)
        means = {}
        for place, measure in enumerate(self.measures[1:], 1):
            low, high = self.bounds[place]
            middle, width = float(value[place]), float(half[place])
            ends = max(middle - width, low), min(middle + width, high)
            few = measure == "shortfall" and count < FEWEST_BELOW
            means[measure] = rounded_mean(
                middle, *ends, grid_level=precision.grid_levels.get(measure, first_grid_level(n)), interval=not few
            )
        share = self._share(float(value[0]), float(variance[0]), count, n, precision)
        return Figures(n, share, means, self._classes(current, precision), count < FEWEST_BELOW)

    def _means(self, current: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(p,) means of the measures, their variances with the finite population correction, and their bases."""
        level = self.values[current]
        columns = {
            "below": (current < self.required).astype(float),
            "shortfall": np.maximum(self.need - level, 0),
            "signed": self.need - level,
            "rater_difference": level - self.other,
        }
        table = np.column_stack([columns[name] for name in self.measures])
        said = ~np.isnan(table)
        table = np.where(said, table, 0.0)
        total = self.weight @ said
        value = (self.weight @ table) / np.where(total > 0, total, np.nan)
        influence = np.zeros((self.sample.n, len(value)))
        rows = np.flatnonzero(self.inside)[self.known]
        influence[rows] = np.where(said, (table - value) * self.weight[:, None] / total, 0.0)
        return value, np.diag(self.sample.covariance(influence, finite_population=True)), said.sum(axis=0)

    def _share(self, value: float, variance: float, count: int, n: int, precision: Coarseness) -> Share:
        step = STEPS[precision.step]
        if not precision.share or n == 0:
            return NO_SHARE
        if self.capped and min(count, n - count) < FEWEST:
            return self._capped(count, n, step)
        if not self.intervals:
            return Share(rounded(value, step), None, None, step=step)
        low, high = self._wilson(value, variance, n)
        return Share(rounded(value, step), *grid_ends((low, high), step), step=step)

    def _wilson(self, value: float, variance: float, n: int) -> tuple[float, float]:
        first = np.array([value])
        effective = effective_n(
            first, np.array([variance]), np.array([n]), np.array([self.kish]), self.df, self.uncounted
        )
        low, high = wilson(first, effective, level=self.level)
        return float(low[0]), float(high[0])

    def _capped(self, count: int, n: int, step: float) -> Share:
        """A cap that depends on the size of the group and its weights alone, not on the answers."""
        limit = 0.05 * (np.floor(round(self.two_heaviest / 0.05, 9)) + 1)
        most = self._wilson(self.two_heaviest, 0.0, n)[1]
        most = min(np.ceil(round(most / step, 9)) * step, 1.0)
        if not self.intervals:
            side, edge = ("low", limit) if count < FEWEST else ("high", 1 - limit)
            return Share(None, None, None, side, rounded(edge, 0.01), step)
        if count < FEWEST:
            return Share(None, 0.0, rounded(most, step), "low", rounded(limit, 0.01), step)
        return Share(None, rounded(1 - most, step), 1.0, "high", rounded(1 - limit, 0.01), step)

    def _classes(self, current: np.ndarray, precision: Coarseness) -> tuple[LevelClass, ...]:
        if not self.levels or not precision.split or not len(current):
            return ()
        step = STEPS[precision.split_step]
        count = np.bincount(current, minlength=len(self.values))
        weighted = np.bincount(current, weights=self.weight, minlength=len(self.values)) / self.weight.sum()
        cut = self._cut(current)
        classes = level_classes(count, cut, precision.joined)
        if len(classes) == 1:
            return ()
        return tuple(LevelClass(a, b, rounded(float(weighted[a : b + 1].sum()), step)) for a, b in classes)

    def _cut(self, current: np.ndarray) -> int | None:
        """The position of the required level where it is one for everybody and its share is shown; else None."""
        if not len(self.required) or np.ptp(self.required) > 0:
            return None
        below = int((current < self.required).sum())
        return None if min(below, len(current) - below) < FEWEST else int(np.ceil(self.required[0]))


def view(
    staff: Staff,
    inside: np.ndarray,
    item: int,
    *,
    measures: tuple[str, ...] = ("below", *LEVEL_MEANS),
    levels: bool = True,
    capped: bool = True,
    level: float = 0.95,
    intervals: bool = True,
) -> GroupFigures:
    """Prepare one capability of the respondents `inside`, (n,) bool."""
    sample, rows = focus(staff.sample, inside)
    within = inside[rows]
    members = rows[within]
    answers = staff.answers
    values = np.array([one.value for one in answers.levels])
    known = staff.paired[members, item]
    current = np.searchsorted(values, answers.current[members, item][known])
    required = np.interp(answers.required[members, item][known], values, np.arange(len(values)))
    other = np.full(int(known.sum()), np.nan)
    if answers.supervisor is not None:
        other = answers.supervisor[members, item][known]
    if np.isnan(other).all():
        measures = tuple(name for name in measures if name != "rater_difference")
    return GroupFigures(
        sample=sample,
        inside=within,
        rows=members[known],
        current=current,
        required=required,
        other=other,
        known=known,
        values=values,
        measures=measures,
        bounds=tuple(staff.bounds(name) for name in measures),
        levels=levels,
        capped=capped,
        level=level,
        intervals=intervals,
    )


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
    whole = np.floor(abs(x) / step + 0.5 + 1e-9)
    return float(round(np.copysign(whole * step, x) + 0.0, 6)) if whole else 0.0


def grid_ends(ends: tuple[float, float], step: float) -> tuple[float, float]:
    """The ends of an interval on a grid: the next points outside."""
    low, high = np.floor(round(ends[0] / step, 6)) * step, np.ceil(round(ends[1] / step, 6)) * step
    return float(round(low + 0.0, 6)), float(round(high + 0.0, 6))


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
