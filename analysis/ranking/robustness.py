"""Is the ranking robust? The same method on the same answers without the flagged respondents, without weights, and on
complete answers only.

A rerun is what the report would say had the study file left these respondents, or the weights, out: shares, errors and
raking are worked out anew. It gives ranks and no levels: a level beside that of all respondents would tell what the few
who differ have answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from obstacles.analysis.prepare import ModelError, Prepared, handed_on
from obstacles.analysis.ranking.methods import mid_ranks
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.ranking.result import Ranking
from obstacles.analysis.subpopulation import people
from obstacles.survey.answers import Published
from obstacles.survey.formats.base import of_respondents
from obstacles.survey.loading.quality import IN_PART
from obstacles.survey.study import Design, Replicates, Study, Wave
from obstacles.text.language import _

Other = tuple[np.ndarray, Wave]  # (n,) bool, the respondents of the wave who are kept, and the wave in another way


@dataclass(frozen=True)
class Rerun:
    """The ranking once more, in one other way."""

    name: str  # a key of RERUNS
    respondents: int
    ranks: np.ndarray  # (m,) mid-ranks, NaN without a value
    tau: float  # Kendall's tau-b with the report's own ranks
    first: tuple[int, ...]  # items with rank 1
    moves: np.ndarray  # (m,) rank here - rank in the report
    outside: tuple[int, ...]  # items whose rank is outside the report's own rank set
    same_headline: bool  # the tests say the same of the first place
    refused: str = ""  # why the ranking could not be made; the figures are then empty


@dataclass(frozen=True)
class Robustness:
    """All reruns that differ from the report's own ranking in whom or what they use."""

    ranks: np.ndarray  # (m,) the report's own mid-ranks
    reruns: tuple[Rerun, ...]
    signs: Mapping[str, int]  # sign of a careless or partial answer that was looked for -> respondents who show it
    flagged: int  # respondents with any sign of a careless answer
    weighted: bool


def robustness(study: Study, ranking: Ranking, *, k: int, prepared: Prepared | None = None) -> Robustness:
    """Rerun a ranking without what may be doubted.

    Parameters
    ----------
    ranking : Ranking
        The report's own.
    k : int
        Places that count for the top-k share, as in `ranking`.
    prepared : Prepared, optional
        The wave, where it is prepared already.
    """
    wave = study.wave(ranking.wave)
    own = mid_ranks(ranking.estimate.value)
    if isinstance(wave.answers, Published):
        return Robustness(own, (), {}, 0, False)
    sample = handed_on(prepared, wave, k=k).sample
    others = [(name, other) for name, make in RERUNS.items() if (other := make(wave)) is not None]
    return Robustness(
        ranks=own,
        reruns=tuple(
            _rerun(name, study, other, people(sample, keep), ranking, own, k) for name, (keep, other) in others
        ),
        signs={sign: people(sample, mask) for sign, mask in wave.flags.items()},
        flagged=people(sample, flagged(wave)),
        weighted=_weighted(wave),
    )


def flagged(wave: Wave) -> np.ndarray:
    """(n,) bool: respondents with any sign of a careless answer; an answer in part is none."""
    found = np.zeros(len(wave.respondents), bool)
    for sign, mask in wave.flags.items():
        if sign != IN_PART:
            found |= mask
    return found


def _unflagged(wave: Wave) -> Other | None:
    return _only(wave, ~flagged(wave))


def _complete(wave: Wave) -> Other | None:
    partial = wave.flags.get(IN_PART)
    return None if partial is None else _only(wave, ~partial)


def _unweighted(wave: Wave) -> Other | None:
    if not _weighted(wave):
        return None
    design = replace(wave.design, weight=None, margins=(), trim=None, replicates=None)
    return np.ones(len(wave.respondents), bool), replace(wave, design=design)


RERUNS: dict[str, Callable[[Wave], Other | None]] = {  # name -> the wave in another way; None where that is no other
    "unflagged": _unflagged,
    "unweighted": _unweighted,
    "complete": _complete,
}


def _weighted(wave: Wave) -> bool:
    weight = wave.design.weight
    return bool(wave.design.margins) or (weight is not None and bool(len(weight)) and bool(np.ptp(weight) > 0))


def _only(wave: Wave, keep: np.ndarray) -> Other | None:
    """The wave with some of its respondents; None where that leaves out nobody."""
    if keep.all():
        return None
    return keep, replace(
        wave,
        answers=of_respondents(wave.answers, keep),
        respondents=wave.respondents[keep].reset_index(drop=True),
        design=_design(wave.design, keep),
        flags={sign: mask[keep] for sign, mask in wave.flags.items()},
        anchor=None,
        capability=None,
        panel=None if wave.panel is None else wave.panel[keep],
    )


def _design(design: Design, keep: np.ndarray) -> Design:
    def part(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else values[keep]

    replicates: Replicates | None = None
    if design.replicates is not None:
        replicates = replace(design.replicates, weight=design.replicates.weight[keep])
    return replace(
        design,
        weight=part(design.weight),
        stratum=part(design.stratum),
        cluster=part(design.cluster),
        population=part(design.population),
        replicates=replicates,
        margins=tuple(replace(margin, code=margin.code[keep]) for margin in design.margins),
    )


def _rerun(name: str, study: Study, other: Wave, n: int, ranking: Ranking, own: np.ndarray, k: int) -> Rerun:
    from scipy import stats

    nothing = np.full(len(own), np.nan)
    empty = Rerun(name, n, nothing, np.nan, (), nothing, (), False)
    if n < max(study.settings.privacy.min_group, 2):
        return replace(empty, refused=_("too few respondents are left."))
    try:
        found = rank(
            replace(study, waves=(other,)),
            model=ranking.model,
            level=ranking.level,
            k=k,
            seed=ranking.seed,
            frequencies=False,
        )
    except ModelError as error:
        return replace(empty, refused=str(error))
    ranks = mid_ranks(found.estimate.value)
    known = ~np.isnan(ranks) & ~np.isnan(own)
    sets = ranking.simultaneous
    outside: tuple[int, ...] = ()
    if sets is not None:
        beyond = known & ((found.rank < sets.low) | (found.rank > sets.high))
        outside = tuple(int(i) for i in np.flatnonzero(beyond))
    return replace(
        empty,
        ranks=ranks,
        tau=float(stats.kendalltau(own[known], ranks[known]).statistic) if known.sum() > 1 else np.nan,
        first=tuple(int(i) for i in np.flatnonzero(found.rank == 1)),
        moves=ranks - own,
        outside=outside,
        same_headline=_headline(found) == _headline(ranking),
    )


def _headline(ranking: Ranking) -> tuple[str, tuple[int, ...]]:
    return ranking.headline.kind, tuple(sorted(ranking.headline.leaders))
