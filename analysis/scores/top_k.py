"""Top-k share: how many of those who were offered an item ranked it among the first k."""

from __future__ import annotations

import numpy as np

from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores.base import Fit, Score, mean_words
from obstacles.analysis.scores.first_choice import needs_same_offered, random_share
from obstacles.analysis.scores.means import mean_score
from obstacles.survey.answers import Answers, Rankings
from obstacles.survey.question import Question
from obstacles.text.language import N_, _

WORDS = mean_words(
    name=N_("Top-{k} share"),
    measure=N_("top-{k} share"),
    meaning=N_("The share of respondents offered the item who ranked it among their first {k}."),
)


def top_k(prepared: Prepared) -> Fit:
    """Share of respondents who put the item among their first k places."""
    answers = prepared.typed(Rankings)
    among = ((answers.ranks > 0) & (answers.ranks <= prepared.k)).astype(np.float64)
    return mean_score(
        prepared,
        among,
        answers.offered,
        method="top-k",
        measure=WORDS.measure.format(k=prepared.k),
        scale="proportion",
        bounds=(0, 1),
        binary=True,
        uniform=random_share(answers, prepared.k),
    )


def _not_applicable(answers: Answers, question: Question, k: int) -> str | None:
    reason = needs_same_offered(answers, question, k)
    if reason:
        return reason
    if k > (question.k or len(answers.items)):
        return _("only {depth} places could be filled, fewer than k = {k}").format(depth=question.k, k=k)
    assert isinstance(answers, Rankings)
    if k >= len(answers.items) and (answers.ranks > 0).all():
        return _("the first {k} places hold every item of every answer").format(k=k)
    return None


SCORE = Score("top-k", _not_applicable, top_k, WORDS, corrects=True, category="any")
