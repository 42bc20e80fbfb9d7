"""Results of regressions: rows with intervals, effects in plain units, tests of whole terms, and checks of the model.

Every row names what it is held against. Odds ratios, worth ratios and differences describe who answers how; none of
them says what would happen if something were changed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from obstacles.analysis.drawing import drawn
from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.inference.plain import finite, record, record_of_test
from obstacles.analysis.terms import Correction

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class About:
    """What was fitted to whom."""

    study: str
    wave: str
    name: str
    kind: str  # a key of analysis.regression.REGRESSIONS
    title: str
    formula: str
    outcome: str  # the score that is explained; "" where answers to the items are
    asked: int  # respondents within `where`
    used: int  # of them, with every covariate known (or imputed)
    unknown: Mapping[str, int]  # covariate -> respondents whose value is not known
    merged: Mapping[str, tuple[str, ...]]  # covariate -> groups joined, as each was too small
    merged_name: str
    minimum: int  # smallest group that is shown by itself
    references: Mapping[str, str]  # group -> the level that others are held against
    weighted: bool
    clusters: int | None  # primary units, where these are not the respondents
    covariance: str  # "robust", "replicate" or "multiple imputation"
    df: float  # of t intervals
    level: float
    correction: Correction
    imputations: int  # 0 = complete cases
    seed: int


@dataclass(frozen=True)
class Effect:
    """The average difference in a plain unit between a level and its reference, or per unit of a number."""

    outcome: str  # id of an item, or "" where the model has a single outcome
    variable: str
    level: str  # "" for a number
    reference: str
    measure: str  # "probability of being first", "expected rank", "probability" ...
    value: float
    error: float
    low: float
    high: float
    small: bool = False  # the level holds fewer respondents than may be shown


@dataclass(frozen=True)
class Row:
    """One coefficient."""

    outcome: str  # id of the item, or "" where the model has a single outcome
    outcome_label: str
    term: str
    column: str  # as formulaic names it
    label: str
    reference: str  # "" where there is none
    estimate: float
    error: float
    low: float
    high: float
    p: float
    adjusted: float  # p within the family of all rows
    base: int | None  # respondents in the cell; None where the row is no cell
    small: bool = False  # the cell holds fewer respondents than may be shown

    @property
    def ratio(self) -> tuple[float, float, float]:
        """exp of the estimate and of the ends of its interval."""
        return _exp(self.estimate), _exp(self.low), _exp(self.high)


@dataclass(frozen=True)
class TermTest:
    """Does a term go with the outcome at all? `outcome` is "" for all items together."""

    term: str
    outcome: str
    test: Test
    adjusted: float  # p within the family of tests of this kind
    likelihood_ratio: Test | None = None


@dataclass(frozen=True)
class Check:
    """One look at whether the model can be trusted. `passed` is None where there is nothing to decide."""

    name: str
    about: str  # what was looked at: an item, a term, "" for the whole model
    passed: bool | None
    text: str  # in one sentence
    test: Test | None = None


@dataclass(frozen=True)
class Regression:
    """A fitted regression; `measure` says what exp(estimate) is, or what the estimate is for a linear model.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> regression = ob.regress(study)
    >>> regression.to_frame()[["outcome", "label", "ratio"]].head(2).round(2)
      outcome   label  ratio
    0  skills  Middle   1.15
    1    cost  Middle   0.87
    >>> figure = regression.plot()
    """

    about: About
    measure: str  # "worth ratio", "odds ratio", "difference", "ratio of odds of the mean"
    items: Mapping[str, str]  # id -> label of what the rows are about
    rows: tuple[Row, ...]
    base_rows: tuple[Row, ...]  # constants, thresholds, tie weights
    effects: tuple[Effect, ...]
    tests: tuple[TermTest, ...]  # of whole terms, over all items
    item_tests: tuple[TermTest, ...]
    checks: tuple[Check, ...]
    notes: tuple[str, ...]
    log_likelihood: float | None = None
    penalty: str = ""  # "" = maximum likelihood
    events: Mapping[str, int] = field(default_factory=dict)  # outcome -> respondents with the event
    parameters: tuple[str, ...] = ()
    theta: np.ndarray | None = None  # (p,)
    covariance: np.ndarray | None = None  # (p, p)
    influence: np.ndarray | None = None  # (n, p), where it is kept

    @property
    def ratios(self) -> bool:
        """Whether exp(estimate) is what people read."""
        return self.measure != "difference"

    def to_dict(self) -> dict[str, Any]:
        """The regression as plain numbers and texts: the schema of `obstacles regress --json`."""
        return {
            **about_dict(self.about),
            "measure": self.measure,
            "log_likelihood": self.log_likelihood,
            "log_likelihood_kind": "exact"
            if self.about.covariance == "robust" and not self.about.weighted
            else "pseudo",
            "penalty": self.penalty or None,
            "events": dict(self.events),
            "coefficients": [self._row(row) for row in self.rows],
            "constants": [self._row(row) for row in self.base_rows],
            "effects": [self._effect(effect) for effect in self.effects],
            "tests": [term_dict(test) for test in self.tests],
            "item_tests": [term_dict(test) for test in self.item_tests],
            "checks": [check_dict(check) for check in self.checks],
            "notes": list(self.notes),
        }

    def _row(self, row: Row) -> dict[str, Any]:
        if row.small:
            return asdict(row) | dict.fromkeys(("estimate", "error", "low", "high", "p", "adjusted", "base"))
        ratios = dict(zip(("ratio", "ratio_low", "ratio_high"), row.ratio, strict=True)) if self.ratios else {}
        return cleaned(asdict(row) | ratios)

    def _effect(self, effect: Effect) -> dict[str, Any]:
        hidden = dict.fromkeys(("value", "error", "low", "high"))
        return asdict(effect) | hidden if effect.small else cleaned(asdict(effect))

    def to_frame(self) -> pd.DataFrame:
        """One row per coefficient of the covariates."""
        import pandas as pd

        return pd.DataFrame([self._row(row) for row in self.rows])

    def plot(self) -> Figure:
        """The coefficients with their intervals, as a matplotlib Figure; of many, those that hold."""
        return drawn(self)

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False, float_format="{:.4g}".format, na_rep=""))


def about_dict(about: About) -> dict[str, Any]:
    """The head of every result as JSON."""
    merged = {name: list(levels) for name, levels in about.merged.items()}
    counted = {"merged": merged, "unknown": dict(about.unknown), "references": dict(about.references)}
    return {"schema": 1, **cleaned(record(about) | counted)}


def term_dict(test: TermTest) -> dict[str, Any]:
    """The test of a term as plain numbers and texts."""
    plain = {"term": test.term, "outcome": test.outcome, **(record_of_test(test.test) or {})}
    return plain | {"adjusted": finite(test.adjusted), "likelihood_ratio": record_of_test(test.likelihood_ratio)}


def check_dict(check: Check) -> dict[str, Any]:
    """A check of the model as plain numbers and texts."""
    return record(check) | {"test": record_of_test(check.test)}


def cleaned(row: dict[str, Any]) -> dict[str, Any]:
    """NaN and infinity are not JSON: they become None."""
    return {key: finite(value) if isinstance(value, float) else value for key, value in row.items()}


def _exp(value: float) -> float:
    return math.exp(min(value, 700.0)) if math.isfinite(value) else math.nan
