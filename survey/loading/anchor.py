"""A ranking question with a known right answer: who missed it."""

from __future__ import annotations

import numpy as np

from obstacles.survey.answers import Anchor
from obstacles.survey.formats.numerals import numeral
from obstacles.survey.loading.selection import Selection
from obstacles.survey.settings import AnchorColumns, WaveSettings


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
        correct = people.having(anchor.column, anchor.right)
        answered = np.array([value != "" for value in values], bool)[codes]
    else:
        correct, answered = _ranks(people, anchor)
    items = anchor.items or len(anchor.ranks)
    return Anchor(correct, answered, items, anchor.places or len(anchor.answer) or items, anchor.careful_miss)


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
