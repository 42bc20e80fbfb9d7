"""How wide the columns of a table are: numbers take what they need, text takes the rest and wraps.

Set here and not by the renderer, so that a label of any length stays on the page, and layout is quick.
"""

from __future__ import annotations

import re

from obstacles.reports.charts.labels import text_width
from obstacles.reports.charts.layout import WIDTH
from obstacles.reports.words.page_blocks import Column, Table

SIZE, DENSE_SIZE = 8.2, 7.2  # font size of a table, and of a dense one
PADDING, DENSE_PADDING = 12.0, 8.5  # of a cell, both sides
GUTTER = 7 / 25.4 * 72  # between two small tables
LEAST_TEXT, DENSE_LEAST = 110.0, 60.0
AIR = 22.0
SHORT = 72.0  # a heading of this width stays on one line
BREAK = re.compile(r"\s+|(?<=[、，：；”])|(?=（)")


def column_widths(table: Table) -> tuple[float, ...]:
    """Points for each column on the page."""
    whole = (WIDTH - GUTTER) / 2 if table.compact else WIDTH
    texts = [i for i in table.shown if table.columns[i].kind != "number"]
    figures = [i for i in table.shown if table.columns[i].kind == "number"]
    need = {i: _need(table, i) for i in table.shown}
    taken = sum(need[i] for i in figures)
    most = whole - (DENSE_LEAST if table.dense else LEAST_TEXT) * len(texts)
    if taken > most:  # headings that are short enough for one line take two
        need |= {i: _need(table, i, 0.0) for i in figures}
        taken = sum(need[i] for i in figures)
    if taken > most:
        need |= {i: need[i] * most / taken for i in figures}
        taken = most
    wanted = sum(min(need[i], whole / 2) for i in texts) or 1.0
    spare = max(whole - taken - sum(need[i] for i in texts), 0.0)
    airy = min(spare / max(len(figures), 1), AIR)  # what each column of numbers gets beyond its need
    rest = whole - taken - airy * len(figures)
    return tuple(rest * min(need[i], whole / 2) / wanted if i in texts else need[i] + airy for i in table.shown)


def _need(table: Table, i: int, short: float = SHORT) -> float:
    """What a column would take without a break in its cells."""
    column = table.columns[i]
    size, padding = (DENSE_SIZE, DENSE_PADDING) if table.dense else (SIZE, PADDING)
    widest = max((text_width(row.cells[i].text, size, weight=600) for row in table.rows if row.on_page), default=0.0)
    return max(widest, _heading(column, short, size)) + padding


def pieces(heading: str) -> list[str]:
    """A heading divided where its lines may end; Chinese has no spaces, and ends before what stands in brackets."""
    return [piece for piece in BREAK.split(heading) if piece]


def _heading(column: Column, short: float, size: float) -> float:
    """The least width of a heading of at most two lines."""
    words = pieces(column.heading)
    widths = [text_width(word, size, weight=600) for word in words]
    longest = max(widths, default=0.0)
    space = text_width(" ", size, weight=600)
    if sum(widths) + space * (len(words) - 1) <= short:
        return sum(widths) + space * (len(words) - 1)
    splits = [
        max(sum(widths[:cut]) + space * max(cut - 1, 0), sum(widths[cut:]) + space * max(len(words) - cut - 1, 0))
        for cut in range(len(words) + 1)
    ]
    return max(longest, min(splits, default=0.0))
