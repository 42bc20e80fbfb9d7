"""Platforms that a questionnaire is written for: one file and one line each. Each has a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from obstacles.reports.questionnaire import paper
from obstacles.reports.questionnaire.limesurvey import limesurvey
from obstacles.reports.questionnaire.xlsform import xlsform
from obstacles.reports.words.paper_form import PaperForm
from obstacles.survey.problems import Problem
from obstacles.survey.questionnaire.questions import Questionnaire
from obstacles.survey.questionnaire.study_file import Readback, study_file

STUDY = "study.toml"
Tell = Callable[[Problem], None]


@dataclass(frozen=True)
class Options:
    """How forms on paper are made."""

    versions: int = 1
    seed: int | None = None  # of their shuffled items; None = in the order of the study


def _xlsform(questionnaire: Questionnaire, _options: Options, _tell: Tell) -> Iterator[tuple[str, bytes]]:
    form, readback = xlsform(questionnaire)
    yield "xlsform/form.xlsx", form
    yield from _study("xlsform", questionnaire, readback)


def _limesurvey(questionnaire: Questionnaire, _options: Options, _tell: Tell) -> Iterator[tuple[str, bytes]]:
    survey, readback = limesurvey(questionnaire)
    yield "limesurvey/survey.txt", survey
    yield from _study("limesurvey", questionnaire, readback)


def _word(questionnaire: Questionnaire, options: Options, _tell: Tell) -> Iterator[tuple[str, bytes]]:
    from obstacles.reports.writers.word.paper_form import form_docx

    yield from _paper(questionnaire, options, "docx", form_docx)


def _pdf(questionnaire: Questionnaire, options: Options, tell: Tell) -> Iterator[tuple[str, bytes]]:
    from obstacles.reports.writers.render import form_pdf

    yield from _paper(questionnaire, options, "pdf", lambda form: form_pdf(form, tell))


def _paper(
    questionnaire: Questionnaire, options: Options, ending: str, write: Callable[[PaperForm], bytes]
) -> Iterator[tuple[str, bytes]]:
    for stem, form in paper.forms(questionnaire, versions=options.versions, seed=options.seed):
        yield f"paper/{stem}.{ending}", write(form)
    yield f"paper/{paper.ENTRY_SHEET}", paper.entry_sheet(questionnaire, versions=options.versions)
    yield from _study("paper", questionnaire, paper.readback(questionnaire, versions=options.versions))


def _study(folder: str, questionnaire: Questionnaire, readback: Readback) -> Iterator[tuple[str, bytes]]:
    yield f"{folder}/{STUDY}", study_file(questionnaire, readback).encode()
    for name, content in questionnaire.tables.items():
        yield f"{folder}/{name}", content


PLATFORMS: dict[str, Callable[[Questionnaire, Options, Tell], Iterator[tuple[str, bytes]]]] = {
    "xlsform": _xlsform,
    "limesurvey": _limesurvey,
    "word": _word,
    "pdf": _pdf,
}


def files_of(questionnaire: Questionnaire, platforms: Sequence[str], options: Options, tell: Tell) -> dict[str, bytes]:
    """All files of the platforms by their path in the folder; Word and PDF share theirs but for the forms."""
    return {
        name: content for platform in platforms for name, content in PLATFORMS[platform](questionnaire, options, tell)
    }
