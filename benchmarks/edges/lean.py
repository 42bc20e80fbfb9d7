"""Only what a claim is read from is computed, so that the table takes an hour or two: what is tested stays the same.

Tests by flips and permutations have the level they state with 999 of them as with 9,999, for the observed answers are
one of all. What no claim of the table reads is left out: effects and checks of assumptions, agreement of orders, middle
waves of trends, tests of equal worths inside comparisons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from obstacles.analysis.change import compare as comparing
from obstacles.analysis.inference.flips import flip
from obstacles.analysis.inference.score_homogeneity import score_homogeneity
from obstacles.analysis.regression.likelihoods.mixture import fit_mixture

FLIPS = 999
STARTS, GRADIENT = 6, 1e-4  # of mixtures: BIC of one class and two as with 12 starts and 1e-7 to a point, margins are 6
ROOM = "obstacles.analysis"
LIMITED = ("ranking.rank", "ranking.checks", "regression.regress", "disclosure.release.batch", "change.compare")


@dataclass(frozen=True)
class NoPair:
    """Two waves of which nothing is read."""

    first: int
    second: int


@contextmanager
def lean() -> Iterator[None]:
    """Fewer flips, fewer starts, one look at the threads for all surveys, no effects and no checks of assumptions."""
    with ExitStack() as stack:
        for made in (flip, score_homogeneity):
            stack.enter_context(patch.dict(made.__kwdefaults__, draws=FLIPS))
        stack.enter_context(patch(f"{ROOM}.scores.equal_worths.PERMUTATIONS", FLIPS))
        stack.enter_context(patch.dict(fit_mixture.__kwdefaults__, starts=STARTS, kept=1))
        stack.enter_context(patch(f"{ROOM}.regression.likelihoods.mixture.GRADIENT", GRADIENT))
        for module in LIMITED:
            stack.enter_context(patch(f"{ROOM}.{module}.threadpool_limits", lambda _n: nullcontext()))
        for place in ("severity.kind.severity_effects", "severity.kind.assumption_checks", "selection._effects"):
            stack.enter_context(patch(f"{ROOM}.regression.kinds.{place}", _nothing))
        yield


@contextmanager
def lean_comparison(*, pairs: bool) -> Iterator[None]:
    """Of a comparison levels, ranks and tests of the list; without `pairs` of the first and the last side alone."""
    with ExitStack() as stack:
        stack.enter_context(patch(f"{ROOM}.scores.worths.equal_worths", _nothing))
        for place in ("pairs.permutation_of_tau", "pairs.order_agreement", "compare.leader_of"):
            stack.enter_context(patch(f"{ROOM}.change.{place}", lambda *_given, **_named: None))
        stack.enter_context(patch(f"{ROOM}.change.compare._why", lambda *_given: comparing.Why()))
        if not pairs:
            stack.enter_context(patch(f"{ROOM}.change.compare.pair_change", _main_alone(comparing.pair_change)))
        yield


def _main_alone(pair_change: Any) -> Any:
    def made(key: tuple[int, int], *given: Any, main: bool) -> Any:
        return pair_change(key, *given, main=main) if main else NoPair(*key)

    return made


def _nothing(*_given: Any, **_named: Any) -> Sequence[Any]:
    return ()
