"""What few or unequal primary units make of a regression: errors, degrees of freedom, and what is not claimed.

Plain samples (equal weights, no clusters) of fifty or more and replicate weights keep the design's errors; smaller ones
do not, for a linear regression of 30 people by two regions named a difference too often. Where a group or what it is
held against lies in fewer than four clusters nothing is tested: every rule for errors rejects too often there
(MacKinnon and Webb 2017, Journal of Applied Econometrics 32: 233).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from obstacles.analysis.inference.rank_sets import FEW_UNITS
from obstacles.analysis.inference.survey_design import SurveyDesign, sum_rows
from obstacles.analysis.regression.formula_matrix import Column
from obstacles.analysis.regression.model import Fitted, ModelData, RowPlan
from obstacles.analysis.regression.unit_leverage import UnitLeverage

FEWEST = 4  # clusters of a cell from which on something is tested
LARGEST = 20_000_000  # numbers in the parts of all units


@dataclass(frozen=True)
class FewUnits:
    """The leverage of the units in the covariates of a sheet, and the cells of few clusters."""

    sheet: ModelData
    leverage: UnitLeverage | None  # None = the design's own errors
    stratum: np.ndarray  # (u,) of each unit

    def covariance(self, fit: Fitted) -> np.ndarray:
        """(p, p) covariance of the parameters, without what a penalty adds."""
        sample = self.sheet.given.prepared.sample
        if self.leverage is None or not fit.places:
            return sample.covariance(fit.influence)
        influence = fit.influence if sample.raked is None else sample.raked.residuals(fit.influence)
        total = sum_rows(influence[self.sheet.used], self.leverage.unit, self.leverage.units)
        score = np.linalg.solve(fit.model_covariance, total.T).T
        moved = score.copy()
        for one in fit.places:
            constant, slopes = list(one.constant), list(one.slopes)
            own = np.column_stack([one.sign * score[:, constant].sum(axis=1), score[:, slopes]])
            adjusted = self.leverage.adjusted(own)
            moved[:, constant] += one.sign * (adjusted[:, :1] - own[:, :1]) / len(constant)
            moved[:, slopes] = adjusted[:, 1:]
        return within_strata(moved @ fit.model_covariance, self.stratum)

    @cached_property
    def column_df(self) -> dict[str, float]:
        """Satterthwaite's degrees of freedom of each column's coefficient."""
        if self.leverage is None:
            return {}
        unit = np.eye(self.leverage.x.shape[1])
        return {column.name: self.leverage.df(unit[[i]]) for i, column in enumerate(self.columns, 1)}

    @cached_property
    def term_df(self) -> dict[str, float]:
        """AHZ's degrees of freedom of each term's coefficients."""
        if self.leverage is None:
            return {}
        unit = np.eye(self.leverage.x.shape[1])
        return {term: self.leverage.df(unit[list(columns)]) for term, columns in self.sheet.matrix.blocks()}

    def widening(
        self, plans: Sequence[RowPlan], influence: np.ndarray, covariance: np.ndarray
    ) -> dict[str, tuple[float, float]]:
        """Variable -> the largest factor on the variance of its coefficients, and the fewest degrees of freedom."""
        if self.leverage is None or not plans:
            return {}
        contrast = np.array([plan.contrast for plan in plans])
        before = np.diag(self.sheet.given.prepared.sample.covariance(influence @ contrast.T))
        after = ((contrast @ covariance) * contrast).sum(axis=1)
        factor = np.where(before > 0, after / np.where(before > 0, before, 1), 1.0)
        variables = {column.name: [name for name, _level in column.levels] or [column.term] for column in self.columns}
        found: dict[str, tuple[float, float]] = {}
        for plan, one in zip(plans, factor, strict=True):
            for name in variables.get(plan.column, ()):
                largest, fewest = found.get(name, (1.0, np.inf))
                found[name] = max(largest, float(one)), min(fewest, self.column_df[plan.column])
        return found

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.sheet.matrix.columns

    @cached_property
    def untested(self) -> frozenset[str]:
        """Terms one of whose cells, or what they are held against, lies in fewer than four clusters."""
        sample, matrix = self.sheet.given.prepared.sample, self.sheet.matrix
        if sample.cluster is None:
            return frozenset()
        code = sample.units[0][self.sheet.used]
        found = set()
        for term, columns in matrix.blocks():
            members = [matrix.columns[i - 1].members for i in columns]
            cells = [rows for rows in members if rows is not None]
            rest = ~np.any(cells, axis=0) if cells else np.zeros(0, bool)
            if any(rows.any() and len(np.unique(code[rows])) < FEWEST for rows in (*cells, rest) if len(rows)):
                found.add(term)
        return frozenset(found)


def few_units(sheet: ModelData, fits: Sequence[Fitted]) -> FewUnits:
    """Look at the units of a sheet."""
    sample = sheet.given.prepared.sample
    used = sheet.used
    codes, unit = np.unique(sample.units[0][used], return_inverse=True)
    stratum = sample.units[1][codes]
    x = sheet.matrix.values - (0 if fits[0].center is None else fits[0].center)
    if plain(sample) or len(codes) * x.shape[1] ** 2 > LARGEST or not fits[0].places or x.shape[1] < 2:
        return FewUnits(sheet, None, stratum)
    return FewUnits(sheet, UnitLeverage(unit.reshape(-1), x, sheet.weight), stratum)


def plain(sample: SurveyDesign) -> bool:
    """Whether the design's errors are left as they are."""
    if sample.replicates is not None or sample.row_counts is not None:
        return True
    return sample.cluster is None and not sample.weighted and sample.n >= FEW_UNITS


def within_strata(total: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """(p, p) sum of squares of the units' parts, around the mean of their stratum where there are several."""
    codes, place = np.unique(stratum, return_inverse=True)
    if len(codes) == 1:
        return np.asarray(total.T @ total)
    place = place.reshape(-1)
    size = np.bincount(place)
    mean = np.where(size[:, None] > 1, sum_rows(total, place, len(codes)) / size[:, None], 0.0)
    factor = np.where(size > 1, size / np.maximum(size - 1, 1), 1.0)
    centred = total - mean[place]
    return np.asarray((centred * factor[place][:, None]).T @ centred)
