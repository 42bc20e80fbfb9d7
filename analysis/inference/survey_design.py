"""Weights, strata, clusters, finite populations, replicates and raking become covariances here, and only here.

Taylor linearisation (Binder 1983; Lumley 2010, ch. 2): an estimator's influence values are summed within primary
sampling units, centred within strata, and their outer products added up with m_h / (m_h - 1). Weights are sampling
weights: only their proportions matter, so they are scaled to sum to the number of respondents. A row that stands for
several respondents (aggregated data) counts as that many.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from obstacles.analysis.inference.effective_units import EffectiveUnits, effective_units
from obstacles.analysis.inference.raking import Raked, rake
from obstacles.analysis.inference.replicates import degrees_of_freedom, deviations, replicate_covariance
from obstacles.survey.study import Design, Replicates
from obstacles.text.language import _, commas

# What strata with a single primary unit add: its square around the mean of all units, the mean of the other strata,
# nothing, or an error.
TILE = 8_192
LONELY = ("adjust", "average", "certainty", "fail")


class DesignError(ValueError):
    """The design cannot be used as stated; the message says why."""


@dataclass(frozen=True)
class SurveyDesign:
    """A design opened for n rows of respondents."""

    n: int
    weight: np.ndarray  # (n,) float64 of one respondent of each row; sums, rows times respondents, to `people`
    stratum: np.ndarray | None  # (n,) intp codes
    cluster: np.ndarray | None  # (n,) intp codes
    population: np.ndarray | None  # (n,) float64, population size of the respondent's stratum
    row_counts: np.ndarray | None = None  # (n,) respondents that each row stands for; None = one
    weight_unit: float = 1.0  # weights of the file = this x `weight`
    replicates: Replicates | None = None
    raked: Raked | None = None
    lonely: str = "adjust"

    @cached_property
    def people(self) -> int:
        """Respondents."""
        return self.n if self.row_counts is None else round(float(self.row_counts.sum()))

    @cached_property
    def times(self) -> np.ndarray:
        """(n,) respondents that each row stands for."""
        return np.ones(self.n) if self.row_counts is None else self.row_counts

    @property
    def weighted(self) -> bool:
        return bool(self.n) and not np.all(self.weight == self.weight[0])

    @property
    def simple(self) -> bool:
        """Equal weights, no strata, clusters or replicates: likelihood-ratio and rank tests hold."""
        return not self.weighted and self.cluster is None and self.stratum is None and self.replicates is None

    @property
    def finite(self) -> bool:
        """Whether descriptive intervals carry a finite population correction."""
        return self.population is not None and self.cluster is None and self.replicates is None

    @cached_property
    def population_size(self) -> float:
        """People in the population, no fewer than the respondents; infinite where no correction is made."""
        if not self.finite or self.population is None:
            return np.inf
        _strata, first = np.unique(self.units[1], return_index=True)
        return max(float(self.population[first].sum()), float(self.people))

    @cached_property
    def units(self) -> tuple[np.ndarray, np.ndarray]:
        """Primary units: (n,) unit code of each row and (u,) stratum code of each unit."""
        stratum = np.zeros(self.n, np.intp) if self.stratum is None else self.stratum
        if self.cluster is None:
            return np.arange(self.n), stratum
        pairs, code = np.unique(np.column_stack([stratum, self.cluster]), axis=0, return_inverse=True)
        return code.reshape(-1), pairs[:, 0].astype(np.intp)

    @cached_property
    def psu_counts(self) -> np.ndarray | None:
        """(u,) how many equal primary units each unit stands for; None = one each. Clusters stand for themselves."""
        return self.row_counts if self.cluster is None else None

    @cached_property
    def df(self) -> float:
        """Degrees of freedom of t intervals: primary units - strata, or those of the replicates."""
        if self.replicates is not None:
            return degrees_of_freedom(self.replicates)
        _, stratum = self.units
        units = len(stratum) if self.psu_counts is None else self.people
        strata = 1 if self.stratum is None else len(np.unique(stratum))
        return float(max(units - strata, 0))

    @cached_property
    def kish_n(self) -> float:
        """Effective sample size of weighting, (sum w)^2 / sum w^2 (Kish 1965)."""
        return float((self.times @ self.weight) ** 2 / (self.times @ self.weight**2)) if self.n else 0.0

    @cached_property
    def effective(self) -> EffectiveUnits:
        """What few or unequal primary units make of the sample's variances; see `effective_units`."""
        return self.effective_in(np.ones(self.n, bool))

    def effective_in(self, inside: np.ndarray) -> EffectiveUnits:
        """The same of those inside (n,) bool; replicates say it by themselves."""
        if self.replicates is not None:
            return EffectiveUnits(1.0, self.df)
        code, stratum = self.units
        weight = np.where(inside, self.weight, 0.0)
        if self.cluster is None:
            return effective_units(weight, stratum, self.psu_counts)
        times = self.times
        return effective_units(np.bincount(code, weights=weight * times, minlength=len(stratum)), stratum)

    @property
    def cautious_df(self) -> float:
        """Degrees of freedom for simultaneous statements: no more than those of the effective sample."""
        return max(min(self.df, self.effective.df, self.kish_n - 1), 0.0)

    @cached_property
    def lonely_strata(self) -> int:
        """Strata with a single primary unit."""
        _, stratum = self.units
        if self.stratum is None or self.replicates is not None:
            return 0
        return int((np.bincount(stratum, weights=self.psu_counts) == 1).sum())

    def covariance(self, influence: np.ndarray, *, finite_population: bool = False) -> np.ndarray:
        """Covariance of an estimator with these influence values.

        Parameters
        ----------
        influence : (n, m) array
            What each row of respondents adds to the estimate, weights included.
        finite_population : bool
            Multiply each stratum's share by 1 - n_h / N_h. For descriptive intervals only (Cochran 1977, 2.14).

        Returns
        -------
        (m, m) array
        """
        if self.raked is not None:
            influence = self.raked.residuals(influence)
        if self.replicates is not None:
            return replicate_covariance(deviations(influence, self.weight, self.replicates), self.replicates)
        code, stratum = self.units
        total = influence if self.cluster is None else sum_rows(influence, code, len(stratum))
        if self.stratum is None and self.psu_counts is None:
            return self._unstratified(total, finite_population)
        return self._stratified(total, finite_population)

    def design_effect(self, influence: np.ndarray) -> np.ndarray:
        """(m,) variance over that of a simple random sample of as many respondents (Kish 1965); NaN without variance.

        The variance of a simple random sample is that of the influence per unit of weight, estimated with the weights.
        """
        weight = self.weight * self.times
        unit = influence * (weight.sum() / weight)[:, None]
        centred = unit - weight @ unit / weight.sum()
        simple = weight @ centred**2 / (weight.sum() * max(self.people - 1, 1))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(simple > 0, np.diag(self.covariance(influence)) / simple, np.nan))

    def _unstratified(self, total: np.ndarray, finite_population: bool) -> np.ndarray:
        units = len(total)
        factor = units / max(units - 1, 1)
        if finite_population and self.finite:
            factor *= self._uncounted(np.zeros(units, np.intp), 1)[0]
        mean = np.full(units, 1 / max(units, 1)) @ total
        spread = np.zeros((total.shape[1],) * 2)
        for start in range(0, units, TILE):
            centred = total[start : start + TILE] - mean
            spread += centred.T @ centred
        return np.asarray(factor * spread)

    def _stratified(self, total: np.ndarray, finite_population: bool) -> np.ndarray:
        _, stratum = self.units
        copies = np.ones(len(total)) if self.psu_counts is None else self.psu_counts
        size = np.bincount(stratum, weights=copies)
        mean = sum_rows(total, stratum, len(size)) / np.maximum(size, 1)[:, None]
        alone = size == 1
        if self.lonely == "adjust":
            mean[alone] = total.sum(axis=0) / copies.sum()
        centred = total / np.where(copies > 0, copies, 1)[:, None] - mean[stratum]
        factor = size / np.maximum(size - 1, 1)
        if self.lonely == "average" and alone.any():
            factor = np.where(alone, 0.0, factor * len(size) / max((~alone).sum(), 1))
        if finite_population and self.finite:
            factor = factor * self._uncounted(stratum, len(factor))
        return np.asarray((centred * (factor[stratum] * copies)[:, None]).T @ centred)

    def _uncounted(self, stratum: np.ndarray, strata: int) -> np.ndarray:
        """1 - n_h / N_h of each stratum, never below zero."""
        assert self.population is not None
        size = np.bincount(stratum, weights=self.row_counts, minlength=strata)
        population = np.zeros(strata)
        population[stratum] = self.population
        return np.clip(1 - size / np.where(population > 0, population, np.inf), 0, 1)


def sample_of(design: Design, n: int, *, times: np.ndarray | None = None) -> SurveyDesign:
    """Open a wave's design for its n rows of respondents.

    Parameters
    ----------
    times : (n,) array, optional
        How many respondents each row stands for.

    Raises
    ------
    DesignError
        When a stratum has a single primary unit and the design says that this must not be, or for replicate weights
        beside strata or clusters.
    analysis.inference.raking.RakingError
        When the margins cannot be met.
    """
    weight = np.ones(n) if design.weight is None else design.weight
    copies = np.ones(n) if times is None else times
    unit = float((weight * copies).sum() / copies.sum()) if n else 1.0
    weight = weight / unit if n else weight
    raked = rake(weight * copies, design.margins, trim=design.trim) if design.margins and n else None
    if design.replicates is not None and (design.stratum is not None or design.cluster is not None):
        raise DesignError(_("replicate weights already carry strata and clusters: state one or the other."))
    if design.replicates is not None and design.margins:
        raise DesignError(
            _("replicate weights cannot be raked here: rake them where they are made, or leave margins out.")
        )
    if design.lonely not in LONELY:
        known = commas(LONELY)
        raise DesignError(_('"{name}" is none of {known}.').format(name=design.lonely, known=known))
    sample = SurveyDesign(
        n,
        weight if raked is None else raked.weight / np.where(copies > 0, copies, 1) * (copies.sum() / n),
        design.stratum,
        design.cluster,
        design.population,
        times,
        unit,
        design.replicates,
        raked,
        design.lonely,
    )
    if sample.lonely == "fail" and sample.lonely_strata:
        message = _("{n} strata have a single primary unit, which the study does not allow: join strata.")
        raise DesignError(message.format(n=sample.lonely_strata))
    return sample


def sum_rows(values: np.ndarray, code: np.ndarray, groups: int) -> np.ndarray:
    """Sum the rows of (n, m) `values` that share a code: (groups, m)."""
    return np.column_stack([np.bincount(code, weights=column, minlength=groups) for column in values.T])


def multinomial_covariance(share: np.ndarray, n: float) -> np.ndarray:
    """Covariance of the shares of a single-answer question from n respondents: (diag p - p p') / n."""
    return np.asarray((np.diag(share) - np.outer(share, share)) / n)
