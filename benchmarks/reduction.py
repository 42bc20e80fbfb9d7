"""Rankings to choice-set counts, and the fit on counts, which does not know how many respondents there were."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.material import full_rankings
from benchmarks.measure import Case
from obstacles.analysis.choice.choice_sets import ChoiceCounts, choice_counts, choices
from obstacles.analysis.choice.plackett_luce_fit import WorthFit, fit_counts

M = 12


def cases() -> Iterator[Case]:
    few = _counts(full_rankings(1_000, M))
    yield Case("fit-after-reduction", 1_000, partial(fit_counts, few), runs=15)
    for n in (10_000, 100_000, 1_000_000):
        ranks = full_rankings(n, M)
        counts = _counts(ranks)
        yield Case(
            "fit-after-reduction",
            n,
            partial(fit_counts, counts),
            "the same after 1,000 respondents",
            partial(_few, few),
            runs=15,
            note="ratio = seconds for 1,000 over seconds for n",
        )
        if n == 1_000_000:
            yield Case("reduce-full-rankings", n, partial(_counts, ranks), runs=5)


def _few(counts: ChoiceCounts) -> WorthFit:
    return fit_counts(counts)


def _counts(ranks: np.ndarray) -> ChoiceCounts:
    return choice_counts(choices(ranks, np.ones(ranks.shape, bool)), np.ones(len(ranks)))
