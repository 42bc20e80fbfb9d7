"""Tables of how many people each group has: headcounts of the groups, and the margins to which weights are raked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from obstacles.survey.files.numerics import numbers
from obstacles.survey.files.table import Table
from obstacles.survey.loading.respondents import aliases_of
from obstacles.survey.loading.side_tables import group_of, side_table
from obstacles.survey.problems import Problem, SurveyError
from obstacles.survey.settings import StudySettings
from obstacles.survey.settings.sample import GroupSize
from obstacles.text.fold import fold, normalise
from obstacles.text.language import _, commas

People = Mapping[str, Mapping[str, float]]  # wave ("" for all) -> group -> people or shares
NUMBER_NAMES = (
    "headcount",
    "people",
    "population",
    "size",
    "invited",
    "count",
    "share",
    "n",
    "staff",
    "employees",
    "number",
    "人数",
    "编制人数",
    "员工数",
    "在编人数",
)
WAVE_NAMES = ("wave", "year", "年份", "轮次")


@dataclass(frozen=True)
class Margins:
    """All such tables of a study."""

    sizes: Mapping[str, People] = field(default_factory=dict)  # group column -> headcounts
    margins: Mapping[str, People] = field(default_factory=dict)  # group column -> margin of raking
    problems: tuple[Problem, ...] = ()


def read_margins(settings: StudySettings, folders: tuple[Path, ...]) -> Margins:
    """Read the tables that a study file names, looked for in each folder in turn; problems are gathered."""
    problems: list[Problem] = []
    sizes: dict[str, People] = {}
    margins: dict[str, People] = {}
    size = settings.groups.size
    wanted = [(size, sizes)] if size is not None else []
    wanted += [(GroupSize(file=file, group=name), margins) for name, file in settings.weights.margins.items()]
    for stated, into in wanted:
        try:
            table = side_table(stated, folders)
            group, column = group_of(table, stated, settings.wave) or (stated.group or "", None)
            number = table.first_of(NUMBER_NAMES if stated.number is None else (stated.number,))
            into[group] = _people(settings, table, (group, column, number), problems, whole=into is sizes)
        except SurveyError as error:
            problems += error.problems
    return Margins(sizes, margins, tuple(problems))


def in_wave(people: People, wave: str) -> Mapping[str, float]:
    """The numbers of one wave: its own rows, else those without a wave."""
    return people.get(normalise(wave)) or people.get("") or {}


def sizes_in(margins: Margins, wave: str) -> dict[str, dict[str, int]]:
    """Headcounts in one wave: group column -> group -> people."""
    found = {group: in_wave(people, wave) for group, people in margins.sizes.items()}
    return {group: {name: round(n) for name, n in sizes.items()} for group, sizes in found.items() if sizes}


def _people(
    settings: StudySettings,
    table: Table,
    columns: tuple[str, str | None, str | None],
    problems: list[Problem],
    *,
    whole: bool,
) -> dict[str, dict[str, float]]:
    """Wave -> group -> people, by the group's name, its column and that of the numbers."""
    group, column, number = columns
    wave_column = table.first_of(WAVE_NAMES)
    if column is None or number is None:
        message = _("this table needs a column named like the group ({group}) and a column of numbers ({names}).")
        groups = group or commas(dict.fromkeys(name for wave in settings.wave for name in wave.columns)) or "-"
        text = message.format(group=groups, names=commas(NUMBER_NAMES[:4]))
        problems.append(Problem("error", "E-SIZE-01", text, file=table.file))
        return {}
    aliases = aliases_of(settings)
    names = [aliases.get(fold(text), text) for text in table.text(column)]
    waves = list(table.text(wave_column)) if wave_column else [""] * len(names)
    people: dict[str, dict[str, float]] = {}
    for row, (wave, name, count) in enumerate(
        zip(waves, names, numbers(list(table.text(number)), None).values, strict=True)
    ):
        at = (int(table.rows[row]),)
        if count is None or count <= 0 or (whole and count != round(count)):
            message = (
                _("the number of people should be a whole number above 0.")
                if whole
                else _("the size of a group should be a number above 0.")
            )
            problems.append(Problem("error", "E-SIZE-02", message, table.file, at, number))
            continue
        seen = people.setdefault(wave, {})
        if name in seen:
            message = _('"{name}" stands twice in this table.').format(name=name)
            problems.append(Problem("error", "E-SIZE-03", message, table.file, at, column))
        seen[name] = count
    return people
