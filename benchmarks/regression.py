"""Rank-ordered logit of 66 parameters (12 items, five covariates) against R's survival::coxph, and its memory."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.material import rankings_of
from benchmarks.measure import Case
from benchmarks.plackett_luce import _has_survival
from benchmarks.respondents import grouped, model
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.regression.likelihoods.item_logit import Predictor, fit_items, item_scores
from obstacles.analysis.regression.likelihoods.untied import untied
from obstacles.analysis.regression.regress import regress

N, M, COVARIATES, LARGE = 10_000, 12, 5, 1_000_000
COXPH = """
suppressMessages(library(survival)); d <- read.csv("%s"); d$item <- factor(d$item)
t <- system.time(f <- coxph(Surv(time, status) ~ item + item:(x1 + x2 + x3 + x4 + x5) + strata(id) + cluster(id), d,
  ties = "breslow"))
b <- coef(f); keep <- !is.na(b); se <- sqrt(diag(f$var)[keep]); b <- b[keep]
cat(sprintf('{"seconds": %%.6f, "names": ["%%s"], "coef": [%%s], "se": [%%s]}', t[["elapsed"]],
  paste(names(b), collapse = '","'), paste(sprintf("%%.12f", b), collapse = ","),
  paste(sprintf("%%.12f", se), collapse = ",")))
"""


def drawn(n: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(n, M) full rankings and (n, COVARIATES) 0/1 covariates that some worths go with."""
    rng = np.random.default_rng(seed)
    x = (rng.random((n, COVARIATES)) < 0.5).astype(np.int8)
    slope = rng.normal(0, 0.2, (COVARIATES, M))
    ranks = np.empty((n, M), np.int16)
    for start in range(0, n, 100_000):
        rows = slice(start, start + 100_000)
        score = np.linspace(1, -1, M) + x[rows] @ slope
        score += rng.gumbel(size=score.shape)
        ranks[rows] = np.argsort(np.argsort(-score, axis=1), axis=1) + 1
    return ranks, x


def cases() -> Iterator[Case]:
    ranks, x = drawn(N)
    ours = partial(_fit, ranks, x)
    if _has_survival():
        yield _coxph(ranks, x, ours)
    else:
        yield Case("rank-ordered-logit-66", N, ours)
    whole = partial(_whole, *drawn(LARGE, seed=1))
    yield Case(
        "rank-ordered-logit-66-whole",
        LARGE,
        whole,
        runs=1,
        note="regress(): covariates read, fitted, robust errors, average differences and tests of terms",
    )


def _fit(ranks: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(COVARIATES + 1, M - 1) coefficients against the first item, and their robust errors."""
    n, q = len(ranks), COVARIATES + 1
    with threadpool_limits(1):
        basis = np.kron(np.eye(q), np.delete(np.eye(M), 0, axis=1))
        likelihood = untied(ranks, np.ones(ranks.shape, bool))
        predictor = Predictor(np.column_stack([np.ones(n), x]), basis)
        weight = np.ones(n)
        found = fit_items(likelihood, predictor, weight)
        influence = item_scores(likelihood, predictor, found.theta, found.inverse, weight)
        covariance = SurveyDesign(n, weight, None, None, None).covariance(influence)
    shape = (q, M - 1)
    return found.theta.reshape(shape), np.sqrt(np.diag(covariance)).reshape(shape)


def _whole(ranks: np.ndarray, x: np.ndarray) -> Any:
    levels = np.array(["no", "yes"], dtype=object)
    groups = {f"x{j + 1}": levels[x[:, j]] for j in range(COVARIATES)}
    formula = " + ".join(groups)
    return regress(grouped(rankings_of(ranks), groups, n=len(ranks)), model("rank_ordered_logit", formula))


def _coxph(ranks: np.ndarray, x: np.ndarray, ours: Any) -> Case:
    """A full ranking is the order of events of a stratum: time = rank, and nobody is censored."""
    path = Path(tempfile.mkdtemp()) / "ranks.csv"
    id, item = np.repeat(np.arange(N), M), np.tile(np.arange(M), N)
    rows = np.column_stack([id, item, ranks.ravel(), np.ones(N * M), x[id]]).astype(int)
    names = ",".join(f"x{j + 1}" for j in range(COVARIATES))
    np.savetxt(path, rows, fmt="%d", delimiter=",", header=f"id,item,time,status,{names}", comments="")

    def theirs() -> dict[str, Any]:
        found = subprocess.run(["Rscript", "-e", COXPH % path], capture_output=True, text=True, check=True)
        return dict(json.loads(found.stdout))

    return Case(
        "rank-ordered-logit-66",
        N,
        ours,
        "R survival::coxph with cluster(id)",
        theirs,
        _apart,
        tolerance=1e-6,
        runs=5,
        peer_seconds=lambda found: float(found["seconds"]),
        note="the peer's seconds are R's own, without starting R and reading the file; errors of the worths agree, too",
    )


def _apart(mine: tuple[np.ndarray, np.ndarray], r: dict[str, Any]) -> float:
    """Largest difference of the coefficients and of the robust errors, which R does not multiply by n / (n - 1).

    R holds an item's coefficients against the last item or the first one as it likes: contrasts are compared.
    """
    place = {name: i for i, name in enumerate(r["names"])}
    coefficient = np.array(r["coef"])
    differences = []
    for row in range(COVARIATES + 1):
        own = np.concatenate([[0.0], mine[0][row]])
        names = [f"item{j}" if row == 0 else f"item{j}:x{row}" for j in range(M)]
        theirs = np.array([coefficient[place[name]] if name in place else 0.0 for name in names])
        differences.append(np.abs((own - own.mean()) - (theirs - theirs.mean())).max())
        if names[0] not in place:
            se = np.array([r["se"][place[name]] for name in names[1:]])
            differences.append(np.abs(mine[1][row] * np.sqrt((N - 1) / N) - se).max())
    return float(max(differences))
