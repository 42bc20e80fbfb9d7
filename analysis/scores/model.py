"""What a way to score obstacles is made of, and what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.design import Sample, sample_of, sum_rows
from analysis.estimate import Estimate
from survey.answers import Answers
from survey.question import Question
from survey.study import Wave

Refit = Callable[[np.ndarray], np.ndarray]  # (b, n) respondents' weights -> (b, m) values, NaN where none


class ModelError(ValueError):
    """The model cannot be fitted to these answers; the message says why and what can be done."""


@dataclass(frozen=True)
class Opened:
    """A wave opened once: its answers on arrays, and the sample they come from."""

    answers: Answers
    question: Question
    sample: Sample
    k: int  # places that count for the top-k share
    covariance: str  # "robust" or "model"


@dataclass(frozen=True)
class Fit:
    estimate: Estimate
    refit: Refit | None  # the same values for other weights, all at once: for the bootstrap


@dataclass(frozen=True)
class Model:
    """One way to score obstacles. `refuses` gives the reason why it does not apply to an answer, or None."""

    name: str
    refuses: Callable[[Answers, Question, int], str | None]
    fit: Callable[[Opened], Fit]


def open_wave(wave: Wave, *, k: int, covariance: str = "robust") -> Opened:
    return Opened(wave.answers, wave.question, sample_of(wave.design, len(wave.respondents)), k, covariance)


def by_respondent(values: np.ndarray, respondent: np.ndarray, n: int) -> np.ndarray:
    """Sum rows of answers (r, m) to rows of respondents (n, m)."""
    if len(values) == n and np.array_equal(respondent, np.arange(n)):
        return values
    return sum_rows(values, respondent, n)
