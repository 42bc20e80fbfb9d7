"""All that the files of all commands say of a wave, as statements about sums of people's answers.

A printed figure, whether a share, a mean, a class of levels or "less than 10 %", says that a weighted sum over people
of what they answered lies between two numbers. Files for others are asked for in turn as somebody would: the research
report (rankings at every number of places), its regressions, and the gap reports by each column; what the register
refuses is not there. The whole's figures of `rank --json`, `compare --json` and the spread are known to the digit;
where answers are weighted, on their grid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from obstacles.analysis.change.groups_together import by_groups
from obstacles.analysis.disclosure.coarse import needs_grid
from obstacles.analysis.disclosure.figures import Mean, Share
from obstacles.analysis.disclosure.published import cells_of_gaps, cells_of_groups, isolates
from obstacles.analysis.disclosure.release import Gaps
from obstacles.analysis.disclosure.release.batch import gaps_by_columns
from obstacles.analysis.disclosure.release.beside import split_step
from obstacles.analysis.disclosure.release.columns import group_columns, shown_groups
from obstacles.analysis.disclosure.release.figures import GapRow
from obstacles.analysis.gaps.gap import groups_of, open_staff
from obstacles.analysis.gaps.obstacles import obstacle_scores
from obstacles.analysis.prepare import Prepared, prepare
from obstacles.analysis.regression.withheld import is_withheld
from obstacles.survey.answers import Rankings, Ratings
from obstacles.survey.loading.register import Publication, publication
from obstacles.survey.settings import RegressionSettings
from obstacles.survey.study import Study, Wave

EDGE = 1e-7
KEY = "0" * 64
MOST_PLACES = 2
REGRESSIONS = {"rank_grid": "rank_ordered_logit", "multi_select": "selection", "likert_grid": "severity"}
Key = tuple[str, str]  # column and group


@dataclass(frozen=True)
class Statement:
    """A sum over people lies between two numbers; (n, c) what each person adds by each answer."""

    adds: np.ndarray
    least: float
    most: float
    what: str  # measure and people


@dataclass
class Asked:
    """One obstacle or capability: what people answered, and what is printed of it."""

    name: str
    answer: np.ndarray  # (n,) position of each person's answer; -1 = none
    score: Mapping[str, np.ndarray]  # measure -> (n, c) what it counts an answer as
    statements: list[Statement] = field(default_factory=list)
    capped: dict[tuple[Key, str], np.ndarray] = field(default_factory=dict)  # and the measure -> (n,) bool, its people
    joined: dict[Key, list[tuple[int, int]]] = field(default_factory=dict)  # levels shown together

    def told(self, inside: np.ndarray, weight: np.ndarray, measure: str, value: float, half: float) -> None:
        """A weighted mean of a measure over some people, as far as it is printed."""
        own = np.where(inside & (self.answer >= 0), weight, 0.0)
        adds, whole, what = own[:, None] * self.score[measure], float(own.sum()), f"{measure} of {(own > 0).sum()}"
        self.statements.append(
            Statement(
                adds,
                (value - half - EDGE) * whole,
                (value + half + EDGE) * whole,
                what,
            )
        )

    def counted(self, inside: np.ndarray, measure: str, least: float, most: float) -> None:
        """How many of some people gave an answer."""
        adds = (inside & (self.answer >= 0))[:, None] * self.score[measure]
        self.statements.append(Statement(adds, least, most, f"{measure} of {int((adds.max(axis=1) > 0).sum())}"))

    def share(self, key: Key, inside: np.ndarray, weight: np.ndarray, measure: str, shown: Share) -> None:
        """A share or a cap; where it is neither, nothing."""
        n = float((inside & (self.answer >= 0)).sum())
        if shown.value is not None:
            # one on a coarser step may have been rounded twice
            self.told(inside, weight, measure, shown.value, shown.step / 2 + (0.005 if shown.step > 0.01 else 0.0))
        elif shown.cap in ("low", "high"):
            self.counted(inside, measure, n - 2 if shown.cap == "high" else 0.0, n if shown.cap == "high" else 2.0)
            self.capped[key, measure] = inside


@dataclass
class Printed:
    """All that is printed of one wave."""

    groups: Mapping[Key, np.ndarray]  # every group of every column -> (n,) bool
    asked: dict[str, Asked]
    shown: set[Key] = field(default_factory=set)
    cells: int = 0  # figures of groups shown, obstacle by obstacle
    possible: int = 0  # that the groups which are large enough have
    refused: int = 0  # files that the register refused


def printed(study: Study, wave: Wave, before: Sequence[Publication] = ()) -> tuple[Printed, list[Publication]]:
    """What all files of a wave say, made one after the other beside `before`; and what the register then holds."""
    found = Printed(_groups(study, wave), {one.name: one for one in (*_obstacles(wave), *_capabilities(wave))})
    register = list(before)
    _whole(study, wave, found)
    shown = shown_groups(study, wave)
    if _may(study, wave, register, cells_of_groups(wave, shown), "research", found):
        for k in range(1, MOST_PLACES + 1) if _ranked(wave) else (MOST_PLACES,):
            _research(study, wave, found, shown, k)
    columns = group_columns(study, wave)
    releases = gaps_by_columns(study, wave, last=columns[-1], level=study.settings.ranking.level, k=MOST_PLACES)
    for column, release in zip(columns, releases, strict=True):
        if _may(study, wave, register, cells_of_gaps(release, wave), "gap", found):
            _gap_reports(study, wave, found, release, column)
    return found, register


def _may(
    study: Study, wave: Wave, register: list[Publication], cells: Sequence[np.ndarray], what: str, found: Printed
) -> bool:
    """Whether the register lets these files pass; they are in it then."""
    new = publication(what, study.settings, wave, cells, KEY)
    if isolates(register, new, study.settings.privacy.min_group):
        found.refused += 1
        return False
    register.append(new)
    return True


def _groups(study: Study, wave: Wave) -> dict[Key, np.ndarray]:
    found: dict[Key, np.ndarray] = {}
    for column in group_columns(study, wave):
        names, code = groups_of(wave, column)
        found |= {(column, name): code == i for i, name in enumerate(names) if (code == i).any()}
    return found


def _ranked(wave: Wave) -> bool:
    return isinstance(wave.answers, Rankings) and not wave.answers.selection


def _obstacles(wave: Wave) -> Iterator[Asked]:
    """Answers are places (unranked last), marks, or levels of the scale."""
    answers, n = wave.answers, len(wave.respondents)
    for o, item in enumerate(wave.items):
        if isinstance(answers, Ratings):
            said = np.where(np.isnan(answers.scores[:, o]), 0, answers.scores[:, o]).astype(int)
            levels = np.array([level.value for level in answers.scale.levels])
            score = {"mean": np.tile(levels, (n, 1)), **_one_by_one(n, len(levels), "level")}
            yield Asked(item.id, said - 1, score)
            continue
        assert isinstance(answers, Rankings)
        depth = int(answers.ranks.max(initial=1))
        place = np.where(answers.ranks[:, o] > 0, answers.ranks[:, o] - 1, depth)
        first = {f"first {k}": np.tile((np.arange(depth + 1) < k).astype(float), (n, 1)) for k in range(1, depth + 1)}
        yield Asked(item.id, place.astype(int), first | _one_by_one(n, depth + 1, "place"))


def _one_by_one(n: int, categories: int, word: str) -> dict[str, np.ndarray]:
    return {f"{word} {c}": np.tile(np.eye(categories)[c], (n, 1)) for c in range(categories)}


def _capabilities(wave: Wave) -> Iterator[Asked]:
    answers = wave.capability
    assert answers is not None
    levels = np.array([level.value for level in answers.levels])
    for j, item in enumerate(answers.items):
        need, level = answers.required[:, j][:, None], levels[None, :]
        known = ~np.isnan(answers.current[:, j]) & ~np.isnan(answers.required[:, j])
        score = {
            "below": (level < need).astype(float),
            "signed": need - level,
            "shortfall": np.maximum(need - level, 0),
            **_one_by_one(len(known), len(levels), "level"),
        }
        yield Asked(item.id, np.where(known, np.searchsorted(levels, np.nan_to_num(answers.current[:, j])), -1), score)


# ---------- what is printed -------------------------------------------------------------------------------------


def _whole(study: Study, wave: Wave, found: Printed) -> None:
    """Of everybody every answer is counted: by the spread, and by the ranking."""
    weight = np.ones(len(wave.respondents)) if wave.design.weight is None else wave.design.weight
    everybody, half = np.ones(len(weight), bool), 0.005 if needs_grid(study, wave) else 0.0
    for item in wave.items:
        asked = found.asked[item.id]
        for measure, score in asked.score.items():
            value = float(weight @ score[np.arange(len(weight)), asked.answer] / weight.sum())
            asked.told(everybody, weight, measure, round(value, 2) if half else value, half)


def _measure(asked: Asked, k: int) -> str:
    return next(name for name in ("mean", f"first {k}", "first 1") if name in asked.score)


def _research(study: Study, wave: Wave, found: Printed, shown: Mapping[str, frozenset[str]], k: int) -> None:
    """The tables by groups, and regressions that say no more than these (main effects of one column)."""
    prepared = prepare(wave, k=k)
    scores = obstacle_scores(wave, k=k)
    assert scores is not None
    weight = prepared.sample.weight
    tables = by_groups(study, wave, k=k, level=None, prepared=prepared, shown=shown)
    found.possible += len(wave.items) * sum(
        int(inside.sum() >= study.settings.privacy.min_group) for inside in found.groups.values()
    )
    for table in tables:
        for name, cells in table.cells.items():
            key = table.column, name
            found.shown.add(key)
            for item, cell in zip(table.items, cells, strict=True):
                found.cells += cell.shown.value is not None or getattr(cell.shown, "cap", "") in ("low", "high")
                _figure(found.asked[item.id], key, found.groups[key], weight, scores.k, cell.shown)
    for column in shown:
        model = RegressionSettings.model_validate(
            {"name": "m", "kind": REGRESSIONS[wave.settings.format], "formula": column}
        )
        if not is_withheld(model, wave, shown, tables):
            _regression(found, prepared, column, scores.value, scores.k, 0.005 if needs_grid(study, wave) else 0.0)


def _regression(found: Printed, prepared: Prepared, column: str, value: np.ndarray, k: int, half: float) -> None:
    """The sums of a group follow from the coefficients, to the digit where answers are not weighted."""
    weight = prepared.sample.weight
    for place, asked in enumerate(list(found.asked.values())[: value.shape[1]]):
        measure = _measure(asked, k)
        for key, inside in found.groups.items():
            if key[0] == column:
                mean = float(weight[inside] @ value[inside, place] / weight[inside].sum())
                asked.told(inside, weight, measure, mean, half)


def _figure(asked: Asked, key: Key, inside: np.ndarray, weight: np.ndarray, k: int, shown: Share | Mean) -> None:
    measure = _measure(asked, k)
    if isinstance(shown, Share):
        asked.share(key, inside, weight, measure, shown)
    elif shown.value is not None:
        asked.told(inside, weight, measure, shown.value, shown.step / 2)


def _gap_reports(study: Study, wave: Wave, found: Printed, release: Gaps, column: str) -> None:
    """Capabilities and obstacles of every group, its parts, and the whole; weighted by headcount where known."""
    weight = open_staff(study, wave=wave.id, by=column).sample.weight
    everybody = np.ones(len(weight), bool)
    for one in (release.whole, *release.groups):
        inside = (
            np.any([found.groups[column, name] for name in one.members or (one.name,)], axis=0)
            if one.name
            else everybody
        )
        key = (column, one.name)
        found.shown.add(key)
        for item, row in zip(release.items, one.rows, strict=True):
            _gap_row(found.asked[item.id], key, inside, weight, row)
        for item, obstacle in zip(release.obstacle_items, one.obstacles, strict=True):
            shown = obstacle.share or obstacle.mean
            if shown is not None:
                _figure(found.asked[item.id], key, inside, weight, release.obstacle_k, shown)
        for part_column, parts in one.splits.items():
            for part in parts:
                own = inside & found.groups[part_column, part.name]
                for item, share in zip(release.items, part.shares, strict=True):
                    found.asked[item.id].share(
                        (f"{column} {one.name} {part_column}", part.name), own, weight, "below", share
                    )


def _gap_row(asked: Asked, key: Key, inside: np.ndarray, weight: np.ndarray, row: GapRow) -> None:
    if row.base is None:
        return
    asked.share(key, inside, weight, "below", row.below)
    for measure, mean in (("signed", row.signed), ("shortfall", row.shortfall)):
        if mean.value is not None:
            asked.told(inside, weight, measure, mean.value, mean.step / 2)
    levels = next(iter(asked.score.values())).shape[1]
    step = split_step(row)
    for one in row.classes:
        name = f"levels {one.first} to {one.last}"
        asked.score = {
            **asked.score,
            name: np.sum([asked.score[f"level {c}"] for c in range(one.first, one.last + 1)], axis=0),
        }
        asked.told(inside, weight, name, one.share, step / 2)
    open_levels = (
        [(one.first, one.last) for one in row.classes if one.last > one.first] if row.classes else [(0, levels - 1)]
    )
    asked.joined[key] = open_levels if key not in asked.joined else _both(asked.joined[key], open_levels)


def _both(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Levels that are joined in both."""
    return [found for a, b in one for c, d in other if (found := (max(a, c), min(b, d)))[1] > found[0]]
