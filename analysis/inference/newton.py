"""Newton's method for smooth concave objectives, whose first scores may be fixed to sum to zero.

Steps are halved while the objective falls. A maximum is where the gradient and the next step are both small: where
scores run off to infinity the gradient fades away while the steps go on. Every run has a tolerance, a limit, and an
error when it does not converge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.linalg import lapack

from obstacles.text.language import _

Objective = Callable[[np.ndarray], tuple[float, np.ndarray, np.ndarray]]  # value, gradient (m,), information (m, m)
Slopes = Callable[[np.ndarray, np.ndarray], np.ndarray]  # theta (r, m) and rows (r,) of a batch -> gradients (r, m)

Found = TypeVar("Found")
LARGEST_STEP = 5.0  # of any component at once
LAST_STEP = 1e-5  # the Newton step left over at a maximum


class ConvergenceError(ArithmeticError):
    """The maximum was not reached; the message says why."""


@dataclass(frozen=True)
class Maximum:
    theta: np.ndarray  # (m,)
    value: float
    inverse: np.ndarray  # (m, m) inverse information on the space searched
    iterations: int


def maximise(
    objective: Objective,
    start: np.ndarray,
    *,
    zero_sum: int,
    tolerance: float = 1e-10,
    limit: int = 100,
) -> Maximum:
    """Maximise a concave objective.

    Parameters
    ----------
    objective : callable
        Returns value, gradient and information (minus the Hessian) at theta.
    start : (m,) array
    zero_sum : int
        How many leading components a constant may be added to without a change: the search keeps their sum at zero.
        0 when every component is identified.
    tolerance : float
        Largest absolute gradient component, relative to the largest information on the diagonal (at least 1).

    Raises
    ------
    ConvergenceError
        After `limit` steps, or when the information is not positive definite on the space searched.
    """
    theta = start.copy()
    if zero_sum:
        theta[:zero_sum] -= theta[:zero_sum].mean()
    value, gradient, information = objective(theta)
    for iteration in range(limit):
        inverse = invert(information, zero_sum=zero_sum)
        step = inverse @ gradient
        small = tolerance * max(1.0, float(np.diag(information).max(initial=1.0)))
        if np.abs(gradient).max(initial=0.0) <= small and np.abs(step).max(initial=0.0) <= LAST_STEP:
            return Maximum(theta, value, inverse, iteration)
        step *= min(1.0, LARGEST_STEP / max(float(np.abs(step).max(initial=0.0)), LARGEST_STEP))
        for halving in range(40):
            candidate = theta + step / 2**halving
            new = objective(candidate)
            if np.isfinite(new[0]) and new[0] >= value - 1e-12 * abs(value):
                break
        theta, (value, gradient, information) = candidate, new
    message = _("no maximum after {limit} Newton steps; the largest gradient component is {gradient:.3g}")
    raise ConvergenceError(message.format(limit=limit, gradient=np.abs(gradient).max()))


def invert(information: np.ndarray, *, zero_sum: int) -> np.ndarray:
    """Inverse of a positive definite matrix, or of one that is so where the leading components sum to zero."""
    lead = information[:zero_sum, :zero_sum]
    filled = information.copy()
    if zero_sum:
        filled[:zero_sum, :zero_sum] += np.trace(lead) / zero_sum**2
    factor, failed = lapack.dpotrf(filled, lower=1)
    if not failed:
        inverse, failed = lapack.dpotri(factor, lower=1)
    if failed:
        message = _("the information matrix is singular: some scores are not identified, or run off to infinity")
        raise ConvergenceError(message)
    inverse = inverse + np.tril(inverse, -1).T
    if zero_sum:
        mean = inverse[:zero_sum].sum(axis=0) / zero_sum
        inverse[:zero_sum] -= mean
        inverse[:, :zero_sum] -= (inverse[:, :zero_sum].sum(axis=1) / zero_sum)[:, None]
    return np.asarray((inverse + inverse.T) / 2)


def first_converged(fits: Iterable[Callable[[], Found]]) -> Found:
    """The result of the first of several fits that converges; raises the last one's ConvergenceError."""
    error = ConvergenceError("")
    for fit in fits:
        try:
            return fit()
        except ConvergenceError as failed:
            error = failed
    raise error


def chord(
    slopes: Slopes, start: np.ndarray, step: np.ndarray, *, tolerance: float = 1e-9, limit: int = 60
) -> tuple[np.ndarray, np.ndarray]:
    """Zeros of many gradients at once, from near-by points and with one inverse information (chord Newton).

    Parameters
    ----------
    slopes : callable
        Gradients (r, m) of the rows (r,) of the batch at theta (r, m).
    start : (b, m) array
    step : (m, m) array
        Inverse information near the start.

    Returns
    -------
    (b, m) array of zeros, and (q,) array of the rows that did not converge: each needs a fit of its own.
    """
    theta = start.copy()
    going = np.arange(len(theta))
    for _iteration in range(limit):
        move = np.clip(slopes(theta[going], going) @ step, -1, 1)
        theta[going] += move
        going = going[~(np.abs(move).max(axis=1, initial=0) <= tolerance)]
        if not len(going):
            break
    return theta, going
