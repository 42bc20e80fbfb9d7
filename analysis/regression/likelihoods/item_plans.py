"""How the worths of items depend on covariates: parameters, rows and tests of models whose outcomes are items.

Every column of the matrix has a coefficient for every item; adding a constant to all of them changes nothing, so one is
taken as zero while fitting and rows are shown against the mean of all items, or against the model's reference item.
With `item_formula` worths depend on what items are instead, and coefficients belong to the items' own columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from obstacles.analysis.choice.choice_sets import Connectivity
from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.formula_matrix import Column, Matrix, build_matrix
from obstacles.analysis.regression.likelihoods.base import Likelihood
from obstacles.analysis.regression.likelihoods.item_logit import ItemFit, Predictor, fit_items, without
from obstacles.analysis.regression.model import Block, ModelData, RowPlan, held_against
from obstacles.survey.question import Item
from obstacles.survey.studyfile.formula import words_of
from obstacles.text.language import _, commas


@dataclass(frozen=True)
class ItemTerms:
    """The covariates of a model of m items, and what each parameter belongs to."""

    items: tuple[Item, ...]
    matrix: Matrix  # of the sheet's rows
    x: np.ndarray  # (r, q) of the answers, centred
    center: np.ndarray  # (q,)
    basis: np.ndarray  # (m, s) the items' coefficients of one column from its s free parameters
    shown: np.ndarray  # (m or s, s) rows that people read, from the free parameters
    facts: Matrix | None  # of the items, with item_formula
    z: np.ndarray | None  # (r, m, t) of the answers
    z_of_sheet: np.ndarray | None  # (r', m, t) of the sheet's rows
    z_names: tuple[str, ...]

    @property
    def width(self) -> int:
        """Free parameters of one column."""
        return int(self.basis.shape[1])

    @property
    def names(self) -> tuple[str, ...]:
        columns = ["1", *(column.name for column in self.matrix.columns)]
        if self.facts is not None:
            own = [column.name for column in self.facts.columns]
        else:
            own = [self.items[int(np.flatnonzero(column)[0])].id for column in self.basis.T]
        return tuple(f"{column}:{name}" for column in columns for name in own)


def terms_of(sheet: ModelData, kept: np.ndarray, row: np.ndarray) -> ItemTerms:
    """Gather the covariates of the items `kept` (positions in the wave) for answers of the sheet's rows `row`."""
    given = sheet.given
    items = tuple(given.prepared.answers.items[j] for j in kept)
    center = sheet.weight @ sheet.matrix.values / sheet.weight.sum()
    center[0] = 0
    m = len(items)
    facts = _facts(sheet, items)
    if facts is not None:
        basis = facts.values[:, 1:] - facts.values[:, 1:].mean(axis=0)
        shown = np.eye(basis.shape[1])
    else:
        reference = _reference(given.model.reference_item, items)
        basis = np.delete(np.eye(m), reference or 0, axis=1)
        shown = basis - (basis.mean(axis=0) if reference is None else basis[reference])
    z_names, z = _by_item(sheet, items)
    x = sheet.matrix.values - center
    if not np.array_equal(row, np.arange(len(x))):
        x = x[row]
    return ItemTerms(items, sheet.matrix, x, center, basis, shown, facts, None if z is None else z[row], z, z_names)


def separated_cells(terms: ItemTerms, graph: Callable[[np.ndarray], Connectivity], minimum: int) -> tuple[str, ...]:
    """ "Item (group)" for every item that always or never wins within a cell of at least `minimum` answers.

    Parameters
    ----------
    graph : function
        Who won against whom among some rows (r,) bool of the answers.
    """
    found = []
    for _term, places in terms.matrix.terms:
        columns = [terms.matrix.columns[place - 1] for place in places]
        cells = [(column.label, terms.x[:, i] > 0) for i, column in zip(places, columns, strict=True) if column.levels]
        if cells and len(columns[0].levels) == 1 and columns[0].reference:
            cells.append((held_against(columns[0].reference), ~np.any([rows for _label, rows in cells], axis=0)))
        for label, rows in cells:
            parts = graph(rows).groups if rows.sum() >= minimum else ()
            alone = [part[0] for part in parts if len(part) == 1] if len(parts) > 1 else []
            message = _("{item} ({group})")
            found += [message.format(item=terms.items[i].name, group=label) for i in alone]
    return tuple(found)


def _reference(id: str | None, items: Sequence[Item]) -> int | None:
    if id is None:
        return None
    ids = [item.id for item in items]
    if id not in ids:
        raise ModelError(_('the reference item "{id}" is not part of this model.').format(id=id))
    return ids.index(id)


def _facts(sheet: ModelData, items: tuple[Item, ...]) -> Matrix | None:
    """The matrix of what items are: category, and the numbers of item_values."""
    import pandas as pd

    model = sheet.given.model
    if not model.item_formula:
        return None
    words = words_of(model.item_formula)
    data: dict[str, object] = {}
    for name in words.names:
        values = [item.category if name == "category" else model.item_values[name].get(item.id) for item in items]
        lacking = [item.id for item, value in zip(items, values, strict=True) if value is None]
        if lacking:
            message = _('item_formula: "{name}" is not stated for {items}.')
            raise ModelError(message.format(name=name, items=commas(lacking)))
        data[name] = pd.Categorical(values) if name == "category" else np.array(values, float)
    found = build_matrix(model.item_formula, words, pd.DataFrame(data), np.ones(len(items)), np.ones(len(items)))
    if found.values.shape[1] >= len(items):
        raise ModelError(_("item_formula has as many columns as there are items: leave a term out."))
    columns = tuple(replace(column, cell=None) for column in found.columns)
    return replace(found, columns=columns)


def _by_item(sheet: ModelData, items: tuple[Item, ...]) -> tuple[tuple[str, ...], np.ndarray | None]:
    """(r, m, t) covariates of respondents and items; 0 for items that a covariate does not speak of."""
    stated = sheet.given.model.by_item
    if not stated:
        return (), None
    z = np.zeros((len(sheet.data), len(items), len(stated)))
    for position, columns in enumerate(stated.values()):
        for j, item in enumerate(items):
            if item.id in columns:
                z[:, j, position] = sheet.data[columns[item.id]].to_numpy(float)
    return tuple(stated), z


def predictor_of(terms: ItemTerms, extra: tuple[str, ...], *, constants: bool) -> Predictor:
    """Free parameters column by column, then the extra ones of all rows, then those of covariates by item.

    Parameters
    ----------
    constants : bool
        Whether the penalty holds the constants, too.
    """
    q, (m, s), e = terms.x.shape[1], terms.basis.shape, len(extra)
    basis = np.zeros((q, m + e, q * s + e))
    for column in range(q):
        basis[column, :m, column * s : (column + 1) * s] = terms.basis
    basis[0, m:, q * s :] = np.eye(e)
    t = 0 if terms.z is None else terms.z.shape[2]
    held = []
    for column in range(0 if constants or terms.facts is not None else 1, q):
        scale = 1.0 if column == 0 else terms.matrix.columns[column - 1].scale
        rows = np.zeros((len(terms.shown), q * s + e + t))
        rows[:, column * s : (column + 1) * s] = terms.shown * scale
        held.append(rows)
    for place in range(t):
        row = np.zeros((1, q * s + e + t))
        assert terms.z is not None
        row[0, q * s + e + place] = terms.z[..., place].std() or 1.0
        held.append(row)
    penalised = np.concatenate(held) if held else None
    return Predictor(terms.x, basis.reshape(q * (m + e), q * s + e), terms.z, penalised)


def plans_of(
    sheet: ModelData, terms: ItemTerms, extra: tuple[str, ...]
) -> tuple[tuple[RowPlan, ...], tuple[RowPlan, ...]]:
    """Rows of the covariates, and rows of constants and tie weights."""
    q, s, e, t = terms.x.shape[1], terms.width, len(extra), len(terms.z_names)
    unit = np.eye(q * s + e + t)
    rows: list[RowPlan] = []
    base: list[RowPlan] = []
    cells = [sheet.members(column) for column in terms.matrix.columns]
    for column in range(q):
        about = None if column == 0 else terms.matrix.columns[column - 1]
        for place, values in enumerate(terms.shown):
            contrast = np.zeros(len(unit))
            contrast[column * s : (column + 1) * s] = values
            plan = _plan(terms, about, place, contrast, None if about is None else cells[column - 1])
            (base if column == 0 and terms.facts is None else rows).append(plan)
    for place, name in enumerate(terms.z_names):
        rows.append(RowPlan("", "", name, name, name, "", unit[q * s + e + place]))
    for place, name in enumerate(extra):
        base.append(RowPlan("", "", name, name, name, "", unit[q * s + place]))
    return tuple(rows), tuple(base)


def _plan(
    terms: ItemTerms, about: Column | None, place: int, contrast: np.ndarray, members: np.ndarray | None
) -> RowPlan:
    """One coefficient of one column: of an item, or of a column of the items' own matrix."""
    if terms.facts is None:
        item = terms.items[place]
        if about is None:
            return RowPlan(item.id, item.name, "1", "1", _("worth"), "", contrast)
        held = held_against(about.reference)
        return RowPlan(item.id, item.name, about.term, about.name, about.label, held, contrast, about.cell, members)
    fact = terms.facts.columns[place]
    if about is None:
        return RowPlan("", "", fact.term, fact.name, fact.label, held_against(fact.reference), contrast)
    held = held_against((*about.reference, *fact.reference))
    label, name = f"{about.label} × {fact.label}", f"{about.name}:{fact.name}"
    return RowPlan("", "", f"{about.term} × {fact.term}", name, label, held, contrast, about.cell, members)


def blocks_of(
    terms: ItemTerms, likelihood: Likelihood, predictor: Predictor, weight: np.ndarray, full: ItemFit | None
) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Tests of terms over all items, and of each item.

    Parameters
    ----------
    full : ItemFit, optional
        The fit of all terms, where likelihood ratios are wanted.
    """
    s = terms.width
    p = predictor.parameters
    whole, by_item = [], []
    for term, columns in terms.matrix.blocks():
        places = [column * s + j for column in columns for j in range(s)]
        ratio = None if full is None else _ratio(columns, likelihood, predictor, weight, full)
        whole.append(Block(term, "", np.eye(p)[places], ratio))
        if terms.facts is None:
            for item, values in zip(terms.items, terms.shown, strict=True):
                if values.any():
                    contrast = np.zeros((len(columns), p))
                    for row, column in enumerate(columns):
                        contrast[row, column * s : (column + 1) * s] = values
                    by_item.append(Block(term, item.id, contrast))
    if terms.facts is not None:
        for term, columns in terms.facts.blocks():
            whole.append(Block(term, "", np.eye(p)[[column - 1 for column in columns]]))
    for place, name in enumerate(terms.z_names):
        whole.append(Block(name, "", np.eye(p)[[p - len(terms.z_names) + place]]))
    return tuple(whole), tuple(by_item)


def _ratio(
    columns: tuple[int, ...], likelihood: Likelihood, predictor: Predictor, weight: np.ndarray, full: ItemFit
) -> float | None:
    """Twice the log-likelihood that these columns add."""
    try:
        less = fit_items(likelihood, without(predictor, columns), weight)
    except ConvergenceError:
        return None
    return 2 * (full.log_likelihood - less.log_likelihood)
