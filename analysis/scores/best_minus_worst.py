"""Best-minus-worst: how often an item was best less how often it was worst, per time it was shown, -1 to 1.

The count analysis of best-worst scaling (Finn and Louviere 1992; Louviere, Flynn and Marley 2015), divided by each
item's own exposure, so that unequal designs do not favour the items that were shown more.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores.base import Fit, OtherAnswers, Score, ScoreWords
from obstacles.analysis.scores.maxdiff import check_choices
from obstacles.analysis.scores.means import mean_score
from obstacles.analysis.scores.worths import check_offered
from obstacles.survey.answers import Answers, BestWorst
from obstacles.survey.question import Question
from obstacles.text.language import N_, _

WORDS = ScoreWords(
    name=N_("Best minus worst"),
    estimate=N_("Best minus worst"),
    measure=N_("best minus worst"),
    meaning=N_("How often the item was best less how often it was worst, per time it was shown (−1 to 1)."),
    percent=False,
)


def best_minus_worst(prepared: Prepared) -> Fit:
    """Times best less times worst, per time shown (Finn and Louviere 1992)."""
    answers = prepared.answers
    assert isinstance(answers, BestWorst)
    check_offered(answers.items, answers.shown)
    check_choices(answers)
    row, said = np.arange(len(answers.best)), np.zeros(answers.shown.shape)
    said[row, answers.best] = 1
    said[row, answers.worst] = -1
    fit = mean_score(
        prepared,
        said,
        answers.shown,
        method="best-minus-worst",
        measure=WORDS.measure,
        scale="mean",
        bounds=(-1.0, 1.0),
    )
    columns = {"times_shown": answers.answer_counts @ answers.shown}
    return replace(fit, estimate=replace(fit.estimate, columns=columns))


def _not_applicable(answers: Answers, question: Question, k: int) -> str | None:
    return None if isinstance(answers, BestWorst) else OtherAnswers(_("it needs best-worst choices"))


SCORE = Score("best-minus-worst", _not_applicable, best_minus_worst, WORDS)
