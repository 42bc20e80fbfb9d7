"""The bars on the cover: the estimates of the report, without words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.layout import bar, page
from obstacles.reports.charts.style import ramp, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 182 / 25.4 * 72  # points: from the left margin almost to the edge
STEP, THICK = 17.7, 12.2
ACCENT = "#DD763A"
BLUES = ("#386590", "#1E3F5C")


@dataclass(frozen=True)
class CoverData:
    """Lengths between 0 and 1, largest first, and which of them the headline names."""

    lengths: tuple[float, ...]
    accent: tuple[bool, ...]


def draw(data: CoverData) -> Figure:
    """Bars that fade from the largest to the smallest."""
    with styled():
        figure, axes = page(len(data.lengths) * STEP, width=WIDTH)
        colours = ramp(BLUES, max(len(data.lengths), 2))
        for i, (length, accent) in enumerate(zip(data.lengths, data.accent, strict=True)):
            colour = ACCENT if accent else colours[i]
            bar(axes, (i + 0.5) * STEP, 0, length * WIDTH, height=THICK, colour=colour)
        return figure
