"""Points: ratings that share out a fixed total."""

from __future__ import annotations

from obstacles.analysis.kinds.base import AnswerKind, Form, PersonScores, typed
from obstacles.analysis.kinds.ratings import shared, statements
from obstacles.survey.answers import Answers, Ratings
from obstacles.survey.question import Question
from obstacles.survey.study import Wave
from obstacles.text.language import _


def _form(wave: Wave) -> Form:
    total = typed(wave.answers, Ratings).total
    return Form("points", ("points", total), _("share out {n:g} points").format(n=total))


def _persons(answers: Answers, question: Question, k: int) -> PersonScores:
    own = typed(answers, Ratings)
    return PersonScores(own.scores, "points", k, (0.0, own.total or 0.0))


KIND = AnswerKind(
    name="points",
    holds=lambda answers, question: isinstance(answers, Ratings) and answers.total is not None,
    default_score="points",
    level_score="points",
    regression="severity",
    form=_form,
    shared=shared,
    persons=_persons,
    statements=statements,
)
