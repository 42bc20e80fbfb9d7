"""Contradictions inside a [wave.anchor] of the study file."""

from __future__ import annotations

from obstacles.survey.settings import AnchorColumns
from obstacles.text.language import _


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
