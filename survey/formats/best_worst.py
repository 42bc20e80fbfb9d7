"""Best-worst scaling (MaxDiff): of the items shown in a task, the largest and the smallest.

Three layouts: a pair of columns per task in one row per respondent; a row per task; a row per item shown. What was
shown is the study's `design`, or stands in columns. A cell is an item, or its place among those shown (1 or A).
Tasks with the same item twice, or with one that was not shown, are not usable; what remains of the respondent stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from obstacles.survey.answers import BestWorst
from obstacles.survey.formats.base import Exclusion, Format, Log, ParsedAnswers, WaveQuestion
from obstacles.survey.formats.missing import kinds_of_missing
from obstacles.survey.formats.numerals import numeral
from obstacles.survey.formats.texts import Texts
from obstacles.survey.settings import BestWorstColumns, WaveSettings
from obstacles.text.fold import fold
from obstacles.text.language import _, ngettext

NOTHING, UNKNOWN = -1, -2


def read(asked: WaveQuestion) -> ParsedAnswers:
    """All tasks of all respondents."""
    log = Log(asked)
    columns = asked.settings.best_worst
    assert columns is not None
    shown, best, worst, row = (_item_rows if columns.item else _task_columns)(asked, log, columns)
    person, first = asked.persons(several=_several(asked.settings))
    silent = (best == NOTHING) & (worst == NOTHING)
    half = ((best == NOTHING) | (worst == NOTHING)) & ~silent
    usable = ~silent & ~half
    task = np.arange(len(best))
    same = usable & (best == worst)
    absent = usable & ~same & ~(shown[task, np.maximum(best, 0)] & shown[task, np.maximum(worst, 0)])
    unknown = (best == UNKNOWN) | (worst == UNKNOWN)
    usable &= ~same & ~absent & ~unknown
    _unusable(log, row, half, same, absent)
    respondent = person[row[usable]]
    answers = BestWorst(asked.items, shown[usable], best[usable], worst[usable], respondent, np.ones(int(usable.sum())))
    answered = np.zeros(len(first), bool)
    answered[respondent] = True
    endings = (Exclusion(_("no usable task was answered"), ~answered[person]),)
    return ParsedAnswers(answers, endings, tuple(log.repaired), tuple(log.problems), rows=first)


def _unusable(log: Log, row: np.ndarray, half: np.ndarray, same: np.ndarray, absent: np.ndarray) -> None:
    """Warn of tasks that cannot be used, and count them."""
    for where, counted in (
        (half, _("tasks with a best or a worst item only, left out")),
        (same, _("tasks with the same item as best and worst, left out")),
        (absent, _("tasks with an item that was not shown, left out")),
    ):
        if count := int(where.sum()):
            rows = np.zeros(log.asked.n, bool)
            rows[row[where]] = True
            message = ngettext("{n} task: {what}.", "{n} tasks: {what}.", count)
            log.rows("warning", "W-BW-01", message.format(n=f"{count:,}", what=counted), rows)
            log.repair(counted, count)


Tasks = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # shown (r, m), best (r,), worst (r,), row (r,)


def _task_columns(asked: WaveQuestion, log: Log, columns: BestWorstColumns) -> Tasks:
    """A pair of columns per task; with one pair, a row is a task."""
    texts = Texts(asked.items, asked.settings.values)
    parts: list[Tasks] = []
    for task, ends in enumerate(zip(columns.best, columns.worst, strict=True)):
        places = _shown(asked, log, columns, task, texts)  # (n, k) items in their order
        offered = np.zeros((asked.n, len(asked.items) + 1), bool)
        offered[np.arange(asked.n)[:, None], places] = True  # NOTHING marks the last column
        picked = [_picked(asked, log, column, places, texts) for column in ends]
        parts.append((offered[:, :-1], picked[0], picked[1], np.arange(asked.n)))
    shown, best, worst, row = (np.concatenate(part) for part in zip(*parts, strict=True))
    return shown, best, worst, row


def _shown(asked: WaveQuestion, log: Log, columns: BestWorstColumns, task: int, texts: Texts) -> np.ndarray:
    """(n, k) items shown in the task: by the design, or read from columns."""
    if columns.design:
        position = {item.id: place for place, item in enumerate(asked.items)}
        return np.tile([position[id] for id in columns.design[task]], (asked.n, 1)).astype(np.intp)
    return np.column_stack([log.items(column, texts, _unknown()) for column in columns.shown[task]])


def _picked(asked: WaveQuestion, log: Log, column: str, places: np.ndarray, texts: Texts) -> np.ndarray:
    """(n,) the item that a cell names, by its text or by its place among those shown."""
    codes, values = asked.coded(column)
    missing = kinds_of_missing(asked.settings)
    item = np.full(len(values), UNKNOWN, np.intp)
    place = np.zeros(len(values), np.intp)
    for code, value in enumerate(values):
        if value == "" or fold(value) in missing:
            item[code] = NOTHING
        elif (named := texts[value]) is not None:
            item[code] = named
        elif number := _place(value, places.shape[1]):
            place[code] = number
    by_place = places[np.arange(asked.n), np.maximum(place[codes] - 1, 0)]
    result = np.where(place[codes] > 0, by_place, item[codes])
    log.unknown("E-TEXT-01", _unknown(), column, result == UNKNOWN, texts=texts)
    return np.asarray(result)


def _place(value: str, places: int) -> int:
    """The place that a cell means, as a number or as a letter (A = 1); 0 for anything else."""
    number = numeral(value)
    if number is None and len(value) == 1 and value.isascii() and value.isalpha():
        number = ord(value.upper()) - ord("A") + 1
    return int(number) if number is not None and number == int(number) and 1 <= number <= places else 0


def _unknown() -> str:
    return _(
        "these cells are neither an item nor the place of one that was shown: {texts}. {hint} Add them to "
        "[wave.values], or correct them."
    )


def _item_rows(asked: WaveQuestion, log: Log, columns: BestWorstColumns) -> Tasks:
    """A row per item shown: rows of one respondent and task belong together."""
    assert columns.task is not None
    assert columns.item is not None
    assert columns.choice is not None
    texts = Texts(asked.items, asked.settings.values)
    item = log.items(columns.item, texts, _unknown())
    person, _first = asked.persons(several=True)
    task_code, _values = asked.coded(columns.task)
    _tasks, first, task = np.unique(
        np.column_stack([person, task_code]), axis=0, return_index=True, return_inverse=True
    )
    task = task.reshape(-1)
    codes, values = asked.coded(columns.choice)
    best_is, worst_is = ({fold(cell) for cell in cells} for cells in (columns.best_is, columns.worst_is))
    kind = np.array([1 if fold(value) in best_is else -1 if fold(value) in worst_is else 0 for value in values])[codes]
    shown = np.zeros((len(first), len(asked.items)), bool)
    known = item != NOTHING
    shown[task[known], item[known]] = True
    picked = np.full((2, len(first)), NOTHING, np.intp)
    for end, sign in enumerate((1, -1)):
        rows = np.flatnonzero(known & (kind == sign))
        twice = np.bincount(task[rows], minlength=len(first)) > 1
        where = np.zeros(asked.n, bool)
        where[rows[twice[task[rows]]]] = True
        message = _("a task has more than one best, or more than one worst item. Correct it.")
        log.cells("error", "E-BW-01", message, columns.choice, where)
        picked[end, task[rows]] = item[rows]
    return shown, picked[0], picked[1], first


def _columns(settings: WaveSettings) -> Iterable[str]:
    columns = settings.best_worst
    if columns is None:
        return []
    named = [columns.task, columns.item, columns.choice]
    shown = [] if columns.design else [column for task in columns.shown for column in task]
    return [*columns.best, *columns.worst, *shown, *(name for name in named if name is not None)]


def _several(settings: WaveSettings) -> bool:
    """Whether the rows of one id are tasks of one respondent."""
    return settings.best_worst is not None and len(settings.best_worst.best) < 2


def _check(settings: WaveSettings, ids: Sequence[str]) -> Iterable[str]:
    """What contradicts itself in [wave.best_worst]."""
    columns = settings.best_worst
    if columns is None:
        return
    if columns.item or columns.task or columns.choice:
        if not (columns.item and columns.task and columns.choice and settings.id_column):
            yield _("a row per item shown needs task, item and choice, and id_column.")
        if columns.best or columns.worst or columns.design or columns.shown:
            yield _("a row per item shown has no best, worst, design or shown.")
        return
    tasks = len(columns.best)
    if not tasks or len(columns.worst) != tasks:
        yield _("best and worst need as many columns as there are tasks.")
    if bool(columns.design) == bool(columns.shown):
        yield _("what was shown is either design (item ids) or shown (columns).")
    elif len(columns.design or columns.shown) != tasks:
        yield _("design or shown needs one list for each of the {n} tasks.").format(n=tasks)
    if any(len(task) < 2 for task in (*columns.design, *columns.shown)):
        yield _("each list of design or shown names at least two items.")
    for id in sorted({id for task in columns.design for id in task} - set(ids)):
        yield _('design: there is no item "{id}".').format(id=id)


FORMAT = Format(
    "best_worst",
    read,
    _columns,
    uses=frozenset({"best_worst", "values"}),
    needs=frozenset({"best_worst"}),
    several_rows=_several,
    check=_check,
)
