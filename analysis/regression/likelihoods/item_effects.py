"""Worths in plain units: how likely an item is to be first, and its expected rank, by who answers.

Average differences over the respondents used, each taken at one level of a group and then at its reference, all else
as it is; per unit for a number. P(first) is e_i over the sum of e; the expected rank is 1 plus the sum over the others
of the probability that they come before. Variances hold the averaging and the parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from obstacles.analysis.regression.formula_matrix import Matrix
from obstacles.analysis.regression.likelihoods.item_logit import Predictor
from obstacles.analysis.regression.likelihoods.item_plans import ItemTerms
from obstacles.analysis.regression.model import EffectPlan, ModelData, references_of

TILE = 4_096

Measure = Callable[[np.ndarray], tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]]


@dataclass(frozen=True)
class Shift:
    """One comparison of a variable: matrices (r, q) on both sides, and how far apart (r,)."""

    variable: str
    level: str
    reference: str
    there: np.ndarray
    here: np.ndarray
    distance: np.ndarray


def shifts(matrix: Matrix) -> Iterator[Shift]:
    """Every level of every group against its reference, and every number per unit."""
    held = references_of(matrix)
    for variable in matrix.variables:
        column = matrix.data[variable]
        if hasattr(column, "cat"):
            levels = [str(level) for level in column.cat.categories]
            reference = held.get(variable, levels[0])
            here = matrix.with_level(variable, reference)
            for level in levels:
                if level != reference:
                    there = matrix.with_level(variable, level)
                    yield Shift(variable, level, reference, there, here, np.ones(len(column)))
        else:
            there, here, distance = matrix.moved(variable)
            yield Shift(variable, "", "", there, here, np.where(distance > 0, distance, 1.0))


def _first(utility: np.ndarray) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """(m, r) probabilities of being first, and their slopes along weighted directions."""
    p = special.softmax(utility, axis=0)

    def slope(direction: np.ndarray) -> np.ndarray:
        """(m, m) sum over rows of direction (r,) times the derivative of item i's probability by item j's utility."""
        return np.asarray(np.diag(p @ direction) - (p * direction) @ p.T)

    return p, slope


def _rank(utility: np.ndarray) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """(m, r) expected ranks, and their slopes."""
    m = len(utility)
    before = special.expit(utility[None] - utility[:, None])  # [i, j]: j comes before i
    before[range(m), range(m)] = 0
    bend = before * (1 - before)

    def slope(direction: np.ndarray) -> np.ndarray:
        found = bend @ direction
        return np.asarray(found - np.diag(found.sum(axis=1)))

    return 1 + before.sum(axis=1), slope


OF_RANKINGS: dict[str, Measure] = {"probability of being first": _first, "expected rank": _rank}
OF_SETS: dict[str, Measure] = {"probability of being the only choice": _first}


def item_effects(
    sheet: ModelData,
    predictor: Predictor,
    terms: ItemTerms,
    theta: np.ndarray,
    influence: np.ndarray,
    excess: np.ndarray | None,
    *,
    measures: Mapping[str, Measure] = OF_RANKINGS,
) -> tuple[EffectPlan, ...]:
    """Average effects of every variable on every item.

    Parameters
    ----------
    influence : (n, p) array
        Of theta, by respondent.
    excess : (p, p) array, optional
        What is added to the covariance of theta (`analysis.regression.model.excess_of`).
    """
    sample, p = sheet.given.prepared.sample, predictor.basis.shape[1]
    items, center, z = len(terms.items), terms.center, terms.z_of_sheet
    k = len(predictor.basis) // predictor.x.shape[1]
    mapped = predictor.basis.reshape(-1, k, p)[:, :items]  # (q, m, p)
    matrix, row = (sheet.matrix, None) if z is not None else sheet.matrix.patterns()
    share_of_row = sheet.weight / sheet.weight.sum()
    share = share_of_row if row is None else np.bincount(row, share_of_row)
    plans = []
    for shift in shifts(matrix):
        for name, measure in measures.items():

            def compare(theta: np.ndarray, shift: Shift = shift, measure: Measure = measure) -> Compared:
                b = (predictor.basis @ theta[:p]).reshape(-1, k)[:, :items]
                return _compare(shift, measure, b, center, share, None if z is None else z @ theta[p:])

            each, jacobian = compare(theta)
            slope = np.einsum("iqj,qjp->ip", jacobian, mapped)
            slope = np.column_stack([slope, *_slopes_by_z(compare, theta, p, share)])
            value = each @ share
            whole = influence @ slope.T
            _add_own(whole, sheet.respondent, (each - value[:, None]).T, share_of_row, row)
            variance = np.diag(sample.covariance(whole))
            if excess is not None:
                variance = variance + ((slope @ excess) * slope).sum(axis=1)
            bounds = (-1.0, 1.0) if measure is _first and shift.level else (-np.inf, np.inf)
            base = sheet.base(shift.variable, shift.level)
            place = (shift.variable, shift.level, shift.reference)
            plans += [
                EffectPlan(item.id, *place, name, float(value[i]), float(variance[i]), bounds, base)
                for i, item in enumerate(terms.items)
            ]
    return tuple(plans)


def _add_own(
    whole: np.ndarray, respondent: np.ndarray, each: np.ndarray, share: np.ndarray, row: np.ndarray | None
) -> None:
    """Add what respondents themselves give an average, in place: `each` by row, or by pattern where `row` names it."""
    for start in range(0, len(respondent), TILE):
        rows = slice(start, start + TILE)
        whole[respondent[rows]] += each[rows if row is None else row[rows]] * share[rows, None]


Compared = tuple[np.ndarray, np.ndarray]  # (m, r) differences of each row, (m, q, m) slopes of their mean by b


def _slopes_by_z(
    compare: Callable[[np.ndarray], Compared], theta: np.ndarray, p: int, share: np.ndarray
) -> list[np.ndarray]:
    """(m,) slopes by each parameter behind the first p, by central differences."""
    found = []
    for place in range(p, len(theta)):
        step = np.zeros(len(theta))
        step[place] = 1e-5
        found.append((compare(theta + step)[0] - compare(theta - step)[0]) @ share / 2e-5)
    return found


def _compare(
    shift: Shift, measure: Measure, b: np.ndarray, center: np.ndarray, share: np.ndarray, fixed: np.ndarray | None
) -> Compared:
    r, q = shift.there.shape
    m = b.shape[1]
    each, jacobian = np.zeros((m, r)), np.zeros((m, q, m))
    for start in range(0, r, TILE):
        rows = slice(start, start + TILE)
        for sign, x in ((1.0, shift.there[rows] - center), (-1.0, shift.here[rows] - center)):
            utility = b.T @ x.T
            if fixed is not None:
                utility = utility + fixed[rows].T
            values, slope = measure(utility)
            scaled = sign / shift.distance[rows]
            each[:, rows] += values * scaled
            for column in range(q):
                jacobian[:, column] += slope(share[rows] * scaled * x[:, column])
    return each, jacobian
