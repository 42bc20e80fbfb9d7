"""Forms on paper, the entry sheet into which their answers are typed, and how that sheet is read back.

The entry sheet has two header rows: the code of each answer, as printed beside its line, and what it is. It is a
template that is copied before it is filled, so that writing the forms again never touches what was typed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from obstacles.reports.words.paper_form import (
    DOES_NOT_APPLY,
    LETTERS,
    NUMBERS,
    PaperForm,
    entry_labels,
    grid_columns,
    group_columns,
    item_columns,
    none_column,
    paper_form,
)
from obstacles.survey.questionnaire.codes import group_codes, level_codes
from obstacles.survey.questionnaire.questions import Questionnaire
from obstacles.survey.questionnaire.study_file import FILE, Readback, levels_text
from obstacles.survey.studyfile.codebook import as_cell
from obstacles.text.language import _, using

ENTRY_SHEET = "entry-sheet.csv"
NUMBER, VERSION = "form", "version"  # columns of the entry sheet before the answers
MOST_VERSIONS = len(LETTERS)


def forms(
    questionnaire: Questionnaire, *, versions: int = 1, seed: int | None = None
) -> Iterator[tuple[str, PaperForm]]:
    """File name without an ending -> form: in each language, in the study's order or in several shuffled ones."""
    shuffled = versions > 1 or seed is not None
    for language in questionnaire.languages:
        for place in range(versions):
            letter = LETTERS[place] if shuffled else ""
            stem = "-".join(part for part in ("form", letter, language) if part)
            own = None if not shuffled else 1000 * (1 if seed is None else seed) + place
            yield stem, paper_form(questionnaire, language, letter, own)


def entry_sheet(questionnaire: Questionnaire, *, versions: int = 1) -> bytes:
    """The empty table for typing answers."""
    language = questionnaire.languages[0]
    labels = entry_labels(questionnaire, language)
    with using(language):
        first = {NUMBER: _("Number of the form"), **({VERSION: _("Letter of the form")} if versions > 1 else {})}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*first, *labels])
    writer.writerow([as_cell(" ".join(text.split())) for text in (*first.values(), *labels.values())])
    return out.getvalue().encode("utf-8-sig")


def readback(questionnaire: Questionnaire, *, versions: int = 1) -> Readback:
    """How the answers stand in the entry sheet."""
    columns = group_columns(questionnaire)
    return Readback(
        {
            "header_rows": 2,
            "id_column": NUMBER,
            **READ[questionnaire.question.form](questionnaire),
            "obstacles": item_columns(questionnaire),
        },
        {**columns, **({_version_group(columns): VERSION} if versions > 1 else {})},
        grid_columns(questionnaire),
        group_codes(questionnaire, NUMBERS),
        level_codes(questionnaire.grids[0].levels) if questionnaire.grids else {},
        randomised=versions > 1,
        notes=(
            _(
                "Paper: copy {sheet} to {file} and type a row for each form, under the codes printed beside the lines."
            ).format(sheet=ENTRY_SHEET, file=FILE),
            _("Boxes: the number that was written, or 1 where one was marked; circles: the number under the level."),
        ),
    )


def _version_group(groups: dict[str, str]) -> str:
    return VERSION if VERSION not in groups else "form_version"


def _rank(questionnaire: Questionnaire) -> dict[str, Any]:
    question = questionnaire.question
    partly = question.places < len(question.items)
    return {
        "format": "rank_grid",
        "direction": "1_is_most_severe",
        **({"k": question.places} if partly else {}),
        "blank": "below" if partly else questionnaire.wave.blank or "below",
    }


def _select(questionnaire: Questionnaire) -> dict[str, Any]:
    question = questionnaire.question
    return {
        "format": "multi_select",
        "selected": ["1"],
        **({"max_choices": question.places} if question.places < len(question.items) else {}),
        "blank": questionnaire.wave.blank or "not_answered",
        **({"none_of_these": [none_column()]} if question.none_of_these else {}),
    }


def _rate(questionnaire: Questionnaire) -> dict[str, Any]:
    question, wave = questionnaire.question, questionnaire.wave
    direction = wave.direction or questionnaire.settings.obstacles.direction
    return {
        "format": "likert_grid",
        **({"direction": direction} if direction else {}),
        "scale": levels_text(question.levels, level_codes(question.levels)),
        **({"not_applicable": [DOES_NOT_APPLY, *question.does_not_apply]} if question.does_not_apply else {}),
    }


def _points(questionnaire: Questionnaire) -> dict[str, Any]:
    wave = questionnaire.wave
    return {
        "format": "points",
        "total": questionnaire.question.total,
        **({"tolerance": wave.tolerance} if wave.tolerance else {}),
        "blank": wave.blank or "below",
    }


READ: dict[str, Callable[[Questionnaire], dict[str, Any]]] = {
    "rank": _rank,
    "select": _select,
    "rate": _rate,
    "points": _points,
}
