"""Cumulative logit and probit: the weighted likelihood of ordered answers, with its Hessian.

P(y <= k) = F((a_k + u' c_k - x' b) / exp(z' s)) (McCullagh 1980): b is the location, positive where answers are more
severe; c_k, of some columns, has a value of its own at every threshold (partial proportional odds, Peterson and Harrell
1990); s is the spread (McCullagh's rational link, Christensen's location-scale model). Rows of the same covariates and
answer are one row here, so that the work is by distinct rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import special, stats

from obstacles.analysis.inference.newton import ConvergenceError, Objective, maximise
from obstacles.text.language import _

SMALLEST = 1e-140  # probability of an answer whose logarithm is still taken


@dataclass(frozen=True)
class Ordinal:
    """Answers 0..levels - 1 and their covariates, by row."""

    y: np.ndarray  # (r,) int
    levels: int
    x: np.ndarray  # (r, p) location
    nominal: np.ndarray  # (r, h) columns with an effect at every threshold
    spread: np.ndarray  # (r, s)
    link: str  # "logit" or "probit"

    @property
    def thresholds(self) -> int:
        return self.levels - 1

    @property
    def parameters(self) -> int:
        columns = (1 + self.nominal.shape[1]) * self.thresholds + self.x.shape[1] + self.spread.shape[1]
        return int(columns)

    @property
    def location(self) -> slice:
        """Places of b among the parameters: thresholds, then c by threshold, then b, then s."""
        start = self.thresholds * (1 + self.nominal.shape[1])
        return slice(start, start + self.x.shape[1])


@dataclass(frozen=True)
class OrdinalFit:
    theta: np.ndarray
    inverse: np.ndarray  # inverse observed information of the (penalised) objective
    log_likelihood: float  # without the penalty
    iterations: int
    pseudo: float


@dataclass(frozen=True)
class _Link:
    cdf: Callable[[np.ndarray], np.ndarray]
    pdf: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]  # derivative of the density


def _logistic_density(u: np.ndarray) -> np.ndarray:
    p = special.expit(u)
    return np.asarray(p * (1 - p))


def _logistic_slope(u: np.ndarray) -> np.ndarray:
    p = special.expit(u)
    return np.asarray(p * (1 - p) * (1 - 2 * p))


LINKS = {
    "logit": _Link(special.expit, _logistic_density, _logistic_slope),
    "probit": _Link(stats.norm.cdf, stats.norm.pdf, lambda u: -u * stats.norm.pdf(u)),
}


def fit_ordinal(
    data: Ordinal, weight: np.ndarray, *, pseudo: float = 0.0, held: np.ndarray | None = None
) -> OrdinalFit:
    """Maximum likelihood, or with `pseudo` comparisons won and lost by the parameters times `held` (P,).

    Raises
    ------
    analysis.inference.newton.ConvergenceError
        When no finite maximum was found.
    """
    rows, count = _distinct(data, weight)
    scale = np.zeros(data.parameters) if held is None else held

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        value, score, information = _evaluate(rows, count, theta)
        if pseudo:
            u = theta * scale
            win = special.expit(u)
            value += pseudo * float((special.log_expit(u) + special.log_expit(-u))[scale > 0].sum())
            score = score + pseudo * (1 - 2 * win) * scale
            information = information + np.diag(2 * pseudo * win * (1 - win) * scale**2)
        return value, score, information

    start = _start(data, weight)
    if data.spread.shape[1]:
        start = _nearer(objective, _from_location(data, weight))
    best = maximise(objective, start, zero_sum=0, tolerance=1e-9, limit=60)
    value = _evaluate(rows, count, best.theta)[0]
    return OrdinalFit(best.theta, best.inverse, value, best.iterations, pseudo)


def _start(data: Ordinal, weight: np.ndarray) -> np.ndarray:
    """Thresholds that give the observed shares; everything else at zero."""
    share = np.bincount(data.y, weight, minlength=data.levels) / weight.sum()
    if (share == 0).any():
        raise ConvergenceError(_("a level of the scale was not used"))
    below = np.clip(np.cumsum(share)[:-1], 1e-9, 1 - 1e-9)
    start = np.zeros(data.parameters)
    start[: data.thresholds] = special.logit(below) if data.link == "logit" else stats.norm.ppf(below)
    return start


def _from_location(data: Ordinal, weight: np.ndarray) -> np.ndarray:
    """The model without spread, which is concave, with a spread of zero."""
    s = data.spread.shape[1]
    found = fit_ordinal(replace(data, spread=np.zeros((len(data.y), 0))), weight)
    return np.concatenate([found.theta, np.zeros(s)])


def _nearer(objective: Objective, start: np.ndarray) -> np.ndarray:
    """A point near the maximum, by gradients alone: with spread the likelihood is not concave."""
    from scipy import optimize

    def downwards(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, score, _information = objective(theta)
        return (-value, -score) if np.isfinite(value) else (1e300, np.zeros_like(score))

    found = optimize.minimize(downwards, start, jac=True, method="BFGS", options={"maxiter": 200})
    return np.asarray(found.x if np.isfinite(found.fun) else start)


def _distinct(data: Ordinal, weight: np.ndarray) -> tuple[Ordinal, np.ndarray]:
    """Rows of the same covariates and answer, with the sums of their weights."""
    whole = np.column_stack([data.y, data.x, data.nominal, data.spread])
    rows, index = np.unique(whole, axis=0, return_inverse=True)
    if len(rows) > 0.8 * len(whole):
        return data, weight
    p, h = data.x.shape[1], data.nominal.shape[1]
    found = Ordinal(
        rows[:, 0].astype(int),
        data.levels,
        rows[:, 1 : 1 + p],
        rows[:, 1 + p : 1 + p + h],
        rows[:, 1 + p + h :],
        data.link,
    )
    return found, np.bincount(index.reshape(-1), weight, minlength=len(rows))


def _ends(data: Ordinal, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Standardised upper and lower ends of each answer (2, r), and their Jacobians (2, r, P)."""
    t, h, r = data.thresholds, data.nominal.shape[1], len(data.y)
    b, s = theta[data.location], theta[data.location.stop :]
    factor = np.exp(-(data.spread @ s)) if len(s) else np.ones(r)
    c, row = theta[t : t * (1 + h)].reshape(h, t), np.arange(r)
    ends, jacobian = np.empty((2, r)), np.zeros((2, r, data.parameters))
    for side, k in enumerate((np.minimum(data.y, t - 1), np.maximum(data.y - 1, 0))):
        raw = theta[k] - data.x @ b
        jacobian[side, row, k] = factor
        for column in range(h):
            raw = raw + data.nominal[:, column] * c[column, k]
            jacobian[side, row, t * (1 + column) + k] = data.nominal[:, column] * factor
        ends[side] = raw * factor
        jacobian[side, :, data.location] = -data.x * factor[:, None]
        jacobian[side, :, data.location.stop :] = -data.spread * ends[side][:, None]
    return ends, jacobian


@dataclass(frozen=True)
class _Slopes:
    """log P of each answer and its derivatives by the two ends."""

    value: np.ndarray  # (r,)
    first: np.ndarray  # (2, r)
    own: np.ndarray  # (2, r) second derivatives
    cross: np.ndarray  # (r,)
    jacobian: np.ndarray  # (2, r, P) of the ends


def _slopes(data: Ordinal, theta: np.ndarray) -> _Slopes:
    ends, jacobian = _ends(data, theta)
    finite = np.array([data.y < data.thresholds, data.y > 0])
    link = LINKS[data.link]
    upper, lower = np.where(finite[0], ends[0], np.inf), np.where(finite[1], ends[1], -np.inf)
    flipped = ends.sum(axis=0) > 0  # both links are symmetric: differences are taken in the tail of small numbers
    p = link.cdf(np.where(flipped, -lower, upper)) - link.cdf(np.where(flipped, -upper, lower))
    p = np.maximum(p, SMALLEST)
    density, bend = np.where(finite, link.pdf(ends), 0.0), np.where(finite, link.slope(ends), 0.0)
    first = np.array([density[0] / p, -density[1] / p])
    own = np.array([bend[0] / p, -bend[1] / p]) - first**2
    return _Slopes(np.log(p), first, own, -first[0] * first[1], jacobian)


def _evaluate(data: Ordinal, weight: np.ndarray, theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Weighted value, gradient and observed information; minus infinity where thresholds are out of order."""
    t = data.thresholds
    size = data.parameters
    if not data.nominal.shape[1] and (np.diff(theta[:t]) <= 0).any():
        return -np.inf, np.zeros(size), np.eye(size)
    found = _slopes(data, theta)
    value, first, own, cross = found.value, found.first, found.own, found.cross
    if (value < np.log(SMALLEST) / 2).any():
        return -np.inf, np.zeros(size), np.eye(size)
    upper, lower = jacobian = found.jacobian
    gradient = (weight * first[0]) @ upper + (weight * first[1]) @ lower
    information = -(
        upper.T @ (upper * (weight * own[0])[:, None])
        + lower.T @ (lower * (weight * own[1])[:, None])
        + upper.T @ (lower * (weight * cross)[:, None])
        + lower.T @ (upper * (weight * cross)[:, None])
    )
    s = data.spread.shape[1]
    if s:  # the ends are not linear in the spread
        for side in (0, 1):
            bent = jacobian[side]
            pull = (weight * first[side])[:, None] * -data.spread
            part = bent.T @ pull  # (P, s)
            information[:, -s:] -= part
            information[-s:, :] -= part.T
            information[-s:, -s:] += pull.T @ bent[:, -s:]
    return float(weight @ value), gradient, information


def ordinal_scores(data: Ordinal, theta: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(r, P) weighted derivative of each row's log-likelihood."""
    found = _slopes(data, theta)
    return np.asarray(np.einsum("sr,srp->rp", found.first * weight, found.jacobian))
