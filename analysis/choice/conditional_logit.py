"""Conditional logit: one alternative is picked from a task, with probability proportional to exp(x'theta).

McFadden (1974). Tasks that offer the same alternatives are one task, so that the fit needs only how often each of its
alternatives was picked. Pairs with ties, best-worst choices and their variants are tasks with features of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import special

from obstacles.analysis.inference.newton import chord, first_converged, maximise
from obstacles.analysis.inference.worth_answers import PSEUDO

BATCH_CELLS = 1 << 21  # replicates x alternatives that are worked on together


@dataclass(frozen=True)
class Tasks:
    """r answers to s distinct tasks with up to a alternatives of p features."""

    features: np.ndarray  # (s, a, p) float64
    available: np.ndarray  # (s, a) bool
    task: np.ndarray  # (r,) row of `features`
    picked: np.ndarray  # (r,) alternative

    @property
    def place(self) -> np.ndarray:
        """(r,) place of the picked alternative among the alternatives of all tasks."""
        return np.asarray(self.task * self.available.shape[1] + self.picked)


@dataclass(frozen=True)
class LogitFit:
    theta: np.ndarray  # (p,)
    inverse: np.ndarray  # (p, p)
    log_likelihood: float
    null_log_likelihood: float  # every alternative of a task equally likely


def fit_tasks(tasks: Tasks, weight: np.ndarray, *, zero_sum: int, ridge: np.ndarray | None = None) -> LogitFit:
    """Maximum likelihood.

    Parameters
    ----------
    weight : (r,) array
    zero_sum : int
        Leading features to all of which a constant may be added without a change.
    ridge : (p, 2) array, optional
        Pseudo-observations against a ghost: how many wins and losses each feature's unit vector is given.

    Raises
    ------
    analysis.inference.newton.ConvergenceError
    """
    s, a, p = tasks.features.shape
    picked = np.bincount(tasks.place, weights=weight, minlength=s * a).reshape(s, a)
    times = picked.sum(axis=1)
    observed = np.einsum("sa,sap->p", picked, tasks.features)

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        log_total, probability = probabilities(tasks, theta)
        mean = np.einsum("sa,sap->sp", probability, tasks.features)
        value = observed @ theta - times @ log_total
        gradient = observed - times @ mean
        rate = (probability * times[:, None]).reshape(-1, 1)
        flat = tasks.features.reshape(-1, p)
        information = (flat * rate).T @ flat - (mean * times[:, None]).T @ mean
        if ridge is not None:
            win = special.expit(theta)
            total = ridge.sum(axis=1)
            value += ridge[:, 0] @ special.log_expit(theta) + ridge[:, 1] @ special.log_expit(-theta)
            gradient = gradient + ridge[:, 0] - total * win
            information = information + np.diag(total * win * (1 - win))
        return float(value), gradient, information

    best = maximise(objective, np.zeros(p), zero_sum=0 if ridge is not None else zero_sum, tolerance=1e-9)
    alternatives = tasks.available.sum(axis=1)
    value = float(observed @ best.theta - times @ probabilities(tasks, best.theta)[0])
    return LogitFit(best.theta, best.inverse, value, -float(times @ np.log(alternatives)))


def probabilities(tasks: Tasks, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(s,) log of the sum over alternatives, and (s, a) probabilities."""
    utility = np.where(tasks.available, tasks.features @ theta, -np.inf)
    top = utility.max(axis=1, keepdims=True)
    raised = np.exp(utility - top)
    total = raised.sum(axis=1, keepdims=True)
    return (np.log(total) + top)[:, 0], raised / total


def task_scores(tasks: Tasks, theta: np.ndarray) -> np.ndarray:
    """(r, p) derivative of each answer's log-likelihood."""
    _log_total, probability = probabilities(tasks, theta)
    mean = np.einsum("sa,sap->sp", probability, tasks.features)
    return np.asarray(tasks.features[tasks.task, tasks.picked] - mean[tasks.task])


def refit_tasks(
    tasks: Tasks, weights: np.ndarray, fit: LogitFit, *, zero_sum: int, ridge: np.ndarray | None = None
) -> np.ndarray:
    """(b, p) fits for many weightings (b, r) at once; see `fit_tasks` for the parameters.

    A replicate without a finite maximum gets half a pseudo-observation won and lost for every feature.
    """
    from scipy import sparse

    s, a, p = tasks.features.shape
    r = len(tasks.task)
    table = sparse.csr_matrix((np.ones(r), (tasks.place, np.arange(r))), shape=(s * a, r))
    picked = np.ascontiguousarray((table @ weights.T).T)  # (b, s a)
    observed = picked @ tasks.features.reshape(-1, p)
    times = picked.reshape(-1, s, a).sum(axis=2)

    def slopes(theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        gradient: np.ndarray = observed[rows]
        size = max(BATCH_CELLS // (s * a), 1)
        for start in range(0, len(rows), size):
            part = slice(start, start + size)
            gradient[part] -= _expected(tasks, theta[part], times[rows[part]])
        if ridge is not None:
            gradient += ridge[:, 0] - ridge.sum(axis=1) * special.expit(theta)
        return gradient

    theta, unfinished = chord(slopes, np.tile(fit.theta, (len(weights), 1)), fit.inverse)
    light = np.full((p, 2), PSEUDO) if ridge is None else np.maximum(ridge, PSEUDO)
    for b in unfinished:
        alone = partial(fit_tasks, tasks, weights[b], zero_sum=zero_sum)
        theta[b] = first_converged(partial(alone, ridge=penalty) for penalty in (ridge, light)).theta
    return theta


def _expected(tasks: Tasks, theta: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(b, p) expected features of b samples, each at its own theta (b, p), that met the tasks (b, s)."""
    s, a, p = tasks.features.shape
    flat = tasks.features.reshape(-1, p)
    utility = (theta @ flat.T).reshape(-1, s, a)
    utility[:, ~tasks.available] = -np.inf
    raised = np.exp(utility - utility.max(axis=2, keepdims=True))
    raised *= (times / raised.sum(axis=2))[:, :, None]
    return np.asarray(raised.reshape(len(theta), -1) @ flat)
