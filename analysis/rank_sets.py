"""Confidence sets for ranks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RankSets:
    """For each item the ranks that the data do not rule out."""

    low: np.ndarray  # (m,) int, best rank; 0 for an item without a value
    high: np.ndarray  # (m,) int, worst rank
    level: float
    simultaneous: bool  # True: all sets hold together with probability `level`; False: each by itself
    separated: np.ndarray  # (m, m) bool, [j, k]: j is a larger obstacle than k, by this family of tests
    draws: int
    df: float
    reliable: bool = True  # False: fewer than 2 m degrees of freedom
