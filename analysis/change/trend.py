"""A trend over three or more waves: the linear contrast of each item's level over time, Holm over the items.

Answers are added at either end in every wave, as many as make two waves the comparison of two (Price and Bonett 2004,
Computational Statistics & Data Analysis 45: 449), so that a wave in which nobody marks an item still adds to the error
of its slope; degrees of freedom are Satterthwaite's over the waves. Without them a trend was called in up to 69 % of
surveys without one.

Time is the middle of the fieldwork in years where every wave states it, else the place of the wave. The waves are the
longest run without a break between any two of them, the latest of several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np

from obstacles.analysis.change.comparability import Comparability
from obstacles.analysis.change.items import Rules, p_values
from obstacles.analysis.change.pair import Pair
from obstacles.analysis.change.pseudo_observations import added_to_level, with_pseudo_observations
from obstacles.analysis.inference.distributions import t_ppf
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.multiplicity import adjusted
from obstacles.analysis.inference.plain import finite, interval_of, record
from obstacles.analysis.subpopulation import ComparisonSide
from obstacles.analysis.terms import TimeUnit, TrendVerdict
from obstacles.survey.question import Item

YEAR = 365.25  # days


@dataclass(frozen=True)
class ItemTrend:
    """The trend of one item as plain values; None = there is no such number."""

    id: str
    slope: float | None
    standard_error: float | None
    df: float | None
    interval: tuple[float, float] | None
    p: float | None
    p_adjusted: float | None
    verdict: TrendVerdict


@dataclass(frozen=True)
class Trend:
    """Slopes per unit of time, each (m,); NaN for items that are not compared over these waves."""

    waves: tuple[int, ...]  # positions
    time: np.ndarray  # (w,) of each wave, the first 0
    unit: TimeUnit
    slope: np.ndarray
    error: np.ndarray
    df: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    p_adjusted: np.ndarray
    verdict: tuple[TrendVerdict, ...]
    level: float

    def row(self, i: int, item: Item) -> ItemTrend:
        """Item i as plain values."""
        return ItemTrend(
            id=item.id,
            slope=finite(self.slope[i]),
            standard_error=finite(self.error[i]),
            df=finite(self.df[i]),
            interval=interval_of(self.low[i], self.high[i]),
            p=finite(self.p[i]),
            p_adjusted=finite(self.p_adjusted[i]),
            verdict=self.verdict[i],
        )

    def to_dict(self, sides: Sequence[str], items: Sequence[Item]) -> dict[str, Any]:
        """Plain values; `sides` are the ids of all sides of the comparison."""
        return {
            "waves": [sides[i] for i in self.waves],
            "time": [float(t) for t in self.time],
            "unit": self.unit,
            "items": [record(self.row(i, item)) for i, item in enumerate(items)],
        }


def trend(
    sides: Sequence[ComparisonSide], pairs: Mapping[tuple[int, int], Pair], found: Comparability, rules: Rules
) -> Trend | None:
    """Linear contrasts over the longest unbroken run; None without three waves in a row whose levels compare."""
    run = _run(found, len(sides))
    levels = [level for i in run if (level := sides[i].level) is not None and level.covariance is not None]
    if len(run) < 3 or len(levels) < len(run):
        return None
    items = np.all([found.level_items(i, j) for i, j in combinations(run, 2)], axis=0)
    time, unit = _time([sides[i] for i in run])
    contrast = (time - time.mean()) / ((time - time.mean()) ** 2).sum()
    slope = np.where(items, contrast @ [level.value for level in levels], np.nan)
    centre, variance, df = _moments([sides[i] for i in run], levels, contrast, _joined(run, pairs))
    items &= np.isfinite(slope)
    centre = np.where(items, centre, np.nan)
    error = np.where(items, np.sqrt(np.maximum(variance, 0)), np.nan)
    p = p_values(centre, error, df)
    p_adjusted = adjusted(p, rules.correction)
    half = t_ppf(0.5 + rules.level / 2, df) * error
    verdict = tuple(_verdict(*one, 1 - rules.level) for one in zip(items, slope, p_adjusted, strict=True))
    return Trend(run, time, unit, slope, error, df, centre - half, centre + half, p, p_adjusted, verdict, rules.level)


def _joined(run: Sequence[int], pairs: Mapping[tuple[int, int], Pair]) -> dict[tuple[int, int], Pair]:
    """Places in the run of two waves that share primary units -> the pair."""
    places = combinations(range(len(run)), 2)
    found = {(a, b): pairs[run[a], run[b]] for a, b in places}
    return {key: pair for key, pair in found.items() if not pair.independent}


def _moments(
    sides: Sequence[ComparisonSide],
    levels: Sequence[Estimate],
    contrast: np.ndarray,
    joined: Mapping[tuple[int, int], Pair],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(m,) slopes with the added answers, their variances, and Satterthwaite's degrees of freedom."""
    added = 0.0 if joined else 2 * added_to_level(levels[0]) / np.count_nonzero(contrast)
    moved = [with_pseudo_observations(side, level, added) for side, level in zip(sides, levels, strict=True)]
    slope = contrast @ [value for value, _covariance in moved]
    parts = contrast[:, None] ** 2 * np.array([np.diag(covariance) for _value, covariance in moved])
    variance, most = parts.sum(axis=0), np.inf
    for (a, b), pair in joined.items():
        cov = pair.covariances(levels[a], levels[b])
        assert cov is not None
        variance = variance + 2 * contrast[a] * contrast[b] * np.diag(cov.cross)
        most = max(pair.most_df, 1.0)
    each = np.array([np.minimum(side.df, level.item_base - 1) for side, level in zip(sides, levels, strict=True)])
    squares = (parts**2 / np.maximum(each, 1e-9)).sum(axis=0)
    df = np.where(squares > 0, parts.sum(axis=0) ** 2 / np.where(squares > 0, squares, 1), each.min(axis=0))
    return slope, variance, np.maximum(np.minimum(df, most), 1.0)


def _verdict(compared: bool, slope: float, p: float, alpha: float) -> TrendVerdict:
    if not compared:
        return "not compared"
    return "no trend shown" if p > alpha else "rising" if slope > 0 else "falling"


def _run(found: Comparability, n: int) -> tuple[int, ...]:
    """The longest run of waves without a break for all items between any two of them."""
    best: tuple[int, ...] = ()
    for start in range(n):
        run = [start]
        for wave in range(start + 1, n):
            if any(not cut.items for one in run for cut in found.between(one, wave)):
                break
            run.append(wave)
        if len(run) >= len(best):
            best = tuple(run)
    return best


def _time(sides: Sequence[ComparisonSide]) -> tuple[np.ndarray, TimeUnit]:
    fieldwork = [side.wave.fieldwork for side in sides]
    known = [days for days in fieldwork if days is not None]
    if len(known) < len(sides):
        return np.arange(len(sides), dtype=float), "wave"
    middle = np.array([_middle(*days) for days in known]) / YEAR
    if len(set(middle.tolist())) < len(middle):
        return np.arange(len(sides), dtype=float), "wave"
    return middle - middle[0], "year"


def _middle(first: date, last: date) -> float:
    return (first.toordinal() + last.toordinal()) / 2
