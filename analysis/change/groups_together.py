"""The items by the groups of every column that a report shows side by side, protected together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from obstacles.analysis.change.by_group import ByGroup, GroupCell, by_group
from obstacles.analysis.disclosure.audit import AuditedCell, hidden_beside
from obstacles.analysis.disclosure.figures import NO_MEAN, NO_SHARE, STEPS, Share, first_step, rounded
from obstacles.analysis.disclosure.release.columns import group_columns
from obstacles.analysis.gaps.gap import groups_of
from obstacles.analysis.gaps.obstacles import obstacle_scores
from obstacles.analysis.prepare import Prepared
from obstacles.survey.study import Study, Wave

EQUAL = 1e-9  # of the largest weight: weights that differ by less are one


def by_groups(
    study: Study,
    wave: Wave,
    *,
    k: int,
    level: float | None,
    prepared: Prepared,
    shown: Mapping[str, frozenset[str]] | None,
    by_category: bool = False,
) -> tuple[ByGroup, ...]:
    """A table for every column of groups that has one.

    Parameters
    ----------
    shown : mapping or None
        Column -> groups that may be shown beside those of all others (`analysis.disclosure.published.shown_groups`);
        None: each column by itself, for the owner of the data.
    by_category : bool
        The categories of the items instead; for the owner alone.
    """
    columns = group_columns(study, wave)
    made = [
        by_group(
            study,
            wave,
            column,
            k=k,
            level=level,
            by_category=by_category,
            prepared=prepared,
            shown=None if shown is None else shown[column],
        )
        for column in columns
    ]
    tables = tuple(table for table in made if table is not None)
    privacy = study.settings.privacy
    if shown is None or not tables or not (privacy.complementary and privacy.cap_extremes):
        return tables
    return _together(wave, tables, columns, prepared, k=k, minimum=privacy.min_group)


def _together(
    wave: Wave, tables: tuple[ByGroup, ...], columns: list[str], prepared: Prepared, *, k: int, minimum: int
) -> tuple[ByGroup, ...]:
    """The tables without cells that would tell too much of another column's."""
    scores = obstacle_scores(wave, k=k)
    assert scores is not None
    masks = {column: _masks(wave, column) for column in columns}
    tables = tuple(_coarser(table, masks[table.column], prepared.sample.weight) for table in tables)
    made = {table.column: table for table in tables}
    gone: dict[int, set[tuple[str, str]]] = {}
    for i in range(len(scores.items)):
        audited = {
            column: {
                name: AuditedCell(inside, made[column].cells[name][i].shown if _shows(made, column, name) else None)
                for name, inside in groups.items()
                if _shows(made, column, name) or inside.sum() < minimum
            }
            for column, groups in masks.items()
        }
        gone[i] = hidden_beside(audited, scores.value[:, i], prepared.sample.weight, scores.bounds)
    nothing = GroupCell(NO_SHARE if tables[0].binary else NO_MEAN)
    left = [
        replace(
            table,
            cells={
                name: tuple(nothing if (table.column, name) in gone[i] else cell for i, cell in enumerate(own))
                for name, own in table.cells.items()
            },
        )
        for table in tables
    ]
    return tuple(table for table in left if table.told)


def _coarser(table: ByGroup, masks: Mapping[str, np.ndarray], weight: np.ndarray) -> ByGroup:
    """Shares of groups whose people weigh differently on a step of some people: on a finer one they are few sums."""
    cells = dict(table.cells)
    for name, own in table.cells.items():
        inside = masks[name]
        if table.binary and np.ptp(weight[inside]) > EQUAL * weight.max():
            step = STEPS[first_step(int(inside.sum()))]
            cells[name] = tuple(_on_step(cell, step) for cell in own)
    return replace(table, cells=cells)


def _on_step(cell: GroupCell, step: float) -> GroupCell:
    if not isinstance(cell.shown, Share) or cell.shown.value is None or cell.shown.step >= step:
        return cell
    difference, low, high = (None if x is None else rounded(x, step) for x in (cell.difference, cell.low, cell.high))
    shown = replace(cell.shown, value=rounded(cell.shown.value, step), step=step)
    return replace(cell, shown=shown, difference=difference, low=low, high=high)


def _shows(tables: Mapping[str, ByGroup], column: str, name: str) -> bool:
    return column in tables and name in tables[column].cells


def _masks(wave: Wave, column: str) -> dict[str, np.ndarray]:
    names, code = groups_of(wave, column)
    masks = {name: code == i for i, name in enumerate(names)}
    return {name: inside for name, inside in masks.items() if inside.any()}
