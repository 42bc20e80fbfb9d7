"""Set-choice logit for "select up to k": which items were marked, given how many.

P(S | |S| = k) = prod of a_i over S / e_k(a), the conditional Rasch model: how many items a respondent marks drops out
(Andersen 1972; Chen, Dempster and Liu 1994 for the recursions). Sets of none or of all items say nothing; sets as large
as the cap may have been cut short and are left out, with their count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.sparse import csgraph

from analysis.choice_sets import mask_sets
from analysis.estimate import Estimate, Test
from analysis.newton import ConvergenceError, Maximum, maximise
from analysis.scores.model import Fit, Model, ModelError, Opened, by_respondent
from survey.answers import Answers, Rankings
from survey.language import _
from survey.question import Question


@dataclass(frozen=True)
class SetCounts:
    """Sufficient statistics: how often each item was marked, and how often a set of k was marked of those offered."""

    marked: np.ndarray  # (m,)
    offered: np.ndarray  # (s, m) bool
    size: np.ndarray  # (s,)
    times: np.ndarray  # (s,)


def set_choice(opened: Opened) -> Fit:
    answers = opened.answers
    assert isinstance(answers, Rankings)
    sample, m, cap = opened.sample, len(answers.items), opened.question.max_choices
    marked = answers.ranks > 0
    size, offered = marked.sum(axis=1), answers.offered.sum(axis=1)
    used = (size > 0) & (size < offered) & ((size < cap) if cap else True)
    if not used.any():
        raise ModelError(_("no respondent marked some but not all items, so the answers say nothing of worths."))
    _check(marked[used], answers)
    weight = np.where(used, sample.weight[answers.respondent] * answers.count, 0.0)
    sets, index = mask_sets(answers.offered)
    keys, key = np.unique(np.column_stack([index, size])[used], axis=0, return_inverse=True)
    whole = np.zeros(len(size), np.intp)
    whole[used] = key.reshape(-1)

    def counts(weights: np.ndarray) -> SetCounts:
        times = np.bincount(whole[used], weights=weights[used], minlength=len(keys))
        return SetCounts(weights @ marked, sets[keys[:, 0]], keys[:, 1], times)

    try:
        best = fit_sets(counts(weight))
    except ConvergenceError as error:
        raise ModelError(_("the set-choice logit did not converge: {reason}.").format(reason=error)) from error
    expected = inclusion(best.theta, counts(weight))
    raw = np.where(used[:, None], marked - expected[whole], 0.0) * weight[:, None]
    influence = by_respondent(raw @ best.inverse, answers.respondent, sample.n)
    null = _value(np.zeros(m), counts(weight))
    tests: tuple[Test, ...] = ()
    if sample.simple:
        ratio = 2 * (best.value - null)
        hypothesis = _("all obstacles have the same worth")
        tests = (Test("likelihood ratio", hypothesis, ratio, (m - 1.0,), float(stats.chi2.sf(ratio, m - 1))),)
    estimate = Estimate(
        items=answers.items,
        method="set-choice",
        measure="worth",
        scale="worth",
        value=best.theta,
        covariance=sample.covariance(influence) if opened.covariance == "robust" else best.inverse,
        base=int(used.sum()),
        item_base=(answers.offered & used[:, None]).sum(axis=0),
        weighted_base=float(weight.sum()),
        df=sample.df,
        influence=influence,
        covariance_kind=opened.covariance,
        log_likelihood=best.value,
        tests=tests,
        notes=_notes(size, offered, cap),
    )

    def refit(weights: np.ndarray) -> np.ndarray:
        found = np.empty((len(weights), m))
        for b, row in enumerate(weights):
            again = counts(np.where(used, row[answers.respondent] * answers.count, 0.0))
            try:
                found[b] = fit_sets(again).theta
            except ConvergenceError:
                found[b] = np.log(again.marked + 0.5)
        return found

    return Fit(estimate, refit)


def _notes(size: np.ndarray, offered: np.ndarray, cap: int | None) -> tuple[str, ...]:
    notes = []
    silent = int(((size == 0) | (size == offered)).sum())
    if silent:
        notes.append(_("{n} respondents marked nothing or everything and say nothing of worths.").format(n=silent))
    if cap:
        hit = int(((size == cap) & (size < offered)).sum())
        note = _("{n} respondents marked all {cap} that were allowed; their sets may be cut short and are left out.")
        notes.append(note.format(n=hit, cap=cap))
    return tuple(notes)


def _check(marked: np.ndarray, answers: Rankings) -> None:
    """An item that everybody or nobody marked has no finite worth; neither have sets that never compete."""
    m = marked.shape[1]
    beats = (marked.T.astype(np.int64) @ ~marked) > 0
    if csgraph.connected_components(beats, directed=True, connection="strong")[0] == 1:
        return
    share = marked.mean(axis=0)
    names = ", ".join(answers.items[i].name for i in range(m) if share[i] in (0.0, 1.0))
    raise ModelError(
        _(
            "some obstacles are always or never marked beside others ({names}), so their worths would be infinite. "
            'Use the model "share".'
        ).format(names=names or _("whole groups"))
    )


def fit_sets(counts: SetCounts) -> Maximum:
    """Log-worths (sum 0), inverse information and log-likelihood."""

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        m = len(theta)
        value, gradient, information = counts.marked @ theta, counts.marked.copy(), np.zeros((m, m))
        for offered in np.unique(counts.offered, axis=0):
            here = np.flatnonzero((counts.offered == offered).all(axis=1))
            single, pairs, whole = left_out(np.exp(theta - theta.mean()) * offered, int(counts.size[here].max()))
            for row in here:
                k = int(counts.size[row])
                once = single[:, k - 1] / whole[k]
                twice = pairs[:, :, k - 2] / whole[k] if k > 1 else np.zeros((m, m))
                np.fill_diagonal(twice, once)
                value -= counts.times[row] * (np.log(whole[k]) + k * theta.mean())
                gradient -= counts.times[row] * once
                information += counts.times[row] * (twice - np.outer(once, once))
        return float(value), gradient, information

    return maximise(objective, np.zeros(len(counts.marked)), zero_sum=len(counts.marked), tolerance=1e-9)


def _value(theta: np.ndarray, counts: SetCounts) -> float:
    value = float(counts.marked @ theta)
    for row, offered in enumerate(counts.offered):
        whole = _sums(np.exp(theta) * offered, int(counts.size[row]))
        value -= float(counts.times[row] * np.log(whole[counts.size[row]]))
    return value


def inclusion(theta: np.ndarray, counts: SetCounts) -> np.ndarray:
    """(s, m) probability that each item is in the marked set, for each key."""
    result = np.empty(counts.offered.shape)
    for row, offered in enumerate(counts.offered):
        k = int(counts.size[row])
        single, _pairs, whole = left_out(np.exp(theta - theta.mean()) * offered, k)
        result[row] = single[:, k - 1] / whole[k]
    return result


def _sums(b: np.ndarray, order: int) -> np.ndarray:
    """(order + 1,) elementary symmetric functions of (m,) values."""
    sums = np.zeros(order + 1)
    sums[0] = 1
    for value in b:
        sums[1:] += value * sums[:-1].copy()
    return sums


def left_out(b: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Symmetric functions without one item, times that item; without two, times both; and of all.

    Returns
    -------
    (m, order + 1), (m, m, order + 1), (order + 1,) arrays; the diagonal of the second is not used.
    """
    m = len(b)
    pairs = np.zeros((m, m, order + 1))
    pairs[:, :, 0] = 1
    for item in range(m):
        kept = np.ones((m, m, 1))
        kept[item] = kept[:, item] = 0
        pairs[:, :, 1:] += kept * b[item] * pairs[:, :, :-1].copy()
    single = pairs[np.arange(m), np.arange(m)] * b[:, None]
    return single, pairs * b[:, None, None] * b[None, :, None], _sums(b, order)


def _refuses(answers: Answers, question: Question, k: int) -> str | None:
    if not isinstance(answers, Rankings) or not answers.selection:
        return _("it needs selections")
    return None


MODEL = Model("set-choice", _refuses, set_choice)
