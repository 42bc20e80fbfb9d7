"""Best-minus-worst: how often an item was best less how often it was worst, per time it was shown, -1 to 1.

The count analysis of best-worst scaling (Finn and Louviere 1992; Louviere, Flynn and Marley 2015), divided by each
item's own exposure, so that unequal designs do not favour the items that were shown more.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.prepare import Opened
from obstacles.analysis.scores.base import Fit, Model, OtherAnswers
from obstacles.analysis.scores.maxdiff import check_choices
from obstacles.analysis.scores.means import mean_score
from obstacles.analysis.scores.worths import check_offered
from obstacles.survey.answers import Answers, BestWorst
from obstacles.survey.question import Question
from obstacles.text.language import _


def best_minus_worst(opened: Opened) -> Fit:
    answers = opened.answers
    assert isinstance(answers, BestWorst)
    check_offered(answers.items, answers.shown)
    check_choices(answers)
    row, said = np.arange(len(answers.best)), np.zeros(answers.shown.shape)
    said[row, answers.best] = 1
    said[row, answers.worst] = -1
    fit = mean_score(
        opened,
        said,
        answers.shown,
        method="best-minus-worst",
        measure="best minus worst",
        scale="mean",
        bounds=(-1.0, 1.0),
    )
    columns = {"times_shown": answers.count @ answers.shown}
    return replace(fit, estimate=replace(fit.estimate, columns=columns))


def _refuses(answers: Answers, question: Question, k: int) -> str | None:
    return None if isinstance(answers, BestWorst) else OtherAnswers(_("it needs best-worst choices"))


MODEL = Model("best-minus-worst", _refuses, best_minus_worst)
