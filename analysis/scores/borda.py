"""Borda scores: k + 1 - rank for the ranked items (mid-ranks for ties) and 0 for the others, k the places to fill."""

from __future__ import annotations

import numpy as np

from analysis.scores.first_choice import refuses_unordered
from analysis.scores.means import mean_score
from analysis.scores.mid_ranks import mid_ranks
from analysis.scores.model import Fit, Model, Opened
from survey.answers import Answers, Rankings
from survey.language import _
from survey.question import Question


def borda(opened: Opened) -> Fit:
    answers = opened.answers
    assert isinstance(answers, Rankings)
    m = len(answers.items)
    depth = opened.question.k or m
    filled = np.count_nonzero(answers.ranks > 0, axis=1)
    points = np.where(answers.ranks > 0, depth + 1 - mid_ranks(answers.ranks), 0.0)
    return mean_score(
        opened,
        points,
        answers.offered,
        method="borda",
        measure="Borda score",
        scale="mean",
        bounds=(0, depth),
        uniform=filled * (2 * depth + 1 - filled) / (2 * m),
    )


def _refuses(answers: Answers, question: Question, k: int) -> str | None:
    reason = refuses_unordered(answers, question, k)
    if reason:
        return reason
    assert isinstance(answers, Rankings)
    if question.k is None and not answers.offered.all():
        return _("respondents were offered different items and no depth k is stated, so points are not on one scale")
    return None


MODEL = Model("borda", _refuses, borda, corrects=True)
