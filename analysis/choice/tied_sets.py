"""Sums over all tied blocks of a set, without listing them.

A block S of a set A has weight d_|S| (prod of a_i over S)^(1/|S|) (Davidson and Luce; Turner et al. 2020). The sum over
blocks of size k is the elementary symmetric function e_k of a^(1/k). Up to 16 items all sets are served at once by
subset-sum transforms on the lattice of bit masks; above, observed sets are served one order at a time by the
recursion e_k(A + i) = e_k(A) + b_i e_(k-1)(A).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from obstacles.analysis.choice.choice_sets import TABLE_ITEMS, all_sets
from obstacles.analysis.choice.tied_choices import TiedCounts

BATCH_CELLS = 1 << 20  # sets x replicates that are worked on together


@dataclass(frozen=True)
class Expectation:
    """For each of s keys: log of the sum over blocks, and the mean of the sufficient statistics."""

    log_total: np.ndarray  # (s,)
    mean: np.ndarray  # (s, m + q - 1): 1/|S| per member, then an indicator of each order above 1


def expectation(theta: np.ndarray, counts: TiedCounts) -> Expectation:
    """Sums over the blocks of every key at theta = (log-worths (m,), log tie weights (q - 1,))."""
    m = counts.sets.shape[1]
    top = theta[:m].max()
    shifted = np.concatenate([theta[:m] - top, theta[m:]])
    found = _lattice(shifted, counts) if m <= TABLE_ITEMS else _recursion(shifted, counts)
    return Expectation(found.log_total + top, found.mean)


def information(theta: np.ndarray, counts: TiedCounts, found: Expectation) -> np.ndarray:
    """(p, p) sum over keys of times faced x variance of the sufficient statistics."""
    scaled = found.mean * np.sqrt(counts.faced)[:, None]
    second = _lattice_second if counts.sets.shape[1] <= TABLE_ITEMS else _recursion_second
    return np.asarray(second(theta, counts, found) - scaled.T @ scaled)


def expected_batch(theta: np.ndarray, counts: TiedCounts, faced: np.ndarray) -> np.ndarray:
    """(b, p) expected sufficient statistics of b samples, each at its own theta (b, p), that faced the keys (b, s).

    Two transforms for each sample and each limit of block size: sums over blocks for every set, then rates of sets for
    every block. Up to 16 items.
    """
    m = counts.sets.shape[1]
    result = np.empty(theta.shape)
    rows = max(BATCH_CELLS >> m, 1)
    index = counts.sets @ (1 << np.arange(m))
    for start in range(0, len(theta), rows):
        part = slice(start, start + rows)
        shifted = theta[part] - np.where(np.arange(theta.shape[1]) < m, theta[part, :m].max(axis=1)[:, None], 0)
        weight, features, size = _block_weights(shifted.T, m, counts.orders)
        per_block = np.zeros_like(weight)
        for largest in np.unique(counts.largest):
            here = counts.largest == largest
            fits = (size <= largest)[:, None]
            total = subset_sums(np.where(fits, weight, 0.0))[index[here]]
            rate = np.zeros_like(weight)
            rate[index[here]] = faced[part, here].T / total
            per_block += np.where(fits, superset_sums(rate), 0.0)
        result[part] = (weight * per_block).T @ features
    return result


def _block_weights(theta: np.ndarray, m: int, orders: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weight of every block at theta (p, ...), its sufficient statistics (2^m, p), and its size (2^m,)."""
    blocks = all_sets(m)
    size = blocks.sum(axis=1)
    members = blocks / np.maximum(size, 1)[:, None]
    features = np.column_stack([members, *(size == order for order in orders[1:])])
    weight = np.exp(features @ theta)
    weight[~np.isin(size, orders)] = 0
    return weight, features, size


def _lattice(theta: np.ndarray, counts: TiedCounts) -> Expectation:
    m = counts.sets.shape[1]
    weight, features, size = _block_weights(theta, m, counts.orders)
    index = counts.sets @ (1 << np.arange(m))
    total = np.zeros(len(index))
    mean = np.zeros((len(index), features.shape[1]))
    for position, order in enumerate(counts.orders):
        here = np.flatnonzero(counts.largest >= order)
        limited = np.where(size == order, weight, 0.0)[:, None]
        sums = subset_sums(np.column_stack([limited, limited * features[:, :m]]))[index[here]]
        total[here] += sums[:, 0]
        mean[here, :m] += sums[:, 1:]
        if position:
            mean[here, m + position - 1] = sums[:, 0]
    return Expectation(np.log(total), mean / total[:, None])


def _lattice_second(theta: np.ndarray, counts: TiedCounts, found: Expectation) -> np.ndarray:
    """Sum over keys of times faced x mean of the outer product of the sufficient statistics."""
    m = counts.sets.shape[1]
    weight, features, size = _block_weights(np.concatenate([theta[:m] - theta[:m].max(), theta[m:]]), m, counts.orders)
    log_total = found.log_total - theta[:m].max()
    index = counts.sets @ (1 << np.arange(m))
    limits = np.unique(counts.largest)
    rate = np.zeros((len(weight), len(limits)))
    np.add.at(rate, (index, np.searchsorted(limits, counts.largest)), counts.faced * np.exp(-log_total))
    per_block = (superset_sums(rate) * (size[:, None] <= limits)).sum(axis=1)
    occurring = np.flatnonzero(weight * per_block)
    part = features[occurring]
    return np.asarray((part * (weight * per_block)[occurring, None]).T @ part)


def subset_sums(values: np.ndarray) -> np.ndarray:
    """(2^m, c) -> (2^m, c): row A is the sum of the rows S that are subsets of A."""
    return _lattice_sums(values, upward=True)


def superset_sums(values: np.ndarray) -> np.ndarray:
    """(2^m, c) -> (2^m, c): row S is the sum of the rows A that hold S."""
    return _lattice_sums(values, upward=False)


def _lattice_sums(values: np.ndarray, *, upward: bool) -> np.ndarray:
    result = values.copy()
    step = 1
    while step < len(values):
        halves = result.reshape(-1, 2, step, values.shape[1])
        if upward:
            halves[:, 1] += halves[:, 0]
        else:
            halves[:, 0] += halves[:, 1]
        step *= 2
    return result


def _recursion(theta: np.ndarray, counts: TiedCounts) -> Expectation:
    """Observed sets of many items: symmetric functions with each item left out in turn."""
    s, m = counts.sets.shape
    total = np.zeros(s)
    mean = np.zeros((s, m + len(counts.orders) - 1))
    for position, order in enumerate(counts.orders):
        tie = np.exp(theta[m + position - 1]) if position else 1.0
        b = np.exp(theta[:m] / order) * counts.sets
        fits = counts.largest >= order
        part = tie * symmetric(b, order) * fits
        total += part
        if position:
            mean[:, m + position - 1] = part
        mean[:, :m] += (tie / order) * b * without_one(b, order - 1) * fits[:, None]
    return Expectation(np.log(total), mean / total[:, None])


def _recursion_second(theta: np.ndarray, counts: TiedCounts, found: Expectation) -> np.ndarray:
    """As `_lattice_second`, for observed sets of many items."""
    m = counts.sets.shape[1]
    result = np.zeros((len(theta), len(theta)))
    top = theta[:m].max()
    rate = counts.faced * np.exp(top - found.log_total)
    for position, order in enumerate(counts.orders):
        times = rate * (counts.largest >= order) * (np.exp(theta[m + position - 1]) if position else 1.0)
        b = np.exp((theta[:m] - top) / order) * counts.sets
        alone = times @ (b * without_one(b, order - 1))
        both = np.zeros((m, m))
        step = max(BATCH_CELLS // m**2, 1)
        for start in range(0, len(b) if order > 1 else 0, step):
            part = slice(start, start + step)
            products = b[part, :, None] * b[part, None, :]
            both += np.tensordot(times[part], products * _without_two(b[part], order - 2), 1)
        both[range(m), range(m)] = alone
        result[:m, :m] += both / order**2
        if position:
            column = m + position - 1
            result[column, column] += times @ symmetric(b, order)
            result[:m, column] += alone / order
            result[column, :m] += alone / order
    return result


def _without_two(b: np.ndarray, order: int) -> np.ndarray:
    """(s, m, m) elementary symmetric function of this order with two items left out; the diagonal is not used.

    e_k without i and j is e_k without i less b_j times e_(k-1) without both.
    """
    sums = np.ones((len(b), b.shape[1], b.shape[1]))
    for k in range(1, order + 1):
        sums = without_one(b, k)[:, :, None] - b[:, None, :] * sums
    return sums


def symmetric(b: np.ndarray, order: int) -> np.ndarray:
    """(s,) elementary symmetric function of this order of each row of (s, m)."""
    return np.asarray(_growing(b, order)[-1, order])


def without_one(b: np.ndarray, order: int) -> np.ndarray:
    """(s, m) elementary symmetric function of this order of each row of (s, m) with one item left out in turn.

    The items before and the items behind it are put together, so nothing is subtracted.
    """
    before, behind = _growing(b, order)[:-1], _growing(b[:, ::-1], order)[:-1][::-1]
    together = (before[:, : order + 1] * behind[:, order::-1]).sum(axis=1)
    return np.asarray(together.T)


def _growing(b: np.ndarray, order: int) -> np.ndarray:
    """(m + 1, order + 1, s) elementary symmetric functions of the first 0..m items of each row of (s, m)."""
    s, m = b.shape
    sums = np.zeros((m + 1, order + 1, s))
    sums[0, 0] = 1
    for item in range(m):
        sums[item + 1] = sums[item]
        sums[item + 1, 1:] += b[:, item] * sums[item, :-1]
    return sums
