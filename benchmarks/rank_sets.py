"""Simultaneous and marginal rank sets from 100,000 draws."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.material import items_of
from benchmarks.measure import Case
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.rank_sets import RankSets, rank_sets

N = 600


def cases() -> Iterator[Case]:
    for m, simultaneous, runs in ((12, True, 7), (50, True, 7), (50, False, 5), (200, True, 1)):
        kind = "simultaneous" if simultaneous else "marginal"
        ours = partial(_sets, _estimate(m), simultaneous)
        yield Case(f"rank-sets-{kind}", m, ours, runs=runs, note="n is the number of items")


def _estimate(m: int) -> Estimate:
    rng = np.random.default_rng(0)
    answers = rng.normal(size=(N, m)) @ (np.eye(m) + 0.05 * rng.normal(size=(m, m))) * rng.uniform(0.6, 1.4, m)
    value, base = 0.1 * rng.normal(size=m), np.full(m, N)
    return Estimate(items_of(m), "x", "x", "mean", value, np.cov(answers.T) / N, N, base, N, N - 1)


def _sets(estimate: Estimate, simultaneous: bool) -> RankSets | None:
    return rank_sets(estimate, df=N - 1, simultaneous=simultaneous)
