"""Corrections for several tests at once: adjusted p-values of a family.

Holm's is written here: statsmodels' `multipletests` collects garbage at every call, which takes 50 ms in a program of
this size and made a comparison of groups three times as slow. The tests hold it against statsmodels.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from obstacles.analysis.terms import Correction


def holm(p: np.ndarray) -> np.ndarray:
    """(f,) p-values -> Holm's step-down p-values (1979): they hold the family-wise level."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """(f,) p-values -> Benjamini and Hochberg's p-values (1995): they hold the false discovery rate."""
    from scipy.stats import false_discovery_control

    return np.asarray(false_discovery_control(p))


def adjusted(p: np.ndarray, correction: Correction = "holm") -> np.ndarray:
    """p-values of any shape -> corrected over those that are known; NaN where there is none."""
    known = np.isfinite(p)
    result = np.full(p.shape, np.nan)
    if known.any():
        result[known] = CORRECTIONS[correction](p[known])
    return result


CORRECTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "holm": holm,
    "bh": benjamini_hochberg,
    "none": lambda p: p,
}
