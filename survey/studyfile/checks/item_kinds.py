"""Items with a kind ("Other", "None of these", "Don't know") are not ranked, so nothing that ranks may name them."""

from __future__ import annotations

from collections.abc import Iterator

from obstacles.survey.settings import StudySettings
from obstacles.survey.studyfile.items import items_in, items_of
from obstacles.text.language import _

NEED_EVERY_ITEM = ("best_worst", "pairs")  # formats whose answers set every item against others
Place = tuple[int | str, ...]


def contradictions_of(settings: StudySettings) -> Iterator[tuple[str, str, Place]]:
    """What is wrong with the kinds of the items."""
    items = settings.obstacles.item
    kinds = {item.id: item.kind for item in items if item.kind is not None}
    if not kinds:
        return
    for position, item in enumerate(items):
        if item.kind is not None and item.category is not None:
            message = _('item "{id}" is never ranked, by its kind, so it can have no category. Delete the category.')
            yield "E-ITEM-04", message.format(id=item.id), ("obstacles", "item", position, "category")
    for position, wave in enumerate(settings.wave):
        asked = items_in(settings, wave, items_of(settings))
        named = [item.id for item in asked if item.kind is not None]
        if named and len(asked) - len(named) < 2:
            message = _('in wave "{wave}" fewer than two items are left to rank: take kind away from some.')
            yield "E-ITEM-05", message.format(wave=wave.id), ("wave", position)
        elif named and wave.format in NEED_EVERY_ITEM:
            message = _(
                'item "{id}" has a kind, and format {format} sets every item against others. Take kind away, or leave '
                "the item out of the wave by since or until."
            )
            yield "E-ITEM-05", message.format(id=named[0], format=wave.format), ("wave", position, "format")
    for name, place in _named(settings):
        if name in kinds:
            message = _('item "{id}" is never ranked, by its kind, so nothing is compared or explained of it here.')
            yield "E-ITEM-04", message.format(id=name), place


def _named(settings: StudySettings) -> Iterator[tuple[str, Place]]:
    """Item ids that comparisons and models name."""
    for position, comparison in enumerate(settings.comparison):
        named = [end.items for walk in comparison.crosswalk for end in (walk.from_, walk.to)]
        named += [cut.items for cut in comparison.breaks]
        for name in dict.fromkeys(name for names in named for name in names):
            yield name, ("comparison", position, "crosswalk")
    for position, model in enumerate(settings.model):
        values = [name for own in model.item_values.values() for name in own]
        values += [name for own in model.by_item.values() for name in own]
        first = [model.reference_item] if model.reference_item is not None else []
        for name in dict.fromkeys([*model.items, *first, *values]):
            yield name, ("model", position)
