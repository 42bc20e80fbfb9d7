"""The engine of set choices: which k of the offered items were taken, given k.

P(S | |S| = k) = prod of a over S / e_k(a), the conditional Rasch model: how many a respondent takes drops out
(Andersen 1972). Elementary symmetric functions e_k, with one and with two items left out, come from the recursion
e_k(A + i) = e_k(A) + a_i e_(k-1)(A) (Chen, Dempster and Liu 1994), which adds and never subtracts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import special

from obstacles.analysis.choice.plackett_luce_fit import WorthFit, centred_fit, refit_alone
from obstacles.analysis.inference.newton import chord, maximise

CELLS = 4_000_000  # numbers of one table of symmetric functions


@dataclass(frozen=True)
class SetCounts:
    """Sufficient statistics: how often each item was taken, and how often a set of a size was taken of an offer."""

    taken: np.ndarray  # (m,)
    offered: np.ndarray  # (s, m) bool
    size: np.ndarray  # (s,)
    times: np.ndarray  # (s,)


def fit_sets(counts: SetCounts, *, pseudo: float = 0.0) -> WorthFit:
    """Maximum-likelihood log-worths that sum to zero, or penalised by `pseudo` wins and losses of each item.

    Raises
    ------
    analysis.inference.newton.ConvergenceError
        When no finite maximum was found.
    """
    m = len(counts.taken)

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        value, gradient, information = counts.taken @ theta, counts.taken.copy(), np.zeros((m, m))
        top = theta.mean()
        for offered, rows, order in by_offer(counts.offered, counts.size):
            single, pairs, whole = left_out(np.exp(theta - top) * offered, order)
            for position, row in rows:
                k = int(counts.size[row])
                value -= counts.times[row] * (np.log(whole[position, k]) + k * top)
                gradient -= counts.times[row] * single[position, :, k - 1] / whole[position, k]
                information += counts.times[row] * set_variance(single, pairs, whole, position, k)
        if pseudo:
            win = special.expit(theta)
            value += pseudo * (special.log_expit(theta) + special.log_expit(-theta)).sum()
            gradient += pseudo * (1 - 2 * win)
            information[range(m), range(m)] += 2 * pseudo * win * (1 - win)
        return float(value), gradient, information

    best = maximise(objective, np.zeros(m), zero_sum=0 if pseudo else m, tolerance=1e-9)
    return centred_fit(best, partial(set_log_likelihood, counts), pseudo)


def by_offer(offered: np.ndarray, size: np.ndarray) -> list[tuple[np.ndarray, list[tuple[int, int]], int]]:
    """Distinct offers in parts that fit into memory, (place in the part, key) of each key, and the largest size."""
    distinct, index = np.unique(offered, axis=0, return_inverse=True)
    index = index.reshape(-1)
    order, m = int(size.max()), offered.shape[1]
    step = max(CELLS // (m * m * (order + 1)), 1)
    parts = []
    for start in range(0, len(distinct), step):
        keys = np.flatnonzero((index >= start) & (index < start + step))
        rows = [(int(index[key]) - start, int(key)) for key in keys]
        parts.append((distinct[start : start + step], rows, order))
    return parts


def left_out(b: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Symmetric functions of each row of (s, m): without one item, times that item; without two, times both; of all.

    Returns
    -------
    (s, m, order + 1), (s, m, m, order + 1), (s, order + 1) arrays; the diagonal of the second is not used.
    """
    s, m = b.shape
    pairs = np.zeros((s, m, m, order + 1))
    pairs[..., 0] = 1
    for item in range(m):
        kept = np.ones((m, m, 1))
        kept[item] = kept[:, item] = 0
        pairs[..., 1:] += kept * b[:, item, None, None, None] * pairs[..., :-1]
    single = pairs[:, range(m), range(m)] * b[:, :, None]
    return single, pairs * b[:, :, None, None] * b[:, None, :, None], _sums(b, order)


def set_variance(single: np.ndarray, pairs: np.ndarray, whole: np.ndarray, position: int, k: int) -> np.ndarray:
    """(m, m) variance of which k items are taken of the offer at `position` of the tables of `left_out`."""
    m = single.shape[1]
    once = single[position, :, k - 1] / whole[position, k]
    twice = pairs[position, :, :, k - 2] / whole[position, k] if k > 1 else np.zeros((m, m))
    twice[range(m), range(m)] = once
    return np.asarray(twice - np.outer(once, once))


def _sums(b: np.ndarray, order: int) -> np.ndarray:
    """(s, order + 1) elementary symmetric functions of each row of (s, m)."""
    sums = np.zeros((len(b), order + 1))
    sums[:, 0] = 1
    for column in b.T:
        sums[:, 1:] += column[:, None] * sums[:, :-1]
    return sums


def one_out(b: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    """As `left_out`, without the pairs: (s, m, order + 1) and (s, order + 1)."""
    s, m = b.shape
    single = np.zeros((s, m, order + 1))
    single[..., 0] = 1
    for item in range(m):
        kept = np.ones((m, 1))
        kept[item] = 0
        single[..., 1:] += kept * b[:, item, None, None] * single[..., :-1]
    return single * b[:, :, None], _sums(b, order)


def set_log_likelihood(counts: SetCounts, theta: np.ndarray) -> float:
    """Log-likelihood of log-worths (m,)."""
    whole = _sums(np.exp(theta) * counts.offered, int(counts.size.max()))
    return float(counts.taken @ theta - counts.times @ np.log(whole[np.arange(len(whole)), counts.size]))


def inclusion(theta: np.ndarray, offered: np.ndarray, size: np.ndarray) -> np.ndarray:
    """(s, m) probability that each item is in the set taken, for each offer (s, m) and size (s,)."""
    result = np.empty(offered.shape)
    for part, rows, order in by_offer(offered, size):
        single, whole = one_out(np.exp(theta - theta.mean()) * part, order)
        for position, row in rows:
            result[row] = single[position, :, size[row] - 1] / whole[position, size[row]]
    return result


def refit_sets(
    taken: np.ndarray, times: np.ndarray, offered: np.ndarray, size: np.ndarray, fit: WorthFit
) -> np.ndarray:
    """(b, m) log-worths of many samples at once: taken (b, m), and times (b, s) of the keys (offered, size).

    A sample in which an item is always or never taken gets the penalty.
    """
    offers, index = np.unique(offered, axis=0, return_inverse=True)
    order, m = int(size.max()), taken.shape[1]
    step = max(CELLS // (m * (order + 1)), 1)

    def slopes(theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        gradient: np.ndarray = taken[rows].copy()
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            for offer, members in enumerate(offers):
                keys = np.flatnonzero(index.reshape(-1) == offer)
                single, whole = one_out(np.exp(theta[part]) * members, order)
                rate = times[np.ix_(rows[part], keys)] / whole[:, size[keys]]
                gradient[part] -= np.einsum("bmk,bk->bm", single[:, :, size[keys] - 1], rate)
        return gradient + fit.pseudo * (1 - 2 * special.expit(theta)) if fit.pseudo else gradient

    theta, unfinished = chord(slopes, np.tile(fit.log_worth + fit.location, (len(taken), 1)), fit.step)
    for b in unfinished:
        theta[b] = refit_alone(partial(fit_sets, SetCounts(taken[b], offered, size, times[b])), fit).log_worth
    return np.asarray(theta - theta.mean(axis=1, keepdims=True))
