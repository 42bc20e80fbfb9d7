"""Newton's method for smooth concave objectives, on scores that may be fixed to sum to zero.

Steps are halved while the objective falls. Every run has a tolerance, a limit, and an error when it does not converge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import linalg

Objective = Callable[[np.ndarray], tuple[float, np.ndarray, np.ndarray]]  # value, gradient (m,), information (m, m)


class ConvergenceError(ArithmeticError):
    """The maximum was not reached; the message says how far the gradient still was from zero."""


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
    sum_to_zero: bool,
    tolerance: float = 1e-10,
    limit: int = 100,
) -> Maximum:
    """Maximise a concave objective.

    Parameters
    ----------
    objective : callable
        Returns value, gradient and information (minus the Hessian) at theta.
    start : (m,) array
    sum_to_zero : bool
        True when adding a constant to theta changes nothing: the search stays on scores that sum to zero.
    tolerance : float
        Largest absolute gradient component, relative to the largest information on the diagonal (at least 1).

    Raises
    ------
    ConvergenceError
        After `limit` steps, or when the information is not positive definite on the space searched.
    """
    theta = start - start.mean() if sum_to_zero else start
    value, gradient, information = objective(theta)
    for iteration in range(limit):
        inverse = invert(information, sum_to_zero=sum_to_zero)
        if np.abs(gradient).max(initial=0.0) <= tolerance * max(1.0, float(np.diag(information).max(initial=1.0))):
            return Maximum(theta, value, inverse, iteration)
        step = inverse @ gradient
        for halving in range(40):
            candidate = theta + step / 2**halving
            new = objective(candidate)
            if np.isfinite(new[0]) and new[0] >= value - 1e-12 * abs(value):
                break
        theta, (value, gradient, information) = candidate, new
    raise ConvergenceError(
        f"no maximum after {limit} Newton steps; the largest gradient component is {np.abs(gradient).max():.3g}"
    )


def invert(information: np.ndarray, *, sum_to_zero: bool) -> np.ndarray:
    """Inverse of a symmetric positive definite matrix, or of one that is so on vectors that sum to zero."""
    m = len(information)
    ridge = np.full((m, m), np.trace(information) / m**2 if sum_to_zero else 0.0)
    try:
        factor = linalg.cho_factor(information + ridge)
    except linalg.LinAlgError as error:
        raise ConvergenceError("the information matrix is singular: some scores are not identified") from error
    inverse = linalg.cho_solve(factor, np.eye(m))
    if sum_to_zero:
        inverse -= inverse.mean(axis=0, keepdims=True)
        inverse -= inverse.mean(axis=1, keepdims=True)
    return np.asarray((inverse + inverse.T) / 2)
