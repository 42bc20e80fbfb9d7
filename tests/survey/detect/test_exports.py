"""Exports whose true ranking is known: read rightly, or with a mark on the key that is in doubt, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports.judge import Verdict, judge, share_marked, table
from exports.make import KINDS, export

FEW, MANY = 6, 3_000
MOST_MARKED = 0.05  # of the exports that leave nothing open


def wrong(verdicts: list[Verdict]) -> list[str]:
    """The exports that gave a false order without a mark on the key that makes it false."""
    return [
        f"{one.seed} {one.made.kind} {one.made.style} {one.made.language} {one.made.vendor}: {one.said}"
        for one in verdicts
        if one.outcome == "wrong"
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_no_false_ranking_without_a_mark(kind: str, tmp_path: Path) -> None:
    verdicts = [judge(seed, tmp_path, kind) for seed in range(FEW)]
    assert len(verdicts) == FEW
    assert not wrong(verdicts)
    assert sum(one.outcome == "refused" for one in verdicts) <= 1


def test_an_export_follows_from_its_seed() -> None:
    first, again = export(7), export(7)
    assert (first.header, first.rows, first.doubt) == (again.header, again.rows, again.doubt)


@pytest.mark.slow
def test_thousands_of_exports(tmp_path: Path) -> None:
    verdicts = [judge(seed, tmp_path) for seed in range(MANY)]
    assert not wrong(verdicts), "\\n".join(table(verdicts))
    assert share_marked(verdicts) < MOST_MARKED
    assert sum(one.outcome == "refused" for one in verdicts) < 0.02 * MANY
