"""A wave's file: which columns are wanted, where it lies, and what is said when some are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from obstacles.survey.files.column_names import ColumnError, variant_problems
from obstacles.survey.files.paths import inside
from obstacles.survey.files.readers import open_table
from obstacles.survey.files.table import Table
from obstacles.survey.formats.base import Format, position_columns
from obstacles.survey.loading.anchor import anchor_columns
from obstacles.survey.loading.capability import capability_columns
from obstacles.survey.loading.context import Context, stop
from obstacles.survey.loading.design_columns import design_columns, replicate_columns
from obstacles.survey.loading.quality import block_columns, straightline_of
from obstacles.survey.problems import Problem, refusal
from obstacles.survey.question import Item
from obstacles.survey.settings import StudySettings, WaveSettings
from obstacles.survey.studyfile.read import line_of
from obstacles.text.language import _


def answer_columns(form: Format, wave: WaveSettings, items: tuple[Item, ...]) -> list[str]:
    """The columns of the question, without those of items that the wave did not ask."""
    asked = {item.id for item in items}
    unasked = {column for id, column in wave.obstacles.items() if id not in asked}
    return [column for column in form.columns(wave) if column not in unasked]


def other_columns(settings: StudySettings, wave: WaveSettings, form: Format) -> list[str]:
    """The columns of everything else: who, when, groups, weights, design."""
    named: list[str | None] = [
        *wave.where,
        *wave.exclude,
        *(column for rule in wave.offered.values() for column in rule),
    ]
    if form.respondents:
        named += [
            wave.id_column,
            wave.panel_id,
            wave.weight,
            wave.duration,
            wave.date,
            *wave.columns.values(),
        ]
        named += [rule.column for rule in (wave.finished, wave.test_rows) if rule is not None]
        named += [*design_columns(settings, wave), *anchor_columns(wave), *position_columns(wave)]
        named += capability_columns(wave)
        straight = straightline_of(settings, wave)
        named += [column for block in (straight.blocks if straight else ()) for column in block_columns(wave, block)]
    return [name for name in dict.fromkeys(named) if name is not None]


def open_wave(context: Context, wave: WaveSettings, columns: Sequence[str]) -> Table:
    """The wave's table, with every column that is missing reported at once."""
    kept = None if context.settings.design.replicates else columns  # replicates may be a pattern of names
    table = open_table(_inside(context, wave), wave, kept)
    columns = [*columns, *replicate_columns(context.settings, table.names)]
    if not any(problem.code == "W-COL-03" for problem in table.problems):
        table = replace(table, problems=(*table.problems, *variant_problems(table.names, columns, wave.file)))
    problems = []
    for column in columns:
        try:
            table.column(column)
        except ColumnError as error:
            code = "E-COL-01" if error.positions else "E-COL-03"
            problems.append(Problem("error", code, f"{error}{_stated(context, wave, column)}", file=wave.file))
    stop(problems)
    return table


def _inside(context: Context, wave: WaveSettings) -> Path:
    """The path of the wave's file, which must lie in the folder of the study or in the one that was named."""
    path = inside(wave.file, context.folder)
    if path is None:
        message = _("the file lies outside {folder}. Move it there, or name its folder with --data.").format(
            folder=context.folder
        )
        raise refusal("E-PATH-01", message, wave.file, exit_code=3)
    return path


def _stated(context: Context, wave: WaveSettings, column: str) -> str:
    """' (study.toml line 88, item "skills")'."""
    position = context.settings.wave.index(wave)
    for key, named in (("obstacles", wave.obstacles), ("columns", wave.columns)):
        for name, one in named.items():
            if one == column:
                line = line_of(context.text, ("wave", position, key, name))
                return _(' ({file} line {line}, "{name}")').format(file=context.path.name, line=line, name=name)
    line = line_of(context.text, ("wave", position))
    return _(" ({file}, the wave of line {line})").format(file=context.path.name, line=line)
