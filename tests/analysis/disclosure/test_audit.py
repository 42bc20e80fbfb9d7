"""What one item's figures leave open of cells that are hidden or capped."""

from __future__ import annotations

import numpy as np

from obstacles.analysis.disclosure.audit import AuditedCell, hidden_beside
from obstacles.analysis.disclosure.figures import Mean, Share

GROUP = np.repeat(np.arange(5), [10, 11, 12, 10, 11])  # the last one is hidden
WEIGHT = np.ones(len(GROUP))


def rated(score: np.ndarray, shown: int = 4) -> dict[str, dict[str, AuditedCell]]:
    means = [Mean(round(float(score[g == GROUP].mean()), 1), step=0.1) if g < shown else None for g in range(5)]
    return {"dept": {str(g): AuditedCell(g == GROUP, mean) for g, mean in enumerate(means)}}


def marked(count: int, n: int, *, cap: str = "") -> Share:
    return Share(None if cap else round(count / n, 2), None, None, cap, 0.25 if cap else None)


def test_a_remainder_that_all_say_the_same_is_not_told_by_means() -> None:
    score = np.where(GROUP == 4, 5.0, 1.0 + np.arange(len(GROUP)) % 4)
    gone = hidden_beside(rated(score), score, WEIGHT, (1, 5))
    assert len(gone) == 1
    spread = np.where(GROUP == 4, 1.0 + np.arange(len(GROUP)) % 5, score)
    assert not hidden_beside(rated(spread), spread, WEIGHT, (1, 5))


def test_a_cap_is_not_undone_by_a_larger_cell() -> None:
    """Two departments are a division: its share less the one's is the other's, whose share is capped."""
    score = np.zeros(len(GROUP))
    score[[0, 12, 13, 14, 15, 16, 22, 23, 24, 25, 36, 37, 38, 44, 45, 46, 47]] = 1
    counts = [int(score[g == GROUP].sum()) for g in range(5)]
    assert counts[0] == 1
    sizes = np.bincount(GROUP)
    dept = {
        str(g): AuditedCell(g == GROUP, marked(counts[g], int(sizes[g]), cap="low" if g == 0 else "")) for g in range(5)
    }
    pair = AuditedCell(GROUP < 2, marked(counts[0] + counts[1], int(sizes[:2].sum())))
    assert ("division", "A") in hidden_beside({"dept": dept, "division": {"A": pair}}, score, WEIGHT, (0, 1))
    alone = hidden_beside({"dept": dept}, score, WEIGHT, (0, 1))
    assert alone, "the total less all others is the capped one"


def test_nothing_said_needs_nothing_hidden() -> None:
    assert hidden_beside(rated(np.full(len(GROUP), np.nan)), np.full(len(GROUP), np.nan), WEIGHT, (1, 5)) == set()
    assert hidden_beside({}, np.zeros(len(GROUP)), WEIGHT, (0, 1)) == set()
