"""The shares of a group against those of everybody else, with answers added at either end (Agresti and Caffo 2000).

A group in which nobody marked an item has no variance of its own, and a plain t test takes its share for certain: cells
were shaded falsely in up to 100 % of surveys. n, the effective number of answers of a side, is what the design's
variance makes of that of the answers; an answer is added at either end of both sides, as in comparisons of waves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from obstacles.analysis.inference.survey_design import SurveyDesign


@dataclass(frozen=True)
class AgainstRest:
    """Differences group - rest of m items, each (m,)."""

    p: np.ndarray  # NaN where nobody on a side was asked
    centre: np.ndarray  # of the interval
    half: np.ndarray
    rest: np.ndarray  # part of the rest in the weight of all: a group differs from everybody by as much of it


def against_rest(
    marked: np.ndarray, offered: np.ndarray, inside: np.ndarray, used: np.ndarray, sample: SurveyDesign, level: float
) -> AgainstRest:
    """Test a group against the others of those used.

    Parameters
    ----------
    marked, offered : (n, m) arrays
        By respondent of the wave.
    inside, used : (n,) bool arrays
    """
    weight = (sample.weight * sample.times)[:, None] * (offered & used[:, None])
    sides = [weight * rows[:, None] for rows in (inside, ~inside)]
    total = np.array([side.sum(axis=0) for side in sides])
    safe = np.where(total > 0, total, 1.0)
    share = np.array([(side * marked).sum(axis=0) for side in sides]) / safe
    influence = np.column_stack([side * (marked - p) / w for side, p, w in zip(sides, share, safe, strict=True)])
    m = marked.shape[1]
    covariance = sample.covariance(influence)
    units = [sample.effective_in(used & rows) for rows in (inside, ~inside)]
    asked = np.array([sample.times[used & rows] @ offered[used & rows] for rows in (inside, ~inside)])
    factor = np.array([one.factor for one in units])[:, None] * _few(sample, used, inside)
    variance = np.diag(covariance).reshape(2, m) * factor
    square = np.array([(side * sample.weight[:, None]).sum(axis=0) for side in sides])
    kish = total**2 / np.where(square > 0, square, 1.0)
    spread = share * (1 - share)
    n = np.where((variance > 0) & (spread > 0), spread / np.where(variance > 0, variance, 1.0), kish)
    moved, given = (n * share + 1) / (n + 2), n / (n + 2)
    cross = np.diagonal(covariance[:m, m:]) * np.sqrt(factor.prod()) * given.prod(axis=0)
    error = np.sqrt(np.maximum((moved * (1 - moved) / (n + 2)).sum(axis=0) - 2 * cross, 0))
    df = np.maximum(np.minimum(min(one.df for one in units), asked.min(axis=0) - 1), 1)
    centre = moved[0] - moved[1]
    known = (asked.min(axis=0) >= 2) & (error > 0)
    p = np.where(known, 2 * stats.t.sf(np.abs(centre) / np.where(known, error, 1.0), df), np.nan)
    half = np.where(known, stats.t.ppf(0.5 + level / 2, df) * error, np.nan)
    return AgainstRest(p, centre, half, total[1] / np.maximum(total.sum(axis=0), 1e-300))


def _few(sample: SurveyDesign, used: np.ndarray, inside: np.ndarray) -> float:
    """What the smaller side's number of units costs: the design makes good that of all of them only."""
    if sample.replicates is not None:
        return 1.0
    code = sample.units[0]
    counts = [
        len(np.unique(code[used & rows])) if sample.psu_counts is None else sample.times[used & rows].sum()
        for rows in (inside, ~inside)
    ]
    return float(min(counts) / max(min(counts) - 1, 0.5))
