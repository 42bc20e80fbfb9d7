"""From a conditional logit whose first m features are log-worths to an Estimate."""

from __future__ import annotations

from functools import partial

import numpy as np

from obstacles.analysis.choice.choice_sets import Connectivity
from obstacles.analysis.choice.conditional_logit import Tasks, fit_tasks, refit_tasks, task_scores
from obstacles.analysis.choice.told import Rows, told_by_tasks
from obstacles.analysis.prepare import Prepared, by_respondent, converging
from obstacles.analysis.scores.base import Fit
from obstacles.analysis.scores.worths import Fitted, worth_estimate
from obstacles.survey.answers import BestWorst, Rankings
from obstacles.text.language import _


def worths_from_tasks(
    prepared: Prepared,
    tasks: Tasks,
    row: np.ndarray,
    *,
    method: str,
    graph: Connectivity,
    pseudo: float,
    item_base: np.ndarray,
    extra: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> Fit:
    """Fit the tasks and gather worths with design-based covariance.

    Parameters
    ----------
    row : (t,) array
        The answer that each task comes from.
    graph : Connectivity
        Who was chosen over whom.
    pseudo : float
        Wins and losses of every item against a ghost of log-worth 0.
    item_base : (m,) array
        Respondents who were shown each item.
    extra : tuple of str
        Names of the features after the m log-worths.
    """
    answers, sample = prepared.answers, prepared.sample
    assert isinstance(answers, Rankings | BestWorst)
    m = len(answers.items)
    respondent, count = answers.respondent[row], answers.answer_counts[row]
    weight = sample.weight[respondent] * count
    rows = Rows(respondent, weight, sample.n)
    ridge = np.array([[pseudo] * 2] * m + [[0.0] * 2] * len(extra)) if pseudo else None
    with converging(_("{model} did not converge: {reason}."), model=method):
        fit = fit_tasks(tasks, weight, zero_sum=m, ridge=ridge)
    shift = np.eye(m + len(extra))
    shift[:m, :m] -= 1 / m
    inverse = shift @ fit.inverse @ shift.T
    influence = (task_scores(tasks, fit.theta) * weight[:, None]) @ inverse[:, :m]
    estimate = worth_estimate(
        prepared,
        method=method,
        log_worth=(shift @ fit.theta)[:m],
        influence=by_respondent(influence, respondent, sample.n),
        inverse=inverse[:m, :m],
        item_base=item_base,
        fitted=Fitted(fit.theta, pseudo, graph, rows, partial(told_by_tasks, tasks, rows)),
        log_likelihood=fit.log_likelihood,
        null=None if extra else fit.null_log_likelihood,
        notes=notes,
        parameters={name: float(fit.theta[m + j]) for j, name in enumerate(extra)},
    )

    def refit(weights: np.ndarray) -> np.ndarray:
        theta = refit_tasks(tasks, weights[:, respondent] * count, fit, zero_sum=m, ridge=ridge)[:, :m]
        return np.asarray(theta - theta.mean(axis=1, keepdims=True))

    return Fit(estimate, refit)
