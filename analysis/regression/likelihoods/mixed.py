"""Random intercepts through statsmodels' MixedLM (REML), with between-within degrees of freedom."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.text.language import _


@dataclass(frozen=True)
class Mixed:
    theta: np.ndarray  # (q,)
    covariance: np.ndarray  # (q, q)
    between: float  # variance of the groups' effects
    within: float
    df: np.ndarray  # (q,) between-within degrees of freedom

    @property
    def intraclass(self) -> float:
        """Share of the variance that is left which lies between groups."""
        return self.between / (self.between + self.within)


def fit_mixed(y: np.ndarray, x: np.ndarray, group: np.ndarray) -> Mixed:
    """Random intercepts of groups.

    Parameters
    ----------
    y : (r,) array
    x : (r, q) array
        The constant first.
    group : (r,) int array

    Raises
    ------
    ConvergenceError
        When statsmodels does not converge, or there are too few groups.
    """
    from statsmodels.regression.mixed_linear_model import MixedLM

    groups = len(np.unique(group))
    if groups < 3:
        raise ConvergenceError(_("random effects need three groups or more"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # convergence and the boundary are looked at here
        try:
            made = MixedLM(y, x, groups=group).fit(reml=True, method=["bfgs", "lbfgs", "powell"], gtol=1e-8)
        except np.linalg.LinAlgError as error:
            raise ConvergenceError(str(error)) from None
    if not made.converged or not np.isfinite(made.fe_params).all():
        raise ConvergenceError(_("statsmodels' MixedLM did not converge"))
    between, within = float(np.asarray(made.cov_re)[0, 0]), float(made.scale)
    theta = np.asarray(made.fe_params, float)
    return Mixed(theta, _covariance(x, group, between, within), between, within, _degrees(x, group, groups))


def _covariance(x: np.ndarray, group: np.ndarray, between: float, within: float) -> np.ndarray:
    """(q, q) inverse of X' V^-1 X; statsmodels' own also moves the variances, which are orthogonal to theta."""
    count = np.bincount(group)
    total = np.array([np.bincount(group, column) for column in x.T])
    shrunk = total * (between / (within + count * between))
    return np.asarray(np.linalg.inv((x.T @ x - shrunk @ total.T) / within))


def _degrees(x: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """(q,) groups less the columns that are constant within them; for other columns rows less groups less these."""
    count = np.bincount(group)
    mean = np.array([np.bincount(group, column) / np.maximum(count, 1) for column in x.T]).T
    inner = np.abs(x - mean[group]).max(axis=0) > 1e-12
    outer_df, inner_df = groups - int((~inner).sum()), len(x) - groups - int(inner.sum())
    return np.where(inner, max(inner_df, 1), max(outer_df, 1)).astype(float)
