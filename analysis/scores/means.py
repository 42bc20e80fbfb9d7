"""Scores that are weighted means of what every respondent says about every item: shares, ranks, points, ratings.

A mean's influence is w_i (y_i - mean) / sum w over those who could say something about the item, so items of one
questionnaire keep their covariance, and every design serves every score.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.inference.contributions import MeanAnswers
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.prepare import Prepared, by_respondent
from obstacles.analysis.scores.base import Fit, estimate_of, respondents_behind
from obstacles.analysis.terms import DisplayScale
from obstacles.survey.answers import Published, Ratings

SMALL_SAMPLE = 200  # below this, unweighted 0/1 answers use McNemar's error of a difference


def mean_score(
    prepared: Prepared,
    said: np.ndarray,
    asked: np.ndarray,
    *,
    method: str,
    measure: str,
    scale: DisplayScale,
    bounds: tuple[float, float],
    sign: float = 1.0,
    binary: bool = False,
    uniform: np.ndarray | None = None,
    notes: tuple[str, ...] = (),
) -> Fit:
    """A weighted mean for every item.

    Parameters
    ----------
    said : (r, m) array
        What each answer says about each item; ignored where `asked` is False.
    asked : (r, m) bool array
        Whether the answer is about the item at all.
    sign : float
        -1 when a smaller mean is a larger obstacle: `value` is then minus the mean.
    binary : bool
        `said` is 0 or 1.
    uniform : (r,) array, optional
        What each answer would say about every item on average if it were a random ranking with as many places.
    """
    answers, sample, rate = prepared.answers, prepared.sample, prepared.random
    assert not isinstance(answers, Published)
    count = np.ones(len(said)) if isinstance(answers, Ratings) else answers.answer_counts
    weight = sample.weight[answers.respondent] * count
    whole = bool(asked.all())
    filled = said if whole else np.where(asked, said, 0.0)
    plain = filled
    if rate is not None and uniform is not None:
        filled = (filled - rate.share * uniform[:, None]) / (1 - rate.share)
    total = np.full(said.shape[1], weight.sum()) if whole else weight @ asked
    with np.errstate(invalid="ignore"):
        mean = np.where(total > 0, (weight @ filled) / total, np.nan)
    influence = (filled - np.nan_to_num(mean)) * (weight[:, None] * (sign / np.where(total > 0, total, 1.0)))
    if not whole:
        influence *= asked
    influence = by_respondent(influence, answers.respondent, sample.n)
    if rate is not None and uniform is not None:
        moved = (weight @ (plain - uniform[:, None])) / (total * (1 - rate.share) ** 2)
        influence = influence + sign * np.outer(rate.influence, moved)
    estimate = estimate_of(
        prepared,
        method=method,
        measure=measure,
        scale=scale,
        value=sign * mean,
        influence=influence,
        item_base=respondents_behind(prepared, asked),
    )
    parts = weight[:, None] * (np.ones((len(said), 1)) if whole else asked)
    share = by_respondent(parts, answers.respondent, sample.n) / np.where(total > 0, total, 1.0)[: parts.shape[1]]
    estimate = replace(
        estimate,
        effective_base=_effective_base(weight, count, asked, sample),
        bounds=bounds,
        pair_error=_null_error(filled, asked, count, sample) if binary and rate is None else None,
        answers=None if rate is not None else MeanAnswers(estimate.value, influence, share, sample),
        notes=notes,
    )

    def refit(weights: np.ndarray) -> np.ndarray:
        rows = weights[:, answers.respondent] * count
        found = _refit(rows, plain, asked, sign)
        if rate is None or uniform is None:
            return found
        share = rate.refit(weights)[:, None]
        return np.asarray((found - share * sign * (rows @ uniform / rows.sum(axis=1))[:, None]) / (1 - share))

    if rate is not None:
        estimate = replace(estimate, parameters=rate.parameters, notes=(*notes, rate.note))
    return Fit(estimate, refit)


def _effective_base(weight: np.ndarray, count: np.ndarray, asked: np.ndarray, sample: SurveyDesign) -> np.ndarray:
    """(m,) Kish's effective number of answers to each item."""
    squares = weight**2 if sample.row_counts is None else weight**2 / count
    return np.asarray((weight @ asked) ** 2 / np.maximum(squares @ asked, np.finfo(float).tiny))


def _null_error(said: np.ndarray, asked: np.ndarray, count: np.ndarray, sample: SurveyDesign) -> np.ndarray | None:
    """(m, m) standard error of a difference of shares if the two were equal: sqrt(discordant) / n (McNemar 1947).

    Only for fewer than 200 unweighted, unclustered answers with one base: a pooled error keeps the level of rank sets
    where the usual one is too small.
    """
    n = count.sum()
    if not sample.simple or not asked.all() or len(said) != sample.n or not 0 < n < SMALL_SAMPLE:
        return None
    together = said.T @ (said * count[:, None])
    alone = np.diag(together)[:, None] - together
    return np.asarray(np.sqrt(alone + alone.T) / n)


def _refit(weights: np.ndarray, said: np.ndarray, asked: np.ndarray, sign: float) -> np.ndarray:
    """(b, m) means for weights (b, r)."""
    if asked.all():
        return np.asarray(sign * (weights @ said) / weights.sum(axis=1, keepdims=True))
    total = weights @ asked.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sign * (weights @ np.where(asked, said, 0.0)) / total)
