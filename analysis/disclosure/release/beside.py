"""Capabilities of the groups of one column beside all that is shown of them by parts and by the columns before it.

What is shown of a group less what is shown of its parts is what few people answered, or what nearly all of them did, as
much as a group itself (`disclosure.audit`). Parts yield to groups, and later columns to earlier ones: of a later column
the share below the required level is shown where the audit allows it; its means, levels and parts only where nothing of
the capability is hidden, capped or joined before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from obstacles.analysis.disclosure.audit import AuditedCell, hidden_beside
from obstacles.analysis.disclosure.figures import NO_MEAN, STEPS, Share
from obstacles.analysis.disclosure.release.figures import GapRow, Gaps, ReleasedGroup, SplitRow
from obstacles.analysis.disclosure.release.groups import Batch
from obstacles.analysis.gaps.gap import groups_of

EDGE = 1e-6
Cells = dict[str, dict[str, AuditedCell]]


@dataclass(frozen=True)
class Before:
    """What the reports by a column before this one show."""

    found: Gaps
    weight: np.ndarray  # (n,) of the respondents there
    groups: Mapping[str, np.ndarray]  # every group of the column -> (n,) bool


def below(batch: Batch, j: int) -> np.ndarray:
    """(n,) whether each respondent is below the required level of a capability; NaN where that is not known."""
    answers = batch.staff.answers
    low = (answers.current[:, j] < answers.required[:, j]).astype(float)
    return np.where(batch.staff.paired[:, j], low, np.nan)


def parts_shown(
    batch: Batch,
    j: int,
    rows: Mapping[str, GapRow],
    part: Sequence[np.ndarray],
    shares: Mapping[tuple[str, int], Share],
) -> dict[tuple[str, int], Share]:
    """The shares of parts, (group, part), that tell nothing of what groups leave over beside them."""
    if not shares or not (batch.partition.complementary and batch.partition.capped):
        return dict(shares)
    cells: Cells = _rows(batch, rows, j, kept=True) | {"whole parts": {}, "parts": {}}
    keys: dict[tuple[str, str], tuple[str, int]] = {}
    for (name, s), shown in shares.items():
        column, label = ("parts", f"{name}\0{s}") if name else ("whole parts", str(s))
        cells[column][label] = AuditedCell(batch.partition.inside(name) & part[s], shown)
        keys[column, label] = name, s
    gone = _audited(batch, cells, j, batch.staff.sample.weight)
    hidden = {keys[key] for key in gone}
    return {key: share for key, share in shares.items() if key not in hidden}


def rows_beside(batch: Batch, rows: dict[str, list[GapRow]], before: Sequence[Before]) -> None:
    """Hide in the rows of a later column what would tell of the columns before it."""
    for j in range(len(batch.staff.items)):
        cells: Cells = {}
        for b, one in enumerate(before):
            cells |= _earlier(batch, one, j, str(b))
        cells |= _rows(batch, {name: own[j] for name, own in rows.items()}, j, kept=False)
        gone: set[tuple[str, str]] = set()
        if batch.partition.complementary and batch.partition.capped:
            gone = _audited(batch, cells, j, before[0].weight)
        open_counts = any(_open(one.found, j) for one in before)
        for name, own in rows.items():
            if (("group" if name else "whole"), name) in gone:
                own[j] = GapRow(None) if name else replace(own[j], below=Share(None, None, None, "hidden"))
            if open_counts and own[j].base is not None:
                own[j] = replace(
                    own[j],
                    shortfall=NO_MEAN,
                    signed=NO_MEAN,
                    rater_difference=NO_MEAN,
                    supervisor=NO_MEAN,
                    importance=NO_MEAN,
                    classes=(),
                )


def _audited(batch: Batch, cells: Cells, j: int, weight: np.ndarray) -> set[tuple[str, str]]:
    return hidden_beside(cells, below(batch, j), weight, (0.0, 1.0), total=False, smallest=batch.minimum)


def _rows(batch: Batch, rows: Mapping[str, GapRow], j: int, *, kept: bool) -> Cells:
    """The groups of the batch, hidden ones too, and everybody."""
    weight = batch.staff.sample.weight
    groups: dict[str, AuditedCell] = {}
    for name, row in rows.items():
        if name:
            groups |= _cells(batch, name, batch.partition.inside(name), row, j, weight, kept=kept)
    groups |= {f"\1{name}": AuditedCell(own, None) for name, own in batch.groups.unreported.items()}
    whole = _cells(batch, "", batch.partition.everybody, rows[""], j, weight, kept=kept)
    return {"whole": whole, "group": groups}


def _cells(
    batch: Batch, name: str, inside: np.ndarray, row: GapRow, j: int, weight: np.ndarray, *, kept: bool
) -> dict[str, AuditedCell]:
    """What a row says of the share below: as it is printed, and as its levels on either side add up."""
    shares = {name: None if row.base is None else row.below}
    answers = batch.staff.answers
    required = answers.required[batch.staff.paired[:, j], j]
    if kept and row.base is not None and row.classes and np.ptp(required) == 0:
        need = next(place for place, level in enumerate(answers.levels) if level.value == required[0])
        under, over = ([one for one in row.classes if (one.first < need) is side] for side in (True, False))
        if all(one.last < need for one in under):
            ends = (sum(one.share for one in under), len(under)), (1 - sum(one.share for one in over), len(over))
            for place, (value, count) in enumerate(ends):
                shares[f"{name}\0levels {place}"] = Share(value, None, None, step=max(count, 1) * split_step(row))
    return {key: AuditedCell(inside, share, kept, weight) for key, share in shares.items()}


def split_step(row: GapRow) -> float:
    """The coarsest step on which all shares of a split by level lie, as a reader may take it to be."""
    lies = (step for step in reversed(STEPS) if all(abs(x / step - round(x / step)) < EDGE for x in _shares(row)))
    return next(lies, STEPS[0])


def _shares(row: GapRow) -> list[float]:
    return [one.share for one in row.classes]


def _earlier(batch: Batch, before: Before, j: int, mark: str) -> Cells:
    """Groups, hidden ones too, and parts of an earlier column."""
    cells: Cells = {f"{mark} groups": {}, f"{mark} parts": {}}
    shown: set[str] = set()
    for one in (before.found.whole, *before.found.groups):
        inside = _people(before, one)
        shown |= {one.name, *one.members}
        cells[f"{mark} groups"] |= _cells(batch, one.name, inside, one.rows[j], j, before.weight, kept=True)
        for column, parts in one.splits.items():
            for name, part in _masks(batch, column, parts):
                share = AuditedCell(inside & part, _of(parts, name).shares[j], True, before.weight)
                if not share.hidden:
                    cells[f"{mark} parts"][f"{one.name}\0{column}\0{name}"] = share
    hidden = {name: inside for name, inside in before.groups.items() if name not in shown}
    cells[f"{mark} groups"] |= {f"\1{name}": AuditedCell(inside, None, True) for name, inside in hidden.items()}
    return cells


def _people(before: Before, one: ReleasedGroup) -> np.ndarray:
    if not one.name:
        return np.ones(len(before.weight), bool)
    return np.asarray(np.any([before.groups[name] for name in one.members or (one.name,)], axis=0))


def _masks(batch: Batch, column: str, parts: Sequence[SplitRow]) -> Iterator[tuple[str, np.ndarray]]:
    names, code = groups_of(batch.wave, column)
    wanted = {part.name for part in parts}
    yield from ((name, code == s) for s, name in enumerate(names) if name in wanted)


def _of(parts: Sequence[SplitRow], name: str) -> SplitRow:
    return next(part for part in parts if part.name == name)


def _open(found: Gaps, j: int) -> bool:
    """Whether something of a capability is hidden, capped, or shown with other levels alone."""
    rows = [one.rows[j] for one in (found.whole, *found.groups)]
    return bool(found.hidden) or any(
        row.base is None or row.below.value is None or len(row.classes) < len(found.levels) for row in rows
    )
