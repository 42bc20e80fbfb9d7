"""From a CSV file to a study, and to a ranking, against a bare pandas.read_csv of the same file.

Both sides read on all processors: the parser of pandas does so whatever the variables say, Arrow's where it is told to.
pandas guesses types and keeps what it read; a load also counts the cells of every row, keeps ids as text, checks ranks,
ids, weights, dates and durations, flags careless answers and adds up a receipt.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.material import full_rankings
from benchmarks.measure import Case
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.ranking.result import Ranking
from obstacles.survey.answers import Rankings
from obstacles.survey.loading.load import load_study
from obstacles.survey.study import Study

N, M, K = 1_000_000, 12, 5
GROUPS = {"department": 14, "grade": 5, "region": 8}
BESIDE = """weight = "weight"
duration = "seconds"
date = "day"
fieldwork = ["2024-05-01", "2024-05-31"]
finished = { column = "finished", is = ["1"] }
"""
PEAK = """
import resource
{imports}
{read}
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""  # MiB on Linux
STUDY = """
schema = 1
[study]
title = {{ en = "A million answers" }}
sampling = "nonprobability"
[obstacles]
direction = "1_is_most_severe"
[[wave]]
id = "w"
file = "answers.csv"
format = "rank_grid"
k = {k}
blank = "below"
id_column = "id"
[wave.obstacles]
{columns}
"""


def cases() -> Iterator[Case]:
    pa.set_cpu_count(os.cpu_count() or 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_wide(folder)
        study, answers = folder / "study.toml", folder / "answers.csv"
        ours, typed, text = (
            _peak("from obstacles.survey.loading.load import load_study", f"load_study({str(study)!r})"),
            _peak("import pandas", f"pandas.read_csv({str(answers)!r})"),
            _peak("import pandas", f"pandas.read_csv({str(answers)!r}, dtype=str)"),
        )
        yield Case(
            "load, 20 columns",
            N,
            partial(load_study, study),
            "pandas.read_csv, nothing else",
            partial(pd.read_csv, answers),
            agreement=_differ,
            runs=7,
            note=f"12 ranks, id, weight, date, duration, groups; a process peaks at {ours}, the peer at {typed} MiB",
        )
        yield Case(
            "load, peer keeps text",
            N,
            partial(load_study, study),
            "pandas.read_csv(dtype=str)",
            partial(pd.read_csv, answers, dtype=str),
            runs=5,
            note=f"the same file; the peer guesses no types; a process peaks at {ours}, the peer at {text} MiB",
        )
        _write(folder)
        yield Case(
            "load-and-rank",
            N,
            partial(_load_and_rank, folder / "study.toml"),
            "pandas.read_csv, nothing else",
            partial(pd.read_csv, folder / "answers.csv"),
            runs=3,
            note="top 5 of 12; the peer only parses; the ratio is the peer's share of our time",
        )


def _differ(study: Study, frame: pd.DataFrame) -> float:
    """Largest difference of a rank between ours and the same rows of the peer."""
    answers = study.waves[0].answers
    assert isinstance(answers, Rankings)
    theirs = frame.loc[frame["finished"] == 1, [f"i{j}" for j in range(M)]].fillna(0).to_numpy()
    return float(np.abs(answers.ranks - theirs).max())


def _peak(imports: str, read: str) -> str:
    """Peak memory in MiB of a process of its own, libraries included; "?" where the system does not tell."""
    command = [sys.executable, "-c", PEAK.format(imports=imports, read=read)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "?"


def _write_wide(folder: Path) -> None:
    """20 columns, as a survey has them."""
    rng = np.random.default_rng(1)
    ranks = full_rankings(N, M)
    cells = np.where(ranks <= K, ranks.astype("U2"), "")
    beside = [
        np.char.add("R_", np.arange(N).astype("U8")),
        *(rng.choice([f"{name} {j}" for j in range(size)], N) for name, size in GROUPS.items()),
        np.round(rng.lognormal(0, 0.3, N), 2).astype("U8"),
        rng.integers(60, 900, N).astype("U8"),
        np.char.add("2024-05-", rng.integers(10, 29, N).astype("U2")),
        rng.choice(["1", "0"], N, p=[0.97, 0.03]),
    ]
    names = ["id", *GROUPS, "weight", "seconds", "day", "finished", *(f"i{j}" for j in range(M))]
    with (folder / "answers.csv").open("w") as file:
        file.write(",".join(names) + "\n")
        file.writelines(",".join(row) + "\n" for row in zip(*beside, *cells.T, strict=True))
    groups = "[wave.columns]\n" + "".join(f'{name} = "{name}"\n' for name in GROUPS)
    columns = "\n".join(f'i{j} = "i{j}"' for j in range(M))
    text = STUDY.format(k=K, columns=columns).replace("[wave.obstacles]", f"{BESIDE}{groups}[wave.obstacles]")
    (folder / "study.toml").write_text(text)


def _load_and_rank(path: Path) -> Ranking:
    return rank(load_study(path), frequencies=False)


def _write(folder: Path) -> None:
    ranks = full_rankings(N, M)
    cells = np.where(ranks <= K, ranks.astype("U2"), "")
    rows = [",".join(row) for row in cells.tolist()]
    header = ",".join(["id", *(f"i{j}" for j in range(M))])
    body = "\n".join(f"{i},{row}" for i, row in enumerate(rows))
    (folder / "answers.csv").write_text(f"{header}\n{body}\n")
    columns = "\n".join(f'i{j} = "i{j}"' for j in range(M))
    (folder / "study.toml").write_text(STUDY.format(k=K, columns=columns))
