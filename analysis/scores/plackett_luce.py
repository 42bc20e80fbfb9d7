"""Plackett-Luce worths from full, top-k and sub-rankings.

P(ranking) is the product over stages of a_i / sum of a over the remaining set (Luce 1959; Plackett 1975), fitted by
Newton on choice-set counts with log-worths t = log a that sum to zero. Where some items always or never win, finite
worths do not exist: half a pseudo-ranking is then won and half lost by every item against a ghost of log-worth 0
(Turner, van Etten, Firth and Kosmidis 2020), the penalty is named, and errors belong to the penalised objective.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.choice_sets import NEVER, TILE, ChoiceCounts, Choices, choice_counts, choices, connectivity, has_ties
from analysis.design import Sample
from analysis.estimate import Estimate, Test
from analysis.newton import ConvergenceError, Maximum, maximise
from analysis.scores.model import Fit, Model, ModelError, Opened, by_respondent
from survey.answers import Answers, Rankings
from survey.language import _
from survey.question import Question

PSEUDO = 0.5  # pseudo-rankings won, and as many lost, by each item


@dataclass(frozen=True)
class WorthFit:
    """Log-worths of m items that sum to zero."""

    log_worth: np.ndarray  # (m,)
    inverse: np.ndarray  # (m, m) inverse information of the (penalised) objective: the model covariance
    log_likelihood: float  # without pseudo-rankings
    pseudo: float
    location: float  # mean of the log-worths against the ghost's 0; 0 without a penalty
    step: np.ndarray  # (m, m) inverse information before the projection on sums of zero: Newton's step
    iterations: int


def fit_counts(counts: ChoiceCounts, *, pseudo: float = 0.0) -> WorthFit:
    """Maximum-likelihood (or penalised) log-worths from choice-set counts.

    Raises
    ------
    ConvergenceError
        When no finite maximum was found (check `analysis.choice_sets.connectivity` first).
    """
    best = _maximum(counts, pseudo)
    shift = np.eye(len(best.theta)) - 1 / len(best.theta)
    theta = shift @ best.theta
    return WorthFit(
        log_worth=theta,
        inverse=shift @ best.inverse @ shift,
        log_likelihood=log_likelihood(counts, theta),
        pseudo=pseudo,
        location=float(best.theta.mean()),
        step=best.inverse,
        iterations=best.iterations,
    )


def _maximum(counts: ChoiceCounts, pseudo: float) -> Maximum:
    members = counts.sets.astype(np.float64)

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        a = np.exp(theta - theta.max())
        total = members @ a
        rate = counts.faced / total
        expected = a * (members.T @ rate)
        value = counts.chosen @ (theta - theta.max()) - counts.faced @ np.log(total)
        weighted = members * (np.sqrt(rate / total))[:, None]
        information = np.diag(expected) - np.outer(a, a) * (weighted.T @ weighted)
        gradient = counts.chosen - expected
        if pseudo:
            win = 1 / (1 + np.exp(-theta))
            value += pseudo * (np.log(win) + np.log1p(-win)).sum()
            gradient = gradient + pseudo * (1 - 2 * win)
            information = information + np.diag(2 * pseudo * win * (1 - win))
        return float(value), gradient, information

    start = np.zeros(counts.sets.shape[1])
    return maximise(objective, start, sum_to_zero=not pseudo)


def log_likelihood(counts: ChoiceCounts, theta: np.ndarray) -> float:
    """Plackett-Luce log-likelihood of log-worths (m,), without pseudo-rankings."""
    top = theta.max()
    return float(counts.chosen @ (theta - top) - counts.faced @ np.log(counts.sets @ np.exp(theta - top)))


def scores(answers: Choices, log_worth: np.ndarray) -> np.ndarray:
    """(n, m) derivative of each ranking's log-likelihood.

    An item's expected choices are its worth times the running sum of 1 / D, D the total worth of the set, over the
    stages at which it was still there, so that no stage needs a matrix of its own.
    """
    a = np.exp(log_worth - log_worth.max())
    m, n = answers.stage.shape
    depth = len(answers.faced)
    if depth == 0:
        return np.zeros((n, m))
    total = answers.sets @ a
    rate = np.divide(1, total, out=np.zeros_like(total), where=total > 0)
    result = np.empty((m, n))
    for start in range(0, n, TILE):
        part = slice(start, start + TILE)
        stage = answers.stage[:, part]
        running = rate.take(answers.faced[:, part].astype(np.intp))  # (k, rows)
        for now in range(1, depth):
            running[now] += running[now - 1]
        place = np.minimum(stage, depth - 1).astype(np.intp)
        place *= stage.shape[1]
        place += np.arange(stage.shape[1])
        expected = running.ravel().take(place)
        expected *= a[:, None]
        expected *= answers.offered[part].T
        np.subtract(stage != NEVER, expected, out=result[:, part])
    return result.T


def plackett_luce(opened: Opened) -> Fit:
    """Fit a wave's rankings; see the module for the model and the penalty."""
    answers = opened.answers
    assert isinstance(answers, Rankings)
    sample = opened.sample
    weight = sample.weight[answers.respondent] * answers.count
    try:
        read = choices(answers.ranks, answers.offered)
    except ValueError as error:
        raise ModelError(_("Plackett-Luce cannot read these rankings: {reason}.").format(reason=error)) from error
    counts = choice_counts(read, weight)
    pseudo, notes = _penalty(answers)
    try:
        fit = fit_counts(counts, pseudo=pseudo)
    except ConvergenceError as error:
        raise ModelError(_("Plackett-Luce did not converge: {reason}.").format(reason=error)) from error
    influence = by_respondent(scores(read, fit.log_worth) * weight[:, None], answers.respondent, sample.n) @ fit.inverse
    robust = opened.covariance == "robust"
    covariance = sample.covariance(influence) if robust else fit.inverse
    described = sample.covariance(influence, finite_population=True) if robust and _finite(sample) else None
    estimate = Estimate(
        items=answers.items,
        method="plackett-luce",
        measure="worth",
        scale="worth",
        value=fit.log_worth,
        covariance=covariance,
        described=described,
        base=sample.n,
        item_base=np.bincount(np.nonzero(answers.offered)[1], minlength=len(answers.items)),
        weighted_base=float(sample.weight.sum()),
        df=sample.df,
        influence=influence,
        covariance_kind=opened.covariance,
        log_likelihood=fit.log_likelihood,
        penalty=pseudo or None,
        tests=_tests(counts, fit, sample),
        notes=notes,
    )
    return Fit(estimate, lambda weights: refit(read, answers, weights, fit))


def _finite(sample: Sample) -> bool:
    return sample.population is not None and sample.cluster is None


def _penalty(answers: Rankings) -> tuple[float, tuple[str, ...]]:
    """0 where finite worths exist, else `PSEUDO` with the note that says so; an error for sets never compared."""
    graph = connectivity(answers.ranks, answers.offered)
    if graph.strong:
        return 0.0, ()
    names = [item.name for item in answers.items]
    if not graph.compared:
        first, second = (", ".join(names[i] for i in group) for group in graph.separate[:2])
        raise ModelError(
            _("{first} are never compared with {second}: no ranking can join them. Rank each set by itself.").format(
                first=first, second=second
            )
        )
    single = [names[group[0]] for group in graph.groups if len(group) == 1]
    note = _(
        "Some obstacles are always or never ranked above the others ({names}), so worths without a penalty would be "
        "infinite. Each obstacle was given {pseudo} pseudo-rankings won and {pseudo} lost; errors belong to the "
        "penalised objective."
    )
    return PSEUDO, (note.format(names=", ".join(single) or _("whole groups"), pseudo=PSEUDO),)


def _tests(counts: ChoiceCounts, fit: WorthFit, sample: Sample) -> tuple[Test, ...]:
    """Likelihood ratio against equal worths: only for equal weights without strata, clusters or penalty."""
    if not sample.simple or fit.pseudo:
        return ()
    m = len(fit.log_worth)
    ratio = 2 * (fit.log_likelihood - log_likelihood(counts, np.zeros(m)))
    return (
        Test(
            "likelihood ratio",
            _("all obstacles have the same worth"),
            ratio,
            (float(m - 1),),
            float(stats.chi2.sf(ratio, m - 1)),
        ),
    )


def refit(read: Choices, answers: Rankings, weights: np.ndarray, fit: WorthFit, *, limit: int = 60) -> np.ndarray:
    """Exact fits for many weightings at once: chord Newton from the fit, all replicates in one batch.

    A replicate in which some item never wins or never loses has no finite worths: it is fitted with the penalty.

    Parameters
    ----------
    weights : (b, n) array
        Respondents' weights, one row per replicate.

    Returns
    -------
    (b, m) array
        Log-worths that sum to zero.
    """
    chosen, faced, sets = replicate_counts(read, weights[:, answers.respondent] * answers.count)
    members = sets.astype(np.float64)
    theta = np.tile(fit.log_worth + fit.location, (len(weights), 1))
    going = np.arange(len(weights))
    for _iteration in range(limit):
        a = np.exp(theta[going])
        gradient = chosen[going] - a * ((faced[going] / (a @ members.T)) @ members)
        if fit.pseudo:
            gradient += fit.pseudo * (1 - 2 / (1 + np.exp(-theta[going])))
        step = np.clip(gradient @ fit.step, -1, 1)
        theta[going] += step
        going = going[np.abs(step).max(axis=1, initial=0) > 1e-9]
        if not len(going):
            break
    for b in going:
        theta[b] = fit_counts(ChoiceCounts(chosen[b], sets, faced[b]), pseudo=PSEUDO).log_worth
    return np.asarray(theta - theta.mean(axis=1, keepdims=True))


def replicate_counts(read: Choices, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chosen (b, m) and faced (b, s) counts for weights (b, r) of the r rankings, and the sets (s, m)."""
    from scipy import sparse

    occurs, index = np.unique(read.faced, return_inverse=True)
    row = np.tile(np.arange(read.faced.shape[1]), len(read.faced))
    ones = np.ones(read.faced.size)
    table = sparse.csr_matrix((ones, (index.reshape(-1), row)), shape=(len(occurs), read.faced.shape[1]))
    faced = np.asarray((table @ weights.T).T)
    sets = read.sets[occurs]
    alone, several = sets.sum(axis=1) == 1, sets.sum(axis=1) > 1
    chosen = weights @ (read.stage != NEVER).T.astype(np.float64) - faced[:, alone] @ sets[alone]
    return chosen, faced[:, several], sets[several]


def _refuses(answers: Answers, question: Question, k: int) -> str | None:
    if not isinstance(answers, Rankings):
        return _("it needs rankings")
    if answers.selection:
        return _("selections have no order among the marked")
    if question.ties and has_ties(answers.ranks):
        return _("some rankings have tied obstacles")
    return None


MODEL = Model("plackett-luce", _refuses, plackett_luce)
