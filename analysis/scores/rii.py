"""Relative importance index: the mean rating as a part of the scale's top, mean / A.

With a scale that starts at 1 its least value is 1/A, not 0 (Holt 2014); `rii_adjusted` = (mean - low) / (A - low) runs
from 0 to 1. Both order the items alike.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores.base import Fit, Score, mean_words
from obstacles.analysis.scores.means import mean_score
from obstacles.analysis.scores.severity import needs_ratings
from obstacles.survey.answers import Answers, Ratings
from obstacles.survey.question import Question
from obstacles.text.language import N_, _

WORDS = mean_words(
    name=N_("Relative importance index"),
    measure=N_("relative importance index"),
    meaning=N_("The mean rating divided by the top of the scale; it orders the items as the mean does."),
    percent=False,
)


def rii(prepared: Prepared) -> Fit:
    """Relative importance index: mean rating by the highest level."""
    answers = prepared.typed(Ratings)
    low, high = answers.scale.low, answers.scale.high
    fit = mean_score(
        prepared,
        answers.scores / high,
        ~np.isnan(answers.scores),
        method="rii",
        measure=WORDS.measure,
        scale="mean",
        bounds=(low / high, 1.0),
    )
    columns = {"rii_adjusted": (fit.estimate.value * high - low) / (high - low)}
    covariance = fit.estimate.interval_covariance
    if covariance is not None:
        columns["rii_adjusted_error"] = np.sqrt(np.diag(covariance)) * high / (high - low)
    return replace(fit, estimate=replace(fit.estimate, columns=columns))


def _not_applicable(answers: Answers, question: Question, k: int) -> str | None:
    reason = needs_ratings(answers, question, k)
    if reason:
        return reason
    assert isinstance(answers, Ratings)
    if answers.scale.high <= 0 or answers.scale.low < 0:
        return _("it needs a scale without negative levels and with a positive top")
    return None


SCORE = Score("rii", _not_applicable, rii, WORDS)
