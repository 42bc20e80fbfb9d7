"""The capability parts of all files -> what the study file says of them, with the tables in the other sheets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from obstacles.survey.detect.capability_part.beside import NEEDED, SIZE, BesideSheet, beside_of
from obstacles.survey.detect.capability_part.columns import CURRENT, REQUIRED, SUPERVISOR, FoundCapability
from obstacles.survey.detect.ids import slug
from obstacles.survey.detect.waves import Round
from obstacles.survey.loading.group_names import spelling_variants
from obstacles.survey.studyfile.proposal import ProposedCapability
from obstacles.text.fold import fold

DEPARTMENT = re.compile(
    r"depart|division|directorate|branch|unit\b|team|section|office|abteilung|referat|service|direction|departamento|"
    r"部门|部門|处室|科室|单位|机构|组织",
    re.I,
)


def capability_of(
    rounds: Sequence[Round],
    found: Mapping[str, FoundCapability],
    groups: Mapping[str, Mapping[str, str]],
    beside: Mapping[str, Sequence[BesideSheet]],
) -> ProposedCapability | None:
    """The capability part of a study.

    Parameters
    ----------
    found
        File -> its capability part.
    groups
        Wave -> its group columns, name -> column.
    beside
        File -> the other sheets of its workbook.
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
    sheets = beside_of(rounds, beside, groups, [label for _id, label in ids.values()])
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
        size=sheets.get(SIZE),
        required_table=sheets.get(NEEDED),
    )


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
