"""What follows from the figures as they are shown: differences from the rest, pooled shares, places on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from obstacles.analysis.disclosure.figures import FEWEST, STEPS, Share, grid_ends, rounded
from obstacles.analysis.disclosure.release.figures import Compared, GapRow
from obstacles.analysis.disclosure.release.groups import Batch
from obstacles.analysis.gaps.compare import pooled_shares, share_difference
from obstacles.analysis.gaps.gap import Staff, effective_numbers, estimate
from obstacles.analysis.gaps.leaders import leaders
from obstacles.analysis.gaps.measures import placed, position
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.multiplicity import adjusted

MOST_STEP = 0.02  # with a whole that is shown less finely than this nothing is compared
MOST_APART = 0.1  # between which the share of everybody else must lie, by the shares as they are shown


def comparing_n(staff: Staff, inside: np.ndarray) -> np.ndarray:
    """(q,) effective numbers of respondents, without the finite population correction, as whole numbers."""
    return np.asarray(np.rint(effective_numbers(estimate(staff, inside, "below"), 1.0)[1]))


def compare(batch: Batch, name: str, rows: list[GapRow], whole: list[GapRow]) -> list[GapRow]:
    """The rows of a group with the difference of their shares from those of everybody else."""
    if name == "":
        return rows
    staff, inside = batch.staff, batch.partition.inside(name)
    if inside.all():
        return rows
    weight = np.where(staff.paired, staff.sample.weight[:, None], 0.0)
    found = compared(
        [row.below for row in rows],
        [row.below for row in whole],
        weight[inside].sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-12),
        estimate(staff, inside, "below"),
        estimate(staff, ~inside, "below"),
        batch.level,
    )
    return [replace(row, compared=one) for row, one in zip(rows, found, strict=True)]


def compared(
    own: Sequence[Share], whole: Sequence[Share], part: np.ndarray, inside: Estimate, outside: Estimate, level: float
) -> list[Compared | None]:
    """Shares against those of everybody else: tested on the answers, printed as far as the shares that are shown allow.

    The rest follows from the share of the group and of the whole, both rounded, so it lies between two bounds. It is
    shown on a grid that is no finer than these, and not at all where they are more than MOST_APART apart: where the
    group is most of the whole, half a point of the shares is many points of the rest.

    Parameters
    ----------
    part : (q,) array
        The group's part of the whole's weight.
    inside, outside : Estimate
        The shares of the group and of everybody else on the answers as they are.
    """
    n, rest_n = (np.rint(effective_numbers(one, 1.0)[1]) for one in (inside, outside))
    shares, totals = np.array([shown(one) for one in own]), np.array([shown(one) for one in whole])
    steps, total_steps = np.array([one.step for one in own]), np.array([one.step for one in whole])
    left = np.where(part < 1, 1 - part, np.nan)
    apart = (part * steps + total_steps) / left
    rest = np.clip((totals - part * shares) / left, 0, 1)
    can = ~np.isnan(rest) & (apart <= MOST_APART) & (total_steps <= MOST_STEP)
    df = np.minimum(n, rest_n) - 1
    tested = share_difference(inside.value, n, outside.value, rest_n, level=level, df=df)
    p = adjusted(np.where(can, tested.p, np.nan))
    seen = share_difference(shares, n, rest, rest_n, level=level, df=df)
    made: list[Compared | None] = []
    for i in range(len(shares)):
        if not can[i] or np.isnan(p[i]):
            made.append(None)
            continue
        step = float(next(one for one in STEPS if 2 * one >= apart[i]))
        others = rounded(float(rest[i]), step)
        value, room = shares[i] - others, (steps[i] + total_steps[i]) / (2 * left[i])
        low, high = grid_ends((max(seen.low[i] - room, -1), min(seen.high[i] + room, 1)), STEPS[0])
        holds = bool(p[i] <= 1 - level and value * (inside.value[i] - outside.value[i]) > 0)
        if holds:  # the test has ruled out the other side of zero
            low, high = (max(low, 0.0), high) if value > 0 else (low, min(high, 0.0))
        made.append(Compared(others, round(float(value), 2), low, high, holds))
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
        low, high = grid_ends((float(found.low[i]), float(found.high[i])), STEPS[0])
        rows[name][j] = replace(rows[name][j], pooled=(round(float(found.value[i]), 2), low, high))


def place(
    batch: Batch, name: str, rows: list[GapRow], line: float | None, differs: Sequence[bool | None] = ()
) -> list[GapRow]:
    """The rows with their places on the priority map; nothing lies off a line where the report's test shows no gap."""
    if line is None:
        return rows
    shown = np.array([None not in (row.signed.low, row.importance.low) for row in rows])
    holds = placed(batch.staff, batch.partition.inside(name), line, shown, level=batch.level)
    holds &= [differs[j] is not False for j in range(len(rows))] if differs else True
    return [
        replace(
            row,
            position=position(
                (row.signed.low, row.signed.high), (row.importance.low, row.importance.high), line, holds=bool(one)
            ),
        )
        for row, one in zip(rows, holds, strict=True)
    ]


def largest(batch: Batch, name: str, rows: list[GapRow]) -> tuple[int, ...]:
    """Capabilities that tests separate from all others as the largest shares below; see `leaders`."""
    caps = ["" if row.below.value is not None else row.below.cap for row in rows]
    return leaders(batch.staff, batch.partition.inside(name), caps, fewest=FEWEST, level=batch.level)
