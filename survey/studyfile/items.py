"""Which items a study has, and which of them each wave asked."""

from __future__ import annotations

from obstacles.survey.formats import FORMATS
from obstacles.survey.question import Item
from obstacles.survey.settings import StudySettings, WaveSettings


def items_of(settings: StudySettings) -> tuple[Item, ...]:
    """All items of the study, as declared; where none is declared, those that the waves name, without labels."""
    if settings.obstacles.item:
        return tuple(
            Item(item.id, item.label, item.short, item.category, item.since, item.until, item.kind)
            for item in settings.obstacles.item
        )
    named = dict.fromkeys(id for wave in settings.wave for id in (*wave.obstacles, *wave.values))
    return tuple(Item(id, {}) for id in named)


def items_in(settings: StudySettings, wave: WaveSettings, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items that a wave asked: by `since` and `until`, or, where no item is declared, those that it names."""
    if wave.format in FORMATS and not FORMATS[wave.format].obstacles:
        return ()
    if not settings.obstacles.item:
        named = {*wave.obstacles, *wave.values}
        return tuple(item for item in items if item.id in named)
    order = {each.id: place for place, each in enumerate(settings.wave)}
    now = order[wave.id]
    return tuple(
        item for item in items if order.get(item.since or "", 0) <= now <= order.get(item.until or "", len(order))
    )
