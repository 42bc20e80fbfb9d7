"""Separation: some combination of covariates tells all 0 from all 1, so that its coefficient would be infinite.

It is there if and only if a linear programme has a positive optimum (Konis 2007): directions b with z'b >= 0 for every
row, z = x where the answer is 1 and -x where it is 0. Firth's penalty (1993) keeps coefficients finite: the score gets
h (1/2 - mean) x of every row, h its leverage, which is Jeffreys' prior (Heinze and Schemper 2002).
"""

from __future__ import annotations

import numpy as np
from scipy import special

from obstacles.analysis.inference.newton import LARGEST_STEP, ConvergenceError
from obstacles.analysis.regression.likelihoods.glm import GlmFit
from obstacles.text.language import _

LIMIT = 200


def separated(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """(q,) bool: columns of x whose coefficients run off to infinity.

    Parameters
    ----------
    y : (r,) array of 0 and 1
    x : (r, q) array
    """
    from scipy import optimize

    z = np.unique(x * np.where(y > 0, 1.0, -1.0)[:, None], axis=0)
    scale = np.abs(z).max(axis=0)
    z = z / np.where(scale > 0, scale, 1)
    found = optimize.linprog(-z.sum(axis=0), A_ub=-z, b_ub=np.zeros(len(z)), bounds=(-1, 1), method="highs")
    if found.status != 0:
        return np.ones(x.shape[1], bool)
    return np.asarray(np.abs(found.x) > 1e-7) if -found.fun > 1e-7 else np.zeros(x.shape[1], bool)


def fit_firth(y: np.ndarray, x: np.ndarray, weight: np.ndarray) -> GlmFit:
    """Logistic regression with Firth's penalty; its log-likelihood is without the penalty.

    Weights sum to the number of respondents, so that the penalty is that of as many.

    Raises
    ------
    ConvergenceError
    """
    theta = np.zeros(x.shape[1])
    value, score, inverse = _penalised(y, x, weight, theta)
    for iteration in range(LIMIT):
        step = inverse @ score.sum(axis=0)
        if np.abs(step).max() <= 1e-10:
            mean = special.expit(x @ theta)
            eta = x @ theta
            plain = float(weight @ (y * special.log_expit(eta) + (1 - y) * special.log_expit(-eta)))
            return GlmFit(theta, inverse, score, mean, plain, iteration)
        step *= min(1.0, LARGEST_STEP / max(float(np.abs(step).max()), LARGEST_STEP))
        for halving in range(40):
            candidate = theta + step / 2**halving
            new = _penalised(y, x, weight, candidate)
            if np.isfinite(new[0]) and new[0] >= value - 1e-10 * abs(value):
                break
        theta, (value, score, inverse) = candidate, new
    raise ConvergenceError(_("Firth's penalised fit did not converge"))


def _penalised(
    y: np.ndarray, x: np.ndarray, weight: np.ndarray, theta: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Penalised log-likelihood, the scores of rows (r, q), and the inverse information."""
    eta = x @ theta
    mean = special.expit(eta)
    bent = weight * mean * (1 - mean)
    information = (x * bent[:, None]).T @ x
    sign, log_det = np.linalg.slogdet(information)
    if sign <= 0:
        return -np.inf, np.zeros_like(x), np.eye(x.shape[1])
    inverse = np.linalg.inv(information)
    leverage = bent * ((x @ inverse) * x).sum(axis=1)
    value = float(weight @ (y * special.log_expit(eta) + (1 - y) * special.log_expit(-eta))) + log_det / 2
    return float(value), x * (weight * (y - mean) + leverage * (0.5 - mean))[:, None], inverse
