"""What every kind of regression is given, and what it hands on: parameters, their influence, and what to say of them.

A model's parameters theta come with an influence row per respondent of the wave, zero outside the respondents used, so
that `Design.covariance` serves them as it serves every score. Rows, effects and tests are combinations of theta.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from obstacles.analysis.prepare import Prepared
from obstacles.analysis.regression.covariates import Covariates
from obstacles.analysis.regression.formula_matrix import Column, Matrix, build_matrix, constant
from obstacles.analysis.regression.result import Check
from obstacles.analysis.subpopulation import units_df
from obstacles.survey.settings import RegressionSettings
from obstacles.survey.study import Study, Wave
from obstacles.survey.studyfile.formula import Words
from obstacles.text.language import _, commas, ngettext

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ModelInput:
    """One model of a study, its wave opened and its covariates read."""

    study: Study
    wave: Wave
    prepared: Prepared
    model: RegressionSettings
    words: Words
    covariates: Covariates
    level: float
    seed: int

    @cached_property
    def items(self) -> np.ndarray:
        """Positions of the items that are looked at, in the order of the wave."""
        wanted = self.model.items
        ids = [item.id for item in self.prepared.answers.items]
        return np.array([j for j, id in enumerate(ids) if not wanted or id in wanted], np.intp)

    def label(self, position: int) -> str:
        return self.prepared.answers.items[position].name


@dataclass(frozen=True)
class ModelData:
    """The table that a model is fitted to: complete cases, or one imputation."""

    given: ModelInput
    used: np.ndarray  # (n,) bool: respondents
    data: pd.DataFrame  # (r rows) of those used, nothing missing

    @cached_property
    def respondent(self) -> np.ndarray:
        """(r,) row of respondents."""
        return np.flatnonzero(self.used)

    @cached_property
    def weight(self) -> np.ndarray:
        """(r,) weight of each row, times the respondents that it stands for."""
        return np.asarray(self.given.prepared.sample.weight[self.used] * self.given.covariates.times[self.used])

    @cached_property
    def matrix(self) -> Matrix:
        formula = self.given.model.formula
        if not formula.strip():
            return constant(self.data)
        return build_matrix(formula, self.given.words, self.data, self.weight, self.given.covariates.times[self.used])

    @cached_property
    def df(self) -> float:
        """Primary units - strata among those that hold respondents used."""
        return units_df(self.given.prepared.sample, self.used)

    def spread(self, influence: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
        """(n, p) influence of the rows used, or of some of them (r,) bool, with zeros for everybody else."""
        if rows is not None:
            inner = np.zeros((len(rows), influence.shape[1]))
            inner[rows] = influence
            influence = inner
        if self.used.all():
            return influence
        whole = np.zeros((len(self.used), influence.shape[1]))
        whole[self.used] = influence
        return whole

    def members(self, column: Column) -> np.ndarray | None:
        """(n,) bool: respondents in the cell of a column."""
        if column.members is None:
            return None
        inside = np.zeros(len(self.used), bool)
        inside[self.respondent[column.members]] = True
        return inside

    def base(self, variable: str, level: str, rows: np.ndarray | None = None) -> int | None:
        """Respondents with a level of a group, among some rows (r,) bool of the sheet; None for numbers."""
        if not level:
            return None
        here = (self.matrix.data[variable] == level).to_numpy(bool)
        times = self.given.covariates.times[self.used]
        return round(float(times[here if rows is None else here & rows].sum()))

    @property
    def likelihood_ratios(self) -> bool:
        """Whether twice a difference of log-likelihoods is chi-square: equal weights and independent respondents."""
        return self.given.prepared.sample.simple and self.given.model.missing == "complete"


@dataclass(frozen=True)
class RowPlan:
    """A row of the result: a combination of the parameters, and what it is about."""

    outcome: str
    outcome_label: str
    term: str
    column: str
    label: str
    reference: str
    contrast: np.ndarray  # (p,)
    base: int | None = None  # respondents in the cell
    members: np.ndarray | None = None  # (n,) bool: who is in the cell
    df: float = np.inf  # most degrees of freedom of the row


@dataclass(frozen=True)
class EffectPlan:
    outcome: str
    variable: str
    level: str
    reference: str
    measure: str
    value: float
    variance: float
    bounds: tuple[float, float] = (-np.inf, np.inf)
    base: int | None = None  # respondents with the level, of those who were asked about the outcome


@dataclass(frozen=True)
class CovariatePlaces:
    """Where the coefficients of the matrix's columns stand among the parameters of one outcome."""

    constant: tuple[int, ...]  # one place, or those of the thresholds
    slopes: tuple[int, ...]  # of the other columns, in their order
    sign: float = 1.0  # of the constant in the linear predictor


def places_in_row(start: int, q: int) -> CovariatePlaces:
    """The places of q coefficients side by side, the constant first."""
    return CovariatePlaces((start,), tuple(range(start + 1, start + q)))


def rows_checks(few: Check, steps: int, separation: str) -> tuple[Check, ...]:
    """The checks of models that fit every item by itself: its size, convergence, and "" or what separation did."""
    converged = ngettext("Converged in {n} step.", "Converged in at most {n} steps.", steps).format(n=steps)
    return (
        few,
        Check(_("convergence"), "", True, converged),
        Check(_("separation"), "", not separation, separation or _("No separation.")),
    )


@dataclass(frozen=True)
class Block:
    """Independent combinations of the parameters that are all zero where a term goes with nothing."""

    term: str
    outcome: str  # "" = all items together
    contrast: np.ndarray  # (h, p)
    ratio: float | None = None  # twice the log-likelihood that the term adds
    df: float = np.inf  # most degrees of freedom of the test
    plain: bool = True  # whether the ratio is that of a likelihood of independent rows


@dataclass(frozen=True)
class Fitted:
    """One model fitted to one sheet."""

    measure: str
    parameters: tuple[str, ...]
    theta: np.ndarray  # (p,)
    influence: np.ndarray  # (n, p)
    model_covariance: np.ndarray  # (p, p) inverse information of the (penalised) objective
    rows: tuple[RowPlan, ...]
    base_rows: tuple[RowPlan, ...] = ()
    effects: tuple[EffectPlan, ...] = ()
    blocks: tuple[Block, ...] = ()
    item_blocks: tuple[Block, ...] = ()
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()
    log_likelihood: float | None = None
    penalty: str = ""  # "" = maximum likelihood
    excess: np.ndarray | None = None  # (p, p) what a penalised fit adds to the covariance of the influence
    events: Mapping[str, int] = field(default_factory=dict)
    covariance: str = ""  # where errors are not the design's
    places: tuple[CovariatePlaces, ...] = ()  # by outcome, where the leverage of units is that of the covariates
    center: np.ndarray | None = None  # (q,) taken from the columns of the matrix; None = nothing


def references_of(matrix: Matrix) -> dict[str, str]:
    """Group -> the level that its others are held against."""
    found: dict[str, str] = {}
    for column in matrix.columns:
        for variable, level in column.reference:
            found.setdefault(variable, level)
    return found


def held_against(reference: tuple[tuple[str, str], ...]) -> str:
    """ "Junior", "Junior, Small"; "" where a row is held against nothing."""
    return commas(level for _variable, level in reference)
