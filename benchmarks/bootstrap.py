"""2,000 exact bootstrap refits with rank frequencies, against refits by choix (one is timed and stands for all)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from benchmarks.material import full_rankings, rankings_of, study_of
from benchmarks.measure import Case
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.prepare import prepare
from obstacles.analysis.ranking.bootstrap import RankFrequency, rank_frequency
from obstacles.analysis.scores import SCORES
from obstacles.analysis.scores.base import Fit

REPLICATES, M = 2_000, 12


def cases() -> Iterator[Case]:
    for n in (1_000, 10_000):
        ranks = full_rankings(n, M)
        prepared = prepare(study_of(rankings_of(ranks), n=n).wave(), k=3)
        ours = partial(_frequencies, SCORES["plackett-luce"].fit(prepared), prepared.sample)
        peer = _choix(ranks)
        yield Case(
            "bootstrap-2000-refits",
            n,
            ours,
            "choix.ilsr_rankings, 2,000 times" if peer else None,
            peer,
            runs=3,
            times_peer=REPLICATES,
            note="the peer's seconds are extrapolated from one refit" if peer else "",
        )


def _frequencies(fit: Fit, sample: SurveyDesign) -> RankFrequency | None:
    return rank_frequency(fit, sample, replicates=REPLICATES)


def _choix(ranks: np.ndarray) -> Callable[[], object] | None:
    try:
        import choix
    except ModuleNotFoundError:
        return None
    rng = np.random.default_rng(1)
    drawn = ranks[rng.integers(0, len(ranks), len(ranks))]
    orders = [tuple(row) for row in np.argsort(drawn, axis=1).tolist()]
    return partial(choix.ilsr_rankings, ranks.shape[1], orders)
