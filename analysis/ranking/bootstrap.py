"""How often each item takes each rank when respondents are drawn again: frequencies, not confidence.

Primary units are drawn with replacement within strata, with every weight kept, and the scores fitted again to each
replicate (Efron 1979; Rao and Wu 1988 with m_h draws). Above `EXACT` rows of respondents, or where a model has no
batched refit, the replicates are linear: multipliers of the primary units times their influence. With many units the
multipliers are normal, so that their sums are drawn at once from the normal distribution with the design's covariance,
which is exactly their distribution. Percentile intervals of ranks cover too little for the items at the ends, so these
figures feed no interval and no headline.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.survey_design import SurveyDesign, sum_rows
from obstacles.analysis.scores.base import Fit

EXACT = 20_000  # rows of respondents up to which replicates are refitted
MANY_UNITS = 5_000  # primary units from which on multipliers are normal
REPLICATES = 1_000
CHUNK_CELLS = 4_000_000


@dataclass(frozen=True)
class RankFrequency:
    """Shares of replicates; bootstrap frequencies, not confidence."""

    share: np.ndarray  # (m, m): [j, r] share of replicates in which item j had rank r + 1
    replicates: int
    kind: str  # "refits", "multipliers", "normal multipliers" or "replicate weights"


def rank_frequency(
    fit: Fit, sample: SurveyDesign, *, replicates: int = REPLICATES, seed: int = 1, exact: int = EXACT
) -> RankFrequency | None:
    """How often each item has each rank; equal scores share their places.

    None without an error, or when there is a single primary unit.
    """
    estimate = fit.estimate
    if estimate.influence is None or sample.df < 1:
        return None
    rng = np.random.default_rng(seed)
    if sample.replicates is not None or estimate.covariance_kind == "model":
        kind, values = "normal multipliers", _normal(estimate, replicates, rng)
    elif fit.refit is not None and sample.n <= exact:
        size = max(CHUNK_CELLS // max(sample.n, 1), 1)
        parts = [
            fit.refit(resampled_weights(sample, min(size, replicates - start), rng))
            for start in range(0, replicates, size)
        ]
        kind, values = "refits", np.concatenate(parts)
    elif len(sample.units[1]) < MANY_UNITS:
        kind, values = "multipliers", _multipliers(estimate, sample, replicates, rng)
    else:
        kind, values = "normal multipliers", _normal(estimate, replicates, rng)
    return RankFrequency(frequencies(values), replicates, kind)


def times_drawn(sample: SurveyDesign, replicates: int, rng: np.random.Generator) -> np.ndarray:
    """(replicates, u) how often each primary unit is drawn, with replacement within its stratum."""
    _, stratum = sample.units
    times = np.empty((replicates, len(stratum)))
    for h in np.unique(stratum):
        members = np.flatnonzero(stratum == h)
        if sample.psu_counts is not None:
            share = sample.psu_counts[members] / sample.psu_counts[members].sum()
            times[:, members] = rng.multinomial(round(float(sample.psu_counts[members].sum())), share, replicates)
            continue
        k = len(members)
        drawn = rng.integers(0, k, (replicates, k)) + k * np.arange(replicates)[:, None]
        times[:, members] = np.bincount(drawn.ravel(), minlength=replicates * k).reshape(replicates, k)
    return times


def resampled_weights(sample: SurveyDesign, replicates: int, rng: np.random.Generator) -> np.ndarray:
    """(replicates, n) weights: each respondent's weight times how often its primary unit was drawn."""
    code, _stratum = sample.units
    times = times_drawn(sample, replicates, rng)
    if sample.psu_counts is not None:
        times = times / np.where(sample.psu_counts > 0, sample.psu_counts, 1)
    return np.asarray((times if sample.cluster is None else times[:, code]) * sample.weight)


def _multipliers(estimate: Estimate, sample: SurveyDesign, replicates: int, rng: np.random.Generator) -> np.ndarray:
    """(replicates, m) values moved by the influence of the primary units drawn more or less often than once."""
    assert estimate.influence is not None
    code, stratum = sample.units
    total = sum_rows(estimate.influence, code, len(stratum))
    copies = np.ones(len(total)) if sample.psu_counts is None else sample.psu_counts
    change = times_drawn(sample, replicates, rng) / np.where(copies > 0, copies, 1) - 1
    return np.asarray(estimate.value + change @ total)


def _normal(estimate: Estimate, replicates: int, rng: np.random.Generator) -> np.ndarray:
    assert estimate.covariance is not None
    root, vectors = np.linalg.eigh(np.nan_to_num(estimate.covariance))
    factor = vectors * np.sqrt(np.maximum(root, 0))
    return np.asarray(estimate.value + rng.standard_normal((replicates, len(root))) @ factor.T)


def frequencies(values: np.ndarray) -> np.ndarray:
    """(m, m) rank frequencies of (b, m) replicated scores; an item without a score (NaN) is last."""
    filled = np.where(np.isnan(values), -np.inf, values)
    b, m = filled.shape
    counts = np.zeros((m, m))
    above = (filled[:, None, :] > filled[:, :, None]).sum(axis=2)  # (b, m) items above each
    equal = (filled[:, None, :] == filled[:, :, None]).sum(axis=2)
    item = np.broadcast_to(np.arange(m), (b, m))
    for extra in range(int(equal.max(initial=0))):
        here = equal > extra
        np.add.at(counts, (item[here], above[here] + extra), 1 / equal[here])
    return np.asarray(counts / b)
