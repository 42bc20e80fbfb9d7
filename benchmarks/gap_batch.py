"""How fast a batch of gap reports is made, and how much memory each process takes.

    python -m benchmarks.gap_batch --departments 100 --jobs 2

The departments of the synthetic organisation, repeated under other names. Reports a second by the clock, and by the
processor time of the processes that make them, which does not depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from dataclasses import replace
from itertools import cycle, islice
from multiprocessing import active_children
from pathlib import Path
from threading import Event, Thread
from time import perf_counter

EXAMPLE = Path(__file__).parents[1] / "examples" / "big-data-obstacles" / "study.toml"


def _watch(peaks: list[float], done: Event) -> None:
    """Gather the peak memory of every process that makes reports, in MiB (getrusage would count the parent's, too)."""
    while not done.wait(0.2):
        for process in active_children():
            try:
                lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            except OSError:
                continue
            peaks += [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gap_batch", description=__doc__)
    parser.add_argument("--departments", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    typed = parser.parse_args()
    from obstacles.analysis.disclosure.release import gaps
    from obstacles.reports.writers.batch import write_gap_reports
    from obstacles.survey.loading.load import load_study

    study = load_study(EXAMPLE)
    found = gaps(study)
    groups = islice(cycle(found.groups), typed.departments - 1)
    named = tuple(replace(group, name=f"{group.name} {i}") for i, group in enumerate(groups, 1))
    many = replace(found, groups=named)
    peaks, done = [0.0], Event()
    Thread(target=_watch, args=(peaks, done), daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        start = perf_counter()
        result = write_gap_reports(study, many, Path(folder), jobs=typed.jobs)
        took = perf_counter() - start
    done.set()
    assert not result.failed
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    work = used.ru_utime + used.ru_stime
    n = len(result.reports)
    print(f"{n} reports, {typed.jobs} processes: {took:.0f} s, {n / took:.2f} a second by the clock")
    rate = typed.jobs * n / work
    print(f"{work / n:.2f} s of processor time a report: {rate:.2f} a second on {typed.jobs} free processors")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory: {max(peaks):.0f} MiB where reports are made, {own:.0f} MiB where answers are analysed")


if __name__ == "__main__":
    main()
