"""The answers of several sides as one sample: for likelihood ratios and permutations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.kinds import kind_of
from obstacles.analysis.prepare import Prepared, one_each
from obstacles.analysis.subpopulation import ComparisonSide
from obstacles.survey.answers import Answers, BestWorst, Published, Rankings


def pooled(sides: Sequence[ComparisonSide]) -> Prepared | None:
    """Equally weighted, independent respondents of all sides, in the order of the sides.

    None for answers without rankings or choices, for different ones, and where a respondent has several rows.
    """
    answers = [side.prepared.answers for side in sides]
    joins = {kind_of(side.prepared.answers, side.prepared.question).joined for side in sides}
    joined = joins.pop()
    if joined is None or joins or not all(_one_each(part) for part in answers):
        return None
    whole = joined(answers)
    assert isinstance(whole, Rankings | BestWorst)
    n = len(whole.answer_counts)
    times = None if (whole.answer_counts == 1).all() else whole.answer_counts
    return replace(sides[0].prepared, answers=whole, sample=SurveyDesign(n, np.ones(n), None, None, None, times))


def _one_each(answers: Answers) -> bool:
    return not isinstance(answers, Published) and one_each(answers.respondent)
