"""Which capabilities have larger gaps than all others: every pair is tested on the answers, person by person.

The sign test of those who are below in one of two capabilities only (McNemar 1947) for equal weights without a design,
else the design-based t test of the difference of two shares with an answer added at either end (Agresti and Min 2005).
p-values are corrected over all pairs by Shaffer (1986, JASA 81: 826): equal shares come in sets, so that not every
number of pairs can be equal at once. A share that is capped on the page is taken as the people it may be at worst, so
that no sentence tells how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special

from obstacles.analysis.gaps.gap import Staff, estimate, focus

MOST_NAMED = 3  # capabilities that are named as the largest


def leaders(
    staff: Staff, inside: np.ndarray, caps: Sequence[str], *, fewest: int, level: float = 0.95
) -> tuple[int, ...]:
    """Capabilities whose share below is larger than that of each other one by tests, at most MOST_NAMED of them.

    Parameters
    ----------
    inside : (n,) bool array
        Respondents of the group.
    caps : (q,) sequence
        "" = the share is shown; "low", "high" = fewer than `fewest` people are below, or not; "hidden" = left out.
    """
    cap = np.array(caps)
    used = np.flatnonzero(cap != "hidden")
    if len(used) < 2:
        return ()
    larger = _sign_tests if staff.sample.simple else _t_tests
    p = larger(staff, inside, cap, fewest)[np.ix_(used, used)]
    first, second = np.triu_indices(len(used), 1)
    both = np.minimum(p[first, second], p[second, first])
    holds = np.zeros(p.shape, bool)
    rejected = shaffer(both, len(used)) <= 1 - level
    forward = p[first, second] <= p[second, first]
    holds[first[rejected & forward], second[rejected & forward]] = True
    holds[second[rejected & ~forward], first[rejected & ~forward]] = True
    beaten = holds.sum(axis=1)
    for size in range(1, min(MOST_NAMED, len(used) - 1) + 1):
        top = np.argsort(-beaten, kind="stable")[:size]
        rest = np.setdiff1d(np.arange(len(used)), top)
        if holds[np.ix_(top, rest)].all():
            return tuple(sorted(int(used[i]) for i in top))
    return ()


def shaffer(p: np.ndarray, m: int) -> np.ndarray:
    """(m (m - 1) / 2,) p-values of all pairs of m shares -> Shaffer's step-down p-values, for the family."""
    possible = np.array(sorted(_equal_pairs(m)))
    left = np.arange(len(p), 0, -1)
    factor = possible[np.searchsorted(possible, left, side="right") - 1]
    order = np.argsort(p, kind="stable")
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(np.maximum.accumulate(p[order] * factor), 1)
    return corrected


def _equal_pairs(m: int) -> frozenset[int]:
    """How many pairs of m shares can be equal at once."""
    found = [frozenset({0})]
    for size in range(1, m + 1):
        found.append(frozenset(j * (j - 1) // 2 + rest for j in range(1, size + 1) for rest in found[size - j]))
    return found[m]


def _never(cap: np.ndarray) -> np.ndarray:
    """(q, q) bool: whether the first can not be shown to be larger than the second, whoever is behind their caps."""
    low, high = cap == "low", cap == "high"
    return np.asarray(low[:, None] | high[None, :] | np.eye(len(cap), dtype=bool))


def _sign_tests(staff: Staff, inside: np.ndarray, cap: np.ndarray, fewest: int) -> np.ndarray:
    """(q, q) two-sided p-values, towards "the first is larger"; 1 where it is not."""
    below = staff.values("below")[inside]
    known = ~np.isnan(below)
    is_below = np.where(known, below, 0.0)
    more = is_below.T @ (known - is_below)
    less = more.T.copy()
    both, first = known.T.astype(float) @ known, is_below.T @ known
    low, high = (cap == "low")[None, :], (cap == "high")[:, None]
    hidden = fewest - 1.0
    worst = np.where(high & low, both - hidden, np.where(high, both - first.T, first))
    more, less = np.where(low | high, worst, more), np.where(low | high, hidden, less)
    n = more + less
    p = 2 * special.bdtrc(more - 1, n.astype(int), 0.5)
    p = np.where((more > less) & (n > 0), np.minimum(p, 1), 1.0)
    return np.asarray(np.where(_never(cap), 1.0, p))


def _t_tests(staff: Staff, inside: np.ndarray, cap: np.ndarray, fewest: int) -> np.ndarray:
    """(q, q) two-sided p-values, towards "the first is larger"; 1 where it is not."""
    found = estimate(staff, inside, "below")
    assert found.covariance is not None
    sample, rows = focus(staff.sample, inside)
    weight = np.sort(sample.weight[inside[rows]])
    heaviest = weight[-(fewest - 1) :].sum() / weight.sum()
    kish = found.item_base if found.effective_base is None else found.effective_base
    n = np.minimum(kish[:, None], kish[None, :])
    share = np.where(cap == "low", heaviest, np.where(cap == "high", 1 - heaviest, found.value))
    covariance = found.inflation * found.covariance
    own = np.where(cap == "", np.diag(covariance), heaviest * (1 - heaviest) / np.maximum(kish, 1))
    plain = own[:, None] + own[None, :]
    seen = (cap == "")[:, None] & (cap == "")[None, :]
    variance = np.where(seen, plain - 2 * covariance, plain + 2 * np.sqrt(np.outer(own, own)))
    shrunk = n / (n + 2)
    error = np.sqrt(np.maximum(variance, 0) * shrunk + 1 / (n + 2) ** 2)
    base = np.minimum(found.item_base[:, None], found.item_base[None, :])
    df = np.minimum(np.minimum(found.df, base - 1), n - 1)
    t = (share[:, None] - share[None, :]) * shrunk / error
    p = np.where((df >= 1) & (t > 0), 2 * special.stdtr(np.maximum(df, 1), -np.abs(t)), 1.0)
    return np.asarray(np.where(_never(cap), 1.0, p))
