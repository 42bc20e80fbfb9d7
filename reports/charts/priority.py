"""The priority map: importance against the gap, with interval crosses and lines at stated standards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.charts.axis import Axis
from obstacles.reports.charts.labels import text_width, wrap
from obstacles.reports.charts.layout import HEAD, WIDTH, dot, page, write
from obstacles.reports.charts.style import CONTEXT_GREY, INK, NAVY, ORANGE, ORANGE_TEXT, RULE_GREY, SOURCE_GREY, styled
from obstacles.reports.words import numbers
from obstacles.text.language import _, semicolons

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT, TOP, FOOT, LEFT, RIGHT = 236.0, 22.0, 34.0, 44.0, 10.0
LABEL, SMALL, CORNER = 7.6, 7.0, 7.4
SHIFTS = ((1, -1), (-1, -1), (1, 1), (-1, 1), (0, -2), (0, 2), (1, 0), (-1, 0))  # places of a label, best first
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Placed:
    """One capability: centre and ends on both axes."""

    name: str
    x: float
    x_low: float
    x_high: float
    y: float
    y_low: float
    y_high: float
    kind: str  # "first" important and below; "clear" elsewhere; "between" a line runs through its cross


@dataclass(frozen=True)
class PriorityData:
    points: tuple[Placed, ...]
    x_heading: str
    y_heading: str
    x_line: float
    y_line: float
    x_line_text: str
    y_line_text: str
    corners: tuple[str, str, str, str]  # upper left, upper right, lower left, lower right
    y_bounds: tuple[float, float]


def draw(data: PriorityData) -> Figure:
    """Crosses on two axes; what straddles a line is grey."""
    with styled():
        figure, axes = page(HEIGHT)
        across, up = _axes(data)
        _frame(axes, data, across, up)
        for point in sorted(data.points, key=lambda one: one.kind != "between"):
            _cross(axes, point, across, up)
        _labels(axes, data, across, up)
        return figure


def _axes(data: PriorityData) -> tuple[Axis, Axis]:
    xs = [end for one in data.points for end in (one.x_low, one.x_high)] + [data.x_line]
    ys = [end for one in data.points for end in (one.y_low, one.y_high)] + [data.y_line]
    room = 0.12 * max(max(xs) - min(xs), 0.4), 0.14 * max(max(ys) - min(ys), 0.3)
    low, high = max(min(ys) - room[1], data.y_bounds[0] - 0.1), min(max(ys) + room[1], data.y_bounds[1] + 0.1)
    across = Axis(min(xs) - room[0], max(xs) + room[0], LEFT, WIDTH - RIGHT, percent=False)
    return across, Axis(low, high, TOP, HEIGHT - FOOT, percent=False, reverse=True)


def _frame(axes: Axes, data: PriorityData, across: Axis, up: Axis) -> None:
    left, right, top, bottom = across.left, across.right, up.left, up.right
    for x, text in zip(*across.ticks(7), strict=True):
        axes.vlines([x], top, bottom, color=RULE_GREY, linewidth=0.4, zorder=0, clip_on=False)
        write(axes, x, bottom + 9, text, size=7.6, colour=SOURCE_GREY, align="center")
    for y, text in zip(*up.ticks(5), strict=True):
        axes.hlines([y], left, right, color=RULE_GREY, linewidth=0.4, zorder=0, clip_on=False)
        write(axes, left - 6, y, text, size=7.6, colour=SOURCE_GREY, align="right")
    write(axes, (left + right) / 2, bottom + 24, data.x_heading, size=HEAD, weight=600, align="center")
    write(axes, 0, 8, data.y_heading, size=HEAD, weight=600)
    x, y = across.at(data.x_line), up.at(data.y_line)
    axes.vlines([x], top, bottom, color=INK, linewidth=1.0, zorder=1, clip_on=False)
    axes.hlines([y], left, right, color=INK, linewidth=1.0, zorder=1, clip_on=False)
    for i, box in _corners(data, across, up).items():
        write(axes, box[0], (box[1] + box[3]) / 2, data.corners[i], size=CORNER, weight=600, colour=SOURCE_GREY)


def _corners(data: PriorityData, across: Axis, up: Axis) -> dict[int, Box]:
    """Corner -> the box of its text; only where it does not reach over the line."""
    line, found = across.at(data.x_line), {}
    for i, text in enumerate(data.corners):
        width = text_width(text, CORNER, weight=600)
        left = across.left + 4 if i % 2 == 0 else across.right - 4 - width
        top = up.left + 2 if i < 2 else up.right - 12
        if (left + width < line - 4) if i % 2 == 0 else (left > line + 4):
            found[i] = (left, top, left + width, top + 10)
    return found


def _cross(axes: Axes, point: Placed, across: Axis, up: Axis) -> None:
    colour = {"first": ORANGE, "clear": NAVY, "between": CONTEXT_GREY}[point.kind]
    x, y = across.at(point.x), up.at(point.y)
    axes.hlines(
        [y], across.at(point.x_low), across.at(point.x_high), color=colour, linewidth=1.1, zorder=2, clip_on=False
    )
    axes.vlines([x], up.at(point.y_high), up.at(point.y_low), color=colour, linewidth=1.1, zorder=2, clip_on=False)
    dot(axes, x, y, colour=colour, diameter=6.4)


def _labels(axes: Axes, data: PriorityData, across: Axis, up: Axis) -> None:
    """Names beside the points and on the lines, where they lie over least."""
    taken = [box for one in data.points for box in _lines(one, across, up)]
    x, y = across.at(data.x_line), up.at(data.y_line)
    taken += [(x - 1, up.left, x + 1, up.right), (across.left, y - 1, across.right, y + 1)]
    taken += _corners(data, across, up).values()
    frame = (across.left, up.left - 8, float(WIDTH), up.right)
    for point in sorted(data.points, key=lambda one: (one.kind == "between", -one.y)):
        text = wrap(point.name, 130, LABEL, weight=600, lines=1)[0]
        width = text_width(text, LABEL, weight=600)
        boxes = [_box(across.at(point.x), up.at(point.y), width, *shift) for shift in SHIFTS]
        colour = {"first": ORANGE_TEXT, "clear": INK, "between": SOURCE_GREY}[point.kind]
        _put(axes, text, boxes, taken, frame, size=LABEL, weight=600, colour=colour)
    width = text_width(data.y_line_text, SMALL)
    sides = [(end, y + down) for down in (-10, 2) for end in (across.right - width - 3, across.left + 3)]
    boxes = [(a, b, a + width, b + 8) for a, b in sides]
    _put(axes, data.y_line_text, boxes, taken, frame, size=SMALL, weight=400, colour=SOURCE_GREY)
    width = text_width(data.x_line_text, SMALL)
    boxes = [(a, b, a + width, b + 8) for b in (up.right - 10, up.left + 3) for a in (x + 3, x - 3 - width)]
    _put(axes, data.x_line_text, boxes, taken, frame, size=SMALL, weight=400, colour=SOURCE_GREY)


def _put(
    axes: Axes, text: str, boxes: list[Box], taken: list[Box], frame: Box, *, size: float, weight: int, colour: str
) -> None:
    """Write the text in the box that overlaps least with what is there, inside the frame where one is."""
    inside = [b for b in boxes if b[0] >= frame[0] and b[2] <= frame[2] and b[1] >= frame[1] and b[3] <= frame[3]]
    best = min(inside or boxes, key=lambda box: (sum(_overlap(box, other) for other in taken), boxes.index(box)))
    taken.append(best)
    write(axes, best[0], (best[1] + best[3]) / 2, text, size=size, weight=weight, colour=colour)


def _lines(point: Placed, across: Axis, up: Axis) -> list[Box]:
    """The cross and the dot of a point as boxes."""
    x, y = across.at(point.x), up.at(point.y)
    return [
        (across.at(point.x_low), y - 1.2, across.at(point.x_high), y + 1.2),
        (x - 1.2, up.at(point.y_high), x + 1.2, up.at(point.y_low)),
        (x - 4, y - 4, x + 4, y + 4),
    ]


def _box(x: float, y: float, width: float, right: int, down: int) -> Box:
    """The box of a label on one side of a point, above or below its cross."""
    height = LABEL * 1.05
    left = x + 5 if right > 0 else x - 5 - width if right < 0 else x - width / 2
    middle = y + (down * (height / 2 + 3) if right else down * (height / 2 + 8))
    return left, middle - height / 2, left + width, middle + height / 2


def _overlap(one: Box, other: Box) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(down, 0.0)


def in_words(point: Placed) -> str:
    """ "Skills (0.4; 4.1)" for the text alternative."""
    place = semicolons([numbers.decimal(point.x, 1), numbers.decimal(point.y, 1)])
    return _("{name} ({value})").format(name=point.name, value=place)
