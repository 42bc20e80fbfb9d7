"""A group against everybody else, and what neighbours say of a small group.

"Everybody else" leaves the group out, so that the two do not overlap. A difference of shares has the interval of
Agresti and Caffo (2000, American Statistician 54: 280): one answer is added to each side of each share, which keeps its
coverage in small groups; n are effective numbers of respondents without the finite population correction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from obstacles.analysis.gaps.gap import Staff, estimate, t_quantile
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.multiplicity import adjusted


@dataclass(frozen=True)
class Difference:
    """Shares of a group - shares of others, each (q,)."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    p_adjusted: np.ndarray  # Holm over the capabilities that are compared


def share_difference(
    first: np.ndarray,
    first_n: np.ndarray,
    second: np.ndarray,
    second_n: np.ndarray,
    *,
    level: float = 0.95,
    df: np.ndarray | float = np.inf,
) -> Difference:
    """Compare (q,) shares of effective numbers of respondents; NaN where either is not known.

    `df` are the degrees of freedom of t; infinite ones are the normal quantiles of the paper.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = [(share * n + 1) / (n + 2) for share, n in ((first, first_n), (second, second_n))]
        variance = sum(p * (1 - p) / (n + 2) for p, n in zip(moved, (first_n, second_n), strict=True))
        middle, error = moved[0] - moved[1], np.sqrt(variance)
        p = 2 * special.stdtr(np.clip(df, 1, 1e9), -np.abs(middle) / error)
    unknown = np.isnan(first) | np.isnan(second) | ~(first_n > 0) | ~(second_n > 0)
    p = np.where(unknown, np.nan, p)
    half = t_quantile(np.asarray(df), level) * error
    value = np.where(unknown, np.nan, first - second)
    low, high = np.maximum(middle - half, -1), np.minimum(middle + half, 1)
    return Difference(value, np.where(unknown, np.nan, low), np.where(unknown, np.nan, high), p, adjusted(p))


@dataclass(frozen=True)
class PairedTests:
    """Is the current level the same as what is required, person by person? Each (q,)."""

    method: str  # "sign" or "t"
    p: np.ndarray
    p_adjusted: np.ndarray  # Holm over the capabilities of the group


def paired_tests(staff: Staff, inside: np.ndarray) -> PairedTests:
    """The sign test for equal weights without a design, else the design-based t test of the mean signed gap.

    The sign test (Arbuthnott 1710; Dixon and Mood 1946) asks whether as many are above the required level as below, and
    takes the levels as an order only.
    """
    signed = staff.values("signed")[inside]
    known = ~np.isnan(signed).all(axis=0)
    p = np.full(signed.shape[1], np.nan)
    if staff.sample.simple:
        from scipy import stats

        above, below = (signed < 0).sum(axis=0), (signed > 0).sum(axis=0)
        for j in np.flatnonzero(known).tolist():
            n = int(above[j] + below[j])
            p[j] = float(stats.binomtest(int(below[j]), n).pvalue) if n else 1.0
    else:
        p = _t_test(estimate(staff, inside, "signed"))
    return PairedTests("sign" if staff.sample.simple else "t", p, adjusted(p))


def _t_test(mean: Estimate) -> np.ndarray:
    """(q,) two-sided p-values of a mean of zero; no error is certainty unless the mean is zero, too."""
    assert mean.covariance is not None
    error = np.sqrt(mean.inflation * np.maximum(np.diag(mean.covariance), 0))
    df = np.minimum(mean.df, mean.item_base - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * special.stdtr(np.clip(df, 1, 1e9), -np.abs(mean.value) / error)
    p = np.where((error == 0) & (mean.value == 0), 1.0, p)
    return np.asarray(np.where(df < 1, np.nan, p))


@dataclass(frozen=True)
class Pooled:
    """Shares drawn towards the mean of all groups, each (g,): an addition, never in place of the group's own share."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    mean: float  # of all groups
    spread: float  # standard deviation between groups
    own: np.ndarray  # how much of each value is the group's own share, 0..1


def pooled_shares(share: np.ndarray, n: np.ndarray, *, level: float = 0.95) -> Pooled | None:
    """Partial pooling by a random intercept per group (Fay and Herriot 1979, JASA 74: 269).

    Each share has the sampling variance of the mean share for its effective number of respondents; the variance between
    groups is that of Paule and Mandel (1982). Intervals add the error of the mean (Prasad and Rao 1990, first term and
    second). None for fewer than three groups.

    Parameters
    ----------
    share, n : (g,) arrays
        Shares and effective numbers of respondents; groups with NaN are left out.
    """
    from statsmodels.stats.meta_analysis import combine_effects

    known = ~np.isnan(share) & (n > 0)
    if known.sum() < 3:
        return None
    y, size = share[known], n[known]
    middle = float(np.clip((y * size).sum() / size.sum(), 0.5 / size.sum(), 1 - 0.5 / size.sum()))
    sampling = middle * (1 - middle) / size
    with np.errstate(divide="ignore", invalid="ignore"):  # its other measures, where all shares are equal
        between = max(float(combine_effects(y, sampling, method_re="iterated").tau2), 0.0)
    weight = 1 / (between + sampling)
    mean = float((weight * y).sum() / weight.sum())
    own = between / (between + sampling)
    value = own * y + (1 - own) * mean
    error = np.sqrt(own * sampling + (1 - own) ** 2 / weight.sum())
    half = float(special.ndtri(0.5 + level / 2)) * error
    parts = [np.full(len(share), np.nan) for _part in range(4)]
    for part, found in zip(parts, (value, np.maximum(value - half, 0), np.minimum(value + half, 1), own), strict=True):
        part[known] = found
    return Pooled(parts[0], parts[1], parts[2], mean, float(np.sqrt(between)), parts[3])
