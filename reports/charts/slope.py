"""Ranks from wave to wave: one line per item, rank sets beside each wave, and a gap where levels do not compare.

The rank set of an item is an upright bar at the left of the wave, with a dot at the item's own rank and a hair line to
it: it covers every rank that the data do not rule out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from obstacles.reports.charts.labels import text_width, wrap
from obstacles.reports.charts.layout import HEAD, WIDTH, dot, lay_rows, page, write, write_in_dot
from obstacles.reports.charts.style import (
    CONTEXT_GREY,
    INK,
    NAVY,
    ORANGE,
    ORANGE_TEXT,
    RULE_GREY,
    SOURCE_GREY,
    TEAL,
    styled,
)
from obstacles.reports.words import numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOP = 28.0
DOT = 13.4  # diameter of a numbered dot
GAP = 7.0  # half of the gap in a line across a break
LEAST_STEP = 54.0  # points that a line needs between two waves beside the rank sets
LANES = 44.0  # points for the rank sets of a wave, where that leaves each a lane of LANE points or more
LANE = 3.4
TONES = {"leader": ORANGE, "up": NAVY, "down": TEAL, "": CONTEXT_GREY}


@dataclass(frozen=True)
class SlopePoint:
    """One item in one wave; None = not known."""

    place: int  # in the list, from 1: equal ranks stand on places of their own
    rank: int
    low: int | None = None  # ends of the rank set
    high: int | None = None


@dataclass(frozen=True)
class SlopeLine:
    name: str
    points: tuple[SlopePoint, ...]
    tone: str = ""  # a key of TONES


@dataclass(frozen=True)
class SlopeData:
    waves: tuple[str, ...]
    lines: tuple[SlopeLine, ...]
    broken: tuple[bool, ...]  # between each wave and the next


@dataclass(frozen=True)
class _Frame:
    """Where things are, in points."""

    columns: tuple[float, ...]
    step: float  # between two places
    lane: float  # between two rank sets of one wave; 0 = there is no room for them
    beside: float  # what the rank sets take at the left of a column

    def y(self, place: float) -> float:
        return TOP + (place - 0.5) * self.step


def shows_sets(data: SlopeData) -> bool:
    """Whether the chart has room for the rank sets, where there are any."""
    return _frame(data).lane > 0


def draw(data: SlopeData) -> Figure:
    """Numbered dots in a column per wave, joined; leaders in orange, what went up in navy, what went down in teal."""
    with styled():
        frame = _frame(data)
        figure, axes = page(TOP + len(data.lines) * frame.step)
        _headings(axes, data, frame)
        _breaks(axes, data, frame)
        for line in sorted(data.lines, key=lambda line: list(TONES).index(line.tone), reverse=True):
            _line(axes, line, data, frame)
        return figure


def _frame(data: SlopeData) -> _Frame:
    """Columns between the rank sets of the first wave and the names on the right."""
    last = {line.points[-1].place: line.name for line in data.lines}
    names = lay_rows([last[place] for place in sorted(last)], top=0).label_width
    m, waves = len(data.lines), len(data.waves)
    step = 19.0 if m <= 14 else 15.5
    right = WIDTH - names - DOT - 12
    lane = min(5.0, max(LANES / max(m, 1), LANE))
    sets = any(point.low is not None for line in data.lines for point in line.points)
    beside = m * lane + DOT / 2 + 6
    if not sets or (right - beside * waves) / max(waves - 1, 1) < LEAST_STEP:
        lane, beside = 0.0, 0.0
    first = min(max(beside, DOT), right)
    columns = tuple(first + i * (right - first) / max(waves - 1, 1) for i in range(waves))
    return _Frame(columns, step, lane, beside)


def _headings(axes: Axes, data: SlopeData, frame: _Frame) -> None:
    gap = frame.columns[1] - frame.columns[0] if len(frame.columns) > 1 else 110.0
    for x, name in zip(frame.columns, data.waves, strict=True):
        lines = wrap(name, max(min(gap, 110.0) - 8, 24.0), HEAD, weight=600)
        half = max(text_width(line, HEAD, weight=600) for line in lines) / 2
        write(axes, max(x, half), 10, lines, size=HEAD, weight=600, colour=SOURCE_GREY, align="center")


def _breaks(axes: Axes, data: SlopeData, frame: _Frame) -> None:
    """Two upright strokes between waves whose levels do not compare."""
    for i, broken in enumerate(data.broken):
        if broken:
            middle = _middle(frame, i)
            for x in (middle - 1.6, middle + 1.6):
                axes.plot(
                    [x, x], [TOP - 6, frame.y(len(data.lines)) + 8], color=INK, linewidth=0.9, zorder=1, clip_on=False
                )


def _middle(frame: _Frame, i: int) -> float:
    """Half way from a wave to the rank sets of the next."""
    return (frame.columns[i] + frame.columns[i + 1] - frame.beside) / 2


def _line(axes: Axes, line: SlopeLine, data: SlopeData, frame: _Frame) -> None:
    colour = TONES[line.tone]
    strong = line.tone != ""
    for i, broken in enumerate(data.broken):
        x, y = _curve(frame, i, line.points[i].place, line.points[i + 1].place)
        parts = [np.abs(x - _middle(frame, i)) > GAP] if broken else [np.ones(len(x), bool)]
        for run in _runs(parts[0]):
            axes.plot(
                x[run], y[run], color=colour, linewidth=1.9 if strong else 1.2, zorder=3 if strong else 2, clip_on=False
            )
    for x_dot, point in zip(frame.columns, line.points, strict=True):
        _set(axes, point, x_dot, frame, len(data.lines), colour if strong else CONTEXT_GREY)
        y_dot = frame.y(point.place)
        axes.scatter(
            [x_dot], [y_dot], s=DOT**2, c=[colour], edgecolors=["#FFFFFF"], linewidths=1.2, zorder=5, clip_on=False
        )
        write_in_dot(axes, x_dot, y_dot, numbers.count(point.rank), strong=strong)
    room = WIDTH - frame.columns[-1] - DOT
    name = wrap(line.name, room, 8.4, weight=600, lines=2 if frame.step > 18 else 1)
    name_colour = ORANGE_TEXT if line.tone == "leader" else colour if strong else INK
    y_name = frame.y(line.points[-1].place)
    write(axes, frame.columns[-1] + DOT, y_name, name, size=8.4, weight=600 if strong else 400, colour=name_colour)


def _curve(frame: _Frame, i: int, before: int, after: int) -> tuple[np.ndarray, np.ndarray]:
    """A line that leaves and arrives level; it is flat beside the rank sets of the next wave."""
    start, end = frame.columns[i], frame.columns[i + 1]
    bend = end - frame.beside
    part = np.linspace(0, 1, 49)
    x = np.append(start + part * (bend - start), end)
    smooth = np.append(part**2 * (3 - 2 * part), 1.0)
    return x, frame.y(before) + smooth * (frame.y(after) - frame.y(before))


def _runs(mask: np.ndarray) -> list[slice]:
    """Stretches of a mask that are True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    return [slice(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _set(axes: Axes, point: SlopePoint, x: float, frame: _Frame, m: int, colour: str) -> None:
    """The rank set: an upright bar in the lane of the item's place, and the hair line to its dot."""
    if not frame.lane or point.low is None or point.high is None:
        return
    at = x - DOT / 2 - 3 - (m - point.place + 0.5) * frame.lane
    y = frame.y(point.place)
    axes.plot([at, x], [y, y], color=RULE_GREY, linewidth=0.5, zorder=0, clip_on=False)
    low, high = frame.y(point.low) - 3.4, frame.y(point.high) + 3.4
    axes.plot([at, at], [low, high], color=colour, linewidth=2.4, solid_capstyle="round", zorder=1, clip_on=False)
    dot(axes, at, y, colour=colour, diameter=min(5.0, frame.lane + 1.2))
