"""Generalised linear models through statsmodels, with the scores that the design's errors need.

statsmodels finds the estimate (`GLM` with `var_weights`); its own errors know of no survey and are not used. Both links
here are canonical, so that a row's score is w (y - mean) x and the information X' diag(w v) X.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy import special

from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.text.language import _

LARGEST = 12.0  # of a linear predictor on the log-odds scale before separation is looked for


@dataclass(frozen=True)
class GlmFit:
    theta: np.ndarray  # (q,)
    inverse: np.ndarray  # (q, q) inverse information
    score: np.ndarray  # (r, q) weighted scores of rows; they sum to zero
    mean: np.ndarray  # (r,)
    log_likelihood: float | None
    iterations: int


def fit_glm(y: np.ndarray, x: np.ndarray, weight: np.ndarray, *, link: str) -> GlmFit:
    """Fit y by x.

    Parameters
    ----------
    y : (r,) array
        0 or 1, a share between 0 and 1, or any number with the identity link.
    x : (r, q) array
        The constant first.
    link : {"logit", "identity"}

    Raises
    ------
    ConvergenceError
        When statsmodels does not converge.
    """
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    family = sm.families.Binomial() if link == "logit" else sm.families.Gaussian()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # separation and convergence are looked at here
        try:
            made = sm.GLM(y, x, family=family, var_weights=weight).fit(maxiter=100, tol=1e-10)
        except (PerfectSeparationError, np.linalg.LinAlgError) as error:
            raise ConvergenceError(str(error)) from None
    if not made.converged or not np.isfinite(made.params).all():
        raise ConvergenceError(_("statsmodels' GLM did not converge"))
    theta = np.asarray(made.params, float)
    return _polished(y, x, weight, theta, link, int(made.fit_history["iteration"]) if link == "logit" else 1)


def _polished(y: np.ndarray, x: np.ndarray, weight: np.ndarray, theta: np.ndarray, link: str, steps: int) -> GlmFit:
    """Two Newton steps more, so that scores sum to zero to rounding; then all that is derived from the estimate."""
    for _step in range(3):
        mean, information = _at(x, weight, theta, link)
        try:
            inverse = np.linalg.inv(information)
        except np.linalg.LinAlgError as error:
            raise ConvergenceError(_("the information matrix is singular")) from error
        score = x * (weight * (y - mean))[:, None]
        if _step < 2:
            theta = theta + inverse @ score.sum(axis=0)
    value = None
    if link == "logit" and np.isin(y, (0.0, 1.0)).all():
        eta = x @ theta
        value = float(weight @ (y * special.log_expit(eta) + (1 - y) * special.log_expit(-eta)))
    if link == "identity":
        scale = float(weight @ (y - mean) ** 2 / weight.sum())
        inverse = inverse * scale
        score = score / scale
        value = float(-weight.sum() / 2 * (np.log(2 * np.pi * scale) + 1)) if scale > 0 else None
    return GlmFit(theta, inverse, score, mean, value, steps)


def _at(x: np.ndarray, weight: np.ndarray, theta: np.ndarray, link: str) -> tuple[np.ndarray, np.ndarray]:
    """Means and information."""
    eta = x @ theta
    mean = special.expit(eta) if link == "logit" else eta
    variance = mean * (1 - mean) if link == "logit" else np.ones_like(mean)
    return np.asarray(mean), (x * (weight * variance)[:, None]).T @ x


def far_out(fit: GlmFit, x: np.ndarray) -> bool:
    """Whether some row's log-odds are so large that separation has to be looked for."""
    return bool(np.abs(x @ fit.theta).max(initial=0) > LARGEST)
