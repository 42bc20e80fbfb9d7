"""Worths that depend on who answers: fits any likelihood of choices whose utilities are linear in covariates.

Row n has the utility V_ni = x_n' b_i + z_ni' g for item i. b, (q, m), is a linear map of the free parameters, which
says how it is identified: an item as reference, worths by what items are, a constant for tie weights. The information
is the sum over rows of the likelihood's curvature by pairs of items times the pairs of covariates: one matrix product
per tile, whatever the number of stages (Newton with the analytic Hessian).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from obstacles.analysis.inference.newton import ConvergenceError, Objective, invert, maximise
from obstacles.analysis.regression.likelihoods.base import Likelihood, square


@dataclass(frozen=True)
class Predictor:
    """How utilities come from parameters."""

    x: np.ndarray  # (r, q) covariates of rows, the constant first
    basis: np.ndarray  # (q k, p) map of the free parameters to b, flat with items running fastest
    z: np.ndarray | None = None  # (r, m, s) covariates of rows and items
    penalised: np.ndarray | None = None  # (h, p + s) combinations held by the penalty, each on the scale of a log-odds

    @property
    def parameters(self) -> int:
        return int(self.basis.shape[1]) + (0 if self.z is None else int(self.z.shape[2]))


@dataclass(frozen=True)
class ItemFit:
    theta: np.ndarray  # (p,)
    inverse: np.ndarray  # (p, p) inverse information of the (penalised) objective
    log_likelihood: float  # without the penalty
    pseudo: float
    iterations: int


def fit_items(
    likelihood: Likelihood,
    predictor: Predictor,
    weight: np.ndarray,
    *,
    pseudo: float = 0.0,
    start: np.ndarray | None = None,
) -> ItemFit:
    """Maximum likelihood, or penalised by `pseudo` wins and losses of every combination of `predictor.penalised`.

    Parameters
    ----------
    weight : (r,) array

    Raises
    ------
    analysis.inference.newton.ConvergenceError
        When no finite maximum was found.
    """
    held = predictor.penalised if pseudo else None

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        value, gradient, information = _sums(likelihood, predictor, weight, theta)
        if held is not None:
            win = special.expit(held @ theta)
            value += pseudo * float((special.log_expit(held @ theta) + special.log_expit(-held @ theta)).sum())
            gradient = gradient + held.T @ (pseudo * (1 - 2 * win))
            information = information + (held * (2 * pseudo * win * (1 - win))[:, None]).T @ held
        return value, gradient, information

    first = np.zeros(predictor.parameters) if start is None else start
    if likelihood.gradients_first:
        first = _nearer(likelihood, predictor, weight, first, objective)
    best = maximise(objective, first, zero_sum=0, tolerance=1e-9, limit=60)
    value = best.value
    if held is not None:
        value -= pseudo * float((special.log_expit(held @ best.theta) + special.log_expit(-held @ best.theta)).sum())
    return ItemFit(best.theta, best.inverse, value, pseudo, best.iterations)


def _nearer(
    likelihood: Likelihood, predictor: Predictor, weight: np.ndarray, start: np.ndarray, objective: Objective
) -> np.ndarray:
    """A point near the maximum by gradients (BFGS), from the inverse information at the start where it exists."""
    from scipy import optimize

    size = max(float(weight.sum()), 1.0)
    try:
        inverse = invert(objective(start)[2], zero_sum=0)
    except ConvergenceError:
        inverse = np.eye(len(start)) / size

    def downwards(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = _slopes(likelihood, predictor, weight, theta)
        return -value, -gradient

    options = {"hess_inv0": inverse, "gtol": 1e-6 * size, "maxiter": 40}
    found = optimize.minimize(downwards, start, jac=True, method="BFGS", options=options)
    return np.asarray(found.x if np.isfinite(found.fun) else start)


def _slopes(
    likelihood: Likelihood, predictor: Predictor, weight: np.ndarray, theta: np.ndarray
) -> tuple[float, np.ndarray]:
    """Weighted value and gradient over all rows."""
    value, gradient = 0.0, np.zeros((likelihood.utilities, predictor.x.shape[1]))
    tail = np.zeros(0 if predictor.z is None else predictor.z.shape[2])
    for rows in tiles(likelihood):
        part = likelihood.evaluate(rows, utilities(likelihood, predictor, theta, rows), False)
        value += float(weight[rows] @ part.value)
        weighted = part.gradient * weight[rows]
        gradient += weighted @ predictor.x[rows]
        if predictor.z is not None:
            tail += np.einsum("mr,rms->s", weighted[: likelihood.items], predictor.z[rows])
    return value, np.concatenate([predictor.basis.T @ gradient.T.reshape(-1), tail])


def utilities(likelihood: Likelihood, predictor: Predictor, theta: np.ndarray, rows: slice) -> np.ndarray:
    """(k, r) utilities of some rows, extra parameters behind the items."""
    p = predictor.basis.shape[1]
    b = (predictor.basis @ theta[:p]).reshape(predictor.x.shape[1], likelihood.utilities)
    found = b.T @ predictor.x[rows].T
    if predictor.z is not None:
        found[: likelihood.items] += (predictor.z[rows] @ theta[p:]).T
    return np.asarray(found)


def tiles(likelihood: Likelihood) -> list[slice]:
    """Slices of rows that are worked on at once, so that memory stays bounded."""
    return [slice(start, start + likelihood.tile) for start in range(0, likelihood.rows, likelihood.tile)]


def _sums(
    likelihood: Likelihood, predictor: Predictor, weight: np.ndarray, theta: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Weighted value, gradient and information over all rows."""
    q, k, m = predictor.x.shape[1], likelihood.utilities, likelihood.items
    first, second = np.triu_indices(q)
    value, gradient, curved = 0.0, np.zeros((k, q)), np.zeros((k * (k + 1) // 2, len(first)))
    s = 0 if predictor.z is None else predictor.z.shape[2]
    own, crossed, gradient_z = np.zeros((s, s)), np.zeros((q, k, s)), np.zeros(s)
    for rows in tiles(likelihood):
        x, w = predictor.x[rows], weight[rows]
        part = likelihood.evaluate(rows, utilities(likelihood, predictor, theta, rows), True)
        assert part.curvature is not None
        value += float(w @ part.value)
        gradient += (part.gradient * w) @ x
        part.curvature[...] *= w
        curved += part.curvature @ (x[:, first] * x[:, second])
        if predictor.z is not None:
            z = predictor.z[rows]
            gradient_z += np.einsum("mr,rms->s", part.gradient[:m] * w, z)
            bent = np.einsum("kmr,rms->rks", square(part.curvature, k)[:, :m], z)
            crossed += np.einsum("rq,rks->qks", x, bent)
            own += np.einsum("rms,rmt->st", z, bent[:, :m])
    by_items = square(curved, k)  # (k, k, pairs of covariates)
    whole = square(np.moveaxis(by_items, 2, 0), q)  # (q, q, k, k)
    flat = np.moveaxis(whole, 1, 2).reshape(q * k, q * k)
    basis = predictor.basis
    head = basis.T @ flat @ basis
    score = basis.T @ gradient.T.reshape(-1)
    if predictor.z is None:
        return value, score, head
    side = basis.T @ crossed.reshape(q * k, s)
    return value, np.concatenate([score, gradient_z]), np.block([[head, side], [side.T, own]])


def item_scores(
    likelihood: Likelihood, predictor: Predictor, theta: np.ndarray, by: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """(r, t) weighted derivative of each row's log-likelihood, times the matrix `by` (p, t)."""
    q, k, p = predictor.x.shape[1], likelihood.utilities, predictor.basis.shape[1]
    mapped = (predictor.basis @ by[:p]).reshape(q, k, -1)
    result = np.empty((likelihood.rows, by.shape[1]))
    for rows in tiles(likelihood):
        part = likelihood.evaluate(rows, utilities(likelihood, predictor, theta, rows), False)
        gradient = part.gradient.T * weight[rows, None]
        out = result[rows]
        np.matmul(predictor.x[rows, :1] * gradient, mapped[0], out=out)
        for column in range(1, q):
            out += (predictor.x[rows, column, None] * gradient) @ mapped[column]
        if predictor.z is not None:
            out += np.einsum("rm,rms->rs", gradient[:, : likelihood.items], predictor.z[rows]) @ by[p:]
    return result


def value_of(likelihood: Likelihood, predictor: Predictor, theta: np.ndarray, weight: np.ndarray) -> float:
    """Weighted log-likelihood."""
    return _slopes(likelihood, predictor, weight, theta)[0]


def without(predictor: Predictor, columns: tuple[int, ...]) -> Predictor:
    """The predictor without some columns of x; parameters that nothing depends on then are gone."""
    q, rows = predictor.x.shape[1], len(predictor.basis)
    k = rows // q
    kept = [i for i in range(q) if i not in columns]
    flat = [i * k + j for i in kept for j in range(k)]
    basis = predictor.basis[flat]
    return replace(predictor, x=predictor.x[:, kept], basis=basis[:, np.abs(basis).sum(axis=0) > 0], penalised=None)
