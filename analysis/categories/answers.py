"""Answers to items as answers to their categories, respondent by respondent.

Whoever names any item of a category names the category (of rankings: at the best place of its items); ratings are
averaged over the items that the respondent rated, points and the shares of single answers add up. Pairs and best-worst
tasks say nothing of a category that could be counted: there, and for rankings, worths are added up (`fit`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.categories.members import Categories
from obstacles.analysis.kinds import kind_of
from obstacles.analysis.kinds.rankings import merged
from obstacles.analysis.prepare import ModelError, Prepared
from obstacles.survey.answers import Answers, Published, Rankings, Ratings
from obstacles.survey.question import Question
from obstacles.survey.study import Wave
from obstacles.text.language import _


def category_answers(answers: Answers, question: Question, categories: Categories) -> Answers | None:
    """The answers to the c categories; None for pairs and best-worst tasks.

    Raises
    ------
    ModelError
        For a published table of several answers each, which does not say how many named any of several items.
    """
    if isinstance(answers, Published):
        return _published(answers, categories)
    if isinstance(answers, Ratings):
        return _ratings(answers, categories)
    if isinstance(answers, Rankings) and kind_of(answers, question).name != "pairs":
        return merged(answers, categories.items, categories.members)
    return None


def with_category_answers(prepared: Prepared, categories: Categories) -> Prepared | None:
    """The same respondents with answers to categories."""
    answers = category_answers(prepared.answers, prepared.question, categories)
    if answers is None:
        return None
    return replace(prepared, answers=answers, question=_question(prepared.question, categories))


def category_wave(wave: Wave, categories: Categories) -> Wave | None:
    """The wave with answers to categories in place of those to items."""
    answers = category_answers(wave.answers, wave.question, categories)
    return None if answers is None else replace(wave, answers=answers, question=_question(wave.question, categories))


def _question(question: Question, categories: Categories) -> Question:
    """The places of a ranking stay as many as there were for items."""
    return replace(question, items=categories.items, k=question.k or len(categories.asked))


def _published(answers: Published, categories: Categories) -> Published:
    if answers.several_answers and (categories.sizes > 1).any():
        message = _(
            "a printed table of several answers each does not say how many named any item of a category: "
            "the shares of its items cannot be added up."
        )
        raise ModelError(message)
    share = np.array([answers.share[list(columns)].sum() for columns in categories.members])
    return replace(answers, items=categories.items, share=share)


def _ratings(answers: Ratings, categories: Categories) -> Ratings:
    """Means of the items that were rated, or sums of points; NaN where none was."""
    member = categories.membership.T  # (m, c)
    known = ~np.isnan(answers.scores)
    number = known @ member
    total = np.where(known, answers.scores, 0.0) @ member
    scores = total if answers.total is not None else total / np.maximum(number, 1)
    return replace(
        answers,
        items=categories.items,
        scores=np.where(number > 0, scores, np.nan),
        not_applicable=answers.not_applicable @ member == categories.sizes,
    )
