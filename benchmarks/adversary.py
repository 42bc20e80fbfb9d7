"""Somebody who has every file of a batch, knows how it is made, and wants to know what is hidden in it.

    python -m benchmarks.adversary --runs 1000        random organisations; about an hour on one core
    python -m benchmarks.adversary --runs 30 --broken  the same against a plan without protection: many counts fall

The adversary sees a `Gaps` (all that pages, charts and data files are made from) and knows beside it the headcounts,
how many answered on each capability everywhere, hidden groups included, and which level each role needs. What they do
not know are the answers: how many people of each group and required level are at each level. Three attacks:

- sums: integer linear programming over all groups at once; shares, joined levels and means give bounds, and groups add
  up to the whole (differencing);
- one group's row: every combination of levels whose mean, interval, share and joined levels would be printed as they
  are (inverting rounded intervals and errors), joined with the first attack;
- tables of parts: numbers of respondents, and counts below the required level, between their margins.

A hidden count has fallen when a single value is left. The plan promises more (`VALUES`, `UNKNOWN` of
`analysis.disclosure.leaks`), and that is counted too.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations_with_replacement
from time import perf_counter
from unittest.mock import patch

import numpy as np
from scipy import sparse, special
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.organisations import organisation, with_privacy
from obstacles.analysis.disclosure.figures import NO_MEAN, Mean, Share
from obstacles.analysis.disclosure.leaks import UNKNOWN, VALUES, ProtectionPlan
from obstacles.analysis.disclosure.release import Gaps, TooFewError, gaps
from obstacles.analysis.disclosure.release.figures import GapRow
from obstacles.survey.study import Study, Wave

EDGE = 1e-7  # of a rounded figure
MOST_LISTED = 60  # people of a group whose combinations are all written down
MOST_TRIED = 25  # combinations that are tried for one value


@dataclass(frozen=True)
class Truth:
    """One capability's answers, group by group."""

    names: tuple[str, ...]
    counts: dict[str, np.ndarray]  # group -> (r, L) people by required level and level
    needs: np.ndarray  # (r,) positions of the required levels
    headcount: dict[str, int]
    answered: dict[str, int]  # respondents

    def people(self, name: str) -> int:
        return int(self.counts[name].sum())

    def weight(self, name: str) -> float:
        n = self.people(name)
        return 1.0 if not n else self.headcount[name] / self.answered[name]


def truth_of(wave: Wave, item: int) -> Truth:
    answers = wave.capability
    assert answers is not None
    groups = wave.respondents["department"].cat
    codes, names = groups.codes.to_numpy(), tuple(groups.categories)
    current, required = answers.current[:, item], answers.required[:, item]
    known = ~np.isnan(current)
    needs = np.unique(required)
    counts = {
        name: np.array(
            [np.bincount(current[known & (codes == g) & (required == need)].astype(int), minlength=5) for need in needs]
        )
        for g, name in enumerate(names)
    }
    answered = {name: int((codes == g).sum()) for g, name in enumerate(names)}
    return Truth(names, counts, needs.astype(int), dict(wave.sizes["department"]), answered)


@dataclass
class Attack:
    """The attack on one capability of a release."""

    found: Gaps
    item: int
    truth: Truth

    @cached_property
    def rows(self) -> dict[str, GapRow]:
        return {one.name: one.rows[self.item] for one in (self.found.whole, *self.found.groups)}

    @cached_property
    def place(self) -> dict[str, int]:
        """Where the unknowns of each group begin."""
        size = len(self.truth.needs) * 5
        return {name: i * size for i, name in enumerate(self.truth.names)}

    @property
    def unknowns(self) -> int:
        return len(self.truth.names) * len(self.truth.needs) * 5

    @cached_property
    def below(self) -> np.ndarray:
        """(r, L) bool: below the required level."""
        return np.asarray(np.arange(5)[None, :] < self.truth.needs[:, None])

    def vector(self, name: str, cells: np.ndarray, weight: float = 1.0) -> np.ndarray:
        """Coefficients of the unknowns: `weight` for the cells (r, L) of a group."""
        made = np.zeros(self.unknowns)
        made[self.place[name] : self.place[name] + cells.size] = weight * np.asarray(cells, float).ravel()
        return made

    @cached_property
    def constraints(self) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
        """Everything linear that is known."""
        lines: list[tuple[np.ndarray, float, float]] = []
        for name in self.truth.names:
            for r in range(len(self.truth.needs)):
                cells = np.zeros((len(self.truth.needs), 5))
                cells[r] = 1
                n = float(self.truth.counts[name][r].sum())  # who needs which level is known
                lines.append((self.vector(name, cells), n, n))
        for members, row in self._shown():
            lines += list(self._of_row(members, row))
        return _stacked(lines)

    def _shown(self) -> Iterator[tuple[tuple[str, ...], GapRow]]:
        members = {one.name: one.members for one in self.found.groups}
        for name, row in self.rows.items():
            if row.base is not None:
                yield (self.truth.names if name == "" else members[name] or (name,)), row

    def _of_row(self, members: tuple[str, ...], row: GapRow) -> Iterator[tuple[np.ndarray, float, float]]:
        """What one row tells of the groups behind it, as (coefficients, least, most)."""
        weight = {name: self.truth.weight(name) for name in members}
        total = sum(weight[name] * self.truth.people(name) for name in members)

        def summed(cells: np.ndarray) -> np.ndarray:
            return np.sum([self.vector(name, cells, weight[name]) for name in members], axis=0)

        share = row.below
        plain = np.sum([self.vector(name, self.below) for name in members], axis=0)
        if share.value is not None:
            half = share.step / 2 + EDGE
            yield summed(self.below), (share.value - half) * total, (share.value + half) * total
            if self.found.minimum and share.cap == "":
                yield plain, 3.0, row.base - 3.0 if row.base else np.inf
        elif share.cap == "low":
            yield plain, 0.0, 2.0
        elif share.cap == "high":
            yield plain, float(row.base or 0) - 2, float(row.base or 0)
        for one in row.classes:
            cells = np.zeros((len(self.truth.needs), 5))
            cells[:, one.first : one.last + 1] = 1
            half = self._split_step(row) / 2 + EDGE
            yield summed(cells), (one.share - half) * total, (one.share + half) * total
        apart = self.truth.needs[:, None] - np.arange(5)[None, :]
        for mean, cells in ((row.signed, apart), (row.shortfall, np.maximum(apart, 0))):
            if mean.value is not None:
                half = mean.step / 2 + EDGE
                yield summed(cells), (mean.value - half) * total, (mean.value + half) * total

    @staticmethod
    def _split_step(row: GapRow) -> float:
        """The finest step on which all shares of the split lie."""
        for step in (0.20, 0.10, 0.05, 0.02, 0.01):
            if all(abs(one.share / step - round(one.share / step)) < 1e-6 for one in row.classes):
                return step
        return 0.01

    def natural(self, name: str, cells: np.ndarray, wanted: int) -> int:
        """Values that a count could have if no mean and no other group were shown, up to `wanted`."""
        lines: list[tuple[np.ndarray, float, float]] = []
        for r in range(len(self.truth.needs)):
            whole = np.zeros((len(self.truth.needs), 5))
            whole[r] = 1
            n = float(self.truth.counts[name][r].sum())
            lines.append((self.vector(name, whole), n, n))
        row = self.rows.get(name)
        if row is not None and row.base is not None:
            lines += list(self._of_row((name,), replace(row, signed=NO_MEAN, shortfall=NO_MEAN)))
        line, true = self.vector(name, cells), int((self.truth.counts[name] * cells).sum())
        known = _stacked(lines)
        near = [true + d for d in range(-wanted, wanted + 1) if 0 <= true + d <= self.truth.people(name)]
        return min(sum(self.feasible([(line, float(value))], known) for value in near), wanted)

    def feasible(
        self,
        fixed: list[tuple[np.ndarray, float]],
        known: tuple[sparse.csr_matrix, np.ndarray, np.ndarray] | None = None,
    ) -> bool:
        """Whether some answers fit everything linear and the fixed sums."""
        matrix, low, high = self.constraints if known is None else known
        extra = sparse.csr_matrix(np.array([line for line, _value in fixed]))
        values = np.array([value for _line, value in fixed])
        found = milp(
            np.zeros(self.unknowns),
            integrality=np.ones(self.unknowns),
            bounds=Bounds(0, np.inf),
            constraints=[LinearConstraint(matrix, low, high), LinearConstraint(extra, values, values)],
        )
        return bool(found.status == 0)

    # ---------- one group's row, inverted ------------------------------------------------------------------------

    def combinations(self, name: str) -> np.ndarray | None:
        """(c, L) every combination of levels of a shown group that would be printed as it is.

        None where it is too large, or where its people need different levels.
        """
        row = self.rows.get(name)
        n = self.truth.people(name)
        if row is None or row.base is None or len(self.truth.needs) > 1 or n > MOST_LISTED:
            return None
        made = _compositions(n)
        need = int(self.truth.needs[0])
        below = made[:, :need].sum(axis=1)
        keep = self._share_fits(row.below, below, n)
        for one in row.classes:
            keep &= _fits(made[:, one.first : one.last + 1].sum(axis=1) / n, one.share, self._split_step(row))
        made, below = made[keep], below[keep]
        apart = need - np.arange(5)
        rest = 1 - self.truth.answered[name] / self.truth.headcount[name]
        for mean, score, few in ((row.signed, apart, False), (row.shortfall, np.maximum(apart, 0), True)):
            made, below = _mean_fits(made, below, mean, score, rest, few=few)
        return made

    @staticmethod
    def _share_fits(share: Share, below: np.ndarray, n: int) -> np.ndarray:
        if share.cap == "low":
            return np.asarray(below <= 2)
        if share.cap == "high":
            return np.asarray(below >= n - 2)
        if share.value is None:
            return np.ones(len(below), bool)
        return _fits(below / n, share.value, share.step) & (below >= 3) & (below <= n - 3)

    # ---------- what falls ---------------------------------------------------------------------------------------

    def values(self, name: str, cells: np.ndarray, wanted: int) -> int:
        """How many values a count can still have, up to `wanted`; tried from the truth outwards."""
        true = int((self.truth.counts[name] * cells).sum())
        listed = self.combinations(name)
        line = self.vector(name, cells)
        left = 1  # the truth itself
        for value in [true + d for step in range(1, wanted + 2) for d in (step, -step)]:
            if not 0 <= value <= self.truth.people(name) or left >= wanted:
                continue
            left += self._possible(name, cells, line, value, listed)
        return left

    def _possible(self, name: str, cells: np.ndarray, line: np.ndarray, value: int, listed: np.ndarray | None) -> bool:
        if listed is None:
            return self.feasible([(line, value)])
        fitting = listed[listed @ cells[0] == value]
        near = np.argsort(np.abs(fitting - self.truth.counts[name][0]).sum(axis=1), kind="stable")[:MOST_TRIED]
        for combination in fitting[near]:
            units = [np.eye(5)[level][None, :] for level in range(5)]
            if self.feasible([(self.vector(name, unit), float(k)) for unit, k in zip(units, combination, strict=True)]):
                return True
        return False

    def run(self) -> Iterator[tuple[str, int, int]]:
        """(kind, values left, values promised) of every hidden count."""
        shown = {one.name for one in self.found.groups}
        merged = {name for one in self.found.groups for name in one.members}
        for name in self.truth.names:
            n = self.truth.people(name)
            if not n or name in merged:
                continue
            row = self.rows.get(name) if name in shown else None
            if row is None or row.base is None:
                for kind, cells in [("hidden, below", self.below), *self._levels("hidden, level", (0, 4))]:
                    wanted = self.natural(name, cells, UNKNOWN)
                    yield kind, self.values(name, cells, wanted), wanted
                continue
            if row.below.cap in ("low", "high"):
                yield "capped share", self.values(name, self.below, VALUES), VALUES
            joined = [(one.first, one.last) for one in row.classes if one.last > one.first] if row.classes else [(0, 4)]
            for ends in joined:
                for kind, cells in self._levels("joined level", ends):
                    wanted = self.natural(name, cells, UNKNOWN)
                    yield kind, self.values(name, cells, wanted), wanted

    def _levels(self, kind: str, ends: tuple[int, int]) -> list[tuple[str, np.ndarray]]:
        made = []
        for level in range(ends[0], ends[1] + 1):
            cells = np.zeros((len(self.truth.needs), 5))
            cells[:, level] = 1
            made.append((kind, cells))
        return made


def _stacked(
    lines: list[tuple[np.ndarray, float, float]],
) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
    matrix = sparse.csr_matrix(np.array([line[0] for line in lines]))
    return matrix, np.array([line[1] for line in lines]), np.array([line[2] for line in lines])


def _compositions(n: int) -> np.ndarray:
    """(c, 5) all ways to put n people on five levels."""
    bars = np.array(list(combinations_with_replacement(range(n + 1), 4)))
    edges = np.column_stack([np.zeros(len(bars), int), bars, np.full(len(bars), n)])
    return np.asarray(np.diff(edges, axis=1))


def _fits(value: np.ndarray, shown: float, step: float) -> np.ndarray:
    return np.asarray(np.abs(value - shown) <= step / 2 + EDGE)


def _mean_fits(
    made: np.ndarray, below: np.ndarray, mean: Mean, score: np.ndarray, rest: float, *, few: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Combinations whose mean and t interval would be printed as `mean` is."""
    if mean.value is None or not len(made):
        return made, below
    n = made[0].sum()
    value = made @ score / n
    keep = _fits(value, mean.value, mean.step)
    if few and mean.low is None:
        keep &= below < 5
    elif mean.low is not None and mean.high is not None:
        spread = (made @ score**2 - n * value**2) / (n - 1)
        half = special.stdtrit(n - 1, 0.975) * np.sqrt(np.maximum(spread, 0) * max(rest, 0) / n)
        low, high = value - half, value + half
        if few:
            keep &= below >= 5
            low = np.maximum(low, 0)
        wide = mean.step if mean.step <= 0.1 else 0.5  # ends lie outwards on a grid; the coarsest of a quarter's
        keep &= (low >= mean.low - 10 * EDGE) & (low < mean.low + wide + 10 * EDGE)
        keep &= (high <= mean.high + 10 * EDGE) & (high > mean.high - wide - 10 * EDGE)
    return made[keep], below[keep]


# ---------- parts of groups -------------------------------------------------------------------------------------


def attack_parts(found: Gaps, wave: Wave) -> Iterator[tuple[str, int, int]]:
    """Numbers of respondents of hidden parts, between the margins of the table of groups by parts."""
    groups, parts = wave.respondents["department"].cat, wave.respondents["grade"].cat
    names, kinds = list(groups.categories), list(parts.categories)
    count = np.zeros((len(names), len(kinds)), int)
    np.add.at(count, (groups.codes.to_numpy(), parts.codes.to_numpy()), 1)
    shown = {(one.name, part.name): part.respondents for one in found.groups for part in one.splits.get("grade", ())}
    lines, least, most = [], [], []

    def known(cells: np.ndarray, value: float) -> None:
        lines.append(cells.ravel().astype(float))
        least.append(value)
        most.append(value)

    reported = {one.name: one.respondents for one in found.groups}
    for g, name in enumerate(names):
        cells = np.zeros(count.shape)
        cells[g] = 1
        if name in reported:
            known(cells, float(count[g].sum()))
        for s, kind in enumerate(kinds):
            if shown.get((name, kind)) is not None:
                single = np.zeros(count.shape)
                single[g, s] = 1
                known(single, float(count[g, s]))
    whole = {part.name: part.respondents for part in found.whole.splits.get("grade", ())}
    known(np.ones(count.shape), float(count.sum()))
    for s, kind in enumerate(kinds):
        if whole.get(kind) is not None:
            cells = np.zeros(count.shape)
            cells[:, s] = 1
            known(cells, float(count[:, s].sum()))
    small = count < found.minimum
    high = np.where(small, found.minimum - 1, count.sum())
    for g, name in enumerate(names):
        for s, kind in enumerate(kinds):
            if name not in reported or not 0 < count[g, s] < found.minimum or shown.get((name, kind)) is not None:
                continue
            goal = np.zeros(count.shape)
            goal[g, s] = 1
            ends = []
            for sign in (1, -1):
                solved = milp(
                    sign * goal.ravel(),
                    integrality=np.ones(count.size),
                    bounds=Bounds(np.where(count > 0, 1, 0).ravel(), high.ravel()),
                    constraints=LinearConstraint(np.array(lines), least, most),
                )
                ends.append(sign * solved.fun)
            yield "hidden part, respondents", round(ends[1] - ends[0]) + 1, UNKNOWN


def attack_obstacles(found: Gaps, wave: Wave) -> Iterator[tuple[str, int, int]]:
    """Capped shares of obstacles, where the whole's count is known exactly."""
    ranks = np.asarray(wave.answers.ranks)  # type: ignore[union-attr]
    department = wave.respondents["department"].astype(str).to_numpy()
    unit = {name: one.name for one in found.groups for name in one.members}
    units = np.array([unit.get(name, name) for name in department])
    rows = {one.name: one.obstacles for one in found.groups}
    for o in range(ranks.shape[1]):
        marked = ((ranks[:, o] > 0) & (ranks[:, o] <= 2)).astype(int)
        low, high, caps, rest = [], [], [], int(marked.sum())
        for name in dict.fromkeys(units):
            b, n = int(marked[units == name].sum()), int((units == name).sum())
            share = rows[name][o].share if name in rows else None
            if share is not None and share.value is not None:
                rest -= b
                continue
            caps.append("hidden" if share is None else share.cap)
            low.append(n - 2 if caps[-1] == "high" else 0)
            high.append(2 if caps[-1] == "low" else n)
        for i, cap in enumerate(caps):
            least, most = max(low[i], rest - (sum(high) - high[i])), min(high[i], rest - (sum(low) - low[i]))
            if cap in ("low", "high"):
                yield "capped obstacle", most - least + 1, VALUES


# ---------- runs ------------------------------------------------------------------------------------------------


def attack(study: Study, found: Gaps) -> Iterator[tuple[str, int, int]]:
    """Every hidden count of a release: (kind, values left, values promised)."""
    wave = study.wave(found.wave)
    for item in range(len(found.items)):
        yield from Attack(found, item, truth_of(wave, item)).run()
    yield from attack_parts(found, wave)
    yield from attack_obstacles(found, wave)


def unprotected(study: Study) -> Gaps:
    """The release of a plan that only hides small groups: no companions, no caps, no coarser figures."""
    with patch.object(ProtectionPlan, "protect", lambda self: None):
        return gaps(with_privacy(study, complementary=False, cap_extremes=False), k=2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.adversary", description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="seed of the first organisation")
    parser.add_argument("--broken", action="store_true", help="attack a plan without protection")
    typed = parser.parse_args()
    looked, fallen, fewer = Counter[str](), Counter[str](), Counter[str]()
    start, made = perf_counter(), 0
    for seed in range(typed.first, typed.first + typed.runs):
        rng = np.random.default_rng(seed)
        merge = {"merge_small_into": "Others"} if rng.random() < 0.3 else {}
        study = organisation(rng, privacy=merge, waves=2 if rng.random() < 0.3 else 1)
        try:
            found = unprotected(study) if typed.broken else gaps(study, k=2)
        except TooFewError:
            continue
        made += 1
        for kind, left, wanted in attack(study, found):
            looked[kind] += 1
            fallen[kind] += left < 2 <= wanted
            if left < wanted:
                fewer[kind] += 1
                if not typed.broken:
                    print(f"seed {seed}: {kind}: {left} of {wanted} values left", flush=True)
    print(f"{made} organisations, {perf_counter() - start:.0f} s")
    for kind in looked:
        print(f"{kind}: {looked[kind]} attacked, {fallen[kind]} fell, {fewer[kind]} with fewer values than promised")


if __name__ == "__main__":
    main()
