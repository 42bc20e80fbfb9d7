"""Sums over all tied blocks of a set, without listing them.

A block S of a set A has weight d_|S| (prod of a_i over S)^(1/|S|) (Davidson and Luce; Turner et al. 2020). The sum over
blocks of size k is the elementary symmetric function e_k of a^(1/k). Up to 16 items all sets are served at once by
subset-sum transforms on the lattice of bit masks; above, observed sets are served one order at a time by the
recursion e_k(A + i) = e_k(A) + b_i e_(k-1)(A).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.choice_sets import TABLE_ITEMS, all_sets
from analysis.tied_choices import TiedCounts


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
    if counts.sets.shape[1] > TABLE_ITEMS:
        return _by_differences(theta, counts)
    scaled = found.mean * np.sqrt(counts.faced)[:, None]
    return np.asarray(_lattice_second(theta, counts, found) - scaled.T @ scaled)


def _by_differences(theta: np.ndarray, counts: TiedCounts, step: float = 1e-4) -> np.ndarray:
    """Information as the derivative of the exact mean, by fourth-order central differences."""
    columns = []
    for j in range(len(theta)):
        unit = np.eye(len(theta))[j] * step
        ends = [counts.faced @ expectation(theta + shift * unit, counts).mean for shift in (-2, -1, 1, 2)]
        columns.append((ends[0] - 8 * ends[1] + 8 * ends[2] - ends[3]) / (12 * step))
    matrix = np.column_stack(columns)
    return np.asarray((matrix + matrix.T) / 2)


def _features(m: int, orders: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """(2^m, m + q - 1) sufficient statistics of every block, and (2^m,) block sizes."""
    blocks = all_sets(m)
    size = blocks.sum(axis=1)
    members = blocks / np.maximum(size, 1)[:, None]
    return np.column_stack([members, *(size == order for order in orders[1:])]), size


def _block_weights(theta: np.ndarray, m: int, orders: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    features, size = _features(m, orders)
    admitted = np.isin(size, orders)
    return np.where(admitted, np.exp(features @ theta), 0.0), features, size


def _lattice(theta: np.ndarray, counts: TiedCounts) -> Expectation:
    m = counts.sets.shape[1]
    weight, features, size = _block_weights(theta, m, counts.orders)
    index = counts.sets @ (1 << np.arange(m))
    total = np.empty(len(index))
    mean = np.empty((len(index), features.shape[1]))
    for largest in np.unique(counts.largest):
        here = counts.largest == largest
        limited = np.where(size <= largest, weight, 0.0)
        sums = subset_sums(np.column_stack([limited, limited[:, None] * features]))
        total[here] = sums[index[here], 0]
        mean[here] = sums[index[here], 1:] / total[here, None]
    return Expectation(np.log(total), mean)


def _lattice_second(theta: np.ndarray, counts: TiedCounts, found: Expectation) -> np.ndarray:
    """Sum over keys of times faced x mean of the outer product of the sufficient statistics."""
    m = counts.sets.shape[1]
    weight, features, size = _block_weights(np.concatenate([theta[:m] - theta[:m].max(), theta[m:]]), m, counts.orders)
    log_total = found.log_total - theta[:m].max()
    index = counts.sets @ (1 << np.arange(m))
    per_block = np.zeros(len(weight))
    for largest in np.unique(counts.largest):
        here = counts.largest == largest
        rate = np.bincount(index[here], counts.faced[here] * np.exp(-log_total[here]), minlength=len(weight))
        per_block += np.where(size <= largest, superset_sums(rate[:, None])[:, 0], 0.0)
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
        for item in range(m):
            others = b.copy()
            others[:, item] = 0
            mean[:, item] += tie * b[:, item] * symmetric(others, order - 1) * fits / order
    return Expectation(np.log(total), mean / total[:, None])


def symmetric(b: np.ndarray, order: int) -> np.ndarray:
    """(s,) elementary symmetric function of this order of each row of (s, m)."""
    sums = np.zeros((order + 1, len(b)))
    sums[0] = 1
    for column in b.T:
        for k in range(order, 0, -1):
            sums[k] += column * sums[k - 1]
    return np.asarray(sums[order])
