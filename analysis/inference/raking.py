"""Raking: weights whose sums agree with known margins of the population, and what that does to errors.

Iterative proportional fitting (Deming and Stephan 1940), alternating with trimming where limits are set. Errors know
of it through calibration residuals (Deville and Sarndal 1992): what the margins explain of an estimator's influence
is known of the population and adds no sampling error.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from obstacles.survey.study import Margin
from obstacles.text.language import _

LIMIT = 200  # rounds over all margins
TOLERANCE = 1e-10  # largest distance from a target, as a part of the whole


class RakingError(ValueError):
    """The margins cannot be met; the message names the margin and the group."""


@dataclass(frozen=True)
class Raked:
    """Weights that meet their margins."""

    weight: np.ndarray  # (n,) sums to n
    base: np.ndarray  # (n,) the weights before raking, sum n
    margins: tuple[Margin, ...]
    rounds: int
    trimmed: int  # respondents whose weight is at one of the limits

    @cached_property
    def _columns(self) -> np.ndarray:
        """(n, c) indicators of the margins' groups, one group of each but the first left out."""
        parts = []
        for position, margin in enumerate(self.margins):
            shown = np.eye(len(margin.groups))[margin.code]
            parts.append(shown if position == 0 else shown[:, 1:])
        return np.column_stack(parts)

    def residuals(self, influence: np.ndarray) -> np.ndarray:
        """(n, m) influence without what the margins explain.

        Residuals of influence per unit of weight from the regression on the margins, weighted as before raking, times
        the raked weights.
        """
        per_weight = influence / np.where(self.weight > 0, self.weight, 1)[:, None]
        columns = self._columns
        root = np.sqrt(self.base)[:, None]
        slope = np.linalg.lstsq(columns * root, per_weight * root, rcond=None)[0]
        return np.asarray((per_weight - columns @ slope) * self.weight[:, None])


def rake(base: np.ndarray, margins: tuple[Margin, ...], *, trim: tuple[float, float] | None = None) -> Raked:
    """Rake weights to margins.

    Parameters
    ----------
    base : (n,) array
        Weights to start from, > 0.
    trim : (float, float), optional
        Least and largest weight, as multiples of the mean weight. Trimming and raking alternate until both hold.

    Raises
    ------
    RakingError
        When a group of the population has no respondents or the other way round, or no weights within the limits
        meet all margins.
    """
    n = len(base)
    base = base * (n / base.sum())
    targets = [_target(margin, n) for margin in margins]
    weight = base.copy()
    for rounds in range(1, LIMIT + 1):
        for margin, target in zip(margins, targets, strict=True):
            total = np.bincount(margin.code, weights=weight, minlength=len(target))
            weight = weight * (target / np.where(total > 0, total, 1))[margin.code]
        if trim is not None:
            weight = np.clip(weight, trim[0], trim[1])
        if _largest_miss(weight, margins, targets) <= TOLERANCE * n:
            at_limit = int(np.isin(weight, trim).sum()) if trim is not None else 0
            return Raked(weight, base, margins, rounds, at_limit)
    limits = "" if trim is None else _(" within {low} to {high} times the mean").format(low=trim[0], high=trim[1])
    message = _(
        "no weights{limits} meet all margins after {rounds} rounds: join small groups, leave out a margin{wider}."
    )
    wider = "" if trim is None else _(", or widen the limits of trimming")
    raise RakingError(message.format(limits=limits, rounds=LIMIT, wider=wider))


def _target(margin: Margin, n: int) -> np.ndarray:
    """(g,) targets that sum to n."""
    there = np.bincount(margin.code, minlength=len(margin.target))
    for group, people, target in zip(margin.groups, there, margin.target, strict=True):
        if target > 0 and not people:
            message = _('the margin "{margin}" counts {target:g} people in "{group}", but nobody there answered.')
            raise RakingError(message.format(margin=margin.name, target=target, group=group))
        if people and not target > 0:
            message = _('{n} respondents are in "{group}", but the margin "{margin}" counts nobody there.')
            raise RakingError(message.format(n=people, group=group, margin=margin.name))
    return np.asarray(margin.target * (n / margin.target.sum()))


def _largest_miss(weight: np.ndarray, margins: tuple[Margin, ...], targets: list[np.ndarray]) -> float:
    return max(
        float(np.abs(np.bincount(margin.code, weights=weight, minlength=len(target)) - target).max())
        for margin, target in zip(margins, targets, strict=True)
    )
