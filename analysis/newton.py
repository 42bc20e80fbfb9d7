"""Newton's method for smooth concave objectives, whose first scores may be fixed to sum to zero.

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


def invert(information: np.ndarray, *, zero_sum: int) -> np.ndarray:
    """Inverse of a positive definite matrix, or of one that is so where the leading components sum to zero."""
    lead = information[:zero_sum, :zero_sum]
    filled = information.copy()
    if zero_sum:
        filled[:zero_sum, :zero_sum] += np.trace(lead) / zero_sum**2
    try:
        factor = linalg.cho_factor(filled)
    except linalg.LinAlgError as error:
        raise ConvergenceError("the information matrix is singular: some scores are not identified") from error
    inverse = linalg.cho_solve(factor, np.eye(len(information)))
    if zero_sum:
        inverse[:zero_sum] -= inverse[:zero_sum].mean(axis=0, keepdims=True)
        inverse[:, :zero_sum] -= inverse[:, :zero_sum].mean(axis=1, keepdims=True)
    return np.asarray((inverse + inverse.T) / 2)
