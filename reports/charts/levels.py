"""How people spread over the levels: stacked bars from the lowest level, neighbouring small levels as one segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.layout import SMALLEST, WIDTH, bar, legend_chart, write
from obstacles.reports.charts.style import ORANGE_TEXT, SEQUENTIAL, SOURCE_GREY, edge_of, ramp, styled, text_on
from obstacles.reports.words import numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from obstacles.analysis.disclosure.figures import LevelClass

TOTAL_WIDTH = 62.0
NARROW = 13.0  # points: a segment narrower than this has no number


@dataclass(frozen=True)
class LevelBar:
    """One capability; no segments = its split is not shown, and `text` says so."""

    name: str
    segments: tuple[LevelClass, ...]  # from the lowest level
    text: str
    below: str  # share below the required level, as printed
    accent: bool = False


@dataclass(frozen=True)
class LevelData:
    rows: tuple[LevelBar, ...]
    levels: tuple[str, ...]
    below_heading: str


def draw(data: LevelData) -> Figure:
    """One bar per capability; the share below the required level stands on the right."""
    with styled():
        colours = ramp(SEQUENTIAL, len(data.levels))
        names, bold = [row.name for row in data.rows], [row.accent for row in data.rows]
        entries = tuple(zip(data.levels, colours, strict=True))
        figure, axes, rows = legend_chart(names, bold, entries, data.below_heading, gap=8)
        left = rows.label_width + 9
        whole = WIDTH - TOTAL_WIDTH - left
        for row, y in zip(data.rows, rows.centre, strict=True):
            if not row.segments:
                write(axes, left, y, row.text, size=rows.number, colour=SOURCE_GREY)
            x = left
            total = sum(segment.share for segment in row.segments) or 1.0
            for segment in row.segments:
                width = segment.share / total * whole
                _segment(axes, x, y, width, segment, colours, rows.bar + 1.6, rows.number)
                x += width
            write(axes, WIDTH - 4, y, row.below, size=rows.number, weight=600, colour=ORANGE_TEXT, align="right")
        return figure


def _segment(
    axes: Axes, x: float, y: float, width: float, segment: LevelClass, colours: list[str], height: float, size: float
) -> None:
    """One class of levels: joined levels as strips of their colours, so that they read as several."""
    if width <= 0:
        return
    several = segment.last > segment.first
    colour = ramp((colours[segment.first], colours[segment.last]), 3)[1] if several else colours[segment.first]
    bar(axes, y, x, width, height=height, colour=colour, edge=edge_of(colour))
    if several:  # a stripe of each level's own colour along the lower edge
        part = (width - 1.2) / (segment.last - segment.first + 1)
        for i, level in enumerate(range(segment.first, segment.last + 1)):
            bar(axes, y + height / 2 - 1.4, x + 0.6 + i * part, part, height=2.2, colour=colours[level])
    if width >= NARROW:
        text = numbers.bare_percent(segment.share, 0)
        middle = y - (0.8 if several else 0)
        write(axes, x + width / 2, middle, text, size=max(size - 0.8, SMALLEST), colour=text_on(colour), align="center")
