"""Rounds of a survey: one file each, or told apart by a column of one file; and the question as each round asked it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import PurePath
from types import MappingProxyType

import numpy as np

from obstacles.survey.detect.ids import LEFT_OUT, numbered
from obstacles.survey.detect.questions import WHOLE_TABLES, Question, chosen, in_form, questions, read
from obstacles.survey.detect.rank_grid import RankedRows
from obstacles.survey.detect.roles import dates_of
from obstacles.survey.detect.sheet import MANY, Column, Sheet
from obstacles.survey.detect.sources import Source, with_rare_cells
from obstacles.survey.detect.years import is_time, year_in
from obstacles.survey.formats.multi_select import UNMARKED
from obstacles.survey.studyfile.guess import Entry, FoundItem, Guess, Where, count
from obstacles.text.fold import fold
from obstacles.text.language import _

COUNT = re.compile(r"count|freq(?:uency)?|n|number|votes|times|weight|人数|次数|频数", re.I)
IN_COMMON = 0.3  # share of items that questions of two files must share to be the same question
FEWEST_TO_TELL = 50  # rows of a wave from which an option that nobody marked was perhaps not offered
ALIKE = 0.8  # similarity of two wordings of one item


@dataclass(frozen=True, eq=False)
class Round:
    """One wave: its file, its rows, the question in it and how it is read."""

    id: str
    source: Source
    sheet: Sheet  # on the rows of the wave
    where: Where
    question: Question
    guess: Guess


def rounds_of(
    sources: Sequence[Source],
    names: tuple[str, ...],
    form: str | None = None,
    apart: Mapping[str, set[str]] = MappingProxyType({}),
) -> tuple[list[Round], list[list[Question]]]:
    """The waves in their order, and all questions found in each file.

    Parameters
    ----------
    names
        what `--block` names; empty for the best question.
    form
        in which the columns of `names` are read, where their cells do not show one.
    apart
        file -> columns that are of another part of the study, and no items.
    """
    found = [questions(_less(source.sheet, apart.get(source.file, set()))) for source in sources]
    wanted = _same_question(sources, found, names, form)
    rounds: list[Round] = []
    used: set[str] = set()
    for source, question in zip(sources, wanted, strict=True):
        if question is None:
            continue
        whole = source.sheet
        for year, reading in question.guess.waves:
            rounds.append(Round(_wave_id(year, used), source, whole, (), question, reading))
        if question.guess.waves:
            continue
        if question.block is not None:
            whole = with_rare_cells(source, [column.position for column in question.block.columns])
            if whole is not source.sheet:
                question = _rebound(question, whole)
        for id, sheet, where in rounds_in(source, _of_table(whole, question.guess.where), question, used):
            guess = read_on(question, sheet, question.guess)
            if guess is not None:
                where = (*where, *question.guess.where)
                guess = replace(guess, doubt=question.guess.doubt)
                rounds.append(Round(id, source, sheet, where, question, guess))
    if all(re.fullmatch(r"\d+", one.id) for one in rounds):
        rounds.sort(key=lambda one: int(one.id))
    return rounds, found


def rounds_in(source: Source, sheet: Sheet, question: Question, used: set[str]) -> Iterator[tuple[str, Sheet, Where]]:
    """The id, the rows and the condition of each wave of a file; `used` are the ids that other waves have."""
    for cell, rows, where in _split(sheet, question):
        name = cell or source.round or year_in(source.file) or _year_of_answers(source) or PurePath(source.file).stem
        yield _wave_id(name, used), rows, (*source.where, *where)


def _less(sheet: Sheet, names: set[str]) -> Sheet:
    """The sheet without some of its columns."""
    return replace(sheet, columns=tuple(one for one in sheet.columns if one.name not in names)) if names else sheet


def _rebound(question: Question, sheet: Sheet) -> Question:
    """The question on the columns of another sheet of the same table."""
    assert question.block is not None
    columns = tuple(sheet.columns[column.position] for column in question.block.columns)
    block = replace(question.block, columns=columns)
    return read(block) or replace(question, block=block)


def _year_of_answers(source: Source) -> str:
    """The year in which nearly all answers were given; "" where no column of days says so."""
    names = [fold(name) for name in source.sheet.vendor.roles.get("date", ())]
    column = next((column for column in source.sheet.columns if fold(column.name) in names), None)
    found = dates_of(column) if column is not None else None
    years = Counter(day.year for day in (found.values if found is not None else ()) if day is not None)
    if not years:
        return ""
    year, times = years.most_common(1)[0]
    return str(year) if times >= 0.9 * sum(years.values()) else ""


def _of_table(sheet: Sheet, where: Where) -> Sheet:
    """The rows that a reading is about."""
    rows = np.ones(sheet.n, bool)
    for name, cells in where:
        column = sheet.named(name)
        assert column is not None, "a reading names columns of its own sheet"
        rows &= np.array([value in cells for value in column.values], bool)[column.codes]
    return sheet if rows.all() else sheet.on(np.flatnonzero(rows))


def _wave_id(name: str, used: set[str]) -> str:
    base = re.sub(r"[^\w.\-]+", "_", name).strip("_")[:40] or "1"
    id = base if base not in used else numbered(base, used, 2)
    used.add(id)
    return id


def _same_question(
    sources: Sequence[Source], found: Sequence[list[Question]], names: tuple[str, ...], form: str | None
) -> list[Question | None]:
    """For each file the question that is meant: the best of all files, and in the others the one most like it."""
    if names:
        return [chosen(source.sheet, of_file, names, form) for source, of_file in zip(sources, found, strict=True)]
    best = max((question for of_file in found for question in of_file), key=lambda one: one.score, default=None)
    if best is None:
        return [None] * len(sources)
    wanted: list[Question | None] = []
    for of_file in found:
        near = max(of_file, key=lambda one: (_in_common(best, one), one.score), default=None)
        if near is not None and near is not best and _in_common(best, near) < IN_COMMON:
            near = next((one for one in of_file if one.name == best.name), of_file[0])
        wanted.append(best if best in of_file else near)
    return wanted


def _in_common(one: Question, other: Question) -> float:
    """Share of the items of the shorter question that the other has, too."""
    first = {fold(item.label) for item in one.guess.items}
    second = {fold(item.label) for item in other.guess.items}
    return len(first & second) / max(1, min(len(first), len(second)))


def _split(sheet: Sheet, question: Question) -> list[tuple[str, Sheet, Where]]:
    """The rows of each round that a column of years tells apart; all rows where none does."""
    used = set(question.columns)
    time = next((column for column in sheet.columns if column.name not in used and is_time(column)), None)
    if time is None or not _asked_again(time, question):
        return [("", sheet, ())]
    return [
        (cell, sheet.on(np.flatnonzero(time.codes == time.values.index(cell))), ((time.name, (cell,)),))
        for cell in sorted(time.filled, key=int)
    ]


def _asked_again(time: Column, question: Question) -> bool:
    """Whether more than one round answered the question."""
    if question.block is None:
        return question.guess.form == "published"
    answered = np.zeros(time.n, bool)
    for column in question.block.columns:
        answered |= column.given
    return len(np.unique(time.codes[answered])) > 1


def read_on(question: Question, sheet: Sheet, like: Guess) -> Guess | None:
    """The reading of a question on the rows of one wave, in the same form as `like`."""
    if question.block is None:
        whole = next((got for rule in WHOLE_TABLES if (got := rule(sheet)) and got[1].form == like.form), None)
        return None if whole is None else replace(whole[1], notes=tuple(dict.fromkeys((*like.notes, *whole[1].notes))))
    columns = {column.position: column for column in sheet.columns}
    block = replace(question.block, columns=tuple(columns[one.position] for one in question.block.columns))
    if sheet.n < question.block.n:
        asked = [i for i, column in enumerate(block.columns) if _was_asked(column, like.form)]
        block = block.keep(asked) if asked else block
    again = in_form(block, like.form) if not like.fit else read(block)
    options = [] if again is None else again.readings
    same = [guess for guess in options if guess.form == like.form and guess.tied == like.tied]
    guess = same[0] if same else _few_rows(like, {column.name for column in block.columns}, sheet)
    return _with_counts(guess, sheet, block.whole) if guess is not None and guess.form == "rank_grid" else guess


def _was_asked(column: Column, form: str) -> bool:
    """Whether a wave asked an item: its column is not blank, and of options somebody marked it."""
    if form != "multi_select" or column.n < FEWEST_TO_TELL:
        return column.answered > 0
    return any(fold(value) not in UNMARKED for value in column.filled)


def _few_rows(like: Guess, asked: set[str], sheet: Sheet) -> Guess | None:
    """The reading of the whole file where a wave by itself shows too little."""
    items = tuple(item for item in like.items if item.column is None or item.column in asked)
    items = tuple(item for item in items if item.column is not None or occurs(like, sheet, item))
    return replace(like, items=items) if len(items) > 1 else None


def occurs(guess: Guess, sheet: Sheet, item: FoundItem) -> bool:
    """Whether any cell of the columns read names the item."""
    texts = [fold(text) for text in (item.label, *item.texts)]
    columns = [column for column in sheet.columns if column.name in guess.used]
    return any(text in fold(value) for column in columns for value in column.filled for text in texts)


def _with_counts(guess: Guess, sheet: Sheet, whole: np.ndarray) -> Guess:
    """Distinct rankings with a column that says how often each was given."""
    used = {item.column for item in guess.items}
    distinct = len(np.unique(RankedRows.of(whole, whole.shape[1]).rank, axis=0))
    if distinct < 0.9 * sheet.n:
        return guess
    for column in sheet.columns:
        numbers = column.whole
        if column.name in used or not COUNT.fullmatch(column.name) or len(column.filled) > MANY:
            continue
        if (numbers >= 1).all() and numbers.sum() > sheet.n:
            why = _("the rows hold {n} different rankings; this column would be how often each was given").format(
                n=count(distinct)
            )
            return replace(guess, form="rank_counts", entries=(*guess.entries, Entry("count", column.name, why, True)))
    return guess


def alike(one: str, other: str) -> float:
    """How alike two wordings are, 0 to 1: as they stand, or their telling words in any order."""
    return max(_ratio(fold(one), fold(other)), 0.99 * _ratio(_telling(one), _telling(other)))


def _telling(text: str) -> str:
    words = re.findall(r"\w+", fold(text))
    return " ".join(sorted(word for word in words if not LEFT_OUT.fullmatch(word)))


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0
