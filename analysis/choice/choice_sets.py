"""Rankings become choices: which item was chosen from which remaining set.

The Plackett-Luce likelihood needs only how often each item was chosen and how often each remaining set was faced
(Plackett 1975; Luce 1959). Sets are bit masks: up to 16 items the mask itself is the index of a set, above that only
the sets that occur are kept. Items left unranked stay in every set of their respondent; items that were not offered
are in none. Set 0 is the empty set: a stage that was not reached. A set of one item says nothing about worths and
drops out of the counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.sparse import csgraph

TABLE_ITEMS = 16  # up to here every set has a place in a count vector
TILE = 16_384  # respondents worked on together: their sets stay in the cache
TOGETHER = 2**18  # choices counted together
FIRST_LOOK = 256  # respondents read before asking whether the beats-graph is connected already
NEVER = 255  # stage of an item that was not ranked: after every stage


class TiesError(ValueError):
    """Rankings with ties were read as if there were none."""


@dataclass(frozen=True)
class Choices:
    """Each respondent's choices in order, and the sets they were made from."""

    stage: np.ndarray  # (m, n) uint8: stage 0, 1, ... at which the item was chosen; NEVER = not ranked
    offered: np.ndarray  # (n, m) bool
    faced: np.ndarray  # (k, n) index of the set faced at each stage; 0 = no such stage
    sets: np.ndarray  # (s, m) bool: the sets by index; the first is empty


@dataclass(frozen=True)
class ChoiceCounts:
    """Sufficient statistics of any number of rankings; they add over parts of the data."""

    chosen: np.ndarray  # (m,) weighted times each item was chosen from two or more
    sets: np.ndarray  # (s, m) bool, sets of two or more
    faced: np.ndarray  # (s,) weighted times each set was faced


def choices(ranks: np.ndarray, offered: np.ndarray) -> Choices:
    """Read rankings without ties as choices.

    Parameters
    ----------
    ranks : (n, m) integer array
        1 = largest obstacle, 0 = not ranked. Gaps keep the order (1, 2, 4 is read as 1, 2, 3).
    offered : (n, m) bool array

    Raises
    ------
    TiesError
        When a ranking has ties.
    ValueError
        When a ranking has more than 254 places.
    """
    m = ranks.shape[1]
    stage = stages(ranks)
    masks = faced_masks(stage, offered, places(stage, axis=0))
    if m <= TABLE_ITEMS:
        return Choices(stage, offered, masks[:, :, 0], all_sets(m))
    return Choices(stage, offered, *number_sets(masks, m))


def faced_masks(stage: np.ndarray, offered: np.ndarray, reached: np.ndarray) -> np.ndarray:
    """(k, n, w) bit masks of the sets left at each of k stages: one uint16, or w words of 64 bits above 16 items.

    Parameters
    ----------
    stage : (m, n) uint8 array
        Stage at which each item was chosen; NEVER = not ranked, so it is left at every stage.
    reached : (n,) array
        Stages of each respondent; the mask is 0 from there on.
    """
    m, n = stage.shape
    words = (m + 63) // 64
    kind, width = (np.uint16, 16) if m <= TABLE_ITEMS else (np.uint64, 64 * words)
    masks = np.empty((int(reached.max(initial=0)), n, 1 if m <= TABLE_ITEMS else words), kind)
    everywhere, all_ranked = bool(offered.all()), complete(stage)
    for start in range(0, n, TILE):
        part = slice(start, start + TILE)
        left = np.zeros((len(reached[part]), width), np.uint8)  # stages until the item is gone; 0 = not there
        until = stage[:, part] + np.uint8(1)
        if not all_ranked:
            until -= until == 0  # NEVER + 1 has come round to 0
        left[:, :m] = until.T
        if not everywhere:
            left[:, :m] *= offered[part]
        shortest = int(reached[part].min(initial=0))
        there = np.empty(left.shape, bool)
        for now in range(len(masks)):
            np.greater(left, now, out=there)
            masks[now, part] = np.packbits(there.reshape(-1), bitorder="little").view(kind).reshape(len(left), -1)
            if now >= shortest:
                masks[now, part] *= (reached[part] > now)[:, None]
    return masks


@cache
def all_sets(m: int) -> np.ndarray:
    """(2^m, m) bool: every subset, at the index that is its bit mask."""
    sets = (np.arange(2**m)[:, None] >> np.arange(m)) & 1
    return np.asarray(sets.astype(bool))


def number_sets(masks: np.ndarray, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Number the distinct masks (k, n, words): indices (k, n) and sets (s, m), the empty set first."""
    k, n, words = masks.shape
    flat = np.concatenate([np.zeros((1, words), masks.dtype), masks.reshape(-1, words)])
    if words == 1:
        distinct, index = np.unique(flat[:, 0], return_inverse=True)
        distinct = distinct[:, None]
    else:
        distinct, index = np.unique(flat, axis=0, return_inverse=True)
    bits = np.unpackbits(np.ascontiguousarray(distinct).view(np.uint8), axis=1, bitorder="little")
    return index.reshape(-1)[1:].reshape(k, n).astype(np.int32), bits[:, :m].astype(bool)


def mask_sets(members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct rows (s, m) of a boolean (r, m) array, the empty set first, and the row of each (r,)."""
    m = members.shape[1]
    words = (m + 63) // 64
    padded = np.zeros((len(members), 64 * words), np.uint8)
    padded[:, :m] = members
    masks = np.packbits(padded, axis=1, bitorder="little").view(np.uint64).reshape(1, len(members), words)
    index, sets = number_sets(masks, m)
    return sets, index[0]


def stages(ranks: np.ndarray) -> np.ndarray:
    """(m, n) uint8 stages 0..k-1 without gaps, NEVER for unranked; raises TiesError."""
    top = int(ranks.max(initial=0))
    if top >= NEVER:
        raise ValueError(f"a ranking has {top} places; at most {NEVER - 1} are possible")
    small = np.ascontiguousarray(ranks.T.astype(np.uint8))
    place = small - np.uint8(1)  # 0, not ranked, becomes 255, NEVER
    if top < 16 and without_gaps_or_ties(small):
        return np.asarray(place)
    if has_ties(ranks):
        raise TiesError("some items are tied")
    dense = np.argsort(np.argsort(place, axis=0, kind="stable"), axis=0, kind="stable")
    return np.asarray(np.where(place == NEVER, NEVER, dense).astype(np.uint8))


def complete(stage: np.ndarray) -> bool:
    """Whether every item has a stage (m, n) in every ranking."""
    return bool(stage.max(initial=0) < NEVER)


def places(stage: np.ndarray, *, axis: int) -> np.ndarray:
    """Items ranked by each respondent (axis 0), or rankings in which each item is (axis 1)."""
    if complete(stage):
        return np.full(stage.shape[1 - axis], stage.shape[axis])
    return np.asarray(np.count_nonzero(stage != NEVER, axis=axis))


def without_gaps_or_ties(small: np.ndarray) -> bool:
    """Whether every ranking, a column of (m, n) uint8 ranks below 16, uses the ranks 1..k once each.

    It does if and only if the bits of the ranks of its k ranked items are 1..k.
    """
    bits, ranked = np.ones(small.shape[1], np.uint16), np.zeros(small.shape[1], np.uint8)
    for rank in small:
        bits |= np.left_shift(np.uint16(1), rank)
        ranked += rank > 0
    return bool((bits == (2 << ranked.astype(np.int32)) - 1).all())


def has_ties(ranks: np.ndarray) -> bool:
    """Whether two ranked items of a row of (n, m) ranks are equal."""
    if ranks.max(initial=0) < 16 and without_gaps_or_ties(ranks.T.astype(np.uint8)):
        return False
    ordered = np.sort(ranks, axis=1)
    return bool(((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] > 0)).any())


def choice_counts(answers: Choices, weight: np.ndarray) -> ChoiceCounts:
    """Weighted sufficient statistics; `weight` is (n,)."""
    equal = len(weight) > 0 and bool((weight == weight[0]).all())
    size = len(answers.sets)
    together = max(1, TOGETHER // max(len(weight), 1)) if equal else 1  # stages
    faced = np.zeros(size)
    for start in range(0, len(answers.faced), together):
        now = answers.faced[start : start + together].reshape(-1)
        faced += np.bincount(now, None if equal else weight, minlength=size)
    chosen = places(answers.stage, axis=1) if equal else (answers.stage != NEVER) @ weight
    if equal:
        faced, chosen = faced * weight[0], chosen * weight[0]
    occurs = np.flatnonzero(faced)
    members = answers.sets.take(occurs, axis=0)
    items = members @ np.ones(members.shape[1])
    alone, several = occurs[items == 1], occurs[items > 1]
    chosen = chosen - faced[alone] @ answers.sets[alone]
    return ChoiceCounts(np.asarray(chosen), answers.sets.take(several, axis=0), faced[several])


@dataclass(frozen=True)
class Connectivity:
    """Who was chosen over whom. Finite worths need every item to reach every other (Ford 1957)."""

    groups: tuple[tuple[int, ...], ...]  # strongly connected groups of items
    separate: tuple[tuple[int, ...], ...]  # sets of items never compared with each other
    reach: np.ndarray  # (m, m) bool: i won against j, or against one that won against j, and so on

    @property
    def strong(self) -> bool:
        return len(self.groups) == 1

    @property
    def compared(self) -> bool:
        return len(self.separate) == 1


def connectivity(ranks: np.ndarray, offered: np.ndarray, *, strict: bool = False) -> Connectivity:
    """Read the beats-graph tile by tile, until it is strongly connected or the answers end.

    Ties count both ways, or not at all if `strict`: where the order of tied items is left open.
    """
    n, m = ranks.shape
    look = slice(0, FIRST_LOOK)
    if not strict and offered[look].all() and (ranks[look] == 1).any(axis=0).all():  # each was once above all others
        return _strong(m)
    beats = np.eye(m, dtype=bool)
    start, size = 0, FIRST_LOOK
    while start < n and not beats.all():
        beats |= _beats(ranks[start : start + size], offered[start : start + size], strict=strict)
        if start and graph_of(beats).strong:
            break
        start, size = start + size, min(4 * size, TILE)
    return graph_of(beats)


def graph_of(beats: np.ndarray) -> Connectivity:
    """Read an (m, m) bool matrix: [i, j] is True when i won against j at least once."""
    m = len(beats)
    reach = beats | np.eye(m, dtype=bool)
    for _doubling in range(m.bit_length()):
        reach = reach.astype(np.float32) @ reach > 0
    if reach.all():
        return _strong(m)
    _, strong = csgraph.connected_components(beats, directed=True, connection="strong")
    _, weak = csgraph.connected_components(beats, directed=True, connection="weak")
    return Connectivity(_members(strong), _members(weak), reach)


def _strong(m: int) -> Connectivity:
    """Every item reaches every other."""
    return Connectivity((tuple(range(m)),), (tuple(range(m)),), np.ones((m, m), bool))


def _beats(ranks: np.ndarray, offered: np.ndarray, *, strict: bool) -> np.ndarray:
    """(m, m) bool: [i, j] is True when i was ranked no lower, or above, an offered j at least once."""
    m = ranks.shape[1]
    beats = np.zeros((m, m), bool)
    for item in range(m):
        row = ranks[:, item] > 0
        own = ranks[row, item][:, None]
        other = ranks[row]
        beats[item] = (offered[row] & ((other == 0) | (other > own if strict else other >= own))).any(axis=0)
    return beats


def _members(label: np.ndarray) -> tuple[tuple[int, ...], ...]:
    groups = [tuple(int(i) for i in np.flatnonzero(label == value)) for value in np.unique(label)]
    return tuple(sorted(groups))
