"""Two sides of a comparison: the covariance of their estimates, and the degrees of freedom of their difference.

Separate samples are independent strata. A difference has the degrees of freedom of the smaller sample, which is the
cautious form of Welch's test: Satterthwaite's are more, but are estimated from the same few units, and the shares of
few units are skew. With twelve clusters against a plain sample they called some item changed in 8 % at 5 %, the smaller
sample's in 4 %. Several differences at once: analysis/inference/wald.py. The same respondents, or respondents of the
same primary units, have a covariance by their influence, and no more degrees of freedom than the primary units of
both sides - strata.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from obstacles.analysis.change.overlapping_psus import Linked
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.lifted import excess_of
from obstacles.analysis.subpopulation import ComparisonError, ComparisonSide, domain_df
from obstacles.text.language import _


@dataclass(frozen=True, eq=False)
class Pair:
    """The first side and the second; differences are second - first."""

    first: ComparisonSide
    second: ComparisonSide
    linked: Linked | None = None  # two waves that share primary units
    within: bool = False  # two groups of one wave

    @property
    def independent(self) -> bool:
        return self.linked is None and not self.within

    @property
    def simple(self) -> bool:
        """Whether both sides are equally weighted, independent respondents."""
        return self.linked is None and self.first.sample.simple and self.second.sample.simple

    def joint(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """(p + q, p + q) covariance of estimates with influence `one` (n, p) on the first side and `other` (n, q)."""
        if self.linked is not None:
            return self.linked.covariance([one, other])
        if self.within:
            return self.first.sample.covariance(np.column_stack([one, other]))
        p, q = one.shape[1], other.shape[1]
        whole = np.zeros((p + q, p + q))
        whole[:p, :p] = self.first.sample.covariance(one)
        whole[p:, p:] = self.second.sample.covariance(other)
        return whole

    def covariances(self, one: Estimate, other: Estimate) -> Covariances | None:
        """Those of linearisation with what unequal primary units cost (`effective_units`); None without errors."""
        plain = self.linearised(one, other)
        if plain is None:
            return None
        first, second = one.inflation, other.inflation
        return Covariances(first * plain.first, second * plain.second, np.sqrt(first * second) * plain.cross)

    def linearised(self, one: Estimate, other: Estimate) -> Covariances | None:
        """Covariances of two estimates, one of each side, by linearisation; None where either has no error."""
        if one.covariance is None or other.covariance is None:
            return None
        m = len(one.value)
        if self.independent:
            return Covariances(one.covariance, other.covariance, np.zeros((m, len(other.value))))
        if one.influence is None or other.influence is None:
            raise ComparisonError(_("a published table cannot be joined to other answers respondent by respondent."))
        joint = self.joint(one.influence, other.influence)
        own = [
            part if estimate.floor is None else part + excess_of(part, estimate.floor)
            for part, estimate in ((joint[:m, :m], one), (joint[m:, m:], other))
        ]
        return Covariances(own[0], own[1], joint[:m, m:])

    @property
    def most_df(self) -> float:
        """Degrees of freedom of both sides together: no difference has more."""
        if self.linked is not None:
            return self.linked.df([self.first.inside, self.second.inside])
        if self.within:
            return domain_df(self.first.sample, self.first.inside | self.second.inside)
        return self.first.df + self.second.df

    def df(self, one: np.ndarray, other: np.ndarray, base: np.ndarray) -> np.ndarray:
        """(q,) degrees of freedom of single differences: the fewest of the sides that add to the variance.

        Parameters
        ----------
        one, other : (q,) arrays
            What the sides add to the variance.
        base : (2, q) array
            Respondents behind each on either side: there are no more degrees of freedom than these - 1.
        """
        own = [
            np.maximum(np.minimum(side.df, n - 1), 0) for side, n in zip((self.first, self.second), base, strict=True)
        ]
        adds = np.where(np.array([one, other]) > 0, own, np.inf).min(axis=0)
        found = np.where(np.isfinite(adds), adds, np.minimum(own[0], own[1]))
        return np.asarray(np.minimum(found, self.most_df))


@dataclass(frozen=True)
class Covariances:
    """(m, m) covariances of the first side's estimate, of the second's, and between the two."""

    first: np.ndarray
    second: np.ndarray
    cross: np.ndarray  # [i, j]: item i of the first with item j of the second

    @property
    def difference(self) -> np.ndarray:
        """(m, m) covariance of second - first; exactly zero where rounding is all there is."""
        whole = self.first + self.second - self.cross - self.cross.T
        size = np.sqrt(np.outer(np.diag(self.first + self.second), np.diag(self.first + self.second)))
        return np.asarray(np.where(np.abs(whole) > 1e-12 * size, whole, 0.0))
