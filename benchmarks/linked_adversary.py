"""Somebody who has the research report and the gap reports of a study, by all its columns, and wants what is hidden.

    python -m benchmarks.linked_adversary --runs 1000           random organisations, nested and crossed columns
    python -m benchmarks.linked_adversary --runs 50 --broken    the same against columns protected one by one

Of each obstacle the adversary knows the share of everybody (to the digit; where answers are weighted, on its grid), the
shares and caps that both reports print of every group of every column, and how many people are in each combination
of groups. Integer linear programming over these people finds the fewest and the most that can have marked it in a
hidden or capped group; the group has fallen where the two are one.

Utility is measured beside it: the part of cells still shown, and, where columns are few, the most that any choice of
cells could show without isolating few people (`--optimum`, all choices tried).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import product
from time import perf_counter
from unittest.mock import patch

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.organisations import organisation
from obstacles.analysis.change import groups_together
from obstacles.analysis.change.groups_together import by_groups
from obstacles.analysis.disclosure import published
from obstacles.analysis.disclosure.figures import Share
from obstacles.analysis.disclosure.leaks import ProtectionPlan
from obstacles.analysis.disclosure.linked import atoms, exposed
from obstacles.analysis.disclosure.published import group_columns, shown_groups
from obstacles.analysis.disclosure.release.groups import partition_of, reported
from obstacles.analysis.disclosure.release.obstacles import obstacle_shares
from obstacles.analysis.gaps.gap import groups_of
from obstacles.analysis.gaps.obstacles import obstacle_scores
from obstacles.analysis.prepare import prepare
from obstacles.survey.study import Design, Study, Wave

EDGE = 1e-7
K = 2
Key = tuple[str, str]


def linked_organisation(seed: int) -> Study:
    """An organisation whose departments are joined to divisions, a few people elsewhere; a third is weighted."""
    rng = np.random.default_rng(seed)
    study = organisation(rng)
    wave = study.waves[0]
    code = wave.respondents["department"].cat.codes.to_numpy()
    home = rng.integers(0, 3, code.max() + 1)
    moved = rng.random(len(code)) < rng.choice([0.0, 0.0, 0.02])
    division = np.where(moved, rng.integers(0, 3, len(code)), home[code])
    frame = wave.respondents.assign(division=pd.Categorical([f"V{i}" for i in division]))
    settings = wave.settings.model_copy(update={"columns": {**wave.settings.columns, "division": "v"}})
    weight = None
    if rng.random() < 1 / 3:
        size = np.array([wave.sizes["department"][name] for name in frame["department"].cat.categories], float)
        weight = (size / np.maximum(np.bincount(code, minlength=len(size)), 1))[code]
    made = replace(wave, respondents=frame, settings=settings, design=Design(weight=weight))
    return replace(study, waves=(made,), settings=study.settings.model_copy(update={"wave": (settings,)}))


@dataclass(frozen=True)
class Seen:
    """All that was printed of the obstacles by groups."""

    masks: Mapping[Key, np.ndarray]  # every group of every column
    shares: Mapping[Key, list[list[Share]]]  # group -> reports -> one share per obstacle


def seen(study: Study) -> Seen:
    wave = study.waves[0]
    tables = by_groups(study, wave, k=K, level=None, prepared=prepare(wave, k=K), shown=shown_groups(study, wave))
    masks: dict[Key, np.ndarray] = {}
    for column in group_columns(study, wave):
        names, code = groups_of(wave, column)
        masks |= {(column, name): code == i for i, name in enumerate(names) if (code == i).any()}
    shares: dict[Key, list[list[Share]]] = {key: [] for key in masks}
    for table in tables:
        for name, cells in table.cells.items():
            shares[table.column, name].append([cell.shown for cell in cells if isinstance(cell.shown, Share)])
    for name, row in _of_gap_reports(
        study, wave, {name: mask for (c, name), mask in masks.items() if c == "department"}
    ):
        shares["department", name].append(row)
    return Seen(masks, shares)


def _of_gap_reports(study: Study, wave: Wave, masks: Mapping[str, np.ndarray]) -> Iterator[tuple[str, list[Share]]]:
    """The shares of obstacles that the gap reports of all departments print, as `release.gaps` works them out."""
    scores = obstacle_scores(wave, k=K)
    assert scores is not None
    groups = reported(study, "department", masks, dict(wave.sizes["department"]))
    part = partition_of(study, prepare(wave, k=K).sample, groups, study.settings.ranking.level)
    found = obstacle_shares(part, scores)
    yield from ((name, row) for name, row in found.items() if name)


def attack(study: Study, found: Seen, *, items: int | None = None) -> Iterator[tuple[str, bool]]:
    """(kind, whether it fell) of every hidden and capped group, obstacle by obstacle; of the first `items`."""
    wave = study.waves[0]
    scores = obstacle_scores(wave, k=K)
    assert scores is not None
    weight = np.ones(len(wave.respondents)) if wave.design.weight is None else wave.design.weight
    weighted = wave.design.weight is not None
    member, code = atoms([*found.masks.values(), *(weight == value for value in np.unique(weight))])
    count = np.bincount(code, minlength=len(member)).astype(float)
    unit = np.bincount(code, weights=weight, minlength=len(member)) / count
    inside = {key: member[:, i].astype(bool) for i, key in enumerate(found.masks)}
    for o in range(scores.value.shape[1])[:items]:
        total = float(weight @ scores.value[:, o])
        half = 0.005 * weight.sum() if weighted else 0.0
        middle = round(total / weight.sum(), 2) * weight.sum() if weighted else total
        lines = [(unit, middle - half - EDGE, middle + half + EDGE)]
        shown: dict[Key, str] = {}
        for key, reports in found.shares.items():
            for report in reports:
                lines.append(_line(report[o], inside[key], unit, count))
                shown[key] = shown.get(key, "") or ("" if report[o].cap == "hidden" else report[o].cap or "value")
        for key, own in inside.items():
            n = count[own].sum()
            kind = shown.get(key, "")
            if kind == "value" or (kind == "" and n >= study.settings.privacy.min_group):
                continue
            least, most = _ends(own.astype(float), [line for line in lines if line is not None], count)
            yield ("capped" if kind else "hidden"), most - least < 0.5


def _line(
    share: Share, inside: np.ndarray, unit: np.ndarray, count: np.ndarray
) -> tuple[np.ndarray, float, float] | None:
    """What a printed share says, as (coefficients, least, most)."""
    weight, n = float((inside * unit * count).sum()), float(count[inside].sum())
    if share.value is not None:
        half = share.step / 2 + (0.005 if share.step > 0.01 else 0) + EDGE  # some are rounded twice
        return inside * unit, (share.value - half) * weight, (share.value + half) * weight
    if share.cap in ("low", "high"):
        return inside.astype(float), (n - 2 if share.cap == "high" else 0.0), (n if share.cap == "high" else 2.0)
    return None


def _ends(goal: np.ndarray, lines: list[tuple[np.ndarray, float, float]], count: np.ndarray) -> tuple[float, float]:
    table = np.array([line[0] for line in lines])
    known = LinearConstraint(table, [line[1] for line in lines], [line[2] for line in lines])
    ends = []
    for sign in (1.0, -1.0):
        solved = milp(
            sign * goal,
            integrality=np.ones(len(count)),
            bounds=Bounds(0, count),
            constraints=known,
            options={"time_limit": 5.0},
        )
        if solved.x is None:
            return 0.0, float(goal @ count)
        ends.append(sign * solved.fun)
    return float(ends[0]), float(ends[1])


def weakened() -> ExitStack:
    """Columns protected one by one and items not looked at, as before they were linked."""
    stack = ExitStack()
    stack.enter_context(patch.object(published, "hidden_linked", lambda columns, shown, minimum, **_how: dict(shown)))
    stack.enter_context(patch.object(groups_together, "hidden_beside", lambda *_given: set()))
    stack.enter_context(patch.object(ProtectionPlan, "protect", lambda self: None))
    return stack


def optimum(study: Study, wave: Wave) -> tuple[int, int, int]:
    """Groups shown, the most that could be shown without isolating few people, and those large enough to be."""
    minimum = study.settings.privacy.min_group
    large: list[Key] = []
    masks: list[np.ndarray] = []
    for column in group_columns(study, wave):
        names, code = groups_of(wave, column)
        for i, name in enumerate(names):
            if (code == i).sum() >= minimum:
                large.append((column, name))
                masks.append(code == i)
    shown = shown_groups(study, wave)
    ours = sum(name in shown[column] for column, name in large)
    everybody = np.ones(len(wave.respondents), bool)
    for choice in sorted(product((True, False), repeat=len(large)), key=lambda one: -sum(one)):
        if sum(choice) <= ours:
            break
        member, code = atoms([everybody, *(mask for mask, kept in zip(masks, choice, strict=True) if kept)])
        if next(exposed(member, np.bincount(code, minlength=len(member)), minimum), None) is None:
            return ours, sum(choice), len(large)
    return ours, ours, len(large)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linked_adversary", description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--first", type=int, default=0, help="seed of the first organisation")
    parser.add_argument("--broken", action="store_true", help="attack columns protected one by one")
    parser.add_argument("--optimum", action="store_true", help="measure utility where at most 11 groups are large")
    typed = parser.parse_args()
    looked, fallen = Counter[str](), Counter[str]()
    utility = np.zeros(3, int)
    start, made = perf_counter(), 0
    for seed in range(typed.first, typed.first + typed.runs):
        study = linked_organisation(seed)
        if len(study.waves[0].respondents) < study.settings.privacy.min_group:
            continue
        with weakened() if typed.broken else ExitStack():
            found = seen(study)
        made += 1
        for kind, fell in attack(study, found):
            looked[kind] += 1
            fallen[kind] += fell
            if fell and not typed.broken:
                print(f"seed {seed}: a {kind} group fell", flush=True)
        wave = study.waves[0]
        if typed.optimum and sum(m.sum() >= study.settings.privacy.min_group for m in found.masks.values()) <= 11:
            utility += optimum(study, wave)
    print(f"{made} organisations, {perf_counter() - start:.0f} s")
    for kind in looked:
        print(f"{kind}: {looked[kind]} attacked, {fallen[kind]} fell")
    if typed.optimum:
        print(f"{utility[0]} groups shown, at most {utility[1]} could be, of {utility[2]} large enough")


if __name__ == "__main__":
    main()
