"""The Plackett-Luce engine: log-worths from choice-set counts, scores of rankings, and many refits at once.

The log-likelihood is chosen't - sum over sets of faced x log of the sum of exp(t) over the set (Luce 1959; Plackett
1975). Sets may be fractional: an item that belongs to a set by one half counts half of its worth there, which is how
Efron's reading of ties is fitted. Pseudo-rankings are won and lost against a ghost of log-worth 0 (Turner, van Etten,
Firth and Kosmidis 2020).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from obstacles.analysis.choice.choice_sets import NEVER, ChoiceCounts, Choices, complete
from obstacles.analysis.inference.newton import Maximum, chord, first_converged, maximise
from obstacles.analysis.inference.worth_answers import PSEUDO

if TYPE_CHECKING:
    from scipy import sparse

TILE = 8_192  # rankings scored together: their stages stay in the cache
HUNTER_STEPS = 4  # cheap steps of Hunter's iteration (2004) before Newton's


@dataclass(frozen=True)
class WorthFit:
    """Log-worths of m items that sum to zero."""

    log_worth: np.ndarray  # (m,)
    inverse: np.ndarray  # (m, m) inverse information of the (penalised) objective: the model covariance
    log_likelihood: float  # without pseudo-rankings
    pseudo: float
    location: float  # mean of the log-worths against the ghost's 0; 0 without a penalty
    step: np.ndarray  # (m, m) inverse information before the projection on sums of zero: Newton's step
    iterations: int


def fit_counts(counts: ChoiceCounts, *, pseudo: float = 0.0) -> WorthFit:
    """Maximum-likelihood (or penalised) log-worths from choice-set counts.

    Raises
    ------
    ConvergenceError
        When no finite maximum was found (check `analysis.choice.choice_sets.connectivity` first).
    """
    best = _maximum(counts, pseudo)
    return centred_fit(best, partial(log_likelihood, counts), pseudo)


def centred_fit(best: Maximum, log_likelihood: Callable[[np.ndarray], float], pseudo: float) -> WorthFit:
    """The maximum with log-worths that sum to zero; `log_likelihood` takes these (m,)."""
    shift = np.eye(len(best.theta)) - 1 / len(best.theta)
    theta = shift @ best.theta
    return WorthFit(
        log_worth=theta,
        inverse=shift @ best.inverse @ shift,
        log_likelihood=log_likelihood(theta),
        pseudo=pseudo,
        location=float(best.theta.mean()),
        step=best.inverse,
        iterations=best.iterations,
    )


def _maximum(counts: ChoiceCounts, pseudo: float) -> Maximum:
    members = counts.sets.astype(np.float64)
    scaled = np.empty_like(members)  # one buffer for all steps

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        a = np.exp(theta - theta.max())
        total = members @ a
        rate = counts.faced / total
        expected = a * (members.T @ rate)
        value = counts.chosen @ (theta - theta.max()) - counts.faced @ np.log(total)
        together = np.multiply(members, (rate / total)[:, None], out=scaled).T @ members
        information = np.diag(expected) - np.outer(a, a) * together
        gradient = counts.chosen - expected
        if pseudo:
            win = special.expit(theta)
            value += pseudo * (special.log_expit(theta) + special.log_expit(-theta)).sum()
            gradient = gradient + pseudo * (1 - 2 * win)
            information = information + np.diag(2 * pseudo * win * (1 - win))
        return float(value), gradient, information

    a = np.ones(members.shape[1])
    for _step in range(HUNTER_STEPS):
        expected = (counts.faced / (members @ a)) @ members
        a = np.maximum(counts.chosen, 0.5) / np.maximum(expected, 1e-6)
    start = np.clip(np.log(a), -8, 8)
    return maximise(objective, start, zero_sum=0 if pseudo else len(start))


def log_likelihood(counts: ChoiceCounts, theta: np.ndarray) -> float:
    """Plackett-Luce log-likelihood of log-worths (m,), without pseudo-rankings."""
    top = theta.max()
    return float(counts.chosen @ (theta - top) - counts.faced @ np.log(counts.sets @ np.exp(theta - top)))


def scores(
    answers: Choices, log_worth: np.ndarray, *, by: np.ndarray | None = None, weight: np.ndarray | None = None
) -> np.ndarray:
    """(n, p) derivative of each ranking's log-likelihood, times the matrix `by` (m, p) and the weights (n,).

    An item's expected choices are its worth times the running sum of 1 / D, D the total worth of the set, over the
    stages at which it was still there, so that no stage needs a matrix of its own.
    """
    m, n = answers.stage.shape
    by = np.eye(m) if by is None else by
    if weight is not None and n and (weight == weight[0]).all():
        by, weight = by * weight[0], None
    depth = len(answers.faced)
    if not depth:
        return np.zeros((n, by.shape[1]))
    result = np.empty((n, by.shape[1]))
    a = np.exp(log_worth - log_worth.max())
    total = answers.sets @ a
    rate = np.divide(1, total, out=np.zeros_like(total), where=total > 0)
    expected_by = -a[:, None] * by
    full, all_ranked = bool(answers.offered.all()), complete(answers.stage)
    running = np.empty((depth, TILE))
    for start in range(0, n, TILE):
        part = slice(start, start + TILE)
        stage = answers.stage[:, part]
        rows = stage.shape[1]
        for now in range(depth):
            running[now, :rows] = rate.take(answers.faced[now, part])
            if now:
                running[now, :rows] += running[now - 1, :rows]
        place = (stage if all_ranked else np.minimum(stage, depth - 1)).astype(np.intp)
        place *= TILE
        place += np.arange(rows)
        times = running.ravel().take(place)  # running sum of 1 / D at the stage where the item went
        if not full:
            times *= answers.offered[part].T
        np.matmul(times.T, expected_by, out=result[part])
        result[part] += by.sum(axis=0) if all_ranked else (stage != NEVER).astype(np.float64).T @ by
        if weight is not None:
            result[part] *= weight[part, None]
    return result


def refit(read: Choices, weights: np.ndarray, fit: WorthFit) -> np.ndarray:
    """Exact fits for many weightings at once: chord Newton from the fit, all replicates in one batch.

    A replicate in which some item never wins or never loses has no finite worths: it is fitted with the penalty.

    Parameters
    ----------
    weights : (b, n) array
        Weights of the n rankings, one row per replicate.

    Returns
    -------
    (b, m) array
        Log-worths that sum to zero.
    """
    return refit_counts(*replicate_counts(read, weights), fit)


def refit_counts(chosen: np.ndarray, faced: np.ndarray, sets: np.ndarray, fit: WorthFit) -> np.ndarray:
    """(b, m) log-worths from the counts of b replicates: chosen (b, m), and faced (b, s) of the sets (s, m)."""
    members = sets.astype(np.float64)

    def slopes(theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        a = np.exp(theta)
        rate = a @ members.T
        np.divide(faced if len(rows) == len(faced) else faced[rows], rate, out=rate)
        gradient: np.ndarray = chosen[rows] - a * (rate @ members)
        return gradient + fit.pseudo * (1 - 2 * special.expit(theta)) if fit.pseudo else gradient

    start = np.tile(fit.log_worth + fit.location, (len(chosen), 1))
    theta, unfinished = chord(slopes, start, fit.step)
    for b in unfinished:
        theta[b] = refit_alone(partial(fit_counts, ChoiceCounts(chosen[b], sets, faced[b])), fit).log_worth
    return np.asarray(theta - theta.mean(axis=1, keepdims=True))


def refit_alone(again: Callable[..., WorthFit], fit: WorthFit) -> WorthFit:
    """The fit of one replicate by itself: with the penalty of the study's fit, else with `PSEUDO`."""
    return first_converged(partial(again, pseudo=pseudo) for pseudo in (fit.pseudo, PSEUDO))


def replicate_counts(read: Choices, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chosen (b, m) and faced (b, s) counts for weights (b, n) of the n rankings, and the sets (s, m)."""
    table, sets = faced_sets(read)
    faced = np.ascontiguousarray((table @ np.ascontiguousarray(weights.T)).T)
    alone, several = sets.sum(axis=1) == 1, sets.sum(axis=1) > 1
    chosen = weights @ (read.stage != NEVER).T.astype(np.float64) - faced[:, alone] @ sets[alone]
    return chosen, faced[:, several], sets[several]


def faced_sets(read: Choices) -> tuple[sparse.csc_matrix, np.ndarray]:
    """(s, n) how often each ranking faced each of the sets that occur, and these sets (s, m)."""
    from scipy import sparse

    occurs = np.flatnonzero(np.bincount(read.faced.ravel(), minlength=len(read.sets)))
    place = np.zeros(len(read.sets), np.int32)
    place[occurs] = np.arange(len(occurs))
    k, n = read.faced.shape
    table = sparse.csc_matrix(
        (np.ones(k * n), place[read.faced].ravel(order="F"), np.arange(0, k * n + 1, k)), shape=(len(occurs), n)
    )
    return table, read.sets[occurs]
