"""Claims of a ranking: intervals, rank sets, tiers, the winner, the first three, and that the items differ at all."""

from __future__ import annotations

import numpy as np

from benchmarks.edges.claims import FOUND, REFUSED, Claims, misses
from benchmarks.edges.surveys import Situation, survey, truth_of
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.ranking.rank import rank

DRAWS, PLACES = 1_000, 3


def ranking(rng: np.random.Generator, at: Situation, n: int) -> Claims:
    """One survey ranked; true of the items is the pattern of the situation."""
    study, truth = survey(rng, at, n), truth_of(at)
    try:
        found = rank(study, draws=DRAWS, frequencies=False)
    except ModelError:
        return {REFUSED: 1.0}
    larger = truth[:, None] > truth + 1e-9  # item by row above item by column
    best, worst = 1 + larger.sum(axis=0), len(truth) - larger.sum(axis=1)
    ends: list[tuple[float | None, float | None]] = [(None, None)] * len(truth)
    for row, i in zip(found.rows, found.order, strict=True):
        ends[int(i)] = tuple(row["interval"]) if row["interval"] else (None, None)
    made: Claims = {REFUSED: 0.0, **misses(ends, truth)}
    if found.simultaneous is not None:
        sets, tier = found.simultaneous, found.tier
        made["rank set"] = float(((sets.low > best) | (sets.high < worst)).any())
        made["tier"] = float(((tier[:, None] < tier) & ~larger).any())
    else:
        made["rank set"] = made["tier"] = 0.0
    surely = {item.id for item in found.among_first(PLACES)[0]}
    made["first three"] = float(any(item.id in surely and worst[i] > PLACES for i, item in enumerate(found.items)))
    named = found.headline.leaders[0] if found.headline.kind == "clear" else None
    made["winner"] = float(named is not None and worst[named] > 1)
    if (worst == 1).any():
        made[FOUND + "winner"] = float(named is not None and worst[named] == 1)
    for test in found.tests:
        if test.name not in ("winner", "Kendall's W") and np.isfinite(test.p):
            made[test.name if not larger.any() else FOUND + test.name] = float(test.p <= 0.05)
    return made
