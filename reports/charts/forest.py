"""Differences of many surveys on one axis: those with their intervals, those without, and what they say together.

A survey's outer line is its interval at the smallest share that names both, its inner line at the largest; a hollow
mark has no number of respondents, an arrow is the most that a cut list leaves open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from obstacles.reports.charts.axis import Axis
from obstacles.reports.charts.labels import text_width, wrap
from obstacles.reports.charts.layout import WIDTH, dot, page, write
from obstacles.reports.charts.style import INK, NAVY, ORANGE, ORANGE_TEXT, RULE_GREY, SOURCE_GREY, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = 7.1  # of the names and numbers
HEAD = 7.4
TALLEST = 356.0  # points for all rows
PITCH = (7.9, 13.0)  # points from row to row: the least and the most
HEADED = 1.35  # rows that the name of a group takes
LIMIT = 60.0  # points beyond which an end is cut, with an arrow
TOP, FOOT = 18.0, 13.0
GAP = 8.0


@dataclass(frozen=True)
class ForestRow:
    """One survey, or what all say together; values in percentage points."""

    name: str
    group: str
    value: float | None  # None: not printed, or the order alone
    low: float | None  # None: no number of respondents
    high: float | None
    inner_low: float | None
    inner_high: float | None
    at_most: float | None  # left off a cut list: the value is this or less
    text: str  # as printed
    place: str
    kind: Literal["survey", "mean", "prediction"] = "survey"
    accent: bool = False  # the category is first


@dataclass(frozen=True)
class ForestData:
    rows: tuple[ForestRow, ...]
    behind: str  # what the left of the line means
    ahead: str
    text_heading: str
    place_heading: str


def draw(data: ForestData) -> Figure:
    """A line per survey under the name of its group; the pooled mean is a diamond, the prediction a bar."""
    with styled():
        groups = [row.group for row in data.rows]
        starts = [i for i, group in enumerate(groups) if i == 0 or group != groups[i - 1]]
        lines = len(data.rows) + HEADED * len(starts)
        pitch = min(max(TALLEST / max(lines, 1.0), PITCH[0]), PITCH[1])
        bottom = TOP + lines * pitch
        figure, axes = page(bottom + FOOT)
        place = _widest([data.place_heading, *(row.place for row in data.rows)])
        number = _widest([data.text_heading, *(row.text for row in data.rows)])
        names = min(_widest([row.name for row in data.rows]) + 1, 0.42 * WIDTH)
        low, high = _limits(data)
        axis = Axis(low, high, names + GAP, WIDTH - place - number - 3 * GAP, percent=False)
        ticks, texts = axis.ticks()
        axes.vlines(ticks, TOP, bottom + 1, color=RULE_GREY, linewidth=0.5, zorder=0, clip_on=False)
        for x, text in zip(ticks, texts, strict=True):
            write(axes, x, bottom + 8, text, size=SIZE, colour=SOURCE_GREY, align="center")
        zero = axis.at(0)
        axes.plot([zero] * 2, [TOP - 4, bottom], color=INK, linewidth=0.9, zorder=1, clip_on=False)
        write(axes, zero - 5, TOP - 9, f"‹ {data.behind}", size=HEAD, weight=600, colour=NAVY, align="right")
        write(axes, zero + 5, TOP - 9, f"{data.ahead} ›", size=HEAD, weight=600, colour=ORANGE_TEXT)
        write(axes, WIDTH - place - GAP, TOP - 9, data.text_heading, size=HEAD, weight=600, align="right")
        write(axes, WIDTH, TOP - 9, data.place_heading, size=HEAD, weight=600, align="right")
        y = TOP
        for i, row in enumerate(data.rows):
            if i in starts:
                middle = y + 0.75 * pitch
                write(axes, 0, middle, row.group, size=HEAD, weight=600, colour=NAVY)
                axes.plot([0, WIDTH], [y + HEADED * pitch] * 2, color=RULE_GREY, linewidth=0.5, zorder=0, clip_on=False)
                y += HEADED * pitch
            y += pitch
            _row(axes, row, axis, y - pitch / 2, names, WIDTH - place - GAP)
        return figure


def _widest(texts: list[str]) -> float:
    return max((text_width(text, HEAD, weight=600) for text in texts), default=0.0)


def _row(axes: Axes, row: ForestRow, axis: Axis, y: float, names: float, numbers_end: float) -> None:
    bold = 600 if row.accent or row.kind != "survey" else 400
    colour = ORANGE_TEXT if row.accent else INK
    write(axes, 0, y, wrap(row.name, names, SIZE, weight=bold, lines=1), size=SIZE, weight=bold, colour=colour)
    write(axes, numbers_end, y, row.text, size=SIZE, weight=bold, colour=colour, align="right")
    write(axes, WIDTH, y, row.place, size=SIZE, weight=bold, colour=colour, align="right")
    mark = ORANGE if row.accent else NAVY
    if row.kind == "mean":
        _diamond(axes, row, axis, y)
    elif row.kind == "prediction":
        _line(axes, axis, y, (row.low, row.high), colour=SOURCE_GREY, width=3.2)
    else:
        _line(axes, axis, y, (row.low, row.high), colour=mark, width=0.7)
        _line(axes, axis, y, (row.inner_low, row.inner_high), colour=mark, width=1.8)
        if row.value is not None:
            dot(axes, _held(axis, row.value), y, colour=mark, diameter=5.4, hollow=row.low is None)
        elif row.at_most is not None:
            x = _held(axis, row.at_most)
            axes.plot([max(x - 16, axis.left), x], [y, y], color=mark, linewidth=0.7, zorder=3, clip_on=False)
            axes.scatter([x], [y], s=16, marker="<", c=["#FFFFFF"], edgecolors=[mark], linewidths=0.9, zorder=4)


def _held(axis: Axis, value: float) -> float:
    """Where a value stands, at an end of the axis where it is beyond it."""
    return axis.at(min(max(value, axis.low), axis.high))


def _line(
    axes: Axes, axis: Axis, y: float, ends: tuple[float | None, float | None], *, colour: str, width: float
) -> None:
    """An interval; an end beyond the axis is an arrow."""
    low, high = ends
    if low is None or high is None:
        return
    at = [_held(axis, low), _held(axis, high)]
    axes.plot(at, [y, y], color=colour, linewidth=width, zorder=3, clip_on=False, solid_capstyle="butt")
    for beyond, x, arrow, side in ((low < axis.low, at[0], "‹", "right"), (high > axis.high, at[1], "›", "left")):
        if beyond:
            write(axes, x, y, arrow, size=SIZE, colour=colour, align=side)


def _diamond(axes: Axes, row: ForestRow, axis: Axis, y: float) -> None:
    if row.value is None or row.low is None or row.high is None:
        return
    left, middle, right = _held(axis, row.low), _held(axis, row.value), _held(axis, row.high)
    axes.fill([left, middle, right, middle], [y, y - 3.6, y, y + 3.6], color=INK, linewidth=0, zorder=4, clip_on=False)


def _limits(data: ForestData) -> tuple[float, float]:
    """Ends of the axis: every mark and zero, but not beyond what can be read."""
    values = [x for row in data.rows for x in (row.value, row.low, row.high, row.at_most) if x is not None]
    low, high = max(min([*values, -5.0]), -LIMIT), min(max([*values, 5.0]), LIMIT)
    return low - 2, high + 2
