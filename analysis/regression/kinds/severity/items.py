"""One item's ratings, fitted: thresholds, coefficients and their influence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from obstacles.analysis.inference.lifted import excess_of
from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.inference.worth_answers import PSEUDO
from obstacles.analysis.prepare import ModelError, converging
from obstacles.analysis.regression.likelihoods.cumulative import Ordinal, OrdinalFit, fit_ordinal, ordinal_scores
from obstacles.analysis.regression.model import ModelData
from obstacles.survey.answers import Ratings
from obstacles.survey.question import Item, Level
from obstacles.text.language import _, commas, ngettext


@dataclass(frozen=True)
class ItemRatings:
    """One item's ratings and the model of them; parameters are thresholds, then coefficients, then spread."""

    item: Item
    levels: tuple[Level, ...]  # those that were used, the least severe first
    rows: np.ndarray  # (r,) bool: rows of the sheet that rated it
    data: Ordinal
    fit: OrdinalFit
    location: tuple[int, ...]  # columns of the matrix behind `data.x`
    nominal: tuple[int, ...]
    spread: tuple[int, ...]
    excess: np.ndarray | None


def ratings_of(sheet: ModelData) -> np.ndarray:
    """(r, m) ratings by row of the sheet; NaN where there is none."""
    answers = sheet.given.prepared.typed(Ratings)
    whole = np.full((sheet.given.prepared.sample.n, len(answers.items)), np.nan)
    whole[answers.respondent] = answers.scores
    return np.asarray(whole[sheet.used])


def fit_item(sheet: ModelData, item: Item, score: np.ndarray, notes: list[str]) -> ItemRatings | None:
    """Fit one item's ratings; None, with a note, where its levels allow no fit."""
    answers = sheet.given.prepared.typed(Ratings)
    rows = np.isfinite(score)
    known = sorted(answers.scale.levels, key=lambda level: level.value)
    levels = tuple(level for level in known if (score[rows] == level.value).any())
    if len(levels) < 2:
        notes.append(_("{item}: fewer than two levels were used, so nothing is fitted.").format(item=item.name))
        return None
    if len(levels) < len(known):
        note = ngettext(
            "{item}: {n} level of the scale was not used.",
            "{item}: {n} levels of the scale were not used.",
            len(known) - len(levels),
        )
        notes.append(note.format(item=item.name, n=len(known) - len(levels)))
    x = sheet.matrix.values[rows]
    if np.linalg.matrix_rank(x) < x.shape[1]:
        message = _("{item} was rated by some of the groups only: take the item or a term out of the model.")
        raise ModelError(message.format(item=item.name))
    y = np.searchsorted([level.value for level in levels], score[rows])
    nominal, spread = (columns_of(sheet, terms) for terms in (sheet.given.model.nominal, sheet.given.model.spread))
    location = tuple(i for i in range(1, x.shape[1]) if i not in nominal)
    data = Ordinal(y, len(levels), x[:, location], x[:, nominal], x[:, spread], sheet.given.model.link or "logit")
    found, pseudo = _converged(sheet, item, data, sheet.weight[rows], location, nominal)
    one = ItemRatings(item, levels, rows, data, found, location, nominal, spread, None)
    if not pseudo:
        return one
    sandwich = sheet.given.prepared.sample.covariance(influence_of(sheet, one))
    return ItemRatings(item, levels, rows, data, found, location, nominal, spread, excess_of(sandwich, found.inverse))


def columns_of(sheet: ModelData, terms: Sequence[str]) -> tuple[int, ...]:
    """Columns of the matrix that belong to some terms."""
    known = dict(sheet.matrix.terms)
    for term in terms:
        if term not in known:
            message = _('"{term}" is no term of the formula; the terms are {known}.')
            raise ModelError(message.format(term=term, known=commas(known)))
    return tuple(sorted(i for term in terms for i in known[term]))


def _converged(
    sheet: ModelData, item: Item, data: Ordinal, weight: np.ndarray, location: tuple[int, ...], nominal: tuple[int, ...]
) -> tuple[OrdinalFit, float]:
    """Maximum likelihood, or penalised where a group's answers all lie at one end of the scale."""
    try:
        return fit_ordinal(data, weight), 0.0
    except ConvergenceError:
        scales = [sheet.matrix.columns[i - 1].scale for i in location]
        held = np.zeros(data.parameters)
        held[data.location] = scales
        for place, column in enumerate(nominal, 1):
            held[place * data.thresholds : (place + 1) * data.thresholds] = sheet.matrix.columns[column - 1].scale
    with converging(_("{item}: {reason}."), item=item.name):
        return fit_ordinal(data, weight, pseudo=PSEUDO, held=held), PSEUDO


def influence_of(sheet: ModelData, one: ItemRatings) -> np.ndarray:
    """(n, P) influence of one item's parameters."""
    return sheet.spread(ordinal_scores(one.data, one.fit.theta, sheet.weight[one.rows]) @ one.fit.inverse, one.rows)
