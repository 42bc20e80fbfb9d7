"""Do the intervals of capability gaps hold their level in small groups? Simulated departments, for docs/validation.md.

    python -m benchmarks.gap_validation              about a minute on one core
    python -m benchmarks.gap_validation --runs 500   a quick look; the page is left alone

A department of n people, one required level, and a chance of being below it; who is below is so by one level, or by two
in one case of five. Coverage of the interval of the share and, where it is shown, of the mean shortfall.
"""

from __future__ import annotations

import argparse
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from obstacles.analysis.gaps.gap import FEWEST_BELOW, effective_numbers, mean_of, t_interval, uncounted, wilson
from obstacles.analysis.inference.survey_design import SurveyDesign, sample_of
from obstacles.survey.question import Item
from obstacles.survey.study import Design

PAGE = Path(__file__).parents[1] / "docs" / "validation.md"
RUNS, CHUNK, LEVEL, DEEP = 20_000, 500, 0.95, 0.2
BEGIN, END = "<!-- gaps: made by python -m benchmarks.gap_validation -->", "<!-- end of gaps -->"
SIZES, CHANCES = (10, 20, 60), (0.05, 0.1, 0.3, 0.6)


class Found(NamedTuple):
    share: float  # coverage of the interval of the share
    width: float  # its mean width
    shown: float  # part of the departments whose mean shortfall has an interval
    mean: float  # coverage of that interval where it is shown
    always: float  # coverage if it were shown always


def simulate(n: int, chance: float, *, runs: int, answered: float = 1.0) -> Found:
    """`answered`: n as a part of the headcount; 1 = no finite population correction (a very large department)."""
    rng = np.random.default_rng(zlib.crc32(f"{n} {chance} {answered}".encode()))
    population = None if answered == 1 else np.full(n, n / answered)
    sample = sample_of(Design(population=population), n)
    inside = np.ones(n, bool)
    parts = [_chunk(rng, n, chance, answered, sample, inside) for _part in range(runs // CHUNK)]
    share, width, few, mean = (np.concatenate([part[i] for part in parts]) for i in range(4))
    return Found(
        float(share.mean()),
        float(width.mean()),
        float((~few).mean()),
        float(mean[~few].mean()) if (~few).mean() > 0.01 else float("nan"),
        float(mean.mean()),
    )


def _chunk(
    rng: np.random.Generator, n: int, chance: float, answered: float, sample: SurveyDesign, inside: np.ndarray
) -> tuple[np.ndarray, ...]:
    """CHUNK departments, as columns: covered, width, few below, mean covered."""
    whole = n if answered == 1 else round(n / answered)
    below = rng.random((whole, CHUNK)) < chance
    short = below * (1.0 + (rng.random((whole, CHUNK)) < DEEP))
    truth = (np.full(CHUNK, chance), np.full(CHUNK, chance * (1 + DEEP)))
    if answered < 1:
        truth = (below.mean(axis=0), short.mean(axis=0))  # of the department as it is
    below, short = below[:n].astype(float), short[:n]
    items = tuple(Item(str(j), {}) for j in range(CHUNK))
    shares = mean_of(below, sample, inside, items, "below", (0.0, 1.0))
    effective = effective_numbers(shares, uncounted(sample, inside))[0]
    low, high = wilson(shares.value, effective, level=LEVEL)
    means = t_interval(mean_of(short, sample, inside, items, "shortfall", (0.0, 4.0)), level=LEVEL)
    edge = 1e-12
    return (
        (low - edge <= truth[0]) & (truth[0] <= high + edge),
        high - low,
        below.sum(axis=0) < FEWEST_BELOW,
        (means.low - edge <= truth[1]) & (truth[1] <= means.high + edge),
    )


def table(runs: int) -> list[str]:
    lines = [
        "| n | below | answered | share, Wilson | width | mean shown | mean, t, where shown | if always shown |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for answered in (1.0, 0.7):
        for n in SIZES:
            for chance in CHANCES:
                found = simulate(n, chance, runs=runs, answered=answered)
                mean = "–" if found.mean != found.mean else f"{found.mean:.3f}"
                who = "few of many" if answered == 1 else f"{answered:.0%}"
                lines.append(
                    f"| {n} | {chance:.0%} | {who} | {found.share:.3f} | {found.width:.2f} | {found.shown:.0%} "
                    f"| {mean} | {found.always:.3f} |"
                )
                print(lines[-1], flush=True)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gap_validation", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    runs = parser.parse_args().runs
    with threadpool_limits(1):
        lines = table(runs)
    if runs == RUNS:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN)
        after = rest.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
