"""Ranks under several methods side by side: one line per item from method to method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.labels import text_width, wrap
from obstacles.reports.charts.layout import HEAD, WIDTH, lay_rows, page, write, write_in_dot
from obstacles.reports.charts.style import CONTEXT_GREY, INK, NAVY, ORANGE, ORANGE_TEXT, SOURCE_GREY, styled
from obstacles.reports.words import numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEAD_ROOM = 28.0


@dataclass(frozen=True)
class MethodLine:
    """One item: its place in each column's list (for the height) and its rank there (as printed)."""

    name: str
    places: tuple[int, ...]  # from 1
    ranks: tuple[float, ...]
    accent: bool = False


@dataclass(frozen=True)
class MethodData:
    methods: tuple[str, ...]
    lines: tuple[MethodLine, ...]


def draw(data: MethodData) -> Figure:
    """Numbered dots in a column per method, joined; the leaders in orange, items whose rank changes in navy."""
    with styled():
        places = max((max(line.places) for line in data.lines), default=1)
        step = 20.0 if places <= 14 else 15.5
        last = {line.places[-1]: line.name for line in data.lines}
        names = [last.get(place, "") for place in range(1, places + 1)]
        widest = lay_rows(names, top=0).label_width
        figure, axes = page(HEAD_ROOM + places * step)
        right = WIDTH - widest - 22
        count = len(data.methods)
        columns = [30 + i * (right - 30) / max(count - 1, 1) for i in range(count)]
        gap = (right - 30) / max(count - 1, 1)
        for x, name in zip(columns, data.methods, strict=True):
            _heading(axes, x, name, min(gap, 110.0) - 8)
        for line in sorted(data.lines, key=lambda line: (line.accent, _moves(line))):  # the quiet ones first
            _line(axes, line, columns, step)
        return figure


def _moves(line: MethodLine) -> bool:
    return len(set(line.ranks)) > 1


def _heading(axes: Axes, x: float, name: str, width: float) -> None:
    lines = wrap(name, max(width, 40.0), HEAD, weight=600)
    half = text_width(lines[0], HEAD, weight=600) / 2
    write(axes, max(x, half), 10, lines, size=HEAD, weight=600, colour=SOURCE_GREY, align="center")


def _line(axes: Axes, line: MethodLine, columns: list[float], step: float) -> None:
    colour = ORANGE if line.accent else NAVY if _moves(line) else CONTEXT_GREY
    y = [HEAD_ROOM + (place - 0.5) * step for place in line.places]
    axes.plot(columns, y, color=colour, linewidth=1.9 if line.accent else 1.2, zorder=2, clip_on=False)
    strong = line.accent or _moves(line)
    axes.scatter(columns, y, s=13.4**2, c=[colour], edgecolors=["#FFFFFF"], linewidths=1.2, zorder=4, clip_on=False)
    for x, height, rank in zip(columns, y, line.ranks, strict=True):
        write_in_dot(axes, x, height, numbers.rank(rank), strong=strong)
    name_colour = ORANGE_TEXT if line.accent else INK
    room = WIDTH - columns[-1] - 13
    name = wrap(line.name, room, 8.4, weight=600, lines=2 if step > 18 else 1)
    write(axes, columns[-1] + 13, y[-1], name, size=8.4, weight=600 if line.accent else 400, colour=name_colour)
