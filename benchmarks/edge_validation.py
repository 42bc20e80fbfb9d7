"""How often the claims of every output are false at the edges: a table in docs/validation.md.

    python -m benchmarks.edge_validation                  goes on where a run was stopped, else begins anew
    python -m benchmarks.edge_validation --jobs 2         about an hour on two cores
    python -m benchmarks.edge_validation --only "tree:"   the cells whose names begin so, anew
    python -m benchmarks.edge_validation --runs 50        a quick look; nothing is written
    python -m benchmarks.edge_validation --table          writes the table of what is kept, and draws nothing

Each cell is a way to draw a survey, drawn 1,000 times. A claim that is false in more than 5 % by two Monte Carlo errors
is counted again in 4,000 new surveys, and stands in the table with these. What was counted is kept in
benchmarks/edges/results.json after every fifty surveys.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks.edges.cells import CELLS, Cell
from benchmarks.edges.claims import CRASH, FOUND, REFUSED
from benchmarks.edges.counting import BATCH, NOMINAL, ROUND, Counted, Rate, drawn, is_false_claim, load, missing, save
from benchmarks.page import write_tables

NAME, RESULTS = "claims at the edges", Path(__file__).parent / "edges" / "results.json"
RUNS, AGAIN = 1_000, 4_000


def table(counted: Mapping[str, Counted], cells: Iterable[Cell] = CELLS) -> list[str]:
    """The lines of the page: what was above nominal is bold."""
    lines = ["| survey | false claims, % | rightly found, % | surveys |", "|---|---|---|--:|"]
    for cell in cells:
        own = counted[cell.name]
        rates = own.rates
        if not rates:
            lines.append(f"| {cell.name} | not drawn yet | | 0 |")
            continue
        false = [_told(c, rate, own) for c, rate in rates.items() if is_false_claim(c) and (c != CRASH or rate.rate)]
        right = [f"{c.removeprefix(FOUND)} {100 * rate.rate:.0f}" for c, rate in rates.items() if c.startswith(FOUND)]
        refused = rates.get(REFUSED)
        if refused is not None and refused.rate:
            false.append(f"refused {100 * refused.rate:.0f}")
        surveys = (own.first.batches + own.again.batches) * BATCH
        lines.append(f"| {cell.name} | {'; '.join(false)} | {'; '.join(right)} | {surveys:,} |")
    return lines


def _told(claim: str, rate: Rate, own: Counted) -> str:
    """A rate with its Monte Carlo error where it is not far below nominal, and the surveys where few could make it."""
    figure = f"{claim} {100 * rate.rate:.1f}" + (f" ± {100 * rate.error:.1f}" if rate.rate > NOMINAL / 2 else "")
    figure += f" (of {rate.surveys:,})" if rate.surveys < own.first.batches * BATCH // 2 else ""
    return f"**{figure}**" if rate.above else figure


def chosen(names: list[str] | None) -> list[Cell]:
    """The cells whose names begin so; all of them by default."""
    found = [cell for cell in CELLS if names is None or any(cell.name.startswith(name) for name in names)]
    if not found:
        raise SystemExit("no cell has such a name; names begin: " + "; ".join(sorted({one.output for one in CELLS})))
    return found


def count(cells: list[Cell], counted: dict[str, Counted], runs: int, again: int, jobs: int, path: Path | None) -> None:
    """Draw what is missing, keep it and tell it."""
    while tasks := missing(cells, counted, runs, again):
        for (cell, series, number), sums in drawn(tasks, jobs):
            own = counted[cell.name]
            (own.first if series == "first" else own.again).add(sums)
            if path is not None:
                save(path, counted)
            if number % ROUND == ROUND - 1 or (number + 1) * BATCH >= runs:
                print(table(counted, [cell])[-1], flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.edge_validation", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, help="simulated surveys of each cell; nothing is written")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="cells whose names begin so, anew")
    parser.add_argument("--table", action="store_true", help="write the table of what is kept")
    given = parser.parse_args()
    if given.table:
        write_tables({NAME: table(load(RESULTS, CELLS))}, module="benchmarks.edge_validation")
        return
    cells = chosen(given.only)
    if given.runs is not None:
        count(cells, {cell.name: Counted() for cell in cells}, given.runs, 0, given.jobs, None)
        return
    counted = load(RESULTS, CELLS)
    if given.only or not missing(CELLS, counted, RUNS, AGAIN):
        counted |= {cell.name: Counted() for cell in cells}
    count(cells, counted, RUNS, AGAIN, given.jobs, RESULTS)
    write_tables({NAME: table(counted)}, module="benchmarks.edge_validation")


if __name__ == "__main__":
    main()
