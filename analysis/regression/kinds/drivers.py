"""Drivers analysis: how the explained variance of a score is shared among correlated obstacles and groups.

Johnson's relative weights (2000) project the columns on their nearest orthogonal counterparts; general dominance
(Budescu 1993; Azen and Budescu 2003) averages what each term adds over all subsets of the others. Both sum to R^2 and
cannot be negative, so that their intervals (percentiles of resampled primary units, refitted) test nothing against zero
and say only how far the shares would move; which differ, and which are larger than those of random numbers, is told by
`likelihoods.share_tests`. R^2 has the interval of `likelihoods.r_squared`, which lies where the
population's does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from obstacles.analysis.inference.plain import finite
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.ranking.bootstrap import resampled_weights
from obstacles.analysis.regression.fitting import about_of, notes_around
from obstacles.analysis.regression.imputation import complete_sheet
from obstacles.analysis.regression.kinds.base import RegressionKind
from obstacles.analysis.regression.kinds.outcome import outcome_of, reason_not_applicable, same_source
from obstacles.analysis.regression.likelihoods.r_squared import explained_interval
from obstacles.analysis.regression.likelihoods.share_tests import larger_shares, random_share
from obstacles.analysis.regression.model import ModelData, ModelInput
from obstacles.analysis.regression.result import About, about_dict
from obstacles.text.language import _

if TYPE_CHECKING:
    import pandas as pd

REPLICATES = 1_000
MOST_TERMS = 12  # dominance looks at every subset of the terms
CELLS = 4_000_000


@dataclass(frozen=True)
class Driver:
    """One term's share of the explained variance."""

    term: str
    label: str
    weight: float  # Johnson's relative weight; they sum to R^2
    low: float
    high: float
    dominance: float | None  # general dominance; None with more than `MOST_TERMS` terms
    dominance_low: float | None
    dominance_high: float | None
    random: float | None  # a term of random numbers would exceed it by chance in one of 20 surveys; None if unknown
    larger_than: tuple[str, ...]  # terms whose relative weight is shown to be smaller
    first: float  # bootstrap frequency of the largest relative weight: a frequency, not confidence


@dataclass(frozen=True)
class Drivers:
    """Terms from the largest relative weight to the smallest."""

    about: About
    outcome: str
    explained: float  # R^2
    explained_low: float
    explained_high: float
    replicates: int
    drivers: tuple[Driver, ...]
    notes: tuple[str, ...]
    checks: tuple[Any, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            **about_dict(self.about),
            "outcome": self.outcome,
            "r_squared": self.explained,
            "r_squared_interval": [self.explained_low, self.explained_high],
            "replicates": self.replicates,
            "drivers": [asdict(driver) for driver in self.drivers],
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per term."""
        import pandas as pd

        return pd.DataFrame([asdict(driver) for driver in self.drivers])


def fit(given: ModelInput) -> Drivers:
    """Share the explained variance of the model's outcome among its terms.

    Raises
    ------
    ModelError
        For a formula with one term or with interactions, and for imputed covariates.
    """
    sheet = complete_sheet(given)
    y, x = outcome_of(sheet), sheet.matrix.values[:, 1:]
    terms = {term: np.array(columns) - 1 for term, columns in sheet.matrix.terms}
    if len(terms) < 2 or any(":" in term for term in terms):
        raise ModelError(_('kind "drivers" takes two terms or more joined by +, without interactions.'))
    replicates = REPLICATES if given.model.bootstrap is None else given.model.bootstrap
    own = _shares(_moments(y, x, sheet.weight[None]), terms)
    drawn = _resampled(sheet, y, x, terms, replicates)
    alpha = (1 - given.level) / 2
    low, high = (
        np.quantile(drawn, q, axis=0) if replicates else np.full(own.shape[1:], np.nan) for q in (alpha, 1 - alpha)
    )
    first = np.bincount(drawn[:, 0, :-1].argmax(axis=1), minlength=len(terms)) / max(replicates, 1)
    weight = sheet.weight
    kish = float(weight.sum() ** 2 / (weight**2).sum())
    units = min(kish, given.prepared.sample.df + 1)
    share, names = own[0, 0, :-1], list(terms)
    width = np.array([len(columns) for columns in terms.values()])
    larger = larger_shares(share, drawn[:, 0, :-1], columns=x.shape[1], n=units, level=given.level)
    chance = random_share(share, width, float(own[0, 0, -1]), columns=x.shape[1], n=units, level=given.level)
    with_dominance = len(terms) <= MOST_TERMS
    labels = {item.id: item.name for item in given.prepared.answers.items}
    made = [
        Driver(
            term,
            labels.get(term, term),
            float(own[0, 0, i]),
            float(low[0, i]),
            float(high[0, i]),
            float(own[0, 1, i]) if with_dominance else None,
            float(low[1, i]) if with_dominance else None,
            float(high[1, i]) if with_dominance else None,
            finite(chance[i]),
            tuple(names[j] for j in np.flatnonzero(larger[i])),
            float(first[i]),
        )
        for i, term in enumerate(terms)
    ]
    moved = float(drawn[:, 0, -1].var()) if replicates else 0.0
    ends = explained_interval(float(own[0, 0, -1]), x.shape[1], _effective(given, kish, own, moved), level=given.level)
    assert given.model.outcome is not None
    return Drivers(
        about=about_of(given, sheet, imputations=0),
        outcome=given.model.outcome,
        explained=float(own[0, 0, -1]),
        explained_low=ends[0],
        explained_high=ends[1],
        replicates=replicates,
        drivers=tuple(sorted(made, key=lambda driver: -driver.weight)),
        notes=notes_around(
            sheet,
            _("Shares of explained variance cannot be negative, so their intervals are no test against zero."),
            *((same_source(),) if set(terms) & set(labels) else ()),
        ),
    )


def _effective(given: ModelInput, kish: float, own: np.ndarray, moved: float) -> float:
    """Effective number of respondents: under clusters that of a plain sample whose R^2 moves as the resampled ones do.

    The variance of R^2 is about 4 R^2 (1 - R^2)^2 / n (Olkin and Finn 1995).
    """
    explained = float(own[0, 0, -1])
    plain = 4 * explained * (1 - explained) ** 2
    if given.prepared.sample.cluster is None or not moved > 0:
        return kish
    return min(kish, plain / moved)


def _resampled(
    sheet: ModelData, y: np.ndarray, x: np.ndarray, terms: Mapping[str, np.ndarray], replicates: int
) -> np.ndarray:
    """(b, 2, t + 1) shares and R^2 when primary units are drawn again."""
    sample = sheet.given.prepared.sample
    rng = np.random.default_rng(sheet.given.seed)
    size = max(CELLS // sample.n, 1)
    parts = []
    for start in range(0, replicates, size):
        weight = resampled_weights(sample, min(size, replicates - start), rng)[:, sheet.used]
        parts.append(_shares(_moments(y, x, weight * sheet.given.covariates.times[sheet.used]), terms))
    return np.concatenate(parts) if parts else np.zeros((0, 2, len(terms) + 1))


def _moments(y: np.ndarray, x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(b, 1 + q, 1 + q) weighted correlations of the outcome and the columns; a column that does not vary has none."""
    whole = np.column_stack([y, x])
    whole = whole - whole.mean(axis=0)
    total = weight.sum(axis=1)
    mean = weight @ whole / total[:, None]
    first, second = np.triu_indices(whole.shape[1])
    products = weight @ (whole[:, first] * whole[:, second]) / total[:, None] - mean[:, first] * mean[:, second]
    covariance = np.empty((len(weight), whole.shape[1], whole.shape[1]))
    covariance[:, first, second] = covariance[:, second, first] = products
    scale = np.sqrt(np.maximum(np.einsum("bii->bi", covariance), 0))
    safe = np.where(scale > 1e-12, scale, np.inf)
    correlation = covariance / (safe[:, :, None] * safe[:, None, :])
    correlation[:, range(whole.shape[1]), range(whole.shape[1])] = 1.0
    return np.asarray(correlation)


def _shares(correlation: np.ndarray, terms: Mapping[str, np.ndarray]) -> np.ndarray:
    """(b, 2, t + 1) relative weights and dominance of terms, R^2 last; dominance NaN with many terms."""
    weights = relative_weights(correlation)
    by_term = np.column_stack([weights[:, columns].sum(axis=1) for columns in terms.values()])
    total = by_term.sum(axis=1)
    general = (
        dominance(correlation, list(terms.values())) if len(terms) <= MOST_TERMS else np.full_like(by_term, np.nan)
    )
    return np.stack([np.column_stack([by_term, total]), np.column_stack([general, total])], axis=1)


def relative_weights(correlation: np.ndarray) -> np.ndarray:
    """(b, q) Johnson's relative weights from (b, 1 + q, 1 + q) correlations, the outcome first; they sum to R^2."""
    root, vectors = np.linalg.eigh(correlation[:, 1:, 1:])
    root = np.sqrt(np.maximum(root, 0))
    half = (vectors * root[:, None, :]) @ np.swapaxes(vectors, 1, 2)  # loadings of the columns on their counterparts
    safe = np.where(root > 1e-8, root, np.inf)
    inverse = (vectors / safe[:, None, :]) @ np.swapaxes(vectors, 1, 2)
    beta = np.einsum("bij,bj->bi", inverse, correlation[:, 1:, 0])
    return np.asarray(np.einsum("bij,bj->bi", half**2, beta**2))


def dominance(correlation: np.ndarray, terms: list[np.ndarray]) -> np.ndarray:
    """(b, t) general dominance of terms (columns each): what one adds to R^2, averaged over subsets by size."""
    t = len(terms)
    explained: dict[frozenset[int], np.ndarray] = {frozenset(): np.zeros(len(correlation))}
    for size in range(1, t + 1):
        for chosen in combinations(range(t), size):
            columns = np.concatenate([terms[i] for i in chosen]) + 1
            within = correlation[:, columns[:, None], columns] + 1e-12 * np.eye(len(columns))
            with_y = correlation[:, columns, 0]
            solved = np.linalg.solve(within, with_y[..., None])[..., 0]
            explained[frozenset(chosen)] = (with_y * solved).sum(axis=1)
    general = np.zeros((len(correlation), t))
    for subset, value in explained.items():
        for i in range(t):
            if i not in subset:
                general[:, i] += (explained[subset | {i}] - value) / (t * comb(t - 1, len(subset)))
    return general


KIND = RegressionKind(reason_not_applicable, fit)
