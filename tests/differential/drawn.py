"""Random studies as real ones are at their edges: separated, tied and rare items, weights, clusters, censuses, subsets.

`answers_of(rng)` draws answers of any kind, `design_of(rng, n)` how respondents came in. Everything follows from the
generator, so that a number names a study.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from obstacles.survey.answers import Answers, BestWorst, Rankings, Ratings
from obstacles.survey.question import Item, Level, Scale

KINDS = ("full", "top", "first", "sub", "tied", "tied top", "selection", "pairs", "best-worst", "ratings", "points")
SHAPES = ("level", "graded", "dominant", "rare", "certain")


def answers_of(
    rng: np.random.Generator, *, kind: str = "", items: int = 0, people: int = 0
) -> tuple[str, Answers, dict[str, Any]]:
    """The kind, the answers, and what the question says of them (k, ties, max_choices); all drawn, or as stated."""
    kind = kind or str(rng.choice(KINDS))
    n = people or int(rng.choice([3, 5, 6, 8, 12, 20, 40]))
    strength = _strength(rng, items or int(rng.integers(2, 6)))
    made = {"selection": _selection, "pairs": _pairs, "best-worst": _best_worst, "ratings": _ratings, "points": _points}
    if kind in made:
        answers, question = made[kind](rng, n, strength)
    else:
        answers, question = _ranked(rng, n, strength, kind)
    return kind, answers, question


def _strength(rng: np.random.Generator, m: int) -> np.ndarray:
    """(m,) log-worths: all level, graded, one far above, one hardly ever named, or an order that is almost certain."""
    shape = rng.choice(SHAPES)
    base = rng.normal(size=m) * (0 if shape == "level" else 0.7)
    if shape == "dominant":
        base[0] += 5
    if shape == "rare":
        base[-1] -= 5
    if shape == "certain":
        base = np.linspace(8, -8, m)
    return base


def _items(m: int) -> tuple[Item, ...]:
    return tuple(Item(f"i{j}", {"en": f"Item {j}"}) for j in range(m))


def _order(rng: np.random.Generator, n: int, strength: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(-(rng.gumbel(size=(n, len(strength))) + strength), axis=1), axis=1) + 1


def _ranked(rng: np.random.Generator, n: int, strength: np.ndarray, kind: str) -> tuple[Rankings, dict[str, Any]]:
    m = len(strength)
    ranks, offered, question = _order(rng, n, strength), np.ones((n, m), bool), {}
    if kind == "sub" and m > 2:
        left = int(rng.integers(2, m))
        offered = np.argsort(rng.random((n, m)), axis=1) < left
        far = np.where(offered, ranks, 99)
        ranks = np.where(offered, np.argsort(np.argsort(far, axis=1), axis=1) + 1, 0)
    if kind in ("top", "first", "tied top"):
        k = 1 if kind == "first" else int(rng.integers(1, m + 1))
        ranks, question = np.where(ranks <= k, ranks, 0), {"k": k}
    if kind.startswith("tied"):
        join = rng.random((n, m)) < rng.choice([0.1, 0.4, 0.9])
        for row, joined in zip(ranks, join, strict=True):
            for place in range(2, int(row.max(initial=0)) + 1):
                if joined[place - 1]:
                    row[row == place] = place - 1 if (row == place - 1).any() else row[row < place].max()
        question |= {"ties": True, "ties_overrun": True}
    if rng.random() < 0.2:
        ranks[rng.random(n) < 0.2] = 0  # nothing ranked
    return Rankings(_items(m), ranks.astype(np.int16), offered, np.arange(n), np.ones(n)), question


def _selection(rng: np.random.Generator, n: int, strength: np.ndarray) -> tuple[Rankings, dict[str, Any]]:
    m, cap = len(strength), int(rng.integers(1, len(strength) + 1))
    size = rng.integers(0, cap + 1, n)
    ranks = (_order(rng, n, strength) <= size[:, None]).astype(np.int16)
    question = {"max_choices": cap} if rng.random() < 0.5 else {}
    return Rankings(_items(m), ranks, np.ones((n, m), bool), np.arange(n), np.ones(n), selection=True), question


def _pairs(rng: np.random.Generator, n: int, strength: np.ndarray) -> tuple[Rankings, dict[str, Any]]:
    """One to four pairs a person, sometimes with ties, sometimes with the item that was shown first."""
    m, each = len(strength), int(rng.integers(1, 5))
    who = np.repeat(np.arange(n), each)
    offered, ranks = np.zeros((len(who), m), bool), np.zeros((len(who), m), np.int16)
    first, tied = np.zeros(len(who), np.intp), rng.choice([0.0, 0.3])
    for row in range(len(who)):
        a, b = rng.choice(m, 2, replace=False)
        offered[row, [a, b]] = True
        first[row] = a
        a_wins = rng.logistic() < strength[a] - strength[b]
        ranks[row, a], ranks[row, b] = (1, 2) if a_wins else (2, 1)
        if rng.random() < tied:
            ranks[row, [a, b]] = 1
    answers = Rankings(_items(m), ranks, offered, who, np.ones(len(who)))
    question = {"ties": True} if tied else {}
    return (replace(answers, first_shown=first) if rng.random() < 0.3 else answers), question


def _best_worst(rng: np.random.Generator, n: int, strength: np.ndarray) -> tuple[BestWorst, dict[str, Any]]:
    m, each = len(strength), int(rng.integers(1, 4))
    shown_each = int(rng.integers(2, m + 1))
    who = np.repeat(np.arange(n), each)
    shown = np.argsort(rng.random((len(who), m)), axis=1) < shown_each
    far = np.where(shown, _order(rng, len(who), strength), 0)
    worst = far.argmax(axis=1)
    best = np.where(shown, far, 99).argmin(axis=1)
    return BestWorst(_items(m), shown, best, worst, who, np.ones(len(who))), {}


def _ratings(rng: np.random.Generator, n: int, strength: np.ndarray) -> tuple[Ratings, dict[str, Any]]:
    m = len(strength)
    scores = np.clip(np.round(3 + strength / 2 + rng.normal(size=(n, m)) * rng.choice([0.1, 1.0])), 1, 5)
    if rng.random() < 0.4:
        scores[rng.random((n, m)) < 0.2] = np.nan
    scale = Scale(tuple(Level(float(v), {"en": f"level {v}"}) for v in range(1, 6)))
    return Ratings(_items(m), scores, np.zeros((n, m), bool), scale, np.arange(n)), {}


def _points(rng: np.random.Generator, n: int, strength: np.ndarray) -> tuple[Ratings, dict[str, Any]]:
    m = len(strength)
    share = np.exp(strength + rng.normal(size=(n, m)))
    scores = np.floor(100 * share / share.sum(axis=1, keepdims=True))
    scores[:, 0] += 100 - scores.sum(axis=1)
    scale = Scale(tuple(Level(float(v), {"en": f"{v}"}) for v in (0, 100)))
    return Ratings(_items(m), scores, np.zeros((n, m), bool), scale, np.arange(n), total=100.0), {}


def design_of(rng: np.random.Generator, n: int) -> dict[str, Any]:
    """Weights, strata, clusters and a finite population, each in some studies."""
    design: dict[str, Any] = {}
    if rng.random() < 0.35:
        design["weight"] = np.exp(rng.normal(size=n) * rng.choice([0.3, 1.0]))
        if rng.random() < 0.15:
            design["weight"][0] = 1e6
    if rng.random() < 0.3 and n >= 6:
        units = int(rng.integers(2, n))
        design["cluster"] = rng.integers(0, units, n) if rng.random() < 0.5 else np.arange(n) % units
    elif rng.random() < 0.2 and n >= 6:
        design["stratum"] = np.arange(n) % 2
    if rng.random() < 0.25 and "cluster" not in design:
        design["population"] = np.full(n, float(n + rng.choice([0, 1, 5, 500])))
        if "stratum" in design:
            design["population"] = np.full(n, float((n + 1) // 2 + rng.choice([0, 1, 5, 500])))
    return design
