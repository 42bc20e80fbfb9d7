"""Dates in cells: which order of day and month a column uses is read off the whole column, or asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

PARTS = re.compile(r"(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?(?:[T\s].*)?")


@dataclass(frozen=True)
class Dates:
    """The days of a column's distinct cells."""

    values: tuple[date | None, ...]  # None = no date
    order: str | None  # "ymd", "dmy" or "mdy"; None = day and month cannot be told apart


def dates(cells: Sequence[str], order: str | None) -> Dates:
    """Read the distinct cells of one column; `order` as the study file states it, `None` finds it."""
    parts = [tuple(map(int, match.groups())) if (match := PARTS.fullmatch(cell.strip())) else None for cell in cells]
    found = order or _order([part for part in parts if part is not None])
    if found is None:
        return Dates((None,) * len(cells), None)
    return Dates(tuple(None if part is None else _day(part, found) for part in parts), found)


def _order(parts: Sequence[tuple[int, ...]]) -> str | None:
    if not parts or all(part[0] > 31 for part in parts):
        return "ymd"
    if any(part[0] > 12 for part in parts):
        return "dmy"
    if any(part[1] > 12 for part in parts):
        return "mdy"
    return "dmy" if all(part[0] == part[1] for part in parts) else None


def _day(part: tuple[int, ...], order: str) -> date | None:
    year, month, day = (part[order.index(letter)] for letter in "ymd")
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None
