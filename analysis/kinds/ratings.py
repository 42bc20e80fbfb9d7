"""Ratings: a level of severity for every item."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.kinds.base import AnswerKind, Form, PersonScores, Sources, Statements, only, typed, with_answers
from obstacles.survey.answers import Answers, Ratings
from obstacles.survey.question import Item, Question
from obstacles.survey.study import Wave
from obstacles.text.language import _


def _form(wave: Wave) -> Form:
    scale = typed(wave.answers, Ratings).scale
    if scale.continuous:
        text = _("rate by a slider from {low:g} to {high:g}").format(low=scale.low, high=scale.high)
        return Form("rating", ("slider", scale.low, scale.high), text)
    levels = tuple(level.value for level in scale.levels)
    return Form("rating", ("rating", *levels), _("rate on {n} levels").format(n=len(levels)))


def shared(wave: Wave, items: tuple[Item, ...], sources: Sources, depth: int | None) -> Wave:
    """The wave with the ratings of the shared items alone."""
    own, columns = typed(wave.answers, Ratings), only(sources)
    scores, not_applicable = own.scores[:, columns], own.not_applicable[:, columns]
    return with_answers(wave, replace(own, items=items, scores=scores, not_applicable=not_applicable))


def _persons(answers: Answers, question: Question, k: int) -> PersonScores:
    own = typed(answers, Ratings)
    return PersonScores(own.scores, "mean-severity", k, (own.scale.low, own.scale.high))


def statements(answers: Answers, k: int) -> Statements:
    """Each rating as what the respondent says of the item."""
    own = typed(answers, Ratings)
    return Statements(own.scores, ~np.isnan(own.scores), np.ones(len(own.scores)))


KIND = AnswerKind(
    name="ratings",
    holds=lambda answers, question: isinstance(answers, Ratings) and answers.total is None,
    default_score="mean-severity",
    level_score="mean-severity",
    regression="severity",
    form=_form,
    shared=shared,
    persons=_persons,
    statements=statements,
)
