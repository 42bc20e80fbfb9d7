"""Covariance from replicate weights: balanced repeated replication, jackknife, bootstrap.

Covariance = scale x sum of rscales x (replicate - centre)(replicate - centre)' (Wolter 2007; Lumley 2010, 2.3), the
centre being the replicates' mean or the estimate. An estimator's values under the replicate weights come from refits;
where only its influence is at hand they are its linear terms.
"""

from __future__ import annotations

import numpy as np

from obstacles.survey.study import Replicates


def replicate_covariance(values: np.ndarray, replicates: Replicates, estimate: np.ndarray | None = None) -> np.ndarray:
    """(m, m) covariance from an estimator's values (r, m) under each replicate weight.

    Parameters
    ----------
    estimate : (m,) array, optional
        The full-sample estimate, for replicates that are centred at it; zero when `values` are deviations from it.
    """
    scales = replicates.rscales
    centre = values[scales > 0].mean(axis=0)
    if replicates.around_estimate:
        centre = np.zeros(values.shape[1]) if estimate is None else estimate
    apart = (values - centre) * np.sqrt(scales)[:, None]
    return np.asarray(replicates.scale * (apart.T @ apart))


def deviations(influence: np.ndarray, weight: np.ndarray, replicates: Replicates) -> np.ndarray:
    """(r, m) linear deviations of an estimator with this influence (n, m) under each replicate weight.

    Parameters
    ----------
    weight : (n,) array
        Full-sample weights, > 0.
    """
    change = replicates.weight / replicates.weight.sum(axis=0) * weight.sum() / weight[:, None] - 1
    return np.asarray(change.T @ influence)


def degrees_of_freedom(replicates: Replicates) -> float:
    """Rank of the replicate weights - 1."""
    return float(max(np.linalg.matrix_rank(replicates.weight, rtol=1e-5) - 1, 0))
