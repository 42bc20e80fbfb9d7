"""Estimate: the one result that every way of scoring obstacles returns.

`value` is on the scale on which items are compared: a larger value is a larger obstacle, differences of values are
what tests and rank sets look at, and `influence` belongs to it. `scale` says how a value is shown to people:

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

from survey.question import Item


@dataclass(frozen=True)
class Test:
    """One hypothesis test; `name` is the field's term and `hypothesis` what it would mean if nothing were going on."""

    __test__ = False  # not a pytest class

    name: str
    hypothesis: str
    statistic: float
    df: tuple[float, ...]
    p: float
    note: str = ""

    def to_dict(self) -> dict[str, object]:
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
    """Scores of m items with their joint covariance (see the module's docstring for `value` and `scale`)."""

    items: tuple[Item, ...]
    method: str  # a key of analysis.scores.MODELS
    measure: str  # what is shown: "worth", "share", "mean rank" ...
    scale: str
    value: np.ndarray  # (m,) float64; NaN = nothing known of the item
    covariance: np.ndarray | None  # (m, m) of `value`, without finite population correction; None = no error
    base: int  # respondents behind the estimate
    item_base: np.ndarray  # (m,) respondents behind each item
    weighted_base: float
    df: float  # of t intervals: primary units - strata
    influence: np.ndarray | None = None  # (n, m) of `value`, one row per respondent of the wave
    described: np.ndarray | None = None  # (m, m) with finite population correction, for intervals only
    effective_base: np.ndarray | None = None  # (m,) effective n, for Wilson intervals of proportions 0 and 1
    bounds: tuple[float, float] = (-np.inf, np.inf)  # of what is shown
    covariance_kind: str = "robust"  # "robust", "design", "model", "at most", "none"
    log_likelihood: float | None = None
    penalty: float | None = None
    tests: tuple[Test, ...] = ()
    notes: tuple[str, ...] = ()
    details: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """An estimate as people read it, each (m,); errors and ends are NaN where there is none."""

    value: np.ndarray
    error: np.ndarray
    low: np.ndarray
    high: np.ndarray
