"""Where the parts of one result do not agree with each other: intervals, rank sets, headline, tests, verdicts.

Each function yields what is wrong in words, and nothing of a sound result.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np

from obstacles.analysis.change.items import ItemChanges
from obstacles.analysis.change.result import Change
from obstacles.analysis.ranking.result import Ranking

SAME = 1e-9


def in_ranking(found: Ranking) -> Iterator[str]:
    """Of one ranking."""
    return chain(_intervals(found), _sets(found), _headline(found))


def _intervals(found: Ranking) -> Iterator[str]:
    shown, ends = found.shown, ~np.isnan(found.shown.low)
    value, low, high = (part[ends] for part in (shown.value, shown.low, shown.high))
    if (low > value + SAME).any() or (high < value - SAME).any():
        yield "an interval without its estimate"
    worths = found.estimate.display_scale == "worth"
    least, most = (0.0, 1.0) if worths else found.estimate.bounds
    if (low < least - SAME).any() or (high > most + SAME).any():
        yield f"an interval beyond {least} to {most}"
    if (high - low <= 0).any() and found.estimate.base + 1 < found.estimate.population:  # one person says little
        yield "an interval without width"
    if found.estimate.df < 1 and ends.any():
        yield "an interval on no degrees of freedom"
    if worths and len(value) == len(shown.value) == 2 and np.abs(low + high[::-1] - 1).max() > SAME:
        yield "two items whose intervals do not agree"


def _sets(found: Ranking) -> Iterator[str]:
    sets, known = found.simultaneous, ~np.isnan(found.shown.value)
    if sets is None:
        return
    if not ((sets.low <= found.rank) & (found.rank <= sets.high))[known].all():
        yield "a rank outside its set"
    if sets.low[found.order[0]] != 1:
        yield "the sample's first is ruled out of the first place"
    narrow = (sets.high - sets.low < known.sum() - 1)[known].any()
    if narrow and found.estimate.df < 1:
        yield "an order on no degrees of freedom"
    if narrow and sets.units and sets.units < 6:
        yield "an order from fewer than six units"


def _headline(found: Ranking) -> Iterator[str]:
    """The winner test decides a clear first, and every pair has the p-value that the winner test takes."""
    head, sets, value = found.headline, found.simultaneous, found.estimate.value
    test = head.winner_test
    clear = test is not None and test.p <= 1 - found.level and sets is not None
    if (head.kind == "clear") != clear and head.kind != "nothing":
        yield f"headline {head.kind} beside the winner test {test}"
    if head.kind == "clear" and head.leaders[0] != found.order[0]:
        yield "another first than the sample's"
    pairs, first = found.pairs(), int(found.order[0])
    others = [j for j in range(len(value)) if j != first and not np.isnan(value[j])]
    if pairs is None or test is None or "binomial" in test.note or value[others].max() >= value[first] - SAME:
        return
    p = max(pairs.p[first, j] for j in others)
    if abs(p - test.p) > 1e-6:
        yield f"pairs say p = {p:.4f} of the first, the winner test {test.p:.4f}"


def in_change(found: Change) -> Iterator[str]:
    """Of one comparison: every pair of sides, and the headline of the first and the last."""
    for pair in found.pairs:
        for changes in (pair.level, pair.worth):
            if changes is not None:
                yield from _changes(changes, alpha=1 - found.rules.level)
    head, verdicts, alpha = found.headline, found.main.verdicts, 1 - found.rules.level
    test = found.main.homogeneity
    if head.whole != (test is not None and test.p <= alpha) and head.kind not in ("order", "descriptive"):
        yield f"headline says whole = {head.whole}, the test of the list {test}"
    if found.main.compared and verdicts is not None:
        told = {"up": set(head.up), "down": set(head.down)}
        for verdict, items in told.items():
            if items != {i for i, own in enumerate(verdicts.verdict) if own == verdict}:
                yield f"headline and verdicts differ on {verdict}"
        if head.kind == "none" and (any(told.values()) or head.whole):
            yield "no change can be shown beside a change that is"
        if head.kind == "within" and any(told.values()):
            yield "nothing changed beside a change"
    elif head.up or head.down:
        yield "up or down where levels are not compared"


def _changes(found: ItemChanges, *, alpha: float) -> Iterator[str]:
    """Verdict, p-value and interval of each item."""
    for i in np.flatnonzero(found.compared):
        verdict, p = found.verdict[i], found.p_adjusted[i]
        if (verdict in ("up", "down", "changed, but less than x")) != bool(p <= alpha):
            yield f"verdict {verdict} at p = {p:.4f}"
        if verdict in ("up", "down") and (found.difference[i] > 0) != (verdict == "up"):
            yield f"{verdict} by {found.difference[i]:.4f}"
        low, high = found.low[i], found.high[i]
        if np.isnan(low):
            continue
        if low > found.difference[i] + SAME or high < found.difference[i] - SAME:
            yield f"a change of {found.difference[i]:.4f} outside {low:.4f} to {high:.4f}"
        if high - low <= 0:
            yield "a change whose interval has no width"
