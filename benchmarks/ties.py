"""Davidson-Luce: ties of any order, with robust errors."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.material import rankings_of, study_of, tied_rankings
from benchmarks.measure import Case
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.prepare import prepare
from obstacles.analysis.scores import SCORES
from obstacles.survey.study import Study


def cases() -> Iterator[Case]:
    for n, m in ((1_000, 12), (1_000_000, 12), (500, 20)):
        study = study_of(rankings_of(tied_rankings(n, m)), n=n)
        note = f"{m} items, ties of many orders"
        yield Case("davidson-luce-with-errors", n, partial(_fit, study), runs=5, note=note)


def _fit(study: Study) -> Estimate:
    return SCORES["plackett-luce"].fit(prepare(study.wave(), k=3)).estimate
