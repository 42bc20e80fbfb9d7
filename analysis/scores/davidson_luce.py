"""Davidson-Luce worths: rankings in which items may be tied.

A block S of items chosen together has weight d_|S| (prod a_i)^(1/|S|) with d_1 = 1 (Davidson 1970; Turner, van Etten,
Firth and Kosmidis 2020, eq. 5); a stage chooses one block among all blocks of the orders that the study observes and
that fit into the places left. The likelihood is a conditional logit in log a and log d, hence concave. With
pseudo-rankings the ghost comparison holds the tie of an item and the ghost too when ties of two are in the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.blocks import expectation, information
from analysis.newton import maximise
from analysis.tied_choices import TiedChoices, TiedCounts, tied_counts

TILE = 32_768


@dataclass(frozen=True)
class TiedFit:
    """Log-worths of m items that sum to zero, and log tie weights of the orders above 1."""

    log_worth: np.ndarray  # (m,)
    log_tie: np.ndarray  # (q - 1,)
    inverse: np.ndarray  # (m + q - 1,)*2 inverse information of the (penalised) objective, log-worths centred
    log_likelihood: float  # without pseudo-rankings
    null_log_likelihood: float  # equal worths, the same tie weights free
    pseudo: float
    location: float
    step: np.ndarray  # as `inverse`, before centring


def fit_tied(counts: TiedCounts, *, pseudo: float = 0.0) -> TiedFit:
    """Maximum-likelihood (or penalised) log-worths and log tie weights.

    Raises
    ------
    analysis.newton.ConvergenceError
        When no finite maximum was found.
    """
    m, q = counts.sets.shape[1], len(counts.orders)
    chosen = np.concatenate([counts.chosen, counts.blocks[1:]])

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        found = expectation(theta, counts)
        value = chosen @ theta - counts.faced @ found.log_total
        gradient = chosen - counts.faced @ found.mean
        matrix = information(theta, counts, found)
        if pseudo:
            ghost = _ghost(theta, m, counts.orders, pseudo)
            value, gradient, matrix = value + ghost[0], gradient + ghost[1], matrix + ghost[2]
        return float(value), gradient, matrix

    start = np.zeros(m + q - 1)
    best = maximise(objective, start, zero_sum=0 if pseudo else m, tolerance=1e-9)
    shift = np.eye(m + q - 1)
    shift[:m, :m] -= 1 / m
    theta = shift @ best.theta
    return TiedFit(
        log_worth=theta[:m],
        log_tie=theta[m:],
        inverse=shift @ best.inverse @ shift.T,
        log_likelihood=_log_likelihood(theta, chosen, counts),
        null_log_likelihood=_null(chosen, counts),
        pseudo=pseudo,
        location=float(best.theta[:m].mean()),
        step=best.inverse,
    )


def _log_likelihood(theta: np.ndarray, chosen: np.ndarray, counts: TiedCounts) -> float:
    return float(chosen @ theta - counts.faced @ expectation(theta, counts).log_total)


def _null(chosen: np.ndarray, counts: TiedCounts) -> float:
    """Largest log-likelihood with equal worths: only the tie weights are free."""
    m, q = counts.sets.shape[1], len(counts.orders)

    def objective(log_tie: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        theta = np.concatenate([np.zeros(m), log_tie])
        found = expectation(theta, counts)
        tied = found.mean[:, m:]
        spread = np.diag(counts.faced @ tied) - (tied * counts.faced[:, None]).T @ tied
        value = chosen @ theta - counts.faced @ found.log_total
        return float(value), chosen[m:] - counts.faced @ tied, spread

    if q == 1:
        return objective(np.zeros(0))[0]
    return maximise(objective, np.zeros(q - 1), zero_sum=0, tolerance=1e-9).value


def _ghost(theta: np.ndarray, m: int, orders: tuple[int, ...], pseudo: float) -> tuple[float, np.ndarray, np.ndarray]:
    """Value, gradient and information of `pseudo` wins and losses of each item against a ghost of log-worth 0."""
    p = len(theta)
    tie = m + orders.index(2) - 1 if 2 in orders else None
    value, gradient, matrix = 0.0, np.zeros(p), np.zeros((p, p))
    for item in range(m):
        outcome = np.zeros((3 if tie is not None else 2, p))  # ghost, item, both
        outcome[1, item] = 1
        if tie is not None:
            outcome[2, [item, tie]] = 0.5, 1
        log_weight = outcome @ theta
        total = np.logaddexp.reduce(log_weight)
        probability = np.exp(log_weight - total)
        mean = probability @ outcome
        value += pseudo * (theta[item] - 2 * total)
        gradient += pseudo * (outcome[1] - 2 * mean)
        matrix += 2 * pseudo * ((outcome.T * probability) @ outcome - np.outer(mean, mean))
    return float(value), gradient, matrix


def tied_scores(answers: TiedChoices, fit: TiedFit, orders: tuple[int, ...]) -> np.ndarray:
    """(n, m + q - 1) derivative of each ranking's log-likelihood."""
    m, n = answers.stage.shape
    theta = np.concatenate([fit.log_worth, fit.log_tie])
    several = answers.sets.sum(axis=1) > 1
    keys = np.flatnonzero(several)
    every = TiedCounts(
        np.zeros(m), np.zeros(len(orders)), orders, answers.sets[keys], answers.largest[keys], np.ones(len(keys))
    )
    mean = np.zeros((len(several), len(theta)))
    mean[keys] = expectation(theta, every).mean
    result = np.zeros((n, len(theta)))
    for start in range(0, n, TILE):
        part = slice(start, start + TILE)
        for now in range(len(answers.faced)):
            key, size = answers.faced[now, part], answers.size[now, part]
            real = several[key]
            result[part] -= mean[key]
            share = np.where(real, 1 / np.maximum(size, 1), 0.0)
            result[part, :m] += (answers.stage[:, part] == now).T * share[:, None]
            for position, order in enumerate(orders[1:]):
                result[part, m + position] += real & (size == order)
    return result


def refit_tied(answers: TiedChoices, weights: np.ndarray, fit: TiedFit, orders: tuple[int, ...]) -> np.ndarray:
    """(b, m) log-worths for many weightings (b, n).

    A replicate in which an order of ties does not occur, or an item never wins or loses, is fitted with the penalty,
    so that every replicate keeps the parameters of the study.
    """
    from analysis.newton import ConvergenceError

    result = np.empty((len(weights), len(fit.log_worth)))
    for b, weight in enumerate(weights):
        counts = tied_counts(answers, weight, orders)
        try:
            result[b] = fit_tied(counts, pseudo=fit.pseudo).log_worth
        except ConvergenceError:
            result[b] = fit_tied(counts, pseudo=0.5).log_worth
    return result
