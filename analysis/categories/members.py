"""Which items of a wave belong to which category; items without a category are left out and named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from obstacles.analysis.prepare import ModelError
from obstacles.survey.question import Item
from obstacles.survey.study import Study
from obstacles.text.language import _


@dataclass(frozen=True)
class Categories:
    """The c categories of a list of items."""

    items: tuple[Item, ...]  # (c,) a category each: its id and label, in the order of the study file
    members: tuple[tuple[int, ...], ...]  # (c,) positions in `asked`
    asked: tuple[Item, ...]  # (m,) all items, those without a category too

    @property
    def sizes(self) -> np.ndarray:
        """(c,) items of each category."""
        return np.array([len(columns) for columns in self.members])

    @property
    def left_out(self) -> tuple[Item, ...]:
        """Items without a category."""
        return tuple(item for item in self.asked if item.category is None)

    def items_in(self, place: int) -> tuple[Item, ...]:
        """The items of one category."""
        return tuple(self.asked[j] for j in self.members[place])

    @property
    def membership(self) -> np.ndarray:
        """(c, m) 1 where an item belongs to a category, else 0."""
        found = np.zeros((len(self.items), len(self.asked)))
        for place, columns in enumerate(self.members):
            found[place, list(columns)] = 1
        return found


def categories_of(study: Study, asked: Sequence[Item]) -> Categories:
    """The categories of these items (m,).

    Raises
    ------
    ModelError
        Where no item has a category.
    """
    stated = study.settings.obstacles.category
    used = dict.fromkeys(item.category for item in asked if item.category is not None)
    ids = [*(id for id in stated if id in used), *(id for id in used if id not in stated)]
    if not ids:
        message = _('no item has a category: give items one in the study file (category = "people").')
        raise ModelError(message)
    return Categories(
        items=tuple(Item(id, stated.get(id, {})) for id in ids),
        members=tuple(tuple(j for j, item in enumerate(asked) if item.category == id) for id in ids),
        asked=tuple(asked),
    )
