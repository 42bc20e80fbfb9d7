"""What a likelihood of choices among items is made of, and what it is given: a row's utilities, one per item.

Everything is laid out items first, (k, r), so that the work on one item or one pair of items is a run of memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Part:
    """What a likelihood says of some rows at their utilities."""

    value: np.ndarray  # (r,) log-likelihood
    gradient: np.ndarray  # (k, r) by each utility
    curvature: np.ndarray | None  # (k (k + 1) / 2, r) minus the second derivatives by pairs i <= j, in row order


Evaluate = Callable[[slice, np.ndarray, bool], Part]  # rows, utilities (k, r) of these rows, whether curvature too


@dataclass(frozen=True)
class Likelihood:
    """A likelihood of n rows of choices among m items."""

    items: int
    rows: int
    evaluate: Evaluate
    extra: tuple[str, ...] = ()  # parameters of all rows that stand behind the m utilities, such as tie weights
    tile: int = 1_024  # rows worked on together
    gradients_first: bool = False  # curvature is costly, or may be indefinite far from the maximum

    @property
    def utilities(self) -> int:
        return self.items + len(self.extra)


def pair_index(k: int) -> tuple[np.ndarray, np.ndarray]:
    """First and second index of the pairs i <= j of k things, in row order."""
    return np.triu_indices(k)


def square(pairs: np.ndarray, k: int) -> np.ndarray:
    """(k, k, ...) symmetric matrices from their (k (k + 1) / 2, ...) pairs."""
    first, second = pair_index(k)
    result = np.empty((k, k, *pairs.shape[1:]))
    result[first, second] = pairs
    result[second, first] = pairs
    return result
