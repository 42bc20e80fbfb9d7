"""What a way to score obstacles is made of, and what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.prepare import Prepared, one_each
from obstacles.analysis.terms import CategoryWay, CovarianceKind, DisplayScale
from obstacles.survey.answers import Answers, Published
from obstacles.survey.question import Question
from obstacles.text.language import N_

Refit = Callable[[np.ndarray], np.ndarray]  # (b, n) respondents' weights -> (b, m) values, NaN where none


class OtherAnswers(str):
    """The reason why a model does not apply: it is for answers of another kind."""


@dataclass(frozen=True)
class Fit:
    estimate: Estimate
    refit: Refit | None  # the same values for other weights, all at once: for the bootstrap


@dataclass(frozen=True)
class ScoreWords:
    """A score in words: messages marked by `N_`, which `reports` translates; {k} is the places of a top-k share."""

    name: str
    estimate: str  # what is estimated, as the heading of a column
    measure: str  # the same inside a sentence; its English is data too, as the `measure` of a result
    meaning: str
    percent: bool = True  # whether figures are parts of a whole, written in percent


def mean_words(name: str, measure: str, meaning: str, *, percent: bool = True) -> ScoreWords:
    """The words of a mean or a share, which is called what its figures are called."""
    return ScoreWords(name, name, measure, meaning, percent)


def worth_words(name: str, meaning: str) -> ScoreWords:
    """The words of a likelihood of worths."""
    return ScoreWords(name, N_("Worth"), N_("worth"), meaning)


@dataclass(frozen=True)
class Score:
    """One way to score obstacles. `reason_not_applicable` says why it does not apply to answers, or None."""

    name: str
    reason_not_applicable: Callable[[Answers, Question, int], str | None]
    fit: Callable[[Prepared], Fit]
    words: ScoreWords
    worths: bool = False  # a likelihood of worths, which has model-based errors too
    corrects: bool = False  # can take out random answers
    category: CategoryWay = "mean"  # how scores of items make that of their category; worths are always summed


def estimate_of(
    prepared: Prepared,
    *,
    method: str,
    measure: str,
    scale: DisplayScale,
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
    sample = prepared.sample
    by_model = prepared.covariance == "model" and inverse is not None
    unknown = not by_model and sample.df < 1
    finite = sample.finite and not by_model and not unknown
    robust = np.full((len(value),) * 2, np.nan) if unknown else sample.covariance(influence)
    times = sample.times if used is None else sample.times * used
    return Estimate(
        items=prepared.answers.items,
        method=method,
        measure=measure,
        display_scale=scale,
        value=value,
        covariance=inverse if by_model else robust,
        covariance_fpc=sample.covariance(influence, finite_population=True) if finite else None,
        base=round(float(times.sum())),
        item_base=item_base,
        weighted_base=float(sample.weight @ times) * sample.weight_unit,
        df=min(sample.df, sample.effective.df),
        inflation=1.0 if by_model else sample.effective.factor,
        influence=influence,
        covariance_kind=_kind(sample, by_model, unknown),
        k=prepared.k,
        population=sample.population_size if finite else np.inf,
        equal=not sample.weighted and sample.stratum is None,
    )


def _kind(sample: SurveyDesign, by_model: bool, unknown: bool) -> CovarianceKind:
    if by_model or unknown:
        return "model" if by_model else "none"
    return "robust" if sample.replicates is None else "replicate"


def respondents_behind(prepared: Prepared, told: np.ndarray) -> np.ndarray:
    """(m,) respondents with at least one answer that is about the item; `told` is (r, m) bool by answer."""
    answers, sample = prepared.answers, prepared.sample
    assert not isinstance(answers, Published)
    if not one_each(answers.respondent):
        reached = np.zeros((sample.n, told.shape[1]), bool)
        np.logical_or.at(reached, answers.respondent, told)
        told = reached
    elif sample.row_counts is not None:
        return np.asarray(np.rint(sample.row_counts[answers.respondent] @ told).astype(np.intp))
    return np.asarray(np.full(told.shape[1], len(told)) if told.all() else told.sum(axis=0))
