"""Exports of survey tools with known rankings through `init`, `check` and `rank`: the table of docs/validation.md.

    python -m benchmarks.export_validation [number of exports]

The generator and what is held of each export are in tests/exports.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.page import write_tables

EXPORTS = 3_000


def main(number: int) -> None:
    """Judge the exports of the seeds 0, 1, ... and write the table."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from exports.judge import judged, share_marked, table

    verdicts = judged(range(number))
    share = 100 * share_marked(verdicts)
    marked = f"Of those that leave nothing open, {share:.1f} % have a mark on a key that changes the order."
    write_tables({"exports": [*table(verdicts), "", marked]}, module="benchmarks.export_validation")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else EXPORTS)
