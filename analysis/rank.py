"""The front door of the room: opens a wave once, picks the method, and gathers what can be said of the ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.estimate import Estimate, Shown, Test
from analysis.headline import Headline
from analysis.rank_sets import RankSets
from survey.question import Item
from survey.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Ranking:
    """One wave ranked by one method."""

    study: str
    wave: str
    model: str  # a key of analysis.scores.MODELS
    reason: str  # why this model
    measure: str
    estimate: Estimate
    shown: Shown
    rank: np.ndarray  # (m,) int, 1 = largest obstacle, equal values share the smaller rank; 0 = no value
    order: np.ndarray  # (m,) item indices from the largest obstacle to the smallest
    simultaneous: RankSets | None
    marginal: RankSets | None
    frequency: np.ndarray | None  # (m, m) bootstrap frequency of item j at rank r+1: a frequency, not confidence
    headline: Headline
    tests: tuple[Test, ...]
    level: float
    seed: int
    notes: tuple[str, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return self.estimate.items

    def to_dict(self) -> dict[str, Any]:
        raise NotImplementedError

    def to_frame(self) -> pd.DataFrame:
        raise NotImplementedError

    def _repr_html_(self) -> str:
        raise NotImplementedError


def rank(
    study: Study,
    *,
    wave: str | None = None,
    model: str = "auto",
    level: float | None = None,
    k: int = 3,
    covariance: str = "robust",
    seed: int | None = None,
    draws: int = 100_000,
) -> Ranking:
    raise NotImplementedError
