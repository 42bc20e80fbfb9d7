"""Mixtures of Plackett-Luce models: classes of respondents, each with worths of its own (Gormley and Murphy 2008).

Respondents with the same ranking are one row. Short EM runs from random starts find the neighbourhood of the maximum,
BFGS on the exact gradient (Fisher's identity: posterior-weighted scores) finishes, and the observed information comes
from differences of that gradient. Every item of every class has half a pseudo-comparison won and half lost, so that no
class runs off to infinity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from obstacles.analysis.choice.choice_sets import NEVER, Choices, choice_counts, choices
from obstacles.analysis.choice.plackett_luce_fit import fit_counts, scores
from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.inference.worth_answers import PSEUDO
from obstacles.text.language import _

SHORT, STARTS, KEPT = 8, 12, 3  # EM steps of a short run, short runs, and those that are finished
GRADIENT = 1e-7  # largest slope of the mean log-likelihood where a run is finished


@dataclass(frozen=True)
class Patterns:
    """Distinct rankings and how often each occurs."""

    read: Choices
    ranks: np.ndarray  # (p, m)
    offered: np.ndarray  # (p, m)
    index: np.ndarray  # (r,) pattern of each answer

    @property
    def items(self) -> int:
        return int(self.ranks.shape[1])


@dataclass(frozen=True)
class Mixture:
    """A fit of k classes, the largest first."""

    share: np.ndarray  # (k,) of the population
    log_worth: np.ndarray  # (k, m) sum zero each
    log_likelihood: float  # without the penalty
    theta: np.ndarray  # (k - 1 + k (m - 1),) log shares against the first class, then log-worths but the last item's

    @property
    def classes(self) -> int:
        return len(self.share)


def patterns_of(ranks: np.ndarray, offered: np.ndarray) -> Patterns:
    """Raises analysis.choice.choice_sets.TiesError for rankings with ties."""
    whole = np.column_stack([ranks, offered])
    rows, index = np.unique(whole, axis=0, return_inverse=True)
    m = ranks.shape[1]
    distinct, there = rows[:, :m].astype(np.int16), rows[:, m:].astype(bool)
    return Patterns(choices(distinct, there), distinct, there, index.reshape(-1))


def log_densities(patterns: Patterns, log_worth: np.ndarray) -> np.ndarray:
    """(p, k) log-likelihood of each pattern in each class."""
    read = patterns.read
    placed = (read.stage != NEVER).T
    found = np.empty((placed.shape[0], len(log_worth)))
    for j, t in enumerate(log_worth):
        total = read.sets @ np.exp(t)
        log_total = np.log(np.where(total > 0, total, 1.0))
        found[:, j] = placed @ t - log_total[read.faced].sum(axis=0)
    return found


def posterior(patterns: Patterns, fit: Mixture) -> np.ndarray:
    """(p, k) probability of each class given the ranking."""
    joint = log_densities(patterns, fit.log_worth) + np.log(fit.share)
    return np.asarray(special.softmax(joint, axis=1))


def unpack(theta: np.ndarray, k: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Log shares (k,) and log-worths (k, m) that sum to zero."""
    log_share = special.log_softmax(np.concatenate([[0.0], theta[: k - 1]]))
    worths = np.concatenate([theta[k - 1 :].reshape(k, m - 1), np.zeros((k, 1))], axis=1)
    return log_share, worths - worths.mean(axis=1, keepdims=True)


def slopes(patterns: Patterns, weight: np.ndarray, theta: np.ndarray, k: int) -> tuple[float, np.ndarray]:
    """Penalised log-likelihood and its gradient; `weight` is (p,)."""
    value, each = pattern_scores(patterns, theta, k)
    _share, worths = unpack(theta, k, patterns.items)
    penalty = PSEUDO * float((special.log_expit(worths) + special.log_expit(-worths)).sum())
    pull = PSEUDO * (1 - 2 * special.expit(worths))
    pull = pull - pull.mean(axis=1, keepdims=True)
    gradient = weight @ each
    gradient[k - 1 :] += pull[:, :-1].ravel()
    return float(weight @ value) + penalty, gradient


def pattern_scores(patterns: Patterns, theta: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihood of each pattern (p,) and its derivatives (p, size of theta), without the penalty."""
    log_share, worths = unpack(theta, k, patterns.items)
    joint = log_densities(patterns, worths) + log_share
    value = special.logsumexp(joint, axis=1)
    tau = np.exp(joint - value[:, None])
    parts = [tau[:, 1:] - np.exp(log_share[1:])]
    for j in range(k):
        own = scores(patterns.read, worths[j])
        own = own - own.mean(axis=1, keepdims=True)
        parts.append(tau[:, [j]] * own[:, :-1])
    return value, np.concatenate(parts, axis=1)


def fit_mixture(
    patterns: Patterns,
    weight: np.ndarray,
    k: int,
    rng: np.random.Generator,
    *,
    starts: int = STARTS,
    kept: int = KEPT,
    near: Mixture | None = None,
) -> Mixture:
    """The best of several starts.

    Parameters
    ----------
    weight : (p,) array
        How often each pattern occurs.
    starts, kept : int
        Short runs from random memberships, and how many of them are finished.
    near : Mixture, optional
        A further start.

    Raises
    ------
    analysis.inference.newton.ConvergenceError
    """
    if k == 1:  # by the objective of several classes, whose ghost lies at the mean of the log-worths
        return _finish(patterns, weight, _pack(np.ones(1), _worths(patterns, weight)[None]), 1)
    begun = [_short_run(patterns, weight, k, rng) for _start in range(starts)]
    begun.sort(key=lambda pair: -pair[0])
    begun = begun[:kept] if near is None else [*begun[:kept], (0.0, near.theta)]
    finished = [_finish(patterns, weight, theta, k) for _value, theta in begun]
    return max(finished, key=lambda fit: slopes(patterns, weight, fit.theta, k)[0])


def _worths(patterns: Patterns, weight: np.ndarray) -> np.ndarray:
    try:
        return fit_counts(choice_counts(patterns.read, weight), pseudo=PSEUDO).log_worth
    except ConvergenceError as error:
        raise ConvergenceError(_("the worths of a class did not converge")) from error


def _pack(share: np.ndarray, log_worth: np.ndarray) -> np.ndarray:
    against = log_worth[:, :-1] - log_worth[:, -1:]
    return np.concatenate([np.log(share[1:] / share[0]), against.ravel()])


def _short_run(patterns: Patterns, weight: np.ndarray, k: int, rng: np.random.Generator) -> tuple[float, np.ndarray]:
    """A few EM steps from random memberships: the value reached and theta."""
    tau = rng.dirichlet(np.full(k, 0.5), len(weight))
    theta = np.zeros(0)
    for _step in range(SHORT):
        share = np.maximum(weight @ tau / weight.sum(), 1e-6)
        log_worth = np.array([_worths(patterns, weight * tau[:, j]) for j in range(k)])
        joint = log_densities(patterns, log_worth) + np.log(share)
        tau = special.softmax(joint, axis=1)
        theta = _pack(share / share.sum(), log_worth)
    return slopes(patterns, weight, theta, k)[0], theta


def _finish(patterns: Patterns, weight: np.ndarray, theta: np.ndarray, k: int) -> Mixture:
    from scipy import optimize

    size = weight.sum()

    def downwards(point: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = slopes(patterns, weight, point, k)
        return -value / size, -gradient / size

    found = optimize.minimize(downwards, theta, jac=True, method="BFGS", options={"gtol": GRADIENT, "maxiter": 500})
    return _mixture(patterns, weight, found.x, k)


def _mixture(patterns: Patterns, weight: np.ndarray, theta: np.ndarray, k: int) -> Mixture:
    """The fit with its classes from the largest to the smallest."""
    log_share, worths = unpack(theta, k, patterns.items)
    order = np.argsort(-log_share, kind="stable")
    share, log_worth = np.exp(log_share[order]), worths[order]
    value = float(weight @ special.logsumexp(log_densities(patterns, log_worth) + np.log(share), axis=1))
    return Mixture(share, log_worth, value, _pack(share, log_worth))


def information(patterns: Patterns, weight: np.ndarray, fit: Mixture) -> np.ndarray:
    """Observed information of the penalised objective, by central differences of its gradient."""
    k, size = fit.classes, len(fit.theta)
    found = np.empty((size, size))
    for place in range(size):
        step = np.zeros(size)
        step[place] = 1e-5
        upper, lower = (slopes(patterns, weight, fit.theta + sign * step, k)[1] for sign in (1, -1))
        found[place] = -(upper - lower) / 2e-5
    return (found + found.T) / 2


def draw(fit: Mixture, ranks: np.ndarray, offered: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(r, m) rankings drawn from the mixture, with as many places and the same offers as those given."""
    r, m = ranks.shape
    of_class = rng.choice(fit.classes, r, p=fit.share / fit.share.sum())
    utility = np.where(offered, fit.log_worth[of_class] + rng.gumbel(size=(r, m)), -np.inf)
    place = np.argsort(np.argsort(-utility, axis=1), axis=1) + 1
    return np.where(place <= (ranks > 0).sum(axis=1)[:, None], place, 0).astype(np.int16)
