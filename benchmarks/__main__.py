"""Run all benchmarks, or those whose names are given, and write benchmarks/latest.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.measure import Case, measure

LATEST = Path(__file__).parent / "latest.json"
BENCHMARKS = {  # name -> module with cases()
    "plackett-luce": "benchmarks.plackett_luce",
    "reduction": "benchmarks.reduction",
    "ties": "benchmarks.ties",
    "bootstrap": "benchmarks.bootstrap",
    "rank-sets": "benchmarks.rank_sets",
    "whole-ranking": "benchmarks.whole_ranking",
    "regression": "benchmarks.regression",
    "load-and-rank": "benchmarks.load_and_rank",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which; all when none is named")
    names = parser.parse_args().names or list(BENCHMARKS)
    kept = _kept(names)
    entries = []
    for name in names:
        cases: Callable[[], Iterator[Case]] = import_module(BENCHMARKS[name]).cases
        for case in cases():
            entry = {"benchmark": name, **measure(case)}
            entries.append(entry)
            print(_line(entry), flush=True)
    order = list(BENCHMARKS)
    whole = sorted([*kept, *entries], key=lambda entry: order.index(entry["benchmark"]))
    machine = {
        "python": platform.python_version(),
        "processor": platform.processor() or platform.machine(),
        "cpus": os.cpu_count(),
        "threads": 1,
        **{package: version(package) for package in ("numpy", "scipy", "pandas")},
    }
    LATEST.write_text(json.dumps({"machine": machine, "entries": whole}, indent=1) + "\n")


def _kept(names: list[str]) -> list[dict[str, Any]]:
    """Entries of the benchmarks that are not run now."""
    if not LATEST.exists() or len(names) == len(BENCHMARKS):
        return []
    return [entry for entry in json.loads(LATEST.read_text())["entries"] if entry["benchmark"] not in names]


def _line(entry: dict[str, Any]) -> str:
    peer = f"  {entry['ratio']:,.1f}x {entry['peer']}" if entry["ratio"] is not None else ""
    peak = f"  {entry['peak_mib']:,.0f} MiB" if entry["peak_mib"] is not None else ""
    return f"{entry['name']:<28} n = {entry['n']:>9,}  {entry['ours_s']:9.4f} s{peak}{peer}"


if __name__ == "__main__":
    main()
