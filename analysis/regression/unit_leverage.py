"""Errors of coefficients where primary units are few or unequal: CR2, Satterthwaite's degrees of freedom, and AHZ's.

A unit that pulls the fit towards itself has residuals that are too small. Bell and McCaffrey (2002, Survey Methodology
28: 169) multiply its score by what makes the variance right if residuals are alike and independent, and match the
distribution of that variance; Pustejovsky and Tipton (2018, JBES 36: 672) do so for several coefficients at once
(approximate Hotelling T²). Both follow from the units' parts of the matrix of covariates, in whitened form (sum of
w z z' = 1): the score s of unit g has the variance V = J - HJ - JH + H J. H with H = sum of w z z' and J = sum of
w² z z' over g, J. over all units; M s with M = J^½ (J^½ V J^½)^-½ J^½ has the variance J. Of a linear model this is
R's clubSandwich "CR2" (equal weights); of others the leverage is that of the covariates, the same for every outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from obstacles.analysis.inference.survey_design import sum_rows

FLAT = 1e-8  # eigenvalue below which a unit says nothing of a direction by itself


@dataclass(frozen=True)
class Traced:
    """diag(d) + left S right': a (u, u) covariance of the units' parts of two coefficients."""

    diagonal: np.ndarray  # (u,)
    left: np.ndarray  # (u, 2 q), S included
    right: np.ndarray  # (u, 2 q)

    @property
    def trace(self) -> float:
        return float(self.diagonal.sum() + (self.left * self.right).sum())

    def with_other(self, other: Traced) -> float:
        """Trace of the product with another."""
        crossed = (self.diagonal * (other.left * other.right).sum(axis=1)).sum()
        crossed += (other.diagonal * (self.left * self.right).sum(axis=1)).sum()
        both = float(np.trace((self.right.T @ other.left) @ (other.right.T @ self.left)))
        return float(self.diagonal @ other.diagonal + crossed) + both


@dataclass(frozen=True)
class UnitLeverage:
    """The parts that u primary units have in a matrix of covariates."""

    unit: np.ndarray  # (r,) of each row
    x: np.ndarray  # (r, q), the constant first
    weight: np.ndarray  # (r,)

    @cached_property
    def units(self) -> int:
        return int(self.unit.max()) + 1

    @cached_property
    def root(self) -> np.ndarray:
        """(q, q) R with R X'WX R' = 1: whitened scores are R s."""
        return np.asarray(np.linalg.inv(np.linalg.cholesky((self.x * self.weight[:, None]).T @ self.x)))

    @cached_property
    def _parts(self) -> tuple[np.ndarray, np.ndarray]:
        """(u, q, q) H and J of every unit."""
        z = self.x @ self.root.T
        q = z.shape[1]
        outer = (z[:, :, None] * z[:, None, :]).reshape(len(z), q * q)
        made = [sum_rows(outer * self.weight[:, None] ** k, self.unit, self.units).reshape(-1, q, q) for k in (1, 2)]
        return made[0], made[1]

    @cached_property
    def multiplier(self) -> np.ndarray:
        """(u, q, q) M of every unit, for whitened scores."""
        h, j = self._parts
        both = j.sum(axis=0)
        crossed = h @ j
        spread = j - crossed - crossed.swapaxes(1, 2) + h @ both @ h
        half = _power(j, 0.5)
        return np.asarray(half @ _power(half @ spread @ half, -0.5) @ half)

    def adjusted(self, score: np.ndarray) -> np.ndarray:
        """(u, q) scores of the units, each multiplied by its own M."""
        whitened = score @ self.root.T
        moved = np.einsum("gij,gj->gi", self.multiplier, whitened)
        return np.asarray(np.linalg.solve(self.root, moved.T).T)

    def traced(self, first: np.ndarray, second: np.ndarray) -> Traced:
        """The covariance of the units' parts of two combinations (q,) of the coefficients, residuals alike."""
        h, j = self._parts
        both = j.sum(axis=0)
        ends = [self.multiplier @ (self.root @ combination) for combination in (first, second)]
        (h1, j1), (h2, j2) = [(np.einsum("gij,gj->gi", h, k), np.einsum("gij,gj->gi", j, k)) for k in ends]
        left = np.column_stack([h1 @ both - j1, -h1])
        return Traced((ends[0] * j2).sum(axis=1), left, np.column_stack([h2, j2]))

    def df(self, contrast: np.ndarray) -> float:
        """Degrees of freedom of h combinations (h, q): Satterthwaite's of one, AHZ's of several."""
        h = len(contrast)
        pairs = {(s, t): self.traced(contrast[s], contrast[t]) for s in range(h) for t in range(h)}
        mean = np.array([[pairs[s, t].trace for t in range(h)] for s in range(h)])
        turn = _power(mean[None], -0.5)[0]
        turned = turn @ contrast
        pairs = {(s, t): self.traced(turned[s], turned[t]) for s in range(h) for t in range(h)}
        spread = sum(
            pairs[s, s].with_other(pairs[t, t]) + pairs[s, t].with_other(pairs[s, t])
            for s in range(h)
            for t in range(h)
        )
        return h * (h + 1) / max(spread, 1e-12)


def _power(matrices: np.ndarray, power: float) -> np.ndarray:
    """Symmetric powers of (u, q, q) matrices; directions without variance stay without."""
    values, vectors = np.linalg.eigh((matrices + matrices.swapaxes(1, 2)) / 2)
    there = values > FLAT * np.maximum(values.max(axis=1, keepdims=True), 1e-300)
    raised = np.where(there, np.where(there, values, 1.0) ** power, 0.0)
    return np.asarray((vectors * raised[:, None, :]) @ vectors.swapaxes(1, 2))
