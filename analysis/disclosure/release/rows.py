"""One capability of every group: its protected figures, and the means that do not move with the current level."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.disclosure.figures import (
    FEWEST,
    NO_MEAN,
    Coarseness,
    Mean,
    first_grid_level,
    first_step,
    rounded_mean,
)
from obstacles.analysis.disclosure.group_figures import GroupFigures, view
from obstacles.analysis.disclosure.leaks import ProtectionPlan
from obstacles.analysis.disclosure.release.figures import GapRow
from obstacles.analysis.disclosure.release.groups import Batch
from obstacles.analysis.gaps.gap import focus, mean_of, t_interval
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.survey.question import Item


def plan_of(batch: Batch, j: int) -> ProtectionPlan:
    """The protected figures of one capability; groups with too small a base for it are not shown."""
    staff, groups = batch.staff, batch.groups
    answers = staff.answers
    paired = staff.paired[:, j]
    gone = batch.partition.hidden_rows(paired)
    rated = np.zeros(staff.sample.n, bool) if answers.supervisor is None else ~np.isnan(answers.supervisor[:, j])
    rated &= paired
    unrated = batch.partition.hidden_rows(rated)

    def seen(name: str, inside: np.ndarray) -> GroupFigures:
        enough = name not in unrated and (rated & inside).sum() >= batch.minimum
        measures = ("below", "shortfall", "signed", *(("rater_difference",) if enough else ()))
        return view(staff, inside, j, measures=measures, capped=batch.partition.capped, level=batch.level)

    views = {name: seen(name, inside) for name, inside in groups.shown.items() if name not in gone}
    rest = {("hidden", name): inside for name, inside in groups.unreported.items()}
    rest |= {("row", name): inside for name, inside in groups.shown.items() if name in gone}
    hidden = {"/".join(key): view(staff, inside, j, level=batch.level) for key, inside in rest.items()}
    hidden = {name: one for name, one in hidden.items() if len(one.current)}
    step = first_step(int(paired.sum())) if batch.partition.complementary and (views or hidden) else 0
    precision = {"": Coarseness(step=step, split_step=step), **{name: Coarseness() for name in views}}
    plan = ProtectionPlan(views, hidden, seen("", staff.everybody), precision)
    if batch.partition.complementary:
        plan.protect()
    return plan


def row_of(batch: Batch, plan: ProtectionPlan, name: str) -> GapRow:
    """The figures of one group for the capability of a plan."""
    if name != "" and name not in plan.views:
        return GapRow(None)
    found = plan.figures(name)
    if found.base < batch.minimum:
        return GapRow(None)
    return GapRow(
        base=found.base,
        below=found.below,
        shortfall=found.means["shortfall"],
        signed=found.means["signed"],
        rater_difference=found.means.get("rater_difference", NO_MEAN),
        classes=found.classes,
        few_below=found.few_below,
    )


def add_means(batch: Batch, j: int, rows: dict[str, list[GapRow]]) -> None:
    """What is required, and importance."""
    staff = batch.staff
    required, importance, other = (staff.values(name)[:, j] for name in ("required", "importance", "supervisor"))
    unimportant, unrated = (batch.partition.hidden_rows(~np.isnan(values)) for values in (importance, other))
    for name, own in rows.items():
        if own[j].base is None:
            continue
        asked = staff.answers.source[j] == "column"
        mean = NO_MEAN if name in unimportant else plain_mean(batch, importance, name, "importance")
        needed = plain_mean(batch, required, name, "required", protect=asked)
        rated = NO_MEAN if name in unrated else plain_mean(batch, other, name, "supervisor")
        own[j] = replace(own[j], required=needed, importance=mean, supervisor=rated)


def plain_mean(batch: Batch, values: np.ndarray, name: str, measure: str, *, protect: bool = True) -> Mean:
    """A mean of (n,) values to one decimal; hidden for few people, or where nearly all said the same extreme."""
    known = batch.partition.inside(name) & ~np.isnan(values)
    said = values[known]
    low, high = batch.staff.bounds(measure)
    if len(said) < batch.minimum:
        return NO_MEAN
    if protect and batch.partition.capped and min((said > low).sum(), (said < high).sum()) < FEWEST:
        return NO_MEAN
    return rounded(batch.staff.sample, values, known, (low, high), batch.level)


def rounded(
    everybody: SurveyDesign, values: np.ndarray, inside: np.ndarray, bounds: tuple[float, float], level: float
) -> Mean:
    """The mean of (n,) values over `inside`, with its t interval, to one decimal or finer."""
    sample, rows = focus(everybody, inside)
    within = inside[rows]
    found = mean_of(values[rows][within][:, None], sample, within, (Item("mean", {}),), "mean", bounds)
    ends = t_interval(found, level=level)
    grid_level = first_grid_level(len(values[rows][within]))
    return rounded_mean(float(ends.value[0]), float(ends.low[0]), float(ends.high[0]), grid_level=grid_level)
