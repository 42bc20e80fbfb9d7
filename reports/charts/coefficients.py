"""Coefficients with their intervals on one axis: ratios on a log scale round 1, differences round 0."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.axis import Axis, decimals
from obstacles.reports.charts.layout import HEAD, TOP, WIDTH, dot, grid, row_chart, widest, write, zero_line
from obstacles.reports.charts.style import NAVY, SOURCE_GREY, styled
from obstacles.reports.words import numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDEST = 30.0  # ratios beyond 1/30 to 30 end in an arrow
TICKS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
FINE_TICKS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 2.0)  # where fewer than three of these are on the axis


@dataclass(frozen=True)
class Coefficient:
    """One row, as ratios or as differences."""

    name: str
    value: float
    low: float
    high: float
    text: str  # as printed
    strong: bool  # holds after the correction


@dataclass(frozen=True)
class CoefficientData:
    rows: tuple[Coefficient, ...]
    heading: str
    ratios: bool
    number_heading: str


def draw(data: CoefficientData) -> Figure:
    """Dots with intervals; the line is no difference, and what does not hold after the correction is grey."""
    with styled():
        figure, axes, rows = row_chart([row.name for row in data.rows], [row.strong for row in data.rows], top=TOP)
        number = max(widest((row.text for row in data.rows), rows.number), widest([data.number_heading], HEAD))
        left, right = rows.label_width + 9, WIDTH - number - 14
        low, high = _limits(data)
        axis = Axis(low, high, left, right, percent=False)
        grid(axes, *_ticks(axis, data.ratios), rows)
        zero_line(axes, axis.at(0), rows)
        write(axes, left, TOP - 15, data.heading, size=HEAD, weight=600)
        write(axes, WIDTH, TOP - 15, data.number_heading, size=HEAD, weight=600, align="right")
        for row, y in zip(data.rows, rows.centre, strict=True):
            colour = NAVY if row.strong else SOURCE_GREY
            ends = [axis.at(min(max(_scaled(x, data.ratios), low), high)) for x in (row.low, row.high)]
            axes.plot(ends, [y, y], color=colour, linewidth=1.1, zorder=3, clip_on=False)
            for x, end, past in ((row.low, ends[0], -1), (row.high, ends[1], 1)):
                if past * (_scaled(x, data.ratios) - (high if past > 0 else low)) > 1e-9:
                    write(axes, end, y, "›" if past > 0 else "‹", size=rows.number, colour=colour, align="center")
            place = min(max(_scaled(row.value, data.ratios), low), high)
            dot(axes, axis.at(place), y, colour=colour, diameter=rows.dot)
            write(axes, WIDTH, y, row.text, size=rows.number, weight=600 if row.strong else 400, align="right")
        return figure


def _scaled(x: float, ratios: bool) -> float:
    return math.log(max(x, 1e-300)) if ratios else x


def _limits(data: CoefficientData) -> tuple[float, float]:
    """Ends of the axis: all intervals and no difference, but not beyond what can be read."""
    ends = [_scaled(x, data.ratios) for row in data.rows for x in (row.low, row.high)]
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    if data.ratios:
        low, high = max(low, -math.log(WIDEST)), min(high, math.log(WIDEST))
    room = 0.04 * ((high - low) or 1.0)
    return low - room, high + room


def _ticks(axis: Axis, ratios: bool) -> tuple[list[float], list[str]]:
    if not ratios:
        return axis.ticks()
    inside = [tick for tick in TICKS if axis.low <= math.log(tick) <= axis.high]
    if len(inside) < 3:
        inside = [tick for tick in FINE_TICKS if axis.low <= math.log(tick) <= axis.high]
    return [axis.at(math.log(tick)) for tick in inside], [numbers.decimal(tick, decimals([tick])) for tick in inside]
