"""Weights, strata, clusters and finite populations become covariances here, and only here.

Taylor linearisation (Binder 1983; Lumley 2010, ch. 2): an estimator's influence values are summed within primary
sampling units, centred within strata, and their outer products added up with m_h / (m_h - 1). A stratum with a single
primary unit is centred at the mean of all units ("adjust" in R's survey package). Weights are sampling weights: only
their proportions matter, so they are scaled to sum to the number of respondents.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from survey.study import Design


@dataclass(frozen=True)
class Sample:
    """A design opened for n respondents."""

    n: int
    weight: np.ndarray  # (n,) float64, sums to n
    stratum: np.ndarray | None  # (n,) intp codes
    cluster: np.ndarray | None  # (n,) intp codes
    population: np.ndarray | None  # (n,) float64, population size of the respondent's stratum

    @property
    def weighted(self) -> bool:
        return bool(self.n) and not np.all(self.weight == self.weight[0])

    @property
    def simple(self) -> bool:
        """Equal weights, no strata, no clusters: likelihood-ratio and rank tests hold."""
        return not self.weighted and self.cluster is None and self.stratum is None

    @cached_property
    def units(self) -> tuple[np.ndarray, np.ndarray]:
        """Primary units: (n,) unit code of each respondent and (u,) stratum code of each unit."""
        stratum = np.zeros(self.n, np.intp) if self.stratum is None else self.stratum
        if self.cluster is None:
            return np.arange(self.n), stratum
        pairs, code = np.unique(np.column_stack([stratum, self.cluster]), axis=0, return_inverse=True)
        return code.reshape(-1), pairs[:, 0].astype(np.intp)

    @cached_property
    def df(self) -> float:
        """Degrees of freedom of t intervals: primary units - strata."""
        _, stratum = self.units
        return float(max(len(stratum) - len(np.unique(stratum)), 0))

    @cached_property
    def kish_n(self) -> float:
        """Effective sample size of weighting, (sum w)^2 / sum w^2 (Kish 1965)."""
        return float(self.weight.sum() ** 2 / (self.weight**2).sum()) if self.n else 0.0

    @property
    def cautious_df(self) -> float:
        """Degrees of freedom for simultaneous statements: no more than the effective sample size - 1."""
        return max(min(self.df, self.kish_n - 1), 0.0)

    @cached_property
    def lonely_strata(self) -> int:
        """Strata with a single primary unit."""
        _, stratum = self.units
        return int((np.bincount(stratum) == 1).sum()) if self.stratum is not None else 0

    def covariance(self, influence: np.ndarray, *, finite_population: bool = False) -> np.ndarray:
        """Covariance of an estimator with these influence values.

        Parameters
        ----------
        influence : (n, m) array
            What each respondent adds to the estimate, weights included.
        finite_population : bool
            Multiply each stratum's share by 1 - n_h / N_h. For descriptive intervals only (Cochran 1977, 2.14).

        Returns
        -------
        (m, m) array
        """
        code, stratum = self.units
        total = influence if self.cluster is None else sum_rows(influence, code, len(stratum))
        if self.stratum is None:
            centred = total - total.mean(axis=0)
            factor = np.full(1, len(total) / max(len(total) - 1, 1))
            rows = np.zeros(len(total), np.intp)
        else:
            rows = stratum
            size = np.bincount(rows)
            mean = sum_rows(total, rows, len(size)) / np.maximum(size, 1)[:, None]
            mean[size == 1] = total.mean(axis=0)
            centred = total - mean[rows]
            factor = size / np.maximum(size - 1, 1)
        if finite_population and self.population is not None and self.cluster is None:
            factor = factor * self._uncounted(rows, len(factor))
        if np.all(factor == factor[0]):
            return np.asarray(factor[0] * (centred.T @ centred))
        return np.asarray((centred * factor[rows, None]).T @ centred)

    def _uncounted(self, stratum: np.ndarray, strata: int) -> np.ndarray:
        """1 - n_h / N_h of each stratum, never below zero."""
        assert self.population is not None
        size = np.bincount(stratum, minlength=strata)
        population = np.zeros(strata)
        population[stratum] = self.population
        return np.clip(1 - size / np.where(population > 0, population, np.inf), 0, 1)


def sample_of(design: Design, n: int) -> Sample:
    """Open a wave's design for its n respondents."""
    weight = np.ones(n) if design.weight is None else design.weight * (n / design.weight.sum())
    return Sample(n, weight, design.stratum, design.cluster, design.population)


def sum_rows(values: np.ndarray, code: np.ndarray, groups: int) -> np.ndarray:
    """Sum the rows of (n, m) `values` that share a code: (groups, m)."""
    return np.column_stack([np.bincount(code, weights=column, minlength=groups) for column in values.T])


def multinomial_covariance(share: np.ndarray, n: float) -> np.ndarray:
    """Covariance of the shares of a single-answer question from n respondents: (diag p - p p') / n."""
    return np.asarray((np.diag(share) - np.outer(share, share)) / n)
