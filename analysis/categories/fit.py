"""Categories scored by the way that fits the score of their items (`Score.category`), by sum and per item.

- "any": the share of respondents who name any item of the category, from their answers;
- "sum": worths, votes, points and shares of single answers of its items added up;
- "mean": the mean of its items: ratings averaged respondent by respondent, other scores over the items.

A category with many items is large by any of the first two whatever its items are like, so the same is given per item:
the mean share, or the sum over the number of items.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from obstacles.analysis.categories.answers import with_category_answers
from obstacles.analysis.categories.members import Categories
from obstacles.analysis.categories.sums import combined, combined_fit, linear, of_worths
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.prepare import ModelError, Prepared
from obstacles.analysis.scores import SCORES
from obstacles.analysis.scores.base import Fit, respondents_behind
from obstacles.analysis.scores.first_choice import first_places
from obstacles.analysis.terms import CategoryWay
from obstacles.survey.answers import BestWorst, Published, Rankings, Ratings
from obstacles.text.language import _


@dataclass(frozen=True)
class CategoryFit:
    """The categories of one wave under one score."""

    categories: Categories
    way: CategoryWay
    fit: Fit
    per_item: Fit | None  # None where the figure is a mean already, or every category has one item
    prepared: Prepared  # answers to the categories; those to the items where there are none


def category_fit(prepared: Prepared, score: str, categories: Categories) -> CategoryFit:
    """Score the categories of a prepared wave by a key of `SCORES` that applies to its answers.

    Raises
    ------
    ModelError
        Where the answers do not say what the category's figure is.
    """
    items = SCORES[score].fit(prepared)
    base = _base(prepared, categories)
    alone = bool((categories.sizes == 1).all())
    if items.estimate.display_scale == "worth":
        fits = [combined_fit(items, of_worths(categories, mean=mean), categories, base) for mean in (False, True)]
        return CategoryFit(categories, "sum", fits[0], None if alone else fits[1], prepared)
    way = SCORES[score].category
    answers = with_category_answers(prepared, categories)
    fit = None if answers is None else _from_answers(prepared, answers, score, way)
    if fit is None:
        fit = combined_fit(items, linear(categories, mean=way == "mean"), categories, base)
        fit = replace(fit, estimate=_wide(fit.estimate, score))
    per_item = None
    if way != "mean" and not alone:
        per_item = combined_fit(items, linear(categories, mean=True), categories, base)
    return CategoryFit(categories, way, fit, per_item, prepared if answers is None else answers)


def summed_worths(estimate: Estimate, categories: Categories, base: np.ndarray) -> Estimate:
    """Worths of items (m,) as worths of categories (c,); `base` (c,) are the respondents behind each."""
    return combined(estimate, of_worths(categories, mean=False), categories, base)


def _from_answers(prepared: Prepared, answers: Prepared, score: str, way: CategoryWay) -> Fit | None:
    """The fit to answers to categories; None where votes or places have to be added up instead."""
    own = answers.answers
    if isinstance(own, Ratings | Published):
        return SCORES[score].fit(answers)
    assert isinstance(own, Rankings)
    if way == "any":
        if prepared.random is not None:
            message = _("random answers are corrected in shares of items and in worths, not in shares of categories.")
            raise ModelError(message)
        return SCORES[score].fit(answers)
    shared = prepared.random is not None or bool((first_places(own.ranks).sum(axis=1) > 1).any())
    return SCORES[score].fit(answers) if score == "first-choice" and not shared else None


def _wide(estimate: Estimate, score: str) -> Estimate:
    """Points of places add up over the items of a category, to all that a ranking gives at most."""
    low, high = estimate.bounds
    return replace(estimate, bounds=(low, high * (high + 1) / 2)) if score == "borda" else estimate


def _base(prepared: Prepared, categories: Categories) -> np.ndarray:
    """(c,) respondents who could say something of any item of each category."""
    answers = prepared.answers
    if isinstance(answers, Published):
        return np.full(len(categories.items), int(answers.n or 0))
    if isinstance(answers, Ratings):
        told = ~np.isnan(answers.scores)
    else:
        told = answers.shown if isinstance(answers, BestWorst) else answers.offered
    member = categories.membership.T > 0
    return respondents_behind(prepared, np.asarray(told @ member))
