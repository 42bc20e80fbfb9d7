"""Set-choice logit: which items respondents mark, given how many (conditional Rasch model with covariates).

P(set | its size) is proportional to the product of the worths of the items in it (`set_choice_likelihood`), the worths
exp(t_i + x_n' b_i). How many a respondent marks drops out, so that groups that mark more of everything do not seem to
find everything harder. Sets of none or of all items say nothing; sets as large as the cap may have been cut short and
are left out, with their number.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from obstacles.analysis.choice.choice_sets import Connectivity, graph_of
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.fitting import regression
from obstacles.analysis.regression.kinds.base import MARKS, WORTH_RATIO, RegressionKind, RegressionWords
from obstacles.analysis.regression.kinds.selection import marks_of, reason_not_applicable
from obstacles.analysis.regression.likelihoods.block_likelihoods import chosen_sets
from obstacles.analysis.regression.likelihoods.item_effects import OF_SETS
from obstacles.analysis.regression.likelihoods.item_fitted import fitted_items
from obstacles.analysis.regression.likelihoods.item_logit import item_scores
from obstacles.analysis.regression.likelihoods.item_penalty import converged, convergence_checks
from obstacles.analysis.regression.likelihoods.item_plans import (
    predictor_of,
    separated_cells,
    terms_of,
)
from obstacles.analysis.regression.model import Fitted, ModelData
from obstacles.analysis.regression.result import Check
from obstacles.analysis.scores.worths import check_offered, penalty_of
from obstacles.text.language import N_, _, ngettext


def fit(sheet: ModelData) -> Fitted:
    """Fit one sheet.

    Raises
    ------
    ModelError
        When no set says anything, or the model does not converge.
    """
    given = sheet.given
    marks, offered = marks_of(sheet)
    items = given.prepared.answers.items
    check_offered(items, offered)
    told, notes = _told(sheet, marks, offered)
    told_sheet = _part(sheet, told)
    terms = terms_of(told_sheet, np.arange(len(items)), np.arange(len(told_sheet.data)))
    marked, there = marks[told], offered[told]

    def graph(rows: np.ndarray) -> Connectivity:
        return graph_of((marked[rows].T.astype(np.int64) @ (there & ~marked)[rows]) > 0)

    def separated() -> tuple[str, ...]:
        return separated_cells(terms, graph, given.covariates.minimum)

    pseudo, about = penalty_of(items, graph(np.ones(len(marked), bool)))
    likelihood = chosen_sets(marked & there, there)
    predictor = predictor_of(terms, (), constants=pseudo > 0)
    found, penalty, more = converged(likelihood, predictor, told_sheet.weight, pseudo, separated)
    influence = told_sheet.spread(item_scores(likelihood, predictor, found.theta, found.inverse, told_sheet.weight))
    model = (terms, likelihood, predictor, told_sheet.weight)
    marks_of_items = given.covariates.times[told_sheet.used] @ marked
    return replace(
        fitted_items(told_sheet, *model, found, penalty, influence, measures=OF_SETS),
        checks=(_size(told_sheet, len(found.theta)), *convergence_checks(found, penalty)),
        notes=(*notes, *about, *more),
        events={item.id: round(float(n)) for item, n in zip(items, marks_of_items, strict=True)},
    )


def _told(sheet: ModelData, marks: np.ndarray, offered: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """(r,) bool: rows whose set says something, and notes on the others."""
    size, asked = (marks & offered).sum(axis=1), offered.sum(axis=1)
    cap = sheet.given.prepared.question.max_choices
    says = (size > 0) & (size < asked)
    times = sheet.given.covariates.times[sheet.used]
    notes = []
    silent = round(float(times[~says].sum()))
    if silent:
        note = ngettext(
            "{n} respondent marked nothing or everything and says nothing of worths.",
            "{n} respondents marked nothing or everything and say nothing of worths.",
            silent,
        )
        notes.append(note.format(n=f"{silent:,}"))
    if cap:
        hit = round(float(times[says & (size >= cap)].sum()))
        note = _("{n} respondents marked all {cap} that were allowed; their sets may be cut short and are left out.")
        notes += [note.format(n=f"{hit:,}", cap=cap)] if hit else []
        says &= size < cap
    if not says.any():
        raise ModelError(_("no respondent marked some but not all items, so the answers say nothing of worths."))
    return says, tuple(notes)


def _part(sheet: ModelData, rows: np.ndarray) -> ModelData:
    """The sheet with some of its rows."""
    if rows.all():
        return sheet
    used = sheet.used.copy()
    used[sheet.respondent[~rows]] = False
    return replace(sheet, used=used, data=sheet.data[rows].reset_index(drop=True))


def _size(sheet: ModelData, p: int) -> Check:
    n = sheet.given.covariates.people(sheet.used)
    sets = ngettext("{n} set", "{n} sets", n).format(n=f"{n:,}")
    parameters = ngettext("{p} parameter", "{p} parameters", p).format(p=p)
    return Check(_("size"), "", n >= 3 * p, _("{sets} for {parameters}.").format(sets=sets, parameters=parameters))


KIND = RegressionKind(
    reason_not_applicable,
    partial(regression, fit=fit),
    words=RegressionWords(
        name=N_("Set-choice logit"),
        more=N_("marked more often"),
        less=N_("marked less often"),
        measures={"worth ratio": WORTH_RATIO},
        events=MARKS,
    ),
)
