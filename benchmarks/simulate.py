"""Surveys made from known models, for the simulations of benchmarks.validation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from benchmarks.material import items_of, rankings_of, study_of
from obstacles.survey.answers import Anchor, BestWorst, Rankings, Ratings
from obstacles.survey.question import Level, Scale
from obstacles.survey.study import Design, Study

M = 6
PATTERNS = {  # log-worths, or what stands for them
    "equal": np.zeros(M),
    "near-ties": np.array([0.30, 0.25, 0.10, 0.00, -0.15, -0.50]),
    "separated": np.array([1.5, 0.9, 0.3, -0.3, -0.9, -1.5]),
    "tied leaders": np.array([0.6, 0.6, 0.0, -0.2, -0.4, -0.6]),
}


@dataclass(frozen=True)
class Scenario:
    """A way to answer and the model that is fitted to it."""

    name: str
    model: str
    make: Callable[[np.random.Generator, int, np.ndarray], Study]
    known: bool  # the model's log-worths are those of the pattern; else the truth is the fit to a very large survey
    options: tuple[tuple[str, object], ...] = ()  # of analysis.ranking.rank.fitted


def _scores(rng: np.random.Generator, n: int, pattern: np.ndarray) -> np.ndarray:
    return np.asarray(rng.gumbel(size=(n, M)) + pattern)


def _ranks(score: np.ndarray) -> np.ndarray:
    return np.asarray(np.argsort(np.argsort(-score, axis=1), axis=1) + 1)


def _study(answers: Rankings | Ratings | BestWorst, n: int, *, k: int | None = None, **design: np.ndarray) -> Study:
    study = study_of(answers, n=n, k=k)
    wave = replace(study.wave(), design=Design(**design))  # type: ignore[arg-type]
    return replace(study, waves=(wave,))


def full(rng: np.random.Generator, n: int, pattern: np.ndarray) -> Study:
    return _study(rankings_of(_ranks(_scores(rng, n, pattern))), n)


def top_three(rng: np.random.Generator, n: int, pattern: np.ndarray) -> Study:
    ranks = _ranks(_scores(rng, n, pattern))
    return _study(rankings_of(np.where(ranks <= 3, ranks, 0)), n, k=3)


def clusters(rng: np.random.Generator, n: int, pattern: np.ndarray) -> Study:
    """Respondents of a cluster share part of their mind; about ten in each."""
    cluster = np.arange(n) // 10
    shared = rng.normal(size=(cluster[-1] + 1, M))[cluster]
    return _study(rankings_of(_ranks(_scores(rng, n, pattern) + 0.7 * shared)), n, cluster=cluster)


def weights(rng: np.random.Generator, n: int, pattern: np.ndarray) -> Study:
    """Lognormal weights; who has a large weight is surer of the order."""
    weight = np.exp(rng.normal(0, 0.6, n))
    ranks = _ranks(_scores(rng, n, pattern) + 0.5 * (weight > 1)[:, None] * pattern)
    return _study(rankings_of(ranks), n, weight=weight, stratum=np.arange(n) % 4)


def random_answers(rng: np.random.Generator, n: int, pattern: np.ndarray) -> Study:
    """A quarter ranks at random and misses an anchor question of four items, except by luck."""
    careless = rng.random(n) < 0.25
    ranks = _ranks(np.where(careless[:, None], rng.gumbel(size=(n, M)), _scores(rng, n, pattern)))
    study = _study(rankings_of(ranks), n)
    correct = ~careless | (rng.random(n) < 1 / 24)
    wave = replace(study.wave(), anchor=Anchor(correct, np.ones(n, bool), 4, 4))
    return replace(study, waves=(wave,))


def ties(rng: np.random.Generator, n: int, pattern: np.ndarray) -> Study:
    """Blocks drawn one after the other from the Davidson-Luce model with ties of two."""
    blocks = [*combinations(range(M), 1), *combinations(range(M), 2)]
    weight = np.array([np.exp(pattern[list(b)].mean()) * (1.0 if len(b) == 1 else 0.25) for b in blocks])
    masks = np.array([sum(1 << i for i in b) for b in blocks])
    ranks, left, place = np.zeros((n, M), int), np.full(n, (1 << M) - 1), np.ones(n, int)
    while left.any():
        fits = (masks[None, :] & ~left[:, None]) == 0
        drawn = np.argmax(np.log(weight) + np.where(fits, rng.gumbel(size=fits.shape), -np.inf), axis=1)
        here = left > 0
        members = (masks[drawn][:, None] >> np.arange(M)) & 1 == 1
        ranks[here[:, None] & members] = np.broadcast_to(place[:, None], ranks.shape)[here[:, None] & members]
        left, place = np.where(here, left & ~masks[drawn], 0), place + 1
    return _study(rankings_of(ranks), n)


def _of_tasks(pattern: np.ndarray, n: int, each: int) -> np.ndarray:
    """(n * each, M) the pattern of whoever answers a task."""
    return np.broadcast_to(pattern, (n, M)).repeat(each, axis=0)


def pairs(rng: np.random.Generator, n: int, pattern: np.ndarray) -> Study:
    """Three pairs a respondent, some tied (Davidson 1970); the pattern is one for all, (M,), or (n, M)."""
    each = 3
    offered = np.zeros((n * each, M), bool)
    pair = np.argsort(rng.random((n * each, M)), axis=1)[:, :2]
    np.put_along_axis(offered, pair, True, axis=1)
    t = np.take_along_axis(_of_tasks(pattern, n, each), pair, axis=1)
    utility = np.column_stack([t, t.mean(axis=1) + np.log(0.5)]) + rng.gumbel(size=(len(pair), 3))
    outcome = np.array([[1, 2], [2, 1], [1, 1]])[utility.argmax(axis=1)]
    ranks = np.zeros(offered.shape, int)
    np.put_along_axis(ranks, pair, outcome, axis=1)
    answers = replace(rankings_of(ranks, offered), respondent=np.arange(n).repeat(each))
    return _study(answers, n)


def best_worst(rng: np.random.Generator, n: int, pattern: np.ndarray) -> Study:
    """Three tasks of four items a respondent; the ordered pair (best, worst) is drawn. Patterns as in `pairs`."""
    each = 3
    shown = np.argsort(np.argsort(rng.random((n * each, M)), axis=1), axis=1) < 4
    first, second = np.nonzero(~np.eye(M, dtype=bool))
    fits = shown[:, first] & shown[:, second]
    own = _of_tasks(pattern, n, each)
    utility = np.where(fits, own[:, first] - own[:, second] + rng.gumbel(size=fits.shape), -np.inf)
    drawn = utility.argmax(axis=1)
    rows = n * each
    answers = BestWorst(items_of(M), shown, first[drawn], second[drawn], np.arange(n).repeat(each), np.ones(rows))
    return _study(answers, n)


def selections(rng: np.random.Generator, n: int, pattern: np.ndarray) -> Study:
    """Lenient and strict respondents mark what is above their own line (the Rasch model)."""
    line = rng.normal(-0.4, 1, (n, 1))
    marked = rng.random((n, M)) < 1 / (1 + np.exp(-(pattern + line)))
    return _study(replace(rankings_of(marked.astype(int)), selection=True), n)


def single_choices(rng: np.random.Generator, n: int, pattern: np.ndarray) -> Study:
    chosen = _ranks(_scores(rng, n, pattern)) == 1
    return _study(replace(rankings_of(chosen.astype(int)), selection=True), n)


def ratings(rng: np.random.Generator, n: int, pattern: np.ndarray) -> Study:
    """Five levels; a respondent who finds one thing severe finds the others severe too."""
    score = np.clip(np.round(3 + pattern + rng.normal(size=(n, 1)) * 0.8 + rng.normal(size=(n, M))), 1, 5)
    return _study(Ratings(items_of(M), score, np.zeros((n, M), bool), _scale(5), np.arange(n)), n)


def points(rng: np.random.Generator, n: int, pattern: np.ndarray) -> Study:
    share = rng.gamma(np.exp(pattern), size=(n, M))
    score = np.floor(100 * share / share.sum(axis=1, keepdims=True))
    score[np.arange(n), score.argmax(axis=1)] += 100 - score.sum(axis=1)
    return _study(Ratings(items_of(M), score, np.zeros((n, M), bool), _scale(100), np.arange(n), total=100.0), n)


def _scale(top: int) -> Scale:
    return Scale(tuple(Level(float(v), {"en": str(v)}) for v in range(1, top + 1)))


SCENARIOS = (
    Scenario("full rankings", "plackett-luce", full, True),
    Scenario("top 3 of 6", "plackett-luce", top_three, True),
    Scenario("rankings with ties", "plackett-luce", ties, True),
    Scenario("clusters of 10", "plackett-luce", clusters, False),
    Scenario("weights and strata", "plackett-luce", weights, False),
    Scenario("a quarter answers at random", "plackett-luce", random_answers, True, (("random_answers", "anchor"),)),
    Scenario("ties, Efron's reading", "plackett-luce-efron", ties, False),
    Scenario("full rankings", "mean-rank", full, False),
    Scenario("full rankings", "first-choice", full, False),
    Scenario("top 3 of 6", "top-k", top_three, False, (("k", 3),)),
    Scenario("top 3 of 6", "borda", top_three, False),
    Scenario("three pairs each, ties", "bradley-terry", pairs, True),
    Scenario("three tasks each", "maxdiff", best_worst, True),
    Scenario("three tasks each", "best-minus-worst", best_worst, False),
    Scenario("select all that apply", "share", selections, False),
    Scenario("one choice each", "share", single_choices, False),
    Scenario("select all that apply", "set-choice", selections, True),
    Scenario("ratings 1 to 5", "mean-severity", ratings, False),
    Scenario("100 points", "points", points, False),
)
