"""Top-k share: how many of those who were offered an item ranked it among the first k."""

from __future__ import annotations

import numpy as np

from analysis.scores.first_choice import random_share, refuses_unordered
from analysis.scores.means import mean_score
from analysis.scores.model import Fit, Model, Opened
from survey.answers import Answers, Rankings
from survey.language import _
from survey.question import Question


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
