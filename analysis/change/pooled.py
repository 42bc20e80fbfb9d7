"""The answers of several sides as one sample: for likelihood ratios and permutations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.prepare import Prepared, one_each
from obstacles.analysis.subpopulation import ComparisonSide
from obstacles.survey.answers import BestWorst, Rankings


def pooled(sides: Sequence[ComparisonSide]) -> Prepared | None:
    """Equally weighted, independent respondents of all sides, in the order of the sides.

    None for answers without rankings or choices, for different ones, and where a respondent has several rows.
    """
    answers = [side.prepared.answers for side in sides]
    rankings = [part for part in answers if isinstance(part, Rankings)]
    tasks = [part for part in answers if isinstance(part, BestWorst)]
    if len(answers) not in (len(rankings), len(tasks)):
        return None
    if not all(one_each(one.respondent) for one in rankings) or not all(one_each(one.respondent) for one in tasks):
        return None
    whole = _rankings(rankings) if rankings else _tasks(tasks)
    n = len(whole.answer_counts)
    times = None if (whole.answer_counts == 1).all() else whole.answer_counts
    return replace(sides[0].prepared, answers=whole, sample=SurveyDesign(n, np.ones(n), None, None, None, times))


def _rankings(parts: Sequence[Rankings]) -> Rankings:
    shown = [part.first_shown for part in parts]
    return replace(
        parts[0],
        ranks=np.concatenate([part.ranks for part in parts]),
        offered=np.concatenate([part.offered for part in parts]),
        answer_counts=np.concatenate([part.answer_counts for part in parts]),
        respondent=np.arange(sum(len(part.answer_counts) for part in parts)),
        first_shown=None if any(one is None for one in shown) else np.concatenate([s for s in shown if s is not None]),
    )


def _tasks(parts: Sequence[BestWorst]) -> BestWorst:
    return replace(
        parts[0],
        shown=np.concatenate([part.shown for part in parts]),
        best=np.concatenate([part.best for part in parts]),
        worst=np.concatenate([part.worst for part in parts]),
        answer_counts=np.concatenate([part.answer_counts for part in parts]),
        respondent=np.arange(sum(len(part.answer_counts) for part in parts)),
    )
