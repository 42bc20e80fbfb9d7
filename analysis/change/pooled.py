"""The answers of several sides as one sample: for likelihood ratios and permutations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.kinds.base import joined
from obstacles.analysis.prepare import Prepared, one_each
from obstacles.analysis.subpopulation import ComparisonSide
from obstacles.survey.answers import BestWorst, Rankings


def pooled(sides: Sequence[ComparisonSide]) -> Prepared | None:
    """Equally weighted, independent respondents of all sides, in the order of the sides.

    None for answers without rankings or choices, for different ones, where a respondent has several rows, and for
    categories, which have no likelihood of their own.
    """
    if any(side.categories is not None for side in sides):
        return None
    answers = [side.prepared.answers for side in sides]
    alike = [part for part in answers if isinstance(part, Rankings | BestWorst) and type(part) is type(answers[0])]
    if len(alike) < len(sides) or not all(one_each(part.respondent) for part in alike):
        return None
    whole = joined(alike)
    n = len(whole.answer_counts)
    times = None if (whole.answer_counts == 1).all() else whole.answer_counts
    return replace(sides[0].prepared, answers=whole, sample=SurveyDesign(n, np.ones(n), None, None, None, times))
