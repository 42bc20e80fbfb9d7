"""What all models of worths share: the check before the fit, the penalty, the estimate, the test of equal worths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from scipy import special

from obstacles.analysis.choice.choice_sets import Connectivity
from obstacles.analysis.choice.plackett_luce_fit import PSEUDO
from obstacles.analysis.inference.estimate import Estimate, Test
from obstacles.analysis.prepare import ModelError, Prepared, one_each
from obstacles.analysis.scores.base import estimate_of
from obstacles.survey.answers import BestWorst, Rankings
from obstacles.survey.question import Item
from obstacles.text.language import _, commas


def check_offered(items: tuple[Item, ...], offered: np.ndarray) -> None:
    """Refuse fewer than two items, and items that nobody was offered; `offered` is (r, m) bool."""
    if len(items) < 2:
        raise ModelError(_("there is only one item: nothing to rank."))
    if offered.all():
        return
    empty = [items[j].name for j in np.flatnonzero(~offered.any(axis=0))]
    if empty:
        message = _("{names}: offered to nobody, so nothing is known of it. Leave it out of this wave.")
        raise ModelError(message.format(names=commas(empty)))


def penalty_of(items: tuple[Item, ...], graph: Connectivity) -> tuple[float, tuple[str, ...]]:
    """0 where finite worths exist, else `PSEUDO` with the note that says so.

    Raises
    ------
    ModelError
        When sets of items are never compared with each other.
    """
    if graph.strong:
        return 0.0, ()
    names = [item.name for item in items]
    if not graph.compared:
        first, second = (commas(names[i] for i in group) for group in graph.separate[:2])
        raise ModelError(
            _("No answer compares {first} with {second}: no ranking can join them. Rank each set by itself.").format(
                first=first, second=second
            )
        )
    single = [names[group[0]] for group in graph.groups if len(group) == 1]
    note = _(
        "Some items always win or never win against the others ({names}), so worths without a penalty would be "
        "infinite. Each item was given {pseudo} pseudo-rankings won and {pseudo} lost; errors belong to the penalised "
        "objective."
    )
    return PSEUDO, (note.format(names=commas(single) or _("whole groups"), pseudo=PSEUDO),)


def worth_estimate(
    prepared: Prepared,
    *,
    method: str,
    log_worth: np.ndarray,
    influence: np.ndarray,
    inverse: np.ndarray,
    item_base: np.ndarray,
    used: np.ndarray | None = None,
    log_likelihood: float | None = None,
    null: float | None = None,
    pseudo: float = 0.0,
    notes: tuple[str, ...] = (),
    parameters: Mapping[str, float] = MappingProxyType({}),
) -> Estimate:
    """Log-worths (m,) that sum to zero as an Estimate; see `analysis.scores.base.estimate_of`.

    Where every respondent gave the same answer, robust errors would be zero: those of the model are used and named.

    Parameters
    ----------
    null : float, optional
        Log-likelihood of equal worths, where they are tested.
    pseudo : float
        Wins and losses that the penalty gave each item.
    """
    estimate = estimate_of(
        prepared,
        method=method,
        measure="worth",
        scale="worth",
        value=log_worth,
        influence=influence,
        inverse=inverse,
        item_base=item_base,
        used=used,
    )
    estimate = replace(
        estimate,
        log_likelihood=log_likelihood,
        penalty=pseudo or None,
        tests=() if log_likelihood is None or null is None else equal_worths(prepared, log_likelihood, null, pseudo),
        notes=notes,
        parameters=dict(parameters),
    )
    assert estimate.covariance is not None
    if not np.trace(estimate.covariance) <= 1e-9 * np.trace(inverse):
        return estimate
    note = _("Every respondent gave the same answer, so errors are those of the model.")
    return replace(estimate, covariance=inverse, covariance_fpc=None, covariance_kind="model", notes=(*notes, note))


def equal_worths(prepared: Prepared, fitted: float, null: float, pseudo: float) -> tuple[Test, ...]:
    """Likelihood ratio against equal worths.

    Only where twice the difference of log-likelihoods is chi-square: equal weights, no strata, clusters or replicates,
    one answer a respondent, no penalty.
    """
    answers = prepared.answers
    assert isinstance(answers, Rankings | BestWorst)
    if not prepared.sample.simple or pseudo or not one_each(answers.respondent):
        return ()
    ratio, df = 2 * (fitted - null), len(answers.items) - 1.0
    hypothesis = _("all items have the same worth")
    return (Test("likelihood ratio", hypothesis, ratio, (df,), float(special.chdtrc(df, ratio))),)
