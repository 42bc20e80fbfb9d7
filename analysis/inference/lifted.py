"""Errors of penalised worths: nowhere smaller than those of the model, times the design effect.

Where an item always or never wins, its score residual is the same for everybody: the robust covariance R is near zero
just where the information is. V = R + the positive part of d M - R in the metric of M, M the inverse information of the
penalised objective, d the larger of Kish's 1 + cv^2 of the weights (1965) and the mean generalised design effect of Rao
and Scott (1984, Annals of Statistics 12: 46) over the contrasts that the answers inform.
"""

from __future__ import annotations

import numpy as np

SMALLEST = 1e-10  # part of the largest eigenvalue below which the model knows no direction


def excess_of(robust: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """(p, p) what makes a robust covariance nowhere smaller than `floor`, in the metric of the latter."""
    half, back = _roots(floor)
    root, turn = np.linalg.eigh(back.T @ robust @ back)
    lifted = half @ turn
    return np.asarray((lifted * np.maximum(1 - root, 0)) @ lifted.T)


def mean_design_effect(robust: np.ndarray, model: np.ndarray, informed: int) -> float:
    """Mean of the `informed` largest eigenvalues of the robust covariance (m, m) relative to the model's."""
    _half, back = _roots(model)
    root = np.linalg.eigvalsh(back.T @ robust @ back)[::-1]
    return float(root[:informed].mean()) if informed else 1.0


def _roots(model: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(p, r) square root of a covariance on its r directions, and the inverse of that."""
    root, vectors = np.linalg.eigh(model)
    kept = root > SMALLEST * root.max()
    return vectors[:, kept] * np.sqrt(root[kept]), vectors[:, kept] / np.sqrt(root[kept])


def kish_effect(weight: np.ndarray, count: np.ndarray) -> float:
    """Design effect of unequal weights (n,), 1 + cv^2, of `count` (n,) respondents each (Kish 1965)."""
    return float(count.sum() * (count @ weight**2) / (count @ weight) ** 2)
