"""Selection: a logistic regression for every item, its marks by who answers; errors and tests over all items together.

Estimates come from statsmodels' GLM with `var_weights`; its own errors know of no design and are not used: the
influence of every item's coefficients stands side by side, so that the design's covariance, one correction and tests
over all items hold them together. Average marginal effects put odds ratios into percentage points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import special
from scipy.linalg import block_diag

from obstacles.analysis.inference.lifted import excess_of
from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.prepare import ModelError, converging, one_each
from obstacles.analysis.regression.fitting import regression
from obstacles.analysis.regression.kinds.base import MARKS, MeasureWords, RegressionKind, RegressionWords
from obstacles.analysis.regression.likelihoods.glm import GlmFit, far_out, fit_glm
from obstacles.analysis.regression.likelihoods.item_effects import Shift, shifts
from obstacles.analysis.regression.model import (
    Block,
    EffectPlan,
    Fitted,
    ModelData,
    RowPlan,
    held_against,
    places_in_row,
    rows_checks,
)
from obstacles.analysis.regression.result import Check
from obstacles.analysis.regression.separation import fit_firth, separated
from obstacles.survey.answers import Answers, Rankings
from obstacles.survey.question import Item
from obstacles.text.language import N_, _, commas, ngettext, semicolons


@dataclass(frozen=True)
class ItemSelection:
    """One item's marks among those who were offered it, and the logistic regression of them."""

    item: Item
    rows: np.ndarray  # (r,) bool: rows of the sheet that were offered it
    y: np.ndarray  # of those rows
    fit: GlmFit
    columns: tuple[str, ...]  # of the matrix, that separate the marks; () = maximum likelihood
    excess: np.ndarray | None


def reason_not_applicable(answers: Answers) -> str | None:
    """Why logits of selections do not apply to these answers; None where they do."""
    if not isinstance(answers, Rankings) or not answers.selection:
        return _("it needs selections")
    if not one_each(answers.respondent):
        return _("it needs one row of answers a respondent")
    return None


def fit(sheet: ModelData) -> Fitted:
    """Fit one sheet.

    Raises
    ------
    ModelError
        When no item was marked by some and left by others.
    """
    given, x = sheet.given, sheet.matrix.values
    marks, offered = marks_of(sheet)
    fits, notes = [], []
    for j in given.items:
        rows = offered[:, j]
        y = marks[rows, j].astype(float)
        item = given.prepared.answers.items[j]
        if not y.any() or y.all():
            note = _("{item}: everybody used gave the same answer, so nothing is fitted.")
            notes.append(note.format(item=item.name))
            continue
        fits.append(_fit_item(sheet, item, rows, y, x))
    if not fits:
        raise ModelError(_("no item was marked by some of the respondents used and left by others."))
    influence = np.column_stack([_influence(sheet, one) for one in fits])
    model = block_diag(*(one.fit.inverse for one in fits))
    penalised = [one for one in fits if one.columns]
    zero = [np.zeros_like(one.fit.inverse) if one.excess is None else one.excess for one in fits]
    names = ["1", *(column.name for column in sheet.matrix.columns)]
    blocks, item_blocks = _blocks(sheet, fits)
    return Fitted(
        measure="odds ratio",
        parameters=tuple(f"{one.item.id}:{name}" for one in fits for name in names),
        theta=np.concatenate([one.fit.theta for one in fits]),
        influence=influence,
        model_covariance=model,
        rows=_rows(sheet, fits),
        base_rows=_constants(fits, len(names)),
        effects=_effects(sheet, fits),
        blocks=blocks,
        item_blocks=item_blocks,
        checks=_checks(sheet, fits),
        notes=tuple(notes),
        log_likelihood=float(sum(one.fit.log_likelihood or 0.0 for one in fits)),
        penalty=_("Firth") if penalised else "",
        excess=block_diag(*zero) if penalised else None,
        events={one.item.id: _people(sheet, one.rows, one.y) for one in fits},
        places=tuple(places_in_row(number * len(names), len(names)) for number in range(len(fits))),
    )


def marks_of(sheet: ModelData) -> tuple[np.ndarray, np.ndarray]:
    """(r, m) marks and offers by row of the sheet."""
    answers = sheet.given.prepared.typed(Rankings)
    n, m = sheet.given.prepared.sample.n, len(answers.items)
    marks, offered = np.zeros((n, m), bool), np.zeros((n, m), bool)
    marks[answers.respondent] = answers.ranks > 0
    offered[answers.respondent] = answers.offered
    return marks[sheet.used], offered[sheet.used]


def _people(sheet: ModelData, rows: np.ndarray, y: np.ndarray) -> int:
    times = sheet.given.covariates.times[sheet.used][rows]
    return round(float(times @ y))


def _fit_item(sheet: ModelData, item: Item, rows: np.ndarray, y: np.ndarray, x: np.ndarray) -> ItemSelection:
    """Maximum likelihood, or Firth's penalty where covariates separate the marks."""
    here, weight = x[rows], sheet.weight[rows]
    if np.linalg.matrix_rank(here) < here.shape[1]:
        message = _("{item} was offered to some of the groups only: take the item or a term out of the model.")
        raise ModelError(message.format(item=item.name))
    try:
        found = fit_glm(y, here, weight, link="logit")
        if not far_out(found, here):
            return ItemSelection(item, rows, y, found, (), None)
    except ConvergenceError:
        pass
    apart = separated(y, here)
    if not apart.any():
        with converging(_("{item}: {reason}."), item=item.name):
            return ItemSelection(item, rows, y, fit_glm(y, here, weight, link="logit"), (), None)
    with converging(_("{item}: {reason}."), item=item.name):
        found = fit_firth(y, here, weight)
    labels = [_("the constant"), *(column.label for column in sheet.matrix.columns)]
    one = ItemSelection(
        item, rows, y, found, tuple(label for label, out in zip(labels, apart, strict=True) if out), None
    )
    sandwich = sheet.given.prepared.sample.covariance(_influence(sheet, one))
    return ItemSelection(item, rows, y, found, one.columns, excess_of(sandwich, found.inverse))


def _influence(sheet: ModelData, one: ItemSelection) -> np.ndarray:
    """(n, q) influence of one item's coefficients."""
    return sheet.spread(one.fit.score @ one.fit.inverse, one.rows)


def _rows(sheet: ModelData, fits: Sequence[ItemSelection]) -> tuple[RowPlan, ...]:
    q = sheet.matrix.values.shape[1]
    unit, cells = np.eye(q * len(fits)), [sheet.members(column) for column in sheet.matrix.columns]
    times = sheet.given.covariates.times
    plans = []
    for place, about in enumerate(sheet.matrix.columns, 1):
        for number, one in enumerate(fits):
            members, base = cells[place - 1], about.cell
            if members is not None and not one.rows.all():
                members = members & sheet.spread(one.rows[:, None].astype(float))[:, 0].astype(bool)
                base = round(float(times[members].sum()))
            held = held_against(about.reference)
            contrast = unit[number * q + place]
            label = one.item.name
            plans.append(
                RowPlan(one.item.id, label, about.term, about.name, about.label, held, contrast, base, members)
            )
    return tuple(plans)


def _constants(fits: Sequence[ItemSelection], q: int) -> tuple[RowPlan, ...]:
    unit = np.eye(q * len(fits))
    return tuple(
        RowPlan(one.item.id, one.item.name, "1", "1", _("constant"), "", unit[number * q])
        for number, one in enumerate(fits)
    )


def _blocks(sheet: ModelData, fits: Sequence[ItemSelection]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Tests of each term over all items, and item by item."""
    q = sheet.matrix.values.shape[1]
    unit = np.eye(q * len(fits))
    whole, single = [], []
    for term, columns in sheet.matrix.blocks():
        ratios = [None if one.columns else _ratio(sheet, one, columns) for one in fits]
        places = [number * q + column for number in range(len(fits)) for column in columns]
        known = [ratio for ratio in ratios if ratio is not None]
        together = sum(known) if len(known) == len(fits) else None
        whole.append(Block(term, "", unit[places], together, plain=False))
        for number, (one, ratio) in enumerate(zip(fits, ratios, strict=True)):
            single.append(Block(term, one.item.id, unit[[number * q + column for column in columns]], ratio))
    return tuple(whole), tuple(single)


def _ratio(sheet: ModelData, one: ItemSelection, columns: tuple[int, ...]) -> float | None:
    """Twice the log-likelihood that these columns add."""
    kept = [i for i in range(sheet.matrix.values.shape[1]) if i not in columns]
    try:
        less = fit_glm(one.y, sheet.matrix.values[one.rows][:, kept], sheet.weight[one.rows], link="logit")
    except ConvergenceError:
        return None
    full, part = one.fit.log_likelihood, less.log_likelihood
    return None if full is None or part is None else 2 * (full - part)


def _effects(sheet: ModelData, fits: Sequence[ItemSelection]) -> tuple[EffectPlan, ...]:
    """Average marginal effects on the probability of a mark."""
    influences = [_influence(sheet, one) for one in fits]
    found: dict[int, list[EffectPlan]] = {number: [] for number in range(len(fits))}
    for shift in shifts(sheet.matrix):
        for number, (one, influence) in enumerate(zip(fits, influences, strict=True)):
            found[number].append(mean_effect(sheet, shift, one.item.id, one.rows, one.fit.theta, influence, one.excess))
    return tuple(plan for plans in found.values() for plan in plans)


def mean_effect(
    sheet: ModelData,
    shift: Shift,
    outcome: str,
    rows: np.ndarray,
    theta: np.ndarray,
    influence: np.ndarray,
    excess: np.ndarray | None,
    measure: str = "probability",
) -> EffectPlan:
    """The average difference of a logistic mean over some rows of the sheet (r,), with all that varies in it."""
    there, here, distance = shift.there[rows], shift.here[rows], shift.distance[rows]
    share = sheet.weight[rows] / sheet.weight[rows].sum()
    high, low = special.expit(there @ theta), special.expit(here @ theta)
    each = (high - low) / distance
    value = float(share @ each)
    bent_high, bent_low = high * (1 - high) / distance, low * (1 - low) / distance
    slope = (share * bent_high) @ there - (share * bent_low) @ here
    whole = sheet.spread((share * (each - value))[:, None], rows) + (influence @ slope)[:, None]
    variance = float(sheet.given.prepared.sample.covariance(whole)[0, 0])
    if excess is not None:
        variance += float(slope @ excess @ slope)
    bounds = (-1.0, 1.0) if shift.level else (-np.inf, np.inf)
    base = sheet.base(shift.variable, shift.level, rows)
    return EffectPlan(outcome, shift.variable, shift.level, shift.reference, measure, value, variance, bounds, base)


def _checks(sheet: ModelData, fits: Sequence[ItemSelection]) -> tuple[Check, ...]:
    """Events for each coefficient, separation, convergence."""
    q = sheet.matrix.values.shape[1] - 1
    few = []
    for one in fits:
        yes, asked = _people(sheet, one.rows, one.y), _people(sheet, one.rows, np.ones(len(one.y)))
        if min(yes, asked - yes) < 10 * q:
            few.append(one.item.short_name)
    columns = ngettext("{q} coefficient", "{q} coefficients", q).format(q=q)
    text = _("At least ten marks and ten blanks for each of {columns}.").format(columns=columns)
    if few:
        message = _("Fewer than ten marks or blanks for each of {columns}: {items}.")
        text = message.format(columns=columns, items=commas(few))
    steps = max(one.fit.iterations for one in fits)
    apart = [
        _("{item} ({columns})").format(item=one.item.short_name, columns=commas(one.columns))
        for one in fits
        if one.columns
    ]
    message = _("Separation, so that Firth's penalty was used: {items}. Errors are no smaller than those of the model.")
    separation = message.format(items=semicolons(apart)) if apart else ""
    return rows_checks(Check(_("size"), "", not few, text), steps, separation)


KIND = RegressionKind(
    reason_not_applicable,
    partial(regression, fit=fit),
    words=RegressionWords(
        name=N_("Logistic regression of each {noun}"),
        more=N_("marked more often"),
        less=N_("marked less often"),
        measures={
            "odds ratio": MeasureWords(
                heading=N_("Odds ratio"),
                meaning=N_("An odds ratio of 2 means twice the odds that the {noun} is marked; 1 is no difference."),
            )
        },
        events=MARKS,
    ),
)
