"""Intervals of penalised worths that are open at 0 or 1: where the likelihood alone knows no end.

An item that cannot reach all others (by "i won against j") may have worth 0; one that reaches all and is reached by
none may have worth 1. The other end is where the likelihood, the others' relative worths held as fitted, has fallen to
(alpha / 2)^d of its supremum, d the design effect. For first choices this is the exact binomial end of Clopper and
Pearson (1934).
"""

from __future__ import annotations

import numpy as np
from scipy import special

from obstacles.analysis.inference.worth_answers import WorthAnswers

FAR = 30.0  # log-worths between which ends are looked for; beyond, a worth is 0 or 1 to twelve digits
NOTHING = -60.0  # log-worth of an item that weighs nothing beside any of these


def informed_directions(reach: np.ndarray) -> int:
    """Contrasts of finite worths: the sizes less one of the strongly connected groups, summed."""
    both = reach & reach.T
    return len(reach) - len(np.unique(both, axis=0))


def may_be_zero(reach: np.ndarray) -> np.ndarray:
    """(m,) bool: items whose worth may be 0 without loss of likelihood."""
    return np.asarray(~reach.all(axis=1))


def may_be_one(reach: np.ndarray) -> np.ndarray:
    """(m,) bool: the single item, if there is one, whose worth may be 1 without loss of likelihood."""
    return np.asarray(reach.all(axis=1) & (reach.sum(axis=0) == 1) & (len(reach) > 1))


def with_open_ends(
    answers: WorthAnswers, low: np.ndarray, high: np.ndarray, *, level: float, left: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Intervals (m,) with the ends of 0 and 1 that the answers leave open.

    Parameters
    ----------
    left : float
        Part of the population that was not asked, which the errors are of; 1 without a finite population.
    """
    zero, one = may_be_zero(answers.reach), may_be_one(answers.reach)
    low, high = np.where(zero, 0.0, low), np.where(one, 1.0, high)
    drop = -np.log((1 - level) / 2) * answers.design_effect * left
    alone = (answers.reach & answers.reach.T).sum(axis=1) == 1
    for j in np.flatnonzero(zero & alone):
        high[j] = _end(answers, int(j), drop, up=True)
    for j in np.flatnonzero(one):
        low[j] = _end(answers, int(j), drop, up=False)
    if one.any():  # what the first does not leave to the others
        high = np.where(one, high, np.minimum(high, 1 - low[one].max()))
    return low, high


def _end(answers: WorthAnswers, j: int, drop: float, *, up: bool) -> float:
    """Worth of j at which its likelihood is exp(-drop) of its supremum, reached at 0 (up) or 1.

    Items that j beats for certain weigh nothing beside an upper end.
    """
    m = answers.items
    theta, others = answers.theta.copy(), np.arange(m) != j
    below = others & answers.reach[j] & ~answers.reach[:, j] & up
    theta[:m] -= special.logsumexp(theta[:m][others & ~below]) if (others & ~below).any() else 0.0
    theta[:m][below] = NOTHING

    def value(x: float) -> float:
        at = theta.copy()
        at[j] = x
        return answers.told.log_likelihood(at)

    target = value(-FAR if up else FAR) - drop
    if value(FAR if up else -FAR) > target:  # never lost to anything either: never compared with what is at the top
        return 1.0 if up else 0.0
    from scipy import optimize

    return float(special.expit(optimize.brentq(lambda x: value(x) - target, -FAR, FAR)))
