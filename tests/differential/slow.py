"""A slow reference: every alternative of every choice is written out, every pair is refitted, every flip is made.

Worths are a conditional logit on explicit alternatives: a ranking is a choice among what is left, a ranking with ties
one among all blocks, a selection one among all sets of its size, best and worst one among ordered pairs. Means are sums
in loops. Nothing is shared with the package but the answers; a linear program decides whether worths are finite
(Albert and Anderson 1984). For a handful of items.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, permutations, product
from typing import Any

import numpy as np
from scipy import optimize

PSEUDO = 0.5


@dataclass(frozen=True)
class Choice:
    """One choice of one respondent."""

    who: int
    features: np.ndarray  # (alternatives, p)
    picked: int


@dataclass(frozen=True)
class Worths:
    """What a slow fit knows; the first m parameters are log-worths."""

    log_worth: np.ndarray  # (m,) summing to zero
    covariance: np.ndarray  # (m, m)
    penalised: bool


# ---------- answers as choices ---------------------------------------------------------------------------------------


def _unit(m: int, chosen: Any, p: int) -> np.ndarray:
    row = np.zeros(p)
    row[list(chosen)] = 1 / len(list(chosen))
    return row


def ranking_choices(answers: Any) -> list[Choice]:
    """A choice of one item among those left, stage by stage."""
    m, found = len(answers.items), []
    for ranks, offered, who in zip(answers.ranks, answers.offered, answers.respondent, strict=True):
        left = [j for j in range(m) if offered[j]]
        for item in sorted((j for j in left if ranks[j] > 0), key=lambda j: ranks[j]):
            if len(left) > 1:
                found.append(Choice(int(who), np.eye(m)[left], left.index(item)))
            left = [j for j in left if j != item]
    return found


def tied_choices(answers: Any) -> list[Choice]:
    """A choice of a block of items among all blocks of the sizes that occur (Davidson and Luce)."""
    m, stages = len(answers.items), []
    for ranks, offered, who in zip(answers.ranks, answers.offered, answers.respondent, strict=True):
        left = [j for j in range(m) if offered[j]]
        for rank in sorted({int(r) for r in ranks if r > 0}):
            block = tuple(j for j in left if ranks[j] == rank)
            if len(left) > 1 and block:
                stages.append((int(who), tuple(left), block))
            left = [j for j in left if j not in block]
    sizes = sorted({len(block) for _who, _left, block in stages})
    p, found = m + len(sizes) - 1, []
    for who, left, block in stages:
        blocks = [b for size in sizes if size <= len(left) for b in combinations(left, size)]
        features = np.array([_unit(m, b, p) for b in blocks])
        for row, b in zip(features, blocks, strict=True):
            if len(b) != sizes[0]:
                row[m + sizes.index(len(b)) - 1] = 1
        found.append(Choice(who, features, blocks.index(block)))
    return found


def pair_choices(answers: Any) -> list[Choice]:
    """Win, loss or tie (Davidson 1970), with an advantage of the item shown first where that is known."""
    m = len(answers.items)
    both = zip(answers.ranks, answers.offered, strict=True)
    tied = any(ranks.any() and len(set(ranks[offered])) == 1 for ranks, offered in both)
    ordered = answers.first_shown is not None
    p, found = m + tied + ordered, []
    for i, (ranks, offered, who) in enumerate(zip(answers.ranks, answers.offered, answers.respondent, strict=True)):
        if not ranks.any():
            continue  # left blank
        a, b = (j for j in range(m) if offered[j])
        if ordered and answers.first_shown[i] == b:
            a, b = b, a
        rows = np.zeros((2 + tied, p))
        rows[0, a] = rows[1, b] = 1
        if ordered:
            rows[0, -1] = 1
        if tied:
            rows[2, [a, b]], rows[2, m] = 0.5, 1
        place = [int(ranks[j]) or 99 for j in (a, b)]
        found.append(Choice(int(who), rows, 0 if place[0] < place[1] else 1 if place[1] < place[0] else 2))
    return found


def best_worst_choices(answers: Any, variant: str) -> list[Choice]:
    """The ordered pair, or two choices: the best, and the worst of all or of those left."""
    m, found, eye = len(answers.items), [], np.eye(len(answers.items))
    for shown, best, worst, who in zip(answers.shown, answers.best, answers.worst, answers.respondent, strict=True):
        there = [j for j in range(m) if shown[j]]
        if variant == "maxdiff":
            both = list(permutations(there, 2))
            found.append(Choice(int(who), np.array([eye[b] - eye[w] for b, w in both]), both.index((best, worst))))
            continue
        left = there if variant == "maxdiff-marginal" else [j for j in there if j != best]
        found.append(Choice(int(who), eye[there], there.index(best)))
        found.append(Choice(int(who), -eye[left], left.index(worst)))
    return found


def set_choices(answers: Any, cap: int | None) -> list[Choice]:
    """The set that was marked among all of its size; sets as large as `cap` are left out."""
    m, found = len(answers.items), []
    for ranks, offered, who in zip(answers.ranks, answers.offered, answers.respondent, strict=True):
        there = [j for j in range(m) if offered[j]]
        marked = tuple(j for j in there if ranks[j] > 0)
        if 0 < len(marked) < len(there) and not (cap and len(marked) >= cap):
            sets = list(combinations(there, len(marked)))
            features = np.array([np.isin(np.arange(m), s).astype(float) for s in sets])
            found.append(Choice(int(who), features, sets.index(marked)))
    return found


# ---------- the fit --------------------------------------------------------------------------------------------------


def runs_off(choices: list[Choice], m: int, *, held: bool = False) -> bool:
    """Whether some direction never lowers the likelihood and sometimes raises it; `held`: none of the log-worths'."""
    rows = np.array([c.features[c.picked] - x for c in choices for a, x in enumerate(c.features) if a != c.picked])
    if not len(rows):
        return False
    p = rows.shape[1]
    bounds = [(0, 0) if held and j < m else (-1, 1) for j in range(p)]
    equal = np.concatenate([np.ones(m), np.zeros(p - m)])[None]
    best = optimize.linprog(
        -rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), A_eq=equal, b_eq=[0], bounds=bounds
    )
    return bool(-best.fun > 1e-7)


def newton(objective: Callable[[np.ndarray], Any], start: np.ndarray) -> np.ndarray:
    """Damped Newton on a concave objective that gives value, gradient, and information."""
    theta = start
    value, gradient, information = objective(theta)
    for _step in range(300):
        step = np.linalg.pinv(information, rcond=1e-13, hermitian=True) @ gradient
        if np.abs(step).max() < 1e-10:
            return theta
        size = min(1.0, 3 / np.abs(step).max())
        while objective(theta + size * step)[0] < value - 1e-12 * abs(value) and size > 1e-9:
            size /= 2
        theta = theta + size * step
        value, gradient, information = objective(theta)
    raise ArithmeticError("the slow reference found no maximum")


def fit(choices: list[Choice], weight: np.ndarray, m: int, *, pseudo: float, basis: np.ndarray, tie: int | None) -> Any:
    """Maximum over theta = basis b, its information, and the score of every respondent (n, p)."""
    p, n = basis.shape[0], len(weight)

    def at(theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
        value, gradient, information, score = 0.0, np.zeros(p), np.zeros((p, p)), np.zeros((n, p))
        for c in choices:
            utility = c.features @ theta
            log_total = np.logaddexp.reduce(utility)
            share = np.exp(utility - log_total)
            mean = share @ c.features
            value += weight[c.who] * (utility[c.picked] - log_total)
            score[c.who] += weight[c.who] * (c.features[c.picked] - mean)
            information += weight[c.who] * ((c.features.T * share) @ c.features - np.outer(mean, mean))
        gradient = score.sum(axis=0)
        for item in range(m if pseudo else 0):  # against a ghost of log-worth 0, which may tie where twos do
            ghost = np.zeros((2 if tie is None else 3, p))
            ghost[1, item] = 1
            if tie is not None:
                ghost[2, item], ghost[2, tie] = 0.5, 1
            log_total = np.logaddexp.reduce(ghost @ theta)
            share = np.exp(ghost @ theta - log_total)
            mean = share @ ghost
            value += pseudo * (theta[item] - 2 * log_total)
            gradient = gradient + pseudo * (ghost[1] - 2 * mean)
            information += 2 * pseudo * ((ghost.T * share) @ ghost - np.outer(mean, mean))
        return value, gradient, information, score

    def objective(b: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        value, gradient, information, _score = at(basis @ b)
        return value, basis.T @ gradient, basis.T @ information @ basis

    theta = basis @ newton(objective, np.zeros(basis.shape[1]))
    _value, _gradient, information, score = at(theta)
    return theta, information, score


def worths(choices: list[Choice], beats: np.ndarray, who: np.ndarray, sample: Any, *, tie: int | None = None) -> Worths:
    """Log-worths with their covariance under the design; penalised where worths run off. `who` gave the answers."""
    m, p = len(beats), choices[0].features.shape[1]
    weight, pseudo = sample.weight, PSEUDO if runs_off(choices, len(beats)) else 0.0
    theta, information, score = fit(choices, weight, m, pseudo=pseudo, basis=np.eye(p), tie=tie)
    centre = np.eye(p)
    centre[:m, :m] -= 1 / m
    inverse = (centre @ np.linalg.pinv(information, rcond=1e-13, hermitian=True) @ centre.T)[:, :m]
    robust = covariance(score @ inverse, sample)
    if pseudo:
        robust = lifted(robust, inverse[:m], beats, weight[np.unique(who)])
    return Worths((centre @ theta)[:m], robust, bool(pseudo))


def lifted(robust: np.ndarray, model: np.ndarray, beats: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Errors nowhere smaller than the model's times the mean design effect, where answers vary (Rao and Scott 1984)."""
    root, vectors = np.linalg.eigh(model)
    half = vectors[:, root > 1e-9 * root.max()] * np.sqrt(root[root > 1e-9 * root.max()])
    back = np.linalg.pinv(half)
    relative, turn = np.linalg.eigh(back @ robust @ back.T)
    q = len(beats) - groups(beats)
    effect = max(len(weight) * (weight**2).sum() / weight.sum() ** 2, np.sort(relative)[::-1][:q].mean() if q else 1.0)
    return robust + (half @ turn) @ np.diag(np.maximum(effect - relative, 0)) @ (half @ turn).T


def groups(beats: np.ndarray) -> int:
    """How many strongly connected groups the graph of who was put above whom has."""
    reach = beats | np.eye(len(beats), dtype=bool)
    for k in range(len(beats)):
        reach = reach | np.outer(reach[:, k], reach[k])
    return len({tuple(row) for row in reach & reach.T})


def beats_of(answers: Any) -> np.ndarray:
    """(m, m) bool: somebody put i above j or beside it, both being offered; marked items are not beside each other."""
    m = len(answers.items)
    beats = np.zeros((m, m), bool)
    if hasattr(answers, "best"):
        for shown, best, worst in zip(answers.shown, answers.best, answers.worst, strict=True):
            for j in np.flatnonzero(shown):
                beats[best, j] |= j != best
                beats[j, worst] |= j != worst
        return beats
    for ranks, offered in zip(answers.ranks, answers.offered, strict=True):
        for i, j in permutations(np.flatnonzero(offered), 2):
            beats[i, j] |= ranks[i] > 0 and (ranks[j] == 0 or (ranks[i] <= ranks[j] and not answers.selection))
    return beats


# ---------- designs and flips ----------------------------------------------------------------------------------------


def unit_sums(values: np.ndarray, sample: Any) -> dict[tuple[int, int], np.ndarray]:
    """(stratum, primary unit) -> sum of the rows of its respondents."""
    found: dict[tuple[int, int], np.ndarray] = {}
    for i, row in enumerate(values):
        stratum = 0 if sample.stratum is None else int(sample.stratum[i])
        key = (stratum, i if sample.cluster is None else int(sample.cluster[i]))
        found[key] = found.get(key, 0) + row
    return found


def covariance(influence: np.ndarray, sample: Any) -> np.ndarray:
    """Linearisation: within strata, between primary units, times units over units - 1."""
    sums, total = unit_sums(influence, sample), np.zeros((influence.shape[1],) * 2)
    for stratum in {key[0] for key in sums}:
        rows = np.array([row for key, row in sums.items() if key[0] == stratum])
        apart = rows - rows.mean(axis=0)
        total += apart.T @ apart * len(rows) / max(len(rows) - 1, 1)
    return total


def means(said: np.ndarray, asked: np.ndarray, sample: Any) -> tuple[np.ndarray, np.ndarray]:
    """(m,) weighted means of those asked, and their covariance."""
    m, weight = said.shape[1], sample.weight
    value, influence = np.full(m, np.nan), np.zeros(said.shape)
    for j in range(m):
        total = weight[asked[:, j]].sum()
        if total > 0:
            value[j] = (weight * np.where(asked[:, j], said[:, j], 0)).sum() / total
            influence[:, j] = np.where(asked[:, j], weight * (said[:, j] - value[j]) / total, 0)
    return value, covariance(influence, sample)


def pair_contributions(
    choices: list[Choice], sample: Any, m: int, j: int, k: int, *, tie: int | None
) -> tuple[np.ndarray, float]:
    """(u,) what each primary unit adds for j over k where both are equal, and the factor of the observed ratio."""
    p = choices[0].features.shape[1]
    basis = np.delete(np.eye(p), k, axis=1)
    basis[k] = basis[j]
    _theta, information, score = fit(choices, sample.weight, m, pseudo=PSEUDO, basis=basis, tie=None)
    along = np.eye(p)[j] - np.eye(p)[k]
    efficient = along - basis @ np.linalg.solve(basis.T @ information @ basis, basis.T @ information @ along)
    there = {c.who for c in choices}
    u, v = (
        np.array([row[0] for row in unit_sums((score @ d)[sorted(there), None], _part(sample, sorted(there))).values()])
        for d in (along, efficient)
    )
    return u, min(1.0, float(np.sqrt((u @ u) / (v @ v)))) if v @ v > 0 else 1.0


@dataclass(frozen=True)
class _Part:
    stratum: np.ndarray | None
    cluster: np.ndarray | None


def _part(sample: Any, rows: list[int]) -> _Part:
    """The design of some rows, clusters as they were."""
    stratum, cluster = (None if a is None else a[rows] for a in (sample.stratum, sample.cluster))
    return _Part(stratum, cluster)


def flips_p(u: np.ndarray, factor: float) -> float:
    """One-sided p-value of the sum of the contributions (u,), over all flips of their signs."""
    root = float(np.sqrt(u @ u))
    if root == 0:
        return 1.0
    observed = factor * u.sum() / root
    reached = sum(float(np.dot(signs, u)) / root >= observed - 1e-9 for signs in product((1, -1), repeat=len(u)))
    return float(reached) / 2 ** len(u)
