"""Best-minus-worst: how often an item was best less how often it was worst, per time it was shown, -1 to 1.

The count analysis of best-worst scaling (Finn and Louviere 1992; Louviere, Flynn and Marley 2015), divided by each
item's own exposure, so that unequal designs do not favour the items that were shown more.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores.base import Fit, Score, mean_words
from obstacles.analysis.scores.maxdiff import check_choices, needs_tasks
from obstacles.analysis.scores.means import mean_score
from obstacles.analysis.scores.worths import check_offered
from obstacles.survey.answers import BestWorst
from obstacles.text.language import N_

WORDS = mean_words(
    name=N_("Best minus worst"),
    measure=N_("best minus worst"),
    meaning=N_("How often the item was best less how often it was worst, per time it was shown (−1 to 1)."),
    percent=False,
)


def best_minus_worst(prepared: Prepared) -> Fit:
    """Times best less times worst, per time shown (Finn and Louviere 1992)."""
    answers = prepared.typed(BestWorst)
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


SCORE = Score("best-minus-worst", needs_tasks, best_minus_worst, WORDS)
