"""Estimate: the one result that every way of scoring obstacles returns.

`value` is on the scale on which items are compared: a larger value is a larger obstacle, differences of values are
what tests and rank sets look at, and `influence` belongs to it. `display_scale` says how a value is shown to people:

- "worth": value is a log-worth (sums to 0), shown as the worth exp(t) / sum exp(t), a probability of being first;
- "proportion": shown as it is, 0..1, with intervals that stay inside;
- "mean": shown as it is, within `bounds`;
- "negated": shown with the other sign (a mean rank: small is severe), within `bounds`;
- "none": a value without an error (a published share without n).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from obstacles.analysis.terms import CovarianceKind, DisplayScale
from obstacles.survey.question import Item


@dataclass(frozen=True)
class Test:
    """One hypothesis test; `name` is the field's term and `hypothesis` what it would mean if nothing were going on.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> test = ob.rank(study).headline.winner_test
    >>> test.name, round(test.statistic, 2)
    ('winner', 7.56)
    """

    __test__ = False  # not a pytest class

    name: str
    hypothesis: str
    statistic: float
    df: tuple[float, ...]
    p: float
    note: str = ""

    def to_dict(self) -> dict[str, object]:
        """The test as plain values, for JSON."""
        return {
            "name": self.name,
            "hypothesis": self.hypothesis,
            "statistic": self.statistic,
            "df": list(self.df),
            "p": self.p,
            "note": self.note,
        }


@dataclass(frozen=True)
class Estimate:
    """Scores of m items with their joint covariance (see the module's docstring for `value` and `display_scale`).

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> estimate = ob.rank(study).estimate
    >>> estimate.method, estimate.base, estimate.covariance.shape
    ('plackett-luce', 1083, (7, 7))
    """

    items: tuple[Item, ...]
    method: str  # a key of analysis.scores.SCORES
    measure: str  # what is shown: "worth", "share", "mean rank" ...
    display_scale: DisplayScale
    value: np.ndarray  # (m,) float64; NaN = nothing known of the item
    covariance: np.ndarray | None  # (m, m) of `value`, without finite population correction; None = a table without
    # sample size; NaN = a sample without degrees of freedom
    base: int  # respondents behind the estimate
    item_base: np.ndarray  # (m,) respondents behind each item
    weighted_base: float
    df: float  # of t intervals: primary units - strata
    influence: np.ndarray | None = None  # (n, m) of `value`, one row per respondent of the wave
    covariance_fpc: np.ndarray | None = None  # (m, m) with finite population correction, for intervals only
    effective_base: np.ndarray | None = None  # (m,) effective n, for Wilson intervals of proportions 0 and 1
    bounds: tuple[float, float] = (-np.inf, np.inf)  # of what is shown
    covariance_kind: CovarianceKind = "robust"
    log_likelihood: float | None = None
    penalty: float | None = None
    tests: tuple[Test, ...] = ()
    notes: tuple[str, ...] = ()
    pair_error: np.ndarray | None = None  # (m, m) sd of each difference if the pair were equal (small 0/1 samples)
    parameters: dict[str, float] = field(default_factory=dict)  # of the model, beside the scores
    columns: dict[str, np.ndarray] = field(default_factory=dict)  # further figures of each item, (m,) each
    k: int = 0  # first places that count, where the measure is a top-k share

    @property
    def interval_covariance(self) -> np.ndarray | None:
        """(m, m) covariance of `value` for intervals: with the finite population correction where there is one."""
        return self.covariance if self.covariance_fpc is None else self.covariance_fpc


@dataclass(frozen=True)
class Displayed:
    """An estimate as people read it, each (m,); errors and ends are NaN where there is none."""

    value: np.ndarray
    error: np.ndarray
    low: np.ndarray
    high: np.ndarray


def divided(shown: Displayed, by: np.ndarray) -> Displayed:
    """Figures and their intervals divided by numbers, (m,) each."""
    return Displayed(shown.value / by, shown.error / by, shown.low / by, shown.high / by)


def worth(log_worth: np.ndarray) -> np.ndarray:
    """exp(t) / sum exp(t) over the last axis, safe for large t."""
    raised = np.exp(log_worth - log_worth.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def on_display_scale(estimate: Estimate, *, level: float = 0.95) -> Displayed:
    """The estimate, its standard error and its interval on the scale that people read.

    Intervals are t intervals with the design's degrees of freedom (no more than an item's base - 1): for a worth on
    the log scale, for a proportion on the logit scale (Wilson's where every answer is the same), clipped to the scale
    for means.
    """
    m = len(estimate.value)
    covariance = estimate.interval_covariance
    if covariance is None:
        nothing = np.full(m, np.nan)
        value = -estimate.value if estimate.display_scale == "negated" else estimate.value
        return Displayed(value, nothing, nothing, nothing)
    error = np.sqrt(np.maximum(np.diag(covariance), 0))
    df = np.maximum(np.minimum(estimate.df, estimate.item_base - 1), 1)
    t = stats.t.ppf(0.5 + level / 2, df)
    return SCALES[estimate.display_scale](estimate, error, t)


def _show_worth(estimate: Estimate, error: np.ndarray, t: np.ndarray) -> Displayed:
    p = worth(estimate.value)
    covariance = estimate.interval_covariance
    assert covariance is not None
    slope = np.eye(len(p)) - p  # d log p_i / d t_j
    log_error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", slope, covariance, slope), 0))
    return Displayed(p, p * log_error, p * np.exp(-t * log_error), np.minimum(p * np.exp(t * log_error), 1))


def _show_proportion(estimate: Estimate, error: np.ndarray, t: np.ndarray) -> Displayed:
    p = np.clip(estimate.value, 0, 1)
    inside = (p > 0) & (p < 1) & (error > 0)
    safe = np.where(inside, p, 0.5)
    logit, width = np.log(safe / (1 - safe)), t * error / (safe * (1 - safe))
    with np.errstate(over="ignore"):  # an interval as wide as that ends at 0 and 1
        low, high = 1 / (1 + np.exp(width - logit)), 1 / (1 + np.exp(-width - logit))
    base = estimate.item_base if estimate.effective_base is None else estimate.effective_base
    wilson = _wilson(p, np.maximum(base, 1e-9), t)
    low, high = np.where(inside, low, wilson[0]), np.where(inside, high, wilson[1])
    return _blank_unknown(estimate, Displayed(estimate.value, error, low, high))


def _wilson(p: np.ndarray, n: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's score interval (1927) with effective n."""
    centre = (p + t**2 / (2 * n)) / (1 + t**2 / n)
    half = t / (1 + t**2 / n) * np.sqrt(p * (1 - p) / n + t**2 / (4 * n**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def _show_mean(estimate: Estimate, error: np.ndarray, t: np.ndarray) -> Displayed:
    low, high = estimate.bounds
    value = -estimate.value if estimate.display_scale == "negated" else estimate.value
    shown = Displayed(value, error, np.maximum(value - t * error, low), np.minimum(value + t * error, high))
    return _blank_unknown(estimate, shown)


def _blank_unknown(estimate: Estimate, shown: Displayed) -> Displayed:
    """No error and no interval for an item that nobody, or a single respondent or primary unit, spoke of."""
    unknown = np.isnan(estimate.value) | (estimate.item_base < 2) | (estimate.df < 1)
    parts = [np.where(unknown, np.nan, part) for part in (shown.error, shown.low, shown.high)]
    return Displayed(shown.value, *parts)


SCALES = {
    "worth": _show_worth,
    "proportion": _show_proportion,
    "mean": _show_mean,
    "negated": _show_mean,
}
