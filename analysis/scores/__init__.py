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
from obstacles.analysis.scores.base import Model

MODELS: dict[str, Model] = {
    "plackett-luce": plackett_luce.MODEL,
    "plackett-luce-efron": tie_readings.MODELS["plackett-luce-efron"],
    "plackett-luce-breslow": tie_readings.MODELS["plackett-luce-breslow"],
    "plackett-luce-exact": tie_readings.MODELS["plackett-luce-exact"],
    "first-choice": first_choice.MODEL,
    "top-k": top_k.MODEL,
    "mean-rank": mean_rank.MODEL,
    "borda": borda.MODEL,
    "bradley-terry": bradley_terry.MODEL,
    "maxdiff": maxdiff.MODELS["maxdiff"],
    "maxdiff-marginal": maxdiff.MODELS["maxdiff-marginal"],
    "maxdiff-sequential": maxdiff.MODELS["maxdiff-sequential"],
    "best-minus-worst": best_minus_worst.MODEL,
    "share": share.MODEL,
    "set-choice": set_choice.MODELS["set-choice"],
    "set-choice-all": set_choice.MODELS["set-choice-all"],
    "mean-severity": severity.MODEL,
    "rii": rii.MODEL,
    "points": points.MODEL,
    "ranked-ratings": ranked_ratings.MODEL,
    "published": published.MODEL,
}
