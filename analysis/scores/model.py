"""What a way to score obstacles is made of, and what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analysis.design import DesignError, Sample, sample_of, sum_rows
from analysis.estimate import Estimate
from analysis.raking import RakingError
from analysis.random_answers import RandomAnswerError, RandomRate, anchor_rate, assumed_rate
from survey.answers import Answers, BestWorst, Published, Rankings
from survey.language import _
from survey.question import Question
from survey.study import Wave

Refit = Callable[[np.ndarray], np.ndarray]  # (b, n) respondents' weights -> (b, m) values, NaN where none


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


class OtherAnswers(str):
    """The reason why a model does not apply: it is for answers of another kind."""


@dataclass(frozen=True)
class Opened:
    """A wave opened once: its answers on arrays, and the sample they come from."""

    answers: Answers
    question: Question
    sample: Sample
    k: int  # places that count for the top-k share
    covariance: str  # "robust" or "model"
    random: RandomRate | None = None  # share of random answers to correct for


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
    worths: bool = False  # a likelihood of worths, which has model-based errors too
    corrects: bool = False  # can take out random answers


def open_wave(wave: Wave, *, k: int, covariance: str = "robust", random_answers: str | float | None = None) -> Opened:
    """Open a wave's answers and design.

    Parameters
    ----------
    random_answers : "anchor" or float, optional
        Correct for respondents who rank at random, by the wave's anchor question or by an assumed share of them.

    Raises
    ------
    ModelError
        When the design cannot be used as stated, or random answers cannot be corrected.
    """
    answers = _said(wave.answers)
    try:
        sample = sample_of(wave.design, len(wave.respondents), times=_times(answers, len(wave.respondents)))
    except (DesignError, RakingError) as error:
        raise ModelError(str(error)) from error
    opened = Opened(answers, wave.question, sample, k, covariance)
    if random_answers is None:
        return opened
    return replace(opened, random=_random_rate(wave, opened, random_answers))


def _random_rate(wave: Wave, opened: Opened, random_answers: str | float) -> RandomRate:
    answers = opened.answers
    if not isinstance(answers, Rankings) or answers.selection or not answers.offered.all():
        raise ModelError(_("random answers can be corrected in rankings whose items were all offered to everybody."))
    if wave.question.item_order == "fixed":
        message = _("random answers can be corrected only where items are shown in random order; here it is fixed.")
        raise ModelError(message)
    try:
        if not isinstance(random_answers, str):
            return assumed_rate(float(random_answers), opened.sample)
        if random_answers != "anchor":
            message = _('random answers are corrected by "anchor" or by an assumed share, not by "{name}".')
            raise ModelError(message.format(name=random_answers))
        if wave.anchor is None:
            raise ModelError(_("the wave has no anchor question; state an assumed share of random answers instead."))
        return anchor_rate(wave.anchor, opened.sample)
    except RandomAnswerError as error:
        raise ModelError(str(error)) from error


def _said(answers: Answers) -> Answers:
    """Without the rows of aggregated data that nobody said."""
    if not isinstance(answers, Rankings | BestWorst) or (answers.count > 0).all():
        return answers
    said = answers.count > 0
    respondent, count = answers.respondent[said], answers.count[said]
    if isinstance(answers, BestWorst):
        shown, best, worst = answers.shown[said], answers.best[said], answers.worst[said]
        return replace(answers, shown=shown, best=best, worst=worst, respondent=respondent, count=count)
    return replace(
        answers,
        ranks=answers.ranks[said],
        offered=answers.offered[said],
        respondent=respondent,
        count=count,
        first_shown=None if answers.first_shown is None else answers.first_shown[said],
        position=None if answers.position is None else answers.position[said],
    )


def _times(answers: Answers, n: int) -> np.ndarray | None:
    """(n,) respondents behind each row of respondents; None where each is one.

    The count of a respondent with a single row says how many respondents answered so; that of one with several rows
    says how often the same person did, and stays within the person.
    """
    if not isinstance(answers, Rankings | BestWorst) or (answers.count == 1).all():
        return None
    if not one_each(answers.respondent):
        return None
    times = np.zeros(n)
    times[answers.respondent] = answers.count
    return times


def one_each(respondent: np.ndarray) -> bool:
    """Whether no respondent has two rows of answers."""
    return int(np.bincount(respondent).max(initial=0)) <= 1


def answer_weight(opened: Opened) -> np.ndarray:
    """(r,) weight of each answer: its respondent's weight times its count."""
    answers = opened.answers
    assert isinstance(answers, Rankings | BestWorst)
    return np.asarray(opened.sample.weight[answers.respondent] * answers.count)


def estimate_of(
    opened: Opened,
    *,
    method: str,
    measure: str,
    scale: str,
    value: np.ndarray,
    influence: np.ndarray,
    item_base: np.ndarray,
    inverse: np.ndarray | None = None,
    used: np.ndarray | None = None,
) -> Estimate:
    """An Estimate with the errors of the sample's design.

    Parameters
    ----------
    influence : (n, m) array
        Of `value`, one row per row of respondents. Without degrees of freedom (a single primary unit) nothing is known
        of the errors.
    item_base : (m,) array
        Respondents behind each item; see `respondents_behind`.
    inverse : (m, m) array, optional
        Inverse information: the covariance when errors of the model are asked for.
    used : (n,) bool array, optional
        Respondents who say anything; all by default.
    """
    sample = opened.sample
    by_model = opened.covariance == "model" and inverse is not None
    unknown = not by_model and sample.df < 1
    finite = sample.finite and not by_model and not unknown
    robust = np.full((len(value),) * 2, np.nan) if unknown else sample.covariance(influence)
    times = np.ones(sample.n) if sample.times is None else sample.times
    times = times if used is None else times * used
    return Estimate(
        items=opened.answers.items,
        method=method,
        measure=measure,
        scale=scale,
        value=value,
        covariance=inverse if by_model else robust,
        described=sample.covariance(influence, finite_population=True) if finite else None,
        base=round(float(times.sum())),
        item_base=item_base,
        weighted_base=float(sample.weight @ times) * sample.weight_unit,
        df=sample.df,
        influence=influence,
        covariance_kind=_kind(sample, by_model, unknown),
    )


def _kind(sample: Sample, by_model: bool, unknown: bool) -> str:
    if by_model or unknown:
        return "model" if by_model else "none"
    return "robust" if sample.replicates is None else "replicate"


def respondents_behind(opened: Opened, told: np.ndarray) -> np.ndarray:
    """(m,) respondents with at least one answer that is about the item; `told` is (r, m) bool by answer."""
    answers, sample = opened.answers, opened.sample
    assert not isinstance(answers, Published)
    if not one_each(answers.respondent):
        reached = np.zeros((sample.n, told.shape[1]), bool)
        np.logical_or.at(reached, answers.respondent, told)
        told = reached
    elif sample.times is not None:
        return np.asarray(np.rint(sample.times[answers.respondent] @ told).astype(np.intp))
    return np.asarray(np.full(told.shape[1], len(told)) if told.all() else told.sum(axis=0))


def by_respondent(values: np.ndarray, respondent: np.ndarray, n: int) -> np.ndarray:
    """Sum rows of answers (r, m) to rows of respondents (n, m)."""
    if len(values) == n and np.array_equal(respondent, np.arange(n)):
        return values
    return sum_rows(values, respondent, n)
