"""The obstacles as each group sees them, protected like capabilities; totals count as known, they stand elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from obstacles.analysis.disclosure.audit import AuditedCell, hidden_beside
from obstacles.analysis.disclosure.figures import FEWEST, NO_MEAN, NO_SHARE, Coarseness, Mean, Share, first_step
from obstacles.analysis.disclosure.group_figures import GroupFigures
from obstacles.analysis.disclosure.leaks import ProtectionPlan
from obstacles.analysis.disclosure.release.compared import compared
from obstacles.analysis.disclosure.release.figures import Compared, ObstacleRow
from obstacles.analysis.disclosure.release.groups import Partition
from obstacles.analysis.disclosure.release.rows import rounded
from obstacles.analysis.gaps.gap import focus, mean_of
from obstacles.analysis.gaps.obstacles import ObstacleScores
from obstacles.analysis.inference.estimate import Estimate


def obstacle_rows(part: Partition, scores: ObstacleScores | None) -> dict[str, tuple[ObstacleRow, ...]]:
    """Group -> one row per obstacle, compared within the group; no rows where the answers are no scores."""
    if scores is None:
        return dict.fromkeys(part.names, ())
    if not scores.binary:
        means = obstacle_means(part, scores)
        return {name: tuple(ObstacleRow(None, mean) for mean in means[name]) for name in part.names}
    shares = obstacle_shares(part, scores)
    rows = {"": tuple(ObstacleRow(share, None) for share in shares[""])}
    for name in part.names[1:]:
        found = _compared(part, scores, name, shares)
        rows[name] = tuple(ObstacleRow(share, None, one) for share, one in zip(shares[name], found, strict=True))
    return rows


def obstacle_shares(part: Partition, scores: ObstacleScores) -> dict[str, list[Share]]:
    """Group, and "" for everybody -> the protected share of each obstacle."""
    plans = [_plan(part, scores.value[:, o]) for o in range(len(scores.items))]
    return {name: [_share(plan, name, part.minimum) for plan in plans] for name in part.names}


def obstacle_means(part: Partition, scores: ObstacleScores) -> dict[str, list[Mean]]:
    """Group, and "" for everybody -> the protected mean rating of each obstacle; remainders are capped as well."""
    found: dict[str, list[Mean]] = {name: [] for name in part.names}
    rest = {f"\1{name}": AuditedCell(inside, None) for name, inside in part.groups.unreported.items()}
    for o in range(len(scores.items)):
        values = scores.value[:, o]
        means = {name: _mean(part, values, scores.bounds, name) for name in part.names}
        gone: set[tuple[str, str]] = set()
        if part.complementary and part.capped:
            cells = {name: AuditedCell(part.inside(name), means[name]) for name in part.groups.shown}
            gone = hidden_beside({"": cells | rest}, values, part.sample.weight, scores.bounds)
        for name in part.names:
            found[name].append(NO_MEAN if ("", name) in gone and name else means[name])
    return found


def _mean(part: Partition, values: np.ndarray, bounds: tuple[float, float], name: str) -> Mean:
    known, (low, high) = part.inside(name) & ~np.isnan(values), bounds
    few = known.sum() < part.minimum or name in part.hidden_rows(~np.isnan(values))
    same = part.capped and min((values[known] > low).sum(), (values[known] < high).sum()) < FEWEST
    return NO_MEAN if few or same else rounded(part.sample, values, known, bounds, part.level)


def _plan(part: Partition, marked: np.ndarray) -> ProtectionPlan:
    """Protected shares of one obstacle; a mark is a "level" below the one that is "required"."""
    asked = ~np.isnan(marked)
    gone = part.hidden_rows(asked)
    shown, rest = part.groups.shown, part.groups.unreported

    def seen(inside: np.ndarray) -> GroupFigures:
        sample, rows = focus(part.sample, inside)
        within = inside[rows]
        values = marked[rows][within]
        known = ~np.isnan(values)
        current = (1 - values[known]).astype(int)
        return GroupFigures(
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
            capped=part.capped,
            level=part.level,
        )

    views = {name: seen(inside) for name, inside in shown.items() if name not in gone}
    hidden = {f"hidden/{name}": seen(inside) for name, inside in rest.items()}
    hidden |= {f"row/{name}": seen(inside) for name, inside in shown.items() if name in gone}
    step = first_step(int(asked.sum()))
    precision = {"": Coarseness(step=step if part.complementary else 0), **{name: Coarseness() for name in views}}
    plan = ProtectionPlan(views, hidden, seen(part.everybody), precision, exact=True)
    if part.complementary:
        plan.protect()
    return plan


def _share(plan: ProtectionPlan, name: str, minimum: int) -> Share:
    if name != "" and name not in plan.views:
        return NO_SHARE
    found = plan.figures(name)
    return found.below if found.base >= minimum else NO_SHARE


def _compared(
    part: Partition, scores: ObstacleScores, name: str, shares: Mapping[str, Sequence[Share]]
) -> list[Compared | None]:
    inside, asked = part.inside(name), ~np.isnan(scores.value)
    if inside.all():
        return [None] * len(scores.items)
    weight = np.where(asked, part.sample.weight[:, None], 0.0)
    portion = weight[inside].sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-12)
    own, others = (_share_of(part, scores, one) for one in (inside, ~inside))
    return compared(shares[name], shares[""], portion, own, others, part.level)


def _share_of(part: Partition, scores: ObstacleScores, inside: np.ndarray) -> Estimate:
    sample, rows = focus(part.sample, inside)
    within = inside[rows]
    return mean_of(scores.value[rows][within], sample, within, scores.items, "obstacle", (0.0, 1.0))
