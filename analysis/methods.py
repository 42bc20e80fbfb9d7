"""Does the method matter? Ranks of the same answers under every method that applies to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.scores import MODELS
from analysis.scores.model import ModelError, Opened
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


def compare_methods(opened: Opened, own: str) -> MethodComparison:
    """Rank one wave's answers by every method that applies; `own` is the report's method and comes first."""
    values, methods, refused = [], [], []
    for name in [own, *(other for other in MODELS if other != own)]:
        model = MODELS[name]
        reason = model.refuses(opened.answers, opened.question, opened.k)
        if reason is None:
            try:
                values.append(model.fit(opened).estimate.value)
                methods.append(name)
                continue
            except ModelError as error:
                reason = str(error)
        refused.append((name, reason))
    ranks = np.column_stack([_mid_ranks(value) for value in values])
    first = tuple(tuple(int(i) for i in np.flatnonzero(_first(value))) for value in values)
    agree = sum(1 for leaders in first if leaders == first[0])
    return MethodComparison(opened.answers.items, tuple(methods), ranks, _taus(ranks), first, agree, tuple(refused))


def _mid_ranks(value: np.ndarray) -> np.ndarray:
    """1 = largest; mid-ranks; values that differ by rounding alone are equal."""
    return np.asarray(stats.rankdata(-np.round(value, 12), nan_policy="omit"))


def _first(value: np.ndarray) -> np.ndarray:
    rounded = np.round(value, 12)
    return np.asarray(rounded == np.nanmax(rounded))


def _taus(ranks: np.ndarray) -> np.ndarray:
    q = ranks.shape[1]
    tau = np.eye(q)
    for i in range(q):
        for j in range(i):
            both = ~np.isnan(ranks[:, i]) & ~np.isnan(ranks[:, j])
            tau[i, j] = tau[j, i] = stats.kendalltau(ranks[both, i], ranks[both, j]).statistic
    return tau
