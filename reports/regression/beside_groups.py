"""Where a model and the table by group do not say the same of an item in a group: both, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from obstacles.reports.regression import words as phrasing
from obstacles.reports.regression.words import Words
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import marked, value_name
from obstacles.text.language import _, joined, ngettext, semicolons

if TYPE_CHECKING:
    from obstacles.analysis.change.by_group import ByGroup
    from obstacles.analysis.regression.result import Regression

MOST_NAMED = 4  # of each kind that a sentence names

Cell = tuple[str, str, str]  # column, group, item


def beside_groups(result: Regression, words: Words, groups: Sequence[ByGroup]) -> str:
    """What holds by group alone and in the model alone, and how the two tests differ; "" where they agree."""
    by_group = {
        (found.column, group, found.items[i].id): cell.holds
        for found in groups
        for group, cells in found.cells.items()
        for i, cell in enumerate(cells)
        if cell.difference is not None
    }
    in_model = {
        (phrasing.variable_of(row.term), row.label, row.outcome): phrasing.holds(row.adjusted, result.about)
        for row in result.rows
        if row.reference and not row.small and row.p == row.p  # not NaN
    }
    both = [cell for cell in by_group if cell in in_model]
    alone = [cell for cell in both if by_group[cell] and not in_model[cell]]
    others = [cell for cell in both if in_model[cell] and not by_group[cell]]
    if not (alone or others):
        return ""
    parts = []
    if alone:
        message = _("By group alone, and not in this model, these hold: {list}.")
        parts.append(message.format(list=_named(alone, words)))
    if others:
        message = _("In this model alone, and not by group, these hold: {list}.")
        parts.append(message.format(list=_named(others, words)))
    how = _(
        "By group, each group is tested against everybody else, corrected over the cells of one table; the model tests "
        "it against one reference group with its other terms held equal, corrected over {n} comparisons. What one of "
        "the two shows alone is likely, and not settled."
    )
    return joined([*parts, how.format(n=numbers.count(len(result.rows)))])


def _named(cells: Sequence[Cell], words: Words) -> str:
    ordered = sorted(cells, key=lambda cell: words.place(cell[2]))
    names = [
        _("{group}: {item}").format(group=value_name(group, column), item=marked(words.name(item)))
        for column, group, item in ordered[:MOST_NAMED]
    ]
    more = len(cells) - len(names)
    return semicolons([*names, ngettext("{n} more", "{n} more", more).format(n=numbers.count(more))] if more else names)
