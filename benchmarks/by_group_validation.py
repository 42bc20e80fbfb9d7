"""Does a difference of a group hold where there is none? Simulated surveys, and a table in docs/validation.md.

    python -m benchmarks.by_group_validation              about ten minutes on one core
    python -m benchmarks.by_group_validation --runs 100   a quick look; the page is left alone

Groups and answers are independent. A survey is wrong where any cell of a column holds; intervals are 95 % each. The
Monte Carlo error of 5 % in 2,000 surveys is 0.5 percentage points.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks import simulate
from benchmarks.material import rankings_of, study_of
from benchmarks.page import write_tables
from obstacles.analysis.change.by_group import by_group
from obstacles.survey.answers import Answers
from obstacles.survey.settings import StudySettings
from obstacles.survey.study import Design, Study

RUNS, M = 2_000, simulate.M
APART = simulate.PATTERNS["separated"]
NAME = "groups where none differs"
SETTINGS = {"schema": 1, "study": {"title": "S", "sampling": "nonprobability"}, "wave": []}
Draw = Callable[[np.random.Generator], Study]


def survey_of(answers: Answers, group: np.ndarray, **design: np.ndarray) -> Study:
    """A study of one wave with one column of groups."""
    made = study_of(answers, n=len(group))
    people = pd.DataFrame({"id": np.arange(len(group)), "group": pd.Categorical([f"g{one}" for one in group])})
    wave = replace(made.wave(), respondents=people, design=Design(**design))  # type: ignore[arg-type]
    wave_settings = {"id": "w", "file": "a.csv", "format": "rank_grid"}
    settings = StudySettings.model_validate({**SETTINGS, "wave": [wave_settings]})
    return replace(made, waves=(wave,), settings=settings)


def _marks(rng: np.random.Generator, n: int, shared: np.ndarray | float = 0.0) -> Answers:
    marked = rng.random((n, M)) < 1 / (1 + np.exp(-(APART - 0.5 + shared)))
    return replace(rankings_of(marked.astype(np.int16)), selection=True)


def selections(rng: np.random.Generator) -> Study:
    return survey_of(_marks(rng, 360), rng.integers(0, 6, 360))


def small_groups(rng: np.random.Generator) -> Study:
    return survey_of(_marks(rng, 360), np.arange(360) % 24)


def weighted(rng: np.random.Generator) -> Study:
    return survey_of(_marks(rng, 360), rng.integers(0, 6, 360), weight=rng.lognormal(0, 0.5, 360))


def clustered(rng: np.random.Generator) -> Study:
    """Clusters of six within groups: a group is made of ten of them."""
    cluster = np.arange(360) // 6
    shared = rng.normal(0, 0.7, (60, M))[cluster]
    return survey_of(_marks(rng, 360, shared), cluster % 6, cluster=cluster)


def rankings(rng: np.random.Generator) -> Study:
    ranks = np.argsort(np.argsort(-(rng.gumbel(size=(360, M)) + APART), axis=1), axis=1) + 1
    return survey_of(rankings_of(ranks.astype(np.int16)), rng.integers(0, 6, 360))


def _ratings(rng: np.random.Generator, n: int) -> Answers:
    return simulate.ratings(rng, n, APART).wave().answers


def ratings(rng: np.random.Generator) -> Study:
    return survey_of(_ratings(rng, 360), rng.integers(0, 6, 360))


def ratings_small(rng: np.random.Generator) -> Study:
    return survey_of(_ratings(rng, 360), np.arange(360) % 24, weight=rng.lognormal(0, 0.5, 360))


ROWS: tuple[tuple[str, Draw], ...] = (
    ("selections, 6 groups", selections),
    ("selections, 24 groups of 15", small_groups),
    ("selections, 6 groups, lognormal weights with sd 0.5", weighted),
    ("selections, 6 groups of 10 clusters", clustered),
    ("rankings, among the first 3 of 6, 6 groups", rankings),
    ("ratings 1 to 5, 6 groups", ratings),
    ("ratings 1 to 5, 24 groups of 15, lognormal weights with sd 0.5", ratings_small),
)


def row(name: str, draw: Draw, runs: int) -> str:
    rng, wrong, covered, shown = np.random.default_rng(zlib.crc32(name.encode())), 0, 0, 0
    for _run in range(runs):
        study = draw(rng)
        found = by_group(study, study.wave(), "group", k=3)
        if found is None:
            continue
        cells = [cell for own in found.cells.values() for cell in own if cell.low is not None and cell.high is not None]
        wrong += any(cell.holds for cell in cells)
        shown += len(cells)
        covered += sum(cell.low <= 0 <= cell.high for cell in cells)  # type: ignore[operator]
    return f"| {name} | {100 * wrong / runs:.1f} | {100 * covered / shown:.1f} | {shown / runs:.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.by_group_validation", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="simulated surveys of each row")
    runs = parser.parse_args().runs
    rows = ["| survey of 360 | any difference holds, % | intervals with zero, % | cells |", "|---|--:|--:|--:|"]
    with threadpool_limits(1):
        for name, draw in ROWS:
            rows.append(row(name, draw, runs))
            print(rows[-1], flush=True)
    if runs == RUNS:
        write_tables({NAME: rows}, module="benchmarks.by_group_validation")


if __name__ == "__main__":
    main()
