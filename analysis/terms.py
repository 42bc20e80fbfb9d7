"""Closed sets of words that results carry, so that mypy proves that no other is used."""

from __future__ import annotations

from typing import Literal

CovarianceKind = Literal[
    "robust",  # of the design, by the influence of every respondent
    "replicate",  # of replicate weights
    "model",  # the inverse information
    "multinomial",  # of a printed table with one answer each
    "at most",  # of a printed table with several answers each: margins alone are known, so no more than this
    "none",  # nothing is known
]
CovarianceAsked = Literal["robust", "model"]
DisplayScale = Literal["worth", "proportion", "mean", "negated", "none"]  # see analysis.inference.estimate
Correction = Literal["holm", "bh", "none"]  # keys of analysis.inference.multiplicity.CORRECTIONS
HeadlineKind = Literal["clear", "among", "shared", "flat", "descriptive", "nothing"]

ChangeKind = Literal["repeated_cross_section", "panel", "groups"]
Verdict = Literal["up", "down", "changed, but less than x", "about the same", "not enough data", "not compared"]
TrendVerdict = Literal["rising", "falling", "no trend shown", "not compared"]
TimeUnit = Literal["year", "wave"]
BreakKind = Literal["form", "base", "routing", "mode", "flag", "places", "offered"]
ItemFate = Literal["same", "merged", "reworded", "split", "new", "dropped", "partly"]
ChangeHeadlineKind = Literal["changed", "list", "within", "none", "order", "descriptive"]

PersonScore = Literal["share", "top-k", "mean-severity", "points"]  # what a person says of an item, as a number
CategoryWay = Literal["any", "sum", "mean"]  # see analysis.categories.fit
SpreadKind = Literal["positions", "levels", "selected", "best_worst", "published"]
