"""Comparisons by category: the items that all sides share, taken together by their categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from obstacles.analysis.categories.members import Categories, categories_of
from obstacles.analysis.change.comparability import Comparability, ItemStatus
from obstacles.analysis.change.level_breaks import LevelBreak
from obstacles.analysis.subpopulation import ComparisonError
from obstacles.survey.question import Item
from obstacles.survey.study import Study
from obstacles.text.language import _, commas


def in_categories(study: Study, found: Comparability) -> tuple[Comparability, Categories]:
    """What the sides have in common, with categories in place of items.

    Raises
    ------
    ComparisonError
        When fewer than two categories have an item that is compared.
    """
    categories = categories_of(study, found.items)
    asked = categories_of(study, [status.item for status in found.statuses])
    if len(categories.items) < 2:
        message = _("fewer than two categories have items that are compared, so there is no order to compare.")
        raise ComparisonError(message)
    compared = {item.id for item in categories.items}
    statuses = tuple(
        ItemStatus(item, "same", True, _members(asked.items_in(place), found))
        if item.id in compared
        else ItemStatus(item, "partly", False, _("none of its items is compared"))
        for place, item in enumerate(asked.items)
    )
    breaks = {key: kept for key, cuts in found.breaks.items() if (kept := _breaks(cuts, categories))}
    by_category = replace(
        found, items=categories.items, statuses=statuses, breaks=breaks, notes=(*found.notes, *_notes(found, asked))
    )
    return by_category, categories


def _members(items: Sequence[Item], found: Comparability) -> str:
    compared = {item.id for item in found.items}
    return commas(item.short_name for item in items if item.id in compared)


def _breaks(cuts: Sequence[LevelBreak], categories: Categories) -> tuple[LevelBreak, ...]:
    """Breaks of single items become those of their categories; one of items without a category breaks none."""
    made = []
    for cut in cuts:
        own = [
            item.id
            for place, item in enumerate(categories.items)
            if {member.id for member in categories.items_in(place)} & set(cut.items)
        ]
        if own or not cut.items:
            made.append(replace(cut, items=tuple(own)))
    return tuple(made)


def _notes(found: Comparability, asked: Categories) -> list[str]:
    """Items that count in no category, or not in theirs."""
    notes = []
    if asked.left_out:
        notes.append(_("No category, so left out: {names}.").format(names=_listed(asked.left_out)))
    apart = [status.item for status in found.statuses if not status.compared and status.item.category is not None]
    if apart:
        notes.append(_("Not compared, so left out of their categories: {names}.").format(names=_listed(apart)))
    return notes


def _listed(items: Sequence[Item]) -> str:
    return commas(item.short_name for item in items)
