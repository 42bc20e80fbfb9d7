"""Rankings: full, to some place, of those that apply, with ties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.kinds.base import AnswerKind, Form, PersonScores, Sources, Statements, typed, with_answers
from obstacles.survey.answers import Answers, Rankings
from obstacles.survey.question import Item, Question
from obstacles.survey.study import Wave
from obstacles.text.language import _


def _form(wave: Wave) -> Form:
    """How many places a ranking had is no part of it: the common ones are used."""
    asked, m = wave.question, len(wave.answers.items)
    partial = asked.blank == "not_offered"
    text = _("rank up to {n}").format(n=asked.k) if asked.k and asked.k < m else _("rank all")
    if partial:
        text = _("rank those that apply")
    return Form(
        "ranking", ("ranking", asked.ties, partial), _("{form}, ties allowed").format(form=text) if asked.ties else text
    )


def _shared(wave: Wave, items: tuple[Item, ...], sources: Sources, depth: int | None) -> Wave:
    """Ranked again among the shared items, to the common depth.

    Under Luce's choice axiom the order among some items does not depend on the others that were listed, and the stage
    at which a ranking ends carries no information on it, so worths of the shared items mean the same in every wave.
    """
    answers = merged(typed(wave.answers, Rankings), items, sources)
    again = ranked_again(answers.ranks)
    if depth is not None:
        again = np.where(again <= depth, again, 0)
    shared = with_answers(wave, replace(answers, ranks=again.astype(np.int16)))
    overrun = wave.question.ties_overrun or bool((np.count_nonzero(again, axis=1) > (depth or len(items))).any())
    return replace(shared, question=replace(shared.question, k=depth, ties_overrun=overrun))


def merged(answers: Rankings, items: tuple[Item, ...], sources: Sources) -> Rankings:
    """Ranks and offers of the shared items; one that was asked as several has the best rank of them."""
    worst = np.iinfo(np.int16).max
    placed = np.where(answers.ranks > 0, answers.ranks, worst)
    ranks = np.column_stack([placed[:, list(columns)].min(axis=1) for columns in sources])
    offered = np.column_stack([answers.offered[:, list(columns)].any(axis=1) for columns in sources])
    ranks = np.where(ranks < worst, ranks, 0).astype(np.int16)
    return replace(answers, items=items, ranks=ranks, offered=offered, first_shown=None, position=None)


def ranked_again(ranks: np.ndarray) -> np.ndarray:
    """(n, m) ranks among the items that are there: 1 + the number ranked higher, so ties share the smaller rank."""
    from scipy import stats

    placed = np.where(ranks > 0, ranks, np.iinfo(np.int16).max)
    return np.where(ranks > 0, stats.rankdata(placed, method="min", axis=1), 0).astype(np.int16)


def _persons(answers: Answers, question: Question, k: int) -> PersonScores:
    own = typed(answers, Rankings)
    depth = min(k, question.k or len(own.items))
    among = (own.ranks > 0) & (own.ranks <= depth)
    return PersonScores(np.where(own.offered, among, np.nan), "top-k", depth, (0.0, 1.0))


def _statements(answers: Answers, k: int) -> Statements:
    own = typed(answers, Rankings)
    return Statements((own.ranks > 0) & (own.ranks <= k), own.offered, own.answer_counts)


KIND = AnswerKind(
    name="rankings",
    holds=lambda answers, question: (
        isinstance(answers, Rankings) and not answers.selection and question.format != "pairs"
    ),
    default_score="plackett-luce",
    level_score="top-k",
    regression="rank_ordered_logit",
    form=_form,
    shared=_shared,
    persons=_persons,
    statements=_statements,
)
