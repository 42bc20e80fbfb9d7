"""The front door of the room: opens a wave once, picks the method, and gathers what can be said of the ranking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from obstacles.analysis.categories.fit import category_fit
from obstacles.analysis.categories.members import categories_of
from obstacles.analysis.inference.estimate import Estimate, divided, on_display_scale, with_floor
from obstacles.analysis.inference.flips import Flips
from obstacles.analysis.inference.headline import headline
from obstacles.analysis.inference.max_t import Draws
from obstacles.analysis.inference.rank_sets import DRAWS, RankSets, drawn_for, rank_sets, ranks_of
from obstacles.analysis.inference.replicates import replicate_covariance
from obstacles.analysis.kinds import kind_of
from obstacles.analysis.prepare import ModelError, Prepared, handed_on, prepare
from obstacles.analysis.ranking.bootstrap import rank_frequency
from obstacles.analysis.ranking.concordance import agreement, equal_scores
from obstacles.analysis.ranking.item_order import order_uniformity
from obstacles.analysis.ranking.methods import MethodComparison, ranks_by_method
from obstacles.analysis.ranking.notes import notes_of
from obstacles.analysis.ranking.result import ByCategory, Ranking
from obstacles.analysis.ranking.single_choice import single_choice_sets, single_choices
from obstacles.analysis.scores import SCORES
from obstacles.analysis.scores.base import Fit
from obstacles.analysis.terms import CovarianceAsked
from obstacles.survey.answers import Answers, Published, Rankings
from obstacles.survey.study import Study, Wave
from obstacles.text.language import _, commas, quoted_names
from obstacles.text.nearest import CLOSE, did_you_mean

TOP = 3  # places that count for the top-k share unless the caller says otherwise


def rank(
    study: Study,
    *,
    wave: str | None = None,
    model: str = "auto",
    level: float | None = None,
    k: int = TOP,
    covariance: CovarianceAsked = "robust",
    random_answers: str | float | None = None,
    seed: int | None = None,
    draws: int = DRAWS,
    frequencies: bool = True,
    by_category: bool = False,
    prepared: Prepared | None = None,
) -> Ranking:
    """Rank one wave's items, or their categories.

    Parameters
    ----------
    study : Study
        As `load_study` reads it.
    wave : str, optional
        Id of the wave; the last one by default.
    model : str
        A key of `analysis.scores.SCORES`, or "auto" for the study's choice or the default of the answers.
    level : float, optional
        Confidence level between 0.5 and 1; the study's by default (0.95).
    k : int
        Places that count for the top-k share.
    covariance : {"robust", "model"}
        Design-based sandwich, or the inverse information (only models of worths, equal weights, no strata or clusters).
    random_answers : "anchor" or float, optional
        Correct for respondents who rank at random, by the wave's anchor question or by an assumed share of them
        between 0 and 1.
    seed : int, optional
        Of all random draws; the study's by default. The same seed gives the same ranking, digit by digit.
    draws : int
        Draws of the critical values of rank sets.
    frequencies : bool
        Whether to add bootstrap frequencies of ranks.
    by_category : bool
        Rank the categories of the items instead: by the share that names any item of a category, by the summed worths
        of its items, or by the mean of their ratings, as the model has it. The mean of a category's items stands
        beside, as a category with many items is large by that alone. Items without a category are left out.
    prepared : analysis.prepare.Prepared, optional
        The wave, where it is prepared already, with its own k, covariance and random answers instead of these.

    Returns
    -------
    Ranking
        The estimate of every item with its covariance, rank sets, the headline that tests allow, and what was assumed.
        `to_frame()` has a row per item, best first; shares are between 0 and 1, worths sum to 1.

    Raises
    ------
    ModelError
        For an unknown wave or model, a model that does not apply to the answers (with the list of those that do),
        answers that no model can be fitted to, or categories that are not stated or that the answers say nothing of.

    Notes
    -----
    Rank sets hold for all items at once (Mogstad, Romano, Shaikh and Wilhelm 2024); docs/methods.md has the formulas
    and the source of each score.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> ranking = ob.rank(study, wave="2024")
    >>> ranking.headline.kind
    'clear'
    >>> ranking.to_frame()[["id", "rank", "rank_low", "rank_high"]].head(3)
            id  rank  rank_low  rank_high
    0   skills     1         1          1
    1  sharing     2         2          3
    2  quality     3         2          3

    >>> categories = ob.rank(study, wave="2024", by_category=True)
    >>> categories.to_frame()[["id", "rank", "item_count", "per_item_rank"]].head(2)
           id  rank  item_count  per_item_rank
    0    data     1           2              2
    1  people     2           1              1
    """
    level = study.settings.ranking.level if level is None else level
    seed = study.settings.ranking.seed if seed is None else seed
    if not 0.5 < level < 1:
        raise ModelError(_("the level must be between 0.5 and 1, such as 0.95; it is {level}.").format(level=level))
    if prepared is None:
        prepared = prepare(wave_of(study, wave), k=k, covariance=covariance, random_answers=random_answers)
    gather = partial(_gather, study, wave_of(study, wave), level=level, seed=seed, draws=draws, frequencies=frequencies)
    if by_category:
        with threadpool_limits(1):
            return _categories(study, prepared, model, gather)
    fit, reason = fit_of(study, prepared, model)
    with threadpool_limits(1):
        count = single_choices(prepared, fit.estimate.method)
        return gather(prepared, fit, reason, count, asked=prepared.answers)


def fitted(
    study: Study,
    *,
    wave: str | None = None,
    model: str = "auto",
    k: int = TOP,
    covariance: CovarianceAsked = "robust",
    random_answers: str | float | None = None,
) -> tuple[Prepared, Fit, str]:
    """The prepared wave, the fit, and why this model; see `rank` for the parameters and errors."""
    prepared = prepare(wave_of(study, wave), k=k, covariance=covariance, random_answers=random_answers)
    return prepared, *fit_of(study, prepared, model)


def fit_of(study: Study, prepared: Prepared, model: str = "auto") -> tuple[Fit, str]:
    """The fit to a prepared wave, and why this model; see `rank` for errors."""
    name, reason = _model(study, prepared, model)
    with threadpool_limits(1):
        return _with_replicates(SCORES[name].fit(prepared), prepared), reason


def _with_replicates(fit: Fit, prepared: Prepared) -> Fit:
    """The covariance from fits to every replicate weight, in place of its linear terms."""
    replicates, estimate = prepared.sample.replicates, fit.estimate
    if replicates is None or fit.refit is None:
        return fit
    values = fit.refit(replicates.weight.T * (prepared.sample.people / replicates.weight.sum(axis=0))[:, None])
    covariance = replicate_covariance(values, replicates, estimate.value)
    estimate = replace(estimate, covariance=covariance)
    return replace(fit, estimate=estimate if estimate.floor is None else with_floor(estimate, estimate.floor))


def _categories(study: Study, prepared: Prepared, model: str, gather: Callable[..., Ranking]) -> Ranking:
    """The categories of the prepared wave, and the same by the mean of their items."""
    name, reason = _model(study, prepared, model)
    found = category_fit(prepared, name, categories_of(study, prepared.answers.items))
    count = single_choices(found.prepared, name)
    ranking = gather(found.prepared, _with_replicates(found.fit, prepared), reason, count)
    per_item = None
    if found.per_item is not None:
        per_item = gather(found.prepared, _with_replicates(found.per_item, prepared), reason, None)
        if per_item.estimate.display_scale == "worth":  # worths per item do not sum to one
            per_item = replace(per_item, shown=divided(ranking.shown, found.categories.sizes))
    return replace(ranking, by_category=ByCategory(found.categories, found.way, per_item))


def _gather(
    study: Study,
    wave: Wave,
    prepared: Prepared,
    fit: Fit,
    reason: str,
    count: np.ndarray | None,
    *,
    asked: Answers | None = None,
    level: float,
    seed: int,
    draws: int,
    frequencies: bool,
) -> Ranking:
    """All that is said of a fit.

    Parameters
    ----------
    count : (m,) int array, optional
        See `inference.headline.winner_test`.
    asked : Answers, optional
        The answers, where agreement of respondents on what is ranked can be tested.
    """
    estimate, sample = fit.estimate, prepared.sample
    df = np.inf if isinstance(prepared.answers, Published) else sample.cautious_df
    drawn = None if count is not None else drawn_for(estimate, df=df, draws=draws, seed=seed)
    simultaneous, marginal = _sets(estimate, count, df, level, drawn)
    value = estimate.value
    known = ~np.isnan(value)
    tests = [*estimate.tests, *(() if asked is None else agreement(asked, sample, seed=seed))]
    wald = equal_scores(estimate)
    if wald is not None and not estimate.tests:
        tests.append(wald)
    if isinstance(asked, Rankings):
        placed = order_uniformity(asked)
        tests += [placed] if placed is not None else []
    flipped = drawn if isinstance(drawn, Flips) else None
    found = headline(estimate, simultaneous, df=df, level=level, count=count, flipped=flipped)
    if found.winner_test is not None:
        tests.append(found.winner_test)
    designed = not sample.simple and sample.df >= 1
    return Ranking(
        study=study.id,
        wave=wave.id,
        model=estimate.method,
        reason=reason,
        measure=estimate.measure,
        estimate=estimate,
        shown=on_display_scale(estimate, level=level),
        rank=ranks_of(value),
        order=np.lexsort([np.arange(len(value)), -np.where(known, value, -np.inf)]),
        simultaneous=simultaneous,
        marginal=marginal,
        bootstrap=rank_frequency(fit, sample, seed=seed) if frequencies else None,
        headline=found,
        tests=tuple(tests),
        level=level,
        seed=seed,
        notes=(*estimate.notes, *notes_of(wave, prepared, estimate, simultaneous, df)),
        set_aside=wave.set_aside,
        design_effect=sample.design_effect(estimate.influence) if designed and estimate.influence is not None else None,
    )


def _sets(
    estimate: Estimate, count: np.ndarray | None, df: float, level: float, drawn: Draws | Flips | None
) -> tuple[RankSets | None, RankSets | None]:
    """Simultaneous and marginal rank sets: exact for single choices, from the same draws elsewhere."""
    if count is not None and len(count) > 1:
        both = (single_choice_sets(count, level=level, simultaneous=together) for together in (True, False))
        return next(both), next(both)
    found = [rank_sets(estimate, df=df, level=level, simultaneous=together, drawn=drawn) for together in (True, False)]
    return found[0], found[1]


def _model(study: Study, prepared: Prepared, model: str) -> tuple[str, str]:
    """The method's name and why it was chosen."""
    reason = _("asked for")
    if model == "auto" and study.settings.ranking.model != "auto":
        model, reason = study.settings.ranking.model, _("chosen in the study file")
    if model == "auto":
        model = kind_of(prepared.answers, prepared.question).default_score
        reason = _("the default for this form of answers")
    if model not in SCORES:
        hint = did_you_mean(model, SCORES, alike=CLOSE)
        known = commas(SCORES)
        raise ModelError(
            _('there is no model "{model}". {hint} The models are {known}.').format(model=model, hint=hint, known=known)
        )
    refusal = SCORES[model].reason_not_applicable(prepared.answers, prepared.question, prepared.k)
    if refusal:
        applies = commas(
            name
            for name in SCORES
            if not SCORES[name].reason_not_applicable(prepared.answers, prepared.question, prepared.k)
        )
        raise ModelError(
            _('"{model}" does not apply to these answers: {reason}. Models that do: {applies}.').format(
                model=model, reason=refusal, applies=applies
            )
        )
    if prepared.covariance == "model" and (not SCORES[model].worths or not prepared.sample.simple):
        raise ModelError(
            _("model-based errors are offered for models of worths with equal weights and no strata or clusters only.")
        )
    if prepared.random is not None and prepared.covariance == "model":
        raise ModelError(_("model-based errors do not know of the correction for random answers: use robust ones."))
    if prepared.random is not None and not SCORES[model].corrects:
        known = commas(name for name in SCORES if SCORES[name].corrects)
        message = _('random answers cannot be corrected in "{model}"; they can in {known}.')
        raise ModelError(message.format(model=model, known=known))
    return model, reason


def wave_of(study: Study, id: str | None) -> Wave:
    """The wave with that id, the last one when none is named. Raises ModelError with the known ids."""
    try:
        return study.wave(id)
    except KeyError:
        known = quoted_names(wave.id for wave in study.waves)
        raise ModelError(_('there is no wave "{wave}". The waves are {known}.').format(wave=id, known=known)) from None


def compare_methods(
    study: Study, *, wave: str | None = None, model: str = "auto", k: int = TOP, prepared: Prepared | None = None
) -> MethodComparison:
    """Rank one wave's items under every method that applies to its answers.

    Parameters
    ----------
    study : Study
        As `load_study` reads it.
    wave : str, optional
        Id of the wave; the last one by default.
    model : str
        The method that comes first and with which the others are compared; "auto" as in `rank`.
    k : int
        Places that count for the top-k share.
    prepared : analysis.prepare.Prepared, optional
        The wave, where it is prepared already.

    Returns
    -------
    MethodComparison
        The names of the methods, the ranks of the items under each (m items by methods), and how many methods agree
        on the first place.

    Raises
    ------
    ModelError
        As in `rank`.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> methods = ob.compare_methods(study)
    >>> methods.methods, methods.agree_on_first
    (('plackett-luce', 'first-choice', 'top-k', 'borda'), 4)
    """
    prepared = handed_on(prepared, wave_of(study, wave), k=k)
    with threadpool_limits(1):
        return ranks_by_method(prepared, _model(study, prepared, model)[0])
