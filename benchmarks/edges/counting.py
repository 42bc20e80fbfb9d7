"""Counting claims over batches of surveys, each with a seed of its own, and keeping what was counted."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Literal

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.edges.cells import Cell
from benchmarks.edges.claims import CRASH, FOUND, REFUSED, Claims
from benchmarks.edges.lean import lean

BATCH, ROUND, NOMINAL = 50, 4, 0.05  # surveys of a batch, batches of a cell before the next cell, level of claims
SeriesName = Literal["first", "again"]
Sums = dict[str, list[float]]  # claim -> surveys, sum, sum of squares


@dataclass(frozen=True)
class Rate:
    """How often a claim was false, or the truth found, over the surveys that could make it."""

    surveys: int
    rate: float
    error: float  # Monte Carlo error

    @property
    def above(self) -> bool:
        """Above nominal by two Monte Carlo errors: that of the rate, or that of 5 % if it is smaller."""
        return self.rate > NOMINAL + 2 * min(self.error, sqrt(NOMINAL * (1 - NOMINAL) / self.surveys))


@dataclass
class Series:
    """What was counted in the first batches of a series of surveys."""

    batches: int = 0
    sums: Sums = field(default_factory=dict)

    def add(self, batch: Sums) -> None:
        """Count one batch more."""
        self.batches += 1
        for claim, more in batch.items():
            self.sums[claim] = [a + b for a, b in zip(self.sums.get(claim, [0.0] * 3), more, strict=True)]

    @property
    def rates(self) -> dict[str, Rate]:
        """Claim -> its rate."""
        return {
            claim: Rate(int(n), total / n, sqrt(max(squares / n - (total / n) ** 2, 0.0) / n))
            for claim, (n, total, squares) in self.sums.items()
        }


@dataclass
class Counted:
    """What was counted of one cell, and in new surveys of one that looked wrong."""

    first: Series = field(default_factory=Series)
    again: Series = field(default_factory=Series)

    @property
    def suspect(self) -> list[str]:
        """False claims whose first surveys are above nominal."""
        return [claim for claim, rate in self.first.rates.items() if is_false_claim(claim) and rate.above]

    @property
    def rates(self) -> dict[str, Rate]:
        """The rates of the table: of suspect claims those of the new surveys, where there are any."""
        again = self.again.rates
        return {c: again.get(c, rate) if c in self.suspect else rate for c, rate in self.first.rates.items()}

    @property
    def wrong(self) -> list[str]:
        """False claims that are above nominal in the rates of the table."""
        return [claim for claim, rate in self.rates.items() if is_false_claim(claim) and rate.above]


def is_false_claim(claim: str) -> bool:
    """Whether a rate is one of claims that are false."""
    return claim != REFUSED and not claim.startswith(FOUND)


Task = tuple[Cell, SeriesName, int]


def batch_of(cell: Cell, series: SeriesName, number: int) -> Sums:
    """One batch of surveys of a cell."""
    rng = np.random.default_rng(zlib.crc32(f"{cell.name} {series} {number}".encode()))
    total: Sums = {}
    with threadpool_limits(1), lean():
        for run in range(BATCH):
            for claim, value in _claims(cell, rng, f"{series} {number} {run}").items():
                n, one, squares = total.get(claim, [0.0] * 3)
                total[claim] = [n + 1, one + value, squares + value * value]
    return total


def _claims(cell: Cell, rng: np.random.Generator, where: str) -> Claims:
    """The claims of one survey; a crash is a claim that is false."""
    try:
        return {**cell.once(rng), CRASH: 0.0}
    except Exception as error:  # whatever it is, it is a fault of the program: the run goes on and tells
        print(f"CRASH in {cell.name}, {where}: {error!r}", flush=True)
        return {CRASH: 1.0}


def missing(cells: Iterable[Cell], counted: Mapping[str, Counted], runs: int, again: int) -> list[Task]:
    """Batches that are still to be drawn, in rounds over the cells, and then new surveys of those that look wrong."""
    cells, wanted = list(cells), -(-runs // BATCH)
    first: list[Task] = [(c, "first", i) for c in cells for i in range(counted[c.name].first.batches, wanted)]
    first.sort(key=lambda task: task[2] // ROUND)
    looks_wrong = [c for c in cells if counted[c.name].first.batches >= wanted and counted[c.name].suspect]
    rest = [(c, i) for c in looks_wrong for i in range(counted[c.name].again.batches, -(-again // BATCH))]
    return [*first, *((cell, "again", i) for cell, i in rest)]


def drawn(tasks: list[Task], jobs: int) -> Iterator[tuple[Task, Sums]]:
    """The batches in their order, as they are finished."""
    if jobs == 1:
        yield from map(_drawn, tasks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_drawn, tasks)


def _drawn(task: Task) -> tuple[Task, Sums]:
    return task, batch_of(*task)


def load(path: Path, cells: Iterable[Cell]) -> dict[str, Counted]:
    """What is kept of every cell; nothing of those that are new."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {
        cell.name: Counted(**{series: Series(**own) for series, own in kept.get(cell.name, {}).items()})
        for cell in cells
    }


def save(path: Path, counted: Mapping[str, Counted]) -> None:
    """Keep what was counted, a line for each cell."""
    lines = []
    for name, own in counted.items():
        series = {"first": own.first, "again": own.again}
        told = {key: vars(one) for key, one in series.items() if one.batches}
        if told:
            lines.append(f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(told, ensure_ascii=False)}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
