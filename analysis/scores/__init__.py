"""Ways to score obstacles: one file and one line each."""

from __future__ import annotations

from analysis.scores import (
    borda,
    first_choice,
    mean_rank,
    plackett_luce,
    published,
    rii,
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
    "share": share.MODEL,
    "mean-severity": severity.MODEL,
    "rii": rii.MODEL,
    "published": published.MODEL,
}
