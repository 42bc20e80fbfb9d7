"""From a CSV file to a ranking, against a bare pandas.read_csv of the same file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.rank import rank
from analysis.ranking import Ranking
from benchmarks.material import full_rankings
from benchmarks.measure import Case
from survey.load import load_study

N, M, K = 1_000_000, 12, 5
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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
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
