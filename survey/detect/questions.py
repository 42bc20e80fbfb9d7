"""Questions that can be ranked: every block of columns against every shape, scored by size and evidence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from obstacles.survey.detect import likert_grid as scales
from obstacles.survey.detect import multi_select as marks
from obstacles.survey.detect import order_cell as lists
from obstacles.survey.detect import order_columns as places
from obstacles.survey.detect import rank_grid as ranks
from obstacles.survey.detect import slider as slides
from obstacles.survey.detect.column_groups import blocks_of
from obstacles.survey.detect.direction import ABOUT_OBSTACLES
from obstacles.survey.detect.forced import forced
from obstacles.survey.detect.people import spaced
from obstacles.survey.detect.sheet import Block, Column, Sheet, range_of
from obstacles.survey.detect.tables import best_worst as tasks
from obstacles.survey.detect.tables import pairs as comparisons
from obstacles.survey.detect.tables import published as printed
from obstacles.survey.studyfile.guess import Guess

SHAPES: tuple[Callable[[Block], Guess | None], ...] = (
    ranks.grid,
    ranks.tied_grid,
    places.places,
    places.slots,
    scales.points,
    scales.likert,
    slides.sliders,
    marks.columns,
    marks.one_two,
    marks.single,
)
WHOLE_TABLES: tuple[Callable[[Sheet], tuple[str, Guess] | None], ...] = (
    tasks.tasks,
    comparisons.comparisons,
    printed.table,
)
WEIGHT = {  # how much a shape says that a question was asked to be ranked
    "rank_grid": 3.0,
    "order_list": 3.0,
    "best_worst": 3.0,
    "pairs": 3.0,
    "points": 2.8,
    "published": 2.5,
    "likert_grid": 2.0,
    "slider": 2.0,
    "multi_select": 1.5,
}
ALIKE = (  # readings that cells alone cannot tell apart
    frozenset({"rank_grid", "likert_grid"}),
    frozenset({"order_list", "multi_select"}),
    frozenset({"rank_grid", "order_list"}),
)
ABOUT_ORDER = re.compile(r"\brank|priorit|in order of|排序|排出|排名", re.I)
PERSON_COLUMN = re.compile(
    r"(?:.*[\s_])?(?:id|key|uuid|respondent|participant|person|employee|voter|user|case|record|subject)(?:[\s_]?(?:id|no|nr))?|"
    r"编号|受访者|回答者|befragte[r]?|répondant|encuestado",
    re.I,
)
FEWEST_ROWS = 3


@dataclass(frozen=True, eq=False)
class Question:
    """A question that can be ranked."""

    name: str
    text: str
    block: Block | None  # None: a reading of the whole table
    guess: Guess
    other: Guess | None  # a second reading that fits as well
    readings: tuple[Guess, ...]  # all, the best first
    score: float

    @property
    def about(self) -> bool:
        """Whether the words of the question, of its columns or of a third of its items are about obstacles."""
        names = [column.name for column in self.block.columns] if self.block else []
        items = [item.label for item in self.guess.items]
        said = [sum(ABOUT_OBSTACLES.search(text) is not None for text in texts) for texts in (names, items)]
        in_part = 3 * said[0] >= max(1, len(names)) or 3 * said[1] >= len(items)
        return in_part or ABOUT_OBSTACLES.search(f"{self.text} {spaced(self.name)}") is not None

    @property
    def columns(self) -> list[str]:
        """The columns that it reads."""
        names = [item.column for item in self.guess.items if item.column is not None]
        return [*names, *self.guess.used]


def questions(sheet: Sheet) -> list[Question]:
    """All questions found, the best first."""
    if sheet.n < FEWEST_ROWS:
        return []
    found = [question for block in blocks_of(sheet) if (question := read(block)) is not None]
    if _rows_repeat(sheet):
        found = [
            one for one in found if one.block is None or len(one.block.columns) > 1 or one.guess.form == "order_list"
        ]
    for rule in WHOLE_TABLES:
        if (whole := rule(sheet)) is not None:
            name, guess = whole
            if any(one.block is None and set(one.columns) & set(guess.used) for one in found):
                continue
            used = {*guess.used, *(item.column for item in guess.items)}
            found = [one for one in found if not used & set(one.columns)]
            found.append(Question(name, "", None, guess, None, (guess,), _score(None, guess, "", name)))
    return sorted(found, key=lambda question: -question.score)


def _rows_repeat(sheet: Sheet) -> bool:
    """Whether respondents have several rows each, so that a column of texts is no choice of one of them."""
    return any(
        PERSON_COLUMN.fullmatch(column.name)
        and len(column.filled) >= FEWEST_ROWS
        and 2 * sum(size > 1 for size in column.filled.values()) > len(column.filled)
        for column in sheet.columns
    )


def read(block: Block) -> Question | None:
    """The best reading of a block, and a second one where it fits as well."""
    guesses = [guess for rule in SHAPES if (guess := rule(block)) is not None]
    if listed := list(lists.readings(block)):
        guesses = listed
    if not guesses:
        return None
    order_asked = ABOUT_ORDER.search(block.question) is not None
    guesses = sorted((_weighed(guess, guesses, order_asked) for guess in guesses), key=lambda guess: -guess.fit)
    best = guesses[0]
    other = next((guess for guess in guesses[1:] if _alike(best, guess)), None)
    if other is None and best.form in ("rank_grid", "order_list") and len(block.columns) > 2:
        other = places.inverse(block, best)
    readings = (*guesses, other) if other is not None and other not in guesses else tuple(guesses)
    score = _score(block, best, block.question, block.name)
    return Question(block.name, block.question, block, best, other, readings, score)


def _weighed(guess: Guess, guesses: list[Guess], order_asked: bool) -> Guess:
    """The fit in the light of the other readings: whole rankings are also sums, scales and lists of texts."""
    forms = {one.form for one in guesses if one is not guess}
    ranked = any(one.form in ("rank_grid", "order_list") and not one.tied for one in guesses)
    shared_out = "points" in forms
    if guess.form in ("likert_grid", "points", "slider") and (ranked or (guess.form == "slider" and shared_out)):
        return replace(guess, fit=guess.fit * 0.3)
    if guess.tied and "likert_grid" in forms:
        return replace(guess, fit=guess.fit * (1.0 if order_asked else 0.85))
    if guess.form == "rank_grid" and "order_list" in forms:
        by_name = next(one for one in guesses if one.form == "order_list")
        return replace(guess, fit=guess.fit * (0.9 if by_name.fit > 0.9 else 1.0))
    return guess


def _alike(best: Guess, guess: Guess) -> bool:
    return frozenset({best.form, guess.form}) in ALIKE and guess.fit >= 0.6


def _score(block: Block | None, guess: Guess, question: str, name: str) -> float:
    """Size, evidence, how many answered, and words about obstacles."""
    texts = [item.label for item in guess.items]
    about = 1.5 if ABOUT_OBSTACLES.search(f"{question} {spaced(name)}") else 0.0
    about += 0.7 if sum(ABOUT_OBSTACLES.search(text) is not None for text in texts) >= 0.3 * len(texts) else 0.0
    size = 0.6 * min(len(texts), 12) / 12
    if block is None:
        return WEIGHT[guess.form] * guess.fit + about + size + 0.8
    filled = np.column_stack([column.given for column in block.columns])
    answered = filled.any(axis=1)
    share = float(answered.mean())
    fill = float(filled[answered].mean()) if answered.any() else 0.0
    weight = WEIGHT[guess.form] * guess.fit * (0.5 + 0.5 * fill if guess.form == "likert_grid" else 1.0)
    if len(block.columns) == 1:
        weight *= 0.85
    if ABOUT_ORDER.search(question):
        about += 0.3
    return weight + about + size + 0.8 * share - (0.0 if block.sure else 0.4)


def chosen(sheet: Sheet, found: list[Question], names: tuple[str, ...], form: str | None = None) -> Question | None:
    """The question that `--block` names: by its name, a column of it, or letters such as "V:AF"; several are joined.

    Where its cells show none, `form` says how they are read.
    """
    by_name = {question.name.casefold(): question for question in found}
    if len(names) == 1 and names[0].casefold() in by_name:
        return by_name[names[0].casefold()]
    blocks = {block.name.casefold(): block for block in blocks_of(sheet)}
    columns: list[Column] = []
    for name in names:
        block = blocks.get(name.casefold())
        columns += block.columns if block is not None else _columns(sheet, name)
    columns = list({column.position: column for column in columns}.values())
    if not columns:
        return None
    whole = next((one for one in found if set(one.columns) == {column.name for column in columns}), None)
    containing = next((one for one in found if len(columns) == 1 and columns[0].name in one.columns), None)
    if whole or containing:
        return whole or containing
    parts = [block for block in blocks.values() if any(column in columns for column in block.columns)]
    items = {column.position: item for block in parts for column, item in zip(block.columns, block.items, strict=True)}
    texts = tuple(items.get(column.position, column.name) for column in columns)
    question = parts[0].question if len({block.question for block in parts}) == 1 else ""
    block = Block(",".join(names), question, tuple(columns), texts, True)
    return in_form(block, form) if form is not None else read(block)


def in_form(block: Block, form: str) -> Question | None:
    """The question read in a form that a person named: as the cells show it, else as they stand."""
    question = read(block)
    if question is not None and any(guess.form == form for guess in question.readings):
        return question
    guess = forced(block, form)
    if guess is None:
        return question
    readings = (guess, *(question.readings if question is not None else ()))
    return Question(block.name, block.question, block, guess, None, readings, 0.0)


def _columns(sheet: Sheet, name: str) -> list[Column]:
    """Columns by their name, by letters, or by a range of letters."""
    if (column := sheet.named(name)) is not None:
        return [column]
    ends = [part.strip().upper().removeprefix("COLUMN:") for part in name.split(":")[-2:]]
    letters = [range_of((column,)) for column in sheet.columns]
    if not all(end in letters for end in ends):
        return []
    return list(sheet.columns[letters.index(ends[0]) : letters.index(ends[-1]) + 1])
