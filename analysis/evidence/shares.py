"""Printed items -> the shares of categories, under one reading of the crosswalk."""

from __future__ import annotations

from dataclasses import dataclass

from obstacles.analysis.evidence.bounds import Range
from obstacles.analysis.evidence.result import CategoryShare
from obstacles.survey.evidence.crosswalk import Place
from obstacles.survey.evidence.printed import PrintedItem, PrintedSurvey


@dataclass(frozen=True)
class PrintedCategory:
    """The items of one category that a survey printed, the most named (or first ranked) first."""

    name: str
    items: tuple[PrintedItem, ...]

    @property
    def values(self) -> list[float]:
        """(items,) shares, 0 to 1."""
        return [(item.value or 0.0) / 100 for item in self.items]

    @property
    def ranges(self) -> list[Range]:
        """(items,) what the printed digits allow."""
        halves = [item.half_unit / 100 for item in self.items]
        return [(max(0.0, p - half), min(1.0, p + half)) for p, half in zip(self.values, halves, strict=True)]


def categories_of(
    survey: PrintedSurvey, places: tuple[Place, ...], reading: str, *, opt_outs: bool = True
) -> list[PrintedCategory]:
    """The categories that were printed; without answers that name no obstacle unless `opt_outs`."""
    grouped: dict[str, list[PrintedItem]] = {}
    for item, place in zip(survey.items, places, strict=True):
        if opt_outs or not place.opt_out:
            grouped.setdefault(place.category(reading), []).append(item)
    if survey.unit == "rank":
        later = float("inf")
        keys = {name: sorted(items, key=lambda item: item.value or later) for name, items in grouped.items()}
    else:
        keys = {name: sorted(items, key=lambda item: -(item.value or 0.0)) for name, items in grouped.items()}
    return [PrintedCategory(name, tuple(items)) for name, items in keys.items()]


def share_of(category: PrintedCategory, survey: PrintedSurvey) -> CategoryShare:
    """A category's share: an interval where several of its items could go together, their sum where they could not."""
    texts = tuple(item.text for item in category.items)
    if survey.unit == "rank":
        rank = category.items[0].value
        return CategoryShare(category.name, texts, None, None, None, rank=None if rank is None else int(rank))
    total, halves = sum(category.values), [item.half_unit / 100 for item in category.items]
    if survey.several:
        return CategoryShare(category.name, texts, category.values[0], category.values[0], min(1.0, total), halves[0])
    return CategoryShare(category.name, texts, total, total, total, sum(halves))


def smallest_printed(survey: PrintedSurvey) -> float:
    """The share that an item left off a cut list has at most."""
    values = [(item.value or 0.0) / 100 for item in survey.items]
    return min(values) if survey.several else max(0.0, min(min(values), 1 - sum(values)))


def not_printed(name: str, survey: PrintedSurvey) -> CategoryShare:
    """A category that a cut list leaves off: at most the smallest printed share, or after the last rank."""
    if survey.unit == "rank":
        return CategoryShare(name, (), None, None, None)
    return CategoryShare(name, (), None, 0.0, smallest_printed(survey))
