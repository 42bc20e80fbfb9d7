"""A ranking question with a known right answer: who missed it."""

from __future__ import annotations

import numpy as np

from survey.answers import Anchor
from survey.formats.numerals import numeral
from survey.formats.texts import fold
from survey.language import _
from survey.selection import Selection
from survey.settings import AnchorColumns, WaveSettings


def anchor_columns(wave: WaveSettings) -> list[str]:
    """The columns of the anchor question."""
    anchor = wave.anchor
    if anchor is None:
        return []
    return [anchor.column] if anchor.column is not None else list(anchor.ranks.values())


def read_anchor(people: Selection, wave: WaveSettings) -> Anchor | None:
    """Who answered the anchor question, and who was right."""
    anchor = wave.anchor
    if anchor is None:
        return None
    if anchor.column is not None:
        codes, values = people.coded(anchor.column)
        right = {fold(cell) for cell in anchor.right}
        correct = np.array([fold(value) in right for value in values], bool)[codes]
        answered = np.array([value != "" for value in values], bool)[codes]
    else:
        correct, answered = _ranks(people, anchor)
    items = anchor.items or len(anchor.ranks)
    return Anchor(correct, answered, items, anchor.places or len(anchor.answer) or items)


def _ranks(people: Selection, anchor: AnchorColumns) -> tuple[np.ndarray, np.ndarray]:
    """Right where each of the named places has its item."""
    correct, answered = np.ones(len(people.rows), bool), np.zeros(len(people.rows), bool)
    for name, column in anchor.ranks.items():
        codes, values = people.coded(column)
        rank = np.array([numeral(value) or 0.0 for value in values])[codes]
        answered |= rank > 0
        if name in anchor.answer:
            correct &= rank == anchor.answer.index(name) + 1
    return correct & answered, answered


def contradictions_of(anchor: AnchorColumns) -> list[str]:
    """What contradicts itself in [wave.anchor]."""
    found = []
    if (anchor.column is None) == (not anchor.ranks):
        found.append(_("[wave.anchor] needs either column (right or not) or ranks with answer."))
    if anchor.column is not None and anchor.items is None:
        found.append(_("[wave.anchor] with column needs items, the number of items of the anchor question."))
    if anchor.ranks and not anchor.answer:
        found.append(_("[wave.anchor] with ranks needs answer, the names in their right order."))
    for name in anchor.answer:
        if name not in anchor.ranks:
            found.append(_('[wave.anchor] answer: there is no rank column for "{name}".').format(name=name))
    items, places = anchor.items or len(anchor.ranks), anchor.places or len(anchor.answer)
    if anchor.ranks and anchor.answer and len(anchor.answer) not in (places, items):
        found.append(_("[wave.anchor] answer should name the {n} places.").format(n=places))
    return found
