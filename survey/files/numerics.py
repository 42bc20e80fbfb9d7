"""Numbers in cells: weights, headcounts, percentages, durations. Which decimal mark a column uses is read off the whole
column, and where that is not possible the caller asks: "1,234" alone may be 1234 or a little over one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

SECONDS = re.compile(r"(?<=\d)\s*(?:秒|s(?:ec(?:onds?)?)?\.?)\s*$", re.I)
SPACES = re.compile(r"(?<=\d)[ '\u202f\u00a0](?=\d{3}(?:\D|$))")
PLAIN = re.compile(r"[-+]?\d+")
POINT = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")
COMMA = re.compile(r"[-+]?(?:\d+,\d*|,\d+|\d+)(?:[eE][-+]?\d+)?")
GROUPED_BY_COMMA = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
GROUPED_BY_POINT = re.compile(r"[-+]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?")


@dataclass(frozen=True)
class Numbers:
    """The numbers of a column's distinct cells."""

    values: tuple[float | None, ...]  # None = no finite number
    ambiguous: tuple[str, ...]  # cells whose comma may be a decimal mark or group digits, where nothing decides


def numbers(cells: Sequence[str], decimal: str | None) -> Numbers:
    """Read the distinct cells of one column.

    Parameters
    ----------
    decimal
        "." or "," as the study file states it; `None` finds it.
    """
    cells = [SPACES.sub("", cell.strip().replace("\N{MINUS SIGN}", "-")) for cell in cells]
    doubtful: list[str] = []
    if decimal is None:
        with_comma = [cell for cell in cells if "," in cell]
        doubtful = [cell for cell in with_comma if GROUPED_BY_COMMA.fullmatch(cell) and COMMA.fullmatch(cell)]
        point = any("." in cell and POINT.fullmatch(cell) and not GROUPED_BY_POINT.fullmatch(cell) for cell in cells)
        sure = any(
            (COMMA if "." not in cell else GROUPED_BY_POINT).fullmatch(cell) for cell in set(with_comma) - set(doubtful)
        )
        groups = point or any(GROUPED_BY_COMMA.fullmatch(cell) and not COMMA.fullmatch(cell) for cell in with_comma)
        decimal = "," if sure and not point else "."
        if sure != groups:
            doubtful = []
    return Numbers(tuple(_number(cell, decimal) for cell in cells), tuple(doubtful))


def seconds(cells: Sequence[str], decimal: str | None) -> Numbers:
    """The same for times, which some survey tools write with the unit: "61秒"."""
    return numbers([SECONDS.sub("", cell) for cell in cells], decimal)


def _number(cell: str, decimal: str) -> float | None:
    plain, grouped, mark = (COMMA, GROUPED_BY_POINT, ".") if decimal == "," else (POINT, GROUPED_BY_COMMA, ",")
    if not plain.fullmatch(cell):
        if not grouped.fullmatch(cell):
            return None
        cell = cell.replace(mark, "")
    value = float(cell.replace(",", "."))
    return value if math.isfinite(value) else None
