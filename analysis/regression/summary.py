"""From fitted parameters to rows with intervals: t intervals, tests of whole terms, one correction for a family.

The covariance is that of the design, without finite population correction (Cochran 1977, 2.14); t on primary units -
strata, and for the row of a small cell on Satterthwaite's degrees of freedom of the cell against the others. Tests of
terms are likelihood ratios (or Wald statistics of the model's own covariance) against their distribution under the
design: F = X / sum of lambda on d = (sum)^2 / (sum of squares) and d v degrees of freedom, lambda the eigenvalues of
the design's covariance relative to the model's (Rao and Scott 1984; Lumley and Scott 2014). A Wald statistic of the
robust covariance itself rejects far too often where cells are small: 58 % at a nominal 5 % with cells of 10 to 30.
With imputed covariates the variance is Rubin's (1987), and t has the degrees of freedom of Barnard and Rubin (1999).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy import stats

from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.inference.multiplicity import adjusted
from obstacles.analysis.inference.survey_design import sum_rows
from obstacles.analysis.regression.few_units import FewUnits
from obstacles.analysis.regression.model import Block, EffectPlan, Fitted, RowPlan
from obstacles.analysis.regression.result import Effect, Row, TermTest
from obstacles.analysis.terms import Correction
from obstacles.text.language import _

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Adjusted = TypeVar("Adjusted", bound="DataclassInstance")  # with a field `adjusted`
SMALL_CELL = 100  # primary units from which on the design's degrees of freedom serve


@dataclass(frozen=True)
class Moments:
    """Parameters with their covariance, within imputations and between them."""

    theta: np.ndarray  # (p,)
    model: np.ndarray  # (p, p) inverse information, which knows of no design
    within: np.ndarray  # (p, p)
    between: np.ndarray | None  # (p, p); None for complete cases
    imputations: int
    df: float  # of complete data

    @property
    def covariance(self) -> np.ndarray:
        if self.between is None:
            return self.within
        return np.asarray(self.within + (1 + 1 / self.imputations) * self.between)

    def df_of(self, within: float, between: float) -> float:
        """Barnard and Rubin's degrees of freedom of one combination."""
        if self.between is None or between <= 0 or within <= 0:
            return self.df
        extra = (1 + 1 / self.imputations) * between
        share = extra / (within + extra)
        old = (self.imputations - 1) / share**2
        if not np.isfinite(self.df):
            return float(old)
        observed = (self.df + 1) / (self.df + 3) * self.df * (1 - share)
        return float(1 / (1 / old + 1 / observed))


def moments_of(fits: Sequence[Fitted], units: FewUnits, df: float) -> Moments:
    """Combine one fit, or those of several imputations."""
    thetas = np.array([fit.theta for fit in fits])
    within = np.mean([_covariance(fit, units) for fit in fits], axis=0)
    model = np.mean([fit.model_covariance for fit in fits], axis=0)
    between = np.cov(thetas.T, ddof=1).reshape(within.shape) if len(fits) > 1 else None
    return Moments(thetas.mean(axis=0), model, within, between, len(fits), df)


def _covariance(fit: Fitted, units: FewUnits) -> np.ndarray:
    robust = units.covariance(fit)
    return robust if fit.excess is None else robust + fit.excess


def rows_of(
    plans: Sequence[RowPlan],
    moments: Moments,
    caps: np.ndarray,
    *,
    level: float,
    correction: Correction,
    minimum: int,
    untested: frozenset[str] = frozenset(),
) -> tuple[Row, ...]:
    """Rows with t intervals and p-values, corrected over all rows.

    Parameters
    ----------
    caps : (r,) array
        Largest degrees of freedom of each row (`cell_df`).
    minimum : int
        Respondents of the smallest cell that is shown; where one of a term is not, the sizes of its other cells are
        left out too, so that it cannot be worked out from the margins.
    untested : set of str
        Terms of whose rows nothing is claimed: they have no p-value.
    """
    if not plans:
        return ()
    contrast = np.array([plan.contrast for plan in plans])
    value = contrast @ moments.theta
    within = _quadratic(contrast, moments.within)
    between = np.zeros(len(plans)) if moments.between is None else _quadratic(contrast, moments.between)
    error = np.sqrt(np.maximum(_quadratic(contrast, moments.covariance), 0))
    df = np.array([max(moments.df_of(w, b), 1e-9) for w, b in zip(within, between, strict=True)])
    df = np.minimum(df, caps)
    half = stats.t.ppf(0.5 + level / 2, df) * error
    with np.errstate(invalid="ignore", divide="ignore"):
        p = np.where(error > 0, 2 * stats.t.sf(np.abs(value) / error, df), np.nan)
    p = np.where([plan.term in untested for plan in plans], np.nan, p)
    p_adjusted = adjusted(p, correction)
    small = [plan.base is not None and plan.base < minimum for plan in plans]
    guarded = {(plan.outcome, plan.term) for plan, hidden in zip(plans, small, strict=True) if hidden}
    return tuple(
        Row(
            plan.outcome,
            plan.outcome_label,
            plan.term,
            plan.column,
            plan.label,
            plan.reference,
            float(value[i]),
            float(error[i]),
            float(value[i] - half[i]),
            float(value[i] + half[i]),
            float(p[i]),
            float(p_adjusted[i]),
            None if (plan.outcome, plan.term) in guarded else plan.base,
            small[i],
        )
        for i, plan in enumerate(plans)
    )


def _quadratic(contrast: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return np.asarray(((contrast @ matrix) * contrast).sum(axis=1))


def cell_df(plans: Sequence[RowPlan], influence: np.ndarray, units: FewUnits) -> np.ndarray:
    """(r,) most degrees of freedom: of the units' leverage, or of a cell's mean against the others'.

    The latter by Satterthwaite (1946); infinite for large cells.
    """
    sample, caps = units.sheet.given.prepared.sample, np.array([plan.df for plan in plans])
    if units.leverage is not None:
        return np.asarray(np.minimum(caps, [units.column_df.get(plan.column, np.inf) for plan in plans]))
    if sample.replicates is not None or sample.row_counts is not None:
        return caps
    code, _stratum = sample.units
    for members in {id(plan.members): plan.members for plan in plans if plan.members is not None}.values():
        if len(np.unique(code[members])) >= SMALL_CELL:
            continue
        rows = [i for i, plan in enumerate(plans) if plan.members is members]
        moved = influence @ np.array([plans[i].contrast for i in rows]).T
        parts = []
        for side in (members, ~members):
            inner, place = np.unique(code[side], return_inverse=True)
            total = sum_rows(moved[side], place.reshape(-1), len(inner))
            parts.append(((total**2).sum(axis=0), max(len(inner) - 1, 1e-9)))
        (own, own_df), (rest, rest_df) = parts
        whole = own**2 / own_df + rest**2 / rest_df
        found = np.where(whole > 0, (own + rest) ** 2 / np.where(whole > 0, whole, 1), np.inf)
        caps[rows] = np.minimum(caps[rows], found)
    return caps


def effects_of(
    fits: Sequence[Fitted], moments: Moments, units: FewUnits, *, level: float, minimum: int
) -> tuple[Effect, ...]:
    """Effects with t intervals, averaged over imputations; few or unequal units cost them what they cost their rows."""
    found, wider = [], units.widening(fits[0].rows, fits[0].influence, moments.within)
    for several in zip(*(fit.effects for fit in fits), strict=True):
        first: EffectPlan = several[0]
        value = float(np.mean([one.value for one in several]))
        factor, most = wider.get(first.variable, (1.0, np.inf))
        within = factor * float(np.mean([one.variance for one in several]))
        between = float(np.var([one.value for one in several], ddof=1)) if len(several) > 1 else 0.0
        error = float(np.sqrt(max(within + (1 + 1 / len(several)) * between, 0.0)))
        df = min(moments.df_of(within, between), most)
        half = float(stats.t.ppf(0.5 + level / 2, max(df, 1e-9))) * error
        low, high = max(value - half, first.bounds[0]), min(value + half, first.bounds[1])
        small = first.base is not None and first.base < minimum
        place = (first.outcome, first.variable, first.level, first.reference, first.measure)
        found.append(Effect(*place, value, error, low, high, small))
    return tuple(found)


def tests_of(
    blocks: Sequence[Block], moments: Moments, units: FewUnits, *, correction: Correction, simple: bool
) -> tuple[TermTest, ...]:
    """Tests that all combinations of a block are zero, corrected over the blocks; without those that cannot be made.

    Parameters
    ----------
    simple : bool
        Equal weights and independent respondents: plain likelihood ratios are given, too.
    """
    made = []
    for block in blocks:
        most = units.term_df.get(block.term, np.inf)
        test = None if block.term in units.untested else rao_scott(block, moments, most)
        if test is not None:
            made.append(TermTest(block.term, block.outcome, test, test.p, _plain(block) if simple else None))
    return with_adjusted(made, [term.test.p for term in made], correction)


def with_adjusted(rows: Sequence[Adjusted], p: Sequence[float], correction: Correction) -> tuple[Adjusted, ...]:
    """The rows, each with its p-value corrected over all of them."""
    return tuple(
        replace(row, adjusted=float(q)) for row, q in zip(rows, adjusted(np.array(p), correction), strict=True)
    )


def _plain(block: Block) -> Test | None:
    if block.ratio is None or not block.plain:
        return None
    df = float(len(block.contrast))
    return Test("likelihood ratio", _nothing(block), block.ratio, (df,), float(stats.chi2.sf(block.ratio, df)))


def _nothing(block: Block) -> str:
    return _("{term} goes with nothing").format(term=block.term)


def rao_scott(block: Block, moments: Moments, most: float = np.inf) -> Test | None:
    """One block's statistic against its distribution under the design; None where nothing varies.

    Parameters
    ----------
    most : float
        Degrees of freedom of the covariance, where they are fewer than those of the design.
    """
    difference = block.contrast @ moments.theta
    model = block.contrast @ moments.model @ block.contrast.T
    whole = block.contrast @ moments.covariance @ block.contrast.T
    try:
        factor = np.linalg.cholesky(model)
    except np.linalg.LinAlgError:
        return None
    turned = np.linalg.solve(factor, np.linalg.solve(factor, whole).T)
    total, squares = float(np.trace(turned)), float((turned**2).sum())
    if total <= 0 or moments.df < 1:
        return None
    ratio = block.ratio if block.ratio is not None and moments.between is None else None
    statistic = ratio if ratio is not None else float((np.linalg.solve(factor, difference) ** 2).sum())
    within = float(np.trace(block.contrast @ moments.within @ block.contrast.T))
    between = 0.0
    if moments.between is not None:
        between = float(np.trace(block.contrast @ moments.between @ block.contrast.T))
    df = total**2 / squares
    second = min(df * min(moments.df_of(within, between), most), block.df)
    name = "Rao-Scott LR (F)" if ratio is not None else "Rao-Scott Wald (F)"
    return Test(
        name, _nothing(block), statistic / total, (df, second), float(stats.f.sf(statistic / total, df, second))
    )
