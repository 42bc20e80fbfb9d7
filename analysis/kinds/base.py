"""What a kind of answers has to say of itself; `KINDS` lists them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from obstacles.survey.answers import Answers
from obstacles.survey.question import Item, Question
from obstacles.survey.study import Wave

Sources = Sequence[Sequence[int]]  # shared item -> columns of the wave that make it up


@dataclass(frozen=True)
class Form:
    """The form of a question: two waves have the same form where `key` is the same."""

    family: str  # which words may bridge a difference: "ranking", "share", "rating", "points", "best-worst", "pairs"
    key: tuple[object, ...]
    text: str


@dataclass(frozen=True)
class PersonScores:
    """What each row of answers says of each item, as a number of the person."""

    value: np.ndarray  # (r, m) NaN = not offered, or no rating
    score: str  # "share": marked; "top-k": among the first k; "mean-severity" or "points": the rating
    k: int
    bounds: tuple[float, float]


@dataclass(frozen=True)
class Statements:
    """What each row of answers says of each item, whose weighted mean is the level."""

    said: np.ndarray  # (r, m)
    asked: np.ndarray  # (r, m) bool
    count: np.ndarray  # (r,) respondents that a row stands for


@dataclass(frozen=True)
class AnswerKind:
    """One kind of answers. None = there is no such thing for this kind."""

    name: str
    holds: Callable[[Answers, Question], bool]  # whether answers to a question are of this kind
    default_score: str  # a key of analysis.scores.SCORES: how items are ranked unless the study says otherwise
    level_score: str | None  # what compares between waves and groups: shares or means, never worths (relative)
    regression: str  # the kind of regression that is tried first; it says itself where it does not apply
    form: Callable[[Wave], Form]
    shared: Callable[[Wave, tuple[Item, ...], Sources, int | None], Wave]  # the wave with the shared items alone
    rows: Callable[[Answers, np.ndarray], Answers] | None  # some rows; respondents keep their numbers; None: no rows
    joined: Callable[[Sequence[Answers]], Answers] | None  # of several samples as one; for likelihoods and permutations
    persons: Callable[[Answers, Question, int], PersonScores] | None  # with k places
    statements: Callable[[Answers, int], Statements] | None  # with k places


def with_answers(wave: Wave, answers: Answers) -> Wave:
    """The wave with answers on fewer items."""
    return replace(wave, answers=answers, question=replace(wave.question, items=answers.items))


def only(columns: Sources) -> list[int]:
    """The first column of each shared item: where columns cannot be merged, there is one."""
    return [sources[0] for sources in columns]
