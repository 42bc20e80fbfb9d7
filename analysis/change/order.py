"""How alike two orders are, and which ranks changed: by rank sets, since ranks have no influence function.

Each side has simultaneous sets at 1 - (1 - level) / 2, so that what both say holds at `level`. A change of rank is
certain where an item's two sets do not overlap. Kendall's tau of the true orders lies between its values for the pairs
that the sets leave open and those that they settle: the interval is wide where little is known, and never too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from obstacles.analysis.change.pooled import pooled
from obstacles.analysis.inference.agreement import Agreement, agreement_of
from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.inference.plain import finite
from obstacles.analysis.inference.rank_sets import DRAWS, RankSets, rank_sets, ranks_of
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.scores import SCORES
from obstacles.analysis.subpopulation import ComparisonSide
from obstacles.text.language import _

PERMUTATIONS = 999
MOST_PERMUTED = 20_000  # respondents up to which the permutation test is made


@dataclass(frozen=True)
class Order:
    """One side's order of the shared items."""

    rank: np.ndarray  # (m,) int, 1 = largest; equal values share the smaller rank; 0 = no value
    sets: RankSets | None  # simultaneous

    def rank_set(self, i: int) -> tuple[int, int] | None:
        """The simultaneous rank set of item i; None where there is none."""
        return None if self.sets is None or not self.sets.low[i] else (int(self.sets.low[i]), int(self.sets.high[i]))


@dataclass(frozen=True)
class RankChange:
    """The ranks of one item on two sides as plain values; None = there is no such number."""

    rank_from: int | None
    rank_to: int | None
    rank_set_from: tuple[int, int] | None
    rank_set_to: tuple[int, int] | None
    places_up_interval: tuple[int, int] | None
    rank_change_certain: bool | None


@dataclass(frozen=True)
class RankChanges:
    """Ranks of two sides, each (m,); a change above 0 is a larger obstacle: a smaller rank."""

    first: Order
    second: Order
    certain: np.ndarray  # bool: the two sets do not overlap
    low: np.ndarray  # ends of the change that the sets allow; 0 and 0 without sets
    high: np.ndarray
    level: float  # of all sets of both sides together

    def row(self, i: int) -> RankChange:
        """Item i as plain values."""
        both = self.first.sets is not None and self.second.sets is not None and self.first.sets.low[i] > 0
        return RankChange(
            rank_from=int(self.first.rank[i]) or None,
            rank_to=int(self.second.rank[i]) or None,
            rank_set_from=self.first.rank_set(i),
            rank_set_to=self.second.rank_set(i),
            places_up_interval=(int(self.low[i]), int(self.high[i])) if both else None,
            rank_change_certain=bool(self.certain[i]) if both else None,
        )


@dataclass(frozen=True)
class OrderAgreement:
    """How alike two orders are; none of it is evidence that nothing changed."""

    sample: Agreement
    low: float | None  # interval of Kendall's tau of the true orders; None without rank sets
    high: float | None
    settled_alike: int  # pairs of items that both sides put in the same order
    settled_apart: int  # and in opposite orders
    pairs: int
    level: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "kendall_tau": finite(self.sample.tau),
            "kendall_tau_interval": None if self.low is None else [self.low, self.high],
            "pairs": self.pairs,
            "pairs_settled_alike": self.settled_alike,
            "pairs_settled_apart": self.settled_apart,
            "spearman_rho": finite(self.sample.rho),
            "rank_biased_overlap": finite(self.sample.overlap),
            "persistence": self.sample.persistence,
        }


def order_of(side: ComparisonSide, *, level: float, seed: int, draws: int = DRAWS) -> Order:
    """Ranks of one side with simultaneous sets at 1 - (1 - level) / 2."""
    sets = rank_sets(side.order, df=side.df, level=1 - (1 - level) / 2, draws=draws, seed=seed)
    return Order(ranks_of(side.order.value), sets)


def rank_changes(one: Order, other: Order, *, level: float) -> RankChanges:
    """Whose rank changed for sure: items whose rank sets in both orders do not overlap."""
    m = len(one.rank)
    if one.sets is None or other.sets is None:
        nothing = np.zeros(m, int)
        return RankChanges(one, other, np.zeros(m, bool), nothing, nothing, level)
    known = (one.sets.low > 0) & (other.sets.low > 0)
    apart = (one.sets.high < other.sets.low) | (other.sets.high < one.sets.low)
    low = np.where(known, one.sets.low - other.sets.high, 0)
    high = np.where(known, one.sets.high - other.sets.low, 0)
    return RankChanges(one, other, known & apart, low, high, level)


def order_agreement(
    first: ComparisonSide, second: ComparisonSide, changes: RankChanges, *, depth: int
) -> OrderAgreement:
    """Kendall's tau with its interval, Spearman's rho and rank-biased overlap of two sides."""
    x, y = first.order.value, second.order.value
    both = ~np.isnan(x) & ~np.isnan(y)
    sample = _agreement(np.round(x, 12), np.round(y, 12), depth)
    pairs = int(both.sum() * (both.sum() - 1) / 2)
    a, b = changes.first.sets, changes.second.sets
    if a is None or b is None or not pairs:
        return OrderAgreement(sample, None, None, 0, 0, pairs, changes.level)
    use = np.ix_(both, both)
    alike = int((a.separated[use] & b.separated[use]).sum())
    apart = int((a.separated[use] & b.separated[use].T).sum())
    return OrderAgreement(sample, 2 * alike / pairs - 1, 1 - 2 * apart / pairs, alike, apart, pairs, changes.level)


def _agreement(x: np.ndarray, y: np.ndarray, depth: int) -> Agreement:
    """As `agreement_of`; nothing is known of an order in which all items are level."""
    known = ~np.isnan(x) & ~np.isnan(y)
    if not known.any() or np.ptp(x[known]) == 0 or np.ptp(y[known]) == 0:
        return Agreement(np.nan, np.nan, np.nan, 1 - 1 / max(depth, 2))
    return agreement_of(x, y, depth=depth)


def permutation_of_tau(sides: Sequence[ComparisonSide], *, seed: int, permutations: int = PERMUTATIONS) -> Test | None:
    """Whether two equally weighted, independent sides could have swapped their respondents.

    Respondents are dealt out to two sides of the same sizes again and again, both are scored, and Kendall's tau between
    them is compared with the one found: under the same distribution of answers on both sides the test is exact. None
    for other sides, and for more than `MOST_PERMUTED` respondents.
    """
    together = pooled(sides)
    first, second = sides
    if together is None or first.order.method != second.order.method or together.sample.n > MOST_PERMUTED:
        return None
    if together.sample.row_counts is not None or any(side.order.penalty is not None for side in sides):
        return None
    try:
        fit = SCORES[first.order.method].fit(together)
    except ModelError:
        return None
    if fit.refit is None or fit.estimate.penalty is not None:
        return None
    rng = np.random.default_rng(seed)
    n, size = together.sample.n, first.people
    found = _tau(first.order.value, second.order.value)
    reached, done, batch = 1, 0, max(min(permutations, 2_000_000 // max(n, 1)), 1)
    while done < permutations:
        b = min(batch, permutations - done)
        chosen = np.argsort(rng.random((b, n)), axis=1) < size
        one, other = fit.refit(chosen.astype(float)), fit.refit((~chosen).astype(float))
        reached += sum(_tau(x, y) <= found + 1e-12 for x, y in zip(one, other, strict=True))
        done += b
    p = reached / (permutations + 1)
    note = _("by {n} permutations of respondents between the sides").format(n=permutations)
    return Test("permutation of sides (tau)", _("both sides have the same distribution of answers"), found, (), p, note)


def _tau(x: np.ndarray, y: np.ndarray) -> float:
    """Kendall's tau-b."""
    upper = np.triu_indices(len(x), 1)
    a, b = np.sign(np.round(x[:, None] - x, 12))[upper], np.sign(np.round(y[:, None] - y, 12))[upper]
    below = np.sqrt((a**2).sum() * (b**2).sum())
    return float(a @ b / below) if below > 0 else 0.0
