"""Worths of several sides with the same penalty per respondent, so that a difference is none of penalties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from obstacles.analysis.categories.fit import summed_worths
from obstacles.analysis.choice.choice_sets import TiesError, connectivity
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.worth_answers import PSEUDO
from obstacles.analysis.prepare import answer_weight
from obstacles.analysis.scores.plackett_luce import untied
from obstacles.analysis.subpopulation import ComparisonError, ComparisonSide, within_side
from obstacles.survey.answers import Rankings
from obstacles.text.language import _


def with_equal_penalties(sides: Sequence[ComparisonSide]) -> list[ComparisonSide]:
    """Sides whose worths carry the same penalty per respondent, where any of them needs one.

    Raises
    ------
    ComparisonError
        Where the model of some side cannot be fitted with a given penalty.
    """
    if all(side.order.penalty is None for side in sides):
        return list(sides)
    most = max(side.people for side in sides)
    return [replace(side, order=_penalised(side, PSEUDO * side.people / most)) for side in sides]


def _penalised(side: ComparisonSide, pseudo: float) -> Estimate:
    """Plackett-Luce worths with `pseudo` wins and losses of every item."""
    prepared, answers = side.prepared, side.prepared.answers
    try:
        if side.order.method != "plackett-luce" or not isinstance(answers, Rankings):
            raise TiesError
        fit = untied(
            prepared, answers, answer_weight(prepared), connectivity(answers.ranks, answers.offered), pseudo, ()
        )
    except TiesError:
        message = _(
            "in {side} some items always or never win, and this model cannot be fitted with the same penalty on both "
            "sides."
        )
        raise ComparisonError(message.format(side=side.id)) from None
    estimate = fit.estimate
    if side.categories is not None:
        estimate = summed_worths(estimate, side.categories, side.order.item_base)
    return within_side(estimate, side.inside, prepared)
