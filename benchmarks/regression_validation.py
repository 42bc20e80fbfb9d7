"""Simulated surveys whose coefficients are known: bias, coverage of intervals, and size of the tests of terms.

Four items (or a score) go with a group within primary units; with the region of a unit nothing goes. In clusters
respondents share part of their mind. There, and nowhere else, the coefficients that a survey of many units would give
are not those of a single respondent (a mean over units is flatter), so that they are taken from a very large one.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time

import numpy as np
from scipy import special
from threadpoolctl import threadpool_limits

from benchmarks.material import items_of, rankings_of
from benchmarks.page import write_tables
from benchmarks.respondents import grouped, model
from obstacles.analysis.regression.regress import regress
from obstacles.analysis.regression.result import Regression
from obstacles.survey.answers import Answers, Rankings, Ratings
from obstacles.survey.question import Level, Scale
from obstacles.survey.study import Study

M, RUNS, LARGE, EACH = 4, 200, 500_000, 10
WORTH = np.array([0.8, 0.2, -0.3, -0.7])
SLOPE = np.array([-0.8, 0.5, 0.3, 0.0])  # of the second grade
SHARED = 0.7  # standard deviation of what a cluster shares, by item
DESIGNS = {"independent": (200,), "clusters of 10": (200, 1_000), "weights": (1_000,)}  # with respondents
CUTS = (-1.0, 0.0, 1.0)
SCALE = Scale(tuple(Level(float(v), {"en": str(v)}) for v in range(4)))


@dataclass(frozen=True)
class Kind:
    """A model with the answers it is for, and its coefficients of the second grade."""

    name: str
    answers: Callable[[np.random.Generator, np.ndarray], Answers]
    slope: np.ndarray
    keys: tuple[tuple[str, str], ...] = ()


def _ranks(rng: np.random.Generator, utility: np.ndarray) -> Rankings:
    score = utility + rng.gumbel(size=utility.shape)
    ranks = np.argsort(np.argsort(-score, axis=1), axis=1) + 1
    return rankings_of(np.where(ranks <= 3, ranks, 0))


def _marks(rng: np.random.Generator, utility: np.ndarray) -> Rankings:
    marked = (rng.random(utility.shape) < special.expit(utility)).astype(int)
    found = rankings_of(marked)
    return Rankings(found.items, found.ranks, found.offered, found.respondent, found.answer_counts, True)


def _ratings(rng: np.random.Generator, utility: np.ndarray) -> Ratings:
    latent = utility + rng.logistic(size=utility.shape)
    levels = (latent[:, :, None] > CUTS).sum(axis=2).astype(float)
    return Ratings(items_of(M), levels, np.zeros(levels.shape, bool), SCALE, np.arange(len(levels)))


CENTRED = SLOPE - SLOPE.mean()
KINDS = (
    Kind("rank_ordered_logit", _ranks, CENTRED),
    Kind("selection", _marks, SLOPE),
    Kind("set_choice_logit", _marks, CENTRED),
    Kind("severity", _ratings, SLOPE),
    Kind("outcome", _marks, SLOPE[:1], (("outcome", "score"),)),
)


def survey(kind: Kind, design: str, n: int, rng: np.random.Generator) -> Study:
    """One survey. With weights, who was drawn and what was answered go together, and weights are the inverse odds."""
    people = 4 * n if design == "weights" else n
    cluster = np.arange(people) // EACH
    grade = (rng.random(people) < 0.45).astype(int)
    region = rng.permutation(cluster[-1] + 1)[cluster] % 2
    utility = WORTH + np.outer(grade, SLOPE)
    if design == "clusters of 10":
        utility = utility + SHARED * rng.normal(size=(cluster[-1] + 1, M))[cluster]
    score = utility[:, 0] + rng.normal(size=people)
    answers = kind.answers(rng, utility)
    keep, chance = np.arange(people), np.ones(people)
    if design == "weights":
        told = answers.scores[:, 0] if isinstance(answers, Ratings) else answers.ranks[:, 0]  # type: ignore[union-attr]
        chance = np.where((told > 0) ^ (score > 0.5), 0.8, 0.2) * np.where(grade > 0, 1.0, 0.6)
        chance *= n / chance.sum()
        keep = np.flatnonzero(rng.random(people) < chance)
    names = {"grade": np.array(["A", "B"], object)[grade], "region": np.array(["X", "Y"], object)[region]}
    groups = {name: values[keep] for name, values in names.items()}
    groups["score"] = score[keep].astype(str).astype(object)
    stated = {"weight": 1 / chance[keep]} if design == "weights" else {}
    if design == "clusters of 10":
        stated["cluster"] = cluster[keep]
    return grouped(_part(answers, keep), groups, n=len(keep), **stated)


def _part(answers: Answers, keep: np.ndarray) -> Answers:
    if isinstance(answers, Ratings):
        rows = answers.scores[keep]
        return Ratings(answers.items, rows, np.zeros(rows.shape, bool), answers.scale, np.arange(len(keep)))
    assert isinstance(answers, Rankings)
    return Rankings(
        answers.items,
        answers.ranks[keep],
        answers.offered[keep],
        np.arange(len(keep)),
        np.ones(len(keep)),
        answers.selection,
    )


def fitted(kind: Kind, study: Study) -> Regression:
    found = regress(study, model(kind.name, "grade + region", **dict(kind.keys)))
    assert isinstance(found, Regression)
    return found


def _rows(found: Regression, term: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = [row for row in found.rows if row.term == term]
    return tuple(np.array([getattr(row, name) for row in rows]) for name in ("estimate", "low", "high"))  # type: ignore[return-value]


@dataclass(frozen=True)
class Found:
    bias: float  # largest distance of a mean estimate from the truth, in standard deviations of the estimate
    grade: float  # share of the intervals of the grade that hold the truth
    region: float  # of the region
    size: float  # share of surveys in which the region is said to go with the answers
    ignored: float  # share of the intervals of the region that hold the truth if the design is left out


def cell(kind: Kind, design: str, n: int, runs: int, truth: np.ndarray) -> Found:
    rng = np.random.default_rng(zlib.crc32(f"{kind.name} {design} {n}".encode()))
    estimates, inside, region, sizes, ignored = [], [], [], [], []
    for _run in range(runs):
        study = survey(kind, design, n, rng)
        found = fitted(kind, study)
        estimate, low, high = _rows(found, "grade")
        estimates.append(estimate)
        inside.append(((low <= truth) & (truth <= high)).mean())
        _estimate, low, high = _rows(found, "region")
        region.append(((low <= 0) & (high >= 0)).mean())
        sizes.append(next(test for test in found.tests if test.term == "region").test.p <= 0.05)
        if design == "clusters of 10":
            wave = study.wave()
            plain = grouped(wave.answers, _groups(study), n=n)
            _estimate, low, high = _rows(fitted(kind, plain), "region")
            ignored.append(((low <= 0) & (high >= 0)).mean())
    spread = np.std(estimates, axis=0, ddof=1)
    bias = float(np.abs((np.mean(estimates, axis=0) - truth) / spread).max())
    left_out = float(np.mean(ignored)) if ignored else float("nan")
    return Found(bias, float(np.mean(inside)), float(np.mean(region)), float(np.mean(sizes)), left_out)


def _groups(study: Study) -> dict[str, np.ndarray]:
    people = study.wave().respondents
    return {str(name): people[name].to_numpy(object) for name in people.columns if name != "id"}


def truth_of(kind: Kind, design: str) -> np.ndarray:
    """Coefficients of the grade; of clusters those of a very large survey."""
    if design != "clusters of 10" or kind.name == "outcome":
        return kind.slope
    return _rows(fitted(kind, survey(kind, design, LARGE, np.random.default_rng(0))), "grade")[0]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.regression_validation", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="simulated surveys of each row")
    runs = parser.parse_args().runs
    start = process_time()
    lines = [
        "| model | design | n | bias, sd | grade held | region held | region, design left out | region “goes with” |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    with threadpool_limits(1):
        for kind in KINDS:
            for design, sizes in DESIGNS.items():
                truth = truth_of(kind, design)
                for n in sizes:
                    found = cell(kind, design, n, runs, truth)
                    parts = [
                        f"{found.bias:.2f}",
                        *map(_percent, (found.grade, found.region, found.ignored, found.size)),
                    ]
                    lines.append(f"| {kind.name} | {design} | {n:,} | {' | '.join(parts)} |")
                    print(lines[-1], flush=True)
    print(f"{(process_time() - start) / 60:.1f} minutes of one core")
    if runs == RUNS:
        write_tables({"regressions": lines}, module="benchmarks.regression_validation")


def _percent(share: float) -> str:
    return "-" if np.isnan(share) else f"{100 * share:.1f}"


if __name__ == "__main__":
    main()
