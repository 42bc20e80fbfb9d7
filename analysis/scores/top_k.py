"""Top-k share: how many of those who were offered an item ranked it among the first k."""

from __future__ import annotations

import numpy as np

from obstacles.analysis.prepare import Opened
from obstacles.analysis.scores.base import Fit, Model
from obstacles.analysis.scores.first_choice import random_share, refuses_unordered
from obstacles.analysis.scores.means import mean_score
from obstacles.survey.answers import Answers, Rankings
from obstacles.survey.question import Question
from obstacles.text.language import _


def top_k(opened: Opened) -> Fit:
    answers = opened.answers
    assert isinstance(answers, Rankings)
    among = ((answers.ranks > 0) & (answers.ranks <= opened.k)).astype(np.float64)
    return mean_score(
        opened,
        among,
        answers.offered,
        method="top-k",
        measure=f"top-{opened.k} share",
        scale="proportion",
        bounds=(0, 1),
        binary=True,
        uniform=random_share(answers, opened.k),
    )


def _refuses(answers: Answers, question: Question, k: int) -> str | None:
    reason = refuses_unordered(answers, question, k)
    if reason:
        return reason
    if k > (question.k or len(answers.items)):
        return _("only {depth} places could be filled, fewer than k = {k}").format(depth=question.k, k=k)
    return None


MODEL = Model("top-k", _refuses, top_k, corrects=True)
