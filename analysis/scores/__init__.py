"""Ways to score obstacles: one file and one line each."""

from __future__ import annotations

from obstacles.analysis.scores import (
    best_minus_worst,
    borda,
    bradley_terry,
    first_choice,
    maxdiff,
    mean_rank,
    plackett_luce,
    points,
    published,
    ranked_ratings,
    rii,
    set_choice,
    severity,
    share,
    top_k,
)
from obstacles.analysis.scores import tie_likelihoods as tie_readings
from obstacles.analysis.scores.base import Score

SCORES: dict[str, Score] = {
    "plackett-luce": plackett_luce.SCORE,
    "plackett-luce-efron": tie_readings.SCORES["plackett-luce-efron"],
    "plackett-luce-breslow": tie_readings.SCORES["plackett-luce-breslow"],
    "plackett-luce-exact": tie_readings.SCORES["plackett-luce-exact"],
    "first-choice": first_choice.SCORE,
    "top-k": top_k.SCORE,
    "mean-rank": mean_rank.SCORE,
    "borda": borda.SCORE,
    "bradley-terry": bradley_terry.SCORE,
    "maxdiff": maxdiff.SCORES["maxdiff"],
    "maxdiff-marginal": maxdiff.SCORES["maxdiff-marginal"],
    "maxdiff-sequential": maxdiff.SCORES["maxdiff-sequential"],
    "best-minus-worst": best_minus_worst.SCORE,
    "share": share.SCORE,
    "set-choice": set_choice.SCORES["set-choice"],
    "set-choice-all": set_choice.SCORES["set-choice-all"],
    "mean-severity": severity.SCORE,
    "rii": rii.SCORE,
    "points": points.SCORE,
    "ranked-ratings": ranked_ratings.SCORE,
    "published": published.SCORE,
}
