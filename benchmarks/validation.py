"""Do intervals, rank sets and headlines hold what they promise? Simulated surveys, and the table in docs/validation.md.

    python -m benchmarks.validation              about 25 minutes on one core
    python -m benchmarks.validation --runs 50    a quick look; the page is left alone

Each cell is the share of simulated surveys in which the statement was true, with the seed of the cell's own name.
"""

from __future__ import annotations

import argparse
import warnings
import zlib
from dataclasses import dataclass
from time import process_time

import numpy as np
from scipy import stats
from threadpoolctl import threadpool_limits

from benchmarks.page import write_tables
from benchmarks.simulate import PATTERNS, SCENARIOS, M, Scenario
from obstacles.analysis.inference.estimate import Estimate, on_display_scale
from obstacles.analysis.inference.headline import headline
from obstacles.analysis.inference.rank_sets import drawn_for, rank_sets
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.ranking.rank import fitted
from obstacles.analysis.ranking.single_choice import single_choice_sets, single_choices

RUNS, DRAWS, LARGE = 1_000, 4_000, 400_000
COVERAGE_N, HEADLINE_N = (100, 325, 1_000), (50, 100, 325)
HEADLINES = ("equal", "tied leaders")


@dataclass(frozen=True)
class Outcome:
    """One simulated survey; NaN where there was nothing to look at."""

    intervals: float  # share of the items whose interval holds the truth
    together: float  # 1 when all simultaneous rank sets hold the true ranks
    alone: float  # share of the items whose marginal rank set holds
    one_name: float  # 1 when a single item was named, or left as the only one that could be first


def survey(scenario: Scenario, pattern: np.ndarray, truth: np.ndarray, n: int, rng: np.random.Generator) -> Outcome:
    try:
        prepared, fit, _reason = fitted(scenario.make(rng, n, pattern), model=scenario.model, **dict(scenario.options))  # type: ignore[arg-type]
    except ModelError:
        return Outcome(*[float("nan")] * 4)
    estimate, df = fit.estimate, prepared.sample.cautious_df
    count = single_choices(prepared, estimate.method)
    drawn = drawn_for(estimate, df=df, draws=DRAWS, seed=int(rng.integers(1 << 31)))
    sets, marginal = (
        single_choice_sets(count, simultaneous=together)
        if count is not None
        else rank_sets(estimate, df=df, simultaneous=together, drawn=drawn)
        for together in (True, False)
    )
    best = 1 + (pattern[:, None] < pattern[None, :]).sum(axis=1)  # equal items share all their ranks
    worst = M - (pattern[:, None] > pattern[None, :]).sum(axis=1)
    holds = [(s.low <= best) & (s.high >= worst) if s is not None else np.full(M, np.nan) for s in (sets, marginal)]
    named = headline(estimate, sets, df=df, level=0.95, count=count)
    one_name = named.kind == "clear" or (sets is not None and named.could_lead == 1)
    return Outcome(_inside(estimate, truth), float(np.min(holds[0])), float(np.mean(holds[1])), float(one_name))


def _inside(estimate: Estimate, truth: np.ndarray) -> float:
    """Share of the items whose interval holds the truth: of log-worths for worths, as shown for other scores."""
    if estimate.display_scale != "worth":
        shown, sign = on_display_scale(estimate), -1 if estimate.display_scale == "negated" else 1
        return float(((shown.low <= sign * truth) & (sign * truth <= shown.high)).mean())
    assert estimate.covariance is not None
    half = stats.t.ppf(0.975, estimate.df) * np.sqrt(np.diag(estimate.covariance))
    return float((np.abs(estimate.value - truth) <= half).mean())


def truth_of(scenario: Scenario, pattern: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The values that a very large survey would give."""
    if scenario.known:
        return np.asarray(pattern - pattern.mean())
    value = fitted(scenario.make(rng, LARGE, pattern), model=scenario.model, **dict(scenario.options))[1].estimate.value  # type: ignore[arg-type]
    return np.full(M, value.mean()) if np.ptp(pattern) == 0 else value


def cell(scenario: Scenario, name: str, n: int, runs: int, truth: np.ndarray) -> tuple[np.ndarray, int]:
    """Means of the outcomes over the runs, and how many surveys could not be fitted."""
    rng = np.random.default_rng(zlib.crc32(f"{scenario.model} {scenario.name} {name} {n}".encode()))
    outcomes = [survey(scenario, PATTERNS[name], truth, n, rng) for _run in range(runs)]
    table = np.array([[o.intervals, o.together, o.alone, o.one_name] for o in outcomes])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column without any value stays NaN
        return np.nanmean(table, axis=0), int(np.isnan(table[:, 0]).sum())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validation", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="simulated surveys of each cell")
    runs = parser.parse_args().runs
    start = process_time()
    coverage = [
        "| answers | model | pattern | n | intervals | rank sets together | rank sets alone |",
        "|---|---|---|--:|--:|--:|--:|",
    ]
    headlines = ["| answers | model | pattern | n | one name |", "|---|---|---|--:|--:|"]
    with threadpool_limits(1):
        for scenario in SCENARIOS:
            for name, pattern in PATTERNS.items():
                truth = truth_of(scenario, pattern, np.random.default_rng(0))
                sizes = sorted(
                    {*(COVERAGE_N if name != "tied leaders" else ()), *(HEADLINE_N if name in HEADLINES else ())}
                )
                for n in sizes:
                    found, unfit = cell(scenario, name, n, runs, truth)
                    left = f" ({unfit} refused)" if unfit else ""
                    lead = f"| {scenario.name} | {scenario.model} | {name} | {n:,} |"
                    if n in COVERAGE_N and name != "tied leaders":
                        coverage.append(
                            f"{lead} {_percent(found[0])}{left} | {_percent(found[1])} | {_percent(found[2])} |"
                        )
                    if n in HEADLINE_N and name in HEADLINES:
                        headlines.append(f"{lead} {_percent(found[3])} |")
                    print(lead, *(f"{value:.3f}" for value in found), left, flush=True)
    print(f"{(process_time() - start) / 60:.1f} minutes of one core")
    if runs == RUNS:
        write_tables({"coverage": coverage, "headlines": headlines}, module="benchmarks.validation")


def _percent(share: float) -> str:
    return "-" if np.isnan(share) else f"{100 * share:.1f}"


if __name__ == "__main__":
    main()
