"""Wave -> Prepared: a wave's answers on arrays and the sample they come from, made once and handed on.

Front doors take a wave, or the `Prepared` that their caller has made of it: raking its weights is the dear part, and it
does not depend on what is asked of the answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.inference.raking import RakingError
from obstacles.analysis.inference.random_answers import RandomAnswerError, RandomRate, anchor_rate, assumed_rate
from obstacles.analysis.inference.survey_design import DesignError, SurveyDesign, sample_of, sum_rows
from obstacles.analysis.kinds.base import AnswerType, rows, typed
from obstacles.analysis.terms import CovarianceAsked
from obstacles.survey.answers import Answers, BestWorst, Rankings
from obstacles.survey.question import Question
from obstacles.survey.study import Wave
from obstacles.text.language import _


class ModelError(ValueError):
    """The model cannot be fitted to these answers; the message says why and what can be done.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> try:
    ...     ob.rank(study, wave="2023")
    ... except ob.ModelError as error:
    ...     print(error)
    there is no wave "2023". The waves are "2022", "2024".
    """

    code = "E-FIT-01"  # stable, as those of problems with data


class NoMaximumError(ModelError):
    """A fit did not converge."""

    code = "E-FIT-02"


@contextmanager
def converging(message: str, **words: object) -> Iterator[None]:
    """A fit that does not converge raises NoMaximumError: the message, filled with the words and the {reason}."""
    try:
        yield
    except ConvergenceError as error:
        raise NoMaximumError(message.format(reason=error, **words)) from error


class NoQuestionError(ModelError):
    """The wave has no question about obstacles."""

    code = "E-FIT-03"


def refuse_not_asked(wave: Wave) -> None:
    """Raise NoQuestionError where the wave asked about capabilities alone."""
    if not wave.items:
        message = _(
            'wave "{wave}" asked about capabilities and has no question about obstacles, so there is nothing to rank. '
            "Its gaps: obstacles gaps STUDY, and obstacles report STUDY --kind gap."
        )
        raise NoQuestionError(message.format(wave=wave.id))


@dataclass(frozen=True)
class Prepared:
    """A wave made ready once: its answers on arrays, and the sample they come from."""

    answers: Answers
    question: Question
    sample: SurveyDesign
    k: int  # places that count for the top-k share
    covariance: CovarianceAsked
    random: RandomRate | None = None  # share of random answers to correct for

    def typed(self, kind: type[AnswerType]) -> AnswerType:
        """The answers, which are of this type."""
        return typed(self.answers, kind)


def prepare(
    wave: Wave, *, k: int, covariance: CovarianceAsked = "robust", random_answers: str | float | None = None
) -> Prepared:
    """Make a wave's answers and design ready.

    Parameters
    ----------
    random_answers : "anchor" or float, optional
        Correct for respondents who rank at random, by the wave's anchor question or by an assumed share of them.

    Raises
    ------
    ModelError
        When the design cannot be used as stated, or random answers cannot be corrected.
    """
    refuse_not_asked(wave)
    answers = _said(wave)
    try:
        sample = sample_of(wave.design, len(wave.respondents), times=_times(answers, len(wave.respondents)))
    except (DesignError, RakingError) as error:
        raise ModelError(str(error)) from error
    prepared = Prepared(answers, wave.question, sample, k, covariance)
    if random_answers is None:
        return prepared
    return with_random_answers(prepared, wave, random_answers)


def handed_on(prepared: Prepared | None, wave: Wave, *, k: int) -> Prepared:
    """What a caller hands on of a wave, with k places; the wave prepared where it hands on nothing."""
    return prepare(wave, k=k) if prepared is None else replace(prepared, k=k)


def with_answers(whole: Prepared, wave: Wave, *, k: int) -> Prepared:
    """The same respondents with other answers, those of `wave`: on fewer items, or to fewer places.

    The sample is made anew only where other numbers of respondents stand behind its rows.
    """
    answers = _said(wave)
    times, known = _times(answers, whole.sample.n), whole.sample.row_counts
    alike = times is known if times is None or known is None else np.array_equal(times, known)
    if not alike:
        return prepare(wave, k=k)
    return replace(whole, answers=answers, question=wave.question, k=k)


def with_random_answers(prepared: Prepared, wave: Wave, random_answers: str | float) -> Prepared:
    """The same wave, to be corrected for respondents who rank at random; see `prepare`."""
    return replace(prepared, random=_random_rate(wave, prepared, random_answers))


def _random_rate(wave: Wave, prepared: Prepared, random_answers: str | float) -> RandomRate:
    answers = prepared.answers
    if not isinstance(answers, Rankings) or answers.selection or not answers.offered.all():
        raise ModelError(_("random answers can be corrected in rankings whose items were all offered to everybody."))
    if wave.question.item_order == "fixed":
        message = _("random answers can be corrected only where items are shown in random order; here it is fixed.")
        raise ModelError(message)
    try:
        if not isinstance(random_answers, str):
            return assumed_rate(float(random_answers), prepared.sample)
        if random_answers != "anchor":
            message = _('random answers are corrected by "anchor" or by an assumed share, not by "{name}".')
            raise ModelError(message.format(name=random_answers))
        if wave.anchor is None:
            raise ModelError(_("the wave has no anchor question; state an assumed share of random answers instead."))
        return anchor_rate(wave.anchor, prepared.sample)
    except RandomAnswerError as error:
        raise ModelError(str(error)) from error


def _said(wave: Wave) -> Answers:
    """Without the rows of aggregated data that nobody said."""
    answers = wave.answers
    if not isinstance(answers, Rankings | BestWorst) or (answers.answer_counts > 0).all():
        return answers
    return rows(answers, answers.answer_counts > 0)


def _times(answers: Answers, n: int) -> np.ndarray | None:
    """(n,) respondents behind each row of respondents; None where each is one.

    The count of a respondent with a single row says how many respondents answered so; that of one with several rows
    says how often the same person did, and stays within the person.
    """
    if not isinstance(answers, Rankings | BestWorst) or (answers.answer_counts == 1).all():
        return None
    if not one_each(answers.respondent):
        return None
    times = np.zeros(n)
    times[answers.respondent] = answers.answer_counts
    return times


def one_each(respondent: np.ndarray) -> bool:
    """Whether no respondent has two rows of answers."""
    return int(np.bincount(respondent).max(initial=0)) <= 1


def answer_weight(prepared: Prepared) -> np.ndarray:
    """(r,) weight of each answer: its respondent's weight times its count."""
    answers = prepared.answers
    assert isinstance(answers, Rankings | BestWorst)
    return np.asarray(prepared.sample.weight[answers.respondent] * answers.answer_counts)


def by_respondent(values: np.ndarray, respondent: np.ndarray, n: int) -> np.ndarray:
    """Sum rows of answers (r, m) to rows of respondents (n, m)."""
    if len(values) == n and np.array_equal(respondent, np.arange(n)):
        return values
    return sum_rows(values, respondent, n)
