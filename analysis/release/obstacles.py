"""The obstacles as each group sees them, protected like capabilities; totals count as known, they stand elsewhere."""

from __future__ import annotations

import numpy as np

from analysis.disclosure_figures import FEWEST, NO_MEAN, NO_SHARE, Precision, Share, View, first_step
from analysis.disclosure_neighbours import Plan
from analysis.gaps import effective_numbers, focus, mean_of
from analysis.gaps_obstacles import ObstacleScores
from analysis.release.compared import compared
from analysis.release.figures import ObstacleRow
from analysis.release.groups import Batch
from analysis.release.rows import rounded


def obstacle_rows(batch: Batch) -> dict[str, tuple[ObstacleRow, ...]]:
    """Group -> one row per obstacle; no rows where the answers are no scores."""
    scores = batch.scores
    if scores is None:
        return dict.fromkeys(batch.names, ())
    if not scores.binary:
        return {name: _means(batch, scores, name) for name in batch.names}
    plans = [_plan(batch, scores.value[:, o]) for o in range(len(scores.items))]
    shares = {name: [_share(plan, name, batch.minimum) for plan in plans] for name in batch.names}
    return {name: _compared(batch, scores, name, shares) for name in batch.names}


def _means(batch: Batch, scores: ObstacleScores, name: str) -> tuple[ObstacleRow, ...]:
    made = []
    for o in range(len(scores.items)):
        values = scores.value[:, o]
        known = batch.inside(name) & ~np.isnan(values)
        low, high = scores.bounds
        few = known.sum() < batch.minimum or name in batch.hidden_rows(~np.isnan(values))
        same = batch.capped and min((values[known] > low).sum(), (values[known] < high).sum()) < FEWEST
        mean = NO_MEAN if few or same else rounded(batch.staff, values, known, scores.bounds, batch.level)
        made.append(ObstacleRow(None, mean))
    return tuple(made)


def _plan(batch: Batch, marked: np.ndarray) -> Plan:
    """Protected shares of one obstacle; a mark is a "level" below the one that is "required"."""
    asked = ~np.isnan(marked)
    gone = batch.hidden_rows(asked)
    shown, rest = batch.groups.shown, batch.groups.unreported

    def seen(inside: np.ndarray) -> View:
        sample, rows = focus(batch.staff.sample, inside)
        within = inside[rows]
        values = marked[rows][within]
        known = ~np.isnan(values)
        current = (1 - values[known]).astype(int)
        return View(
            sample=sample,
            inside=within,
            rows=rows[within][known],
            current=current,
            required=np.ones(len(current)),
            other=np.full(len(current), np.nan),
            known=known,
            values=np.array([0.0, 1.0]),
            measures=("below",),
            bounds=((0.0, 1.0),),
            levels=False,
            capped=batch.capped,
            level=batch.level,
        )

    views = {name: seen(inside) for name, inside in shown.items() if name not in gone}
    hidden = {f"hidden/{name}": seen(inside) for name, inside in rest.items()}
    hidden |= {f"row/{name}": seen(inside) for name, inside in shown.items() if name in gone}
    step = first_step(int(asked.sum()))
    precision = {"": Precision(step=step if batch.complementary else 0), **{name: Precision() for name in views}}
    plan = Plan(views, hidden, seen(batch.staff.everybody), precision, exact=True)
    if batch.complementary:
        plan.protect()
    return plan


def _share(plan: Plan, name: str, minimum: int) -> Share:
    if name != "" and name not in plan.views:
        return NO_SHARE
    found = plan.figures(name)
    return found.below if found.base >= minimum else NO_SHARE


def _compared(
    batch: Batch, scores: ObstacleScores, name: str, shares: dict[str, list[Share]]
) -> tuple[ObstacleRow, ...]:
    own = shares[name]
    if name == "":
        return tuple(ObstacleRow(share, None) for share in own)
    inside, asked = batch.inside(name), ~np.isnan(scores.value)
    weight = np.where(asked, batch.staff.sample.weight[:, None], 0.0)
    part = weight[inside].sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-12)
    n, rest_n = (_comparing_n(batch, scores, one) for one in (inside, ~inside))
    found = compared(own, shares[""], part, n, rest_n, batch.level)
    return tuple(ObstacleRow(share, None, one) for share, one in zip(own, found, strict=True))


def _comparing_n(batch: Batch, scores: ObstacleScores, inside: np.ndarray) -> np.ndarray:
    if not inside.any():
        return np.zeros(len(scores.items))
    sample, rows = focus(batch.staff.sample, inside)
    within = inside[rows]
    found = mean_of(scores.value[rows][within], sample, within, scores.items, "obstacle", (0.0, 1.0))
    return np.asarray(np.rint(effective_numbers(found, 1.0)[1]))
