"""Changes with their intervals round zero, the band of changes that do not matter, and each item's verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.axis import Axis
from obstacles.reports.charts.layout import HEAD, TOP, WIDTH, X_MARK, dot, grid, row_chart, widest, write, zero_line
from obstacles.reports.charts.slope import TONES
from obstacles.reports.charts.style import INK, SOURCE_GREY, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BAND = "#EDF1F5"
VERDICT_SIZE = 7.8
TALLEST = 330.0  # points: what the summary page holds beside its words


@dataclass(frozen=True)
class Changed:
    """One item. None = not compared."""

    name: str
    value: float | None  # in the units of the axis
    low: float | None
    high: float | None
    text: str  # the change as printed
    verdict: str
    tone: str = ""  # "up", "down" or ""


@dataclass(frozen=True)
class ChangesData:
    rows: tuple[Changed, ...]
    heading: str
    verdict_heading: str
    limits: tuple[float, float]
    band: float | None = None  # the smallest change of interest


def draw(data: ChangesData) -> Figure:
    """Dots with intervals on one axis; zero is a line, and what does not matter a band."""
    with styled():
        names, bold = [row.name for row in data.rows], [row.tone != "" for row in data.rows]
        figure, axes, rows = row_chart(names, bold, top=TOP, tallest=TALLEST)
        number = widest((row.text for row in data.rows), rows.number)
        words = max(widest((row.verdict for row in data.rows), VERDICT_SIZE), widest([data.verdict_heading], HEAD))
        left, right = rows.label_width + 9, WIDTH - words - number - 30
        axis = Axis(*data.limits, left, right, percent=False)
        if data.band is not None:
            low, high = (min(max(axis.at(x), left), right) for x in (-data.band, data.band))
            axes.fill_between([low, high], rows.top, rows.bottom, color=BAND, linewidth=0, zorder=-1, clip_on=False)
        grid(axes, *axis.ticks(), rows)
        zero_line(axes, axis.at(0), rows)
        write(axes, left, TOP - 15, data.heading, size=HEAD, weight=600)
        write(axes, WIDTH - words, TOP - 15, data.verdict_heading, size=HEAD, weight=600)
        for row, y in zip(data.rows, rows.centre, strict=True):
            colour = TONES[row.tone] if row.tone else SOURCE_GREY
            if row.value is None:
                write(axes, left + 3, y, X_MARK, size=rows.number, colour=SOURCE_GREY)
            else:
                if row.low is not None and row.high is not None:
                    ends = [axis.at(row.low), axis.at(row.high)]
                    axes.plot(ends, [y, y], color=colour, linewidth=1.1, zorder=3, clip_on=False)
                dot(axes, axis.at(row.value), y, colour=colour, diameter=rows.dot)
            weight, shade = (600, INK) if row.tone else (400, SOURCE_GREY)
            write(axes, WIDTH - words - 12, y, row.text, size=rows.number, weight=weight, align="right")
            write(axes, WIDTH - words, y, row.verdict, size=VERDICT_SIZE, weight=weight, colour=shade)
        return figure
