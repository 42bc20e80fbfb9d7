"""Tables beside the answers: headcounts, margins, required levels, as a CSV or as a sheet of a workbook."""

from __future__ import annotations

from pathlib import Path

from obstacles.survey.files.paths import found_inside
from obstacles.survey.files.readers import open_table
from obstacles.survey.files.table import Table
from obstacles.survey.settings import WaveSettings


def side_table(file: str, sheet: str | None, folders: tuple[Path, ...]) -> Table:
    """The table, looked for in each folder in turn. Raises SurveyError."""
    return open_table(found_inside(file, folders), WaveSettings(id="", file=file, format="", sheet=sheet), None)
