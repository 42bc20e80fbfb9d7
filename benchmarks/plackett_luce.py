"""Plackett-Luce with robust errors against choix (estimate only) and R's survival::coxph (with robust errors)."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.material import full_rankings, rankings_of, study_of
from benchmarks.measure import Case
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.prepare import prepare
from obstacles.analysis.scores import SCORES

N, M = 10_000, 12
READ = 'suppressMessages(library(survival)); d <- read.csv("%s"); d$item <- factor(d$item); '
TELL = """
cat(sprintf('{"seconds": %%.6f, "coef": [%%s]}', t[["elapsed"]], paste(sprintf("%%.12f", coef(f)), collapse = ",")))
"""
COXPH = {
    # every stage of a ranking is a stratum of its own with the items still there (the exploded logit)
    "a stratum per choice": """
e <- d[rep(seq_len(nrow(d)), d$time), ]; e$stage <- sequence(d$time)
e <- e[e$stage < max(d$time), ]; e$status <- as.integer(e$time == e$stage); e$set <- e$id * 100 + e$stage
t <- system.time(f <- coxph(Surv(rep(1, nrow(e)), status) ~ item + strata(set) + cluster(id), e, ties = "breslow"))
""",
    # a ranking is the order of events of one stratum: time = rank, and nobody is censored
    "a stratum per ranking": """
t <- system.time(f <- coxph(Surv(time, status) ~ item + strata(id) + cluster(id), d, ties = "breslow"))
""",
}


def cases() -> Iterator[Case]:
    ranks = full_rankings(N, M)
    study = study_of(rankings_of(ranks), n=N)

    def ours() -> Estimate:
        return SCORES["plackett-luce"].fit(prepare(study.wave(), k=3)).estimate

    try:
        import choix
    except ModuleNotFoundError:
        yield Case("plackett-luce-with-errors", N, ours)
    else:
        orders = [tuple(row) for row in np.argsort(ranks, axis=1).tolist()]
        yield Case(
            "plackett-luce-with-errors",
            N,
            ours,
            "choix.ilsr_rankings (no errors)",
            lambda: choix.ilsr_rankings(M, orders),
            _from_choix,
            tolerance=1e-8,
            runs=15,
        )
    if _has_survival():
        for layout in COXPH:
            yield _coxph(layout, ranks, ours)


def _from_choix(ours: Estimate, theirs: np.ndarray) -> float:
    return float(np.abs(ours.value - (theirs - theirs.mean())).max())


def _has_survival() -> bool:
    if shutil.which("Rscript") is None:
        return False
    look = ["Rscript", "-e", "quit(status = !requireNamespace('survival', quietly = TRUE))"]
    return subprocess.run(look, capture_output=True, check=False).returncode == 0


def _coxph(layout: str, ranks: np.ndarray, ours: Any) -> Case:
    path = Path(tempfile.mkdtemp()) / "ranks.csv"
    rows = np.column_stack([np.repeat(np.arange(N), M), np.tile(np.arange(M), N), ranks.ravel(), np.ones(N * M)])
    np.savetxt(path, rows.astype(int), fmt="%d", delimiter=",", header="id,item,time,status", comments="")

    def theirs() -> dict[str, Any]:
        script = (READ + COXPH[layout] + TELL) % path
        found = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True)
        return dict(json.loads(found.stdout))

    def apart(mine: Estimate, r: dict[str, Any]) -> float:
        return float(np.abs(mine.value[1:] - mine.value[0] - np.array(r["coef"])).max())

    return Case(
        "plackett-luce-with-errors",
        N,
        ours,
        f"R survival::coxph with cluster(id), {layout}",
        theirs,
        apart,
        tolerance=1e-6,
        runs=5,
        peer_seconds=lambda found: float(found["seconds"]),
        note="the peer's seconds are those of coxph alone, without starting R, reading and laying out the data",
    )
