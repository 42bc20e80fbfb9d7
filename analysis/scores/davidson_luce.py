"""Davidson-Luce worths: rankings in which items may be tied.

A block S of items chosen together has weight d_|S| (prod a_i)^(1/|S|) with d_1 = 1 (Davidson 1970; Turner, van Etten,
Firth and Kosmidis 2020, eq. 5), or d = 1 for the smallest size where all places are shared; a stage chooses one block
among all blocks of the orders that the study observes and that fit into the places left. The likelihood is a
conditional logit in log a and log d, hence concave. With pseudo-rankings the ghost comparison holds the tie of an item
and the ghost too when ties of two are in the model.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy import special

from obstacles.analysis.choice.choice_sets import TABLE_ITEMS
from obstacles.analysis.choice.tied_choices import TiedChoices, TiedCounts, tied_counts, tied_told, tiles
from obstacles.analysis.choice.tied_sets import Expectation, expectation, expected_batch, information
from obstacles.analysis.inference.newton import chord, first_converged, maximise
from obstacles.analysis.inference.worth_answers import PSEUDO

HALF_A_BLOCK = 0.5  # what a replicate counts of an order of ties that does not occur in it


@dataclass(frozen=True)
class TiedFit:
    """Log-worths of m items that sum to zero, and log tie weights of the orders above 1."""

    log_worth: np.ndarray  # (m,)
    log_tie: np.ndarray  # (q - 1,)
    orders: tuple[int, ...]  # the q block sizes of the model
    inverse: np.ndarray  # (m + q - 1,)*2 inverse information of the (penalised) objective, log-worths centred
    log_likelihood: float  # without pseudo-rankings
    pseudo: float
    location: float  # mean of the log-worths against the ghost's 0; 0 without a penalty
    step: np.ndarray  # as `inverse`, before centring


def fit_tied(counts: TiedCounts, *, pseudo: float = 0.0) -> TiedFit:
    """Maximum-likelihood (or penalised) log-worths and log tie weights.

    Parameters
    ----------
    pseudo : float
        Pseudo-rankings won, and as many lost, by each item against the ghost.

    Raises
    ------
    analysis.inference.newton.ConvergenceError
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

    start = np.concatenate([np.zeros(m), _rough_ties(counts)])
    best = maximise(objective, start, zero_sum=0 if pseudo else m, tolerance=1e-9)
    shift = np.eye(m + q - 1)
    shift[:m, :m] -= 1 / m
    theta = shift @ best.theta
    return TiedFit(
        log_worth=theta[:m],
        log_tie=theta[m:],
        orders=counts.orders,
        inverse=shift @ best.inverse @ shift.T,
        log_likelihood=float(chosen @ theta - counts.faced @ expectation(theta, counts).log_total),
        pseudo=pseudo,
        location=float(best.theta[:m].mean()),
        step=best.inverse,
    )


def _rough_ties(counts: TiedCounts) -> np.ndarray:
    """(q - 1,) log tie weights that would give the observed numbers of blocks if all items were equal."""
    ways = _ways(counts) * counts.faced[:, None]
    expected = np.maximum(ways.sum(axis=0), 1e-300)
    found = np.maximum(counts.blocks, 0.5)
    return np.asarray(np.log(found[1:] / found[0]) - np.log(expected[1:] / expected[0]))


def _ways(counts: TiedCounts) -> np.ndarray:
    """(s, q) blocks of each order that fit into each set."""
    orders = np.array(counts.orders)
    return np.where(orders <= counts.largest[:, None], special.comb(counts.sets.sum(axis=1)[:, None], orders), 0.0)


def null_log_likelihood(counts: TiedCounts) -> float:
    """Largest log-likelihood with equal worths: only the tie weights are free.

    Raises
    ------
    analysis.inference.newton.ConvergenceError
        When a tie weight runs off to infinity.
    """
    ways, index = np.unique(_ways(counts), axis=0, return_inverse=True)
    faced = np.bincount(index.reshape(-1), counts.faced, minlength=len(ways))

    def objective(log_tie: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        weight = ways * np.exp(np.concatenate([[0.0], log_tie]))
        total = weight.sum(axis=1)
        tied = weight[:, 1:] / total[:, None]
        spread = np.diag(faced @ tied) - (tied * faced[:, None]).T @ tied
        return float(counts.blocks[1:] @ log_tie - faced @ np.log(total)), counts.blocks[1:] - faced @ tied, spread

    if len(counts.orders) == 1:
        return objective(np.zeros(0))[0]
    return maximise(objective, _rough_ties(counts), zero_sum=0, tolerance=1e-9).value


def _ghost(theta: np.ndarray, m: int, orders: tuple[int, ...], pseudo: float) -> tuple[float, np.ndarray, np.ndarray]:
    """Value, gradient and information of `pseudo` wins and losses of each item against a ghost of log-worth 0."""
    p = len(theta)
    tie = m + orders.index(2) - 1 if 1 in orders and 2 in orders else None
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


def tied_scores(
    answers: TiedChoices, fit: TiedFit, *, by: np.ndarray | None = None, weight: np.ndarray | None = None
) -> np.ndarray:
    """(n, p) derivative of each ranking's log-likelihood, times the matrix `by` (m + q - 1, p) and the weights (n,)."""
    m, n = answers.stage.shape
    by = np.eye(m + len(fit.log_tie)) if by is None else by
    several = answers.sets.sum(axis=1) > 1
    expected = np.zeros((len(several), by.shape[1]))
    expected[several] = _means(answers, fit, np.flatnonzero(several)).mean @ by
    tied = np.zeros((m + 1, by.shape[1]))  # what a block of each size adds
    tied[list(fit.orders[1:])] = by[m:]
    result = np.empty((n, by.shape[1]))
    for part, size, share in tiles(answers):
        np.matmul(share.T, by[:m], out=result[part])
        for now in range(len(size)):
            result[part] -= expected[answers.faced[now, part]]
            if (size[now] > 1).any():
                result[part] += tied[size[now]]
        if weight is not None:
            result[part] *= weight[part, None]
    return result


def _means(answers: TiedChoices, fit: TiedFit, keys: np.ndarray) -> Expectation:
    m, q = len(fit.log_worth), len(fit.orders)
    largest = np.minimum(answers.largest[keys], fit.orders[-1])
    every = TiedCounts(np.zeros(m), np.zeros(q), fit.orders, answers.sets[keys], largest, np.ones(len(keys)))
    return expectation(np.concatenate([fit.log_worth, fit.log_tie]), every)


def refit_tied(answers: TiedChoices, weights: np.ndarray, fit: TiedFit) -> np.ndarray:
    """(b, m) log-worths for many weightings (b, n), all at once from the fit; up to 16 items.

    A replicate in which an order of ties does not occur counts half a block of it, and one in which an item never wins
    or loses gets pseudo-rankings, so that every replicate has the parameters of the study.
    """
    m = len(fit.log_worth)
    if m > TABLE_ITEMS:
        raise ValueError(f"batched refits are for at most {TABLE_ITEMS} items")
    whole = tied_counts(answers, np.ones(weights.shape[1]), fit.orders)
    chosen, faced = _replicate_counts(answers, weights, whole)
    chosen[:, m:] = np.where(chosen[:, m:] > 0, chosen[:, m:], HALF_A_BLOCK)
    theta = np.concatenate([fit.log_worth + fit.location, fit.log_tie])
    usual = expected_batch(theta[None], whole, whole.faced[None])[0, m:]

    def slopes(theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        expected = expected_batch(theta, whole, faced[rows])
        gradient: np.ndarray = chosen[rows] - expected
        if fit.pseudo:
            ghost = np.array([_ghost(row, m, fit.orders, fit.pseudo)[1] for row in theta])
            gradient += ghost
            expected[:, m:] -= ghost[:, m:]
        # Expected blocks grow with exp(log tie weight): their logarithm is nearly linear, and far moves converge.
        gradient[:, m:] = usual * np.log(chosen[rows, m:] / np.maximum(expected[:, m:], 1e-12))
        return gradient

    found, unfinished = chord(slopes, np.tile(theta, (len(weights), 1)), fit.step)
    for b in unfinished:
        counts = tied_counts(answers, weights[b], fit.orders)
        if not len(counts.sets):  # nobody of the replicate compares two items
            found[b, :m] = 0.0
            continue
        counts = replace(counts, blocks=np.concatenate([counts.blocks[:1], chosen[b, m:]]))
        tries = [(counts, fit.pseudo), (counts, PSEUDO), (_every_order(answers, weights[b], fit), PSEUDO)]
        found[b, :m] = first_converged(partial(fit_tied, one, pseudo=p) for one, p in tries).log_worth
    return np.asarray(found[:, :m] - found[:, :m].mean(axis=1, keepdims=True))


def _every_order(answers: TiedChoices, weight: np.ndarray, fit: TiedFit) -> TiedCounts:
    """The counts of weights (n,) with half a block of every order that does not occur, of all items of the largest set.

    A replicate of wholly tied rankings alone has no strict choice, so that its tie weights would run off to infinity.
    """
    counts = tied_counts(answers, weight, fit.orders)
    missing = counts.blocks <= 0
    largest = int(np.argmax(counts.sets.sum(axis=1)))
    more = HALF_A_BLOCK * np.count_nonzero(missing)
    inside, faced = counts.sets[largest], counts.faced.copy()
    faced[largest] += more
    chosen = counts.chosen + more * inside / inside.sum()
    return replace(counts, chosen=chosen, faced=faced, blocks=np.where(missing, HALF_A_BLOCK, counts.blocks))


def _replicate_counts(answers: TiedChoices, weights: np.ndarray, whole: TiedCounts) -> tuple[np.ndarray, np.ndarray]:
    """Chosen blocks (b, m + q - 1) and faced keys (b, s) for weights (b, n), the keys as in `whole`."""
    from scipy import sparse

    n = answers.stage.shape[1]
    several = answers.sets.sum(axis=1) > 1
    key = np.where(several[answers.faced], answers.faced, 0)
    occurs, index = np.unique(key, return_inverse=True)
    row = np.tile(np.arange(n), len(answers.faced))
    table = sparse.csr_matrix((np.ones(key.size), (index.reshape(-1), row)), shape=(len(occurs), n))
    faced = np.asarray((table @ weights.T).T)[:, occurs > 0]
    assert faced.shape[1] == len(whole.faced)
    told = tied_told(answers, whole.orders)
    return np.asarray(weights @ told), faced
