"""How well items that are meant as one scale hang together: Cronbach's alpha with its interval, and omega.

Only for items whose scale the study names: obstacles compete with each other, and capabilities need not form a scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from obstacles.analysis.gaps.gap import Staff
from obstacles.analysis.inference.distributions import f_ppf


@dataclass(frozen=True)
class Reliability:
    """One scale."""

    scale: str
    items: tuple[int, ...]  # positions
    respondents: int  # who rated every item
    alpha: float
    low: float
    high: float
    omega: float | None  # None for fewer than three items, or where one factor does not fit


def reliabilities(staff: Staff, *, level: float = 0.95) -> tuple[Reliability, ...]:
    """Of the current levels of every named scale with at least two items."""
    scales: dict[str, list[int]] = {}
    for j, item in enumerate(staff.items):
        if item.category is not None:
            scales.setdefault(item.category, []).append(j)
    found = [_reliability(staff, name, places, level) for name, places in scales.items() if len(places) > 1]
    return tuple(one for one in found if one is not None)


def _reliability(staff: Staff, name: str, places: list[int], level: float) -> Reliability | None:
    values = staff.answers.current[:, places]
    complete = ~np.isnan(values).any(axis=1)
    values, weight = values[complete], staff.sample.weight[complete]
    k, n = len(places), len(values)
    if n < 3:
        return None
    covariance = np.cov(values, rowvar=False, aweights=weight)
    if covariance.sum() <= 0 or (np.diag(covariance) <= 0).any():
        return None
    kish = float(weight.sum() ** 2 / (weight**2).sum())
    alpha = cronbach_alpha(covariance)
    low, high = feldt_interval(alpha, kish, k, level=level)
    return Reliability(name, tuple(places), n, alpha, low, high, omega(covariance) if k > 2 else None)


def cronbach_alpha(covariance: np.ndarray) -> float:
    """alpha = k / (k - 1) x (1 - trace / sum) of an item covariance matrix (Cronbach 1951)."""
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def feldt_interval(alpha: float, n: float, k: int, *, level: float = 0.95) -> tuple[float, float]:
    """Feldt's interval (1965, Psychometrika 30: 357): (1 - A) / (1 - alpha) has F(n - 1, (n - 1)(k - 1))."""
    df = (n - 1, (n - 1) * (k - 1))
    tail = (1 - level) / 2
    return float(1 - (1 - alpha) * f_ppf(1 - tail, *df)), float(1 - (1 - alpha) * f_ppf(tail, *df))


def omega(covariance: np.ndarray) -> float | None:
    """McDonald's omega (1999) by one common factor, maximum likelihood: (sum l)^2 / ((sum l)^2 + sum psi)."""
    from statsmodels.multivariate.factor import Factor

    scale = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(scale, scale)
    try:
        fit = Factor(corr=correlation, n_factor=1, method="ml").fit()
    except (ValueError, np.linalg.LinAlgError):
        return None
    loading = np.asarray(fit.loadings)[:, 0]
    loading = loading * np.sign(loading.sum() or 1.0) * scale
    common = float(loading.sum() ** 2)
    unique = float((np.asarray(fit.uniqueness) * scale**2).sum())
    if not np.isfinite(common) or (np.asarray(fit.uniqueness) < 1e-4).any():
        return None
    return common / (common + unique)
