"""Quasi-variances: one number per item from which the error of every difference can be read off.

Firth and de Menezes (2004, Biometrika 91): q minimises the sum over pairs of [log(q_i + q_j) - log Var(t_i - t_j)]^2.
Where some q would be negative (three items, odd designs) there is none, and differences are shown pair by pair.
"""

from __future__ import annotations

import numpy as np

SMALLEST = 1e-12  # of the largest variance of a difference: what rounding leaves of none


def quasi_variances(covariance: np.ndarray) -> np.ndarray | None:
    """(m,) quasi-variances of scores with this (m, m) covariance; None where they do not exist."""
    m = len(covariance)
    first, second = np.triu_indices(m, 1)
    variance = covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
    if m < 3 or not (variance > SMALLEST * variance.max(initial=0.0)).all():
        return None

    def residual(log_q: np.ndarray) -> np.ndarray:
        q = np.exp(log_q)
        return np.asarray(np.log(q[first] + q[second]) - np.log(variance))

    def slope(log_q: np.ndarray) -> np.ndarray:
        q = np.exp(log_q)
        total = q[first] + q[second]
        matrix = np.zeros((len(first), m))
        matrix[np.arange(len(first)), first] = q[first] / total
        matrix[np.arange(len(first)), second] = q[second] / total
        return matrix

    from scipy import optimize

    start = np.log(np.full(m, np.median(variance) / 2))
    with np.errstate(all="ignore"):  # steps that lead nowhere are steps of a fit that is refused below
        found = optimize.least_squares(residual, start, slope, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    q = np.exp(found.x)
    if not found.success or q.min() < 1e-6 * q.max():
        return None
    return np.asarray(q)
