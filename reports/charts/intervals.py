"""Estimates with intervals on one axis, with the tiers behind them that pairwise tests do not separate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.layout import FOOT, HEAD, TOP, WIDTH, Rows, grid, lay_rows, page, write, write_labels
from obstacles.reports.charts.ranking import Estimates, draw_value, value_axis
from obstacles.reports.charts.style import SOURCE_GREY, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BAND = "#F0F3F7"
TIER_WIDTH = 44.0
TALLEST_ROWS = 300.0  # so that a short section fits above


@dataclass(frozen=True, kw_only=True)
class IntervalData(Estimates):
    tiers: tuple[int, ...]  # tier of each row, from 1; empty = no tiers are known
    tier_heading: str
    tier_names: tuple[str, ...]  # what stands beside each tier


def draw(data: IntervalData) -> Figure:
    """Dots with intervals; tiers of several items are shaded and named on the right."""
    with styled():
        rows = lay_rows([row.name for row in data.rows], top=TOP, tallest=TALLEST_ROWS)
        figure, axes = page(rows.bottom + FOOT)
        left, right = rows.label_width + 9, WIDTH - (TIER_WIDTH if data.tiers else 4)
        _bands(axes, data, rows)
        write_labels(axes, rows, [row.accent for row in data.rows])
        axis = value_axis(data, left, right, rows.number)
        grid(axes, *axis.ticks(), rows)
        write(axes, left, TOP - 15, data.heading, size=HEAD, weight=600)
        for row, y in zip(data.rows, rows.centre, strict=True):
            draw_value(axes, row, y, axis, rows, as_bar=False)
        return figure


def _bands(axes: Axes, data: IntervalData, rows: Rows) -> None:
    if not data.tiers:
        return
    write(axes, WIDTH - 6, TOP - 15, data.tier_heading, size=HEAD, weight=600, align="right")
    edges = _edges(rows)
    for tier in sorted(set(data.tiers)):
        inside = [i for i, mine in enumerate(data.tiers) if mine == tier]
        top, bottom = edges[inside[0]] + 0.8, edges[inside[-1] + 1] - 0.8
        if len(inside) > 1:
            axes.fill_between([0, WIDTH], top, bottom, color=BAND, linewidth=0, zorder=-1, clip_on=False)
        text = data.tier_names[tier - 1]
        write(
            axes, WIDTH - 6, (top + bottom) / 2, text, size=rows.number, weight=600, colour=SOURCE_GREY, align="right"
        )


def _edges(rows: Rows) -> list[float]:
    """Lines between the rows, the outer ones included."""
    inner = [(a + b) / 2 for a, b in zip(rows.centre[:-1], rows.centre[1:], strict=True)]
    first = 2 * rows.centre[0] - inner[0] if inner else rows.centre[0] - (rows.bottom - rows.centre[0])
    return [first, *inner, rows.bottom]
