"""Does the method matter? Ranks of the same answers under every method that applies to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey.question import Item


@dataclass(frozen=True)
class MethodComparison:
    """Ranks under each method side by side."""

    items: tuple[Item, ...]
    methods: tuple[str, ...]  # keys of analysis.scores.MODELS; the first is the report's own
    ranks: np.ndarray  # (m, q) float, mid-ranks for equal values, NaN without a value
    tau: np.ndarray  # (q, q) Kendall's tau-b between methods
    first: tuple[tuple[int, ...], ...]  # per method the items with rank 1
    agree_on_first: int  # methods whose first item is that of the report's own method
    refused: tuple[tuple[str, str], ...]  # (method, why it does not apply to these answers)
