"""A table of the levels that each role needs: the columns role, item and required, as the UK Government's capability
framework publishes them, or a column for each item. The first column may be any group of the study.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from obstacles.survey.files.table import Table
from obstacles.survey.formats.numerals import numeral
from obstacles.survey.formats.texts import Texts
from obstacles.survey.loading.respondents import aliases_of
from obstacles.survey.loading.side_tables import group_of, side_table
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
        table = side_table(capability.required_table, folders)
    except SurveyError as error:
        return RequiredLevels(problems=error.problems)
    named = group_of(table, capability.required_table, settings.wave)
    items = tuple(Item(item.id, item.label) for item in capability.item)
    known = Texts(items, {})
    cells = list(required_cells(table, named[1], lambda text: known[text] is not None)) if named is not None else []
    if named is None or not cells:
        groups = dict.fromkeys(name for wave in settings.wave for name in wave.columns)
        message = _(
            "this table needs a column of the role (or another group: {groups}), and the columns item and required, or "
            "a column for each capability."
        )
        text = message.format(groups=commas(groups) or "-")
        return RequiredLevels(problems=(Problem("error", "E-CAP-03", text, file=file),))
    problems: list[Problem] = []
    found = _levels(settings, capability, table, cells, problems)
    warnings = [problem for problem in table.problems if problem.severity != "info"]
    return RequiredLevels(named[0], found, (*warnings, *problems))


class RequiredCell(NamedTuple):
    """What one cell says that a group needs of an item."""

    row: int
    role: str
    item: str  # as the table calls it
    level: str
    at: tuple[str, str]  # the columns of the item and of the level


def required_cells(table: Table, group: str, is_item: Callable[[str], bool]) -> Iterator[RequiredCell]:
    """The cells of a table, a row for each group and item or a column for each item; none of another table.

    Parameters
    ----------
    is_item
        whether a text is an item's: of a column for each item.
    """
    item, level = table.first_of(ITEM_NAMES), table.first_of(LEVEL_NAMES)
    roles = table.text(group)
    if item is not None and level is not None:
        for row, cells in enumerate(zip(roles, table.text(item), table.text(level), strict=True)):
            yield RequiredCell(row, *cells, (item, level))
        return
    for name in table.names:
        if name and name != group and table.names.count(name) == 1 and is_item(name):
            for row, (role, cell) in enumerate(zip(roles, table.text(name), strict=True)):
                yield RequiredCell(row, role, name, cell, (name, name))


def _levels(
    settings: StudySettings,
    capability: Capability,
    table: Table,
    cells: Sequence[RequiredCell],
    problems: list[Problem],
) -> dict[str, dict[str, float]]:
    aliases, words = aliases_of(settings), level_words(capability)
    items = tuple(Item(item.id, item.label) for item in capability.item)
    known = Texts(items, {})
    found: dict[str, dict[str, float]] = {}
    for row, role, text, cell, columns in cells:
        at = (int(table.rows[row]),)
        place = known[text]
        if place is None:
            message = _('there is no capability "{name}". {hint}')
            shown = message.format(name=text[:60], hint=hint(text, [item.id for item in items]))
            problems.append(Problem("error", "E-CAP-03", shown, table.file, at, columns[0]))
            continue
        if cell == "":  # nothing is required
            continue
        value = words.get(fold(cell), words.get(f"{numeral(cell):g}") if numeral(cell) is not None else None)
        if value is None:
            message = _('"{cell}" is no level of [capability].').format(cell=cell[:60])
            problems.append(Problem("error", "E-CAP-03", message, table.file, at, columns[1]))
            continue
        own = found.setdefault(items[place].id, {})
        name = aliases.get(fold(role), role)
        if own.setdefault(name, value) != value:
            message = _('"{role}" has two levels of "{item}" in this table.').format(role=name, item=text)
            problems.append(Problem("error", "E-CAP-03", message, table.file, at, columns[1]))
    return found
