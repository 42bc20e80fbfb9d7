"""Obtain, process and apply as each group may be shown them: worked out from the figures of the capabilities as shown.

A scale's figure is the mean of its capabilities' figures, its interval the mean of theirs: the error of a mean is at
most the mean of the errors, so that the interval is no shorter than its own would be, and nothing new leaves. Which
scale is the shortest is a test on the answers, of which the verdict alone is given; its p-value for the whole of many
respondents, as a limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from obstacles.analysis.disclosure.figures import GRID, NO_MEAN, NO_SHARE, STEPS, Mean, Share, grid_ends, rounded
from obstacles.analysis.disclosure.release.figures import GapRow, ScaleRow, Scales
from obstacles.analysis.disclosure.release.groups import Batch
from obstacles.analysis.gaps.scales import scale_order

MANY = 100  # respondents from whom a p-value is given
LIMITS = (0.001, 0.01, 0.05, 0.1)  # below which a p-value is said to lie
Places = Mapping[str, Sequence[int]]  # scale -> positions of its capabilities


def scales_of(batch: Batch, inside: np.ndarray, rows: Sequence[GapRow], places: Places) -> Scales | None:
    """The scales of the respondents `inside`, (n,) bool, whose rows are released; None for fewer than two scales."""
    if len(places) < 2:
        return None
    made = tuple(_scale(name, tuple(own), [rows[j] for j in own]) for name, own in places.items())
    means = [row.signed if batch.signed else row.shortfall for row in made]
    if any(mean.value is None for mean in means):
        return Scales(made)
    found = scale_order(batch.staff, inside, places, "signed" if batch.signed else "shortfall", level=batch.level)
    if found is None or found.equality is None:
        return Scales(made)
    many = inside.all() and len(inside) >= MANY
    limit = next((limit for limit in LIMITS if found.equality.p < limit), None) if many else None
    return Scales(made, found.shortest, limit)


def _scale(name: str, places: tuple[int, ...], rows: Sequence[GapRow]) -> ScaleRow:
    bases = [row.base for row in rows if row.base is not None]
    if len(bases) < len(rows):
        return ScaleRow(name, places, None)
    shortfall, signed = (mean_of_means([getattr(row, measure) for row in rows]) for measure in ("shortfall", "signed"))
    return ScaleRow(
        name, places, (min(bases), max(bases)), mean_of_shares([row.below for row in rows]), shortfall, signed
    )


def mean_of_means(means: Sequence[Mean]) -> Mean:
    """The mean of means as they are shown, on the grid nearest their own, its interval outward; hidden where one is."""
    values = [mean.value for mean in means if mean.value is not None]
    if len(values) < len(means):
        return NO_MEAN
    step = _step([mean.step for mean in means], [step for step, _wide in GRID])
    ends = _mean_end([mean.low for mean in means]), _mean_end([mean.high for mean in means])
    if np.isnan(ends).any():
        return Mean(rounded(float(np.mean(values)), step), step=step)
    return Mean(rounded(float(np.mean(values)), step), *grid_ends(ends, step), step=step)


def mean_of_shares(shares: Sequence[Share]) -> Share:
    """The mean of shares as they are shown; hidden where one is capped or hidden."""
    values = [share.value for share in shares if share.value is not None]
    if len(values) < len(shares):
        return NO_SHARE
    step = _step([share.step for share in shares], STEPS)
    ends = _mean_end([share.low for share in shares]), _mean_end([share.high for share in shares])
    return Share(rounded(float(np.mean(values)), step), *grid_ends(ends, step), step=step)


def _step(steps: Sequence[float], grid: Sequence[float]) -> float:
    """The coarsest step of a grid that is no coarser than the figures are on average."""
    return max(step for step in grid if step <= float(np.mean(steps)) + 1e-9)


def _mean_end(ends: Sequence[float | None]) -> float:
    """The mean of ends of intervals; NaN where there is none."""
    return float(np.mean([np.nan if end is None else end for end in ends]))
