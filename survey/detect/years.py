"""Columns that tell rounds of a survey apart, and years in names: what waves are called."""

from __future__ import annotations

import re

from obstacles.survey.detect.sheet import Column
from obstacles.text.fold import fold

NAMES = re.compile(
    r"years?|wave|round|survey[ _]?year|time_period|period|edition|jahr|welle|année|annee|año|ano|"
    r"年份|年度|年|轮次|批次"
)
YEAR = re.compile(r"(?:19|20)\d{2}")
IN_NAME = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
MOST_WAVES = 15


def is_time(column: Column) -> bool:
    """Whether a column holds the year or the round of each row."""
    cells = list(column.filled)
    if not cells or len(cells) > MOST_WAVES or column.blank:
        return False
    years = all(YEAR.fullmatch(cell) for cell in cells)
    return (
        NAMES.fullmatch(fold(column.name)) is not None
        and (years or all(cell.isdecimal() for cell in cells))
        and len(cells) >= 2
    )


def year_in(name: str) -> str:
    """The year in a file's name; "" where there is none, or more than one."""
    found = list(dict.fromkeys(IN_NAME.findall(name)))
    return found[0] if len(found) == 1 else ""
