"""How many items respondents marked: one bar for each number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.axis import Axis
from obstacles.reports.charts.layout import HEAD, TOP, WIDTH, bar, grid, row_chart, write
from obstacles.reports.charts.style import NAVY, TEAL, styled
from obstacles.reports.words import numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class NumberMarked:
    name: str
    share: float
    cap: bool = False  # this is the most that could be marked


@dataclass(frozen=True)
class SelectionData:
    rows: tuple[NumberMarked, ...]
    heading: str
    cap_text: str = ""


def draw(data: SelectionData) -> Figure:
    """Shares of respondents by the number of items that they marked; the number at the cap has its own colour."""
    with styled():
        figure, axes, rows = row_chart([row.name for row in data.rows], [row.cap for row in data.rows], top=TOP)
        left = rows.label_width + 9
        highest = max((row.share for row in data.rows), default=0.0) or 1.0
        axis = Axis(0, highest, left, WIDTH - 150 if data.cap_text else WIDTH - 44, percent=True)
        grid(axes, *axis.ticks(), rows)
        write(axes, left, TOP - 15, data.heading, size=HEAD, weight=600)
        for row, y in zip(data.rows, rows.centre, strict=True):
            x = axis.at(row.share)
            bar(axes, y, left, x - left, height=rows.bar, colour=TEAL if row.cap else NAVY)
            text = numbers.bare_percent(row.share)
            write(axes, x + 5, y, f"{text}  {data.cap_text}" if row.cap else text, size=rows.number)
        return figure
