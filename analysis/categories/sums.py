"""Scores of items taken together by category, with errors by the delta method.

A category's figure is a smooth function of its items' scores. With J its slopes (c, m), the influence of a respondent
on the categories is J times that on the items, and the covariance J V J'. The worth of a category is the sum of its
items' worths: in Plackett-Luce's model the probability that one of them is ranked first (Luce 1959). Categories are
among the items that have one: their worths sum to one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from obstacles.analysis.categories.members import Categories
from obstacles.analysis.inference.contributions import Answers, MeanAnswers
from obstacles.analysis.inference.estimate import Estimate, worth
from obstacles.analysis.scores.base import Fit


@dataclass(frozen=True)
class Combination:
    """How scores of items become scores of categories."""

    value: Callable[[np.ndarray], np.ndarray]  # (..., m) -> (..., c)
    slope: Callable[[np.ndarray], np.ndarray]  # (m,) -> (c, m)


def linear(categories: Categories, *, mean: bool) -> Combination:
    """Sums, or means, of the scores of each category's items."""
    slope = categories.membership / (categories.sizes[:, None] if mean else 1.0)
    return Combination(lambda values: np.asarray(values @ slope.T), lambda values: slope)


def of_worths(categories: Categories, *, mean: bool) -> Combination:
    """Log-worths of items to those of categories, which sum to zero: of the sums, or of the means, of their worths."""
    weight = categories.membership / (categories.sizes[:, None] if mean else 1.0)

    def value(values: np.ndarray) -> np.ndarray:
        found = np.log(worth(values) @ weight.T)
        return np.asarray(found - found.mean(axis=-1, keepdims=True))

    def slope(values: np.ndarray) -> np.ndarray:
        part = weight * worth(values)
        part /= part.sum(axis=1, keepdims=True)  # of each item in the worth of its category
        return np.asarray(part - part.mean(axis=0))

    return Combination(value, slope)


def combined(estimate: Estimate, how: Combination, categories: Categories, base: np.ndarray) -> Estimate:
    """An estimate of m items as one of c categories; `base` (c,) are the respondents behind each."""
    slope, most = how.slope(estimate.value), estimate.effective_base

    def spread(covariance: np.ndarray | None) -> np.ndarray | None:
        return None if covariance is None else slope @ covariance @ slope.T

    return replace(
        estimate,
        items=categories.items,
        value=how.value(estimate.value),
        covariance=spread(estimate.covariance),
        covariance_fpc=spread(estimate.covariance_fpc),
        influence=None if estimate.influence is None else estimate.influence @ slope.T,
        item_base=base,
        effective_base=None if most is None else np.where(categories.membership > 0, most, 0.0).max(axis=1),
        pair_error=None,
        log_likelihood=None,
        tests=(),
        columns={},
        floor=spread(estimate.floor),
        answers=_added_up(estimate.answers, slope),
    )


def _added_up(answers: Answers | None, slope: np.ndarray) -> MeanAnswers | None:
    """The answers behind means of categories; None for worths, and where respondents did not answer every item."""
    if not isinstance(answers, MeanAnswers) or answers.share.shape[1] > 1:
        return None
    return replace(answers, value=slope @ answers.value, influence=answers.influence @ slope.T)


def combined_fit(fit: Fit, how: Combination, categories: Categories, base: np.ndarray) -> Fit:
    """As `combined`, with the fits to other weights."""
    refit = fit.refit
    estimate = combined(fit.estimate, how, categories, base)
    return Fit(estimate, None if refit is None else lambda weights: how.value(refit(weights)))
