"""Severity: a cumulative logit or probit for every item's ratings, by who answers (McCullagh 1980).

Positive coefficients go with more severe answers: exp(b) is the ratio of the odds of answering above any level of the
scale, the same for every level (proportional odds), which is tested for each term. Terms under `nominal` have a
coefficient of their own at every threshold; terms under `spread` change how far answers lie apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from scipy.linalg import block_diag

from obstacles.analysis.inference.worth_answers import PSEUDO
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.fitting import regression
from obstacles.analysis.regression.kinds.base import DIFFERENCE, MeasureWords, RegressionKind, RegressionWords
from obstacles.analysis.regression.kinds.severity.checks import assumption_checks, without_terms
from obstacles.analysis.regression.kinds.severity.effects import severity_effects
from obstacles.analysis.regression.kinds.severity.items import ItemRatings, fit_item, influence_of, ratings_of
from obstacles.analysis.regression.model import (
    Block,
    CovariatePlaces,
    Fitted,
    ModelData,
    RowPlan,
    held_against,
    rows_checks,
)
from obstacles.analysis.regression.result import Check
from obstacles.survey.answers import Answers, Ratings
from obstacles.survey.question import Level
from obstacles.text.language import N_, _, commas, label


def reason_not_applicable(answers: Answers) -> str | None:
    """Why a regression of ratings does not apply to these answers; None where it does."""
    if not isinstance(answers, Ratings) or answers.total is not None:
        return _("it needs ratings on a scale")
    return _("it needs the levels of a scale, and a slider has none") if answers.scale.continuous else None


def fit(sheet: ModelData) -> Fitted:
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
        one = fit_item(sheet, given.prepared.answers.items[j], scores[:, j], notes)
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
        places=_places(fits),
    )


def _places(fits: Sequence[ItemRatings]) -> tuple[CovariatePlaces, ...]:
    """Thresholds stand for the constant; nothing where a column has other coefficients than one of the location."""
    found, start = [], 0
    for one in fits:
        if one.nominal or one.spread:
            return ()
        t = one.data.thresholds
        slopes = tuple(range(start + t, start + one.data.parameters))
        found.append(CovariatePlaces(tuple(range(start, start + t)), slopes, -1.0))
        start += one.data.parameters
    return tuple(found)


def _names(sheet: ModelData, one: ItemRatings) -> list[str]:
    t, columns = one.data.thresholds, sheet.matrix.columns
    cuts = [f"{one.levels[k].value:g}|{one.levels[k + 1].value:g}" for k in range(t)]
    return [
        *cuts,
        *(f"{columns[i - 1].name} {cut}" for i in one.nominal for cut in cuts),
        *(columns[i - 1].name for i in one.location),
        *(f"spread {columns[i - 1].name}" for i in one.spread),
    ]


def level_name(level: Level) -> str:
    """The level's label, or its value."""
    return label(level.label) or f"{level.value:g}"


def _rows(sheet: ModelData, fits: Sequence[ItemRatings]) -> tuple[tuple[RowPlan, ...], tuple[RowPlan, ...]]:
    """Rows of coefficients, and rows of thresholds and spread."""
    size = sum(one.data.parameters for one in fits)
    unit, rows, base, start = np.eye(size), [], [], 0
    cells = {i: sheet.members(column) for i, column in enumerate(sheet.matrix.columns, 1)}
    for one in fits:
        t = one.data.thresholds

        def plan(
            column: int, place: int, sign: float, words: str, one: ItemRatings = one, start: int = start
        ) -> RowPlan:
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


def _blocks(sheet: ModelData, fits: Sequence[ItemRatings]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
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


def _checks(fits: Sequence[ItemRatings]) -> tuple[Check, ...]:
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
    separation = message.format(items=commas(apart)) if apart else ""
    return rows_checks(Check(_("size"), "", not few, text), steps, separation)


def _penalty_notes(fits: Sequence[ItemRatings]) -> tuple[str, ...]:
    apart = [one.item.name for one in fits if one.fit.pseudo]
    if not apart:
        return ()
    note = _(
        "Separation in {items}: all answers of some group lie at one end, so that its coefficient would be infinite. "
        "Coefficients of these items were given {pseudo} pseudo-answers on either side (log-F(1,1), Greenland and "
        "Mansournia 2015)."
    )
    return (note.format(items=commas(apart), pseudo=PSEUDO),)


KIND = RegressionKind(
    reason_not_applicable,
    partial(regression, fit=fit),
    words=RegressionWords(
        name=N_("Ordinal regression of each {noun}"),
        more=N_("rated more severe"),
        less=N_("rated less severe"),
        measures={
            "odds ratio": MeasureWords(
                heading=N_("Odds ratio"),
                meaning=N_(
                    "An odds ratio of 2 means twice the odds of answering above any given level of the scale; 1 is no "
                    "difference."
                ),
            ),
            "difference": DIFFERENCE,
        },
        events=(N_("Ratings: {n}."), N_("Ratings: {n} for each {noun}.")),
    ),
)
