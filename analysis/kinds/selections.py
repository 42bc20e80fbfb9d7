"""Selections: marked or not marked, no order among the marked."""

from __future__ import annotations

import numpy as np

from obstacles.analysis.kinds.base import AnswerKind, Form, PersonScores, Sources, Statements, typed, with_answers
from obstacles.analysis.kinds.rankings import merged
from obstacles.survey.answers import Answers, Rankings
from obstacles.survey.question import Item, Question
from obstacles.survey.study import Wave
from obstacles.text.language import _


def _form(wave: Wave) -> Form:
    cap = wave.question.max_choices
    text = _("select up to {n}").format(n=cap) if cap else _("select any number")
    return Form("share", ("selection", cap), text)


def _shared(wave: Wave, items: tuple[Item, ...], sources: Sources, depth: int | None) -> Wave:
    return with_answers(wave, merged(typed(wave.answers, Rankings), items, sources))


def _persons(answers: Answers, question: Question, k: int) -> PersonScores:
    own = typed(answers, Rankings)
    depth = min(k, question.k or len(own.items))
    return PersonScores(np.where(own.offered, own.ranks == 1, np.nan), "share", depth, (0.0, 1.0))


def _statements(answers: Answers, k: int) -> Statements:
    own = typed(answers, Rankings)
    return Statements(own.ranks > 0, own.offered, own.answer_counts)


KIND = AnswerKind(
    name="selections",
    holds=lambda answers, question: isinstance(answers, Rankings) and answers.selection and question.format != "pairs",
    default_score="share",
    level_score="share",
    regression="selection",
    form=_form,
    shared=_shared,
    persons=_persons,
    statements=_statements,
)
