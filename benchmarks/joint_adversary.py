"""Somebody who holds every file of every command, of all columns and waves, and wants what is hidden in them.

    python -m benchmarks.joint_adversary                 1,000 random organisations, and every rule switched off in turn
    python -m benchmarks.joint_adversary --runs 50 --quick       one obstacle and one capability of each
    python -m benchmarks.joint_adversary --results found.jsonl   goes on where an earlier run with this file stopped

The page is written with `--page`: it says how many organisations were tried, be they all or fewer.

What is printed becomes statements about sums of people's answers (`benchmarks.printed`). The adversary knows beside it
who is in which combination of groups and with which weight, and what is required of whom. Integer linear programming
over how many people of each combination gave each answer finds what the count of a hidden or capped group can be, of
few people at a level that is shown with others, of few people whom two columns tell apart. A count is worked out where
one value is left.

With each rule switched off in turn the same adversary says what that rule is for. Utility stands beside it: the part of
figures still shown, and on small tables the most groups that any choice could show (integer programming).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from functools import cached_property
from itertools import product
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks import printed as printing
from benchmarks.organisations import linked_organisation, with_one_capability, with_privacy
from benchmarks.page import write_tables
from benchmarks.printed import Asked, Printed, printed
from obstacles.analysis.change import groups_together
from obstacles.analysis.disclosure.figures import FEWEST
from obstacles.analysis.disclosure.leaks import ProtectionPlan
from obstacles.analysis.disclosure.linked import atoms, exposed
from obstacles.analysis.disclosure.release import beside, columns
from obstacles.survey.loading.register import Publication
from obstacles.survey.study import Study, Wave

RUNS, WEAK_RUNS = 1_000, 40
KEYS = "seed", "rule", "quick"  # of a kept outcome
FEWEST_VALUES = {"capped group": 3, "nearly all of a remainder": 3}  # that are promised; two for every other count
SECONDS = 0.5  # for one question; what is not decided by then is counted as open
MOST_UNDECIDED = 6  # of one obstacle or capability; then no more is asked of it
EDGE = 1e-6
MOST_MOVES = 60  # that are tried for one count
MOST_TRIED = 11  # groups whose every choice is tried


@dataclass(frozen=True)
class Target:
    """A count that is not printed."""

    kind: str
    adds: np.ndarray  # (n, c) 0 or 1
    measure: str


def targets(found: Printed, asked: Asked, minimum: int) -> Iterator[Target]:
    """Small groups, capped ones, levels shown with others, and few people whom two columns tell apart."""
    said = asked.answer >= 0

    def target(kind: str, inside: np.ndarray, measure: str) -> Target:
        return Target(kind, (inside & said)[:, None] * asked.score[measure], measure)

    measures = [name for name in asked.score if name.startswith("first") or name == "below"]
    levels = [name for name in asked.score if name.startswith("level ")]
    looked_at = [*measures, *levels[:1], *levels[-1:]]
    for key, inside in found.groups.items():
        if 0 < (inside & said).sum() < minimum:
            yield from (target("hidden group", inside, name) for name in looked_at)
        for first, last in asked.joined.get(key, ()):
            for level in range(first, last + 1):
                count = int((asked.answer[inside] == level).sum())
                if min(count, int((inside & said).sum()) - count) < FEWEST:  # that is why levels are joined
                    yield target("joined level", inside, f"level {level}")
    leading = next(iter(found.groups))[0]
    for rest in _remainders(found, said, minimum):
        for name in looked_at:
            count = int(asked.score[name][np.arange(len(said)), asked.answer][rest].sum())
            if min(count, int(rest.sum()) - count) < FEWEST:
                yield target("nearly all of a remainder", rest, name)
    for ((column, _name), measure), inside in asked.capped.items():
        yield target("capped group" if column == leading else "capped part or later group", inside, measure)
    for few in _told_apart(found, said, minimum):
        yield from (target("few of two columns", few, name) for name in measures or looked_at)


def _remainders(found: Printed, said: np.ndarray, minimum: int) -> Iterator[np.ndarray]:
    """(n,) bool all people of the groups of a column that are too small to be shown, where these are several."""
    for column in dict.fromkeys(column for column, _name in found.groups):
        small = [inside & said for (own, _), inside in found.groups.items() if own == column]
        small = [inside for inside in small if 0 < inside.sum() < minimum]
        if len(small) > 1:
            yield np.any(small, axis=0)


def _told_apart(found: Printed, said: np.ndarray, minimum: int) -> Iterator[np.ndarray]:
    """(n,) bool few people of a group of the first column who are in one of another column."""
    first = next(iter(found.groups))[0]
    for (column, _name), inside in found.groups.items():
        for (other, _other), crossed in found.groups.items():
            few = inside & crossed & said
            if column == first != other and 0 < few.sum() < min(minimum, inside.sum(), crossed.sum()):
                yield few


# ---------- what is left ----------------------------------------------------------------------------------------


class Attack:
    """Everything that is known of one obstacle or capability, and what follows."""

    def __init__(self, asked: Asked, wanted: Sequence[Target]) -> None:
        said = asked.answer >= 0
        lines = [one for one in asked.statements if one.adds.any()]
        every = [*(one.adds for one in lines), *(one.adds for one in wanted)]
        table = np.stack([adds[said] for adds in every], axis=1)  # (n, s, c)
        flat = np.round(table.reshape(len(table), -1), 9)
        _sets, first, code = np.unique(flat, axis=0, return_index=True, return_inverse=True)
        people, c = np.bincount(code.ravel()).astype(float), table.shape[2]
        adds = table[first].transpose(1, 0, 2).reshape(table.shape[1], -1)  # (s, sets * c)
        self.wanted = adds[len(lines) :]
        sums = sparse.kron(sparse.identity(len(people)), np.ones((1, c)), format="csr")
        self.categories, self.adds = c, adds[: len(lines)]
        self.natural = LinearConstraint(sums, people, people)
        least, most = (np.array([getattr(one, end) for one in lines]) for end in ("least", "most"))
        self.known = LinearConstraint(sparse.csr_matrix(self.adds), least - EDGE, most + EDGE)
        truth = np.bincount(code.ravel() * c + asked.answer[said], minlength=len(people) * c).astype(float)
        told = self.adds @ truth
        untrue = [
            one.what for one, sum in zip(lines, told, strict=True) if not one.least - EDGE <= sum <= one.most + EDGE
        ]
        assert not untrue, f"what is taken for printed is not true: {untrue}"
        self.possible = [truth]  # answers that everything printed leaves open
        self.people = np.repeat(people, c)
        self.undecided = 0

    def values(self, place: int, wanted: int) -> int:
        """Whole numbers that a wanted count can be, up to `wanted`."""
        goal = self.wanted[place]
        seen = [round(float(goal @ one)) for one in self.possible]
        before = self.undecided
        ends = {1.0: max(seen), -1.0: -min(seen)}
        for sign in (1.0, -1.0):
            while ends[1.0] + ends[-1.0] + 1 < wanted:
                found = self.moved(goal * sign, ends[sign] + 1)
                if found is None:
                    found = self.solved(goal * sign, ends[sign] + 1)
                if found is None:
                    break
                self.possible.append(found)
                ends[sign] = round(float(sign * (goal @ found)))
        return wanted if self.undecided > before else min(ends[1.0] + ends[-1.0] + 1, wanted)

    def natural_values(self, place: int) -> int:
        """Whole numbers that it could be if nothing were printed."""
        c = self.categories
        each, people = self.wanted[place].reshape(-1, c), self.people.reshape(-1, c)[:, 0]
        return round(float(people @ (each.max(axis=1) - each.min(axis=1)))) + 1

    @cached_property
    def moves(self) -> tuple[np.ndarray, np.ndarray]:
        """(m, 2) from and to which answer of a set a person can move, and (m, s) what that adds to what is known."""
        c = self.categories
        at = np.flatnonzero(self.possible[0] > 0)
        pairs = np.array([(one, one // c * c + to) for one in at for to in range(c) if to != one % c]).reshape(-1, 2)
        table = self.adds
        return pairs, (table[:, pairs[:, 1]] - table[:, pairs[:, 0]]).T

    def moved(self, goal: np.ndarray, least: float) -> np.ndarray | None:
        """Such answers in which one person or two answer otherwise than in truth."""
        truth, (pairs, change) = self.possible[0], self.moves
        told = self.adds @ truth
        low, high = self.known.lb - told, self.known.ub - told
        gain = goal[pairs[:, 1]] - goal[pairs[:, 0]]
        for first in np.flatnonzero(gain > 0)[:MOST_MOVES]:
            if goal @ truth + gain[first] < least:
                continue
            both = change[first] + np.vstack([np.zeros(change.shape[1]), change])
            fits = ((both >= low) & (both <= high)).all(axis=1)
            fits[1:] &= gain[first] + gain > 0
            for second in np.flatnonzero(fits) - 1:
                found = truth.copy()
                for start, end in pairs[[first] if second < 0 else [first, second]]:
                    found[start] -= 1
                    found[end] += 1
                if (found >= 0).all() and goal @ found >= least:
                    return found
        return None

    def solved(self, goal: np.ndarray, least: float) -> np.ndarray | None:
        """Answers of which the goal is at least so much; None where there are none, or none were found in time."""
        if self.undecided >= MOST_UNDECIDED:
            self.undecided += 1
            return None
        solved = milp(
            np.zeros(len(goal)),
            integrality=np.ones(len(goal)),
            bounds=Bounds(0, self.people),
            constraints=[self.natural, self.known, LinearConstraint(sparse.csr_matrix(goal[None, :]), least, np.inf)],
            options={"time_limit": SECONDS},
        )
        self.undecided += solved.status == 1
        return None if solved.x is None else np.rint(solved.x)


def attack(found: Printed, minimum: int, *, items: int | None = None) -> Iterator[tuple[str, int, int]]:
    """(kind, values left, values promised) of every count that is not printed; of the first `items` of each sort."""
    names = list(found.asked)
    capabilities = [name for name in names if "below" in found.asked[name].score]
    obstacles = [name for name in names if name not in capabilities]
    for name in [*obstacles[:items], *capabilities[:items]]:
        asked = found.asked[name]
        wanted = list(targets(found, asked, minimum))
        if not wanted:
            continue
        sort = "capability" if name in capabilities else "obstacle"
        known = Attack(asked, wanted)
        for place, target in enumerate(wanted):
            promised = min(FEWEST_VALUES.get(target.kind, 2), known.natural_values(place))
            if sort == "obstacle":
                promised = min(promised, by_the_whole(asked, target))
            left = known.values(place, promised)
            yield f"{sort}, {target.kind}", left, promised


def by_the_whole(asked: Asked, target: Target) -> int:
    """Whole numbers that a count can be by that of everybody, which is known to the digit."""
    whole = float(asked.score[target.measure][np.arange(len(asked.answer)), asked.answer][asked.answer >= 0].sum())
    n, everybody = int((target.adds.max(axis=1) > 0).sum()), int((asked.answer >= 0).sum())
    return round(min(n, whole) - max(0.0, n - (everybody - whole))) + 1


# ---------- rules, switched off one by one ----------------------------------------------------------------------


def published(study: Study) -> Iterator[Printed]:
    """What is printed of each wave of a study, beside what was printed of those before."""
    register: list[Publication] = []
    for wave in study.waves:
        if len(wave.respondents) >= study.settings.privacy.min_group:
            found, register = printed(study, wave, register)
            yield found


def _no_companions(study: Study) -> tuple[Study, ExitStack]:
    return with_privacy(study, complementary=False), ExitStack()


def _no_caps(study: Study) -> tuple[Study, ExitStack]:
    return with_privacy(study, cap_extremes=False), ExitStack()


def _columns_alone(study: Study) -> tuple[Study, ExitStack]:
    """Each column protected by itself: sizes, obstacles and capabilities."""
    stack = ExitStack()
    stack.enter_context(patch.object(columns, "hidden_linked", lambda _columns, shown, _minimum, **_how: dict(shown)))
    stack.enter_context(patch.object(columns, "hidden_beside", lambda *_cells, **_how: set()))
    stack.enter_context(patch.object(beside, "hidden_beside", lambda *_cells, **_how: set()))
    stack.enter_context(patch.object(groups_together, "hidden_beside", lambda *_cells, **_how: set()))
    return study, stack


def _fine_figures(study: Study) -> tuple[Study, ExitStack]:
    """Nothing made coarser, and no figure hidden for what it tells of another."""
    stack = ExitStack()
    stack.enter_context(patch.object(ProtectionPlan, "protect", lambda _plan: None))
    return study, stack


def _no_register(study: Study) -> tuple[Study, ExitStack]:
    stack = ExitStack()
    stack.enter_context(patch.object(printing, "isolates", lambda *_publications: False))
    return study, stack


def as_it_is(study: Study) -> tuple[Study, ExitStack]:
    """Every rule holds."""
    return study, ExitStack()


RULES: dict[str, Callable[[Study], tuple[Study, ExitStack]]] = {
    "none": as_it_is,
    "complementary suppression": _no_companions,
    "caps": _no_caps,
    "columns protected together": _columns_alone,
    "rounding where a figure tells of others": _fine_figures,
    "the register": _no_register,
}


@dataclass
class Outcome:
    """What the adversary found in some organisations."""

    organisations: int = 0
    attacked: Counter[str] = field(default_factory=Counter)
    fell: Counter[str] = field(default_factory=Counter)
    fewer: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)  # of organisations in which something fell
    cells: int = 0
    possible: int = 0
    refused: int = 0


def run(seeds: Iterable[int], rule: str = "none", *, quick: bool = False) -> Outcome:
    """Attack organisations with one rule switched off; `quick`: one obstacle and one capability of each."""
    outcome = Outcome()
    for seed in seeds:
        study = linked_organisation(seed)
        study, switched_off = RULES[rule](with_one_capability(study) if quick else study)
        outcome.organisations += 1
        with switched_off:
            found = list(published(study))
        for one in found:
            outcome.cells, outcome.possible = outcome.cells + one.cells, outcome.possible + one.possible
            outcome.refused += one.refused
            for kind, left, promised in attack(one, study.settings.privacy.min_group, items=1 if quick else None):
                outcome.attacked[kind] += 1
                outcome.fell[kind] += left < 2 <= promised
                outcome.fewer[kind] += left < promised
                if left < promised:
                    outcome.told.append(f"seed {seed}: {kind}: {left} of {promised} values left")
    return outcome


def optimum(study: Study, wave: Wave) -> tuple[int, int, int]:
    """Groups shown, the most that could be shown without isolating few people, and those large enough to be."""
    minimum = study.settings.privacy.min_group
    large = [
        ((column, name), inside)
        for column in columns.group_columns(study, wave)
        for name, inside in columns.masks_of(wave, column).items()
        if name and inside.sum() >= minimum
    ]
    shown = columns.shown_groups(study, wave)
    ours = sum(name in shown[column] for (column, name), _inside in large)
    everybody = np.ones(len(wave.respondents), bool)
    for choice in sorted(product((True, False), repeat=len(large)), key=lambda one: -sum(one)):
        if sum(choice) <= ours:
            break
        member, code = atoms([everybody, *(mask for (_key, mask), kept in zip(large, choice, strict=True) if kept)])
        if next(exposed(member, np.bincount(code, minlength=len(member)), minimum), None) is None:
            return ours, sum(choice), len(large)
    return ours, ours, len(large)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.joint_adversary", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--weak-runs", type=int, default=WEAK_RUNS, help="organisations for each rule; 0 = none")
    parser.add_argument("--first", type=int, default=0, help="seed of the first organisation")
    parser.add_argument("--quick", action="store_true", help="one obstacle and one capability of each")
    parser.add_argument("--results", type=Path, help="what each organisation gave, a line each; what is there is kept")
    parser.add_argument("--page", action="store_true", help="write the tables to docs/validation.md")
    typed = parser.parse_args()
    start = perf_counter()
    kept = Kept(typed.results, quick=typed.quick)
    weak = {rule: [kept.of(seed, rule) for seed in range(typed.weak_runs)] for rule in RULES if rule != "none"}
    whole = summed(kept.of(seed) for seed in range(typed.first, typed.first + typed.runs))
    tables = {"joint adversary": found_lines(whole, quick=typed.quick)}
    if typed.weak_runs:
        rules = rule_lines({rule: summed(of) for rule, of in weak.items()})
        tables["rules"] = [*rules, "", utility(typed.weak_runs)]
    print(*(line for table in tables.values() for line in table), f"{perf_counter() - start:.0f} s", sep="\n")
    if typed.page:
        write_tables(tables, module="benchmarks.joint_adversary")


class Kept:
    """What single organisations gave, in a file where one is named: a run that was stopped goes on from there."""

    def __init__(self, path: Path | None, *, quick: bool) -> None:
        self.path, self.quick = path, quick
        lines = path.read_text().splitlines() if path is not None and path.exists() else []
        self.found: dict[tuple[int, str, bool], dict[str, Any]] = {
            (one["seed"], one["rule"], one["quick"]): one["outcome"] for one in map(json.loads, lines)
        }

    def of(self, seed: int, rule: str = "none") -> Outcome:
        """The outcome of one organisation, worked out where it is not in the file."""
        key = seed, rule, self.quick
        if key not in self.found:
            self.found[key] = vars(run([seed], rule, quick=self.quick))
            if self.path is not None:
                with self.path.open("a") as out:
                    print(json.dumps(dict(zip(KEYS, key, strict=True)) | {"outcome": self.found[key]}), file=out)
        counted = {name: Counter(value) for name, value in self.found[key].items() if isinstance(value, dict)}
        return Outcome(**(self.found[key] | counted))


def summed(outcomes: Iterable[Outcome]) -> Outcome:
    """All outcomes as one."""
    whole = Outcome()
    for one in outcomes:
        for each in fields(Outcome):
            setattr(whole, each.name, getattr(whole, each.name) + getattr(one, each.name))
    return whole


def found_lines(whole: Outcome, *, quick: bool) -> list[str]:
    """The table of counts that were attacked."""
    lines = ["| counts | attacked | worked out | fewer values left than promised |", "|---|--:|--:|--:|"]
    lines += [
        f"| {kind} | {whole.attacked[kind]:,} | {whole.fell[kind]:,} | {whole.fewer[kind]:,} |"
        for kind in sorted(whole.attacked)
    ]
    shown = 100 * whole.cells / max(whole.possible, 1)
    asked = "one obstacle and one capability of each" if quick else "all their obstacles and capabilities"
    return [
        *lines,
        "",
        f"{whole.organisations:,} organisations, {asked}. Of the obstacles of groups of ten and more {shown:.0f} %",
        "have their figure shown.",
        *(["", *(f"- {told}" for told in whole.told)] if whole.told else []),
    ]


def rule_lines(weak: Mapping[str, Outcome]) -> list[str]:
    """The table of what is worked out without one rule."""
    rows = [
        f"| {rule} | {one.organisations} | {one.fell.total():,} | {one.attacked.total():,} |"
        for rule, one in weak.items()
    ]
    return ["| rule switched off | organisations | counts worked out | of |", "|---|--:|--:|--:|", *rows]


def utility(runs: int) -> str:
    """What is shown of small organisations beside the most that could be."""
    best = np.zeros(3, int)
    for study in map(linked_organisation, range(runs)):
        if len(columns.group_columns(study, study.waves[0])) and _small(study):
            best += optimum(study, study.waves[0])
    return f"On small tables {best[0]} groups are shown, and any choice could show {best[1]} of {best[2]}."


def _small(study: Study) -> bool:
    """Whether all choices of groups can be tried."""
    wave = study.waves[0]
    masks = [mask for column in columns.group_columns(study, wave) for mask in columns.masks_of(wave, column).values()]
    return sum(int(mask.sum() >= study.settings.privacy.min_group) for mask in masks) <= MOST_TRIED


if __name__ == "__main__":
    main()
