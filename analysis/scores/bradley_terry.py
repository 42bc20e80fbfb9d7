"""Bradley-Terry worths of pairs, with Davidson's ties and an order effect.

P(i wins), P(j wins), P(tie) are in proportion g a_i : a_j : nu sqrt(a_i a_j), i the item shown first (Bradley and
Terry 1952; Davidson 1970; Davidson and Beaver 1977). nu is there when ties occur, g when the order is known.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.choice.choice_sets import connectivity
from obstacles.analysis.choice.conditional_logit import Tasks
from obstacles.analysis.choice.existence import tasks_run_off
from obstacles.analysis.inference.worth_answers import PSEUDO
from obstacles.analysis.kinds.base import rows
from obstacles.analysis.prepare import ModelError, Prepared
from obstacles.analysis.scores.base import Fit, OtherAnswers, Score, respondents_behind, worth_words
from obstacles.analysis.scores.from_logit import worths_from_tasks
from obstacles.analysis.scores.worths import check_offered, penalty_note, penalty_of
from obstacles.survey.answers import Answers, Rankings
from obstacles.survey.question import Question
from obstacles.text.language import N_, _

TIE = 2  # the third alternative of a pair

WORDS = worth_words(
    name=N_("Bradley-Terry"),
    meaning=N_(
        "Worths from comparisons in pairs: the odds that one item is put above another (Bradley and Terry 1952)."
    ),
)


def bradley_terry(prepared: Prepared) -> Fit:
    """Worths of paired comparisons (Bradley and Terry 1952; ties after Davidson 1970)."""
    answers = prepared.typed(Rankings)
    told = np.asarray((answers.ranks > 0).any(axis=1))
    if not told.all():  # a pair that was left blank is no tie
        answers = rows(answers, told)
        prepared = replace(prepared, answers=answers)
    check_offered(answers.items, answers.offered)
    graph = connectivity(answers.ranks, answers.offered)
    pseudo, notes = penalty_of(answers.items, graph)
    tasks, extra = pair_tasks(answers)
    if (tasks.picked == TIE).all():
        raise ModelError(_("every pair is tied: nothing is known of any order."))
    if "log_order" in extra and tasks_run_off(tasks, zero_sum=len(answers.items), held=True):
        message = _(
            "the item shown first won always, or never, so that its advantage has no finite value. Leave out which "
            "item was shown first."
        )
        raise ModelError(message)
    if extra and not pseudo:
        strict = connectivity(answers.ranks, answers.offered, strict=True)
        if ("log_order" in extra or not strict.strong) and tasks_run_off(tasks, zero_sum=len(answers.items)):
            single = [answers.items[group[0]].name for group in strict.groups if len(group) == 1]
            pseudo, notes = PSEUDO, (*notes, penalty_note(single))
    return worths_from_tasks(
        prepared,
        tasks,
        np.arange(len(tasks.task)),
        method="bradley-terry",
        graph=graph,
        pseudo=pseudo,
        extra=extra,
        item_base=respondents_behind(prepared, answers.offered),
        notes=notes,
    )


def pair_tasks(answers: Rankings) -> tuple[Tasks, tuple[str, ...]]:
    """Pairs as tasks of two or three alternatives: the first wins, the second wins, tie."""
    m = len(answers.items)
    first, second = _members(answers)
    rank = answers.ranks.astype(np.int64)
    rank = np.where(rank == 0, m + 1, rank)  # left below the other
    here = np.arange(len(first))
    difference = rank[here, second] - rank[here, first]
    picked = np.where(difference > 0, 0, np.where(difference < 0, 1, TIE))
    ties, ordered = bool((picked == 2).any()), answers.first_shown is not None
    extra = (*(("log_tie",) if ties else ()), *(("log_order",) if ordered else ()))
    pairs, task = np.unique(np.column_stack([first, second]), axis=0, return_inverse=True)
    features = np.zeros((len(pairs), 3, m + len(extra)))
    row = np.arange(len(pairs))
    features[row, 0, pairs[:, 0]] = features[row, 1, pairs[:, 1]] = 1
    features[row, 2, pairs[:, 0]] = features[row, 2, pairs[:, 1]] = 0.5
    if ties:
        features[:, 2, m] = 1
    if ordered:
        features[:, 0, m + len(extra) - 1] = 1
    available = np.ones((len(pairs), 3), bool)
    available[:, 2] = ties
    return Tasks(features, available, task.reshape(-1), picked), extra


def _members(answers: Rankings) -> tuple[np.ndarray, np.ndarray]:
    """(n,) the two items of each pair; the one shown first first, where that is known."""
    first = answers.offered.argmax(axis=1)
    second = answers.offered.shape[1] - 1 - answers.offered[:, ::-1].argmax(axis=1)
    if answers.first_shown is None:
        return first, second
    turn = answers.first_shown == second
    return np.where(turn, second, first), np.where(turn, first, second)


def _not_applicable(answers: Answers, question: Question, k: int) -> str | None:
    if not isinstance(answers, Rankings) or answers.selection:
        return OtherAnswers(_("it needs pairs"))
    if not (answers.offered.sum(axis=1) == 2).all():
        return _("it needs pairs; rankings broken into pairs would count the same answer several times")
    return None


SCORE = Score("bradley-terry", _not_applicable, bradley_terry, WORDS, worths=True)
