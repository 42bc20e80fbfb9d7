"""Who answered: ids, groups under one name for every wave, and how many people each group has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from survey.columns import ColumnError, normalise
from survey.formats.texts import fold
from survey.language import _
from survey.numerics import numbers
from survey.problems import Problem
from survey.selection import Selection, ids_of, spelling_variants
from survey.settings import StudySettings, WaveSettings
from survey.table import Table, read_table

if TYPE_CHECKING:
    import pandas as pd

Aliases = Mapping[str, str]  # folded text -> name of the group
SIZE_NAMES = ("headcount", "size", "invited", "population", "n", "people", "人数", "编制人数")
WAVE_NAMES = ("wave", "year", "年份", "轮次")


def aliases_of(settings: StudySettings) -> Aliases:
    """[groups.aliases], turned round; a group's own name in another case or width stays a proposal, not a rule."""
    return {
        key: name
        for name, texts in settings.groups.aliases.items()
        for key in [fold(name), *(fold(text) for text in texts)]
    }


def respondents_of(selection: Selection, wave: WaveSettings, aliases: Aliases) -> pd.DataFrame:
    """One row per row still in: "id", then each group of [wave.columns] as a categorical."""
    import pandas as pd

    frame: dict[str, Any] = {"id": ids_of(selection, wave)}
    for name, column in wave.columns.items():
        codes, values = selection.coded(column)
        named = [aliases.get(fold(value), value) for value in values]
        categories = sorted(set(named))
        place = {category: i for i, category in enumerate(categories)}
        positions = np.array([place[one] for one in named] or [0], np.intp)[codes]
        used = np.unique(positions)
        kept = [categories[i] for i in used]
        kept_index = pd.Index(kept, dtype=object)
        frame[name] = pd.Categorical.from_codes(np.searchsorted(used, positions), categories=kept_index)
        for variants in spelling_variants(kept):
            message = _(
                "{names} are different groups of {group}. If they are one, add groups.aliases; otherwise small ones "
                "will be suppressed."
            ).format(names=_(" and ").join(f'"{one}"' for one in variants), group=f'"{name}"')
            selection.problem("warning", "W-GRP-02", message, column, count=len(variants))
    return pd.DataFrame(frame)


def read_sizes(settings: StudySettings, folder: Path) -> tuple[dict[str, dict[str, dict[str, int]]], list[Problem]]:
    """[groups.size]: wave (or "" for all) -> group column -> group -> people; with the problems of the file."""
    size = settings.groups.size
    if size is None:
        return {}, []
    table = read_table(folder / size.file, file=size.file)
    problems: list[Problem] = [problem for problem in table.problems if problem.severity != "info"]
    groups = dict.fromkeys(name for wave in settings.wave for name in wave.columns)
    of_group = next((name for name in groups if _has(table, name)), None)
    number = next((name for name in SIZE_NAMES if _has(table, name)), None)
    in_wave = next((name for name in WAVE_NAMES if _has(table, name)), None)
    if of_group is None or number is None:
        message = _(
            "the table of group sizes needs a column named like a group ({groups}) and a column of numbers ({names})."
        ).format(groups=", ".join(groups) or "-", names=", ".join(SIZE_NAMES[:4]))
        return {}, [*problems, Problem("error", "E-SIZE-01", message, file=size.file)]
    aliases = aliases_of(settings)
    names = [aliases.get(fold(text), text) for text in table.text(of_group)]
    waves = list(table.text(in_wave)) if in_wave else [""] * len(names)
    people = numbers(list(table.text(number)), None).values
    sizes: dict[str, dict[str, dict[str, int]]] = {}
    for row, (wave, name, count) in enumerate(zip(waves, names, people, strict=True)):
        place = {"file": size.file, "rows": (int(table.rows[row]),)}
        if count is None or count <= 0 or count != round(count):
            message = _("the number of people should be a whole number above 0.")
            problems.append(Problem("error", "E-SIZE-02", message, column=number, **place))  # type: ignore[arg-type]
            continue
        seen = sizes.setdefault(wave, {}).setdefault(of_group, {})
        if name in seen:
            message = _('"{name}" stands twice in this table.').format(name=name)
            problems.append(Problem("error", "E-SIZE-03", message, column=of_group, **place))  # type: ignore[arg-type]
        seen[name] = round(count)
    return sizes, problems


def _has(table: Table, name: str) -> bool:
    try:
        table.column(name)
    except ColumnError:
        return False
    return True


def sizes_in(sizes: Mapping[str, Mapping[str, Mapping[str, int]]], wave: str) -> Mapping[str, Mapping[str, int]]:
    """The sizes of one wave: its own rows, else those without a wave."""
    return sizes.get(normalise(wave)) or sizes.get("") or {}
