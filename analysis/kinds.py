"""Kinds of answers: what differs between them, in one place."""

from __future__ import annotations

from obstacles.survey.answers import Answers, BestWorst, Published, Ratings


def default_model(answers: Answers) -> str:
    """The method used when none is asked for."""
    if isinstance(answers, Published):
        return "published"
    if isinstance(answers, Ratings):
        return "mean-severity" if answers.total is None else "points"
    if isinstance(answers, BestWorst):
        return "maxdiff"
    return "share" if answers.selection else "plackett-luce"
