"""Tables beside the answers: headcounts, margins, required levels, as a CSV or as a sheet of a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from obstacles.survey.files.paths import found_inside
from obstacles.survey.files.readers import open_table
from obstacles.survey.files.table import Table
from obstacles.survey.settings import WaveSettings
from obstacles.survey.settings.sample import GroupSize


def group_of(table: Table, stated: GroupSize, waves: Iterable[WaveSettings]) -> tuple[str, str] | None:
    """The group that a table is by, and its column there; None where no column is one of a group.

    As stated, else a column that is called like a group of a wave, or like the column that the wave has it in.
    """
    waves = list(waves)
    names = dict.fromkeys(name for wave in waves for name in wave.columns)
    if stated.group is not None:
        names = {stated.group: None}
    for name in names:
        own = [column for wave in waves if (column := wave.columns.get(name)) is not None]
        wanted = [stated.column] if stated.column is not None else [name, *own]
        if (column := table.first_of(wanted)) is not None:
            return name, column
    return None


def side_table(stated: GroupSize, folders: tuple[Path, ...]) -> Table:
    """The table, looked for in each folder in turn. Raises SurveyError."""
    settings = WaveSettings(id="", file=stated.file, format="", sheet=stated.sheet, skip=stated.skip)
    return open_table(found_inside(stated.file, folders), settings, None)
