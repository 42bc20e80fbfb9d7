"""The order of a release: whole groups first (`groups`), rows whose base is small and the precision of every figure
(`rows`), then what is worked out from the figures as they are shown (`compared`), obstacles, parts of groups, sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from obstacles.analysis.disclosure.release.beside import Before, rows_beside
from obstacles.analysis.disclosure.release.columns import masks_of, obstacles_beside, shown_groups
from obstacles.analysis.disclosure.release.compared import compare, largest, place, pool
from obstacles.analysis.disclosure.release.figures import Gaps, ReleasedGroup
from obstacles.analysis.disclosure.release.groups import Batch, reported_groups
from obstacles.analysis.disclosure.release.obstacles import obstacle_rows
from obstacles.analysis.disclosure.release.rows import add_means, plan_of, row_of
from obstacles.analysis.disclosure.release.scales import scales_of
from obstacles.analysis.disclosure.release.specialists import specialists
from obstacles.analysis.disclosure.release.splits import split_rows
from obstacles.analysis.disclosure.release.whole import slopes, whole_measures
from obstacles.analysis.gaps.gap import GapError, Staff, open_staff
from obstacles.analysis.gaps.measures import importance_line
from obstacles.analysis.gaps.obstacles import obstacle_scores
from obstacles.analysis.gaps.scales import scale_places
from obstacles.survey.loading.minimum_size import too_small
from obstacles.survey.study import Study, Wave


class TooFewError(GapError):
    """Fewer respondents than the smallest group that may be shown."""


def check_size(study: Study, wave: str) -> None:
    """Raise TooFewError for a whole wave that is smaller than a group that may be shown."""
    small = too_small(study.settings, [study.wave(wave)], reported=True)
    if small:
        raise TooFewError(small[0].message)


def gaps(
    study: Study, *, wave: str | None = None, by: str | None = None, level: float | None = None, k: int = 3
) -> Gaps:
    """Work out and protect everything that the gap reports of one wave show.

    Parameters
    ----------
    study : Study
        As `load_study` reads it, with a [capability].
    wave : str, optional
        Id of the wave; the last one with capability answers by default.
    by : str, optional
        Group column of which each group gets a report; `report_by` of the study file by default.
    level : float, optional
        Confidence level between 0.5 and 1; the study's by default.
    k : int
        Places that count for the top-k share of an obstacle.

    Returns
    -------
    Gaps
        The figures of the whole organisation and of each group that may be shown: shares below the required level
        (between 0 and 1), mean gaps (levels), intervals, and what was hidden. Nothing that is shown, taken together,
        lets a reader work out what few people answered.

    Raises
    ------
    TooFewError
        When the wave has fewer respondents than the smallest group that may be shown.
    analysis.gaps.gap.GapError
        Where the wave has no capability answers, or no such wave or column exists.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> gaps = ob.gaps(study, by="grade")
    >>> [group.name for group in gaps.groups], gaps.minimum
    (['Junior', 'Middle', 'Senior'], 10)
    """
    staff = open_staff(study, wave=wave, by=by)
    check_size(study, staff.wave)
    chosen = study.wave(staff.wave)
    level = study.settings.ranking.level if level is None else level
    if study.settings.audience == "owner" or staff.by is None:
        return _made(study, chosen, staff, level, k)
    return gaps_by_columns(study, chosen, last=staff.by, level=level, k=k)[-1]


def gaps_by_columns(study: Study, wave: Wave, *, last: str, level: float, k: int) -> list[Gaps]:
    """What the reports by each column of a wave may show to others, who may hold them all; from the first to `last`."""
    shown = shown_groups(study, wave)
    columns = list(shown)
    made: list[Gaps] = []
    before: list[Before] = []
    for column in columns[: columns.index(last) + 1] if last in columns else [*columns, last]:
        staff = open_staff(study, wave=wave.id, by=column)
        made.append(_made(study, wave, staff, level, k, shown, before))
        before.append(Before(made[-1], staff.sample.weight, masks_of(wave, column)))
    return made


def _made(
    study: Study,
    wave: Wave,
    staff: Staff,
    level: float,
    k: int,
    shown: Mapping[str, frozenset[str]] | None = None,
    before: Sequence[Before] = (),
) -> Gaps:
    shown = {} if shown is None else shown
    batch = Batch(
        study=study,
        wave=wave,
        staff=staff,
        groups=reported_groups(study, staff, shown.get(staff.by or "")),
        scores=obstacle_scores(wave, k=k),
        minimum=study.settings.privacy.min_group,
        level=level,
        shown=shown,
    )
    with threadpool_limits(1):
        return _release(batch, before)


def _release(batch: Batch, before: Sequence[Before]) -> Gaps:
    staff, scores, places = batch.staff, batch.scores, scale_places(batch.staff.items)
    q, answers = len(staff.items), staff.answers
    plans = [plan_of(batch, j) for j in range(q)]
    rows = {name: [row_of(batch, plans[j], name) for j in range(q)] for name in batch.partition.names}
    for j in range(q):
        add_means(batch, j, rows)
    if before:
        rows_beside(batch, rows, before)
    for j in range(q):
        pool(batch, j, rows)
    line, measures = importance_line(staff), whole_measures(batch)
    line = None if line is None else round(line, 1)
    for name, own in rows.items():
        own[:] = place(batch, name, compare(batch, name, own, rows[""]), line, () if name else measures.tests)
    obstacles = obstacle_rows(batch.partition, scores)
    if batch.shown:
        obstacles = obstacles_beside(batch, obstacles)
    splits = {name: {} for name in rows} if before else split_rows(batch, plans, rows)
    made = [
        ReleasedGroup(
            name=name,
            members=batch.groups.members.get(name, ()),
            respondents=int(np.count_nonzero(batch.partition.inside(name))),
            headcount=staff.organisation_headcount if name == "" else batch.groups.headcount.get(name),
            rows=tuple(rows[name]),
            obstacles=obstacles[name],
            splits=splits[name],
            first=largest(batch, name, rows[name]),
            scales=scales_of(batch, batch.partition.inside(name), rows[name], places),
        )
        for name in batch.partition.names
    ]
    return Gaps(
        study=staff.study,
        wave=staff.wave,
        by=staff.by,
        items=staff.items,
        levels=answers.levels,
        source=answers.source,
        rater=answers.rater,
        both_raters=answers.supervisor is not None,
        importance_scale=answers.importance_scale if answers.importance is not None else None,
        importance_line=line,
        obstacle_items=() if scores is None else scores.items,
        obstacle_kind="" if scores is None else scores.kind,
        obstacle_k=0 if scores is None else scores.k,
        whole=made[0],
        groups=tuple(made[1:]),
        hidden=tuple(sorted(name for name in batch.groups.unreported if name)),
        minimum=batch.minimum,
        level=batch.level,
        weighting=staff.weighting,
        weighted=staff.sample.weighted,
        finite=staff.sample.finite,
        measures=measures,
        slopes=slopes(batch),
        signed=batch.signed,
        specialists=specialists(batch, places),
    )
