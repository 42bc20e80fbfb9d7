"""Which groups get a report: small ones are merged or left out, the same in every wave of the study."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.disclosure import hidden_groups
from analysis.gaps import Staff, groups_of
from analysis.gaps_obstacles import ObstacleScores
from survey.name_order import name_order
from survey.study import Study, Wave


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
class Batch:
    """What the parts of a release share."""

    study: Study
    wave: Wave
    staff: Staff
    groups: Reported
    scores: ObstacleScores | None
    minimum: int
    level: float

    @property
    def names(self) -> list[str]:
        """The whole ("") and every group that is shown."""
        return ["", *self.groups.shown]

    def inside(self, name: str) -> np.ndarray:
        """(n,) bool: the respondents of a group that is shown, or of the whole."""
        return self.staff.everybody if name == "" else self.groups.shown[name]

    @property
    def complementary(self) -> bool:
        return self.study.settings.privacy.complementary

    @property
    def capped(self) -> bool:
        return self.study.settings.privacy.cap_extremes

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


def reported_groups(study: Study, staff: Staff) -> Reported:
    """Decide for one wave, looking at all: a group that is small in one is hidden in all, as it could be followed."""
    privacy = study.settings.privacy
    if staff.by is None:
        return Reported({}, {}, {}, {})
    hidden = hidden_names(study, staff.by)
    masks = {name: staff.inside(name) for name in staff.names}
    masks = {name: inside for name, inside in masks.items() if inside.any()}
    shown = {name: inside for name, inside in masks.items() if name not in hidden}
    small = {name: inside for name, inside in masks.items() if name in hidden}
    headcount: dict[str, int | None] = {name: staff.headcount.get(name) for name in shown}
    members: dict[str, tuple[str, ...]] = {}
    together = np.any(list(small.values()), axis=0) if small else np.zeros(staff.sample.n, bool)
    name = privacy.merge_small_into
    if name and together.sum() >= privacy.min_group and len(small) > 1:
        members[name] = tuple(small)
        sizes = [staff.headcount.get(one) for one in small]
        known = [size for size in sizes if size is not None]
        if name in shown:
            own = headcount[name]
            together, known = together | shown[name], [*known, *([] if own is None else [own])]
            members[name] = (*members[name], name)
        shown[name] = together
        headcount[name] = sum(known) if len(known) == len(members[name]) else None
    return Reported(dict(sorted(shown.items(), key=lambda one: name_order(one[0]))), members, small, headcount)


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
