"""Severity: a cumulative logit or probit for every item's ratings, by who answers (McCullagh 1980).

Positive coefficients go with more severe answers: exp(b) is the ratio of the odds of answering above any level of the
scale, the same for every level (proportional odds), which is tested for each term. Terms under `nominal` have a
coefficient of their own at every threshold; terms under `spread` change how far answers lie apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from analysis.luce import PSEUDO
from analysis.newton import ConvergenceError
from analysis.regression.cumulative import Ordinal, OrdinalFit, fit_ordinal, ordinal_scores
from analysis.regression.model import Block, Fitted, RowPlan, Sheet, excess_of, held_against
from analysis.regression.result import Check
from analysis.regression.severity_checks import assumption_checks, without_terms
from analysis.regression.severity_effects import severity_effects
from analysis.scores.model import ModelError
from survey.answers import Answers, Ratings
from survey.language import _, commas, label, ngettext
from survey.question import Item, Level


@dataclass(frozen=True)
class Rated:
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


def refuses(answers: Answers) -> str | None:
    if not isinstance(answers, Ratings) or answers.total is not None:
        return _("it needs ratings on a scale")
    return None


def fit(sheet: Sheet) -> Fitted:
    """Fit one sheet.

    Raises
    ------
    ModelError
        When no item has ratings of two levels, or a term under nominal or spread is not part of the formula.
    """
    given = sheet.given
    scores = ratings_of(sheet)
    notes: list[str] = []
    fits = []
    for j in given.items:
        one = _fit_item(sheet, given.opened.answers.items[j], scores[:, j], notes)
        if one is not None:
            fits.append(one)
    if not fits:
        raise ModelError(_("no item has ratings of two levels among the respondents used."))
    link = given.model.link or "logit"
    zero = [np.zeros_like(one.fit.inverse) if one.excess is None else one.excess for one in fits]
    penalised = any(one.fit.pseudo for one in fits)
    rows, base_rows = _rows(sheet, fits)
    blocks, item_blocks = _blocks(sheet, fits)
    bases = [round(float(given.covariates.times[sheet.used] @ one.rows)) for one in fits]
    if min(bases) < max(bases):
        note = _("Each item is fitted to those who rated it: {low} to {high} respondents.")
        notes.append(note.format(low=f"{min(bases):,}", high=f"{max(bases):,}"))
    return Fitted(
        measure="odds ratio" if link == "logit" else "difference",
        parameters=tuple(f"{one.item.id}:{name}" for one in fits for name in _names(sheet, one)),
        theta=np.concatenate([one.fit.theta for one in fits]),
        influence=np.column_stack([influence_of(sheet, one) for one in fits]),
        model_covariance=block_diag(*(one.fit.inverse for one in fits)),
        rows=rows,
        base_rows=base_rows,
        effects=severity_effects(sheet, fits),
        blocks=blocks,
        item_blocks=item_blocks,
        checks=(*_checks(fits), *assumption_checks(sheet, fits)),
        notes=(*notes, *_penalty_notes(fits)),
        log_likelihood=float(sum(one.fit.log_likelihood for one in fits)),
        penalty=_("log-F(1,1)") if penalised else "",
        excess=block_diag(*zero) if penalised else None,
        events={one.item.id: base for one, base in zip(fits, bases, strict=True)},
    )


def ratings_of(sheet: Sheet) -> np.ndarray:
    """(r, m) ratings by row of the sheet; NaN where there is none."""
    answers = sheet.given.opened.answers
    assert isinstance(answers, Ratings)
    whole = np.full((sheet.given.opened.sample.n, len(answers.items)), np.nan)
    whole[answers.respondent] = answers.scores
    return np.asarray(whole[sheet.used])


def _fit_item(sheet: Sheet, item: Item, score: np.ndarray, notes: list[str]) -> Rated | None:
    answers = sheet.given.opened.answers
    assert isinstance(answers, Ratings)
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
    one = Rated(item, levels, rows, data, found, location, nominal, spread, None)
    if not pseudo:
        return one
    sandwich = sheet.given.opened.sample.covariance(influence_of(sheet, one))
    return Rated(item, levels, rows, data, found, location, nominal, spread, excess_of(sandwich, found.inverse))


def columns_of(sheet: Sheet, terms: Sequence[str]) -> tuple[int, ...]:
    """Columns of the matrix that belong to some terms."""
    known = dict(sheet.matrix.terms)
    for term in terms:
        if term not in known:
            message = _('"{term}" is no term of the formula; the terms are {known}.')
            raise ModelError(message.format(term=term, known=commas(known)))
    return tuple(sorted(i for term in terms for i in known[term]))


def _converged(
    sheet: Sheet, item: Item, data: Ordinal, weight: np.ndarray, location: tuple[int, ...], nominal: tuple[int, ...]
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
    try:
        return fit_ordinal(data, weight, pseudo=PSEUDO, held=held), PSEUDO
    except ConvergenceError as error:
        raise ModelError(_("{item}: {reason}.").format(item=item.name, reason=error)) from error


def influence_of(sheet: Sheet, one: Rated) -> np.ndarray:
    """(n, P) influence of one item's parameters."""
    own = np.zeros((len(sheet.data), one.data.parameters))
    own[one.rows] = ordinal_scores(one.data, one.fit.theta, sheet.weight[one.rows]) @ one.fit.inverse
    return sheet.spread(own)


def _names(sheet: Sheet, one: Rated) -> list[str]:
    t, columns = one.data.thresholds, sheet.matrix.columns
    cuts = [f"{one.levels[k].value:g}|{one.levels[k + 1].value:g}" for k in range(t)]
    return [
        *cuts,
        *(f"{columns[i - 1].name} {cut}" for i in one.nominal for cut in cuts),
        *(columns[i - 1].name for i in one.location),
        *(f"spread {columns[i - 1].name}" for i in one.spread),
    ]


def level_name(level: Level) -> str:
    return label(level.label) or f"{level.value:g}"


def _rows(sheet: Sheet, fits: Sequence[Rated]) -> tuple[tuple[RowPlan, ...], tuple[RowPlan, ...]]:
    """Rows of coefficients, and rows of thresholds and spread."""
    size = sum(one.data.parameters for one in fits)
    unit, rows, base, start = np.eye(size), [], [], 0
    cells = {i: sheet.members(column) for i, column in enumerate(sheet.matrix.columns, 1)}
    for one in fits:
        t = one.data.thresholds

        def plan(column: int, place: int, sign: float, words: str, one: Rated = one, start: int = start) -> RowPlan:
            about = sheet.matrix.columns[column - 1]
            members = cells[column]
            if members is not None:
                members = members & sheet.spread(one.rows[:, None].astype(float))[:, 0].astype(bool)
            cell = None if members is None else round(float(sheet.given.covariates.times[members].sum()))
            held = held_against(about.reference)
            contrast = sign * unit[start + place]
            return RowPlan(one.item.id, one.item.name, about.term, about.name, words, held, contrast, cell, members)

        for k in range(t):
            cut = f"{one.levels[k].value:g}|{one.levels[k + 1].value:g}"
            base.append(RowPlan(one.item.id, one.item.name, "threshold", cut, cut, "", unit[start + k]))
        for number, column in enumerate(one.nominal, 1):
            for k in range(t):
                message = _("{label}, above “{level}”")
                words = message.format(label=sheet.matrix.columns[column - 1].label, level=level_name(one.levels[k]))
                rows.append(plan(column, number * t + k, -1.0, words))
        first = one.data.location.start
        for number, column in enumerate(one.location):
            rows.append(plan(column, first + number, 1.0, sheet.matrix.columns[column - 1].label))
        for number, column in enumerate(one.spread):
            about = sheet.matrix.columns[column - 1]
            contrast = unit[start + one.data.location.stop + number]
            base.append(RowPlan(one.item.id, one.item.name, "spread", about.name, about.label, "", contrast))
        start += one.data.parameters
    return tuple(rows), tuple(base)


def _blocks(sheet: Sheet, fits: Sequence[Rated]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Tests of each term over all items, and item by item."""
    unit = np.eye(sum(one.data.parameters for one in fits))
    whole, single = [], []
    for term, columns in sheet.matrix.blocks():
        together: list[np.ndarray] = []
        ratios: list[float | None] = []
        start = 0
        for one in fits:
            t, first = one.data.thresholds, one.data.location.start
            places = [n * t + k for n, i in enumerate(one.nominal, 1) if i in columns for k in range(t)]
            places += [first + n for n, i in enumerate(one.location) if i in columns]
            contrast = unit[[start + place for place in places]]
            ratio = None if one.fit.pseudo else without_terms(sheet, one, columns)
            single.append(Block(term, one.item.id, contrast, ratio))
            together.append(contrast)
            ratios.append(ratio)
            start += one.data.parameters
        known = [ratio for ratio in ratios if ratio is not None]
        total = sum(known) if len(known) == len(fits) else None
        whole.append(Block(term, "", np.concatenate(together), total, plain=False))
    return tuple(whole), tuple(single)


def _checks(fits: Sequence[Rated]) -> tuple[Check, ...]:
    """Answers for each coefficient, separation, convergence."""
    few = []
    for one in fits:
        count = np.bincount(one.data.y, minlength=one.data.levels)
        informative = (len(one.data.y) - (count.astype(float) ** 3).sum() / len(one.data.y) ** 2) / 10
        if informative < one.data.x.shape[1] + one.data.nominal.shape[1] * one.data.thresholds:
            few.append(one.item.short_name)
    text = _("At least ten informative answers for each coefficient.")
    if few:
        text = _("Fewer than ten informative answers for each coefficient: {items}.").format(items=commas(few))
    steps = max(one.fit.iterations for one in fits)
    apart = [one.item.short_name for one in fits if one.fit.pseudo]
    message = _("Separation, so that coefficients were penalised: {items}. Errors are no smaller than the model's.")
    return (
        Check(_("size"), "", not few, text),
        Check(
            _("convergence"),
            "",
            True,
            ngettext("Converged in {n} step.", "Converged in at most {n} steps.", steps).format(n=steps),
        ),
        Check(_("separation"), "", not apart, message.format(items=commas(apart)) if apart else _("No separation.")),
    )


def _penalty_notes(fits: Sequence[Rated]) -> tuple[str, ...]:
    apart = [one.item.name for one in fits if one.fit.pseudo]
    if not apart:
        return ()
    note = _(
        "Separation in {items}: all answers of some group lie at one end, so that its coefficient would be infinite. "
        "Coefficients of these items were given {pseudo} pseudo-answers on either side (log-F(1,1), Greenland and "
        "Mansournia 2015)."
    )
    return (note.format(items=commas(apart), pseudo=PSEUDO),)
