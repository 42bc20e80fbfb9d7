"""What all models of worths share: the check before the fit, the penalty, the estimate, the test of equal worths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from obstacles.analysis.choice.choice_sets import Connectivity
from obstacles.analysis.choice.told import Rows
from obstacles.analysis.inference.estimate import Estimate, with_floor
from obstacles.analysis.inference.lifted import kish_effect, mean_design_effect
from obstacles.analysis.inference.open_ends import informed_directions
from obstacles.analysis.inference.worth_answers import PSEUDO, Told, WorthAnswers
from obstacles.analysis.prepare import ModelError, Prepared, answer_weight
from obstacles.analysis.scores.base import estimate_of
from obstacles.analysis.scores.equal_worths import equal_worths
from obstacles.survey.answers import BestWorst, Rankings
from obstacles.survey.question import Item
from obstacles.text.language import _, commas, ngettext


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
    return PSEUDO, (penalty_note(single),)


def penalty_note(names: Sequence[str]) -> str:
    """What a penalty is for and does; `names` of the items that always or never win, none for whole groups of items."""
    note = ngettext(
        "{names} always or never wins, so its worth is known from one side only. Each item was given {pseudo} "
        "pseudo-rankings won and {pseudo} lost; errors are nowhere smaller than those of the model.",
        "{names} always or never win, so their worths are known from one side only. Each item was given {pseudo} "
        "pseudo-rankings won and {pseudo} lost; errors are nowhere smaller than those of the model.",
        len(names) or 2,
    )
    return note.format(names=commas(names) or _("Whole groups of items"), pseudo=PSEUDO)


@dataclass(frozen=True)
class Fitted:
    """A fit of worths, and the answers it was made to."""

    theta: np.ndarray  # (p,) m log-worths, against the ghost's 0 where there is a penalty, then other parameters
    pseudo: float  # 0 without a penalty
    graph: Connectivity
    rows: Rows  # whose answers they are
    build: Callable[[], Told]


def rows_of(prepared: Prepared) -> Rows:
    """Whose the prepared answers are, and what they count."""
    answers = prepared.answers
    assert isinstance(answers, Rankings | BestWorst)
    return Rows(answers.respondent, answer_weight(prepared), prepared.sample.n)


def worth_estimate(
    prepared: Prepared,
    *,
    method: str,
    log_worth: np.ndarray,
    influence: np.ndarray,
    inverse: np.ndarray,
    item_base: np.ndarray,
    fitted: Fitted | None = None,
    used: np.ndarray | None = None,
    log_likelihood: float | None = None,
    null: float | None = None,
    notes: tuple[str, ...] = (),
    parameters: Mapping[str, float] = MappingProxyType({}),
) -> Estimate:
    """Log-worths (m,) that sum to zero as an Estimate; see `analysis.scores.base.estimate_of`.

    With a penalty no error is smaller than that of the model times the design effect (`inference.lifted`).

    Parameters
    ----------
    fitted : Fitted, optional
        The fit and its answers, where these are likelihood scores of choices.
    null : float, optional
        Log-likelihood of equal worths, where they are tested.
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
    pseudo = 0.0 if fitted is None else fitted.pseudo
    estimate = replace(
        estimate,
        log_likelihood=log_likelihood,
        penalty=pseudo or None,
        notes=notes,
        parameters=dict(parameters),
        effective_base=np.full(len(log_worth), prepared.sample.kish_n),
    )
    estimate = estimate if fitted is None else _with_answers(prepared, estimate, inverse, fitted)
    if log_likelihood is None or null is None:
        return estimate
    told = estimate.answers if isinstance(estimate.answers, WorthAnswers) else None
    return replace(estimate, tests=equal_worths(prepared, told, fitted=log_likelihood, null=null, pseudo=pseudo))


def _with_answers(prepared: Prepared, estimate: Estimate, inverse: np.ndarray, fitted: Fitted) -> Estimate:
    """The estimate with the answers behind it and, under a penalty, errors nowhere smaller than those of the model."""
    sample, effect = prepared.sample, 1.0
    who = np.unique(fitted.rows.respondent)
    count = sample.times[who]
    unequal = kish_effect(sample.weight[who], count)
    estimate = replace(estimate, effective_base=np.full(len(estimate.value), count.sum() / unequal))
    robust = estimate.covariance
    if fitted.pseudo and estimate.covariance_kind != "model" and robust is not None and np.isfinite(robust).all():
        informed = informed_directions(fitted.graph.reach)
        effect = max(unequal, mean_design_effect(robust, inverse, informed))
        estimate = with_floor(estimate, effect * inverse)
    open_ends = (_("Intervals that end at 0 or 1 are open there."),) if not fitted.graph.strong else ()
    answers = WorthAnswers(fitted.build, fitted.theta, fitted.graph.reach, fitted.pseudo, effect, sample)
    return replace(estimate, answers=answers, notes=(*estimate.notes, *open_ends))
