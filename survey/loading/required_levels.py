"""A table of the levels that each role needs: the columns role, item and required, as the UK Government's capability
framework publishes them. The first column may be any group of the study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from obstacles.survey.files.table import Table
from obstacles.survey.formats.numerals import numeral
from obstacles.survey.formats.texts import Texts
from obstacles.survey.loading.respondents import aliases_of
from obstacles.survey.loading.side_tables import side_table
from obstacles.survey.problems import Problem, SurveyError
from obstacles.survey.question import Item
from obstacles.survey.settings import Capability, StudySettings
from obstacles.text.fold import fold
from obstacles.text.language import _, commas
from obstacles.text.nearest import hint

ITEM_NAMES = ("item", "skill", "capability", "能力")
LEVEL_NAMES = ("required", "level", "required_level", "要求")


@dataclass(frozen=True)
class RequiredLevels:
    """Item id -> group -> level."""

    group: str = ""  # the group column that decides
    level: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def level_words(capability: Capability) -> dict[str, float]:
    """Folded text of a level -> its value."""
    return {
        fold(text): level.value
        for level in capability.levels
        for text in (*level.text, *level.label.values(), f"{level.value:g}")
    }


def read_required_levels(settings: StudySettings, folders: tuple[Path, ...]) -> RequiredLevels:
    """Read the table that [capability] names, looked for in each folder in turn; problems are gathered."""
    capability = settings.capability
    if capability is None or capability.required_table is None:
        return RequiredLevels()
    file = capability.required_table.file
    try:
        table = side_table(file, capability.required_table.sheet, folders)
    except SurveyError as error:
        return RequiredLevels(problems=error.problems)
    groups = dict.fromkeys(name for wave in settings.wave for name in wave.columns)
    names = [table.first_of(wanted) for wanted in (groups, ITEM_NAMES, LEVEL_NAMES)]
    if None in names:
        message = _("this table needs the columns role (or another group: {groups}), item and required.")
        text = message.format(groups=commas(groups) or "-")
        return RequiredLevels(problems=(Problem("error", "E-CAP-03", text, file=file),))
    group, item, level = (str(name) for name in names)
    problems: list[Problem] = []
    found = _levels(settings, capability, table, (group, item, level), problems)
    warnings = [problem for problem in table.problems if problem.severity != "info"]
    return RequiredLevels(group, found, (*warnings, *problems))


def _levels(
    settings: StudySettings,
    capability: Capability,
    table: Table,
    names: tuple[str, str, str],
    problems: list[Problem],
) -> dict[str, dict[str, float]]:
    aliases, words = aliases_of(settings), level_words(capability)
    items = tuple(Item(item.id, item.label) for item in capability.item)
    known = Texts(items, {})
    found: dict[str, dict[str, float]] = {}
    cells = zip(*(table.text(name) for name in names), strict=True)
    for row, (role, text, cell) in enumerate(cells):
        at = (int(table.rows[row]),)
        place = known[text]
        if place is None:
            message = _('there is no capability "{name}". {hint}')
            shown = message.format(name=text[:60], hint=hint(text, [item.id for item in items]))
            problems.append(Problem("error", "E-CAP-03", shown, table.file, at, names[1]))
            continue
        if cell == "":  # nothing is required
            continue
        value = words.get(fold(cell), words.get(f"{numeral(cell):g}") if numeral(cell) is not None else None)
        if value is None:
            message = _('"{cell}" is no level of [capability].').format(cell=cell[:60])
            problems.append(Problem("error", "E-CAP-03", message, table.file, at, names[2]))
            continue
        own = found.setdefault(items[place].id, {})
        name = aliases.get(fold(role), role)
        if own.setdefault(name, value) != value:
            message = _('"{role}" has two levels of "{item}" in this table.').format(role=name, item=text)
            problems.append(Problem("error", "E-CAP-03", message, table.file, at, names[2]))
    return found
