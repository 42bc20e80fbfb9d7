"""The capability parts of all files -> what the study file says of them, with the tables in the other sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from obstacles.survey.detect.capability_part.columns import CURRENT, REQUIRED, SUPERVISOR, FoundCapability
from obstacles.survey.detect.ids import slug
from obstacles.survey.detect.waves import Round
from obstacles.survey.files.numerics import numbers
from obstacles.survey.files.readers import filled_sheets, open_table
from obstacles.survey.files.table import Table
from obstacles.survey.loading.group_names import spelling_variants
from obstacles.survey.loading.margins import NUMBER_NAMES
from obstacles.survey.loading.required_levels import ITEM_NAMES, LEVEL_NAMES
from obstacles.survey.problems import SurveyError
from obstacles.survey.settings import WaveSettings
from obstacles.survey.studyfile.proposal import ProposedCapability, SideTable
from obstacles.text.fold import fold

DEPARTMENT = re.compile(
    r"depart|division|directorate|branch|unit\b|team|section|office|abteilung|referat|service|direction|departamento|"
    r"部门|部門|处室|科室|单位|机构|组织",
    re.I,
)
IN_COMMON = 0.6  # share of a sheet's names that must be groups of the answers


def capability_of(
    rounds: Sequence[Round],
    found: Mapping[str, FoundCapability],
    groups: Mapping[str, Mapping[str, str]],
    folder: Path,
) -> ProposedCapability | None:
    """The capability part of a study.

    Parameters
    ----------
    found
        File -> its capability part.
    groups
        Wave -> its group columns, name -> column.
    """
    whole = {
        one.id: found[one.source.file] for one in rounds if one.source.file in found and found[one.source.file].skills
    }
    if not whole:
        return None
    ids: dict[str, tuple[str, str]] = {}
    taken: set[str] = set()
    columns: dict[str, dict[str, dict[str, str]]] = {}
    for wave, part in whole.items():
        for skill in part.skills:
            id, _label = ids.setdefault(fold(skill.label), (slug(skill.label, taken, "skill"), skill.label))
            taken.add(id)
            for side, column in skill.columns.items():
                columns.setdefault(wave, {}).setdefault(side, {})[id] = column
    of_all = [id for id, _label in ids.values()]

    def rated(wave: str) -> frozenset[str]:
        return frozenset(columns[wave].get(CURRENT, {}))

    best = max(whole.values(), key=lambda part: len(part.levels))
    report_by = next((name for own in groups.values() for name in own if DEPARTMENT.search(name)), None)
    first = next((name for own in groups.values() for name in own), None)
    tables = dict(_tables(rounds, groups, [label for _id, label in ids.values()], folder))
    return ProposedCapability(
        items=tuple(ids.values()),
        levels=best.levels,
        numeric=best.numeric,
        known=best.known,
        asked=frozenset.intersection(
            *(frozenset(columns[wave].get(REQUIRED, {})) | (frozenset(of_all) - rated(wave)) for wave in whole)
        ),
        importance=next((part.importance for part in whole.values() if part.importance is not None), None),
        rated_twice=any(part.has(SUPERVISOR) for part in whole.values()),
        columns=columns,
        missing={wave: part.missing for wave, part in whole.items() if part.missing},
        evidence=best.evidence,
        report_by=report_by or first,
        size=tables.get("size"),
        required_table=tables.get("required"),
    )


def _tables(
    rounds: Sequence[Round], groups: Mapping[str, Mapping[str, str]], labels: Sequence[str], folder: Path
) -> Iterator[tuple[str, SideTable]]:
    """Sheets of the workbooks that hold headcounts, or the levels that roles need."""
    seen: set[tuple[str, str]] = set()
    for one in rounds:
        used = next((entry.value for entry in one.source.entries if entry.key == "sheet"), "")
        for title in filled_sheets(folder / one.source.file, one.source.file):
            if title == used or (one.source.file, title) in seen:
                continue
            seen.add((one.source.file, title))
            settings = WaveSettings(id="", file=one.source.file, format="", header_rows=1, sheet=title)
            try:
                table = open_table(folder / one.source.file, settings, None)
            except SurveyError:
                continue
            kind = _kind(table, one, groups.get(one.id, {}), labels)
            if kind:
                yield kind, SideTable(one.source.file, title)


def _kind(table: Table, one: Round, groups: Mapping[str, str], labels: Sequence[str]) -> str:
    """ "size", "required", or "" for another table."""
    group = table.first_of(groups)
    if group is None or not len(table.rows):
        return ""
    item, level, number = (table.first_of(names) for names in (ITEM_NAMES, LEVEL_NAMES, NUMBER_NAMES))
    known = {fold(label) for label in labels}
    if item is not None and level is not None and {fold(cell) for cell in table.text(item)} & known:
        return "required"
    if number is None or any(value is None for value in numbers(list(table.text(number)), None).values):
        return ""
    column = one.sheet.named(groups[group])
    cells = {fold(cell) for cell in column.filled} if column is not None else set()
    own = [fold(cell) for cell in table.text(group)]
    return "size" if len(own) == len(set(own)) and sum(cell in cells for cell in own) >= IN_COMMON * len(own) else ""


def variants_of(rounds: Sequence[Round], groups: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """Spellings of one group that differ in case and spaces: the most frequent one -> the others."""
    found: dict[str, list[str]] = {}
    for one in rounds:
        for name in groups.get(one.id, {}).values():
            column = one.sheet.named(name)
            for names in spelling_variants(list(column.filled)) if column is not None else ():
                assert column is not None
                best, *others = sorted(names, key=lambda text: (-column.filled[text], text))
                found[best] = list(dict.fromkeys([*found.get(best, ()), *others]))
    return found
