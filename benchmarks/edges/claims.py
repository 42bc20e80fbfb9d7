"""What a survey claims: each claim is 1 where it is false, 0 where not, and of intervals the part that misses.

What was rightly found stands under a name that begins with `FOUND`. Where a claim is not offered it is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from obstacles.analysis.inference.estimate import Test

Claims = dict[str, float]
FOUND = "found: "
REFUSED = "refused"
CRASH = "crash"
EDGE = 1e-9


def below(test: Test | None) -> float:
    """Whether a test says that there is something; one that is not made says nothing."""
    return float(test is not None and test.p <= 0.05)


def misses(ends: Iterable[tuple[float | None, float | None]], truth: Sequence[float] | np.ndarray) -> Claims:
    """The part of the intervals shown that miss the truth; nothing where none is shown."""
    shown = [
        not low - EDGE <= value <= high + EDGE
        for (low, high), value in zip(ends, truth, strict=True)
        if low is not None and high is not None and np.isfinite([low, high]).all()
    ]
    return {"interval": float(np.mean(shown))} if shown else {}


def of_verdicts(verdicts: Sequence[str], moved: np.ndarray, signs: Mapping[str, int]) -> tuple[float, float]:
    """Whether some verdict with a sign is wrong about (m,) true changes, and the part of these that is rightly told."""
    sign = np.array([signs.get(one, 0) for one in verdicts])
    wrong = float(((sign != 0) & (sign != np.sign(moved))).any())
    return wrong, float((sign == np.sign(moved))[moved != 0].mean()) if moved.any() else float("nan")
