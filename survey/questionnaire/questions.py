"""What a questionnaire asks, as plain values from the settings of a study: the items, who answers, what they can do.

The last wave decides the form of the question. Answers of waves that were asked are never opened; the names of groups
come from the tables of sizes, margins and required levels, and from the levels of models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from obstacles.survey.formats import FORMATS
from obstacles.survey.loading.margins import read_margins
from obstacles.survey.loading.required_levels import read_required_levels
from obstacles.survey.problems import Problem, SurveyError
from obstacles.survey.question import Item
from obstacles.survey.settings import Capability, CapabilityItem, ScaleLevel, StudySettings, WaveSettings
from obstacles.survey.studyfile.instrument import instrument_tables, with_instrument
from obstacles.survey.studyfile.items import items_in, items_of
from obstacles.text.language import Labels, _, commas
from obstacles.text.script import language_of

Form = Literal["rank", "select", "rate", "points"]
Part = Literal["current", "required", "importance"]
FORMS: dict[str, Form] = {  # format of a wave -> how its question is put
    "rank_grid": "rank",
    "order_list": "rank",
    "rank_counts": "rank",
    "multi_select": "select",
    "likert_grid": "rate",
    "points": "points",
}
PLACES = 5  # ranked of a built-in instrument


@dataclass(frozen=True)
class Option:
    """One answer of a list."""

    id: str  # its name in the study
    label: Labels


@dataclass(frozen=True)
class ItemQuestion:
    """The question about the items."""

    form: Form
    text: Labels
    items: tuple[Item, ...]
    places: int  # rank: places that can be filled; select: most choices
    levels: tuple[ScaleLevel, ...] = ()  # rate
    does_not_apply: tuple[str, ...] = ()  # rate: cells that mean so
    total: float = 0.0  # points
    none_of_these: bool = False  # select: whether that is a choice


@dataclass(frozen=True)
class CapabilityGrid:
    """One question about the capabilities, with one scale."""

    part: Part
    items: tuple[Item, ...]
    levels: tuple[ScaleLevel, ...]


@dataclass(frozen=True)
class GroupQuestion:
    """Which group a respondent belongs to; free text where the study has no list of its groups."""

    name: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Questionnaire:
    """All that is asked."""

    settings: StudySettings
    wave: WaveSettings  # whose question it is
    languages: tuple[str, ...]
    question: ItemQuestion
    grids: tuple[CapabilityGrid, ...]
    groups: tuple[GroupQuestion, ...]
    tables: Mapping[str, bytes]  # files that the study file needs beside it


def instrument_settings(name: str) -> StudySettings:
    """A study of a built-in instrument as it would be asked first: up to five items ranked, three groups."""
    raw = instrument_tables(name)
    capability = raw.get("capability")
    if capability is not None:
        items = [{"required_from": "column", **item} for item in capability["item"]]
        capability = {"importance_scale": [1, 5], **capability, "item": items}
    study = {
        "schema": 1,
        "study": {**raw["study"], "sampling": "nonprobability"},
        "obstacles": {"instrument": name},
        "capability": capability,
        "wave": [
            {
                "id": "1",
                "file": "answers.csv",
                "format": "order_list",
                "k": PLACES,
                "order": [f"place_{place}" for place in range(1, PLACES + 1)],
                "columns": {group: group for group in ("department", "role", "grade")},
            }
        ],
    }
    return with_instrument(StudySettings.model_validate(study))


def questionnaire_of(
    settings: StudySettings, folder: Path | None = None, *, languages: tuple[str, ...] = ()
) -> Questionnaire:
    """The questionnaire of a study.

    Parameters
    ----------
    folder
        in which the tables that the study names lie.
    languages
        Codes; those of the study when omitted.

    Raises
    ------
    SurveyError
        Exit code 3 for a wave whose form cannot be put as a question, 2 for a table that cannot be read.
    """
    wave = settings.wave[-1]
    if wave.format not in FORMS:
        raise SurveyError([_not_applicable(wave)], exit_code=3)
    if FORMS[wave.format] == "rate" and (wave.direction or settings.obstacles.direction) is None:
        message = _("[obstacles] direction is missing: it says which end of the scale is severe, as in {example}.")
        example = 'direction = "high_is_most_severe"'
        raise SurveyError([Problem("error", "E-QUE-02", message.format(example=example))], exit_code=3)
    return Questionnaire(
        settings=settings,
        wave=wave,
        languages=languages or settings.study.languages,
        question=_question(settings, wave),
        grids=tuple(_grids(settings.capability, wave)),
        groups=_groups(settings, wave, folder),
        tables=_tables(settings, folder),
    )


def _not_applicable(wave: WaveSettings) -> Problem:
    message = _("wave {wave} has the format {format}: {reason} A questionnaire can be written for the formats {known}.")
    form = FORMATS[wave.format]
    if not form.obstacles:
        reason = _("it has no question about obstacles.")
    elif not form.respondents:
        reason = _("it is a printed table, without the answers of single people.")
    else:
        reason = _("its tasks follow an experimental design, which the study file does not hold as questions.")
    text = message.format(wave=wave.id, format=wave.format, reason=reason, known=commas(FORMS))
    return Problem("error", "E-QUE-01", text)


def _question(settings: StudySettings, wave: WaveSettings) -> ItemQuestion:
    items = items_in(settings, wave, items_of(settings))
    form = FORMS[wave.format]
    limits = {"rank": wave.k or len(wave.order), "select": wave.max_choices}
    return ItemQuestion(
        form=form,
        text=wave.question or settings.obstacles.question,
        items=items,
        places=limits.get(form) or len(items),
        levels=wave.scale,
        does_not_apply=wave.not_applicable,
        total=wave.total or 0.0,
        none_of_these=form == "select" and (bool(wave.none_of_these) or wave.blank is None),
    )


def _grids(capability: Capability | None, wave: WaveSettings) -> Iterable[CapabilityGrid]:
    """What people can do, what their work asks for where that is asked, and how much it matters."""
    if capability is None or not capability.item or not capability.levels:
        return
    asked = wave.capability
    items = [item for item in capability.item if asked is None or not asked.current or item.id in asked.current]
    scale = capability.importance_scale
    numbers = tuple(ScaleLevel(value=value) for value in range(scale[0], scale[1] + 1)) if scale else ()
    rated_by: dict[Part, tuple[list[CapabilityItem], tuple[ScaleLevel, ...]]] = {
        "current": (items, capability.levels),
        "required": ([item for item in items if item.required_from == "column"], capability.levels),
        "importance": ([i for i in items if scale and (asked is None or i.id in asked.importance)], numbers),
    }
    for part, (rated, levels) in rated_by.items():
        if rated:
            named = tuple(Item(item.id, item.label, item.short) for item in rated)
            yield CapabilityGrid(part, named, levels)


def _groups(settings: StudySettings, wave: WaveSettings, folder: Path | None) -> tuple[GroupQuestion, ...]:
    """The groups of the wave, with their names where a table has them."""
    folders = (folder,) if folder is not None else ()
    names: dict[str, dict[str, None]] = {}
    if folders:
        margins, required = read_margins(settings, folders), read_required_levels(settings, folders)
        wrong = [problem for problem in (*margins.problems, *required.problems) if problem.severity == "error"]
        if wrong:
            raise SurveyError(wrong)
        for group, people in (*margins.sizes.items(), *margins.margins.items()):
            latest = people.get(wave.id) or people.get("") or next(reversed(list(people.values())), {})
            names.setdefault(group, {}).update(dict.fromkeys(latest))
        for levels in required.level.values():
            names.setdefault(required.group, {}).update(dict.fromkeys(levels))
    for model in settings.model:
        for group, levels_of_model in model.levels.items():
            if group not in names:
                names[group] = dict.fromkeys(levels_of_model)
    aliases = settings.groups.aliases
    return tuple(
        GroupQuestion(group, tuple(Option(name, _names(name, aliases.get(name, ()))) for name in names.get(group, ())))
        for group in wave.columns
    )


def _names(name: str, aliases: Iterable[str]) -> dict[str, str]:
    """The name of a group in the languages that its aliases show."""
    chinese = next((text for text in aliases if language_of(text) == "zh"), None)
    if language_of(name) == "zh":
        return {"zh": name, "en": next((text for text in aliases if text.isascii()), name)}
    return {"en": name, **({"zh": chinese} if chinese else {})}


def _tables(settings: StudySettings, folder: Path | None) -> dict[str, bytes]:
    capability = settings.capability
    if folder is None or capability is None or capability.required_table is None:
        return {}
    name = capability.required_table.file
    return {Path(name).name: (folder / name).read_bytes()}
