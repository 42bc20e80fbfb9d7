"""Is the list as a whole the same? Tests of homogeneity, and scale against re-ordering.

Worths of equally weighted, independent respondents: the likelihood ratio 2 (sum of the sides' log-likelihoods - that
of all together), from 20 respondents a side on (with ten it rejects in 8 % at 5 %). Worths that need a penalty, and
those of fewer respondents: the score test (`score_test`). Elsewhere, and for shares and ratings, the Wald test of the
differences from the list's mean, so that a list that moves up as a whole is one question and a list that changes its
pattern another. A correlation of ranks is never tested against zero: that would be no evidence of no change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize

from obstacles.analysis.change.pair import Pair
from obstacles.analysis.change.pooled import pooled
from obstacles.analysis.change.pseudo_observations import added_to_list, pair_with_ends, with_pseudo_observations
from obstacles.analysis.change.score_test import hypothesis_of, score_test
from obstacles.analysis.inference.distributions import chi2_ppf, chi2_sf, f_ppf, f_sf, t_sf
from obstacles.analysis.inference.estimate import Estimate, Test
from obstacles.analysis.inference.plain import finite
from obstacles.analysis.inference.wald import centred, hotelling, several_df, wald
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.scores import SCORES
from obstacles.analysis.subpopulation import ComparisonSide
from obstacles.survey.answers import BestWorst, Published, Rankings
from obstacles.text.language import _

NO_PARAMETER = ("cap_hit_rate",)  # named beside the parameters of a model, and none
FEWEST = 20  # respondents of a side from which on the likelihood ratio is used
WIDEST = 8.0  # scale factors looked at: from 1/8 to 8


@dataclass(frozen=True)
class ScaleFactor:
    """Log-worths of the second side as a multiple of the first side's: how sharply items are told apart."""

    factor: float
    low: float | None  # None = not bounded by the data
    high: float | None
    scale: Test  # that the factor is 1
    order: Test  # that the worths agree but for the factor: what is left is re-ordering

    def to_dict(self) -> dict[str, Any]:
        return {"factor": self.factor, "interval": [finite(self.low), finite(self.high)]}


def homogeneity(
    sides: Sequence[ComparisonSide], pairs: Mapping[tuple[int, int], Pair], items: np.ndarray, *, seed: int = 1
) -> Test | None:
    """Test that all sides have the same list.

    Parameters
    ----------
    pairs : mapping
        Positions (i, j), i < j, of every two sides -> the pair.
    items : (m,) bool array
        Items that are compared.

    Returns
    -------
    Test, or None where the sides are scored by different methods or have no joint covariance.
    """
    estimates = [side.order for side in sides]
    items = items & known_items(estimates)
    if len({estimate.method for estimate in estimates}) > 1 or items.sum() < 2:
        return None
    small = min(side.people for side in sides) < FEWEST
    if items.all() and (small or any(estimate.penalty for estimate in estimates)):
        found = score_test(sides, pairs, seed=seed)
        if found is not None:
            return found
    if all(pair.simple for pair in pairs.values()) and items.all() and not small:
        found = _likelihood_ratio(sides)
        if found is not None:
            return found
    if len(sides) == 2:
        return _pair_wald(pairs[0, 1], items)
    return _many_wald(sides, pairs, items)


def known_items(estimates: Sequence[Estimate]) -> np.ndarray:
    """(m,) bool: items that somebody answered on every side."""
    return np.asarray(np.all([np.isfinite(estimate.value) for estimate in estimates], axis=0))


def _pair_wald(pair: Pair, items: np.ndarray) -> Test | None:
    one, other = pair.first.order, pair.second.order
    cov = pair.covariances(one, other)
    if cov is None or "at most" in (one.covariance_kind, other.covariance_kind):
        return None
    contrast = np.zeros((int(items.sum()) - 1, len(items)))
    contrast[:, items] = centred(int(items.sum()))
    difference, cov = pair_with_ends(pair, one, other, cov, added_to_list(pair, one))
    return wald(
        "homogeneity (Wald)",
        hypothesis_of(one),
        contrast @ np.where(items, difference, 0.0),
        contrast @ cov.difference @ contrast.T,
        [contrast @ part @ contrast.T for part in (cov.first, cov.second)],
        (pair.first.df, pair.second.df),
        most=pair.most_df,
    )


def _many_wald(
    sides: Sequence[ComparisonSide], pairs: Mapping[tuple[int, int], Pair], items: np.ndarray
) -> Test | None:
    """Every side against the first: the contrasts of all of them at once."""
    estimates = [side.order for side in sides]
    if any(e.covariance is None or e.covariance_kind == "at most" for e in estimates):
        return None
    m, g = len(items), len(sides)
    contrast = np.zeros((int(items.sum()) - 1, m))
    contrast[:, items] = centred(int(items.sum()))
    whole, listed = np.zeros((g, m, g, m)), np.outer(items, items)
    added = min(added_to_list(pair, estimates[0]) for pair in pairs.values())
    values = []
    for i, side in enumerate(sides):
        value, own_cov = with_pseudo_observations(side, estimates[i], added)
        whole[i, :, i] = np.where(listed, own_cov, 0.0)
        values.append(np.where(items, value, 0.0))
    for (i, j), pair in pairs.items():
        if not pair.independent:
            cov = pair.covariances(estimates[i], estimates[j])
            assert cov is not None
            cross = np.where(listed, pair_with_ends(pair, estimates[i], estimates[j], cov, added)[1].cross, 0.0)
            whole[i, :, j], whole[j, :, i] = cross, cross.T
    against = np.kron(np.column_stack([-np.ones(g - 1), np.eye(g - 1)]), contrast)
    own = [against[:, i * m : (i + 1) * m] for i in range(g)]
    joined = [pair.most_df for pair in pairs.values() if not pair.independent]
    return wald(
        "homogeneity (Wald)",
        hypothesis_of(estimates[0]),
        against @ np.concatenate(values),
        against @ whole.reshape(g * m, g * m) @ against.T,
        [part @ whole[i, :, i] @ part.T for i, part in enumerate(own)],
        [side.df for side in sides],
        most=max(joined, default=np.inf),
    )


def _likelihood_ratio(sides: Sequence[ComparisonSide]) -> Test | None:
    """Twice the log-likelihood lost when all sides share their worths; None where the model or penalties forbid it."""
    estimates = [side.order for side in sides]
    if estimates[0].display_scale != "worth" or any(
        e.log_likelihood is None or e.penalty is not None for e in estimates
    ):
        return None
    together = pooled(sides)
    if together is None:
        return None
    try:
        whole = SCORES[estimates[0].method].fit(together).estimate
    except ModelError:
        return None
    names = [tuple(sorted(set(e.parameters) - set(NO_PARAMETER))) for e in (*estimates, whole)]
    if whole.log_likelihood is None or whole.penalty is not None or len(set(names)) > 1:
        return None
    apart = sum(e.log_likelihood for e in estimates if e.log_likelihood is not None)
    ratio = 2 * (apart - whole.log_likelihood)
    df = (len(sides) - 1.0) * (len(whole.value) - 1 + len(names[0]))
    p = float(chi2_sf(max(ratio, 0.0), df))
    return Test("homogeneity (likelihood ratio)", hypothesis_of(whole), max(ratio, 0.0), (df,), p)


def overall_level(pair: Pair, items: np.ndarray) -> Test | None:
    """Whether the mean over the items moved: for shares of a selection and for ratings, whose sum is free."""
    one, other = pair.first.level, pair.second.level
    free = (pair.first.prepared.answers, pair.second.prepared.answers)
    if one is None or other is None or not items.any() or any(isinstance(a, Published | BestWorst) for a in free):
        return None
    if any(isinstance(a, Rankings) and not a.selection for a in free):
        return None
    cov = pair.covariances(one, other)
    if cov is None:
        return None
    items = items & known_items([one, other])
    if not items.any():
        return None
    mean = items / items.sum()
    apart, cov = pair_with_ends(pair, one, other, cov, added_to_list(pair, one))
    difference, variance = float(mean @ np.where(items, apart, 0.0)), mean @ cov.difference @ mean
    if not variance > 0:
        return None
    parts = [np.atleast_2d(mean @ part @ mean) for part in (cov.first, cov.second)]
    df = several_df(np.atleast_2d(variance), parts, (pair.first.df, pair.second.df), pair.most_df)
    t = difference / float(np.sqrt(variance))
    hypothesis = _("the mean over the items is the same on both sides")
    return Test("overall level", hypothesis, t, (df,), float(2 * t_sf(abs(t), df)))


def scale_factor(pair: Pair) -> ScaleFactor | None:
    """Separate a common factor of the log-worths from re-ordering (Swait and Louviere 1993).

    With t2 = s t1, the distance of t2 - s t1 from zero in its covariance V2 + s^2 V1 - s (C + C') is least at the
    estimate of s; what is left tests re-ordering, what 1 costs beyond that tests the factor. None for scores that are
    no worths or penalised ones, or where no factor between 1/8 and 8 fits best.
    """
    one, other = pair.first.order, pair.second.order
    cov = pair.covariances(one, other)
    m = len(one.value)
    if one.display_scale != "worth" or one.method != other.method or cov is None or m < 3:
        return None
    if one.penalty or other.penalty:  # a factor of worths that may be 0 is none
        return None
    contrast = centred(m)
    a, b = contrast @ one.value, contrast @ other.value
    v1, v2, c = (contrast @ part @ contrast.T for part in (cov.first, cov.second, cov.cross))

    def distance(log_factor: float) -> float:
        s = np.exp(log_factor)
        apart = b - s * a
        return float(apart @ np.linalg.solve(v2 + s**2 * v1 - s * (c + c.T), apart))

    try:
        grid = np.linspace(-np.log(WIDEST), np.log(WIDEST), 61)
        values = [distance(x) for x in grid]
        i = int(np.argmin(values))
        if i in (0, len(grid) - 1):
            return None
        best = optimize.minimize_scalar(distance, bounds=(grid[i - 1], grid[i + 1]), method="bounded")
    except np.linalg.LinAlgError:
        return None
    least, at_one = float(best.fun), distance(0.0)
    v = several_df(v1 + v2, [v1, v2], (pair.first.df, pair.second.df), pair.most_df)
    if v < m - 1:
        return None
    order = hotelling("re-ordering (Wald)", _("the worths agree but for a common factor"), least, m - 2, v)
    rest = v - m + 2
    room = float(f_ppf(0.95, 1, rest)) * (v + least) / rest if np.isfinite(v) else float(chi2_ppf(0.95, 1))
    ends = [_crossing(distance, float(best.x), end, least + room) for end in (grid[0], grid[-1])]
    return ScaleFactor(
        float(np.exp(best.x)), ends[0], ends[1], _one_factor(max(at_one - least, 0.0), least, rest, v), order
    )


def _one_factor(more: float, least: float, rest: float, v: float) -> Test:
    """What a factor of 1 adds to the least distance: a test of additional information (Rao 1973, 8c.4)."""
    name, hypothesis = "scale (Wald)", _("the factor between the log-worths is 1")
    if not np.isfinite(v):
        return Test(name, hypothesis, more, (1.0,), float(chi2_sf(more, 1)))
    f = more * rest / (v + least)
    return Test(name, hypothesis, f, (1.0, rest), float(f_sf(f, 1, rest)))


def _crossing(distance: Callable[[float], float], start: float, end: float, limit: float) -> float | None:
    """The factor between `start` and `end` at which the distance reaches the limit."""
    if distance(end) <= limit:
        return None
    return float(np.exp(optimize.brentq(lambda x: distance(x) - limit, min(start, end), max(start, end))))
