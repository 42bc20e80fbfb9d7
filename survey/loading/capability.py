"""Capability columns of one wave: current, required and important levels, item by item, for the rows still in.

A cell holds the value of a level or its text in any language of the study file. What is required is one level for
everybody, the level of the respondent's role, or an answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from obstacles.survey.answers import CapabilityAnswers
from obstacles.survey.formats.base import Log, WaveQuestion
from obstacles.survey.formats.likert_grid import UNKNOWN, Meanings, labels_of
from obstacles.survey.loading.required_levels import RequiredLevels
from obstacles.survey.loading.selection import Selection
from obstacles.survey.question import Item, Level
from obstacles.survey.settings import CapabilityItem, ScaleLevel, StudySettings, WaveSettings
from obstacles.survey.settings.capability import Specialists
from obstacles.text.language import _, commas, ngettext, quoted_names
from obstacles.text.nearest import hint

if TYPE_CHECKING:
    import pandas as pd


def capability_columns(wave: WaveSettings) -> list[str]:
    """The columns of all capability questions."""
    own = wave.capability
    if own is None:
        return []
    return [column for part in (own.current, own.required, own.importance, own.supervisor) for column in part.values()]


def read_capability(
    people: Selection, settings: StudySettings, wave: WaveSettings, respondents: pd.DataFrame, table: RequiredLevels
) -> CapabilityAnswers | None:
    """The capability answers of the respondents; None where the wave asked none. Problems are filed with `people`."""
    capability, columns = settings.capability, wave.capability
    if capability is None or columns is None or not len(people.rows):
        return None
    rated = {**columns.current, **columns.supervisor} if capability.rater == "supervisor" else columns.current
    asked = [item for item in capability.item if item.id in rated]
    if not asked:
        return None
    reader = _Reader(people, wave)
    levels, code = capability.levels, "E-CAP-01"
    current = reader.read({item.id: rated.get(item.id) for item in asked}, levels, code)
    stated = reader.read({item.id: columns.required.get(item.id) for item in asked}, levels, code)
    other = {item.id: columns.supervisor.get(item.id) for item in asked}
    supervisor = reader.read(other, levels, code) if capability.rater == "both" and any(other.values()) else None
    scale, importance = capability.importance_scale, None
    if scale is not None and columns.importance:
        numbers = tuple(ScaleLevel(value=value) for value in range(scale[0], scale[1] + 1))
        importance = reader.read({item.id: columns.importance.get(item.id) for item in asked}, numbers, "E-CAP-02")
    people.problems += reader.log.problems
    required = np.column_stack(
        [_required(people, item, stated[:, j], respondents, table) for j, item in enumerate(asked)]
    )
    _unanswered(people, asked, rated, current)
    _no_specialist(people, capability.specialists, respondents)
    return CapabilityAnswers(
        items=tuple(Item(item.id, item.label, item.short, item.scale) for item in asked),
        levels=tuple(Level(level.value, labels_of(level)) for level in levels),
        current=current,
        required=required,
        importance=importance,
        supervisor=supervisor,
        source=tuple(item.required_from or "fixed" for item in asked),
        rater="supervisor" if capability.rater == "supervisor" else "self",
        importance_scale=scale,
    )


class _Reader:
    """Reads blocks of columns whose cells are levels."""

    def __init__(self, people: Selection, wave: WaveSettings) -> None:
        none = np.ones((len(people.rows), 0), bool)
        self.log = Log(WaveQuestion(wave, (), None, "error", None, people.table, people.rows, none))

    def read(self, columns: dict[str, str | None], levels: tuple[ScaleLevel, ...], code: str) -> np.ndarray:
        """(n, q) values of levels, NaN where there is no answer or no column; cells that are no level are errors."""
        asked = self.log.asked
        scale = {"scale": levels, "not_applicable": ()}
        meanings = Meanings(replace(asked, settings=asked.settings.model_copy(update=scale)))
        value = np.array([level.value for level in levels])
        found = np.full((asked.n, len(columns)), np.nan)
        for j, column in enumerate(columns.values()):
            if column is None:
                continue
            codes, cells = asked.coded(column)
            meaning = np.array([meanings[cell] for cell in cells] or [UNKNOWN], np.intp)[codes]
            message = _("these cells are none of the answers {answers}: {cells}. Correct them, or add them to missing.")
            answers = commas(f"{level.value:g}" for level in levels)
            text = message.format(answers=answers, cells="{cells}")
            self.log.unknown(code, text, column, meaning == UNKNOWN)
            known = meaning >= 0
            found[known, j] = value[meaning[known]]
        self.log.vendor_codes(meanings.of_vendor)
        return found


def _required(
    people: Selection, item: CapabilityItem, stated: np.ndarray, respondents: pd.DataFrame, table: RequiredLevels
) -> np.ndarray:
    """(n,) what the work of each respondent asks for; NaN where that is not known."""
    if item.required is not None:
        return np.full(len(stated), item.required)
    if item.required_from == "column":
        return stated
    by_role = table.level.get(item.id, {})
    if table.group not in respondents.columns:
        message = _(
            'the required level of "{item}" depends on "{group}", which this wave has not under [wave.columns].'
        )
        if table.group:  # else the table could not be read, which is said already
            people.problem("error", "E-CAP-04", message.format(item=item.id, group=table.group))
        return stated
    groups = respondents[table.group].cat
    level = np.array([by_role.get(name, np.nan) for name in groups.categories] or [np.nan])
    code = groups.codes.to_numpy()
    found = np.where(code >= 0, level[code], np.nan)
    without = [name for name in groups.categories if name not in by_role]
    if without:
        count = int(np.isnan(found).sum())
        message = ngettext(
            'the table of required levels has no "{item}" for {names}: {n} respondent is left out of this capability.',
            'the table of required levels has no "{item}" for {names}: {n} respondents are left out of this '
            "capability.",
            count,
        )
        names = quoted_names(without[:5])
        people.problem("warning", "W-CAP-01", message.format(item=item.id, names=names, n=f"{count:,}"), count=count)
    return found


def _unanswered(people: Selection, asked: list[CapabilityItem], columns: dict[str, str], current: np.ndarray) -> None:
    """Warn of capabilities that nobody rated."""
    for item, none in zip(asked, np.isnan(current).all(axis=0), strict=True):
        if none:
            message = _('nobody answered on the capability "{item}": it is not reported.')
            people.problem("warning", "W-CAP-02", message.format(item=item.id), columns[item.id])


def _no_specialist(people: Selection, specialists: Specialists | None, respondents: pd.DataFrame) -> None:
    """Warn of values of specialists that nobody has."""
    if specialists is None or specialists.group not in respondents.columns:
        return
    known = [str(name) for name in respondents[specialists.group].cat.categories]
    unknown = [name for name in specialists.is_ if name not in known]
    if unknown:
        message = _('specialists: nobody has {names} in "{group}". {hint}')
        text = message.format(names=quoted_names(unknown), group=specialists.group, hint=hint(unknown[0], known))
        people.problem("warning", "W-CAP-03", text)
