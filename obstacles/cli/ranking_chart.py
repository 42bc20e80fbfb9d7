"""A ranking drawn in a terminal: bars with intervals and tiers, in lines that fit any width and end between words."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from obstacles.cli.terminal import columns_of_terminal, console, plain
from obstacles.text.width import padded, width, wrapped

BAR, OPEN, POINT = "█", "▒", "●"
LONE, BRACKET = "─", ("┐", "│", "┘")
WIDEST_BAR, NARROWEST_BAR, SHORTEST_BAR = 40, 8, 3  # the second: from which the interval stands beside it
SIDE_BY_SIDE = 38  # columns for label and bar from which they share a line
GAP = "  "


@dataclass(frozen=True)
class Drawn:
    """One item: its texts as the table prints them, and where its bar begins and ends, as shares of the axis."""

    place: str
    label: str
    value: str
    interval: str
    point: float | None
    low: float | None
    high: float | None
    tier: int  # 0 = there are no tiers
    first: bool  # the headline names it


def is_drawn() -> bool:
    """Whether the output is a terminal that has the marks."""
    try:
        (BAR + OPEN + POINT + LONE + "".join(BRACKET)).encode(sys.stdout.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return sys.stdout.isatty()


def print_chart(rows: Sequence[Drawn], *, from_zero: bool) -> None:
    """Draw the rows over the width of the terminal; what the headline names is bold."""
    from rich.text import Text

    to = console()
    for row, lines in zip(rows, chart(rows, columns_of_terminal(), from_zero=from_zero), strict=True):
        for line in lines:
            to.print(Text(line, style="bold" if row.first else ""), soft_wrap=True)


def chart(rows: Sequence[Drawn], columns: int, *, from_zero: bool) -> list[list[str]]:
    """The lines of each row, none wider than `columns`."""
    marks = _brackets([row.tier for row in rows])
    places = max(width(row.place) for row in rows)
    values, intervals = (max(width(getattr(row, name)) for row in rows) for name in ("value", "interval"))
    labels = max(width(plain(row.label)) for row in rows)
    tier = 2 if any(marks) else 0
    room = columns - places - len(GAP) * 2 - values - 1 - (intervals + len(GAP)) - tier
    if room < SIDE_BY_SIDE:
        return [
            _stacked(row, mark, columns, places, values, intervals, from_zero) for row, mark in _paired(rows, marks)
        ]
    label = min(labels, room // 2)
    size = min(room - label, WIDEST_BAR)
    found = []
    for row, mark in _paired(rows, marks):
        first, *more = _folded(row.label, label)
        head = f"{_right(row.place, places)}{GAP}{padded(first, label)}{GAP}{bar(row, size, from_zero=from_zero)}"
        figures = f" {_right(row.value, values)}{GAP}{_right(row.interval, intervals)}"
        going_on = BRACKET[1] if mark in BRACKET[:2] else ""
        blank = " " * (places + len(GAP))
        behind = label + len(GAP) + size + 1 + values + len(GAP) + intervals
        below = [(blank + padded(line, behind) + " " + going_on).rstrip() for line in more]
        found.append([f"{head}{figures} {mark}".rstrip(), *below])
    return found


def bar(row: Drawn, size: int, *, from_zero: bool) -> str:
    """A bar of `size` columns: solid up to the interval, open within it, a point at the estimate."""
    if row.point is None:
        return " " * size

    def at(share: float) -> int:
        return min(max(round(share * size), 1), size) - 1

    point = at(row.point)
    low, high = (point if end is None else at(end) for end in (row.low, row.high))
    low, high = min(low, high), max(low, high)
    cells = [BAR if from_zero and i < low else OPEN if low <= i <= high else " " for i in range(size)]
    cells[point] = POINT
    return "".join(cells)


def _stacked(
    row: Drawn, mark: str, columns: int, places: int, values: int, intervals: int, from_zero: bool
) -> list[str]:
    """A row in a narrow terminal: the label, and below it the bar with its figures."""
    blank = " " * (places + len(GAP))
    first, *more = _folded(row.label, max(columns - len(blank) - 2, 1))
    lines = [f"{_right(row.place, places)}{GAP}{first} {mark}".rstrip(), *(blank + line for line in more)]
    size = columns - len(blank) - 1 - values - len(GAP) - intervals
    if size >= NARROWEST_BAR:
        size = min(size, WIDEST_BAR)
        figures = f" {_right(row.value, values)}{GAP}{_right(row.interval, intervals)}"
        return [*lines, (blank + bar(row, size, from_zero=from_zero) + figures).rstrip()]
    size = min(max(columns - len(blank) - 1 - values, SHORTEST_BAR), WIDEST_BAR)
    lines.append(f"{blank}{bar(row, size, from_zero=from_zero)} {_right(row.value, values)}".rstrip())
    return [*lines, *(blank + line for line in _folded(row.interval, max(columns - len(blank), 1)))]


def _brackets(tiers: Sequence[int]) -> list[str]:
    """A bracket over the rows of each tier; nothing where there is one tier or none."""
    if len(set(tiers)) < 2:
        return [""] * len(tiers)
    found = []
    for i, tier in enumerate(tiers):
        starts, ends = i == 0 or tiers[i - 1] != tier, i + 1 == len(tiers) or tiers[i + 1] != tier
        alone = LONE if starts and ends else BRACKET[0] if starts else BRACKET[2] if ends else BRACKET[1]
        found.append(alone if tier else "")
    return found


def _paired(rows: Sequence[Drawn], marks: Sequence[str]) -> list[tuple[Drawn, str]]:
    return list(zip(rows, marks, strict=True))


def _right(text: str, columns: int) -> str:
    return " " * (columns - width(text)) + text


def _folded(text: str, columns: int) -> list[str]:
    """Safe text in lines that end between words; a word that is wider than a line is cut."""
    found: list[str] = []
    for line in wrapped(plain(text), columns, hyphens=False) or [""]:
        while width(line) > columns:
            cut = next((i for i in range(len(line), 1, -1) if width(line[:i]) <= columns), 1)
            if cut == len(line):
                break
            found.append(line[:cut])
            line = line[cut:]
        found.append(line)
    return found
