"""Plackett-Luce worths from full, top-k and sub-rankings; rankings with ties are Davidson-Luce.

P(ranking) is the product over stages of a_i / sum of a over the remaining set (Luce 1959; Plackett 1975), fitted by
Newton on choice-set counts with log-worths t = log a that sum to zero. Where some items always or never win, finite
worths do not exist: half a pseudo-ranking is then won and half lost by every item against a ghost of log-worth 0
(Turner, van Etten, Firth and Kosmidis 2020), the penalty is named, and errors belong to the penalised objective.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from analysis.choice_sets import NEVER, TILE, ChoiceCounts, Choices, choice_counts, choices, connectivity, has_ties
from analysis.design import Sample
from analysis.estimate import Estimate, Test
from analysis.newton import ConvergenceError, Maximum, maximise
from analysis.scores.davidson_luce import fit_tied, refit_tied, tied_scores
from analysis.scores.model import Fit, Model, ModelError, Opened, by_respondent
from analysis.tied_choices import observed_orders, tied_choices, tied_counts
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
    return maximise(objective, start, zero_sum=0 if pseudo else len(start))


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
    """Fit a wave's rankings; see the module for the model and the penalty. Tied items make it Davidson-Luce."""
    answers = opened.answers
    assert isinstance(answers, Rankings)
    weight = opened.sample.weight[answers.respondent] * answers.count
    pseudo, notes = _penalty(answers)
    try:
        if has_ties(answers.ranks):
            return _tied(opened, answers, weight, pseudo, notes)
        return _untied(opened, answers, weight, pseudo, notes)
    except ConvergenceError as error:
        raise ModelError(_("Plackett-Luce did not converge: {reason}.").format(reason=error)) from error


def _untied(opened: Opened, answers: Rankings, weight: np.ndarray, pseudo: float, notes: tuple[str, ...]) -> Fit:
    read = choices(answers.ranks, answers.offered)
    counts = choice_counts(read, weight)
    fit = fit_counts(counts, pseudo=pseudo)
    raw = scores(read, fit.log_worth) * weight[:, None]
    null = log_likelihood(counts, np.zeros(len(fit.log_worth)))
    estimate = _estimate(opened, answers, fit.log_worth, raw @ fit.inverse, fit.inverse)
    estimate = replace(
        estimate,
        log_likelihood=fit.log_likelihood,
        penalty=pseudo or None,
        tests=_tests(fit.log_likelihood, null, len(fit.log_worth), opened.sample, pseudo),
        notes=notes,
    )
    return Fit(estimate, lambda weights: refit(read, answers, weights, fit))


def _tied(opened: Opened, answers: Rankings, weight: np.ndarray, pseudo: float, notes: tuple[str, ...]) -> Fit:
    read = tied_choices(answers.ranks, answers.offered, places=opened.question.k)
    orders = observed_orders(read)
    fit = fit_tied(tied_counts(read, weight, orders), pseudo=pseudo)
    m = len(fit.log_worth)
    raw = tied_scores(read, fit, orders) * weight[:, None]
    estimate = _estimate(opened, answers, fit.log_worth, raw @ fit.inverse[:, :m], fit.inverse[:m, :m])
    note = _("Obstacles ranked equal are read as ties of the Davidson-Luce model, of up to {size} obstacles.")
    estimate = replace(
        estimate,
        log_likelihood=fit.log_likelihood,
        penalty=pseudo or None,
        tests=_tests(fit.log_likelihood, fit.null_log_likelihood, m, opened.sample, pseudo),
        notes=(*notes, note.format(size=orders[-1])),
        parameters={f"log_tie_{order}": float(d) for order, d in zip(orders[1:], fit.log_tie, strict=True)},
    )

    def again(weights: np.ndarray) -> np.ndarray:
        return refit_tied(read, weights[:, answers.respondent] * answers.count, fit, orders)

    return Fit(estimate, again)


def _estimate(
    opened: Opened, answers: Rankings, log_worth: np.ndarray, influence: np.ndarray, inverse: np.ndarray
) -> Estimate:
    """What plain and tied rankings have in common: worths with design-based (or model) covariance."""
    sample = opened.sample
    influence = by_respondent(influence, answers.respondent, sample.n)
    robust = opened.covariance == "robust"
    return Estimate(
        items=answers.items,
        method="plackett-luce",
        measure="worth",
        scale="worth",
        value=log_worth,
        covariance=sample.covariance(influence) if robust else inverse,
        described=sample.covariance(influence, finite_population=True) if robust and _finite(sample) else None,
        base=sample.n,
        item_base=answers.offered.sum(axis=0),
        weighted_base=float(sample.weight.sum()),
        df=sample.df,
        influence=influence,
        covariance_kind=opened.covariance,
    )


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


def _tests(fitted: float, null: float, m: int, sample: Sample, pseudo: float) -> tuple[Test, ...]:
    """Likelihood ratio against equal worths: only for equal weights without strata, clusters or penalty."""
    if not sample.simple or pseudo:
        return ()
    ratio = 2 * (fitted - null)
    hypothesis = _("all obstacles have the same worth")
    return (Test("likelihood ratio", hypothesis, ratio, (m - 1.0,), float(stats.chi2.sf(ratio, m - 1))),)


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
    return None


MODEL = Model("plackett-luce", _refuses, plackett_luce)
