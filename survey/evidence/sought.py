"""Surveys that were looked for and are not in the table, and why: what a reader must know of the others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from obstacles.survey.evidence.cells import column_texts, open_evidence

SOUGHT = "sought.csv"  # beside the first file


@dataclass(frozen=True)
class Sought:
    """A survey without usable figures."""

    survey: str
    year: str  # "" = not known, or several
    reason: str  # "not reached", "figure not read", or in other words


def read_sought(path: Path) -> tuple[Sought, ...]:
    """The surveys of a list; raises SurveyError where it is not one."""
    table = open_evidence(path, path.name, ("survey", "reason"))
    cells = column_texts(table, ("survey", "year", "reason"))
    rows = zip(cells["survey"], cells["year"], cells["reason"], strict=True)
    return tuple(Sought(*row) for row in rows if row[0])
