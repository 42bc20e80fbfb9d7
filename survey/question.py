"""What was asked: the question, its items and its scale. No answers here."""

from __future__ import annotations

from dataclasses import dataclass, field

from obstacles.survey.settings.values import Blank, ItemKind, ItemOrder
from obstacles.text.language import Labels, label


@dataclass(frozen=True)
class Item:
    """One thing that is ranked: an obstacle. Its id is the joint between waves."""

    id: str
    label: Labels
    short: Labels = field(default_factory=dict)
    category: str | None = None
    since: str | None = None  # id of the first wave that asked it
    until: str | None = None  # id of the last wave that asked it
    kind: ItemKind | None = None  # what it is instead of an obstacle: shown with its share and never ranked

    @property
    def name(self) -> str:
        """The whole label in the language in use; the id where no label was given."""
        return label(self.label) or self.id

    @property
    def short_name(self) -> str:
        """The label for charts."""
        return label(self.short) or self.name


@dataclass(frozen=True)
class Level:
    """One answer of a rating scale. `value` is as the study file has it."""

    value: float
    label: Labels


@dataclass(frozen=True)
class Scale:
    """A rating scale; its levels are ordered from the least to the most severe answer."""

    levels: tuple[Level, ...]
    continuous: bool = False  # any number between the two ends, which are the levels: a slider

    @property
    def low(self) -> float:
        return min(level.value for level in self.levels)

    @property
    def high(self) -> float:
        return max(level.value for level in self.levels)


@dataclass(frozen=True)
class Question:
    """A ranking question as one wave asked it."""

    text: Labels
    format: str  # a key of survey.formats.FORMATS
    items: tuple[Item, ...]
    k: int | None = None  # places that could be filled; None = all
    ties: bool = False
    blank: Blank | None = None
    scale: Scale | None = None
    max_choices: int | None = None
    item_order: ItemOrder | None = None  # None = not stated
    largest_tie: int | None = None  # most items that may share a place; None = as many as the answers show
    ties_overrun: bool = False  # a tie may run past the last place
