"""Whether two sides were offered the same items: else shares of places and of limited choices move of themselves.

A worth does not depend on what else was offered (Luce 1959); a share of first places, of places among the first k or of
up to k marks does. Such levels are compared only where everybody on both sides chose from the same items.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from obstacles.analysis.kinds import kind_of
from obstacles.survey.answers import Rankings
from obstacles.survey.study import Wave

ALIKE = 0.99  # part of a side that was offered the same items, for the others to be strays


def same_offered(
    waves: Sequence[Wave],
    inside: Sequence[np.ndarray],
    asked: Sequence[Mapping[str, Sequence[int]]],
    ids: Iterable[str],
) -> bool:
    """Whether the levels of two sides were given by choice from the same items, or do not depend on these.

    Parameters
    ----------
    inside : sequence of (n,) bool arrays
        The respondents of each side.
    asked : sequence of mappings
        Joint id of an item -> its columns in the answers of the side.
    ids
        Joint ids of the compared items; rankings are ranked again among these.
    """
    relative = [_relative(wave) for wave in waves]
    if not all(relative):
        return True
    limited = any(isinstance(wave.answers, Rankings) and wave.answers.selection for wave in waves)
    names = sorted({name for own in asked for name in own} if limited else set(ids))
    sets = [_usual(wave, mask, own, names) for wave, mask, own in zip(waves, inside, asked, strict=True)]
    return sets[0] is not None and sets[0] == sets[1]


def _relative(wave: Wave) -> bool:
    """Whether one item's level takes from another's: rankings, and choices up to a number."""
    answers = wave.answers
    if not isinstance(answers, Rankings) or kind_of(answers, wave.question).level_score is None:
        return False
    return not answers.selection or wave.question.max_choices is not None


def _usual(
    wave: Wave, inside: np.ndarray, asked: Mapping[str, Sequence[int]], names: Sequence[str]
) -> frozenset[str] | None:
    """The items that all but strays of a side were offered; None where there is no such set."""
    answers = wave.answers
    assert isinstance(answers, Rankings)
    rows = answers.offered[inside[answers.respondent]]
    there = np.column_stack([rows[:, list(asked.get(name, ()))].any(axis=1) for name in names])
    patterns, count = np.unique(there, axis=0, return_counts=True)
    if not len(count) or count.max() < ALIKE * count.sum():
        return None
    usual = patterns[count.argmax()]
    return frozenset(name for name, one in zip(names, usual, strict=True) if one)
