"""LimeSurvey's tab-separated survey (.txt): rankings (R), arrays (F), multiple choice (M), points (K), lists (L, !).

All questions stand on one page, so that an answer is saved when it is sent and never before; nothing but the answers is
kept: no dates, addresses or times. Codes of answers have at most five letters and digits, those of questions begin
with a letter. Texts are HTML there, and braces would be expressions: both are written as entities.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import Any

from obstacles.reports.words import questionnaire as words
from obstacles.survey.question import Item
from obstacles.survey.questionnaire.codes import CodeRules, codes_of, group_codes, item_codes, level_codes
from obstacles.survey.questionnaire.questions import CapabilityGrid, GroupQuestion, Questionnaire
from obstacles.survey.questionnaire.study_file import Readback, levels_text
from obstacles.survey.settings import ScaleLevel
from obstacles.text.escape import harmless
from obstacles.text.language import _, using
from obstacles.text.languages.base import base_of

NEVER = re.compile(r"(?!)")
ANSWERS = CodeRules(NEVER, "A")
SUBQUESTIONS = CodeRules(NEVER, "SQ", 3)
OPTIONS = CodeRules(NEVER, "G", 2)
QUESTIONS = CodeRules(re.compile(r"[A-Za-z][A-Za-z0-9]{0,15}"), "group")
CODES = {"zh": "zh-Hans"}  # base of a language -> LimeSurvey's code for it
NONE, NOT_APPLICABLE = "SQnon", "NA"
LEAST = 1  # a level with the code 0 may be taken for one without a code
SHORT_LIST = 8  # choices above which a list folds up
SETTINGS = {
    "format": "A",
    "anonymized": "Y",
    "datestamp": "N",
    "ipaddr": "N",
    "refurl": "N",
    "savetimings": "N",
    "allowsave": "N",
    "allowprev": "Y",
    "shownoanswer": "Y",
    "showwelcome": "Y",
    "showxquestions": "N",
}
COLUMNS = (
    *("class", "type/scale", "name", "relevance", "text", "help", "language", "mandatory", "other"),
    *("max_answers", "random_order", "exclude_all_others", "equals_num_value", "min_num_value_n", "num_value_int_only"),
)
Row = dict[str, str]


def limesurvey(questionnaire: Questionnaire) -> tuple[bytes, Readback]:
    """The survey, and how its answers stand in an export with codes as headings."""
    wave = READ[questionnaire.question.form](questionnaire)
    capability: dict[str, dict[str, str]] = {
        grid.part: {id: f"{grid.part}[{code}]" for id, code in item_codes(grid.items, SUBQUESTIONS).items()}
        for grid in questionnaire.grids
    }
    readback = Readback(
        {"id_column": "id", **wave},
        _group_codes(questionnaire),
        capability,
        group_codes(questionnaire, OPTIONS),
        level_codes(questionnaire.grids[0].levels, least=LEAST) if questionnaire.grids else {},
        randomised=True,
        notes=(
            _(
                "LimeSurvey: Responses, Export, format CSV, headings: question code, answers: answer codes or full "
                "answers, completed responses only."
            ),
        ),
    )
    rows = [row for code in questionnaire.languages for row in _in_language(questionnaire, code)]
    return _table([*_settings(questionnaire, rows), *rows]), readback


def language_code(code: str) -> str:
    """LimeSurvey's code of a language."""
    return CODES.get(base_of(code), code)


def _group_codes(questionnaire: Questionnaire) -> dict[str, str]:
    codes = codes_of((group.name for group in questionnaire.groups), QUESTIONS)
    return {group: code if code.startswith("group") else f"group{code}"[:20] for group, code in codes.items()}


# ---------- how the answers come back -------------------------------------------------------------------------------


def _rank(questionnaire: Questionnaire) -> dict[str, Any]:
    question = questionnaire.question
    partly = question.places < len(question.items)
    return {
        "format": "order_list",
        "order": [f"ranking[{place}]" for place in range(1, question.places + 1)],
        "blank": "below" if partly else questionnaire.wave.blank or "below",
        "values": {id: [code] for id, code in item_codes(question.items, ANSWERS).items()},
        **({"k": question.places} if partly else {}),
    }


def _columns_of(questionnaire: Questionnaire, code: str) -> dict[str, str]:
    return {id: f"{code}[{sub}]" for id, sub in item_codes(questionnaire.question.items, SUBQUESTIONS).items()}


def _select(questionnaire: Questionnaire) -> dict[str, Any]:
    question = questionnaire.question
    return {
        "format": "multi_select",
        "blank": questionnaire.wave.blank or "not_answered",
        **({"max_choices": question.places} if question.places < len(question.items) else {}),
        **({"none_of_these": [f"selected[{NONE}]"]} if question.none_of_these else {}),
        "obstacles": _columns_of(questionnaire, "selected"),
    }


def _rate(questionnaire: Questionnaire) -> dict[str, Any]:
    question, wave = questionnaire.question, questionnaire.wave
    read: dict[str, Any] = {
        "format": "likert_grid",
        "scale": levels_text(question.levels, level_codes(question.levels, least=LEAST)),
    }
    if question.does_not_apply:
        read["not_applicable"] = [NOT_APPLICABLE, *question.does_not_apply]
        read["not_applicable"] += words.in_languages(questionnaire.languages, words.does_not_apply).values()
    if direction := wave.direction or questionnaire.settings.obstacles.direction:
        read["direction"] = direction
    return {**read, "obstacles": _columns_of(questionnaire, "severity")}


def _points(questionnaire: Questionnaire) -> dict[str, Any]:
    read = {"format": "points", "total": questionnaire.question.total, "blank": questionnaire.wave.blank or "below"}
    if questionnaire.wave.tolerance:
        read["tolerance"] = questionnaire.wave.tolerance
    return {**read, "obstacles": _columns_of(questionnaire, "points")}


READ: dict[str, Callable[[Questionnaire], dict[str, Any]]] = {
    "rank": _rank,
    "select": _select,
    "rate": _rate,
    "points": _points,
}


# ---------- the rows of the structure -------------------------------------------------------------------------------


def _settings(questionnaire: Questionnaire, rows: list[Row]) -> Iterator[Row]:
    """Those of the survey, then its texts in each language."""
    codes = [language_code(code) for code in questionnaire.languages]
    number = 100_000 + int(sha256(repr(rows).encode()).hexdigest(), 16) % 900_000
    stated = {"sid": str(number), "language": codes[0], "additional_languages": " ".join(codes[1:]), **SETTINGS}
    for name, value in stated.items():
        if value:
            yield {"class": "S", "name": name, "text": value}
    for code, lime in zip(questionnaire.languages, codes, strict=True):
        with using(code):
            texts = {
                "surveyls_title": words.title(questionnaire),
                "surveyls_welcometext": words.welcome(questionnaire),
                "surveyls_endtext": words.thanks(),
            }
        for name, text in texts.items():
            yield {"class": "SL", "name": name, "text": as_html(text), "language": lime}


def _in_language(questionnaire: Questionnaire, code: str) -> Iterator[Row]:
    """All groups of questions in one language; LimeSurvey joins languages by the order of groups and by codes."""
    with using(code):
        rows = list(_questions(questionnaire))
    for row in rows:
        yield {**row, "language": language_code(code)}


def _questions(questionnaire: Questionnaire) -> Iterator[Row]:
    heading = [_("Your view"), *([_("Your work")] if questionnaire.grids else [])]
    heading += [_("About you")] if questionnaire.groups else []
    blocks: list[Iterable[Row]] = [_item_question(questionnaire)]
    blocks += [[row for grid in questionnaire.grids for row in _grid(grid)]] if questionnaire.grids else []
    options, codes = group_codes(questionnaire, OPTIONS), _group_codes(questionnaire)
    groups = [row for group in questionnaire.groups for row in _group(group, codes[group.name], options[group.name])]
    blocks += [groups] if groups else []
    for place, (name, block) in enumerate(zip(heading, blocks, strict=True)):
        yield {"class": "G", "type/scale": f"G{place}", "name": as_html(name), "relevance": "1"}
        yield from block


def _question(type: str, code: str, text: str, **attributes: str) -> Row:
    asked = {"class": "Q", "type/scale": type, "name": code, "relevance": "1", "text": as_html(text)}
    return {**asked, "mandatory": "N", "other": "N", **attributes}


def _subquestions(items: Sequence[Item]) -> Iterator[Row]:
    codes = item_codes(items, SUBQUESTIONS)
    for item in items:
        yield {"class": "SQ", "type/scale": "0", "name": codes[item.id], "relevance": "1", "text": as_html(item.name)}


def _answers(names: Mapping[str, str]) -> Iterator[Row]:
    for code, name in names.items():
        yield {"class": "A", "type/scale": "0", "name": code, "text": as_html(name)}


def _item_question(questionnaire: Questionnaire) -> Iterator[Row]:
    question = questionnaire.question
    ask = partial(_question, text=words.question_text(questionnaire), help=as_html(words.instruction(question)))
    limit = {"max_answers": str(question.places)} if question.places < len(question.items) else {}
    if question.form == "rank":
        yield ask("R", "ranking", random_order="1", **limit)
        codes = item_codes(question.items, ANSWERS)
        yield from _answers({codes[item.id]: item.name for item in question.items})
        return
    if question.form == "select":
        alone = {"exclude_all_others": NONE} if question.none_of_these else {}
        yield ask("M", "selected", random_order="1", **limit, **alone)
    elif question.form == "rate":
        yield ask("F", "severity", random_order="1")
    else:
        total = f"{question.total:g}"
        yield ask("K", "points", random_order="1", equals_num_value=total, min_num_value_n="0", num_value_int_only="1")
    yield from _subquestions(question.items)
    if question.none_of_these:
        yield {"class": "SQ", "type/scale": "0", "name": NONE, "relevance": "1", "text": as_html(words.none_of_these())}
    if question.form == "rate":
        alone = {NOT_APPLICABLE: words.does_not_apply()} if question.does_not_apply else {}
        yield from _answers({**_level_names(question.levels), **alone})


def _level_names(levels: Sequence[ScaleLevel]) -> dict[str, str]:
    codes = level_codes(levels, least=LEAST)
    return {codes[level.value]: words.level_name(level) for level in levels}


def _grid(grid: CapabilityGrid) -> Iterator[Row]:
    yield _question("F", grid.part, words.grid_text(grid.part), help=as_html(words.grid_ends(grid)))
    yield from _subquestions(grid.items)
    if grid.part == "importance":  # its answers are numbers
        yield from _answers({f"{level.value:g}": words.level_name(level) for level in grid.levels})
    else:
        yield from _answers(_level_names(grid.levels))


def _group(group: GroupQuestion, code: str, options: Mapping[str, str]) -> Iterator[Row]:
    kind = "S" if not group.options else "L" if len(group.options) <= SHORT_LIST else "!"
    yield _question(kind, code, words.group_text(group))
    yield from _answers({options[option.id]: words.option_name(option) for option in group.options})


def as_html(text: str) -> str:
    """A text as LimeSurvey shows it literally."""
    escaped = html.escape(harmless(text.strip())).replace("{", "&#123;").replace("}", "&#125;")
    return "<br />".join(escaped.split("\n"))


def _table(rows: list[Row]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", dialect="excel-tab", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")
