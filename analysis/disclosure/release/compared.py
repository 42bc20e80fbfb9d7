"""What follows from the figures as they are shown: differences from the rest, pooled shares, places on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from obstacles.analysis.disclosure.figures import Share
from obstacles.analysis.disclosure.release.figures import Compared, GapRow
from obstacles.analysis.disclosure.release.groups import Batch
from obstacles.analysis.gaps.compare import pooled_shares, share_difference
from obstacles.analysis.gaps.gap import Staff, effective_numbers, estimate
from obstacles.analysis.gaps.measures import position
from obstacles.analysis.inference.rank_sets import rank_sets
from obstacles.analysis.inference.tiers import tiers

MOST_STEP = 0.02  # with a whole that is shown less finely than this nothing is compared
DRAWS = 20_000  # of the rank sets that name the largest gaps
MOST_NAMED = 3  # capabilities that a manager is told to begin with


def comparing_n(staff: Staff, inside: np.ndarray) -> np.ndarray:
    """(q,) effective numbers of respondents, without the finite population correction, as whole numbers."""
    return np.asarray(np.rint(effective_numbers(estimate(staff, inside, "below"), 1.0)[1]))


def compare(batch: Batch, name: str, rows: list[GapRow], whole: list[GapRow]) -> list[GapRow]:
    """The rows of a group with the difference of their shares from those of everybody else."""
    if name == "":
        return rows
    staff, inside = batch.staff, batch.partition.inside(name)
    weight = np.where(staff.paired, staff.sample.weight[:, None], 0.0)
    part = weight[inside].sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-12)
    found = compared(
        [row.below for row in rows],
        [row.below for row in whole],
        part,
        comparing_n(staff, inside),
        comparing_n(staff, ~inside) if not inside.all() else np.zeros(len(rows)),
        batch.level,
    )
    return [replace(row, compared=one) for row, one in zip(rows, found, strict=True)]


def compared(
    own: Sequence[Share],
    whole: Sequence[Share],
    part: np.ndarray,
    n: np.ndarray,
    rest_n: np.ndarray,
    level: float,
) -> list[Compared | None]:
    """Differences of shares from those of everybody else, worked out from the shares as they are shown.

    Parameters
    ----------
    part : (q,) array
        The group's part of the whole's weight.
    n, rest_n : (q,) arrays
        Effective numbers of respondents.
    """
    shares, totals = np.array([shown(one) for one in own]), np.array([shown(one) for one in whole])
    totals = np.where([one.step > MOST_STEP for one in whole], np.nan, totals)
    rest = np.clip((totals - part * shares) / np.where(part < 1, 1 - part, np.nan), 0, 1)
    found = share_difference(shares, n, rest, rest_n, level=level)
    made: list[Compared | None] = []
    for i in range(len(shares)):
        if np.isnan(found.value[i]):
            made.append(None)
            continue
        others, value, low, high = (round(float(one[i]), 2) for one in (rest, found.value, found.low, found.high))
        made.append(Compared(others, value, low, high, bool(found.p_adjusted[i] <= 1 - level)))
    return made


def shown(share: Share) -> float:
    """The share as it is shown; nan where it is hidden."""
    return float("nan") if share.value is None else share.value


def pool(batch: Batch, j: int, rows: dict[str, list[GapRow]]) -> None:
    """Add partially pooled shares of one capability."""
    names = [name for name in rows if name and rows[name][j].below.value is not None]
    shares = np.array([shown(rows[name][j].below) for name in names])
    sizes = np.array([comparing_n(batch.staff, batch.partition.inside(name))[j] for name in names])
    found = pooled_shares(shares, sizes, level=batch.level) if names else None
    if found is None:
        return
    for i, name in enumerate(names):
        value, low, high = (round(float(part[i]), 2) for part in (found.value, found.low, found.high))
        rows[name][j] = replace(rows[name][j], pooled=(value, low, high))


def place(rows: list[GapRow], line: float | None) -> list[GapRow]:
    """The rows with their places on the priority map."""
    if line is None:
        return rows
    return [
        replace(
            row,
            position=position((row.signed.low, row.signed.high), (row.importance.low, row.importance.high), line),
        )
        for row in rows
    ]


def largest(batch: Batch, name: str, rows: list[GapRow]) -> tuple[int, ...]:
    """Capabilities that tests separate from all others as the largest shares below, at most MOST_NAMED of them.

    Those whose share is capped near everybody come first, those capped near nobody last; the others are told apart by
    simultaneous rank sets.
    """
    high = tuple(j for j, row in enumerate(rows) if row.below.cap == "high")
    if high:
        return high if len(high) <= MOST_NAMED else ()
    found = estimate(batch.staff, batch.partition.inside(name), "below")
    assert found.covariance is not None
    usable = np.array([row.below.value is not None for row in rows])
    ranked = replace(found, value=np.where(usable, found.value, np.nan))
    size = float(np.nanmin(np.where(usable, found.item_base, np.nan))) if usable.any() else 0.0
    sets = rank_sets(ranked, df=min(found.df, size - 1), level=batch.level, draws=DRAWS, seed=1)
    if sets is None:
        return ()
    order = np.argsort(-np.where(usable, found.value, -np.inf), kind="stable")
    parts = tiers(sets, order)
    low = any(row.below.cap == "low" for row in rows)
    if not parts or len(parts[0]) > MOST_NAMED or (len(parts) == 1 and not low):
        return ()
    return parts[0]
