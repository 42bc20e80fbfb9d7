"""First-choice share: how many of those who were offered an item ranked it first; ties share the vote."""

from __future__ import annotations

import numpy as np

from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores.base import Fit, OtherAnswers, Score, mean_words
from obstacles.analysis.scores.means import mean_score
from obstacles.survey.answers import Answers, Rankings
from obstacles.survey.question import Question
from obstacles.text.language import N_, _

WORDS = mean_words(
    name=N_("First-choice share"),
    measure=N_("first-choice share"),
    meaning=N_("The share of respondents offered the item who ranked it first; a tie shares the vote."),
)


def first_choice(prepared: Prepared) -> Fit:
    """Share of respondents whose first place it is; a shared first place is divided."""
    answers = prepared.typed(Rankings)
    first = first_places(answers.ranks)
    vote = first / np.maximum(first.sum(axis=1, keepdims=True), 1)
    return mean_score(
        prepared,
        vote,
        answers.offered,
        method="first-choice",
        measure=WORDS.measure,
        scale="proportion",
        bounds=(0, 1),
        binary=bool((first.sum(axis=1) <= 1).all()),
        uniform=random_share(answers, 1),
    )


def first_places(ranks: np.ndarray) -> np.ndarray:
    """(n, m) bool: items on the first place of each row, several where they are tied."""
    best = np.where(ranks > 0, ranks, np.iinfo(np.int16).max).min(axis=1, initial=np.iinfo(np.int16).max)
    return np.asarray((ranks > 0) & (ranks == best[:, None]))


def random_share(answers: Rankings, k: int) -> np.ndarray:
    """(n,) share of random rankings with as many places as each answer that hold an item among the first k."""
    filled = np.count_nonzero(answers.ranks > 0, axis=1)
    return np.asarray(np.minimum(filled, k) / len(answers.items))


def needs_order(answers: Answers, question: Question, k: int) -> str | None:
    """The reason why answers without an order cannot be scored by places, or None."""
    if not isinstance(answers, Rankings):
        return OtherAnswers(_("it needs rankings"))
    if answers.selection:
        return _("selections have no order among the marked")
    return None


def needs_same_offered(answers: Answers, question: Question, k: int) -> str | None:
    """The reason why shares of places cannot be ranked, or None: they depend on what else was offered."""
    reason = needs_order(answers, question, k)
    if reason or not isinstance(answers, Rankings) or answers.offered.all():
        return reason
    return _("respondents were offered different items, and a share of places depends on what else was offered")


SCORE = Score("first-choice", needs_same_offered, first_choice, WORDS, corrects=True, category="sum")
