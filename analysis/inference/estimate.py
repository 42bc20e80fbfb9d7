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

from dataclasses import dataclass, field, replace

import numpy as np
from scipy import special

from obstacles.analysis.inference.contributions import Answers, MeanAnswers
from obstacles.analysis.inference.distributions import t_ppf
from obstacles.analysis.inference.few_unusual import growth
from obstacles.analysis.inference.lifted import excess_of
from obstacles.analysis.inference.open_ends import with_open_ends
from obstacles.analysis.inference.share_ends import finite_ends
from obstacles.analysis.inference.worth_answers import WorthAnswers
from obstacles.analysis.terms import CovarianceKind, DisplayScale
from obstacles.survey.question import Item

EQUAL = 1e-12  # of the scale: what rounding leaves of an error of 0


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
    df: float  # of t intervals: primary units - strata, fewer where units are unequal
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
    floor: np.ndarray | None = None  # (m, m) covariance below which no error is, where worths are penalised
    answers: Answers | None = None  # behind the scores, for sign flips; None = nothing is known of single answers
    population: float = np.inf  # people in a finite population; infinite where no correction is made
    equal: bool = True  # equal weights and no strata
    inflation: float = 1.0  # of squared errors in intervals and tests: what unequal primary units cost

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


def with_floor(estimate: Estimate, floor: np.ndarray) -> Estimate:
    """The estimate with errors nowhere smaller than those of the (m, m) covariance `floor`."""
    covariance, corrected = estimate.covariance, estimate.covariance_fpc
    if covariance is None or not np.isfinite(covariance).all():
        return estimate
    left = 1 - min(estimate.base / estimate.population, 1.0)
    if corrected is not None and left > 0:
        corrected = corrected + excess_of(corrected, left * floor)
    lifted = covariance + excess_of(covariance, floor)
    return replace(estimate, covariance=lifted, covariance_fpc=corrected, floor=floor)


def worth(log_worth: np.ndarray) -> np.ndarray:
    """exp(t) / sum exp(t) over the last axis, safe for large t."""
    raised = np.exp(log_worth - log_worth.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def on_display_scale(estimate: Estimate, *, level: float = 0.95) -> Displayed:
    """The estimate, its standard error and its interval on the scale that people read.

    Intervals are t intervals with the design's degrees of freedom (no more than an item's base - 1), wider where
    primary units (`effective_units`) or the weights of few unusual answers are unequal (`few_unusual`), on the logit
    scale: of worths, of proportions, and of where means lie between the ends of their scale. Penalised worths have open
    ends (`open_ends`), shares of finite populations exact ones where few are left (`share_ends`). Where all answers are
    alike, those not asked may say otherwise: Wilson's share of them.
    """
    m = len(estimate.value)
    covariance = estimate.interval_covariance
    if covariance is None:
        nothing = np.full(m, np.nan)
        value = -estimate.value if estimate.display_scale == "negated" else estimate.value
        return Displayed(value, nothing, nothing, nothing)
    error = np.sqrt(np.maximum(np.diag(covariance), 0))
    base = estimate.item_base
    if m == 2 and estimate.display_scale == "worth":
        base = np.full(m, base.min())  # what is said of one is said of the other
    df = np.maximum(np.minimum(estimate.df, base - 1), 1)
    t = t_ppf(0.5 + level / 2, df) * np.sqrt(estimate.inflation)
    if isinstance(estimate.answers, MeanAnswers) and estimate.covariance is not None:
        t = t * np.sqrt(growth(estimate.answers, np.diag(estimate.covariance)))
    return _blank_unknown(estimate, SCALES[estimate.display_scale](estimate, error, t, level))


def _show_worth(estimate: Estimate, error: np.ndarray, t: np.ndarray, level: float) -> Displayed:
    p = worth(estimate.value)
    covariance = estimate.interval_covariance
    assert covariance is not None
    slope = np.eye(len(p)) - p  # d log p_i / d t_j
    log_error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", slope, covariance, slope), 0))
    above = estimate.value - estimate.value.max()
    odds = above - np.log(np.exp(above) @ (1 - np.eye(len(p))))
    fraction = min(estimate.base / estimate.population, 1.0)
    half = np.where((log_error > EQUAL) | (fraction == 1), t * log_error, np.nan) * (
        1 + np.exp(odds)
    )  # d log odds = d log p / (1 - p)
    low, high = special.expit(odds - half), special.expit(odds + half)
    if isinstance(estimate.answers, WorthAnswers) and estimate.penalty and np.isfinite(log_error).all():
        low, high = with_open_ends(estimate.answers, low, high, level=level, left=1 - fraction)
    return Displayed(p, p * log_error, np.minimum(low, p), np.maximum(high, p))


def _show_proportion(estimate: Estimate, error: np.ndarray, t: np.ndarray, level: float) -> Displayed:
    p = np.clip(estimate.value, 0, 1)
    base = estimate.item_base if estimate.effective_base is None else estimate.effective_base
    fraction, error = _asked(estimate, error)
    inside = (p > EQUAL) & (p < 1 - EQUAL) & (error > EQUAL)
    safe = np.where(inside, p, 0.5)
    logit, width = special.logit(safe), t * error / (safe * (1 - safe))
    wilson = _wilson(p, np.maximum(base, 1e-9), t)
    low = np.where(inside, special.expit(logit - width), wilson[0])
    high = np.where(inside, special.expit(logit + width), wilson[1])
    if np.isfinite(estimate.population):
        counts = {"answered": estimate.item_base, "effective": base, "fraction": fraction}
        low, high = finite_ends(p, low, high, **counts, equal=estimate.equal, level=level)
    return Displayed(estimate.value, error, low, high)


def _wilson(p: np.ndarray, n: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's score interval (1927) with effective n."""
    centre = (p + t**2 / (2 * n)) / (1 + t**2 / n)
    half = t / (1 + t**2 / n) * np.sqrt(p * (1 - p) / n + t**2 / (4 * n**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def _show_mean(estimate: Estimate, error: np.ndarray, t: np.ndarray, level: float) -> Displayed:
    """On the logit scale between the ends; of equal answers, or units, what the scale leaves to those not asked."""
    low, high = estimate.bounds
    value = -estimate.value if estimate.display_scale == "negated" else estimate.value
    fraction, error = _asked(estimate, error)
    reach = high - low
    if not np.isfinite(reach):
        return Displayed(value, error, value - t * error, value + t * error)
    equal = error <= EQUAL * max(abs(low), abs(high))
    place = np.clip((value - low) / reach, 0, 1)
    inside = (place > 0) & (place < 1) & ~equal  # a mean without random answers may lie beyond the ends
    safe = np.where(inside, place, 0.5)
    logit, width = special.logit(safe), t * error / reach / (safe * (1 - safe))
    below, above = (
        np.where(
            inside, low + reach * special.expit(logit + sign * width), np.clip(value + sign * t * error, low, high)
        )
        for sign in (-1, 1)
    )
    if not equal.any():
        return Displayed(value, error, below, above)
    base = np.maximum(estimate.item_base if estimate.effective_base is None else estimate.effective_base, 1e-9)
    others = np.minimum(_wilson(np.zeros(len(value)), base, t)[1], 1 - fraction)  # share of those who say otherwise
    ends = [value + others * (low - value), value + others * (high - value)]
    told = estimate.influence
    if told is None or not (np.abs(told[:, equal]).max(initial=0.0) <= EQUAL * max(abs(low), abs(high))):
        middle = [low + reach * end for end in _wilson(place, base, t)]
        ends = [np.where(fraction < 1, wilson, end) for wilson, end in zip(middle, ends, strict=True)]
    below, above = (np.where(equal, own, end) for own, end in zip(ends, (below, above), strict=True))
    return Displayed(value, error, below, above)


def _asked(estimate: Estimate, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of the population that was asked of each item (m,), and errors with those who were not in mind."""
    assert estimate.covariance is not None
    fraction = np.minimum(estimate.item_base / estimate.population, 1.0)
    some_left = (error == 0) & (fraction > 0) & (fraction < 1)  # everybody was asked, but not of this item
    return fraction, np.where(some_left, np.sqrt(np.diag(estimate.covariance) * (1 - fraction)), error)


def _blank_unknown(estimate: Estimate, shown: Displayed) -> Displayed:
    """No error and no interval for an item that nobody, or a single respondent or primary unit, spoke of.

    Weights may leave so little of many respondents that they are worth a single one (Kish 1965).
    """
    unknown = np.isnan(estimate.value) | (estimate.item_base < 2) | (estimate.df < 1)
    if estimate.effective_base is not None:
        unknown |= estimate.effective_base < 2
    parts = [np.where(unknown, np.nan, part) for part in (shown.error, shown.low, shown.high)]
    return Displayed(shown.value, *parts)


SCALES = {
    "worth": _show_worth,
    "proportion": _show_proportion,
    "mean": _show_mean,
    "negated": _show_mean,
}
