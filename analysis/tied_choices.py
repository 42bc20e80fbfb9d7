"""Rankings with ties become choices of blocks: which items were chosen together from which remaining set.

The counts are those of `analysis.choice_sets`, with one more fact about each stage: how many places were left, which
limits the size of the block (a tie of three does not fit into the last two places of a top-5 question). The pair
(remaining set, largest block) is the key; blocks are bit masks too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.choice_sets import NEVER, mask_sets


@dataclass(frozen=True)
class TiedChoices:
    """Each respondent's blocks in order."""

    stage: np.ndarray  # (m, n) uint8: stage at which the item was chosen; NEVER = not ranked
    offered: np.ndarray  # (n, m) bool
    faced: np.ndarray  # (k, n) row of `keys` at each stage; 0 = no such stage
    sets: np.ndarray  # (s, m) bool: the set of each key; the first is empty
    largest: np.ndarray  # (s,) largest block that fits
    size: np.ndarray  # (k, n) items chosen at each stage; 0 = no such stage


@dataclass(frozen=True)
class TiedCounts:
    """Sufficient statistics of rankings with ties; they add over parts of the data."""

    chosen: np.ndarray  # (m,) weighted sum of 1 / block size over the blocks that hold the item
    blocks: np.ndarray  # (q,) weighted number of blocks of each order
    orders: tuple[int, ...]  # the q block sizes of the model, 1 first
    sets: np.ndarray  # (s, m) bool, two or more items
    largest: np.ndarray  # (s,)
    faced: np.ndarray  # (s,) weighted


def tied_choices(ranks: np.ndarray, offered: np.ndarray, *, places: int | None = None) -> TiedChoices:
    """Read rankings with ties as choices of blocks.

    Parameters
    ----------
    ranks : (n, m) integer array
        1 = largest obstacle, 0 = not ranked; equal ranks are tied; gaps keep the order.
    offered : (n, m) bool array
    places : int, optional
        Places of the question; a block never overruns them. None: all items could be ranked.
    """
    n, m = ranks.shape
    level = _levels(ranks)
    depth = int(np.where(level == NEVER, 0, level + 1).max(initial=0))
    reached = np.where(level == NEVER, 0, level + 1).max(axis=0, initial=0)
    size = np.array([(level == now).sum(axis=0) for now in range(depth)], np.int16).reshape(depth, n)
    left = np.empty((depth, n, m), bool)
    for now in range(depth):
        here = np.greater_equal(level.T, now)
        left[now] = offered & here & (reached > now)[:, None]
    room = (places or m) - (np.cumsum(size, axis=0) - size)
    largest = np.clip(np.minimum(room, left.sum(axis=2)), 0, m).astype(np.int64)
    largest[size == 0] = 0
    sets, index = mask_sets(left.reshape(-1, m))
    pairs, key = np.unique(np.column_stack([index, largest.ravel()]), axis=0, return_inverse=True)
    empty = np.zeros((1, 2), pairs.dtype)
    pairs, key = np.concatenate([empty, pairs]), key.reshape(depth, n) + 1
    key[size == 0] = 0
    return TiedChoices(level, offered, key, sets[pairs[:, 0]] & (pairs[:, [1]] > 0), pairs[:, 1], size)


def _levels(ranks: np.ndarray) -> np.ndarray:
    """(m, n) uint8: dense levels 0, 1, ... of the ranked items of each row, NEVER for unranked."""
    n = len(ranks)
    present = np.zeros((n, int(ranks.max(initial=0)) + 1), np.int16)
    row, item = np.nonzero(ranks > 0)
    present[row, ranks[row, item]] = 1
    level = np.cumsum(present, axis=1) - 1
    dense = np.take_along_axis(level, ranks.astype(np.intp), axis=1)
    return np.asarray(np.where(ranks > 0, dense, NEVER).astype(np.uint8).T)


def observed_orders(answers: TiedChoices) -> tuple[int, ...]:
    """Block sizes that occur among stages with a choice; 1 is always one of them."""
    real = answers.size[answers.sets[answers.faced].sum(axis=2) > 1] if answers.size.size else np.zeros(0, int)
    return tuple(sorted({1, *(int(size) for size in np.unique(real) if size > 0)}))


def tied_counts(answers: TiedChoices, weight: np.ndarray, orders: tuple[int, ...]) -> TiedCounts:
    """Weighted sufficient statistics; `weight` is (n,), `orders` the block sizes of the model (fixed by the study)."""
    m, _n = answers.stage.shape
    several = answers.sets.sum(axis=1) > 1
    real = several[answers.faced]  # stages with a choice
    faced = np.zeros(len(several))
    blocks = np.zeros(len(orders))
    chosen = np.zeros(m)
    for now in range(len(answers.faced)):
        here = np.where(real[now], weight, 0.0)
        faced += np.bincount(answers.faced[now], here, minlength=len(several))
        blocks += [here[answers.size[now] == order].sum() for order in orders]
        chosen += (answers.stage == now) @ (here / np.maximum(answers.size[now], 1))
    occurs = np.flatnonzero((faced > 0) & several)
    return TiedCounts(chosen, blocks, orders, answers.sets[occurs], answers.largest[occurs], faced[occurs])
