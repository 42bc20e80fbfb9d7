"""The bars on the cover: the estimates of the report beside the names of their items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.labels import wrap
from obstacles.reports.charts.layout import bar, page, write
from obstacles.reports.charts.style import ramp, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 166 / 25.4 * 72  # points: between the margins
NAMES, SIZE = 150.0, 9.0  # points for the names, and of their letters
STEP, THICK = 17.7, 12.2
ACCENT = "#DD763A"
BLUES = ("#6C93BA", "#6C93BA")
NAMED, PLAIN = "#F0A36F", "#C3D3E2"  # letters on the navy of the cover


@dataclass(frozen=True)
class CoverData:
    """Lengths between 0 and 1, largest first, and which of them the headline names."""

    lengths: tuple[float, ...]
    accent: tuple[bool, ...]
    names: tuple[str, ...]


def draw(data: CoverData) -> Figure:
    """Bars that fade from the largest to the smallest."""
    with styled():
        figure, axes = page(len(data.lengths) * STEP, width=WIDTH)
        colours = ramp(BLUES, max(len(data.lengths), 2))
        for i, (length, accent, name) in enumerate(zip(data.lengths, data.accent, data.names, strict=True)):
            y, colour = (i + 0.5) * STEP, ACCENT if accent else colours[i]
            text = wrap(name, NAMES - 10, SIZE, weight=600, lines=1)[0]
            write(axes, 0, y, text, size=SIZE, weight=600 if accent else 400, colour=NAMED if accent else PLAIN)
            bar(axes, y, NAMES, length * (WIDTH - NAMES), height=THICK, colour=colour)
        return figure
