"""Mean severity: the mean of the ratings on the study's scale, turned so that larger is more severe."""

from __future__ import annotations

import numpy as np

from obstacles.analysis.prepare import Opened
from obstacles.analysis.scores.base import Fit, Model, OtherAnswers
from obstacles.analysis.scores.means import mean_score
from obstacles.survey.answers import Answers, Ratings
from obstacles.survey.question import Question
from obstacles.text.language import _


def mean_severity(opened: Opened) -> Fit:
    answers = opened.answers
    assert isinstance(answers, Ratings)
    return mean_score(
        opened,
        answers.scores,
        ~np.isnan(answers.scores),
        method="mean-severity",
        measure="mean severity",
        scale="mean",
        bounds=(answers.scale.low, answers.scale.high),
    )


def refuses_unrated(answers: Answers, question: Question, k: int) -> str | None:
    if not isinstance(answers, Ratings):
        return OtherAnswers(_("it needs ratings"))
    return None if answers.total is None else _("points to share out are no ratings")


MODEL = Model("mean-severity", refuses_unrated, mean_severity)
