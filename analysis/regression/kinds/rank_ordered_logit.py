"""Rank-ordered logit: who ranks what higher (Beggs, Cardell and Hausman 1981; Chapman and Staelin 1982).

The worth of item i for respondent n is exp(t_i + x_n' b_i + z_ni' g). Covariates are centred, so t is the log-worth
at the mean respondent. b is shown against the mean of all items (or against one item, if the model names it): exp(b) is
the ratio in which the worth of the item, relative to the others, differs between a level and its reference. Respondents
are the unit: errors are those of the design, and a respondent's places count together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from obstacles.analysis.choice.choice_sets import connectivity, has_ties
from obstacles.analysis.choice.tied_choices import observed_orders
from obstacles.analysis.prepare import ModelError, answer_weight, by_respondent
from obstacles.analysis.regression.fitting import regression
from obstacles.analysis.regression.kinds.base import WORTH_RATIO, RegressionKind, RegressionWords
from obstacles.analysis.regression.likelihoods.base import Likelihood
from obstacles.analysis.regression.likelihoods.block_likelihoods import davidson_luce, ranked_blocks
from obstacles.analysis.regression.likelihoods.item_fitted import fitted_items
from obstacles.analysis.regression.likelihoods.item_logit import ItemFit, Predictor, item_scores
from obstacles.analysis.regression.likelihoods.item_penalty import converged, convergence_checks
from obstacles.analysis.regression.likelihoods.item_plans import (
    predictor_of,
    separated_cells,
    terms_of,
)
from obstacles.analysis.regression.likelihoods.stage_scale import scale_check
from obstacles.analysis.regression.likelihoods.untied import untied
from obstacles.analysis.regression.model import Fitted, ModelData
from obstacles.analysis.regression.result import Check
from obstacles.analysis.scores.plackett_luce import read_ties
from obstacles.analysis.scores.worths import check_offered, penalty_of
from obstacles.survey.answers import Answers, Rankings
from obstacles.text.language import N_, _, commas, ngettext

LARGE = 100_000  # respondents above which likelihood ratios and the check of scales are left out


@dataclass(frozen=True)
class Choices:
    """The rankings of the respondents used, and the likelihood that reads them."""

    ranks: np.ndarray  # (r, m)
    offered: np.ndarray  # (r, m)
    row: np.ndarray  # (r,) row of the sheet
    respondent: np.ndarray  # (r,) row of respondents
    weight: np.ndarray  # (r,)
    count: np.ndarray  # (r,)
    kept: np.ndarray  # positions of the items in the wave
    likelihood: Likelihood
    tied: bool


def reason_not_applicable(answers: Answers) -> str | None:
    """Why the rank-ordered logit does not apply to these answers; None where it does."""
    if not isinstance(answers, Rankings) or answers.selection:
        return _("it needs rankings")
    return None


def fit(sheet: ModelData) -> Fitted:
    """Fit one sheet.

    Raises
    ------
    ModelError
        For items that are never compared, or a model that does not converge.
    """
    choices, notes = _choices(sheet)
    terms = terms_of(sheet, choices.kept, choices.row)
    items = [sheet.given.prepared.answers.items[j] for j in choices.kept]
    pseudo, about = penalty_of(tuple(items), connectivity(choices.ranks, choices.offered))
    predictor = predictor_of(terms, choices.likelihood.extra, constants=pseudo > 0)

    def separated() -> tuple[str, ...]:
        minimum = sheet.given.covariates.minimum
        return separated_cells(terms, lambda r: connectivity(choices.ranks[r], choices.offered[r]), minimum)

    found, penalty, more = converged(choices.likelihood, predictor, choices.weight, pseudo, separated)
    influence = item_scores(choices.likelihood, predictor, found.theta, found.inverse, choices.weight)
    sample = sheet.given.prepared.sample
    whole = by_respondent(influence, choices.respondent, sample.n)
    few = len(choices.weight) <= LARGE
    placed = choices.count @ (choices.ranks > 0)
    model = (terms, choices.likelihood, predictor, choices.weight)
    return replace(
        fitted_items(sheet, *model, found, penalty, whole, ratios=few),
        checks=(*_checks(sheet, choices, predictor, found, few), *convergence_checks(found, penalty)),
        notes=(*notes, *about, *more, *_readings(sheet, choices)),
        events={item.id: round(float(n)) for item, n in zip(items, placed, strict=True)},
    )


def _choices(sheet: ModelData) -> tuple[Choices, tuple[str, ...]]:
    """The answers of the respondents used, without items that some covariate cannot be told of."""
    given = sheet.given
    answers = given.prepared.typed(Rankings)
    kept_rows = sheet.used[answers.respondent]
    respondent = answers.respondent[kept_rows]
    row = np.searchsorted(sheet.respondent, respondent)
    ranks, offered = answers.ranks[kept_rows], answers.offered[kept_rows]
    weight = answer_weight(given.prepared)[kept_rows]
    kept, notes = _told_apart(sheet, offered, row)
    ranks, offered = ranks[:, kept], offered[:, kept]
    check_offered(tuple(answers.items[j] for j in kept), offered)
    likelihood, tied = _likelihood(sheet, ranks, offered, kept)
    count = answers.answer_counts[kept_rows]
    return Choices(ranks, offered, row, respondent, weight, count, kept, likelihood, tied), notes


def _told_apart(sheet: ModelData, offered: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Items that were offered across every column of the matrix, and a note on the others."""
    m = offered.shape[1]
    if offered.all() or sheet.matrix.values.shape[1] == 1:
        return np.arange(m), ()
    x = sheet.matrix.values[row]
    size = np.sqrt((x**2).mean(axis=0))
    enough = [np.linalg.matrix_rank((x / size)[offered[:, j]]) == x.shape[1] for j in range(m)]
    kept = np.flatnonzero(enough)
    gone = [sheet.given.label(j) for j in range(m) if not enough[j]]
    if len(kept) < 2:
        raise ModelError(_("fewer than two items were offered across all groups of the formula: take a term out."))
    if not gone:
        return kept, ()
    note = ngettext(
        "{names} was offered to some of the groups only and is left out of this model.",
        "{names} were offered to some of the groups only and are left out of this model.",
        len(gone),
    )
    return kept, (note.format(names=commas(gone)),)


def _likelihood(sheet: ModelData, ranks: np.ndarray, offered: np.ndarray, kept: np.ndarray) -> tuple[Likelihood, bool]:
    if not has_ties(ranks):
        return untied(ranks, offered), False
    reading = sheet.given.model.ties
    if reading != "davidson-luce":
        return ranked_blocks(ranks, offered, reading), True
    answers, question = sheet.given.prepared.typed(Rankings), sheet.given.prepared.question
    n = len(ranks)
    items = tuple(answers.items[j] for j in kept)
    part = replace(
        answers, items=items, ranks=ranks, offered=offered, respondent=np.arange(n), answer_counts=np.ones(n)
    )
    read = read_ties(part, question)
    return davidson_luce(read, observed_orders(read)), True


def _checks(sheet: ModelData, choices: Choices, predictor: Predictor, found: ItemFit, few: bool) -> list[Check]:
    checks = [_size(choices, found)]
    if not choices.tied and few:
        arguments = (choices.ranks, choices.offered, predictor, choices.weight, found, choices.respondent)
        scale = scale_check(sheet, *arguments)
        checks += [scale] if scale else []
    return checks


def _size(choices: Choices, found: ItemFit) -> Check:
    """Places with a choice for each parameter."""
    made = np.minimum((choices.ranks > 0).sum(axis=1), choices.offered.sum(axis=1) - 1)
    total, p = round(float(choices.count @ made)), len(found.theta)
    text = ngettext("{n} choice", "{n} choices", total).format(n=f"{total:,}")
    parameters = ngettext("{p} parameter", "{p} parameters", p).format(p=p)
    return Check(
        _("size"), "", total >= 10 * p, _("{choices} for {parameters}.").format(choices=text, parameters=parameters)
    )


def _readings(sheet: ModelData, choices: Choices) -> tuple[str, ...]:
    if not choices.tied:
        return ()
    reading = sheet.given.model.ties
    if reading == "davidson-luce":
        return (_("Items ranked equal are read as ties that people mean (Davidson-Luce)."),)
    note = _("Items ranked equal are read as having an order that is not known ({name}).")
    return (note.format(name=_("exact") if reading == "exact" else reading.capitalize()),)


KIND = RegressionKind(
    reason_not_applicable,
    partial(regression, fit=fit),
    words=RegressionWords(
        name=N_("Rank-ordered logit"),
        more=N_("ranked higher"),
        less=N_("ranked lower"),
        measures={"worth ratio": WORTH_RATIO},
    ),
)
