"""Cells of a printed table or a crosswalk: texts, numbers, and what is wrong with which rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from obstacles.survey.files.numerics import numbers
from obstacles.survey.files.readers import open_table
from obstacles.survey.files.table import Table
from obstacles.survey.problems import MOST_EXAMPLES, Problem, Severity, SurveyError
from obstacles.survey.settings import WaveSettings
from obstacles.text.language import _, quoted_names

PERCENT = re.compile(r"\s*(?:%|percent|per cent|％)\s*$", re.IGNORECASE)
FRACTION = re.compile(r"[.,](\d+)\s*$")


def open_evidence(path: Path, file: str, needed: Sequence[str]) -> Table:
    """A table of any kind of file; raises SurveyError where it cannot be read or a needed column is missing."""
    table = open_table(path, WaveSettings(id="", file=file, format=""), None)
    missing = [name for name in needed if name not in table.names]
    twice = sorted({name for name in table.names if name and table.names.count(name) > 1})
    problems = []
    if missing:
        message = _("these columns are missing: {names}. The file has: {columns}.")
        columns = quoted_names(table.names[:20])
        text = message.format(names=quoted_names(missing), columns=columns)
        problems.append(Problem("error", "E-EVI-01", text, file=file, rows=(1,)))
    if twice:
        message = _("these columns are there more than once: {names}.").format(names=quoted_names(twice))
        problems.append(Problem("error", "E-EVI-01", message, file=file, rows=(1,)))
    if problems:
        raise SurveyError(problems)
    return table


def column_texts(table: Table, names: Sequence[str]) -> dict[str, list[str]]:
    """Each column's cells, normalised; blanks for a column that the table does not have."""
    blank = [""] * len(table.rows)
    return {name: list(table.text(name)) if name in table.names else blank for name in names}


def parsed(cells: Sequence[str], *, percent: bool) -> tuple[np.ndarray, np.ndarray]:
    """(r,) numbers, NaN for a blank cell or one that holds none; (r,) bool, which hold something else."""
    bare = [PERCENT.sub("", cell).strip() if percent else cell for cell in cells]
    values = numbers(bare, None).values
    number = np.array([np.nan if value is None else value for value in values], float)
    return number, np.array([bool(text) for text in bare], bool) & np.isnan(number)


def decimals_of(cell: str) -> int:
    """Digits after the decimal mark, as printed."""
    fraction = FRACTION.search(PERCENT.sub("", cell).strip())
    return len(fraction.group(1)) if fraction else 0


def stated(number: float) -> float | None:
    """The number, or None for nan, which stands for what a table does not state."""
    return None if np.isnan(number) else float(number)


def about(
    code: str, message: str, file: str, column: str | None, rows: np.ndarray, cells: Sequence[str], at: np.ndarray
) -> list[Problem]:
    """One problem of the cells of a column at (r,) bool `at`; none where it holds nowhere."""
    places = np.flatnonzero(at)
    if not len(places):
        return []
    severity: Severity = "ask" if code.startswith("A") else "warning" if code.startswith("W") else "error"
    shown = places[:MOST_EXAMPLES]
    values = tuple(cells[place] for place in shown)
    named = [value for value in dict.fromkeys(values) if value]
    text = _("{cells}: {message}").format(cells=quoted_names(named), message=message) if named else message
    numbers_of = tuple(int(rows[place]) for place in shown)
    return [Problem(severity, code, text, file=file, rows=numbers_of, column=column, values=values, count=len(places))]
