"""Who reports a larger gap also ranks which obstacle higher: organisation-wide, within groups.

For each obstacle and capability the slope of the obstacle's score on the shortfall, person by person, with groups held
apart: both are centred at their group's mean (the within estimator; Mundlak 1978, Econometrica 46: 69), so that people
with a larger gap are compared with colleagues of their own group, and groups with many such people do not enter. Errors
come from the design through the influence of each person (no finite population correction), p-values are corrected by
Holm over all pairs. Both answers come from one questionnaire: a slope is an association and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from obstacles.analysis.gaps.gap import Staff, t_quantile
from obstacles.analysis.inference.multiplicity import adjusted
from obstacles.analysis.kinds import kind_of
from obstacles.analysis.terms import PersonScore
from obstacles.survey.answers import Published
from obstacles.survey.question import Item
from obstacles.survey.study import Wave

FEWEST = 50  # respondents, and people with a shortfall, below whom no slope is given


@dataclass(frozen=True)
class ObstacleScores:
    """What each respondent says of each obstacle, as a number."""

    items: tuple[Item, ...]
    value: np.ndarray  # (n, m) NaN = not offered, or no rating
    kind: PersonScore  # "share": marked; "top-k": among the first k; "mean-severity" or "points": the rating
    k: int
    bounds: tuple[float, float]

    @property
    def binary(self) -> bool:
        return self.kind in ("share", "top-k")


def obstacle_scores(wave: Wave, *, k: int) -> ObstacleScores | None:
    """The obstacle answers as numbers; None for pairs, best-worst tasks, published tables, and where none was asked."""
    if not wave.items:
        return None
    answers, persons = wave.answers, kind_of(wave.answers, wave.question).persons
    if persons is None or isinstance(answers, Published):
        return None
    if len(np.unique(answers.respondent)) < len(answers.respondent):
        return None
    scores = persons(answers, wave.question, k)
    value = np.full((len(wave.respondents), len(answers.items)), np.nan)
    value[answers.respondent] = scores.value
    return ObstacleScores(answers.items, value, scores.score, scores.k, scores.bounds)


@dataclass(frozen=True)
class Associations:
    """Slopes of obstacle scores on shortfalls, (m, q); NaN where there are too few people."""

    slope: np.ndarray  # change of the score per level of shortfall, among colleagues of one group
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    p_adjusted: np.ndarray  # Holm over all pairs


def associations(staff: Staff, scores: ObstacleScores, *, level: float = 0.95) -> Associations:
    """Slopes of every obstacle on every capability's shortfall.

    No error is smaller than it would be if both had nothing to do with each other: the few who name an obstacle often
    have much the same gap by chance, and what is left of them looks like certainty. Without this some pair held in 12
    to 16 % of organisations of 200 people, 30 % of whom are below, where nothing goes together.
    """
    short = staff.values("shortfall")
    m, q = scores.value.shape[1], short.shape[1]
    slope, error, apart = np.full((m, q), np.nan), np.full((m, q), np.nan), np.zeros((m, q))
    influence = np.zeros((staff.sample.n, m))
    for j in range(q):
        influence[:] = 0
        for o in range(m):
            known = ~np.isnan(short[:, j]) & ~np.isnan(scores.value[:, o])
            if min(known.sum(), (short[known, j] > 0).sum()) < FEWEST:
                continue
            slope[o, j], influence[known, o], apart[o, j] = _within(staff, short[:, j], scores.value[:, o], known)
        error[:, j] = np.sqrt(np.maximum(np.diag(staff.sample.covariance(influence)), 0))
    error = np.where(np.isnan(slope) | (error == 0), np.nan, np.maximum(error, apart))
    error = error * np.sqrt(staff.sample.effective.factor)
    df = np.array(staff.sample.cautious_df)
    half = float(t_quantile(df, level)) * error
    with np.errstate(invalid="ignore"):
        p = 2 * special.stdtr(np.clip(df, 1, 1e9), -np.abs(slope) / error)
    return Associations(slope, slope - half, slope + half, p, adjusted(p))


def _within(staff: Staff, x: np.ndarray, y: np.ndarray, known: np.ndarray) -> tuple[float, np.ndarray, float]:
    """The weighted slope of y on x within groups, its influence for rows known, its error if independent."""
    weight, code = staff.sample.weight[known], staff.code[known]
    parts = []
    for values in (x[known], y[known]):
        total = np.bincount(code, weights=weight * values, minlength=len(staff.names))
        size = np.bincount(code, weights=weight, minlength=len(staff.names))
        parts.append(values - (total / np.where(size > 0, size, 1))[code])
    spread = float(weight @ parts[0] ** 2)
    if spread <= 0:
        return float("nan"), np.zeros(len(weight)), 0.0
    slope = float(weight @ (parts[0] * parts[1])) / spread
    left = len(weight) - len(np.unique(code)) - 1
    variance = float(weight @ parts[1] ** 2) / weight.sum() * len(weight) / max(left, 1)
    independent = float(np.sqrt(variance * ((weight * parts[0]) ** 2).sum())) / spread
    return slope, weight * parts[0] * (parts[1] - slope * parts[0]) / spread, independent
