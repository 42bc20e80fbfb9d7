"""The ranking: every estimate with its interval, beside its rank with its rank set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.axis import Axis
from obstacles.reports.charts.layout import (
    HEAD,
    TALLEST,
    TOP,
    WIDTH,
    X_MARK,
    Rows,
    bar,
    dot,
    grid,
    row_chart,
    thick,
    whisker,
    widest,
    write,
)
from obstacles.reports.charts.style import INK, NAVY, ORANGE, ORANGE_TEXT, SOURCE_GREY, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RANK_WIDTH = 104.0
GAP = 26.0


@dataclass(frozen=True)
class Estimated:
    """One row: what is estimated of an item. None = there is no such number."""

    name: str
    value: float | None
    text: str  # the value as printed
    low: float | None = None
    high: float | None = None
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    accent: bool = False


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """Rows on one axis."""

    rows: tuple[Estimated, ...]
    heading: str
    percent: bool
    limits: tuple[float, float]
    reverse: bool = False  # a small value is a large obstacle, and stands on the right all the same


@dataclass(frozen=True, kw_only=True)
class RankingData(Estimates):
    rank_heading: str  # "" = no ranks are shown
    ranks: int  # places in all
    bars: bool  # bars from zero; else dots within `limits`
    tallest: float = TALLEST  # points for the rows


def draw(data: RankingData) -> Figure:
    """Bars (or dots where zero means nothing) with intervals, and a panel of ranks with rank sets."""
    with styled():
        names, bold = [row.name for row in data.rows], [row.accent for row in data.rows]
        figure, axes, rows = row_chart(names, bold, top=TOP, tallest=data.tallest)
        left = rows.label_width + 9
        rank_left = WIDTH - RANK_WIDTH
        right = rank_left - GAP if data.rank_heading else WIDTH - 4
        axis = value_axis(data, left, right, rows.number)
        grid(axes, *axis.ticks(), rows)
        write(axes, left, TOP - 15, data.heading, size=HEAD, weight=600)
        for row, y in zip(data.rows, rows.centre, strict=True):
            draw_value(axes, row, y, axis, rows, as_bar=data.bars)
        if data.rank_heading:
            _ranks(axes, data, rows, rank_left)
        return figure


def value_axis(data: Estimates, left: float, right: float, size: float) -> Axis:
    """The axis of the estimates, with room for their numbers on the right."""
    room = widest((row.text for row in data.rows), size) + 8
    return Axis(*data.limits, left, right - room, data.percent, data.reverse)


def draw_value(axes: Axes, row: Estimated, y: float, axis: Axis, rows: Rows, *, as_bar: bool) -> None:
    """One estimate with its interval and its number."""
    colour = ORANGE if row.accent else NAVY
    if row.value is None:
        write(axes, axis.left + 3, y, X_MARK, size=rows.number, colour=SOURCE_GREY)
        return
    x = axis.at(row.value)
    ends = [x]
    if as_bar:
        bar(axes, y, axis.left, x - axis.left, height=rows.bar, colour=colour)
    if row.low is not None and row.high is not None:
        low, high = sorted((axis.at(row.low), axis.at(row.high)))
        ends += [low, high]
        whisker(axes, low, high, y, rows.bar * 0.26, colour=INK if as_bar else colour)
    if not as_bar:
        dot(axes, x, y, colour=colour, diameter=rows.dot)
    text_colour = ORANGE_TEXT if row.accent and not as_bar else INK
    write(axes, max(ends) + 5, y, row.text, size=rows.number, weight=600 if row.accent else 400, colour=text_colour)


def _ranks(axes: Axes, data: RankingData, rows: Rows, left: float) -> None:
    axis = Axis(1, max(data.ranks, 2), left + 6, WIDTH - 8, percent=False)
    places = _places(data.ranks)
    grid(axes, [axis.at(place) for place in places], [str(place) for place in places], rows)
    write(axes, left, TOP - 15, data.rank_heading, size=HEAD, weight=600)
    for row, y in zip(data.rows, rows.centre, strict=True):
        if row.rank is None:
            write(axes, left + 3, y, X_MARK, size=rows.number, colour=SOURCE_GREY)
            continue
        sets = row.rank_low is not None and row.rank_high is not None
        if row.rank_low is not None and row.rank_high is not None and row.rank_high > row.rank_low:
            thick(axes, y, axis.at(row.rank_low), axis.at(row.rank_high), width=3.6 if rows.bar > 8 else 3.0)
        dot(axes, axis.at(row.rank), y, colour=ORANGE if row.accent else NAVY, diameter=rows.dot, hollow=not sets)


def _places(ranks: int) -> list[int]:
    """Up to five places to print under the panel, the first and the last among them."""
    if ranks <= 5:
        return list(range(1, ranks + 1))
    step = max(1, round((ranks - 1) / 3))
    inner = [place for place in range(1 + step, ranks, step) if ranks - place >= step * 0.6]
    return [1, *inner, ranks]
