"""Items that only some respondents seem to have been asked: named in some groups, and by nobody of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from obstacles.survey.detect.sheet import Column, Sheet
from obstacles.survey.formats.missing import VENDOR_CODES
from obstacles.survey.formats.multi_select import UNMARKED
from obstacles.survey.studyfile.guess import Entry, FoundItem, Guess, count, percent
from obstacles.text.fold import fold
from obstacles.text.language import _, quoted_names, semicolons

FORMS = ("rank_grid", "order_list", "multi_select")  # in which an item that was not asked looks like one left out
MOST_GROUPS = 12  # distinct cells of a column that may say who was asked
RARE = log(1e-6)  # of the chance that an item which all were asked is named in these groups only


@dataclass(frozen=True)
class PartlyOffered:
    """An item that is named in some groups of a column only."""

    column: str
    cells: list[str]
    named: int
    inside: int  # rows of these groups
    outside: int  # rows of the others
    groups: int  # that the column has

    @property
    def chance(self) -> float:
        """Logarithm of the chance, at most, that those who name an item lie in as many of the rows by accident."""
        return self.groups * log(2) + self.named * log(self.inside / (self.inside + self.outside))


def offered(guess: Guess, items: Mapping[str, FoundItem], sheet: Sheet, groups: Sequence[Column]) -> list[Entry]:
    """The key `offered`.

    Parameters
    ----------
    items
        id -> the item as the wave has it.
    groups
        columns that may say who was asked.
    """
    groups = [column for column in groups if len(column.filled) <= MOST_GROUPS]
    if guess.form not in FORMS or not groups or not items:
        return []
    named = {id: _named(guess, item, sheet) for id, item in items.items()}
    answered = np.logical_or.reduce(list(named.values()))
    found: dict[str, dict[str, str | list[str]]] = {}
    why: list[str] = []
    for id, rows in named.items():
        only = [one for column in groups if (one := _only(rows, answered, column)) is not None]
        best = min(only, key=lambda one: one.chance, default=None)
        if best is None or best.chance > RARE:
            continue
        found[id] = {best.column: best.cells[0] if len(best.cells) == 1 else best.cells}
        text = _('{share} name "{item}" where "{column}" is {cells}, and none of the {n} others: were they asked?')
        cells = quoted_names(best.cells[:4])
        share = percent(best.named, best.inside)
        item = items[id].label[:40]
        why.append(text.format(share=share, item=item, column=best.column, cells=cells, n=count(best.outside)))
    return [Entry("offered", found, semicolons(why), True)] if found else []


def _named(guess: Guess, item: FoundItem, sheet: Sheet) -> np.ndarray:
    """(n,) bool: rows that name the item."""
    rows = np.zeros(sheet.n, bool)
    texts = [fold(text) for text in (item.label, *item.texts)]
    for column in sheet.columns:
        if column.name == item.column:
            cells = [_says_something(column, value) for value in column.values]
        elif item.column is None and column.name in guess.used:
            folded = map(fold, column.values)
            cells = [any(text in value for text in texts) for value in folded]
        else:
            continue
        rows |= np.array(cells, bool)[column.codes]
    return rows


def _says_something(column: Column, cell: str) -> bool:
    folded = fold(cell)
    return bool(folded) and folded not in UNMARKED and cell not in VENDOR_CODES and not column.kind_of_missing(folded)


def _only(rows: np.ndarray, answered: np.ndarray, column: Column) -> PartlyOffered | None:
    """The groups of a column in which an item is named, if there are others that answered."""
    size = len(column.values)
    named = np.bincount(column.codes[rows], minlength=size)
    asked = np.bincount(column.codes[answered], minlength=size)
    groups = np.flatnonzero(named)
    cells = [column.values[group] for group in groups]
    inside = int(asked[groups].sum())
    if not len(groups) or "" in cells or inside == answered.sum():
        return None
    return PartlyOffered(
        column.name, cells, int(named.sum()), inside, int(asked.sum()) - inside, int(np.count_nonzero(asked))
    )
