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
    tie_likelihoods,
    top_k,
)
from obstacles.analysis.scores.base import Score

SCORES: dict[str, Score] = {
    "plackett-luce": plackett_luce.SCORE,
    **tie_likelihoods.SCORES,
    "first-choice": first_choice.SCORE,
    "top-k": top_k.SCORE,
    "mean-rank": mean_rank.SCORE,
    "borda": borda.SCORE,
    "bradley-terry": bradley_terry.SCORE,
    **maxdiff.SCORES,
    "best-minus-worst": best_minus_worst.SCORE,
    "share": share.SCORE,
    **set_choice.SCORES,
    "mean-severity": severity.SCORE,
    "rii": rii.SCORE,
    "points": points.SCORE,
    "ranked-ratings": ranked_ratings.SCORE,
    "published": published.SCORE,
}
