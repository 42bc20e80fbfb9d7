"""Numbers and days of files that are no text, as a CSV export would write them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

NUMBERS_EXACT = 1e15  # whole numbers up to which a cell keeps every digit


def as_text(value: Any) -> str:
    """1 and not 1.0; "TRUE"; "2024-05-13", and the time of day only where there is one."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < NUMBERS_EXACT:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
