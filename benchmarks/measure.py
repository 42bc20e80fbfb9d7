"""One measurement: ours and the peer checked for the same numbers, then timed in turn (A B A B ...) in one process.

Read ratios, not seconds: the ratio is the median of the runs' ratios. A run of a function that takes less than
`SHORTEST` seconds repeats it so long and counts the mean (as timeit does), for either side. Memory is the peak above
what was there before.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

SHORTEST = 0.05
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Case:
    """What is measured. `ours` and `peer` take nothing and return what `agreement` compares."""

    name: str
    n: int
    ours: Callable[[], Any]
    peer_name: str | None = None
    peer: Callable[[], Any] | None = None
    agreement: Callable[[Any, Any], float] | None = None  # largest difference of the two results
    tolerance: float = 1e-6
    runs: int = 7
    peer_seconds: Callable[[Any], float] | None = None  # of the peer's result, where the peer measures itself
    times_peer: int = 1  # the peer is run once and stands for so many runs
    note: str = ""


class DisagreementError(AssertionError):
    """Ours and the peer do not give the same numbers: their times would mean nothing."""


def measure(case: Case) -> dict[str, Any]:
    """Run one case and describe it."""
    _settle()
    result = case.ours()  # also warms caches
    agreement = None
    if case.peer is not None and case.agreement is not None:
        agreement = case.agreement(result, case.peer())
        if not agreement <= case.tolerance:
            raise DisagreementError(f"{case.name}, n = {case.n:,}: {agreement:.2e} from {case.peer_name}")
    del result
    peak = peak_mib(case.ours)
    ours, peer, ratios = [], [], []
    often = _repeats(case.ours)
    peer_often = _repeats(case.peer) if case.peer is not None and case.peer_seconds is None else 1
    for _run in range(case.runs):
        mine = _seconds(case.ours, often)[0]
        ours.append(mine)
        if case.peer is not None:
            theirs, found = _seconds(case.peer, peer_often)
            theirs = case.peer_seconds(found) if case.peer_seconds is not None else theirs
            found = None  # what one side holds the other could not use again
            peer.append(theirs * case.times_peer)
            ratios.append(peer[-1] / mine)
    return {
        "name": case.name,
        "n": case.n,
        "ours_s": median(ours),
        "peer": case.peer_name,
        "peer_s": median(peer) if peer else None,
        "ratio": median(ratios) if ratios else None,
        "agreement": agreement,
        "peak_mib": peak,
        "runs": case.runs,
        "note": case.note,
    }


def _settle() -> None:
    """Free a large array once: the allocator then keeps memory, as it does in any process that has read a file."""
    np.ones(2_000_000)


def _repeats(function: Callable[[], Any]) -> int:
    """How often a function is called in one run, so that the run lasts."""
    return max(1, round(SHORTEST / max(_seconds(function, 1)[0], 1e-9)))


def _seconds(function: Callable[[], Any], often: int) -> tuple[float, Any]:
    """Mean seconds of one call, and the last result."""
    gc.collect()
    start = perf_counter()
    for _call in range(often):
        result = function()
    return (perf_counter() - start) / often, result


def peak_mib(function: Callable[[], Any]) -> float | None:
    """Peak memory above what was there before, in MiB; None where the system does not tell."""
    if not STATUS.exists():
        return None
    gc.collect()
    try:
        CLEAR.write_text("5")  # the peak starts anew
    except OSError:
        return None
    before = _kib("VmRSS")
    function()
    return max(_kib("VmHWM") - before, 0) / 1024


def _kib(name: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1])
