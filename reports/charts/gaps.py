"""Shares with intervals as bars, the organisation's share as a mark across each, and means as dots beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.axis import Axis, padded
from obstacles.reports.charts.labels import text_width
from obstacles.reports.charts.layout import HEAD, WIDTH, Rows, bar, dot, grid, row_chart, whisker, widest, write
from obstacles.reports.charts.style import INK, NAVY, ORANGE, ORANGE_TEXT, SOURCE_GREY, TEAL, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOP = 38.0  # points above the first row: the legend and the headings
SECOND = 150.0  # width of the panel of means
GAP = 24.0


@dataclass(frozen=True)
class Dot:
    """A mean with its interval; None = not shown."""

    value: float | None
    low: float | None
    high: float | None
    text: str


@dataclass(frozen=True)
class ShareBar:
    """One row: a share with its interval, the whole's share, and a mean."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    text: str  # as printed; of a capped or hidden share, its mark
    mark: float | None = None
    limit: float | None = None  # of a capped share: it is below this, or above it where `above`
    above: bool = False
    mean: Dot | None = None
    accent: bool = False


@dataclass(frozen=True)
class GapData:
    rows: tuple[ShareBar, ...]
    heading: str
    own_text: str  # what a bar is
    mark_text: str  # what the mark is; "" = there is none
    mean_heading: str = ""  # "" = no panel of means
    mean_bounds: tuple[float, float] = (0.0, 1.0)


def draw(data: GapData) -> Figure:
    """Bars of shares, and beside them dots of means."""
    with styled():
        names, bold = [row.name for row in data.rows], [row.accent for row in data.rows]
        figure, axes, rows = row_chart(names, bold, top=TOP)
        left = rows.label_width + 9
        edge = WIDTH - SECOND - GAP if data.mean_heading else WIDTH - 4
        _legend(axes, data, left)
        axis = _share_axis(data, left, edge, rows)
        grid(axes, *axis.ticks(), rows)
        write(axes, left, TOP - 13, data.heading, size=HEAD, weight=600)
        for row, y in zip(data.rows, rows.centre, strict=True):
            _share(axes, row, y, axis, rows)
        if data.mean_heading:
            _means(axes, data, rows, WIDTH - SECOND)
        return figure


def _legend(axes: Axes, data: GapData, left: float) -> None:
    bar(axes, 8, left, 9, height=7.5, colour=NAVY)
    write(axes, left + 13, 8, data.own_text, size=HEAD)
    if data.mark_text:
        x = left + 13 + text_width(data.own_text, HEAD) + 22
        axes.vlines([x], 3, 13, color=TEAL, linewidth=2.0, zorder=5, clip_on=False)
        write(axes, x + 6, 8, data.mark_text, size=HEAD)


def _share_axis(data: GapData, left: float, edge: float, rows: Rows) -> Axis:
    """From zero to the largest end, with room for the numbers."""
    ends = [end for row in data.rows for end in (row.value, row.high, row.mark, row.limit) if end is not None]
    room = widest((row.text for row in data.rows), rows.number) + 9
    return Axis(0.0, min(max(max(ends, default=1.0), 0.1), 1.0), left, edge - room, percent=True)


def _share(axes: Axes, row: ShareBar, y: float, axis: Axis, rows: Rows) -> None:
    colour, end = ORANGE if row.accent else NAVY, axis.left
    if row.value is not None:
        end = axis.at(row.value)
        bar(axes, y, axis.left, end - axis.left, height=rows.bar, colour=colour)
        if row.low is not None and row.high is not None:
            whisker(axes, axis.at(row.low), axis.at(row.high), y, rows.bar * 0.26)
            end = max(end, axis.at(row.high))
    elif row.limit is not None:
        first, last = (axis.at(row.limit), axis.at(1.0)) if row.above else (axis.left, axis.at(row.limit))
        last = min(last, axis.right)
        bar(axes, y, first, last - first, height=rows.bar * 0.7, colour="#FFFFFF", edge=colour)
        end = last
    if row.mark is not None:
        x = axis.at(row.mark)
        ends = y - rows.bar * 0.75, y + rows.bar * 0.75
        axes.vlines([x], *ends, color="#FFFFFF", linewidth=4.2, zorder=4.9, clip_on=False)
        axes.vlines([x], *ends, color=TEAL, linewidth=2.0, zorder=5, clip_on=False)
        if x < end + 9 + text_width(row.text, rows.number, weight=600):  # the number would run into the mark
            end = max(end, x)
    weight, text_colour = 600 if row.accent else 400, SOURCE_GREY if row.value is None else INK
    write(axes, end + 5, y, row.text, size=rows.number, weight=weight, colour=text_colour)


def _means(axes: Axes, data: GapData, rows: Rows, left: float) -> None:
    dots = [row.mean for row in data.rows if row.mean is not None]
    ends = [end for mean in dots for end in (mean.value, mean.low, mean.high) if end is not None]
    if not ends:
        return
    room = widest((mean.text for mean in dots), rows.number, weight=400) + 8
    low, high = padded(min(ends), max(ends), data.mean_bounds)
    axis = Axis(min(low, max(data.mean_bounds[0], 0.0)), high, left, WIDTH - 4 - room, percent=False)
    grid(axes, *axis.ticks(4), rows)
    write(axes, left, TOP - 13, data.mean_heading, size=HEAD, weight=600)
    for row, y in zip(data.rows, rows.centre, strict=True):
        mean = row.mean
        if mean is None:
            continue
        if mean.value is None:
            write(axes, axis.left + 3, y, mean.text, size=rows.number, colour=SOURCE_GREY)
            continue
        end = axis.at(mean.value)
        if mean.low is not None and mean.high is not None:
            whisker(axes, axis.at(mean.low), axis.at(mean.high), y, rows.bar * 0.22)
            end = max(end, axis.at(mean.high))
        colour = ORANGE if row.accent else NAVY
        dot(axes, axis.at(mean.value), y, colour=colour, diameter=6.6, hollow=mean.low is None)
        write(axes, end + 5, y, mean.text, size=rows.number, colour=ORANGE_TEXT if row.accent else INK)
