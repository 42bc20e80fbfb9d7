"""Which categories may be shown by group, beside the figures of their items.

A category's figure is tied to those of its items: whoever named any of A and B are no fewer than those who named A, and
no more than both together; a mean over items gives the last item's mean from the others. So a figure of an item that is
hidden or capped could be worked out from the category's. A category of several items is therefore shown in all groups
of a column or in none: only where its own figure and those of all its items are shown uncapped in every one. Of groups
that are not shown at all a reader then knows sums alone, and these stay as they are when two of their members are
exchanged, answers and all, so that what the plan of each item leaves open stays open. A category of one item is that
item, with its figures as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from obstacles.analysis.categories.members import Categories
from obstacles.analysis.disclosure.figures import NO_MEAN, NO_SHARE, Mean, Share

GroupsFigures = Mapping[str, Sequence[Share | Mean]]  # group -> a protected figure for each item


def protected_categories(categories: Categories, items: GroupsFigures, own: GroupsFigures) -> GroupsFigures:
    """The categories' figures `own` as they may be shown beside those of `items`, both of all groups of a column."""
    alone = [len(members) == 1 for members in categories.members]
    shown = [
        one or (_plain(own, [place]) and _plain(items, members))
        for place, (one, members) in enumerate(zip(alone, categories.members, strict=True))
    ]
    return {
        group: [
            items[group][members[0]] if one else figure if open_ else _hidden(figure)
            for figure, members, one, open_ in zip(figures, categories.members, alone, shown, strict=True)
        ]
        for group, figures in own.items()
    }


def _plain(figures: GroupsFigures, places: Sequence[int]) -> bool:
    """Whether these figures are shown uncapped in every group."""
    return all(group[place].value is not None for group in figures.values() for place in places)


def _hidden(figure: Share | Mean) -> Share | Mean:
    return NO_SHARE if isinstance(figure, Share) else NO_MEAN
