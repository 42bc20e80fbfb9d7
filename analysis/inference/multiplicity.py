"""Corrections for several tests at once: adjusted p-values of a family, by statsmodels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from obstacles.analysis.terms import Correction


def holm(p: np.ndarray) -> np.ndarray:
    """(f,) p-values -> Holm's step-down p-values (1979): they hold the family-wise level."""
    return _adjusted(p, "holm")


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """(f,) p-values -> Benjamini and Hochberg's p-values (1995): they hold the false discovery rate."""
    return _adjusted(p, "fdr_bh")


def _adjusted(p: np.ndarray, method: str) -> np.ndarray:
    from statsmodels.stats.multitest import multipletests

    return np.asarray(multipletests(p, method=method)[1]) if len(p) else np.asarray(p, float)


CORRECTIONS: dict[Correction, Callable[[np.ndarray], np.ndarray]] = {
    "holm": holm,
    "bh": benjamini_hochberg,
    "none": lambda p: p,
}
