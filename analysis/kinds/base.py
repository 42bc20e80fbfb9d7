"""What a kind of answers has to say of itself; `KINDS` lists them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from obstacles.analysis.terms import PersonScore
from obstacles.survey.answers import Answers, BestWorst, Rankings, Ratings
from obstacles.survey.formats.base import ROWS
from obstacles.survey.question import Item, Question
from obstacles.survey.study import Wave

AnswerType = TypeVar("AnswerType", bound=Answers)
RowAnswers = TypeVar("RowAnswers", bound=Rankings | Ratings | BestWorst)
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
    score: PersonScore  # "share": marked; "top-k": among the first k; "mean-severity" or "points": the rating
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
    persons: Callable[[Answers, Question, int], PersonScores] | None = None  # with k places
    statements: Callable[[Answers, int], Statements] | None = None  # with k places


def typed(answers: Answers, kind: type[AnswerType]) -> AnswerType:
    """The answers, which are of this type."""
    assert isinstance(answers, kind)
    return answers


def rows(answers: RowAnswers, kept: np.ndarray) -> RowAnswers:
    """Some rows of answers, `kept` (r,) bool; respondents keep their numbers."""
    arrays = {name: getattr(answers, name) for name in (*ROWS[type(answers)], "respondent")}
    return replace(answers, **{name: array[kept] for name, array in arrays.items() if array is not None})


def joined(parts: Sequence[Rankings | BestWorst]) -> Rankings | BestWorst:
    """Answers of several samples, one after the other, each row a respondent of its own."""
    whole: dict[str, Any] = {}
    for name in ROWS[type(parts[0])]:
        arrays = [getattr(part, name) for part in parts]
        whole[name] = None if any(array is None for array in arrays) else np.concatenate(arrays)
    return replace(parts[0], **whole, respondent=np.arange(sum(len(part.respondent) for part in parts)))


def with_answers(wave: Wave, answers: Answers) -> Wave:
    """The wave with answers on fewer items."""
    return replace(wave, answers=answers, question=replace(wave.question, items=answers.items))


def only(columns: Sources) -> list[int]:
    """The first column of each shared item: where columns cannot be merged, there is one."""
    return [sources[0] for sources in columns]
