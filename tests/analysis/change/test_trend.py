"""Trends where a wave is small and an item is rare: nothing is certain because nobody marked it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from obstacles.analysis.change.comparability import Comparability
from obstacles.analysis.change.items import Rules
from obstacles.analysis.change.pair import Pair
from obstacles.analysis.change.trend import Trend, trend
from obstacles.analysis.kinds import form_of
from obstacles.analysis.prepare import prepare
from obstacles.analysis.subpopulation import open_side

SIZES = (200, 200, 200, 200, 20)


def _trend(build: Any, marks: Sequence[np.ndarray]) -> Trend:
    waves = [
        replace(build.study(build.rankings(own.astype(np.int16), selection=True)).wave(), fieldwork=None)
        for own in marks
    ]
    sides = [
        open_side(str(i), wave, np.ones(len(own), bool), k=3, whole=prepare(wave, k=3))
        for i, (wave, own) in enumerate(zip(waves, marks, strict=True))
    ]
    k = len(waves)
    found = Comparability(
        tuple(str(i) for i in range(k)), sides[0].order.items, (), (), 3, tuple(map(form_of, waves)), {}, ()
    )
    pairs = {(i, j): Pair(sides[i], sides[j]) for j in range(k) for i in range(j)}
    made = trend(sides, pairs, found, Rules())
    assert made is not None
    return made


def _marked(counts: Sequence[int], sizes: Sequence[int] = SIZES) -> list[np.ndarray]:
    """An item marked by so many people in each wave, and one by every second."""
    return [np.column_stack([np.arange(n) < count, np.arange(n) % 2]) for count, n in zip(counts, sizes, strict=True)]


def test_a_small_wave_in_which_nobody_marks_an_item_makes_no_trend(build: Any) -> None:
    """12 of 200 in four waves and 0 of 20 in the last (Fisher: p = .62) was called falling."""
    found = _trend(build, _marked((12, 12, 12, 12, 0)))
    assert found.verdict == ("no trend shown", "no trend shown")
    assert found.p[0] > 0.2
    assert found.low[0] < 0 < found.high[0]


def test_the_interval_is_price_and_bonetts(build: Any) -> None:
    """2 / k answers added at either end in each wave, written out; t instead of the normal quantile."""
    counts = np.array((12, 9, 14, 12, 1))
    found, size = _trend(build, _marked(tuple(counts))), np.array(SIZES, float)
    n = size - 1  # the design divides by it
    contrast = (np.arange(5) - 2) / 10
    added = 2 / 4  # the middle wave has no part in the slope
    share = (n * counts / size + added) / (n + 2 * added)
    parts = contrast**2 * share * (1 - share) / (n + 2 * added)
    df = parts.sum() ** 2 / (parts**2 / (size - 1)).sum()
    centre, half = contrast @ share, stats.t.ppf(0.975, df) * np.sqrt(parts.sum())
    assert (found.low[0], found.high[0]) == pytest.approx((centre - half, centre + half), rel=1e-9)
    assert found.slope[0] == pytest.approx(contrast @ (counts / size))


def test_a_clear_trend_is_found(build: Any) -> None:
    found = _trend(build, _marked((20, 30, 42, 50, 62), (200,) * 5))
    assert found.verdict == ("rising", "no trend shown")


@pytest.mark.parametrize("share", [0.05, 0.95])
def test_rare_items_rise_or_fall_in_at_most_five_percent_of_surveys(build: Any, share: float) -> None:
    rng, runs = np.random.default_rng(3), 80
    false = 0
    for _run in range(runs):
        found = _trend(build, [rng.random((n, 4)) < share for n in SIZES])
        false += any(verdict in ("rising", "falling") for verdict in found.verdict)
    assert false <= 9  # 80 surveys at 5 %: ten or more in 0.9 % of runs; before, 46 of 80
