"""A study file and its data -> a `Study`: settings are read, each wave's file is opened once, and every problem of all
files is found before anything stops.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from survey.across import across_waves
from survey.anchor import anchor_columns, read_anchor
from survey.choices import choices_of
from survey.columns import ColumnError
from survey.design import design_columns, design_of, replicate_columns, weights_of
from survey.doubts import doubt_items, doubt_persons
from survey.files import open_table
from survey.formats import FORMATS
from survey.formats.form import Asked, Format, Reading, of_respondents, position_columns
from survey.formats.texts import fold
from survey.items import items_in, items_of
from survey.language import _
from survey.margins import Margins, read_margins, sizes_in
from survey.problems import Problem, Receipt, SurveyError
from survey.quality import block_columns, flag_rows
from survey.question import Item, Question
from survey.respondents import Aliases, aliases_of, respondents_of
from survey.selection import Selection, counts_of, select_rows
from survey.settings import StudySettings, WaveSettings
from survey.study import Design, Study, Wave
from survey.studyfile import line_of, read_study_file
from survey.table import Table

if TYPE_CHECKING:
    import pandas as pd

FATAL = ("error", "ask")


@dataclass(frozen=True)
class Context:
    """What all waves of a study share while it is loaded."""

    path: Path  # of the study file
    folder: Path  # of the data
    text: str  # of the study file
    settings: StudySettings
    items: tuple[Item, ...]
    aliases: Aliases
    margins: Margins


def load_study(path: str | Path, *, data: str | Path | None = None) -> Study:
    """Read a study file and the answers of all its waves.

    Parameters
    ----------
    path
        of the study file.
    data
        a folder in which the waves' files are looked for instead of beside the study file.

    Raises
    ------
    SurveyError
        With every problem of the study file (exit code 3), or of all data files (exit code 2; 3 where only a key of
        the study file is wanting).
    """
    path = Path(path)
    settings = read_study_file(path)
    folder = Path(data) if data is not None else path.parent
    context, problems = _context(path, folder, settings)
    waves: list[Wave] = []
    keys_at_fault = False
    for wave in settings.wave:
        try:
            waves.append(_load_wave(context, wave))
        except SurveyError as error:
            keys_at_fault |= error.exit_code == 3
            problems += error.problems
    problems += across_waves(waves)
    if _fatal(problems):
        raise SurveyError(dict.fromkeys(problems), exit_code=3 if keys_at_fault else 2)
    return Study(
        id=settings.study.id or path.resolve().parent.name or "study",
        title=settings.study.title,
        items=context.items,
        waves=tuple(waves),
        settings=settings,
        path=path,
        sha256=_digest(path, waves),
        problems=tuple(problems) + _untranslated(path, settings),
    )


def _context(path: Path, folder: Path, settings: StudySettings) -> tuple[Context, list[Problem]]:
    margins = read_margins(settings, (path.parent, folder))
    text = path.read_text(encoding="utf-8-sig")
    context = Context(path, folder, text, settings, items_of(settings), aliases_of(settings), margins)
    return context, list(margins.problems)


def _digest(path: Path, waves: Sequence[Wave]) -> str:
    """One hash over the study file and the data files."""
    total = hashlib.sha256(path.read_bytes())
    for wave in waves:
        total.update(wave.receipt.sha256.encode())
    return total.hexdigest()


def _untranslated(path: Path, settings: StudySettings) -> tuple[Problem, ...]:
    """Labels that lack a language of the study fall back to another one."""
    problems = []
    for language in settings.study.languages:
        lacking = [item.id for item in settings.obstacles.item if item.label and language not in item.label]
        if lacking:
            message = _('no label in "{language}" for {items}: another language is shown.')
            text = message.format(language=language, items=", ".join(lacking[:5]) + (" ..." if lacking[5:] else ""))
            problems.append(Problem("info", "I-LANG-01", text, file=path.name, count=len(lacking)))
    return tuple(problems)


# ---------- one wave --------------------------------------------------------------------------------------------


def _load_wave(context: Context, wave: WaveSettings) -> Wave:
    form, settings = FORMATS[wave.format], context.settings
    items = items_in(settings, wave, context.items)
    answers = _answer_columns(form, wave, items)
    table = _open(context, wave, [*answers, *_other_columns(settings, wave, form)])
    selection = select_rows(settings, wave, table, answers, one_row=not form.several_rows(wave))
    if not len(selection.rows):
        _nobody(selection)
    flags = flag_rows(selection, settings, wave) if form.respondents else {}
    asked = _asked(context, wave, items, selection)
    reading = form.read(asked)
    if not _fatal(reading.problems):  # else the columns beside the answers are still looked at, row by row
        _leave(selection, asked, reading)
    weight = weights_of(selection, settings, wave) if form.respondents else None
    keep, people, weight = _persons(asked, reading, selection, weight)
    answered = of_respondents(reading.answers, keep)
    respondents, design = _people(context, wave, form, people, weight)
    if not _fatal(reading.problems):
        doubt_items(people, answered)
        doubt_persons(people, wave, answers)
    problems = (*table.problems, *reading.problems, *selection.problems, *people.problems)
    _stop(problems)
    if not len(selection.rows):
        _nobody(selection)
    return Wave(
        id=wave.id,
        title=wave.title,
        question=_question(settings, wave, items, reading),
        answers=answered,
        respondents=respondents,
        design=design,
        receipt=_receipt(context, wave, form, selection, reading, problems),
        fieldwork=wave.fieldwork,
        invited=wave.invited,
        settings=wave,
        sizes=sizes_in(context.margins, wave.id),
        flags={name: mask[people.rows] for name, mask in flags.items()},
        anchor=read_anchor(people, wave),
        panel=_panel(people, wave),
    )


def _leave(selection: Selection, asked: Asked, reading: Reading) -> None:
    """Take away the rows that the format could not use, by its rules in order."""
    for ending in reading.left_out:
        gone = np.zeros(len(asked.table.rows), bool)
        gone[asked.rows[ending.rows]] = True
        selection.leave(ending.rule, gone[selection.rows])


def _fatal(problems: Iterable[Problem]) -> bool:
    return any(problem.severity in FATAL for problem in problems)


def _stop(problems: Sequence[Problem]) -> None:
    """Raise where something stops the load: 3 where only the study file can answer, else 2."""
    if _fatal(problems):
        data_at_fault = any(problem.severity == "error" for problem in problems)
        raise SurveyError(problems, exit_code=2 if data_at_fault else 3)


def _nobody(selection: Selection) -> None:
    rules = "; ".join(f"{rule.rule}: {rule.count:,}" for rule in selection.left_out)
    if not _fatal(selection.problems):
        message = _("no row is left to analyse ({rules}). Check the keys that leave rows out.")
        selection.problem("error", "E-ROW-06", message.format(rules=rules))
    _stop(selection.problems)


def _answer_columns(form: Format, wave: WaveSettings, items: tuple[Item, ...]) -> list[str]:
    """The columns of the question, without those of items that the wave did not ask."""
    asked = {item.id for item in items}
    unasked = {column for id, column in wave.obstacles.items() if id not in asked}
    return [column for column in form.columns(wave) if column not in unasked]


def _other_columns(settings: StudySettings, wave: WaveSettings, form: Format) -> list[str]:
    """The columns of everything else: who, when, groups, weights, design."""
    named = [*wave.where, *(column for rule in wave.offered.values() for column in rule)]
    if form.respondents:
        named += [wave.id_column or "", wave.panel_id or "", wave.weight or "", wave.duration or "", *wave.columns.values()]
        named += [rule.column for rule in (wave.finished, wave.test_rows) if rule is not None]
        named += [wave.date] if wave.date is not None else []
        named += [*design_columns(settings, wave), *anchor_columns(wave), *position_columns(wave)]
        straight = settings.quality.straightline
        named += [column for block in (straight.blocks if straight else ()) for column in block_columns(wave, block)]
    return [name for name in dict.fromkeys(named) if name]


def _open(context: Context, wave: WaveSettings, columns: Sequence[str]) -> Table:
    """The wave's table, with every column that is missing reported at once."""
    kept = None if context.settings.design.replicates else columns  # replicates may be a pattern of names
    table = open_table(_inside(context, wave), wave, kept)
    columns = [*columns, *replicate_columns(context.settings, table.names)]
    problems = []
    for column in columns:
        try:
            table.column(column)
        except ColumnError as error:
            severity, code = ("error", "E-COL-01") if error.positions else ("error", "E-COL-03")
            problems.append(Problem(severity, code, f"{error}{_stated(context, wave, column)}", file=wave.file))
    _stop(problems)
    return table


def _inside(context: Context, wave: WaveSettings) -> Path:
    """The path of the wave's file, which must lie in the folder of the study or in the one that was named."""
    path = context.folder / wave.file
    folder = context.folder.resolve()
    if Path(wave.file).is_absolute() or not path.resolve().is_relative_to(folder):
        message = _("the file lies outside {folder}. Move it there, or name its folder with --data.").format(
            folder=context.folder
        )
        raise SurveyError([Problem("error", "E-PATH-01", message, file=wave.file)], exit_code=3)
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


def _asked(context: Context, wave: WaveSettings, items: tuple[Item, ...], selection: Selection) -> Asked:
    settings = context.settings
    direction = wave.direction or settings.obstacles.direction
    partial = settings.quality.partial
    if "direction" in FORMATS[wave.format].uses and wave.obstacles and direction is None:
        _ask_direction(context, wave, items, selection)
    return Asked(
        settings=wave,
        items=items,
        direction=direction,
        invalid=settings.quality.invalid_ranking,
        least=partial.keep_if_items_answered if partial else None,
        table=selection.table,
        rows=selection.rows,
        offered=_offered(wave, items, selection),
    )


def _offered(wave: WaveSettings, items: tuple[Item, ...], selection: Selection) -> np.ndarray:
    """(n, m) bool: whom each item was offered, by the key `offered`."""
    offered = np.ones((len(selection.rows), len(items)), bool)
    for position, item in enumerate(items):
        for column, cells in wave.offered.get(item.id, {}).items():
            codes, values = selection.coded(column)
            wanted = {fold(cell) for cell in cells}
            match = np.array([fold(value) in wanted for value in values], bool)
            if not match[codes].any():
                message = _('offered: no row has {cells}, so "{item}" was offered to nobody. Correct the key.')
                shown = ", ".join(f'"{cell}"' for cell in cells)
                selection.problem("error", "E-OFF-02", message.format(cells=shown, item=item.id), column)
            offered[:, position] &= match[codes]
    return offered


def _ask_direction(context: Context, wave: WaveSettings, items: tuple[Item, ...], selection: Selection) -> None:
    """Without `direction` nothing says which end is severe; the most frequent cell is shown, and no more."""
    column = wave.obstacles[items[0].id]
    counts = counts_of(*selection.coded(column))
    counts.pop("", None)
    common = counts.most_common(1)[0][0] if counts else "-"
    message = _(
        '[obstacles] direction is missing. In the data "{value}" is the most frequent cell of "{item}". Write '
        'direction = "1_is_most_severe" if small numbers mean the largest obstacle, else "high_is_most_severe".'
    ).format(value=common[:40], item=items[0].id)
    selection.problems.append(Problem("ask", "A-DIR-01", message, file=context.path.name))


def _persons(
    asked: Asked, reading: Reading, selection: Selection, weight: np.ndarray | None
) -> tuple[np.ndarray, Selection, np.ndarray | None]:
    """Which persons of the reading are kept, the row that stands for each, and their weights."""
    place = np.full(len(asked.table.rows), -1, np.intp)
    place[selection.rows] = np.arange(len(selection.rows))
    rows = asked.rows if reading.rows is None else asked.rows[reading.rows]
    keep = place[rows] >= 0
    people = Selection(asked.table, rows[keep])
    return keep, people, None if weight is None else weight[place[rows[keep]]]


def _people(
    context: Context,
    wave: WaveSettings,
    form: Format,
    people: Selection,
    weight: np.ndarray | None,
) -> tuple[pd.DataFrame, Design]:
    """Respondents and design; nobody stands behind a printed table."""
    import pandas as pd

    if not form.respondents:
        return pd.DataFrame({"id": pd.Series([], dtype=object)}), Design()
    respondents = respondents_of(people, wave, context.aliases)
    return respondents, design_of(people, context.settings, wave, weight, respondents, context.margins)


def _panel(people: Selection, wave: WaveSettings) -> np.ndarray | None:
    """The ids that join a person's answers over waves."""
    if wave.panel_id is None:
        return None
    codes, values = people.coded(wave.panel_id)
    return np.asarray(np.array(values, dtype=object)[codes])


def _question(settings: StudySettings, wave: WaveSettings, items: tuple[Item, ...], reading: Reading) -> Question:
    return Question(
        text=wave.question or settings.obstacles.question,
        format=wave.format,
        items=items,
        k=reading.k,
        ties=wave.ties,
        blank=wave.blank,
        scale=reading.scale,
        max_choices=wave.max_choices,
        item_order=settings.obstacles.item_order,
        largest_tie=wave.largest_tie,
        ties_overrun=wave.ties_overrun,
    )


def _receipt(
    context: Context,
    wave: WaveSettings,
    form: Format,
    selection: Selection,
    reading: Reading,
    problems: Sequence[Problem],
) -> Receipt:
    table = selection.table
    dropped = [column for column in context.settings.privacy.drop_columns if column in table.names]
    return Receipt(
        file=wave.file,
        sha256=table.sha256,
        encoding=table.encoding,
        delimiter=table.delimiter,
        rows_read=len(table.rows),
        columns=len(table.names),
        left_out=tuple(selection.left_out),
        analysed=len(selection.rows),
        repaired=reading.repaired,
        dropped_columns=tuple(dropped),
        choices=(*choices_of(context.settings, wave, form), *reading.choices),
        problems=tuple(problem for problem in problems if problem.severity not in FATAL),
    )
