"""The answers of a wave on the items that all compared waves share, ranked again among these to the common depth.

Under Luce's choice axiom the order among some items does not depend on the others that were listed, and the stage at
which a ranking ends carries no information on it, so that worths of the shared items mean the same in every wave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from obstacles.survey.answers import Answers, BestWorst, Published, Rankings, Ratings
from obstacles.survey.question import Item
from obstacles.survey.study import Wave

Sources = Sequence[Sequence[int]]  # shared item -> columns of the wave that make it up


def harmonise(wave: Wave, items: tuple[Item, ...], sources: Sources, depth: int | None) -> Wave:
    """The wave with the shared items alone.

    Parameters
    ----------
    depth : int, optional
        Places of rankings that are used; None where the answers have none.
    """
    answers = wave.answers
    if isinstance(answers, Published):
        return _with(wave, _published(answers, items, sources))
    if isinstance(answers, Ratings):
        return _with(wave, _ratings(answers, items, [columns[0] for columns in sources]))
    if isinstance(answers, BestWorst):
        return _with(wave, _best_worst(answers, items, [columns[0] for columns in sources]))
    if wave.question.format == "pairs":
        return _with(wave, _pairs(answers, items, [columns[0] for columns in sources]))
    ranks, offered = _joined(answers, sources)
    if answers.selection:
        return _with(wave, _rankings(answers, items, ranks, offered))
    again = ranked_again(ranks)
    if depth is not None:
        again = np.where(again <= depth, again, 0)
    found = _with(wave, _rankings(answers, items, again.astype(np.int16), offered))
    overrun = wave.question.ties_overrun or bool((np.count_nonzero(again, axis=1) > (depth or len(items))).any())
    return replace(found, question=replace(found.question, k=depth, ties_overrun=overrun))


def ranked_again(ranks: np.ndarray) -> np.ndarray:
    """(n, m) ranks among the items that are there: 1 + the number ranked higher, so ties share the smaller rank."""
    placed = np.where(ranks > 0, ranks, np.iinfo(np.int16).max)
    again = np.ones(ranks.shape, np.int16)
    for column in placed.T:
        again += column[:, None] < placed
    return np.where(ranks > 0, again, 0).astype(np.int16)


def _with(wave: Wave, answers: Answers) -> Wave:
    return replace(wave, answers=answers, question=replace(wave.question, items=answers.items))


def _joined(answers: Rankings, sources: Sources) -> tuple[np.ndarray, np.ndarray]:
    """(n, m) ranks and offers of the shared items; one that was asked as several has the best rank of them."""
    worst = np.iinfo(np.int16).max
    placed = np.where(answers.ranks > 0, answers.ranks, worst)
    ranks = np.column_stack([placed[:, list(columns)].min(axis=1) for columns in sources])
    offered = np.column_stack([answers.offered[:, list(columns)].any(axis=1) for columns in sources])
    return np.where(ranks < worst, ranks, 0).astype(np.int16), offered


def _rankings(answers: Rankings, items: tuple[Item, ...], ranks: np.ndarray, offered: np.ndarray) -> Rankings:
    return replace(answers, items=items, ranks=ranks, offered=offered, first_shown=None, position=None)


def _pairs(answers: Rankings, items: tuple[Item, ...], columns: Sequence[int]) -> Rankings:
    """Comparisons of two shared items."""
    kept = answers.offered[:, columns].sum(axis=1) == 2
    first = answers.first_shown
    if first is not None:
        first = _renumbered(columns, len(answers.items))[first[kept]]
    return replace(
        answers,
        items=items,
        ranks=answers.ranks[kept][:, columns],
        offered=answers.offered[kept][:, columns],
        respondent=answers.respondent[kept],
        answer_counts=answers.answer_counts[kept],
        first_shown=first,
        position=None,
    )


def _best_worst(answers: BestWorst, items: tuple[Item, ...], columns: Sequence[int]) -> BestWorst:
    """Tasks that showed shared items alone: in the others the best or the worst of these is not known."""
    others = np.setdiff1d(np.arange(len(answers.items)), columns)
    kept = ~answers.shown[:, others].any(axis=1)
    number = _renumbered(columns, len(answers.items))
    return replace(
        answers,
        items=items,
        shown=answers.shown[kept][:, columns],
        best=number[answers.best[kept]],
        worst=number[answers.worst[kept]],
        respondent=answers.respondent[kept],
        answer_counts=answers.answer_counts[kept],
    )


def _renumbered(columns: Sequence[int], m: int) -> np.ndarray:
    number = np.full(m, -1, np.intp)
    number[list(columns)] = np.arange(len(columns))
    return number


def _ratings(answers: Ratings, items: tuple[Item, ...], columns: Sequence[int]) -> Ratings:
    return replace(
        answers,
        items=items,
        scores=answers.scores[:, columns],
        not_applicable=answers.not_applicable[:, columns],
    )


def _published(answers: Published, items: tuple[Item, ...], sources: Sources) -> Published:
    return replace(answers, items=items, share=np.array([answers.share[list(columns)].sum() for columns in sources]))
