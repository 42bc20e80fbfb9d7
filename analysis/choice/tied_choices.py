"""Rankings with ties become choices of blocks: which items were chosen together from which remaining set.

The counts are those of `choice_sets`, with one more fact about each stage: how many places were left, which
limits the size of the block (a tie of three does not fit into the last two places of a top-5 question). The pair
(remaining set, largest block) is the key; blocks are bit masks too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from obstacles.analysis.choice.choice_sets import NEVER, TABLE_ITEMS, all_sets, faced_masks, number_sets

TILE = 2_048


@dataclass(frozen=True)
class TiedChoices:
    """Each respondent's blocks in order."""

    stage: np.ndarray  # (m, n) uint8: stage at which the item was chosen; NEVER = not ranked
    faced: np.ndarray  # (k, n) row of `sets` at each stage; 0 = no such stage
    sets: np.ndarray  # (s, m) bool: the set of each key; the first is empty
    largest: np.ndarray  # (s,) largest block that fits
    size: np.ndarray  # (k, n) uint8 items chosen at each stage; 0 = no such stage


@dataclass(frozen=True)
class TiedCounts:
    """Sufficient statistics of rankings with ties; they add over parts of the data."""

    chosen: np.ndarray  # (m,) weighted sum of 1 / block size over the blocks that hold the item
    blocks: np.ndarray  # (q,) weighted number of blocks of each order
    orders: tuple[int, ...]  # the q block sizes of the model in order; the first has tie weight 1
    sets: np.ndarray  # (s, m) bool, two or more items
    largest: np.ndarray  # (s,)
    faced: np.ndarray  # (s,) weighted


def tied_choices(
    ranks: np.ndarray, offered: np.ndarray, *, places: int | None = None, largest_tie: int | None = None
) -> TiedChoices:
    """Read rankings with ties as choices of blocks.

    Parameters
    ----------
    ranks : (n, m) integer array
        1 = largest obstacle, 0 = not ranked; equal ranks are tied; gaps keep the order.
    offered : (n, m) bool array
    places : int, optional
        Places of the question, which a block never overruns. None: it may hold all items that are left.
    largest_tie : int, optional
        Most items that may share a place. None: any number.
    """
    m = ranks.shape[1]
    stage = tied_stages(ranks)
    reached = np.where(stage == NEVER, 0, stage + 1).max(axis=0, initial=0)
    depth = int(reached.max(initial=0))
    size = np.array([(stage == now).sum(axis=0) for now in range(depth)], np.uint8).reshape(depth, len(ranks))
    masks = faced_masks(stage, offered, reached)
    if m <= TABLE_ITEMS:
        index, sets = masks[:, :, 0].astype(np.int32), all_sets(m)
    else:
        index, sets = number_sets(masks, m)
    members = sets.sum(axis=1).astype(np.int32)
    largest = np.minimum(members[index], min(largest_tie or m, m))
    if places is not None:
        before = np.cumsum(size, axis=0, dtype=np.int32) - size
        np.minimum(largest, np.maximum(places - before, 0), out=largest)
    largest[size == 0] = 0
    keys, faced = _number(index + len(sets) * largest, len(sets) * (m + 1))
    return TiedChoices(stage, faced, sets[keys % len(sets)] & (keys >= len(sets))[:, None], keys // len(sets), size)


def _number(code: np.ndarray, codes: int) -> tuple[np.ndarray, np.ndarray]:
    """Distinct codes, 0 always the first of them, and the place of each in that list (int32, code's shape)."""
    occurs = np.zeros(codes, bool)
    occurs[0] = True
    occurs[code.ravel()] = True
    place = np.cumsum(occurs, dtype=np.int32) - 1
    return np.flatnonzero(occurs), place[code]


def tied_stages(ranks: np.ndarray) -> np.ndarray:
    """(m, n) uint8 stages 0, 1, ... of the ranked items of each row, shared by ties; NEVER for unranked."""
    n, m = ranks.shape
    top = int(ranks.max(initial=0))
    if top >= NEVER:
        raise ValueError(f"a ranking has {top} places; at most {NEVER - 1} are possible")
    result = np.empty((m, n), np.uint8)
    for start in range(0, n, TILE):
        part = ranks[start : start + TILE].T
        used = np.zeros((top + 1, part.shape[1]), bool)
        for own in part:
            used[own, np.arange(part.shape[1])] = True
        used[0] = False
        level = np.cumsum(used, axis=0, dtype=np.uint8) - np.uint8(1)
        dense = np.take_along_axis(level, part.astype(np.intp), axis=0)
        result[:, start : start + TILE] = np.where(part > 0, dense, NEVER)
    return result


def observed_orders(answers: TiedChoices) -> tuple[int, ...]:
    """Block sizes that occur among stages with a choice, the smallest first; empty where no stage has one.

    A stage has a choice where a block smaller than all that is left was possible.
    """
    real = answers.sets.sum(axis=1) > 1
    found = np.unique(answers.size[real[answers.faced]]) if answers.size.size else ()
    return tuple(int(size) for size in found if size > 0)


def overrun(answers: TiedChoices) -> int:
    """Respondents with a block that is larger than what fits."""
    if not answers.size.size:
        return 0
    return int((answers.size > answers.largest[answers.faced]).any(axis=0).sum())


def tiles(answers: TiedChoices) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Parts of the respondents, whose arrays stay in the cache.

    Yields
    ------
    The part; the size of each block (k, rows), 0 where there was no choice to make; and for each item (m, rows) the
    share 1 / size of the block it was in, 0 where there was none.
    """
    depth, n = answers.faced.shape
    several = answers.sets.sum(axis=1) > 1
    inverse = np.concatenate([[0.0], 1 / np.arange(1, answers.stage.shape[0] + 1)])
    share = np.zeros((depth + 1, TILE))
    for start in range(0, n, TILE):
        part = slice(start, start + TILE)
        size = np.where(several[answers.faced[:, part]], answers.size[:, part], np.uint8(0))
        rows = size.shape[1]
        share[:depth, :rows] = inverse[size]
        place = np.minimum(answers.stage[:, part], depth).astype(np.intp)
        place *= TILE
        place += np.arange(rows)
        yield part, size, share.ravel().take(place)


def tied_counts(answers: TiedChoices, weight: np.ndarray, orders: tuple[int, ...]) -> TiedCounts:
    """Weighted sufficient statistics; `weight` is (n,), `orders` the block sizes of the model (fixed by the study)."""
    m, _n = answers.stage.shape
    several = answers.sets.sum(axis=1) > 1
    faced = np.zeros(len(several))
    for keys in answers.faced:
        faced += np.bincount(keys, weight, minlength=len(several))
    blocks, chosen = np.zeros(m + 1), np.zeros(m)
    for part, size, share in tiles(answers):
        chosen += share @ weight[part]
        blocks += np.bincount(size.ravel(), np.tile(weight[part], len(size)), minlength=m + 1)
    occurs = np.flatnonzero((faced > 0) & several)
    largest = np.array(orders)[np.searchsorted(orders, answers.largest[occurs], side="right") - 1]
    return TiedCounts(chosen, blocks[list(orders)], orders, answers.sets[occurs], largest, faced[occurs])


def tied_told(answers: TiedChoices, orders: tuple[int, ...]) -> np.ndarray:
    """(n, m + q - 1) sufficient statistics of each ranking."""
    m, n = answers.stage.shape
    told = np.zeros((n, m + len(orders) - 1))
    for part, size, share in tiles(answers):
        told[part, :m] = share.T
        for position, order in enumerate(orders[1:]):
            told[part, m + position] = (size == order).sum(axis=0)
    return told
