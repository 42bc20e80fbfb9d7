"""From a conditional logit whose first m features are log-worths to an Estimate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats

from analysis.conditional_logit import Tasks, fit_tasks, task_scores
from analysis.estimate import Estimate, Test
from analysis.newton import ConvergenceError
from analysis.scores.model import Fit, ModelError, Opened, by_respondent
from survey.language import _
from survey.question import Item

PSEUDO = 0.5


def worths_from_tasks(
    opened: Opened,
    items: tuple[Item, ...],
    tasks: Tasks,
    respondent: np.ndarray,
    count: np.ndarray,
    *,
    method: str,
    penalised: bool,
    extra: tuple[str, ...] = (),
    exposure: np.ndarray,
    notes: tuple[str, ...] = (),
) -> Fit:
    """Fit the tasks and gather worths with design-based covariance.

    Parameters
    ----------
    penalised : bool
        Give every item `PSEUDO` wins and losses against a ghost of log-worth 0.
    extra : tuple of str
        Names of the features after the m log-worths.
    exposure : (m,) array
        Respondents who were shown each item.
    """
    sample, m = opened.sample, len(items)
    weight = sample.weight[respondent] * count
    ridge = np.array([[PSEUDO] * 2] * m + [[0.0] * 2] * len(extra)) if penalised else None
    try:
        fit = fit_tasks(tasks, weight, zero_sum=m, ridge=ridge)
    except ConvergenceError as error:
        raise ModelError(_("the model did not converge: {reason}.").format(reason=error)) from error
    shift = np.eye(m + len(extra))
    shift[:m, :m] -= 1 / m
    inverse = shift @ fit.inverse @ shift.T
    raw = task_scores(tasks, fit.theta) * weight[:, None]
    influence = by_respondent(raw @ inverse[:, :m], respondent, sample.n)
    robust = opened.covariance == "robust"
    estimate = Estimate(
        items=items,
        method=method,
        measure="worth",
        scale="worth",
        value=(shift @ fit.theta)[:m],
        covariance=sample.covariance(influence) if robust else inverse[:m, :m],
        base=sample.n,
        item_base=exposure,
        weighted_base=float(sample.weight.sum()),
        df=sample.df,
        influence=influence,
        covariance_kind=opened.covariance,
        log_likelihood=fit.log_likelihood,
        penalty=PSEUDO if penalised else None,
        parameters={name: float(fit.theta[m + j]) for j, name in enumerate(extra)},
        notes=notes,
    )
    if sample.simple and not penalised and not extra and len(np.unique(respondent)) == len(respondent):
        ratio = 2 * (fit.log_likelihood - fit.null_log_likelihood)
        hypothesis = _("all obstacles have the same worth")
        test = Test("likelihood ratio", hypothesis, ratio, (m - 1.0,), float(stats.chi2.sf(ratio, m - 1)))
        estimate = replace(estimate, tests=(test,))

    def refit(weights: np.ndarray) -> np.ndarray:
        found = np.empty((len(weights), m))
        for b, row in enumerate(weights):
            again = row[respondent] * count
            try:
                theta = fit_tasks(tasks, again, zero_sum=m, ridge=ridge).theta[:m]
            except ConvergenceError:
                light = np.array([[PSEUDO] * 2] * (m + len(extra)))
                theta = fit_tasks(tasks, again, zero_sum=m, ridge=light).theta[:m]
            found[b] = theta - theta.mean()
        return found

    return Fit(estimate, refit)
