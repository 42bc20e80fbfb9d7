"""Wald tests of several differences at once, with the degrees of freedom of the samples they come from.

F = W (v - q + 1) / (v q) on (q, v - q + 1) degrees of freedom (Korn and Graubard 1990). v is the samples' own where
there is one sample. Independent samples have those of Krishnamoorthy and Yu (2004, Statistics & Probability Letters 66:
161), between the smallest of theirs and their sum, if what the units add is normal; worths and shares of few or
unequally weighted units are not, and v is taken half-way to the smallest (docs/validation.md: theirs reject in 6 to 7 %
at 5 %, the smallest in less than 1 %).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import linalg

from obstacles.analysis.inference.distributions import chi2_sf, f_sf
from obstacles.analysis.inference.estimate import Test

SMALLEST = 1e-9  # eigenvalue of a correlation matrix below which a direction has no variance


def wald(
    name: str,
    hypothesis: str,
    difference: np.ndarray,
    whole: np.ndarray,
    parts: Sequence[np.ndarray],
    df: Sequence[float],
    *,
    most: float = np.inf,
) -> Test | None:
    """Test that all of q differences are zero.

    Parameters
    ----------
    difference : (q,) array
    whole : (q, q) array
        Its covariance.
    parts : sequence of (q, q) arrays
        What each sample adds to the covariance, leaving out covariances between samples.
    df : sequence of float
        Degrees of freedom of the samples.
    most : float
        Degrees of freedom of all samples together.

    Returns
    -------
    Test, or None where a sample has fewer degrees of freedom than there are differences, nothing varies, or some
    combination of differences is certain and not zero.
    """
    base = _basis(difference, whole)
    if base is None or not base.shape[1]:
        return None
    q = base.shape[1]
    difference, whole = base.T @ difference, base.T @ whole @ base
    v = several_df(whole, [base.T @ part @ base for part in parts], df, most)
    if v < q:
        return None
    return hotelling(name, hypothesis, float(difference @ linalg.solve(whole, difference, assume_a="pos")), q, v)


def hotelling(name: str, hypothesis: str, statistic: float, q: int, v: float) -> Test:
    """The Wald statistic of q differences as F with v degrees of freedom, as chi-square where these are infinite."""
    if not np.isfinite(v):
        return Test(name, hypothesis, statistic, (float(q),), float(chi2_sf(statistic, q)))
    f = statistic * (v - q + 1) / (v * q)
    return Test(name, hypothesis, f, (float(q), float(v - q + 1)), float(f_sf(f, q, v - q + 1)))


def several_df(whole: np.ndarray, parts: Sequence[np.ndarray], df: Sequence[float], most: float = np.inf) -> float:
    """Degrees of freedom of q differences at once.

    One difference has those of the smallest sample that adds to its variance; several lie half-way between these and
    those of Krishnamoorthy and Yu (2004).
    """
    q, below = len(whole), 0.0
    sum_of_parts = np.sum(parts, axis=0)
    adding = [(part, own) for part, own in zip(parts, df, strict=True) if np.isfinite(own) and np.trace(part) > 0]
    for part, own in adding:
        share = np.linalg.solve(sum_of_parts, part)
        below += float(np.trace(share @ share) + np.trace(share) ** 2) / max(own, 1e-9)
    if not below:
        return most
    fewest = min(own for _part, own in adding)
    alone = q == 1 or fewest < q  # too few for a covariance of their own: too few for the test
    return float(min(fewest if alone else (fewest + (q + q**2) / below) / 2, most))


def _basis(difference: np.ndarray, whole: np.ndarray) -> np.ndarray | None:
    """(q, r) directions that vary; None where one that does not vary has a difference."""
    scale = np.sqrt(np.maximum(np.diag(whole), 0))
    safe = np.where(scale > 0, scale, 1.0)
    root, vectors = np.linalg.eigh(whole / np.outer(safe, safe))
    flat = root <= SMALLEST * max(float(root.max(initial=0.0)), 1e-300)
    turned = vectors / safe[:, None]
    left = np.abs(difference @ turned[:, flat])
    if (left > 1e-8 * max(float(np.abs(difference / safe).max(initial=0.0)), 1e-300)).any() and np.abs(
        difference
    ).any():
        return None
    return np.asarray(turned[:, ~flat])


def centred(m: int) -> np.ndarray:
    """(m - 1, m) contrasts of m values against their mean: what is left when all move together."""
    return np.eye(m)[:-1] - 1 / m
