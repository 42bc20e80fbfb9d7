"""Which regressions may be handed to others: those that tell no more of groups than the tables by groups do.

The sums of a regression on groups are those of the groups (the score equations of its maximum likelihood), so main
effects of columns whose groups are all shown, none of them capped, add nothing that the plan does not know. Products of
columns, trees, classes, parts of a wave and columns with hidden groups do; they are the owner's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from obstacles.analysis.change.by_group import ByGroup
from obstacles.survey.settings import RegressionSettings
from obstacles.survey.study import Wave

MAIN_EFFECTS = ("rank_ordered_logit", "set_choice_logit", "selection", "pick_any", "severity", "outcome")


def is_withheld(
    model: RegressionSettings, wave: Wave, shown: Mapping[str, frozenset[str]], tables: Sequence[ByGroup]
) -> bool:
    """Whether a model tells more of groups than `tables`, beside the groups `shown` of each column."""
    names = [name.strip() for name in model.formula.split("+")]
    plain = bool(model.formula) and all(re.fullmatch(r"\w+", name) for name in names)
    more = model.where or model.by_item or model.item_formula
    if not plain or more or model.kind not in MAIN_EFFECTS:
        return True
    made = {table.column: table for table in tables}
    return not all(_whole(name, wave, shown, made) for name in names)


def _whole(name: str, wave: Wave, shown: Mapping[str, frozenset[str]], tables: Mapping[str, ByGroup]) -> bool:
    """Whether every group of a column is shown, and every figure of it."""
    if name not in tables or name not in shown:
        return False
    groups = {str(group) for group in wave.respondents[name].dropna().unique()}
    cells = [cell for own in tables[name].cells.values() for cell in own]
    return (
        groups <= shown[name]
        and not wave.respondents[name].isna().any()
        and all(c.shown.value is not None for c in cells)
    )
