"""`rank` as a user calls it: a million respondents, and two hundred items."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.material import full_rankings, rankings_of, study_of
from benchmarks.measure import Case
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.ranking.result import Ranking
from obstacles.survey.study import Study


def cases() -> Iterator[Case]:
    n = 1_000_000
    study = study_of(rankings_of(full_rankings(n, 12)), n=n)
    note = "12 items; estimate, errors, tests, rank sets and rank frequencies"
    yield Case("rank-in-memory", n, partial(_rank, study, True), runs=5, note=note)
    n, m, k = 2_000, 200, 10
    ranks = full_rankings(n, m, seed=1)
    study = study_of(rankings_of(np.where(ranks <= k, ranks, 0).astype(np.int16)), n=n, k=k)
    note = "200 items, top 10; without rank frequencies"
    yield Case("rank-in-memory", n, partial(_rank, study, False), runs=1, note=note)


def _rank(study: Study, frequencies: bool) -> Ranking:
    return rank(study, frequencies=frequencies)
