"""Rankings that nobody can use: errors with their cells, or left out and counted, by [quality] invalid_ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from obstacles.survey.formats.base import Log, WaveQuestion
from obstacles.text.language import _, commas, joined


@dataclass(frozen=True, eq=False)
class Fault:
    """One way in which a ranking is wrong."""

    code: str
    counted: str  # "5 give the same rank twice", for the sum of all faults
    message: str  # of the error; may name {value}, the first wrong cell
    where: np.ndarray  # (n,) bool
    cells: dict[str, np.ndarray] = field(default_factory=dict)  # column -> (n,) bool, where single cells are wrong


def unusable(asked: WaveQuestion, log: Log, faults: Sequence[Fault], answered: np.ndarray) -> np.ndarray:
    """Report the faults and say which rows cannot be used, (n,) bool; `answered` are the rows that rank anything."""
    faults = [fault for fault in faults if fault.where.any()]
    if not faults:
        return np.zeros(asked.n, bool)
    together = np.logical_or.reduce([fault.where for fault in faults])
    if asked.invalid == "error":
        for fault in faults:
            _error(asked, log, fault)
        return np.asarray(together)
    message = _(
        '{count} of {n} rankings are not usable ({share}%): {kinds}. Left out by invalid_ranking = "{rule}".'
    ).format(
        count=f"{int(together.sum()):,}",
        n=f"{int((answered | together).sum()):,}",
        share=f"{100 * together.sum() / max(int((answered | together).sum()), 1):.1f}",
        kinds=commas(fault.counted for fault in faults),
        rule=asked.invalid,
    )
    log.rows("warning", "W-RANK-01", message, together)
    return np.asarray(together)


def _error(asked: WaveQuestion, log: Log, fault: Fault) -> None:
    way_out = _("Correct it, or set [quality] invalid_ranking.")
    if not fault.cells:
        log.rows("error", fault.code, joined([fault.message, way_out]), fault.where)
    for column, cells in fault.cells.items():
        codes, values = asked.coded(column)
        value = values[codes[np.flatnonzero(cells)[0]]]
        log.cells("error", fault.code, joined([fault.message.format(value=value), way_out]), column, cells)
