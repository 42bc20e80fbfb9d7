"""The frame of a chart: a figure whose y is points from the top, panels side by side, and a column of row labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.labels import text_width, wrap
from obstacles.reports.charts.style import CONTEXT_GREY, INK, ORANGE_TEXT, SOURCE_GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 174 / 25.4 * 72  # points: the text block of an A4 page
DENSE = 15  # more rows than these are set smaller
MANY = 24  # more rows than these: the first FEW are shown
FEW = 20
TOP = 24.0  # points above the first row
FOOT = 18.0  # below the last one, for the numbers of the axis
TALLEST = 600.0  # points: what a page holds beside heading and notes
HEAD = 7.8  # font size
TEXT = 10  # drawing order: above every mark
SMALLEST = 7.0  # points: no letter of a page is smaller
X_MARK = "[x]"  # not asked, or nothing known


@dataclass(frozen=True)
class Rows:
    """Where the rows are and how their labels break; lengths in points."""

    labels: tuple[tuple[str, ...], ...]
    centre: tuple[float, ...]  # from the top of the figure
    bottom: float  # of the last row
    bar: float  # height of a bar
    size: float  # of the labels
    number: float  # font size of numbers
    label_width: float

    @property
    def dot(self) -> float:
        """Diameter of a dot."""
        return 7.0 if self.bar > 8 else 6.0

    @property
    def top(self) -> float:
        return self.centre[0] - self.bar


def lay_rows(names: Sequence[str], *, top: float, most: float = 0.36 * WIDTH, tallest: float = TALLEST) -> Rows:
    """Rows from `top` downwards: even where there is room, as tall as their labels where there are many.

    Labels that would make the rows taller than `tallest` together stand on one line, cut where they must be.
    """
    dense = len(names) > DENSE
    size, single, leading = (7.6, 13.0, 8.8) if dense else (8.6, 18.4, 9.9)
    width = min(most, widest(names, size) + 1)
    labels = [wrap(name, width, size, weight=600) for name in names]
    heights = [single + (leading - (3.5 if dense else 5)) * (len(lines) - 1) for lines in labels]
    if not dense:
        heights = [max(heights, default=single)] * len(names)
    if sum(heights) > tallest:
        labels = [wrap(name, width, size, weight=600, lines=1) for name in names]
        heights = [single] * len(names)
    centre, y = [], top
    for height in heights:
        centre.append(y + height / 2)
        y += height
    bar, number = (7.6, 7.2) if dense else (10.6, 8.2)
    return Rows(tuple(map(tuple, labels)), tuple(centre), y, bar, size, number, width)


def page(height: float, *, width: float = WIDTH) -> tuple[Figure, Axes]:
    """A figure of `width` by `height` points and axes over all of it, in points from its top left corner."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    return figure, panel(figure, 0, width, (0, width))


def panel(figure: Figure, left: float, right: float, limits: tuple[float, float]) -> Axes:
    """Axes between two x positions in points; x in data units within `limits`, y in points from the figure's top."""
    width, height = (float(side) * 72 for side in figure.get_size_inches())
    axes = figure.add_axes((left / width, 0, (right - left) / width, 1))
    axes.set_xlim(*limits)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    return axes


def write(
    axes: Axes,
    x: float,
    y: float,
    text: str | Sequence[str],
    *,
    size: float = 8.2,
    weight: int = 400,
    colour: str = INK,
    align: str = "left",
    shift: float = 0.0,
) -> None:
    """Text, one or several lines, centred on y by its small letters (the same for every font); `shift` points aside."""
    lines = [text] if isinstance(text, str) else list(text)
    leading = size * 1.15
    for i, line in enumerate(lines):
        baseline = y + 0.33 * size + (i - (len(lines) - 1) / 2) * leading
        axes.annotate(
            line,
            (x, baseline),
            xytext=(shift, 0),
            textcoords="offset points",
            fontsize=size,
            fontweight=weight,
            color=colour,
            ha=align,
            va="baseline",
            annotation_clip=False,
            zorder=TEXT,
        )


def write_labels(axes: Axes, rows: Rows, bold: Sequence[bool]) -> None:
    """The column of row labels, right-aligned."""
    for lines, y, strong in zip(rows.labels, rows.centre, bold, strict=True):
        write(axes, rows.label_width, y, lines, size=rows.size, weight=600 if strong else 400, align="right")


def row_chart(
    names: Sequence[str], bold: Sequence[bool], *, top: float, tallest: float = TALLEST
) -> tuple[Figure, Axes, Rows]:
    """A figure with a row for each name below `top`, and room for the numbers of an axis."""
    rows = lay_rows(names, top=top, tallest=tallest)
    figure, axes = page(rows.bottom + FOOT)
    write_labels(axes, rows, bold)
    return figure, axes, rows


def widest(texts: Iterable[str], size: float, *, weight: int = 600) -> float:
    """Width of the widest text, in points."""
    return max((text_width(text, size, weight=weight) for text in texts), default=0.0)


def grid(axes: Axes, at: Sequence[float], texts: Sequence[str], rows: Rows) -> None:
    """Vertical hair lines behind the rows, with their numbers below."""
    axes.vlines(at, rows.top, rows.bottom + 1, color="#D5D9DF", linewidth=0.5, zorder=0, clip_on=False)
    for x, text in zip(at, texts, strict=True):
        write(axes, x, rows.bottom + 8, text, size=7.6, colour=SOURCE_GREY, align="center")


def bar(
    axes: Axes, y: float, left: float, width: float, *, height: float, colour: str, edge: str | None = None
) -> None:
    """One horizontal bar."""
    line = {"edgecolor": edge, "linewidth": 0.6} if edge else {"linewidth": 0}
    axes.barh([y], [width], left=[left], height=height, color=colour, clip_on=False, zorder=2, **line)


def legend(axes: Axes, entries: Sequence[tuple[str, str]], *, left: float, right: float, top: float) -> float:
    """Swatches with their texts, (text, colour), in as many lines as needed; gives the y below the last line."""
    x, y, size = left, top + 6, HEAD
    for text, colour in entries:
        line = wrap(text, right - left - 12, size, lines=1)[0]
        length = 11 + text_width(line, size)
        if x > left and x + length > right:
            x, y = left, y + 12
        bar(axes, y, x, 7.5, height=7.5, colour=colour)
        write(axes, x + 11, y, line, size=size)
        x += length + 13
    return y + 8


def legend_chart(
    names: Sequence[str], bold: Sequence[bool], entries: Sequence[tuple[str, str]], heading: str, *, gap: float
) -> tuple[Figure, Axes, Rows]:
    """A figure with a legend, and below it a row for each name and a heading on the right, `gap` below the legend."""
    left = lay_rows(names, top=0).label_width + 9
    height = legend(page(10)[1], entries, left=left, right=WIDTH - 4, top=0)
    rows = lay_rows(names, top=height + 16)
    figure, axes = page(rows.bottom + 4)
    legend(axes, entries, left=left, right=WIDTH - 4, top=0)
    write(axes, WIDTH - 4, height + gap, heading, size=HEAD, weight=600, colour=ORANGE_TEXT, align="right")
    write_labels(axes, rows, bold)
    return figure, axes, rows


def dot(axes: Axes, x: float, y: float, *, colour: str, diameter: float, hollow: bool = False) -> None:
    """A round mark with a white edge; hollow for a rank without a rank set."""
    face, edge = ("#FFFFFF", colour) if hollow else (colour, "#FFFFFF")
    axes.scatter([x], [y], s=diameter**2, c=[face], edgecolors=[edge], linewidths=0.9, clip_on=False, zorder=4)


def thick(axes: Axes, y: float, low: float, high: float, *, colour: str = CONTEXT_GREY, width: float = 3.6) -> None:
    """A thick line with round ends: a range of ranks."""
    axes.plot([low, high], [y, y], color=colour, linewidth=width, solid_capstyle="round", clip_on=False, zorder=1)


def whisker(axes: Axes, low: float, high: float, y: float, half: float, *, colour: str = INK) -> None:
    """An interval with end marks of `half` points up and down; a white edge parts it from a bar below it."""
    axes.plot([low, high], [y, y], color="#FFFFFF", linewidth=2.4, zorder=2.9, clip_on=False)
    axes.plot([low, high], [y, y], color=colour, linewidth=0.8, zorder=3, clip_on=False)
    axes.vlines([low, high], y - half, y + half, color=colour, linewidth=0.8, zorder=3, clip_on=False)


def zero_line(axes: Axes, x: float, rows: Rows) -> None:
    """Where there is no difference."""
    axes.plot([x] * 2, [rows.top, rows.bottom], color=INK, linewidth=0.8, zorder=1, clip_on=False)


def write_in_dot(axes: Axes, x: float, y: float, text: str, *, strong: bool) -> None:
    """The number in a mark, in white on a strong colour."""
    size, colour = 7.2 if len(text) < 3 else 7.0, "#FFFFFF" if strong else INK
    write(axes, x, y, text, size=size, weight=600, colour=colour, align="center")
