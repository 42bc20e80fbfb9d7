"""Sums over the whole wave, rounded: index, discrepancies, reliability, tests, slopes; only for many respondents."""

from __future__ import annotations

import math

import numpy as np

from obstacles.analysis.disclosure.figures import grid_ends
from obstacles.analysis.disclosure.release.figures import Slope, WholeMeasures
from obstacles.analysis.disclosure.release.groups import Batch
from obstacles.analysis.gaps.compare import paired_tests
from obstacles.analysis.gaps.measures import Index, discrepancies, gap_index
from obstacles.analysis.gaps.obstacles import associations
from obstacles.analysis.gaps.reliability import reliabilities

MANY = 100  # respondents below whom nothing of this is given


def whole_measures(batch: Batch) -> WholeMeasures:
    """The measures of the whole organisation, rounded; none where few people answered."""
    staff, everybody = batch.staff, batch.staff.everybody
    if staff.sample.n < MANY:
        return WholeMeasures()
    index = gap_index(staff, everybody, level=batch.level)
    apart = discrepancies(staff, everybody, level=batch.level)
    tests = paired_tests(staff, everybody)
    return WholeMeasures(
        index=None if math.isnan(index.value) else _index(index),
        index_weighted=index.weighted,
        borich=() if apart is None else tuple(_round(x, 1) for x in apart.borich.value),
        ranked=() if apart is None else tuple(_round(x, 0) for x in apart.ranked.value),
        reliability=tuple(
            (one.scale, one.items, round(one.alpha, 2), *grid_ends((one.low, one.high), 0.01), _round(one.omega, 2))
            for one in reliabilities(staff, level=batch.level)
        ),
        tests=tuple(None if math.isnan(p) else bool(p <= 1 - batch.level) for p in tests.p_adjusted),
    )


def _index(index: Index) -> tuple[int, int, int]:
    """The gap index in whole points, its interval outward."""
    return round(index.value), math.floor(index.low), math.ceil(index.high)


def _round(x: float | np.floating | None, digits: int) -> float | None:
    return None if x is None or not math.isfinite(x) else round(float(x), digits) + 0.0


def slopes(batch: Batch) -> tuple[Slope, ...]:
    """Every pair of an obstacle and a capability, the surest first; shares in whole points."""
    if batch.scores is None or batch.staff.sample.n < MANY:
        return ()
    found = associations(batch.staff, batch.scores, level=batch.level)
    digits = 2 if batch.scores.binary else 1
    made = []
    for o, j in zip(*np.nonzero(~np.isnan(found.p)), strict=True):
        value = _round(found.slope[o, j], digits) or 0.0
        low, high = grid_ends((float(found.low[o, j]), float(found.high[o, j])), 10.0**-digits)
        holds = bool(found.p_adjusted[o, j] <= 1 - batch.level)
        made.append((float(found.p[o, j]), Slope(int(o), int(j), value, low, high, holds)))
    return tuple(slope for _p, slope in sorted(made, key=lambda pair: (pair[0], pair[1].obstacle, pair[1].capability)))
