"""Who answered: ids, and groups under one name for every wave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from obstacles.survey.loading.group_names import doubtful_names
from obstacles.survey.loading.selection import Selection, ids_of
from obstacles.survey.settings import StudySettings, WaveSettings
from obstacles.survey.settings.sample import Groups
from obstacles.text.fold import fold

if TYPE_CHECKING:
    import pandas as pd

Aliases = Mapping[str, str]  # folded text -> name of the group


def aliases_of(settings: StudySettings) -> Aliases:
    """[groups.aliases], turned round; a group's own name in another case or width stays a proposal, not a rule."""
    return {
        key: name
        for name, texts in settings.groups.aliases.items()
        for key in [fold(name), *(fold(text) for text in texts)]
    }


def respondents_of(selection: Selection, wave: WaveSettings, aliases: Aliases, groups: Groups) -> pd.DataFrame:
    """One row per row still in: "id", then each group of [wave.columns] as a categorical."""
    import pandas as pd

    frame: dict[str, Any] = {"id": ids_of(selection, wave)}
    for name, column in wave.columns.items():
        codes, values = selection.coded(column)
        named = [aliases.get(fold(value), value) for value in values]
        categories = sorted(set(named), key=groups.sort_key(name))
        place = {category: i for i, category in enumerate(categories)}
        positions = np.array([place[one] for one in named], np.intp)
        used = np.zeros(len(categories), bool)
        used[positions[np.bincount(codes, minlength=len(values)) > 0]] = True
        kept = [category for category, occurs in zip(categories, used, strict=True) if occurs]
        kept_index = pd.Index(kept, dtype=object)
        group = (np.cumsum(used) - 1)[positions].astype(np.min_scalar_type(-1 - len(kept)))  # of each distinct cell
        frame[name] = pd.Categorical.from_codes(group.take(codes), categories=kept_index)
        times = np.bincount(group.take(codes), minlength=len(kept))
        often = [kept[place] for place in np.argsort(-times, kind="stable")]
        for code, message, count in doubtful_names(name, often):
            selection.problem("warning", code, message, column, count=count)
    return pd.DataFrame(frame)
