"""Borda scores: k + 1 - rank for the ranked items (mid-ranks for ties) and 0 for the others, k the places to fill."""

from __future__ import annotations

import numpy as np

from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores.base import Fit, Score, mean_words
from obstacles.analysis.scores.first_choice import needs_order
from obstacles.analysis.scores.means import mean_score
from obstacles.analysis.scores.mid_ranks import mid_ranks
from obstacles.survey.answers import Answers, Rankings
from obstacles.survey.question import Question
from obstacles.text.language import N_, _

WORDS = mean_words(
    name=N_("Borda score"),
    measure=N_("Borda score"),
    meaning=N_("The mean of points: as many as there are places for the first place, one less for each further place."),
    percent=False,
)


def borda(prepared: Prepared) -> Fit:
    """Mean Borda points: one more for every place higher, none for what is not ranked."""
    answers = prepared.typed(Rankings)
    m = len(answers.items)
    depth = prepared.question.k or m
    filled = np.count_nonzero(answers.ranks > 0, axis=1)
    points = np.where(answers.ranks > 0, depth + 1 - mid_ranks(answers.ranks), 0.0)
    return mean_score(
        prepared,
        points,
        answers.offered,
        method="borda",
        measure=WORDS.measure,
        scale="mean",
        bounds=(0, depth),
        uniform=filled * (2 * depth + 1 - filled) / (2 * m),
    )


def _not_applicable(answers: Answers, question: Question, k: int) -> str | None:
    reason = needs_order(answers, question, k)
    if reason:
        return reason
    assert isinstance(answers, Rankings)
    if question.k is None and not answers.offered.all():
        return _("respondents were offered different items and no depth k is stated, so points are not on one scale")
    return None


SCORE = Score("borda", _not_applicable, borda, WORDS, corrects=True, category="sum")
