"""Scores that are weighted means of what every respondent says about every item: shares, ranks, points, ratings.

A mean's influence is w_i (y_i - mean) / sum w over those who could say something about the item, so items of one
questionnaire keep their covariance, and every design serves every score.
"""

from __future__ import annotations

import numpy as np

from analysis.design import Sample
from analysis.estimate import Estimate
from analysis.scores.model import Fit, Opened, by_respondent
from survey.answers import Rankings, Ratings

SMALL_SAMPLE = 200  # below this, unweighted 0/1 answers use McNemar's error of a difference


def mean_score(
    opened: Opened,
    said: np.ndarray,
    asked: np.ndarray,
    *,
    method: str,
    measure: str,
    scale: str,
    bounds: tuple[float, float],
    sign: float = 1.0,
    binary: bool = False,
    columns: dict[str, np.ndarray] | None = None,
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
    """
    answers, sample = opened.answers, opened.sample
    assert isinstance(answers, Rankings | Ratings)
    count = answers.count if isinstance(answers, Rankings) else np.ones(len(said))
    weight = (sample.weight[answers.respondent] * count)[:, None] * asked
    filled = np.where(asked, said, 0.0)
    total = weight.sum(axis=0)
    with np.errstate(invalid="ignore"):
        value = sign * np.where(total > 0, (weight * filled).sum(axis=0) / total, np.nan)
        influence = weight * (sign * filled - np.nan_to_num(value)) / np.where(total > 0, total, 1.0)
    influence = by_respondent(influence, answers.respondent, sample.n)
    item_base = (weight > 0).sum(axis=0)
    finite = sample.population is not None and sample.cluster is None
    estimate = Estimate(
        items=answers.items,
        method=method,
        measure=measure,
        scale=scale,
        value=value,
        covariance=sample.covariance(influence),
        described=sample.covariance(influence, finite_population=True) if finite else None,
        base=int(sample.n),
        item_base=item_base,
        weighted_base=float(sample.weight.sum()),
        df=sample.df,
        influence=influence,
        effective_base=_effective_base(weight),
        bounds=bounds,
        pair_error=_null_error(filled, asked, sample) if binary else None,
        columns=columns or {},
        notes=notes,
    )
    return Fit(estimate, lambda weights: _refit(weights[:, answers.respondent] * count, filled, asked, sign))


def _effective_base(weight: np.ndarray) -> np.ndarray:
    """(m,) Kish's effective number of answers to each item."""
    squares = (weight**2).sum(axis=0)
    return np.asarray(weight.sum(axis=0) ** 2 / np.where(squares > 0, squares, 1.0))


def _null_error(said: np.ndarray, asked: np.ndarray, sample: Sample) -> np.ndarray | None:
    """(m, m) standard error of a difference of shares if the two were equal: sqrt(discordant) / n (McNemar 1947).

    Only for fewer than 200 unweighted, unclustered answers with one base: a pooled error keeps the level of rank sets
    where the usual one is too small.
    """
    n = len(said)
    if not sample.simple or not asked.all() or n >= SMALL_SAMPLE or n == 0:
        return None
    together = said.T @ said
    alone = np.diag(together)[:, None] - together
    return np.asarray(np.sqrt(alone + alone.T) / n)


def _refit(weights: np.ndarray, said: np.ndarray, asked: np.ndarray, sign: float) -> np.ndarray:
    """(b, m) means for weights (b, r)."""
    if asked.all():
        return np.asarray(sign * (weights @ said) / weights.sum(axis=1, keepdims=True))
    total = weights @ asked.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sign * (weights @ said) / total)
