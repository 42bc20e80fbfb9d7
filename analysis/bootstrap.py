"""How often each item takes each rank when respondents are drawn again: frequencies, not confidence.

Primary units are drawn with replacement within strata, with every weight kept, and the scores fitted again to each
replicate (Efron 1979; Rao and Wu 1988 with m_h draws). Above `EXACT` respondents the scores are drawn from the normal
distribution that their covariance describes, which is what multiplier draws come to there. Percentile intervals of
ranks cover too little for the items at the ends, so these figures feed no interval and no headline.
"""

from __future__ import annotations

import numpy as np

from analysis.design import Sample
from analysis.estimate import Estimate
from analysis.scores.model import Fit

EXACT = 20_000  # respondents up to which replicates are refitted
REPLICATES = 1_000
CHUNK_CELLS = 4_000_000


def rank_frequency(fit: Fit, sample: Sample, *, replicates: int = REPLICATES, seed: int = 1) -> np.ndarray | None:
    """(m, m): share of replicates in which item j had rank r + 1; equal scores share their places.

    None without an error, or when there is a single primary unit.
    """
    estimate = fit.estimate
    if estimate.covariance is None or fit.refit is None or sample.df < 1:
        return None
    rng = np.random.default_rng(seed)
    if sample.n > EXACT:
        return frequencies(_normal(estimate, replicates, rng))
    size = max(CHUNK_CELLS // max(sample.n, 1), 1)
    parts = [
        fit.refit(resampled_weights(sample, min(size, replicates - start), rng)) for start in range(0, replicates, size)
    ]
    return frequencies(np.concatenate(parts))


def resampled_weights(sample: Sample, replicates: int, rng: np.random.Generator) -> np.ndarray:
    """(replicates, n) weights: each respondent's weight times how often its primary unit was drawn."""
    unit, stratum = sample.units
    times = np.empty((replicates, len(stratum)))
    for h in np.unique(stratum):
        members = np.flatnonzero(stratum == h)
        times[:, members] = rng.multinomial(len(members), np.full(len(members), 1 / len(members)), replicates)
    return np.asarray(times[:, unit] * sample.weight)


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
