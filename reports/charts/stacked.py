"""Stacked bars of shares: diverging round the middle of a rating scale, or the places of a ranking from the left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.layout import SMALLEST, WIDTH, X_MARK, Rows, bar, legend_chart, write
from obstacles.reports.charts.style import ORANGE_TEXT, SOURCE_GREY, edge_of, styled, text_on
from obstacles.reports.words import numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUM_WIDTH = 58.0
NARROW = 13.0  # points: a segment narrower than this has no number


@dataclass(frozen=True)
class Stack:
    """One item: shares that sum to 1, and the sum printed on the right; no shares = nobody answered."""

    name: str
    shares: tuple[float, ...]
    total: float | None
    accent: bool = False


@dataclass(frozen=True)
class StackedData:
    rows: tuple[Stack, ...]
    categories: tuple[str, ...]
    colours: tuple[str, ...]
    total_heading: str
    centred: bool  # diverging round the middle category (or between the two middle ones)


def draw(data: StackedData) -> Figure:
    """One bar per item; numbers in the segments that are wide enough, the sum on the right."""
    with styled():
        names, bold = [row.name for row in data.rows], [row.accent for row in data.rows]
        entries = tuple(zip(data.categories, data.colours, strict=True))
        figure, axes, rows = legend_chart(names, bold, entries, data.total_heading, gap=7)
        left = rows.label_width + 9
        before = [_before(row.shares) for row in data.rows] if data.centred else [0.0] * len(data.rows)
        reach = max(before, default=0.0)
        whole = max((reach - b + sum(row.shares) for b, row in zip(before, data.rows, strict=True)), default=1.0)
        scale = (WIDTH - SUM_WIDTH - left) / max(whole, 1e-9)
        for row, y, own in zip(data.rows, rows.centre, before, strict=True):
            _stack(axes, row, y, left + (reach - own) * scale, scale, data.colours, rows)
        return figure


def _before(shares: tuple[float, ...]) -> float:
    """What lies left of the centre: all categories below the middle, and half of the middle one."""
    half, odd = divmod(len(shares), 2)
    return sum(shares[:half]) + (shares[half] / 2 if odd and shares else 0.0)


def _stack(axes: Axes, row: Stack, y: float, start: float, scale: float, colours: tuple[str, ...], rows: Rows) -> None:
    if not row.shares:
        write(axes, start, y, X_MARK, size=rows.number, colour=SOURCE_GREY)
        return
    x = start
    for share, colour in zip(row.shares, colours, strict=True):
        width = share * scale
        if width > 0:
            bar(axes, y, x, width, height=rows.bar + 1.6, colour=colour, edge=edge_of(colour))
        if width >= NARROW:
            text = numbers.bare_percent(share, 0)
            write(
                axes,
                x + width / 2,
                y,
                text,
                size=max(rows.number - 0.8, SMALLEST),
                colour=text_on(colour),
                align="center",
            )
        x += width
    if row.total is not None:
        text = numbers.percent(row.total, 0)
        write(axes, WIDTH - 4, y, text, size=rows.number, weight=600, colour=ORANGE_TEXT, align="right")
