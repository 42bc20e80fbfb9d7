"""Best-worst tasks: the first and the last of the items that a task shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from obstacles.analysis.kinds.base import AnswerKind, Form, Sources, Statements, only, rows, typed, with_answers
from obstacles.survey.answers import Answers, BestWorst
from obstacles.survey.question import Item
from obstacles.survey.study import Wave
from obstacles.text.language import _


def _shared(wave: Wave, items: tuple[Item, ...], sources: Sources, depth: int | None) -> Wave:
    """Tasks that showed shared items alone: in the others the best or the worst of these is not known."""
    answers, columns = typed(wave.answers, BestWorst), only(sources)
    others = np.setdiff1d(np.arange(len(answers.items)), columns)
    own = rows(answers, np.asarray(~answers.shown[:, others].any(axis=1)))
    number = renumbered(columns, len(answers.items))
    return with_answers(
        wave,
        replace(own, items=items, shown=own.shown[:, columns], best=number[own.best], worst=number[own.worst]),
    )


def renumbered(columns: Sequence[int], m: int) -> np.ndarray:
    """(m,) item -> its number among the shared ones; -1 for the others."""
    number = np.full(m, -1, np.intp)
    number[list(columns)] = np.arange(len(columns))
    return number


def _statements(answers: Answers, k: int) -> Statements:
    own = typed(answers, BestWorst)
    row, said = np.arange(len(own.best)), np.zeros(own.shown.shape)
    said[row, own.best], said[row, own.worst] = 1, -1
    return Statements(said, own.shown, own.answer_counts)


KIND = AnswerKind(
    name="best-worst",
    holds=lambda answers, question: isinstance(answers, BestWorst),
    default_score="maxdiff",
    level_score="best-minus-worst",
    regression="severity",
    form=lambda wave: Form("best-worst", ("best-worst",), _("choose the first and the last of a set")),
    shared=_shared,
    statements=_statements,
)
