"""The study file that reads a platform's answers back: the study's own words, and one wave as the platform writes it.

Items and levels are written out with the codes that stand in the cells, so that a later version of an instrument
changes nothing for answers that were given to this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from obstacles.survey.questionnaire.questions import Questionnaire
from obstacles.survey.settings import ScaleLevel, StudySettings
from obstacles.survey.studyfile.attached import as_toml
from obstacles.survey.studyfile.write import comment
from obstacles.text.language import _

FILE = "answers.csv"  # under which the answers are put beside the study file
FACTS = ("sponsor", "conducted_by", "population", "frame", "recruitment", "access", "incentives", "contact")


@dataclass(frozen=True)
class Readback:
    """How the answers stand in a platform's export."""

    wave: Mapping[str, Any]  # keys of [[wave]]: the format and where its columns are
    columns: Mapping[str, str]  # group -> column
    capability: Mapping[str, Mapping[str, str]]  # part -> capability -> column
    group_codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # group -> name -> cell
    level_codes: Mapping[float, str] = field(default_factory=dict)  # of the levels of capabilities: value -> cell
    randomised: bool = False  # whether the items come in random order
    notes: tuple[str, ...] = ()  # how the answers get from the platform to the file


def study_file(questionnaire: Questionnaire, readback: Readback) -> str:
    """The text of the study file."""
    head = [
        comment(_("Reads the answers to this questionnaire. Put them beside this file as {file}.").format(file=FILE))
    ]
    head += [comment(note) for note in readback.notes]
    if questionnaire.settings.study.sampling == "nonprobability":
        head.append(
            comment(_("sampling: how respondents come in decides how uncertainty is worded; say it as it was."))
        )
    return "\n".join([*head, "", as_toml(_study(questionnaire, readback))])


def _study(questionnaire: Questionnaire, readback: Readback) -> dict[str, Any]:
    settings = questionnaire.settings
    made: dict[str, Any] = {"schema": 1, "study": _facts(questionnaire)}
    made["obstacles"] = _obstacles(questionnaire, readback)
    if readback.capability:
        made["capability"] = _capability(questionnaire, readback)
    made["wave"] = [_wave(questionnaire, readback)]
    if groups := _groups(questionnaire, readback):
        made["groups"] = groups
    for name, dropped in (("quality", {"speeder", "straightline"}), ("privacy", {"drop_columns"}), ("ranking", set())):
        if own := _plain(settings, name, dropped):
            made[name] = own
    return made


def _plain(settings: StudySettings, name: str, dropped: set[str]) -> dict[str, Any]:
    """A table of the study file as it was written, without what belongs to the columns of another file."""
    own = getattr(settings, name)
    table: dict[str, Any] = own.model_dump(mode="json", exclude_unset=True, by_alias=True, exclude=dropped)
    return {key: value for key, value in table.items() if value not in (None, {}, [])}


def _facts(questionnaire: Questionnaire) -> dict[str, Any]:
    facts = questionnaire.settings.study
    own = {name: value for name in FACTS if (value := getattr(facts, name))}
    start = {"id": facts.id} if facts.id else {}
    languages = [*dict.fromkeys([*questionnaire.languages, *facts.languages])]
    return {**start, "title": facts.title, "languages": languages, "sampling": facts.sampling, **own}


def _obstacles(questionnaire: Questionnaire, readback: Readback) -> dict[str, Any]:
    own, question = questionnaire.settings.obstacles, questionnaire.question
    made: dict[str, Any] = {
        name: value for name, value in (("question", question.text), ("noun", own.noun), ("nouns", own.nouns)) if value
    }
    made["item_order"] = "randomised" if readback.randomised else "fixed"
    made["item"] = [
        {
            name: value
            for name, value in (
                ("id", item.id),
                ("label", dict(item.label)),
                ("short", dict(item.short)),
                ("category", item.category),
            )
            if value
        }
        for item in question.items
    ]
    used = {item.category for item in question.items}
    if category := {id: text for id, text in own.category.items() if id in used}:
        made["category"] = category
    return made


def _capability(questionnaire: Questionnaire, readback: Readback) -> dict[str, Any]:
    own = questionnaire.settings.capability
    assert own is not None
    asked = {id for columns in readback.capability.values() for id in columns}
    items = [item.model_dump(mode="json", exclude_unset=True) for item in own.item if item.id in asked]
    items = [{name: value for name, value in item.items() if value not in (None, {})} for item in items]
    made: dict[str, Any] = {
        "levels": levels_text(own.levels, readback.level_codes),
        "gap": own.gap,
        "item": items,
    }
    if own.importance_scale is not None:
        made["importance_scale"] = list(own.importance_scale)
    if own.scale:
        made["scale"] = own.scale
    if own.specialists is not None and own.specialists.group in readback.columns:
        made["specialists"] = own.specialists.model_dump(mode="json", by_alias=True)
    if own.required_table is not None and any(item.required_from == "role" for item in own.item):
        made["required_table"] = {"file": next(iter(questionnaire.tables), own.required_table.file)}
    return made


def levels_text(levels: tuple[ScaleLevel, ...], codes: Mapping[float, str]) -> list[dict[str, Any]]:
    """Levels with the codes that stand in cells, beside the texts that they had."""
    made = []
    for level in levels:
        code = codes.get(level.value, f"{level.value:g}")
        plain = f"{level.value:g}"
        texts = list(dict.fromkeys([code, plain, *level.text]))
        cells: dict[str, Any] = {} if texts == [plain] else {"text": texts}
        made.append({"value": _number(level.value), **cells, **({"label": level.label} if level.label else {})})
    return made


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _wave(questionnaire: Questionnaire, readback: Readback) -> dict[str, Any]:
    wave: dict[str, Any] = {"id": "1", "file": FILE, **readback.wave}
    if readback.columns:
        wave["columns"] = dict(readback.columns)
    if readback.capability:
        wave["capability"] = {part: dict(columns) for part, columns in readback.capability.items()}
    return wave


def _groups(questionnaire: Questionnaire, readback: Readback) -> dict[str, Any]:
    own = questionnaire.settings.groups
    made: dict[str, Any] = {}
    if own.report_by in readback.columns:
        made["report_by"] = own.report_by
    if split := [name for name in own.split_by if name in readback.columns]:
        made["split_by"] = split
    aliases: dict[str, list[str]] = {name: list(texts) for name, texts in own.aliases.items()}
    for codes in readback.group_codes.values():
        for name, code in codes.items():
            aliases.setdefault(name, []).append(code)
    if aliases:
        made["aliases"] = aliases
    return made
