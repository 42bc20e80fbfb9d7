"""Changes with their intervals round zero, the band of changes that do not matter, and each item's verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.axis import Axis
from obstacles.reports.charts.labels import text_width
from obstacles.reports.charts.layout import HEAD, WIDTH, X_MARK, dot, grid, lay_rows, page, write, write_labels
from obstacles.reports.charts.ranking import FOOT, TOP
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
        rows = lay_rows([row.name for row in data.rows], top=TOP, tallest=TALLEST)
        figure, axes = page(rows.bottom + FOOT)
        write_labels(axes, rows, [row.tone != "" for row in data.rows])
        number = max((text_width(row.text, rows.number, weight=600) for row in data.rows), default=0.0)
        words = max(
            (text_width(row.verdict, VERDICT_SIZE, weight=600) for row in data.rows),
            default=0.0,
        )
        words = max(words, text_width(data.verdict_heading, HEAD, weight=600))
        left, right = rows.label_width + 9, WIDTH - words - number - 30
        axis = Axis(data.limits[0], data.limits[1], left, right, percent=False)
        if data.band is not None:
            low, high = (min(max(axis.at(x), left), right) for x in (-data.band, data.band))
            axes.fill_between([low, high], rows.top, rows.bottom, color=BAND, linewidth=0, zorder=-1, clip_on=False)
        positions, texts = axis.ticks()
        grid(axes, positions, texts, rows)
        axes.plot([axis.at(0)] * 2, [rows.top, rows.bottom], color=INK, linewidth=0.8, zorder=1, clip_on=False)
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
                dot(axes, axis.at(row.value), y, colour=colour, diameter=7.0 if rows.bar > 8 else 6.0)
            write(
                axes, WIDTH - words - 12, y, row.text, size=rows.number, weight=600 if row.tone else 400, align="right"
            )
            shade = INK if row.tone else SOURCE_GREY
            write(axes, WIDTH - words, y, row.verdict, size=VERDICT_SIZE, weight=600 if row.tone else 400, colour=shade)
        return figure
