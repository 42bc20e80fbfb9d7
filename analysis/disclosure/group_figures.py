"""One capability of one group, worked out for the answers that were given and again for other answers of its people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from obstacles.analysis.disclosure.figures import (
    FEWEST,
    LEVEL_MEANS,
    NO_SHARE,
    STEPS,
    Coarseness,
    Figures,
    LevelClass,
    Mean,
    Share,
    first_grid_level,
    grid_ends,
    level_classes,
    rounded,
    rounded_mean,
)
from obstacles.analysis.gaps.gap import FEWEST_BELOW, Staff, effective_n, focus, t_quantile, uncounted, wilson
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.subpopulation import domain_df


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

    # ---------- who could answer otherwise ----------------------------------------------------------------------

    def able(self, current: np.ndarray, source: int, goal: int, crossing: bool) -> np.ndarray:
        """(k,) bool: people at one level whose required level lies between it and another, or does not."""
        low, high = sorted((source, goal))
        return np.asarray((current == source) & (((low < self.required) & (self.required <= high)) == crossing))

    def in_order(self, able: np.ndarray) -> np.ndarray:
        """Places of the people `able`, (k,) bool: the commonest required level and middling weights first."""
        places = np.flatnonzero(able)
        if not len(places):
            return places
        kind, weight = self._needs[places], self.weight[places]
        rare = kind != np.argmax(np.bincount(kind))
        unusual = np.zeros(len(places)) if self._even else np.abs(weight - np.median(weight))
        return np.asarray(places[np.lexsort([places, unusual, rare])])

    def movers(self, source: int, goal: int, crossing: bool) -> np.ndarray:
        """Places of those who can move between two levels, in order; worked out once."""
        key = source, goal, crossing
        if key not in self._movers:
            self._movers[key] = self.in_order(self.able(self.current, source, goal, crossing))
        return self._movers[key]

    def crossing(self, source: int, goal: int, most: int) -> np.ndarray:
        """(k,) weights of the first people, at most so many, who can go to a level over the required one, in order."""
        if self._even:
            return self.weight[: min(self._crossing[source, goal], most)]
        return np.asarray(self.weight[self.movers(source, goal, True)[:most]])

    @cached_property
    def _crossing(self) -> np.ndarray:
        """(L, L) people at one level whose required level lies between it and another."""
        place = np.arange(len(self.values))
        low, high = np.minimum.outer(place, place), np.maximum.outer(place, place)
        people = np.zeros((len(place), len(place)), int)
        for source, need in zip(self.current, self.required, strict=True):
            people[source] += (low[source] < need) & (need <= high[source])
        return people

    @cached_property
    def _movers(self) -> dict[tuple[int, int, bool], np.ndarray]:
        return {}

    @cached_property
    def _even(self) -> bool:
        """Whether everybody has the same weight."""
        return bool((self.weight == self.weight[0]).all())

    @cached_property
    def _needs(self) -> np.ndarray:
        """(k,) numbers of the required levels, the lowest first."""
        return np.unique(self.required, return_inverse=True)[1].astype(np.intp)

    # ---------- figures -----------------------------------------------------------------------------------------

    def figures(self, current: np.ndarray, precision: Coarseness) -> Figures:
        """The figures for current levels `current`, (k,) positions."""
        value, table = self._values(current)
        count = int((current < self.required).sum())
        below, means = self._below_and_means(value, table, count, precision)
        return Figures(len(current), below, means, self._classes(current, precision), count < FEWEST_BELOW)

    def differs(self, shown: Figures, current: np.ndarray, precision: Coarseness) -> bool:
        """Whether other current levels give other figures than those shown at this precision.

        What is cheap to work out is looked at first: most changes show in the split by level or in a rounded value.
        """
        if shown.classes != self._classes(current, precision):
            return True
        value, table = self._values(current)
        for place, measure in enumerate(self.measures[1:], 1):
            grid_level = precision.grid_levels.get(measure, first_grid_level(len(current)))
            if (
                shown.means[measure].value
                != rounded_mean(float(value[place]), np.nan, np.nan, grid_level=grid_level).value
            ):
                return True
        if shown.below.value is not None and shown.below.value != rounded(float(value[0]), STEPS[precision.step]):
            return True
        count = int((current < self.required).sum())
        return (shown.below, shown.means) != self._below_and_means(value, table, count, precision)

    def share_alone(self, more: int, weight: float, precision: Coarseness) -> Share:
        """The share below without its interval, where so many people more, of such a weight, are below."""
        below = self.current < self.required
        value = (float(self.weight @ below) + weight) / float(self._totals[0])
        return self._share(value, 0.0, int(below.sum()) + more, len(self.current), precision)

    def _below_and_means(
        self, value: np.ndarray, table: np.ndarray, count: int, precision: Coarseness
    ) -> tuple[Share, dict[str, Mean]]:
        """The share below the required level and the means, from the (p,) values and the (k, p) measures of people."""
        n = len(table)
        needed = len(self.measures) > 1 or self.intervals
        variance = self._variance(value, table) if needed else np.zeros(len(value))
        half = t_quantile(np.minimum(self.df, self._bases - 1), self.level) * np.sqrt(np.maximum(variance, 0))
        half = np.where((self._bases < 2) | (self.df < 1), np.nan, half)
        means = {}
        for place, measure in enumerate(self.measures[1:], 1):
            low, high = self.bounds[place]
            middle, width = float(value[place]), float(half[place])
            ends = max(middle - width, low), min(middle + width, high)
            few = measure == "shortfall" and count < FEWEST_BELOW
            means[measure] = rounded_mean(
                middle, *ends, grid_level=precision.grid_levels.get(measure, first_grid_level(n)), interval=not few
            )
        return self._share(float(value[0]), float(variance[0]), count, n, precision), means

    @cached_property
    def _said(self) -> np.ndarray:
        """(k, p) bool: whose answers count for a measure."""
        said = np.ones((len(self.current), len(self.measures)), bool)
        if "rater_difference" in self.measures:
            said[:, self.measures.index("rater_difference")] = ~np.isnan(self.other)
        return said

    @cached_property
    def _bases(self) -> np.ndarray:
        """(p,) people of each measure."""
        return np.asarray(self._said.sum(axis=0))

    @cached_property
    def _totals(self) -> np.ndarray:
        """(p,) their weights."""
        return np.asarray(self.weight @ self._said)

    def _values(self, current: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(p,) means of the measures, and the (k, p) measures of the people, 0 where there is none."""
        level = self.values[current]
        table = np.empty((len(current), len(self.measures)))
        for place, name in enumerate(self.measures):
            if name == "below":
                table[:, place] = current < self.required
            elif name == "rater_difference":
                table[:, place] = np.where(np.isnan(self.other), 0.0, level - self.other)
            else:
                table[:, place] = self.need - level if name == "signed" else np.maximum(self.need - level, 0)
        return (self.weight @ table) / np.where(self._totals > 0, self._totals, np.nan), table

    def _variance(self, value: np.ndarray, table: np.ndarray) -> np.ndarray:
        """(p,) variances of the means with the finite population correction."""
        influence = np.zeros((self.sample.n, len(value)))
        rows = np.flatnonzero(self.inside)[self.known]
        influence[rows] = np.where(self._said, (table - value) * self.weight[:, None] / self._totals, 0.0)
        return np.asarray(np.diag(self.sample.covariance(influence, finite_population=True)))

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
        if not len(self.required) or self._needs.any():
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
