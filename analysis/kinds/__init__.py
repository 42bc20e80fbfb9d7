"""Kinds of answers: what differs between them, a file each, in one place.

A new kind is its file, its line in `KINDS`, the format that reads it and the scores that apply to it.
"""

from __future__ import annotations

from obstacles.analysis.kinds import best_worst, pairs, points, published, rankings, ratings, selections
from obstacles.analysis.kinds.base import AnswerKind, Form, Sources
from obstacles.survey.answers import Answers
from obstacles.survey.question import Item, Question
from obstacles.survey.study import Wave

KINDS: dict[str, AnswerKind] = {
    kind.name: kind
    for kind in (
        rankings.KIND,
        selections.KIND,
        pairs.KIND,
        best_worst.KIND,
        ratings.KIND,
        points.KIND,
        published.KIND,
    )
}


def kind_of(answers: Answers, question: Question) -> AnswerKind:
    """The kind that answers to a question are of."""
    return next(kind for kind in KINDS.values() if kind.holds(answers, question))


def form_of(wave: Wave) -> Form:
    """The form of a wave's question: what makes the answers of two waves mean the same."""
    return kind_of(wave.answers, wave.question).form(wave)


def shared_wave(wave: Wave, items: tuple[Item, ...], sources: Sources, depth: int | None) -> Wave:
    """The wave with the items alone that all compared waves share.

    Parameters
    ----------
    depth : int, optional
        Places of rankings that are used; None where the answers have none.
    """
    return kind_of(wave.answers, wave.question).shared(wave, items, sources, depth)
