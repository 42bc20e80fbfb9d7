"""Specialists and others: their scales, where these tell nothing of few people.

The two sides are parts of the whole whose figures are known exactly, and they cross the groups and parts that are shown
elsewhere. They are shown only where each has enough people in every wave, and where neither a small value of the column
that makes them nor the few people of a side outside groups that lie wholly in it could be worked out by subtraction.
Single capabilities of the sides are never shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from obstacles.analysis.disclosure.cells import hidden_groups
from obstacles.analysis.disclosure.figures import Coarseness, first_step
from obstacles.analysis.disclosure.group_figures import view
from obstacles.analysis.disclosure.leaks import ProtectionPlan
from obstacles.analysis.disclosure.release.figures import GapRow, Specialists, SpecialistSide
from obstacles.analysis.disclosure.release.groups import Batch
from obstacles.analysis.disclosure.release.rows import row_of
from obstacles.analysis.disclosure.release.scales import Places, scales_of
from obstacles.analysis.gaps.gap import groups_of
from obstacles.survey.settings.capability import Specialists as Stated
from obstacles.survey.study import Wave

NAMES = ("specialists", "others")


def specialists(batch: Batch, places: Places) -> Specialists | None:
    """The scales of specialists and of everybody else; without sides where these cannot be shown, None if not asked."""
    capability = batch.study.settings.capability
    stated = None if capability is None else capability.specialists
    if stated is None or len(places) < 2 or stated.group not in batch.wave.respondents.columns:
        return None
    special = _special(batch.wave, stated)
    sides = (special, ~special)
    used = sorted({j for own in places.values() for j in own})
    hidden = Specialists(stated.group, tuple(stated.is_), ())
    if not _large(batch, stated) or not all(_safe(batch, stated, sides, j) for j in used):
        return hidden
    plans = {j: _plan(batch, sides, j) for j in used}
    made = []
    for name, inside in zip(NAMES, sides, strict=True):
        rows = [row_of(batch, plans[j], name) if j in plans else GapRow(None) for j in range(len(batch.staff.items))]
        scales = scales_of(batch, inside, rows, places)
        assert scales is not None
        made.append(SpecialistSide(name, int(inside.sum()), scales))
    return Specialists(stated.group, tuple(stated.is_), tuple(made))


def _special(wave: Wave, stated: Stated) -> np.ndarray:
    """(n,) bool; people who gave no answer are among the others."""
    names, code = groups_of(wave, stated.group)
    return np.isin(code, [place for place, name in enumerate(names) if name in stated.is_])


def _large(batch: Batch, stated: Stated) -> bool:
    """Whether both sides have enough people in every wave, and the column's groups have no reports of their own."""
    waves = [wave for wave in batch.study.waves if stated.group in wave.respondents.columns and len(wave.respondents)]
    special = [_special(wave, stated) for wave in waves]
    return batch.staff.by != stated.group and all(
        min(int(side.sum()), int((~side).sum())) >= batch.minimum for side in special
    )


def _safe(batch: Batch, stated: Stated, sides: Sequence[np.ndarray], j: int) -> bool:
    """Whether a capability's answers of the sides leave no few people alone."""
    known = batch.staff.paired[:, j]
    if any(int((side & known).sum()) < batch.minimum for side in sides):
        return False
    if not batch.partition.complementary:
        return True
    values = _parts(batch.wave, stated.group)
    whole = [batch.staff.everybody]
    groups = [*batch.groups.shown.values(), *_together(list(batch.groups.unreported.values()))] or whole
    tables = [groups]
    for column in batch.study.settings.groups.split_by:
        if column in batch.wave.respondents.columns and column not in (batch.staff.by, stated.group):
            parts = list(_parts(batch.wave, column).values())
            tables += [parts, [group & part for group in groups for part in parts]]
    return _no_small_value(batch, values, sides, known) and all(
        _no_few_left(side & known, ~side & known, lines, batch.minimum) for side in sides for lines in tables
    )


def _parts(wave: Wave, column: str) -> dict[str, np.ndarray]:
    names, code = groups_of(wave, column)
    return {name: code == place for place, name in enumerate(names)}


def _together(masks: list[np.ndarray]) -> list[np.ndarray]:
    return [np.any(masks, axis=0)] if masks else []


def _no_small_value(
    batch: Batch, values: dict[str, np.ndarray], sides: Sequence[np.ndarray], known: np.ndarray
) -> bool:
    """Whether the values that are hidden among all are as safe among those of each side alone."""
    count = np.array([int((inside & known).sum()) for inside in values.values()])
    blank = np.array([name == "" for name in values])
    hidden = hidden_groups(count, batch.minimum, forced=blank)
    for side in sides:
        own = np.array([int((inside & side & known).sum()) for inside in values.values()])
        if (hidden_groups(own, batch.minimum, forced=hidden) & ~hidden).any():
            return False
        if 0 < own[hidden].sum() < batch.minimum:
            return False
    return True


def _no_few_left(side: np.ndarray, rest: np.ndarray, lines: Sequence[np.ndarray], minimum: int) -> bool:
    """Whether a side without the lines that lie wholly in it is nobody, or enough people."""
    left = sum(int((side & line).sum()) for line in lines if (side & line).any() and (rest & line).any())
    return left == 0 or left >= minimum


def _plan(batch: Batch, sides: Sequence[np.ndarray], j: int) -> ProtectionPlan:
    """Protected figures of one capability of both sides, the whole counted as known."""
    measures = ("below", "shortfall", "signed")
    whole, *views = (
        view(batch.staff, inside, j, measures=measures, levels=False, capped=batch.partition.capped, level=batch.level)
        for inside in (batch.staff.everybody, *sides)
    )
    steps = [first_step(len(one.current)) if batch.partition.complementary else 0 for one in (whole, *views)]
    precision = {name: Coarseness(step=step, split_step=step) for name, step in zip(("", *NAMES), steps, strict=True)}
    plan = ProtectionPlan(dict(zip(NAMES, views, strict=True)), {}, whole, precision, exact=True)
    if batch.partition.complementary:
        plan.protect()
    return plan
