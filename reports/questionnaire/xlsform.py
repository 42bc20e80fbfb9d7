"""XLSForm (xlsform.org), which ODK, KoboToolbox and Survey123 read: the sheets survey, choices and settings.

A whole ranking is a question of type `rank`, whose answer is one cell of choice names in their order. Where only the
first places are asked, each place is a `select_one` without what was chosen before: the widget of `rank` orders all
choices or none. There are no groups of questions, since every platform puts their names before the columns in another
way; `response_id` is made in the form, since every platform has another name for its own.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any

from obstacles.reports.words import questionnaire as words
from obstacles.survey.questionnaire.codes import CodeRules, codes_of, group_codes, item_codes, level_codes
from obstacles.survey.questionnaire.questions import CapabilityGrid, GroupQuestion, ItemQuestion, Questionnaire
from obstacles.survey.questionnaire.study_file import Readback, levels_text
from obstacles.text.language import _
from obstacles.text.languages.base import base_of

NAMES = CodeRules(re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}"), "item_")
CAPABILITIES = CodeRules(NAMES.allowed, "capability_")
GROUPS = CodeRules(NAMES.allowed, "group_")
OPTIONS = CodeRules(NAMES.allowed, "option_", 2)
NO_DATE = datetime.datetime(1980, 1, 1)
NONE, NOT_APPLICABLE = "nothing_of_these", "does_not_apply"
MOST_IN_A_ROW = 7  # levels that stand side by side
SHORT_LIST = 8  # choices above which a list folds up

Row = dict[str, str]  # column -> cell


@dataclass
class _Form:
    """The rows of the sheets, as they are gathered."""

    languages: tuple[str, ...]
    survey: list[Row] = field(default_factory=list)
    choices: list[Row] = field(default_factory=list)

    def ask(
        self, type: str, name: str, text: Callable[[], str] | None = None, **cells: str | Callable[[], str]
    ) -> None:
        """A row of the sheet survey; words in several languages are given as functions."""
        row = {"type": type, "name": name}
        if text is not None:
            row |= self.in_columns("label", text)
        for column, cell in cells.items():
            row |= self.in_columns(column, cell) if callable(cell) else {column: cell}
        self.survey.append(row)

    def choice(self, list_name: str, name: str, text: Callable[[], str]) -> None:
        self.choices.append({"list_name": list_name, "name": name, **self.in_columns("label", text)})

    def in_columns(self, column: str, text: Callable[[], str]) -> Row:
        texts = words.in_languages(self.languages, text)
        return {f"{column}::{language_name(code)}": _literal(cell) for code, cell in texts.items()}


def xlsform(questionnaire: Questionnaire) -> tuple[bytes, Readback]:
    """The form, and how its answers stand in the exports of ODK and KoboToolbox."""
    form = _Form(questionnaire.languages)
    form.ask("start", "start")
    form.ask("end", "end")
    form.ask("calculate", "response_id", calculation="once(uuid())")
    form.ask("note", "welcome", partial(words.welcome, questionnaire))
    wave = ASK[questionnaire.question.form](form, questionnaire)
    capability: dict[str, dict[str, str]] = {grid.part: _grid(form, grid) for grid in questionnaire.grids}
    options = group_codes(questionnaire, OPTIONS)
    columns = _groups(form, questionnaire, options)
    form.ask("note", "thanks", words.thanks)
    readback = Readback(
        {"id_column": "response_id", "date": "end", **wave},
        columns,
        capability,
        options,
        level_codes(questionnaire.grids[0].levels) if questionnaire.grids else {},
        randomised=questionnaire.question.form in ("rank", "select"),
        notes=(
            _("ODK: export the submissions as CSV. KoboToolbox: export as CSV with XML values and headers."),
            _('Survey123 writes commas between choices: there, set separator = "," where this file has one.'),
        ),
    )
    return _workbook(questionnaire, form), readback


def language_name(code: str) -> str:
    """A language as XLSForm's columns name it: "English (en)"."""
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(base_of(code)).get_language_name(base_of(code))
    except (UnknownLocaleError, ValueError):
        name = None
    return f"{name or code} ({code})"


def _literal(text: str) -> str:
    """Without what a form would take for a reference to another answer."""
    return text.replace("${", "$ {").strip()


def _values(codes: Mapping[str, str]) -> dict[str, list[str]]:
    return {id: [code] for id, code in codes.items()}


def _items(form: _Form, question: ItemQuestion) -> dict[str, str]:
    """The choices of the items; id -> name."""
    codes = item_codes(question.items, NAMES)
    for item in question.items:
        form.choice("items", codes[item.id], partial(words.item_name, item))
    return codes


def _rank(form: _Form, questionnaire: Questionnaire) -> dict[str, Any]:
    question = questionnaire.question
    codes = _items(form, question)
    read = {"format": "order_list", "blank": "below", "values": _values(codes)}
    if question.places >= len(question.items):
        form.ask(
            "rank items",
            "ranking",
            partial(words.question_text, questionnaire),
            hint=partial(words.instruction, question),
            parameters="randomize=true",
        )
        return {**read, "cell": {"column": "ranking", "separator": " "}}
    form.ask("calculate", "item_seed", calculation="once(int(random() * 1000000))")
    form.ask("note", "question", partial(words.question_text, questionnaire), hint=partial(words.instruction, question))
    places = [f"place_{place}" for place in range(1, question.places + 1)]
    for number, place in enumerate(places, 1):
        before = places[: number - 1]
        form.ask(
            "select_one items",
            place,
            partial(words.place_name, number),
            parameters="randomize=true, seed=${item_seed}",
            relevant=f"${{{before[-1]}}} != ''" if before else "",
            choice_filter=" and ".join(f"name != ${{{other}}}" for other in before) or "true()",
            constraint=" and ".join(f". != ${{{other}}}" for other in before),
            **({"constraint_message": lambda: _("This one was chosen before.")} if before else {}),
        )
    return {**read, "order": places, "k": question.places}


def _select(form: _Form, questionnaire: Questionnaire) -> dict[str, Any]:
    question = questionnaire.question
    codes = _items(form, question)
    rules = [f"count-selected(.) <= {question.places}"] if question.places < len(question.items) else []
    read: dict[str, Any] = {
        "format": "multi_select",
        "cell": {"column": "selected", "separator": " "},
        "blank": questionnaire.wave.blank or "not_answered",
        "values": _values(codes),
    }
    if rules:
        read["max_choices"] = question.places
    if question.none_of_these:
        form.choice("items", NONE, words.none_of_these)
        rules.append(f"not(selected(., '{NONE}') and count-selected(.) > 1)")
        read["none_of_these"] = [NONE]
    form.ask(
        "select_multiple items",
        "selected",
        partial(words.question_text, questionnaire),
        hint=partial(words.instruction, question),
        parameters="randomize=true",
        constraint=" and ".join(rules),
        **({"constraint_message": partial(words.instruction, question)} if rules else {}),
    )
    return read


def _rate(form: _Form, questionnaire: Questionnaire) -> dict[str, Any]:
    question, wave = questionnaire.question, questionnaire.wave
    codes, levels = item_codes(question.items, NAMES), level_codes(question.levels)
    for level in question.levels:
        form.choice("severity", levels[level.value], partial(words.level_name, level))
    read: dict[str, Any] = {"format": "likert_grid", "scale": levels_text(question.levels, levels)}
    if question.does_not_apply:
        form.choice("severity", NOT_APPLICABLE, words.does_not_apply)
        read["not_applicable"] = [NOT_APPLICABLE, *question.does_not_apply]
    if direction := wave.direction or questionnaire.settings.obstacles.direction:
        read["direction"] = direction
    form.ask("note", "question", partial(words.question_text, questionnaire), hint=partial(words.instruction, question))
    appearance = "likert" if len(question.levels) <= MOST_IN_A_ROW else ""
    for item in question.items:
        form.ask("select_one severity", f"rate_{codes[item.id]}", partial(words.item_name, item), appearance=appearance)
    return {**read, "obstacles": {id: f"rate_{code}" for id, code in codes.items()}}


def _points(form: _Form, questionnaire: Questionnaire) -> dict[str, Any]:
    question, wave = questionnaire.question, questionnaire.wave
    codes = {id: f"points_{code}" for id, code in item_codes(question.items, NAMES).items()}
    total = f"{question.total:g}"
    form.ask("note", "question", partial(words.question_text, questionnaire), hint=partial(words.instruction, question))
    for item in question.items:
        form.ask("integer", codes[item.id], partial(words.item_name, item), constraint=f". >= 0 and . <= {total}")
    terms = " + ".join(f"coalesce(${{{name}}}, 0)" for name in codes.values())
    form.ask("calculate", "sum_of_points", calculation=terms)
    form.ask("note", "wrong_sum", relevant=f"${{sum_of_points}} != 0 and ${{sum_of_points}} != {total}", required="yes")
    wrong = words.in_languages(form.languages, lambda: _("The points should sum to {total}.").format(total=total))
    now = words.in_languages(
        form.languages, lambda: _("Now they sum to {sum}. Please go back.").format(sum="${sum_of_points}")
    )
    form.survey[-1] |= {f"label::{language_name(code)}": f"{wrong[code]} {now[code]}" for code in form.languages}
    read = {"format": "points", "total": question.total, "blank": wave.blank or "below", "obstacles": codes}
    return {**read, **({"tolerance": wave.tolerance} if wave.tolerance else {})}


ASK: dict[str, Callable[[_Form, Questionnaire], dict[str, Any]]] = {
    "rank": _rank,
    "select": _select,
    "rate": _rate,
    "points": _points,
}


def _grid(form: _Form, grid: CapabilityGrid) -> dict[str, str]:
    """The rows of a grid; capability -> column."""
    names, levels = item_codes(grid.items, CAPABILITIES), level_codes(grid.levels)
    columns = {id: f"{grid.part}_{name}" for id, name in names.items()}
    form.ask("note", f"about_{grid.part}", partial(words.grid_text, grid.part), hint=partial(words.grid_ends, grid))
    for level in grid.levels:
        form.choice(f"{grid.part}_levels", levels[level.value], partial(words.level_name, level))
    appearance = "likert" if len(grid.levels) <= MOST_IN_A_ROW else ""
    for item in grid.items:
        form.ask(
            f"select_one {grid.part}_levels", columns[item.id], partial(words.item_name, item), appearance=appearance
        )
    return columns


def _groups(form: _Form, questionnaire: Questionnaire, options: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The questions about groups; group -> column."""
    columns = codes_of((group.name for group in questionnaire.groups), GROUPS)
    columns = {group: name if name.startswith("group_") else f"group_{name}" for group, name in columns.items()}
    for group in questionnaire.groups:
        _group(form, group, columns[group.name], options[group.name])
    return columns


def _group(form: _Form, group: GroupQuestion, column: str, options: Mapping[str, str]) -> None:
    for option in group.options:
        form.choice(column, options[option.id], partial(words.option_name, option))
    kind = f"select_one {column}" if group.options else "text"
    appearance = "minimal" if len(group.options) > SHORT_LIST else ""
    form.ask(kind, column, partial(words.group_text, group), appearance=appearance)


def _workbook(questionnaire: Questionnaire, form: _Form) -> bytes:
    import xlsxwriter

    title = words.in_languages(form.languages[:1], lambda: words.title(questionnaire))[form.languages[0]]
    rows = [*form.survey, *form.choices]
    version = sha256(repr((title, rows)).encode()).hexdigest()
    settings = {
        "form_title": title,
        "form_id": re.sub(r"[^A-Za-z0-9_]+", "_", questionnaire.settings.study.id).strip("_") or "obstacles",
        "version": version[:10],
        "default_language": language_name(form.languages[0]),
    }
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": title, "created": NO_DATE})
        heading, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True})
        for name, sheet_rows in (("survey", form.survey), ("choices", form.choices), ("settings", [settings])):
            sheet = book.add_worksheet(name)
            columns = list(_columns(sheet_rows))
            for place, column in enumerate(columns):
                sheet.write_string(0, place, column, heading)
                longest = max((len(row.get(column, "")) for row in sheet_rows), default=0)
                sheet.set_column(place, place, min(max(longest, len(column)) + 2, 60), wrapped)
            for at, row in enumerate(sheet_rows, 1):
                for place, column in enumerate(columns):
                    if cell := row.get(column, ""):
                        sheet.write_string(at, place, cell)
            sheet.freeze_panes(1, 0)
    return out.getvalue()


def _columns(rows: list[Row]) -> Iterator[str]:
    """The columns that hold something, in the order in which they come up."""
    yield from dict.fromkeys(column for row in rows for column, cell in row.items() if cell)
