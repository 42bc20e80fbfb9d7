"""Plackett-Luce worths from full, top-k and sub-rankings; rankings with ties are Davidson-Luce.

P(ranking) is the product over stages of a_i / sum of a over the remaining set (Luce 1959; Plackett 1975), fitted by
Newton on choice-set counts with log-worths t = log a that sum to zero. Where some items always or never win, finite
worths do not exist: half a pseudo-ranking is then won and half lost by every item against a ghost of log-worth 0
(Turner, van Etten, Firth and Kosmidis 2020), the penalty is named, and errors belong to the penalised objective.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from obstacles.analysis.choice.choice_sets import (
    TABLE_ITEMS,
    Connectivity,
    TiesError,
    choice_counts,
    choices,
    connectivity,
)
from obstacles.analysis.choice.existence import ties_run_off
from obstacles.analysis.choice.plackett_luce_fit import fit_counts, log_likelihood, refit, scores
from obstacles.analysis.choice.tied_choices import (
    TiedChoices,
    TiedCounts,
    observed_orders,
    overrun,
    tied_choices,
    tied_counts,
)
from obstacles.analysis.choice.told import told_by_blocks, told_by_rankings
from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.inference.worth_answers import PSEUDO
from obstacles.analysis.prepare import ModelError, Prepared, answer_weight, by_respondent, converging
from obstacles.analysis.scores.base import Fit, Score, estimate_of, respondents_behind, worth_words
from obstacles.analysis.scores.corrected_luce import corrected_luce
from obstacles.analysis.scores.davidson_luce import TiedFit, fit_tied, null_log_likelihood, refit_tied, tied_scores
from obstacles.analysis.scores.first_choice import needs_order
from obstacles.analysis.scores.worths import Fitted, check_offered, penalty_note, penalty_of, rows_of, worth_estimate
from obstacles.survey.answers import Rankings
from obstacles.survey.question import Question
from obstacles.text.language import N_, _, ngettext

NAME = "plackett-luce"
LARGEST_REFIT = 400_000  # sets x items up to which replicates are refitted

WORDS = worth_words(
    name=N_("Plackett-Luce"),
    meaning=N_(
        "The worth of an item is the estimated probability that it is ranked first among all; worths sum to 100%. "
        "Every place of every ranking counts: P(ranking) is the product over places of the worth of the item placed, "
        "divided by the worths of the items not yet placed (Luce 1959; Plackett 1975)."
    ),
)


def plackett_luce(prepared: Prepared) -> Fit:
    """Fit a wave's rankings; see the module for the model and the penalty. Tied items make it Davidson-Luce."""
    answers = prepared.typed(Rankings)
    check_offered(answers.items, answers.offered)
    graph = connectivity(answers.ranks, answers.offered)
    pseudo, notes = penalty_of(answers.items, graph)
    weight = answer_weight(prepared)
    try:
        with converging(_("Plackett-Luce did not converge: {reason}.")):
            if prepared.random is not None:
                return corrected_luce(prepared, answers, prepared.random)
            return untied(prepared, answers, weight, graph, pseudo, notes)
    except TiesError as error:
        if prepared.random is not None:
            raise ModelError(_("random answers cannot be corrected in rankings with ties.")) from error
        return _tied(prepared, answers, weight, graph, pseudo, notes)


def untied(
    prepared: Prepared,
    answers: Rankings,
    weight: np.ndarray,
    graph: Connectivity,
    pseudo: float,
    notes: tuple[str, ...],
) -> Fit:
    """Fit rankings without ties under answers' weights (n,); raises TiesError for others."""
    read = choices(answers.ranks, answers.offered)
    counts = choice_counts(read, weight)
    fit = fit_counts(counts, pseudo=pseudo)
    rows = rows_of(prepared)
    influence = scores(read, fit.log_worth, by=fit.inverse, weight=weight)
    estimate = worth_estimate(
        prepared,
        method=NAME,
        log_worth=fit.log_worth,
        influence=by_respondent(influence, answers.respondent, prepared.sample.n),
        inverse=fit.inverse,
        item_base=respondents_behind(prepared, answers.offered),
        fitted=Fitted(fit.log_worth + fit.location, pseudo, graph, rows, partial(told_by_rankings, read, rows)),
        log_likelihood=fit.log_likelihood,
        null=log_likelihood(counts, np.zeros(len(fit.log_worth))),
        notes=notes,
    )

    def again(weights: np.ndarray) -> np.ndarray:
        return refit(read, weights[:, answers.respondent] * answers.answer_counts, fit)

    return Fit(estimate, again if counts.sets.size <= LARGEST_REFIT else None)


def _tied(
    prepared: Prepared,
    answers: Rankings,
    weight: np.ndarray,
    graph: Connectivity,
    pseudo: float,
    notes: tuple[str, ...],
) -> Fit:
    read = read_ties(answers, prepared.question)
    orders = observed_orders(read)
    if not orders or orders == (len(answers.items),):
        return _all_tied(prepared, answers)
    counts = tied_counts(read, weight, orders)
    with converging(_("Plackett-Luce with ties did not converge: {reason}.")):
        fit, notes = _fit_ties(answers, read, counts, pseudo, notes)
        null = None if fit.pseudo else null_log_likelihood(counts)
    m = len(fit.log_worth)
    influence = tied_scores(read, fit, by=fit.inverse[:, :m], weight=weight)
    note = _("Items ranked equal are read as ties of the Davidson-Luce model, of up to {size} items.")
    estimate = worth_estimate(
        prepared,
        method=NAME,
        log_worth=fit.log_worth,
        influence=by_respondent(influence, answers.respondent, prepared.sample.n),
        inverse=fit.inverse[:m, :m],
        item_base=respondents_behind(prepared, answers.offered),
        fitted=_fitted_ties(prepared, read, fit, graph),
        log_likelihood=fit.log_likelihood,
        null=null,
        notes=(*notes, note.format(size=orders[-1])),
        parameters={f"log_tie_{order}": float(d) for order, d in zip(orders[1:], fit.log_tie, strict=True)},
    )

    def again(weights: np.ndarray) -> np.ndarray:
        return refit_tied(read, weights[:, answers.respondent] * answers.answer_counts, fit)

    return Fit(estimate, again if m <= TABLE_ITEMS else None)


def _fit_ties(
    answers: Rankings, read: TiedChoices, counts: TiedCounts, pseudo: float, notes: tuple[str, ...]
) -> tuple[TiedFit, tuple[str, ...]]:
    """The fit, penalised too where worths run off together with a tie weight, which the graph cannot see."""
    if not pseudo:
        strict = connectivity(answers.ranks, answers.offered, strict=True)
        if not strict.strong and ties_run_off(read, counts.orders):
            single = [answers.items[group[0]].name for group in strict.groups if len(group) == 1]
            pseudo, notes = PSEUDO, (*notes, penalty_note(single))
    try:
        return fit_tied(counts, pseudo=pseudo), notes
    except ConvergenceError:
        message = _(
            "almost every place is shared, so how likely ties are beside single items is not known. Models that do "
            "without: plackett-luce-efron, plackett-luce-breslow."
        )
        raise ModelError(message) from None


def _fitted_ties(prepared: Prepared, read: TiedChoices, fit: TiedFit, graph: Connectivity) -> Fitted:
    """A fit to rankings with ties, with the answers it was made to."""
    rows = rows_of(prepared)
    theta = np.concatenate([fit.log_worth + fit.location, fit.log_tie])
    return Fitted(theta, fit.pseudo, graph, rows, partial(told_by_blocks, read, fit.orders, rows))


def _all_tied(prepared: Prepared, answers: Rankings) -> Fit:
    """Every ranking ties everything: all worths are equal, and nothing is known of any order."""
    m = len(answers.items)
    estimate = estimate_of(
        prepared,
        method=NAME,
        measure="worth",
        scale="worth",
        value=np.zeros(m),
        influence=np.zeros((prepared.sample.n, m)),
        item_base=respondents_behind(prepared, answers.offered),
    )
    note = _("Every ranking ties all items: nothing is known of any order.")
    return Fit(replace(estimate, notes=(note,)), lambda weights: np.zeros((len(weights), m)))


def read_ties(answers: Rankings, question: Question) -> TiedChoices:
    """Rankings with ties as choices of blocks, by what the question allows.

    Raises
    ------
    ModelError
        When a tie is larger than the question allows, or runs past its last place.
    """
    places = None if question.ties_overrun else question.k
    read = tied_choices(answers.ranks, answers.offered, places=places, largest_tie=question.largest_tie)
    beyond = overrun(read)
    if beyond:
        message = ngettext(
            "{n} ranking has a tie that is larger than the question allows, or runs past its last place. State the "
            "largest tie, or that ties may overrun the last place.",
            "{n} rankings have a tie that is larger than the question allows, or runs past its last place. State the "
            "largest tie, or that ties may overrun the last place.",
            beyond,
        )
        raise ModelError(message.format(n=beyond))
    return read


SCORE = Score(NAME, needs_order, plackett_luce, WORDS, worths=True, corrects=True)
