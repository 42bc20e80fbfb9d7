"""Paired comparisons: rankings of two items, whose worths are relative to each other, so that nothing has a level."""

from __future__ import annotations

from dataclasses import replace

from obstacles.analysis.kinds.base import AnswerKind, Form, Sources, only, rows, typed, with_answers
from obstacles.analysis.kinds.best_worst import renumbered
from obstacles.survey.answers import Rankings
from obstacles.survey.question import Item
from obstacles.survey.study import Wave
from obstacles.text.language import _


def _shared(wave: Wave, items: tuple[Item, ...], sources: Sources, depth: int | None) -> Wave:
    """Comparisons of two shared items."""
    answers, columns = typed(wave.answers, Rankings), only(sources)
    own = rows(answers, answers.offered[:, columns].sum(axis=1) == 2)
    first = own.first_shown
    if first is not None:
        first = renumbered(columns, len(answers.items))[first]
    return with_answers(
        wave,
        replace(
            own,
            items=items,
            ranks=own.ranks[:, columns],
            offered=own.offered[:, columns],
            first_shown=first,
            position=None,
        ),
    )


KIND = AnswerKind(
    name="pairs",
    holds=lambda answers, question: isinstance(answers, Rankings) and question.format == "pairs",
    default_score="plackett-luce",
    level_score=None,
    regression="rank_ordered_logit",
    form=lambda wave: Form("pairs", ("pairs",), _("choose between two")),
    shared=_shared,
)
