"""Likelihoods of blocks chosen together, every row with utilities of its own: rankings with ties, and sets of choices.

A stage is a set of items left, of which a block is chosen. Readings of ties (`analysis.scores.tie_likelihoods`,
`analysis.scores.davidson_luce`):

- "efron", "breslow": the order inside the block exists and is not known; fractional sets;
- "exact": which items are in the block, given how many (Cox 1972, discrete time);
- "davidson-luce": a tie is an answer, with a weight for each size of block that the study shows.

One stage that offers everything, read as "exact", is the set-choice logit (conditional Rasch): which k of the items.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from obstacles.analysis.choice.choice_sets import NEVER
from obstacles.analysis.choice.set_choice_likelihood import left_out, one_out
from obstacles.analysis.choice.tied_choices import TiedChoices, tied_stages
from obstacles.analysis.choice.tied_sets import without_one
from obstacles.analysis.regression.likelihoods.base import Likelihood, Part, pair_index

CELLS = 1 << 18  # numbers of a table that are worked on together
TILE = 1_024


@dataclass(frozen=True)
class Stage:
    """One stage of some rows; every array is items first."""

    left: np.ndarray  # (m, r) bool
    block: np.ndarray  # (m, r) bool
    size: np.ndarray  # (r,) items of the block, 0 where the row has no such stage


Reading = Callable[[Stage, np.ndarray, bool], Part]  # stage, utilities (k, r), whether second derivatives too


def ranked_blocks(ranks: np.ndarray, offered: np.ndarray, reading: str) -> Likelihood:
    """Rankings with ties read as "efron", "breslow" or "exact"; a block that takes all that is left says nothing."""
    n, m = ranks.shape
    stage = tied_stages(ranks)
    reached = int(np.where(stage == NEVER, 0, stage.astype(int) + 1).max(initial=0))
    there = offered.T

    def stages_of(rows: slice) -> list[Stage]:
        place, asked = stage[:, rows], there[:, rows]
        found = []
        for now in range(reached):
            left, block = asked & (place >= now), asked & (place == now)
            size = block.sum(axis=0)
            found.append(Stage(left, block, np.where(left.sum(axis=0) > size, size, 0)))
        return found

    return _likelihood(n, m, stages_of, READINGS[reading], gradients_first=reading == "exact")


def chosen_sets(marked: np.ndarray, offered: np.ndarray) -> Likelihood:
    """Which items were marked, given how many; rows that mark none or all say nothing."""
    n, m = marked.shape
    size = marked.sum(axis=1)
    says = (size > 0) & (size < offered.sum(axis=1))
    used = np.where(says, size, 0)

    def stages_of(rows: slice) -> list[Stage]:
        return [Stage(offered[rows].T, marked[rows].T, used[rows])]

    return _likelihood(n, m, stages_of, exact, gradients_first=True)


def davidson_luce(answers: TiedChoices, orders: tuple[int, ...]) -> Likelihood:
    """Rankings with ties as answers.

    Parameters
    ----------
    answers : analysis.choice.tied_choices.TiedChoices
    orders : tuple of int
        Block sizes of the model, 1 first; their log weights, but that of 1, stand behind the utilities.
    """
    m, n = answers.stage.shape
    depth = len(answers.faced)
    allowed = np.array(orders)

    def evaluate(rows: slice, utility: np.ndarray, second: bool) -> Part:
        total = _nothing(m + len(orders) - 1, utility.shape[1], second)
        for now in range(depth):
            keys = answers.faced[now, rows]
            left = answers.sets[keys].T
            block = (answers.stage[:, rows] == now) & left
            size = np.where(left.sum(axis=0) > 1, answers.size[now, rows], 0)
            largest = allowed[np.searchsorted(allowed, answers.largest[keys], side="right").clip(1) - 1]
            total = _added(total, _davidson_luce(Stage(left, block, size), utility, allowed, largest, second))
        return total

    return Likelihood(
        m, n, evaluate, tuple(f"log_tie_{order}" for order in orders[1:]), tile=TILE, gradients_first=True
    )


def _likelihood(
    n: int, m: int, stages_of: Callable[[slice], list[Stage]], reading: Reading, *, gradients_first: bool
) -> Likelihood:
    def evaluate(rows: slice, utility: np.ndarray, second: bool) -> Part:
        total = _nothing(m, utility.shape[1], second)
        for stage in stages_of(rows):
            if stage.size.any():
                total = _added(total, reading(stage, utility, second))
        return total

    return Likelihood(m, n, evaluate, tile=TILE, gradients_first=gradients_first)


def _nothing(k: int, r: int, second: bool) -> Part:
    return Part(np.zeros(r), np.zeros((k, r)), np.zeros((k * (k + 1) // 2, r)) if second else None)


def _added(total: Part, more: Part) -> Part:
    curvature = None if total.curvature is None or more.curvature is None else total.curvature + more.curvature
    return Part(total.value + more.value, total.gradient + more.gradient, curvature)


def _raised(stage: Stage, utility: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """e = exp(utility - top) of what is left, and top; top is 0 where nothing is left."""
    top = np.where(stage.left, utility, -np.inf).max(axis=0)
    top = np.where(np.isfinite(top), top, 0.0)
    return np.exp(np.where(stage.left, utility - top, -np.inf)), top


def _fractional(stage: Stage, utility: np.ndarray, second: bool, *, efron: bool) -> Part:
    """Sum over l < d of log of (sum of what is left less l / d of the block); l / d = 0 for Breslow."""
    m, r = utility.shape
    e, top = _raised(stage, utility)
    says = stage.size > 0
    value = np.where(stage.block & says, utility - top, 0).sum(axis=0)
    gradient = (stage.block & says).astype(float)
    first, then = pair_index(m)
    curvature = np.zeros((len(first), r)) if second else None
    whole, inside = e.sum(axis=0), np.where(stage.block, e, 0).sum(axis=0)
    for done in range(int(stage.size.max(initial=0))):
        here = stage.size > done
        share = done / np.maximum(stage.size, 1) if efron else np.zeros(r)
        total = np.where(here, whole - share * inside, 1.0)
        p = np.where(here, e * np.where(stage.block, 1 - share, 1.0) / total, 0.0)
        value = value - np.where(here, np.log(total), 0)
        gradient -= p
        if curvature is not None:
            curvature -= p[first] * p[then]
            curvature[first == then] += p
    return Part(value, gradient, curvature)


def efron(stage: Stage, utility: np.ndarray, second: bool) -> Part:
    """Log-likelihood of a stage with ties after Efron (1977), with derivatives."""
    return _fractional(stage, utility, second, efron=True)


def breslow(stage: Stage, utility: np.ndarray, second: bool) -> Part:
    """Log-likelihood of a stage with ties after Breslow (1974), with derivatives."""
    return _fractional(stage, utility, second, efron=False)


def exact(stage: Stage, utility: np.ndarray, second: bool) -> Part:
    """Which items are in the block, given how many: elementary symmetric functions of what is left."""
    m, r = utility.shape
    e, top = _raised(stage, utility)
    first, then = pair_index(m)
    value, gradient = np.zeros(r), np.zeros((m, r))
    curvature = np.zeros((len(first), r)) if second else None
    for d in np.unique(stage.size[stage.size > 0]).tolist():
        for rows in _chunks(np.flatnonzero(stage.size == d), m * m * (d + 1)):
            b = np.ascontiguousarray(e[:, rows].T)
            if curvature is None:
                (single, whole), pairs = one_out(b, d), None
            else:
                single, pairs, whole = left_out(b, d)
            inside = single[:, :, d - 1] / whole[:, d, None]
            value[rows] = np.where(stage.block[:, rows], utility[:, rows] - top[rows], 0).sum(axis=0)
            value[rows] -= np.log(whole[:, d])
            gradient[:, rows] = stage.block[:, rows] - inside.T
            if curvature is not None and pairs is not None:
                together = pairs[..., d - 2] / whole[:, d, None, None] if d > 1 else np.zeros((len(rows), m, m))
                together[:, range(m), range(m)] = inside
                curvature[:, rows] = together[:, first, then].T - inside.T[first] * inside.T[then]
    return Part(value, gradient, curvature)


def _chunks(rows: np.ndarray, cells: int) -> list[np.ndarray]:
    """Parts of the rows whose tables, of so many cells a row, fit into the cache."""
    size = max(CELLS // cells, 1)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _davidson_luce(stage: Stage, utility: np.ndarray, orders: np.ndarray, largest: np.ndarray, second: bool) -> Part:
    """A block S has the weight delta_|S| (prod of e over S)^(1/|S|) among all blocks that fit."""
    m = stage.left.shape[0]
    k, r = m + len(orders) - 1, utility.shape[1]
    e, top = _raised(stage, utility[:m])
    says = stage.size > 0
    first, then = pair_index(k)
    total, mean = np.zeros(r), np.zeros((k, r))
    square = np.zeros((len(first), r)) if second else None
    for position, order in enumerate(orders.tolist()):
        own = None if position == 0 else m + position - 1
        for rows in _chunks(np.flatnonzero(says & (largest >= order)), m * m * (order + 1)):
            weight = np.ones(len(rows)) if own is None else np.exp(utility[own, rows])
            b = np.ascontiguousarray((e[:, rows] ** (1 / order)).T)
            single = weight * (b * without_one(b, order - 1)).T / order
            part = single.sum(axis=0)
            total[rows] += part
            mean[:m, rows] += single
            if own is not None:
                mean[own, rows] = part
            if square is not None:
                square[:, rows] += _second(b, weight, single, part, order, own, k)
    safe = np.where(says, total, 1.0)
    mean /= safe
    size = np.maximum(stage.size, 1)
    tied = (stage.size == orders[1:, None]) & says
    value = np.where(says, np.where(stage.block, utility[:m] - top, 0).sum(axis=0) / size - np.log(safe), 0)
    value = value + np.where(tied, utility[m:], 0).sum(axis=0)
    seen = np.vstack([np.where(stage.block & says, 1 / size, 0), tied])
    gradient = seen - np.where(says, mean, 0)
    if square is None:
        return Part(value, gradient, None)
    return Part(value, gradient, np.where(says, square / safe - mean[first] * mean[then], 0))


def _second(
    b: np.ndarray, weight: np.ndarray, single: np.ndarray, part: np.ndarray, order: int, own: int | None, k: int
) -> np.ndarray:
    """(k (k + 1) / 2, r) sum over blocks of one size of their weight times the products of their statistics."""
    r, m = b.shape
    whole = np.zeros((k, k, r))
    if order > 1:
        whole[:m, :m] = np.moveaxis(left_out(b, order)[1][..., order - 2], 0, 2) * weight / order**2
    whole[range(m), range(m)] = single / order
    if own is not None:
        whole[:m, own] = single
        whole[own, own] = part
    return np.asarray(whole[pair_index(k)])


READINGS: dict[str, Reading] = {"efron": efron, "breslow": breslow, "exact": exact}
