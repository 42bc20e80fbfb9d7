"""Which groups get a report: small ones are merged or left out, the same in every wave of the study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from obstacles.analysis.disclosure.cells import hidden_groups
from obstacles.analysis.gaps.gap import Staff, groups_of
from obstacles.analysis.gaps.obstacles import ObstacleScores
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.survey.study import Study, Wave


@dataclass(frozen=True)
class Reported:
    """The groups of one wave that are shown, and those that are not."""

    shown: dict[str, np.ndarray]  # name -> (n,) bool, its respondents
    members: dict[str, tuple[str, ...]]  # a merged group -> the groups in it
    hidden: dict[str, np.ndarray]  # groups without a report, merged or not, one by one
    headcount: dict[str, int | None]

    @property
    def unreported(self) -> dict[str, np.ndarray]:
        """Groups that are in no report, not even merged with others."""
        merged = {name for names in self.members.values() for name in names}
        return {name: inside for name, inside in self.hidden.items() if name not in merged}


@dataclass(frozen=True)
class Partition:
    """The respondents of one wave by the groups of a column, and how these are protected."""

    sample: SurveyDesign
    groups: Reported
    minimum: int
    complementary: bool
    capped: bool
    level: float

    @property
    def names(self) -> list[str]:
        """The whole ("") and every group that is shown."""
        return ["", *self.groups.shown]

    @cached_property
    def everybody(self) -> np.ndarray:
        return np.ones(self.sample.n, bool)

    def inside(self, name: str) -> np.ndarray:
        """(n,) bool: the respondents of a group that is shown, or of the whole."""
        return self.everybody if name == "" else self.groups.shown[name]

    def hidden_rows(self, counted: np.ndarray) -> frozenset[str]:
        """Groups of which too few are among `counted`, (n,) bool, and companions that keep the others' sum safe."""
        shown, rest = self.groups.shown, self.groups.unreported
        if not shown:
            return frozenset()
        count = np.array([int((one & counted).sum()) for one in (*shown.values(), *rest.values())])
        forced = np.arange(len(count)) >= len(shown)
        gone = hidden_groups(count, self.minimum, complementary=self.complementary, forced=forced)
        gone |= count < self.minimum
        return frozenset(name for name, one in zip(shown, gone, strict=False) if one)


@dataclass(frozen=True)
class Batch:
    """What the parts of a release share."""

    study: Study
    wave: Wave
    staff: Staff
    groups: Reported
    scores: ObstacleScores | None
    minimum: int
    level: float
    shown: Mapping[str, frozenset[str]] = field(default_factory=dict)  # column -> groups, beside those of all columns

    @cached_property
    def partition(self) -> Partition:
        return partition_of(self.study, self.staff.sample, self.groups, self.level)

    @property
    def signed(self) -> bool:
        """Whether the study asks for signed gaps instead of shortfalls."""
        capability = self.study.settings.capability
        return capability is not None and capability.gap == "signed"


def partition_of(study: Study, sample: SurveyDesign, groups: Reported, level: float) -> Partition:
    """Groups under the rules of the study."""
    privacy = study.settings.privacy
    return Partition(sample, groups, privacy.min_group, privacy.complementary, privacy.cap_extremes, level)


def reported_groups(study: Study, staff: Staff, shown: frozenset[str] | None = None) -> Reported:
    """The groups of the staff of one wave; see `reported`."""
    if staff.by is None:
        return Reported({}, {}, {}, {})
    return reported(study, staff.by, {name: staff.inside(name) for name in staff.names}, staff.headcount, shown=shown)


def reported(
    study: Study,
    column: str,
    masks: Mapping[str, np.ndarray],
    size: Mapping[str, int],
    *,
    shown: frozenset[str] | None = None,
) -> Reported:
    """Decide for one wave, looking at all: a group that is small in one is hidden in all, as it could be followed.

    Parameters
    ----------
    masks : mapping
        Name of each group of the column -> (n,) bool, its respondents in this wave.
    size : mapping
        Headcounts, where known.
    shown : frozenset, optional
        Groups that may be shown beside those of other columns; those of the column by itself by default.
    """
    privacy = study.settings.privacy
    hidden = hidden_names(study, column) if shown is None else frozenset(masks) - shown
    masks = {name: inside for name, inside in masks.items() if inside.any()}
    open_groups = {name: inside for name, inside in masks.items() if name not in hidden}
    small = {name: inside for name, inside in masks.items() if name in hidden}
    headcount: dict[str, int | None] = {name: size.get(name) for name in open_groups}
    members: dict[str, tuple[str, ...]] = {}
    name = privacy.merge_small_into
    together = np.any(list(small.values()), axis=0) if small else np.zeros(0, bool)
    if name and together.sum() >= privacy.min_group and len(small) > 1:
        members[name] = tuple(small)
        sizes = [size.get(one) for one in small]
        known = [one for one in sizes if one is not None]
        if name in open_groups:
            own = headcount[name]
            together, known = together | open_groups[name], [*known, *([] if own is None else [own])]
            members[name] = (*members[name], name)
        open_groups[name] = together
        headcount[name] = sum(known) if len(known) == len(members[name]) else None
    key = study.settings.groups.sort_key(column)
    return Reported(dict(sorted(open_groups.items(), key=lambda one: key(one[0]))), members, small, headcount)


def hidden_names(study: Study, column: str) -> frozenset[str]:
    """Names of the groups of a column that are shown in no wave; people who gave no group are never a group."""
    privacy = study.settings.privacy
    waves = []
    for wave in study.waves:
        if column not in wave.respondents.columns or not len(wave.respondents):
            continue
        names, code = groups_of(wave, column)
        sizes = wave.sizes.get(column, {})
        count = np.bincount(code, minlength=len(names))
        most = np.array([float(sizes.get(name, np.inf)) for name in names])
        waves.append((names, count, most))
    hidden: set[str] = {""}
    while True:
        before = len(hidden)
        for names, count, most in waves:
            forced = np.array([name in hidden for name in names])
            gone = hidden_groups(
                count, privacy.min_group, complementary=privacy.complementary, forced=forced, most=most
            )
            hidden |= {name for name, one in zip(names, gone, strict=True) if one}
        if len(hidden) == before:
            return frozenset(hidden)
