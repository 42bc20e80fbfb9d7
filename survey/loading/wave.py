"""One wave: its file is opened once, rows are selected, the format reads them, a receipt says what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from obstacles.survey.answers import Answers, SetAside
from obstacles.survey.formats import FORMATS
from obstacles.survey.formats.base import ParsedAnswers, WaveQuestion, of_respondents
from obstacles.survey.loading.anchor import read_anchor
from obstacles.survey.loading.capability import read_capability
from obstacles.survey.loading.context import FATAL, Context, fatal, stop
from obstacles.survey.loading.design_columns import design_of, weights_of
from obstacles.survey.loading.load_decisions import choices_of
from obstacles.survey.loading.margins import sizes_in
from obstacles.survey.loading.plausibility import doubt_items, doubt_persons, look_for_alike
from obstacles.survey.loading.quality import IN_PART, flag_rows, in_part
from obstacles.survey.loading.respondents import respondents_of
from obstacles.survey.loading.selection import Selection, select_rows
from obstacles.survey.loading.set_aside import apart
from obstacles.survey.loading.wave_file import answer_columns, open_wave, other_columns
from obstacles.survey.problems import Problem, Receipt
from obstacles.survey.question import Item, Question
from obstacles.survey.settings import StudySettings, WaveSettings
from obstacles.survey.study import Design, Wave
from obstacles.survey.studyfile.items import items_in
from obstacles.text.language import _, quoted_names, semicolons

if TYPE_CHECKING:
    import pandas as pd


def load_wave(context: Context, wave: WaveSettings) -> Wave:
    """Read one wave's file: its answers, respondents, design and receipt."""
    form, settings = FORMATS[wave.format], context.settings
    items = items_in(settings, wave, context.items)
    answers = answer_columns(form, wave, items)
    table = open_wave(context, wave, [*answers, *other_columns(settings, wave, form)])
    if wave.id_column is not None:
        table.look_for_different(wave.id_column)
    selection = select_rows(settings, wave, table, answers, one_row=not form.several_rows(wave))
    table.digest.begin()
    if not len(selection.rows):
        _nobody(selection)
    if form.respondents:
        flag_rows(selection, settings, wave)
    asked = _asked(context, wave, items, selection)
    reading = form.read(asked)
    if not fatal(reading.problems):  # else the columns beside the answers are still looked at, row by row
        _leave(selection, asked, reading)
    weight = weights_of(selection, settings, wave) if form.respondents else None
    keep, people, weight = _persons(asked, reading, selection, weight)
    answered = of_respondents(reading.answers, keep)
    aside: tuple[SetAside, ...] = ()
    if any(item.kind is not None for item in items):
        answered, aside, problem, stays = apart(answered, weight, table.file)
        selection.problems += [] if problem is None else [problem]
        keep, people, weight = _without(keep, people, weight, selection, stays)
    alike = look_for_alike(people, wave, answers)
    respondents, design = _people(context, wave, people, weight)
    capability = read_capability(people, settings, wave, respondents, context.required)
    if not fatal(reading.problems):
        if items:
            doubt_items(people, answered)
        if alike is not None:
            doubt_persons(people, wave, alike())
    of_file = [one for one in table.problems if not (wave.exclude and one.code == "W-ROW-03")]
    problems = (*of_file, *reading.problems, *selection.problems, *people.problems)
    stop(problems)
    if not len(selection.rows):
        _nobody(selection)
    return Wave(
        id=wave.id,
        title=wave.title,
        question=_question(settings, wave, items, reading),
        answers=answered,
        respondents=respondents,
        design=design,
        receipt=_receipt(context, wave, selection, reading, problems),
        fieldwork=wave.fieldwork,
        invited=wave.invited,
        settings=wave,
        sizes=sizes_in(context.margins, wave.id),
        flags=_flags(wave, asked, reading, selection, people, answered, keep),
        anchor=read_anchor(people, wave),
        capability=capability,
        set_aside=aside,
        panel=_panel(people, wave),
    )


def _leave(selection: Selection, asked: WaveQuestion, reading: ParsedAnswers) -> None:
    """Take away the rows that the format could not use, by its rules in order."""
    for ending in reading.left_out:
        if not ending.rows.any():
            continue
        gone = np.zeros(len(asked.table.rows), bool)
        gone[asked.rows[ending.rows]] = True
        selection.leave(ending.rule, gone[selection.rows])


def _nobody(selection: Selection) -> None:
    rules = semicolons(
        _("{name}: {value}").format(name=rule.rule, value=f"{rule.count:,}") for rule in selection.left_out
    )
    if not fatal(selection.problems):
        message = _("no row is left to analyse ({rules}). Check the keys that leave rows out.")
        selection.problem("error", "E-ROW-06", message.format(rules=rules))
    stop(selection.problems)


def _asked(context: Context, wave: WaveSettings, items: tuple[Item, ...], selection: Selection) -> WaveQuestion:
    settings = context.settings
    direction = wave.direction or settings.obstacles.direction
    partial = settings.quality.partial
    if "direction" in FORMATS[wave.format].uses and wave.obstacles and direction is None:
        _ask_direction(context, wave, items, selection)
    return WaveQuestion(
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
            asked = selection.having(column, cells)
            if not asked.any():
                message = _('offered: no row has {cells}, so "{item}" was offered to nobody. Correct the key.')
                shown = quoted_names(cells)
                selection.problem("error", "E-OFF-02", message.format(cells=shown, item=item.id), column)
            offered[:, position] &= asked
    return offered


def _ask_direction(context: Context, wave: WaveSettings, items: tuple[Item, ...], selection: Selection) -> None:
    """Without `direction` nothing says which end is severe; the most frequent cell is shown, and no more."""
    codes, cells = selection.coded(wave.obstacles[items[0].id])
    times = {cell: n for cell, n in zip(cells, np.bincount(codes, minlength=len(cells)), strict=True) if cell and n}
    common = max(times, key=times.__getitem__, default="-")
    message = _(
        '[obstacles] direction is missing. In the data "{value}" is the most frequent cell of "{item}". Write '
        'direction = "1_is_most_severe" if small numbers mean the largest obstacle, else "high_is_most_severe".'
    ).format(value=common[:40], item=items[0].id)
    selection.problems.append(Problem("ask", "A-DIR-01", message, file=context.path.name))


def _persons(
    asked: WaveQuestion, reading: ParsedAnswers, selection: Selection, weight: np.ndarray | None
) -> tuple[np.ndarray, Selection, np.ndarray | None]:
    """Which persons of the reading are kept, the row that stands for each, and their weights."""
    if reading.rows is None and len(selection.rows) == asked.n:  # nobody left, and every row is a person
        return np.ones(asked.n, bool), Selection(asked.table, asked.rows), weight
    place = np.full(len(asked.table.rows), -1, np.intp)
    place[selection.rows] = np.arange(len(selection.rows))
    rows = asked.rows if reading.rows is None else asked.rows[reading.rows]
    keep = place[rows] >= 0
    people = Selection(asked.table, rows[keep])
    return keep, people, None if weight is None else weight[place[rows[keep]]]


def _without(
    keep: np.ndarray, people: Selection, weight: np.ndarray | None, selection: Selection, stays: np.ndarray
) -> tuple[np.ndarray, Selection, np.ndarray | None]:
    """The same without persons who named nothing that is ranked; `stays` is (p,) bool of those kept so far."""
    if stays.all():
        return keep, people, weight
    rule = _("only options that are not ranked, such as Other or Don't know, were named")
    selection.leave(rule, np.isin(selection.rows, people.rows[~stays]))
    kept = keep.copy()
    kept[np.flatnonzero(keep)[~stays]] = False
    return kept, Selection(people.table, people.rows[stays]), None if weight is None else weight[stays]


def _people(
    context: Context, wave: WaveSettings, people: Selection, weight: np.ndarray | None
) -> tuple[pd.DataFrame, Design]:
    """Respondents and design; nobody stands behind a printed table."""
    import pandas as pd

    if not FORMATS[wave.format].respondents:
        return pd.DataFrame({"id": pd.Series([], dtype=object)}), Design()
    respondents = respondents_of(people, wave, context.aliases, context.settings.groups)
    return respondents, design_of(people, context.settings, wave, weight, respondents, context.margins)


def _flags(
    wave: WaveSettings,
    asked: WaveQuestion,
    reading: ParsedAnswers,
    selection: Selection,
    people: Selection,
    answered: Answers,
    keep: np.ndarray,
) -> dict[str, np.ndarray]:
    """Sign of a careless or partial answer -> (p,) bool, for every sign that was looked for."""
    found = {sign: mask[people.rows] for sign, mask in {**selection.flags, **people.flags}.items()}
    rows = np.flatnonzero(keep) if reading.rows is None else reading.rows[keep]
    found |= {sign: mask[rows] for sign, mask in reading.flags.items()}
    offered = asked.offered[:, [item.kind is None for item in asked.items]]
    partial = in_part(answered, wave, offered if len(rows) == asked.n else offered[rows])
    return found if partial is None else found | {IN_PART: partial}


def _panel(people: Selection, wave: WaveSettings) -> np.ndarray | None:
    """The ids that join a person's answers over waves."""
    if wave.panel_id is None:
        return None
    codes, values = people.coded(wave.panel_id)
    return np.asarray(np.array(values, dtype=object)[codes])


def _question(settings: StudySettings, wave: WaveSettings, items: tuple[Item, ...], reading: ParsedAnswers) -> Question:
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
    context: Context, wave: WaveSettings, selection: Selection, reading: ParsedAnswers, problems: Sequence[Problem]
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
        choices=choices_of(context.settings, wave, FORMATS[wave.format]),
        problems=tuple(problem for problem in problems if problem.severity not in FATAL),
    )
