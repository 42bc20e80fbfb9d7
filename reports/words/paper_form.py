"""A questionnaire on paper, as values: what stands on the form, and the column of the entry sheet for every answer.

Each line has a code, printed beside it, that is the same in every order of the items: Q1.7 is the seventh item of the
study wherever it stands, and the column of its answers. Options of groups and levels of scales are typed by their
numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from obstacles.reports.words import questionnaire as words
from obstacles.survey.questionnaire.codes import CodeRules, group_codes, level_codes
from obstacles.survey.questionnaire.questions import CapabilityGrid, GroupQuestion, Questionnaire
from obstacles.survey.settings import ScaleLevel
from obstacles.text.escape import harmless
from obstacles.text.language import _, using

Kind = Literal["rank", "select", "points", "scale", "group"]
NUMBERS = CodeRules(re.compile(r"(?!)"), "", 2)  # of options: 101, 102 ... for the first group, 201 ... for the second
DOES_NOT_APPLY = "X"  # what is typed for it
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Line:
    """One thing to answer, or one option to mark."""

    code: str  # printed beside it: the column of the entry sheet, or what is typed for an option
    text: str


@dataclass(frozen=True)
class Block:
    """One question."""

    kind: Kind
    code: str  # Q1
    title: str
    instruction: str
    lines: tuple[Line, ...]
    heads: tuple[Line, ...] = ()  # scale: its levels
    total: str = ""  # points: what they sum to


@dataclass(frozen=True)
class PaperForm:
    """One form in one language, with its items in one order."""

    language: str
    version: str  # "A", "B" ...; "" where there is one
    title: str
    kicker: str
    welcome: str
    number: str  # what stands before the number of the form
    blocks: tuple[Block, ...]
    thanks: str
    footer: str


def paper_form(questionnaire: Questionnaire, language: str, version: str = "", seed: int | None = None) -> PaperForm:
    """The form in a language; with a seed its items are shuffled, else they stand in the order of the study."""
    with using(language):
        first = _items(questionnaire)
        if seed is not None:
            first = replace(first, lines=_shuffled(first.lines, seed))
        named = _("Form {letter}").format(letter=version) if version else ""
        title = harmless(words.title(questionnaire))
        return PaperForm(
            language=language,
            version=version,
            title=title,
            kicker=" · ".join(part for part in (_("Questionnaire"), named) if part),
            welcome=harmless(words.welcome(questionnaire)),
            number=_("Form no."),
            blocks=(first, *_grids(questionnaire), *_groups(questionnaire)),
            thanks=words.thanks(),
            footer=" · ".join(part for part in (title, named) if part),
        )


def _shuffled(lines: Sequence[Line], seed: int) -> tuple[Line, ...]:
    """In another order; "none of these" stays last."""
    items = [line for line in lines if not line.code.endswith(".0")]
    Random(seed).shuffle(items)
    return (*items, *(line for line in lines if line.code.endswith(".0")))


# ---------- columns of the entry sheet ------------------------------------------------------------------------------


def item_columns(questionnaire: Questionnaire) -> dict[str, str]:
    """Item -> column."""
    return {item.id: f"Q1.{place}" for place, item in enumerate(questionnaire.question.items, 1)}


def none_column() -> str:
    """The column of "none of these" in the table for what was written on paper."""
    return "Q1.0"


def grid_columns(questionnaire: Questionnaire) -> dict[str, dict[str, str]]:
    """Part -> capability -> column."""
    return {
        grid.part: {item.id: f"Q{number}.{place}" for place, item in enumerate(grid.items, 1)}
        for number, grid in enumerate(questionnaire.grids, 2)
    }


def group_columns(questionnaire: Questionnaire) -> dict[str, str]:
    """Group -> column."""
    start = 2 + len(questionnaire.grids)
    return {group.name: f"Q{number}" for number, group in enumerate(questionnaire.groups, start)}


# ---------- what stands on the form ---------------------------------------------------------------------------------


def _items(questionnaire: Questionnaire) -> Block:
    question, columns = questionnaire.question, item_columns(questionnaire)
    lines = [Line(columns[item.id], harmless(item.name)) for item in question.items]
    if question.none_of_these:
        lines.append(Line(none_column(), words.none_of_these()))
    kind: Kind = "scale" if question.form == "rate" else question.form
    heads = _heads(question.levels, {level.value: words.level_name(level) for level in question.levels})
    if question.does_not_apply:
        heads = (*heads, Line(DOES_NOT_APPLY, words.does_not_apply()))
    return Block(
        kind=kind,
        code="Q1",
        title=harmless(words.question_text(questionnaire)),
        instruction=words.paper_instruction(question),
        lines=tuple(lines),
        heads=heads,
        total=f"{question.total:g}" if question.form == "points" else "",
    )


def _heads(levels: Sequence[ScaleLevel], names: Mapping[float, str]) -> tuple[Line, ...]:
    codes = level_codes(levels)
    shown = {value: harmless(name) for value, name in names.items()}
    shown |= {value: "" for value, name in shown.items() if name == codes[value]}  # the code stands there anyway
    return tuple(Line(codes[level.value], shown[level.value]) for level in levels)


def _grids(questionnaire: Questionnaire) -> list[Block]:
    columns = grid_columns(questionnaire)
    return [_grid(grid, f"Q{number}", columns[grid.part]) for number, grid in enumerate(questionnaire.grids, 2)]


def _grid(grid: CapabilityGrid, code: str, columns: Mapping[str, str]) -> Block:
    names = {level.value: words.end_name(grid, level) for level in grid.levels}
    lines = tuple(Line(columns[item.id], harmless(item.name)) for item in grid.items)
    return Block(
        "scale", code, words.grid_text(grid.part), _("Mark one in each line."), lines, _heads(grid.levels, names)
    )


def _groups(questionnaire: Questionnaire) -> list[Block]:
    columns, options = group_columns(questionnaire), group_codes(questionnaire, NUMBERS)
    return [_group(group, columns[group.name], options[group.name]) for group in questionnaire.groups]


def _group(group: GroupQuestion, column: str, options: Mapping[str, str]) -> Block:
    lines = tuple(Line(options[option.id], harmless(words.option_name(option))) for option in group.options)
    return Block("group", column, words.group_text(group), "", lines)


def entry_labels(questionnaire: Questionnaire, language: str) -> dict[str, str]:
    """Column of the entry sheet -> what it holds, in one language."""
    with using(language):
        form = paper_form(questionnaire, language)
        labels = {}
        for block in form.blocks:
            if block.kind == "group":
                labels[block.code] = block.title
            else:
                labels |= {line.code: line.text for line in block.lines}
        return labels
