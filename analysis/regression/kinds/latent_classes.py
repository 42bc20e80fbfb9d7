"""Latent classes: are there kinds of respondents who order the items differently, and who are they?

The number of classes has the smallest BIC; a bootstrap likelihood ratio (McLachlan 1987) asks whether the data could
come from one class fewer. Under weights or a design the likelihood is a pseudo-likelihood: it and the number of
respondents are divided by the mean design effect of the worths (after Lumley and Scott 2015), BIC is called pseudo, and
no bootstrap is made. Shares of classes by group describe who is in them; they are not tested, as the same answers
formed the classes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special, stats

from obstacles.analysis.choice.choice_sets import TiesError
from obstacles.analysis.inference.lifted import excess_of
from obstacles.analysis.inference.newton import invert
from obstacles.analysis.prepare import ModelError, converging, one_each
from obstacles.analysis.regression.fitting import about_of, notes_around
from obstacles.analysis.regression.imputation import complete_sheet
from obstacles.analysis.regression.kinds.base import RegressionKind
from obstacles.analysis.regression.kinds.rank_ordered_logit import reason_not_applicable as refuses_unranked
from obstacles.analysis.regression.likelihoods.mixture import (
    Mixture,
    Patterns,
    draw,
    fit_mixture,
    information,
    pattern_scores,
    patterns_of,
    posterior,
    unpack,
)
from obstacles.analysis.regression.model import ModelData, ModelInput
from obstacles.analysis.regression.result import Check
from obstacles.analysis.regression.structure import Candidate, Classes, ClassItem, LatentClass, Profile
from obstacles.analysis.scores.worths import check_offered
from obstacles.survey.answers import Answers, Rankings
from obstacles.text.language import _, ngettext

BOOTSTRAP = 99
ENOUGH = 10  # samples above the observed ratio after which no more are drawn (Besag and Clifford 1991)
BOOTSTRAP_STARTS = 4
Outputs = Callable[[np.ndarray], np.ndarray]


def reason_not_applicable(answers: Answers) -> str | None:
    """Why classes of respondents cannot be fitted to these answers; None where they can."""
    reason = refuses_unranked(answers)
    if reason is None and isinstance(answers, Rankings) and not one_each(answers.respondent):
        return _("it needs one row of answers a respondent")
    return reason


def fit(given: ModelInput) -> Classes:
    """Fit one class, two classes, ... and describe those with the smallest BIC.

    Raises
    ------
    ModelError
        For rankings with ties, and for imputed covariates.
    """
    sheet = complete_sheet(given)
    answers = given.prepared.typed(Rankings)
    rows = sheet.used[answers.respondent]
    ranks, offered = answers.ranks[rows], answers.offered[rows]
    check_offered(answers.items, offered)
    try:
        patterns = patterns_of(ranks, offered)
    except TiesError:
        raise ModelError(_("latent classes are offered for rankings without ties.")) from None
    respondent = answers.respondent[rows]
    weight = given.prepared.sample.weight[respondent] * answers.answer_counts[rows]
    rng = np.random.default_rng(given.seed)
    fits, candidates = _candidates(given, patterns, weight, respondent, rng)
    chosen = fits[int(np.argmin([one.bic for one in candidates]))]
    simple = given.prepared.sample.simple
    wanted = BOOTSTRAP if given.model.bootstrap is None else given.model.bootstrap
    p, drawn = (None, 0)
    if simple and chosen.classes > 1 and wanted:
        p, drawn = _bootstrap(fits[chosen.classes - 2], chosen, ranks, offered, wanted, rng)
    tau = posterior(patterns, chosen)
    count = np.bincount(patterns.index, weight)
    return Classes(
        about=about_of(given, sheet, imputations=0),
        items={item.id: item.name for item in answers.items},
        candidates=candidates,
        pseudo=not simple,
        bootstrap_p=p,
        bootstrap_samples=drawn,
        entropy=_entropy(tau, count),
        classes=_described(sheet, patterns, chosen, weight, respondent),
        checks=_checks(chosen, candidates, p, drawn),
        notes=notes_around(sheet, *_notes(simple)),
    )


def _candidates(
    given: ModelInput, patterns: Patterns, weight: np.ndarray, respondent: np.ndarray, rng: np.random.Generator
) -> tuple[list[Mixture], tuple[Candidate, ...]]:
    """Fits of one class up to as many as are worth trying: BIC that rises twice in a row ends the search."""
    count = np.bincount(patterns.index, weight)
    fits: list[Mixture] = []
    tried: list[Candidate] = []
    effect = 1.0
    for k in range(1, given.model.classes + 1):
        with converging(_("{k} classes: {reason}."), k=k):
            fit = fit_mixture(patterns, count, k, rng)
        if k == 1:
            effect = _design_effect(given, patterns, fit, weight, respondent)
        fits.append(fit)
        p = len(fit.theta)
        bic = p * float(np.log(weight.sum() / effect)) - 2 * fit.log_likelihood / effect
        tried.append(Candidate(k, fit.log_likelihood, p, bic))
        if k > 2 and tried[-1].bic > tried[-2].bic > tried[-3].bic:
            break
    return fits, tuple(tried)


def _design_effect(
    given: ModelInput, patterns: Patterns, fit: Mixture, weight: np.ndarray, respondent: np.ndarray
) -> float:
    """Mean design effect of one class's worths: their variance against that of as many independent, equal answers."""
    sample = given.prepared.sample
    if sample.simple:
        return 1.0
    each = pattern_scores(patterns, fit.theta, 1)[1][patterns.index]
    alone = (each * weight[:, None]).T @ each
    scores = np.zeros((sample.n, each.shape[1]))
    np.add.at(scores, respondent, each * weight[:, None])
    return float(np.trace(np.linalg.solve(alone, sample.covariance(scores))) / each.shape[1])


def _bootstrap(
    less: Mixture, more: Mixture, ranks: np.ndarray, offered: np.ndarray, wanted: int, rng: np.random.Generator
) -> tuple[float, int]:
    """p of the observed ratio among samples from the smaller model, and how many were drawn."""
    observed = more.log_likelihood - less.log_likelihood
    above = 0
    for number in range(1, wanted + 1):
        patterns = patterns_of(draw(less, ranks, offered, rng), offered)
        count = np.bincount(patterns.index).astype(float)
        smaller = fit_mixture(patterns, count, less.classes, rng, starts=0, near=less)  # it drew the sample
        larger = fit_mixture(patterns, count, more.classes, rng, starts=BOOTSTRAP_STARTS, kept=1, near=more)
        above += larger.log_likelihood - smaller.log_likelihood >= observed
        if above >= ENOUGH:
            return above / number, number
    return (above + 1) / (wanted + 1), wanted


def _entropy(tau: np.ndarray, count: np.ndarray) -> float:
    """How certain the classes of respondents are, 0..1."""
    k = tau.shape[1]
    if k == 1:
        return 1.0
    spread = -(np.where(tau > 0, tau * np.log(np.maximum(tau, 1e-300)), 0)).sum(axis=1)
    return float(1 - count @ spread / (count.sum() * np.log(k)))


def _described(
    sheet: ModelData, patterns: Patterns, fit: Mixture, weight: np.ndarray, respondent: np.ndarray
) -> tuple[LatentClass, ...]:
    """Shares, worths and profiles with the design's errors."""
    given = sheet.given
    sample, k, m = given.prepared.sample, fit.classes, patterns.items
    count = np.bincount(patterns.index, weight, minlength=len(patterns.ranks))
    inverse = invert(information(patterns, count, fit), zero_sum=0)
    each = pattern_scores(patterns, fit.theta, k)[1][patterns.index]
    influence = np.zeros((sample.n, len(fit.theta)))
    influence[respondent] = (each * weight[:, None]) @ inverse
    covariance = sample.covariance(influence)
    covariance = covariance + excess_of(covariance, inverse)  # the penalty is always there
    t = float(stats.t.ppf(0.5 + given.level / 2, max(sheet.df, 1)))
    ids = [item.id for item in given.prepared.answers.items]
    profiles = _profiles(sheet, patterns, fit, influence, respondent, t)

    def log_worths(theta: np.ndarray) -> np.ndarray:
        worths = unpack(theta, k, m)[1]
        return np.asarray(worths - np.log(np.exp(worths).sum(axis=1, keepdims=True)))

    error = np.sqrt(np.maximum(_spread(log_worths, fit.theta, covariance), 0))
    log_worth = log_worths(fit.theta)
    odds = log_worth - np.log(-np.expm1(np.minimum(log_worth, -1e-12)))
    half = t * error * (1 + np.exp(odds))
    low, high = special.expit(odds - half), special.expit(odds + half)
    share_error = np.sqrt(np.maximum(_spread(lambda theta: _logits(theta, k), fit.theta, covariance), 0))
    logit = _logits(fit.theta, k)
    ends = [1 / (1 + np.exp(-(logit + sign * t * share_error))) if k > 1 else np.ones(1) for sign in (-1, 1)]
    return tuple(
        LatentClass(
            float(fit.share[j]),
            float(ends[0][j]),
            float(ends[1][j]),
            tuple(
                ClassItem(ids[i], float(np.exp(log_worth[j, i])), float(low[j, i]), float(high[j, i]))
                for i in np.argsort(-log_worth[j], kind="stable")
            ),
            tuple(profile[j] for profile in profiles),
        )
        for j in range(k)
    )


def _logits(theta: np.ndarray, k: int) -> np.ndarray:
    share = np.exp(unpack(theta, k, (len(theta) - k + 1) // k + 1)[0])
    return np.asarray(np.log(share / np.maximum(1 - share, 1e-12)))


def _spread(function: Outputs, theta: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Variance of each output of a function of theta (delta method, central differences)."""
    jacobian = _jacobian(function, theta)
    return np.asarray(np.einsum("...p,pq,...q->...", jacobian, covariance, jacobian))


def _jacobian(function: Outputs, theta: np.ndarray) -> np.ndarray:
    columns = []
    for place in range(len(theta)):
        step = np.zeros(len(theta))
        step[place] = 1e-5
        columns.append((function(theta + step) - function(theta - step)) / 2e-5)
    return np.asarray(np.stack(columns, axis=-1))


def _profiles(
    sheet: ModelData, patterns: Patterns, fit: Mixture, influence: np.ndarray, respondent: np.ndarray, t: float
) -> list[list[Profile]]:
    """For every level of every group the mean posterior of each class, with its interval."""
    given, k = sheet.given, fit.classes
    row = np.searchsorted(sheet.respondent, respondent)
    weight = sheet.weight[row]

    def memberships(theta: np.ndarray) -> np.ndarray:
        log_share, worths = unpack(theta, k, patterns.items)
        return np.asarray(posterior(patterns, Mixture(np.exp(log_share), worths, 0.0, theta))[patterns.index])

    tau = memberships(fit.theta)
    found = []
    for variable in sheet.matrix.variables:
        column = sheet.matrix.data[variable]
        if not hasattr(column, "cat"):
            continue
        for level in column.cat.categories:
            inside = (column == level).to_numpy(bool)[row]
            share = np.where(inside, weight, 0) / weight[inside].sum()
            mean = share @ tau
            own = np.zeros((given.prepared.sample.n, k))
            own[respondent] = share[:, None] * (tau - mean)

            def mean_of(theta: np.ndarray, share: np.ndarray = share) -> np.ndarray:
                return np.asarray(share @ memberships(theta))

            jacobian = _jacobian(mean_of, fit.theta)
            error = np.sqrt(np.diag(given.prepared.sample.covariance(own + influence @ jacobian.T)))
            base = sheet.base(variable, str(level)) or 0
            low, high = np.clip(mean - t * error, 0, 1), np.clip(mean + t * error, 0, 1)
            found.append(
                [Profile(variable, str(level), float(mean[j]), float(low[j]), float(high[j]), base) for j in range(k)]
            )
    return found


def _checks(chosen: Mixture, candidates: tuple[Candidate, ...], p: float | None, drawn: int) -> tuple[Check, ...]:
    k = chosen.classes
    text = ngettext("{k} class has the smallest BIC.", "{k} classes have the smallest BIC.", k).format(k=k)
    checks = [Check(_("number of classes"), "", None, text)]
    if k == len(candidates) > 1:
        more = _(
            "BIC was still falling at the most classes that were tried: a larger number under classes looks further."
        )
        checks.append(Check(_("more classes"), "", False, more))
    if p is not None:
        message = _(
            "Could the answers come from one class fewer? Bootstrap likelihood ratio, {n} samples: p = {p:.3f}."
        )
        checks.append(Check(_("one class fewer"), "", p <= 0.05, message.format(n=drawn, p=p)))
    return tuple(checks)


def _notes(simple: bool) -> tuple[str, ...]:
    notes = [
        _("Every item of every class was given half a pseudo-comparison won and half lost: worths stay finite."),
        _(
            "Shares by group are means of the probabilities of belonging to a class, described, not tested: the same "
            "answers formed the classes, and shares are drawn together where classes are uncertain."
        ),
    ]
    if not simple:
        notes.append(
            _(
                "With weights or a design the likelihood is a pseudo-likelihood: it and the number of respondents are "
                "divided by the design effect of the worths, BIC is pseudo, and no likelihood-ratio test is made."
            )
        )
    return tuple(notes)


KIND = RegressionKind(reason_not_applicable, fit)
