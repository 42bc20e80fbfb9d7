"""Obtain, process, apply: the gap of each scale of capabilities, and which scale is the shortest, by tests.

Big data capability is the ability to obtain, process and apply data (Li and Luo). The gap of a scale is
the mean of its capabilities' gaps, so that a scale of many items is no larger for that. The scales come from the same
people: equality of all is Hotelling's test (1931, Annals of Mathematical Statistics 2: 360) with the covariance of the
design; only where it rejects is the largest gap compared with each other one, Holm over these. Tests make no finite
population correction, intervals do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from obstacles.analysis.gaps.gap import Interval, Staff, estimate, t_quantile
from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.inference.multiplicity import holm
from obstacles.analysis.inference.wald import wald
from obstacles.survey.question import Item
from obstacles.survey.settings.capability import SCALES


@dataclass(frozen=True)
class ScaleOrder:
    """The scales of one group beside each other; arrays are (s,)."""

    scales: tuple[str, ...]
    gap: Interval  # mean gap of the capabilities of each scale, in levels
    equality: Test | None  # of all gaps; None = too few respondents, or nothing varies
    largest: int  # position
    difference: np.ndarray  # the largest gap less each
    p: np.ndarray  # of these differences; NaN for the largest itself
    p_adjusted: np.ndarray  # Holm over the other scales
    shortest: tuple[int, ...]  # the largest, and those that tests do not separate from it

    @property
    def tested(self) -> bool:
        return self.equality is not None


def scale_places(items: Sequence[Item]) -> dict[str, tuple[int, ...]]:
    """Scale -> positions of its capabilities, in the order obtain, process, apply; only scales that have some."""
    found = {name: tuple(j for j, item in enumerate(items) if item.category == name) for name in SCALES}
    return {name: places for name, places in found.items() if places}


def scale_order(
    staff: Staff, inside: np.ndarray, places: Mapping[str, Sequence[int]], measure: str, *, level: float = 0.95
) -> ScaleOrder | None:
    """Test which scale has the largest gap in a group; None for fewer than two scales, or where a gap is not known.

    Parameters
    ----------
    inside : (n,) bool array
        The respondents of the group.
    measure : str
        "shortfall" or "signed".
    """
    s = len(places)
    found = estimate(staff, inside, measure)
    assert found.covariance is not None
    mean = np.zeros((s, len(staff.items)))  # value -> the means of the scales
    for row, columns in enumerate(places.values()):
        mean[row, list(columns)] = 1 / len(columns)
    used = mean.any(axis=0)
    if s < 2 or np.isnan(found.value[used]).any():
        return None
    mean = mean[:, used]
    value = mean @ found.value[used]
    covariance, with_fpc = (
        found.inflation * mean @ matrix[np.ix_(used, used)] @ mean.T
        for matrix in (found.covariance, found.covariance if found.covariance_fpc is None else found.covariance_fpc)
    )
    df = min(found.df, float(found.item_base[used].min()) - 1)
    largest = int(np.argmax(value))
    others = np.flatnonzero(np.arange(s) != largest)
    against = np.eye(s)[largest] - np.eye(s)[others]
    difference, apart = against @ value, against @ covariance @ against.T
    equality = None
    if df >= 1 and not np.isnan(apart).any():
        equality = wald("equal scales", "all scales have the same gap", difference, apart, [apart], [df])
    p = _p_values(difference, np.diag(apart), df)
    adjusted = holm(p)
    separated = equality is not None and equality.p <= 1 - level
    close = [int(k) for k, one in zip(others, adjusted, strict=True) if not (separated and one <= 1 - level)]
    return ScaleOrder(
        scales=tuple(places),
        gap=_intervals(value, np.diag(with_fpc), df, staff.bounds(measure), level),
        equality=equality,
        largest=largest,
        difference=value[largest] - value,
        p=_placed(p, others, s),
        p_adjusted=_placed(adjusted, others, s),
        shortest=(largest, *sorted(close, key=lambda k: -value[k])),
    )


def _p_values(difference: np.ndarray, variance: np.ndarray, df: float) -> np.ndarray:
    """Two-sided p-values of differences; 1 where there is none and none can be."""
    error = np.sqrt(np.maximum(variance, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * special.stdtr(np.clip(df, 1, 1e9), -np.abs(difference) / error)
    return np.asarray(np.where(np.isnan(p) | (df < 1), 1.0, p))


def _intervals(
    value: np.ndarray, variance: np.ndarray, df: float, bounds: tuple[float, float], level: float
) -> Interval:
    half = t_quantile(np.array(df), level) * np.sqrt(np.maximum(variance, 0))
    half = np.where(df < 1, np.nan, half)
    return Interval(value, np.maximum(value - half, bounds[0]), np.minimum(value + half, bounds[1]))


def _placed(values: np.ndarray, at: np.ndarray, size: int) -> np.ndarray:
    """(size,) the values at their positions, NaN elsewhere."""
    found = np.full(size, np.nan)
    found[at] = values
    return found
