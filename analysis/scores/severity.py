"""Mean severity: the mean of the ratings on the study's scale, turned so that larger is more severe."""

from __future__ import annotations

import numpy as np

from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores.base import Fit, OtherAnswers, Score, mean_words
from obstacles.analysis.scores.means import mean_score
from obstacles.survey.answers import Answers, Ratings
from obstacles.survey.question import Question
from obstacles.text.language import N_, _

WORDS = mean_words(
    name=N_("Mean severity"),
    measure=N_("mean severity"),
    meaning=N_("The mean of the ratings on the scale of the question, among those who rated the item."),
    percent=False,
)


def mean_severity(prepared: Prepared) -> Fit:
    """Mean rating on the scale as it was asked."""
    answers = prepared.typed(Ratings)
    return mean_score(
        prepared,
        answers.scores,
        ~np.isnan(answers.scores),
        method="mean-severity",
        measure=WORDS.measure,
        scale="mean",
        bounds=(answers.scale.low, answers.scale.high),
    )


def needs_ratings(answers: Answers, question: Question, k: int) -> str | None:
    """Why a score of ratings does not apply to these answers; None where it does."""
    if not isinstance(answers, Ratings):
        return OtherAnswers(_("it needs ratings"))
    return None if answers.total is None else _("points to share out are no ratings")


SCORE = Score("mean-severity", needs_ratings, mean_severity, WORDS)
