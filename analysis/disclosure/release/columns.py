"""Every column of groups beside all others: which groups each may show, and the obstacles in them.

Readers hold the reports by department and by division. So what a column shows does not depend on which report is made
first: of the columns in the order of `group_columns` a later one yields to those before it.
"""

from __future__ import annotations

import numpy as np

from obstacles.analysis.disclosure.audit import AuditedCell, hidden_beside
from obstacles.analysis.disclosure.figures import NO_MEAN, NO_SHARE, Mean, Share
from obstacles.analysis.disclosure.linked import hidden_linked
from obstacles.analysis.disclosure.release.figures import ObstacleRow
from obstacles.analysis.disclosure.release.groups import Batch, hidden_names, partition_of, reported
from obstacles.analysis.disclosure.release.obstacles import obstacle_means, obstacle_shares
from obstacles.analysis.gaps.gap import groups_of, open_staff
from obstacles.survey.study import Study, Wave


def group_columns(study: Study, wave: Wave) -> list[str]:
    """The columns of a wave that the study names as groups, that of its reports first; all where it names none."""
    known = [name for name in wave.respondents.columns if name != "id"]
    stated = {*wave.settings.columns, *study.settings.groups.split_by}
    first = study.settings.groups.report_by
    named = [name for name in known if not stated or name in stated or name == first]
    return sorted(named, key=lambda name: name != first)


def shown_groups(study: Study, wave: Wave) -> dict[str, frozenset[str]]:
    """Column -> groups of it that may be shown beside those of all other columns of the wave."""
    columns = {column: masks_of(wave, column) for column in group_columns(study, wave)}
    shown = {column: frozenset(masks) - hidden_names(study, column) for column, masks in columns.items()}
    privacy = study.settings.privacy
    return hidden_linked(columns, shown, privacy.min_group, complementary=privacy.complementary)


def masks_of(wave: Wave, column: str) -> dict[str, np.ndarray]:
    """Group of a column -> (n,) bool, its respondents."""
    names, code = groups_of(wave, column)
    masks = {name: code == i for i, name in enumerate(names)}
    return {name: inside for name, inside in masks.items() if inside.any()}


def obstacles_beside(batch: Batch, rows: dict[str, tuple[ObstacleRow, ...]]) -> dict[str, tuple[ObstacleRow, ...]]:
    """The obstacles of a batch without the figures that would tell too much beside those of the other columns."""
    scores, privacy = batch.scores, batch.study.settings.privacy
    columns = group_columns(batch.study, batch.wave)
    several = len(columns) > 1 and batch.staff.by in columns
    if scores is None or not several or not (privacy.complementary and privacy.cap_extremes):
        return rows
    figures = {column: _figures(batch, column) for column in columns}
    weight = batch.staff.sample.weight
    gone: list[set[tuple[str, str]]] = []
    for o in range(len(scores.items)):
        cells = {
            column: {
                name: AuditedCell(inside, own[name][o] if name in own else None)
                for name, inside in masks_of(batch.wave, column).items()
                if name in own or inside.sum() < batch.minimum
            }
            for column, own in figures.items()
        }
        gone.append(hidden_beside(cells, scores.value[:, o], weight, scores.bounds))
    nothing = ObstacleRow(NO_SHARE, None) if scores.binary else ObstacleRow(None, NO_MEAN)
    return {
        name: tuple(nothing if (batch.staff.by, name) in gone[o] else row for o, row in enumerate(own))
        for name, own in rows.items()
    }


def _figures(batch: Batch, column: str) -> dict[str, list[Share | Mean]]:
    """Group -> what a column shows of every obstacle."""
    assert batch.scores is not None
    if column == batch.staff.by:
        part = batch.partition
    else:
        sample = open_staff(batch.study, wave=batch.wave.id, by=column).sample
        sizes = dict(batch.wave.sizes.get(column, {}))
        groups = reported(batch.study, column, masks_of(batch.wave, column), sizes, shown=batch.shown[column])
        part = partition_of(batch.study, sample, groups, batch.level)
    found = obstacle_shares(part, batch.scores) if batch.scores.binary else obstacle_means(part, batch.scores)
    return {name: list(found[name]) for name in part.groups.shown}
