"""Ways to score obstacles: one file and one line each."""

from __future__ import annotations

from analysis.scores import (
    borda,
    bradley_terry,
    first_choice,
    maxdiff,
    mean_rank,
    plackett_luce,
    published,
    rii,
    set_choice,
    severity,
    share,
    top_k,
)
from analysis.scores.model import Model

MODELS: dict[str, Model] = {
    "plackett-luce": plackett_luce.MODEL,
    "first-choice": first_choice.MODEL,
    "top-k": top_k.MODEL,
    "mean-rank": mean_rank.MODEL,
    "borda": borda.MODEL,
    "bradley-terry": bradley_terry.MODEL,
    "maxdiff": maxdiff.MODELS["maxdiff"],
    "maxdiff-marginal": maxdiff.MODELS["maxdiff-marginal"],
    "maxdiff-sequential": maxdiff.MODELS["maxdiff-sequential"],
    "share": share.MODEL,
    "set-choice": set_choice.MODEL,
    "mean-severity": severity.MODEL,
    "rii": rii.MODEL,
    "published": published.MODEL,
}
