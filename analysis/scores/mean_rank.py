"""Mean rank of full rankings; tied items share the mean of the places they fill (mid-ranks)."""

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
    name=N_("Mean rank"),
    measure=N_("mean rank"),
    meaning=N_("The mean of the ranks given to the item; 1 is the first place, so a smaller mean is a higher place."),
    percent=False,
)


def mean_rank(prepared: Prepared) -> Fit:
    """Mean rank, tied items at their mid-rank; a lower one is more severe."""
    answers = prepared.typed(Rankings)
    return mean_score(
        prepared,
        mid_ranks(answers.ranks),
        answers.offered,
        method="mean-rank",
        measure=WORDS.measure,
        scale="negated",
        bounds=(1, len(answers.items)),
        sign=-1,
        uniform=np.full(len(answers.ranks), (len(answers.items) + 1) / 2),
    )


def needs_full_rankings(answers: Answers, question: Question, k: int) -> str | None:
    """The reason why mean ranks of these answers would mislead, or None."""
    reason = needs_order(answers, question, k)
    if reason:
        return reason
    assert isinstance(answers, Rankings)
    if not answers.offered.all():
        return _("not every item was offered to everybody, so ranks are not on one scale")
    if not (answers.ranks > 0).all():
        return _("some rankings are partial, and an item that was left out has no rank")
    return None


SCORE = Score("mean-rank", needs_full_rankings, mean_rank, WORDS, corrects=True)
