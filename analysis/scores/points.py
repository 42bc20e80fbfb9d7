"""Points to share out (constant sum): the mean points of each item among those who were offered it.

Points of one respondent sum to the total, so that more for one item is less for the others: the covariance of the means
carries that, and differences between items are tested with it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores.base import Fit, OtherAnswers, Score, mean_words
from obstacles.analysis.scores.means import mean_score
from obstacles.survey.answers import Answers, Ratings
from obstacles.survey.question import Question
from obstacles.text.language import N_, _

WORDS = mean_words(
    name=N_("Mean points"),
    measure=N_("mean points"),
    meaning=N_("The mean of the points given to the item among those who were offered it."),
    percent=False,
)


def points(prepared: Prepared) -> Fit:
    """Mean of the points that were shared out."""
    answers = prepared.typed(Ratings)
    assert answers.total is not None
    fit = mean_score(
        prepared,
        answers.scores,
        ~np.isnan(answers.scores),
        method="points",
        measure=WORDS.measure,
        scale="mean",
        bounds=(0.0, answers.total),
    )
    columns = {"share_of_total": fit.estimate.value / answers.total}
    return replace(fit, estimate=replace(fit.estimate, columns=columns))


def _not_applicable(answers: Answers, question: Question, k: int) -> str | None:
    if not isinstance(answers, Ratings) or answers.total is None:
        return OtherAnswers(_("it needs points that sum to a total"))
    return None


SCORE = Score("points", _not_applicable, points, WORDS, category="sum")
