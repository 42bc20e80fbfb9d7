"""The reading that a person names with --format where the cells do not show it: every key of it is to be looked at."""

from __future__ import annotations

from collections import Counter

import numpy as np

from obstacles.survey.detect.levels import ordered
from obstacles.survey.detect.rank_grid import items_of
from obstacles.survey.detect.sheet import Block
from obstacles.survey.files.numerics import numbers
from obstacles.survey.studyfile.guess import Entry, FoundItem, Guess
from obstacles.text.language import _

MOST_TEXTS = 200


def forced(block: Block, form: str) -> Guess | None:
    """The block read in a form, whatever its cells are; None for forms that need more than its columns."""
    why = _("by --format; nothing else says so")
    direction = Entry("direction", "1_is_most_severe", why, True)
    high = Entry("direction", "high_is_most_severe", why, True)
    items = items_of(block)
    blank = Entry("blank", "not_answered", why, True)
    if form == "rank_grid":
        return Guess(form, 0.0, why, items, (blank,), direction)
    if form == "likert_grid" and 1 < len(block.cells) <= MOST_TEXTS:
        levels = [key for key in block.cells if not block.kind_of_missing(key)]
        scale = [{"value": float(place), "text": [block.spelt[cell]]}
                 for place, (_value, cell) in enumerate(ordered(levels).levels, 1)]  # fmt: skip
        return Guess(form, 0.0, why, items, (Entry("scale", scale, why, True),), high) if len(scale) > 1 else None
    if form == "multi_select" and block.cells:
        mark = max(block.cells, key=lambda key: block.cells[key])
        return Guess(form, 0.0, why, items, (Entry("selected", [block.spelt[mark]], why, True), blank))
    if form in ("points", "slider"):
        return _of_numbers(block, form, items, why, blank, high)
    if form == "order_list" and 2 <= len(block.cells) <= MOST_TEXTS:
        names = [column.name for column in block.columns]
        texts = tuple(FoundItem(block.spelt[key]) for key in block.cells if not block.kind_of_missing(key))
        entries = (Entry("order", names, why, True), Entry("blank", "below", why, True))
        return Guess(form, 0.0, why, texts, entries, used=tuple(names))
    return None


def _of_numbers(
    block: Block, form: str, items: tuple[FoundItem, ...], why: str, blank: Entry, direction: Entry
) -> Guess | None:
    """Points or sliders, with the total or the ends that the numbers show."""
    parsed = [
        np.array([np.nan if one is None else one for one in numbers(column.values, None).values])[column.codes]
        for column in block.columns
    ]
    values = np.column_stack(parsed)
    if np.isnan(values).all():
        return None
    if form == "slider":
        ends = [min(0, int(np.floor(np.nanmin(values)))), int(np.ceil(np.nanmax(values)))]
        return Guess(form, 0.0, why, items, (Entry("slider", ends, why, True),), direction)
    total = Counter(np.nansum(values, axis=1).tolist()).most_common(1)[0][0]
    return Guess(form, 0.0, why, items, (Entry("total", float(total), why, True), blank))
