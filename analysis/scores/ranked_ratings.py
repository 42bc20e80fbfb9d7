"""Worths of rankings derived from ratings or points: lossy, and said to be.

Each respondent's ratings become an order with ties: distances between levels are dropped, and what was rated alike is
tied by Efron's reading, since a scale of few levels hides an order rather than denies it. Useful beside other rankings;
`mean-severity` keeps what was answered.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores.base import Fit, OtherAnswers, Score, worth_words
from obstacles.analysis.scores.tie_likelihoods import fit_reading
from obstacles.survey.answers import Answers, Rankings, Ratings
from obstacles.survey.question import Question
from obstacles.text.language import N_, _

WORDS = worth_words(
    name=N_("Ranked ratings"),
    meaning=N_("Worths from the order of each respondent's ratings: distances between levels are dropped."),
)


def ranked_ratings(prepared: Prepared) -> Fit:
    """Plackett-Luce worths of the rankings that ratings imply."""
    answers = prepared.typed(Ratings)
    rated = ~np.isnan(answers.scores)
    n = len(rated)
    ranks = Rankings(answers.items, derived_ranks(answers.scores), rated, answers.respondent, np.ones(n))
    fit = fit_reading(replace(prepared, answers=ranks), name="ranked-ratings", reading="efron")
    note = _(
        "The rankings are derived from ratings, which loses something: distances between levels are dropped, and items "
        "rated alike are tied."
    )
    return replace(fit, estimate=replace(fit.estimate, notes=(note, *fit.estimate.notes)))


def derived_ranks(scores: np.ndarray) -> np.ndarray:
    """(n, m) int16 ranks, 1 = largest score, equal scores tied, 0 where there is none."""
    from scipy import stats

    rated = ~np.isnan(scores)
    dense = stats.rankdata(np.where(rated, -scores, np.inf), method="dense", axis=1)
    return np.asarray(np.where(rated, dense, 0).astype(np.int16))


def _not_applicable(answers: Answers, question: Question, k: int) -> str | None:
    return None if isinstance(answers, Ratings) else OtherAnswers(_("it needs ratings"))


SCORE = Score("ranked-ratings", _not_applicable, ranked_ratings, WORDS, worths=True)
