"""Cells that stand where an item was not ranked: a word ("Not ranked"), a code (99), 0, or the place after the last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from obstacles.survey.detect.sheet import BLANK, WORD, Block
from obstacles.text.fold import fold

IN_MOST = 0.5  # share of the rows with ranks that must hold the filler
CLEAN = 0.8  # share of rows that hold 1..k, each once, when the filler is gone


@dataclass(frozen=True)
class Filler:
    """What stands in place of a rank."""

    cells: tuple[str, ...]  # as they are written
    count: int  # cells
    folded: frozenset[str]


def filler_of(block: Block) -> Filler | None:
    """The cells that fill up rankings of some of the items, where most rankings have them."""
    whole = block.whole
    words = _words(block, whole)
    if words is not None:
        return words
    best: tuple[float, int] | None = None
    without = _clean_share(np.where(whole > 0, whole, 0))
    for number in np.unique(whole[whole >= 0]).tolist():
        least = 1 if number > len(block.columns) else 2  # times in a row
        if ((whole == number).sum(axis=1) >= least).mean() < IN_MOST:
            continue
        clean = _clean_share(np.where((whole > 0) & (whole != number), whole, 0))
        if clean >= CLEAN and (number == 0 or clean > without) and (best is None or clean > best[0]):
            best = clean, number
    if best is None:
        return None
    number = best[1]
    spelt: dict[str, int] = {}
    for column in block.columns:
        for value, place in zip(column.values, column.meaning.tolist(), strict=True):
            if place == number and value in column.filled:
                spelt[value] = spelt.get(value, 0) + column.filled[value]
    return _filler(spelt)


def _words(block: Block, whole: np.ndarray) -> Filler | None:
    """Words and codes of no answer that stand beside ranks in most rows."""
    ranked = (whole > 0).any(axis=1)
    beside = np.column_stack([_other(block, place) for place in range(len(block.columns))])
    without_ranks = np.asarray(~(whole > 0).any(axis=0) & beside.any(axis=0))
    if without_ranks.any() and _words_of(block, without_ranks) - _words_of(block, ~without_ranks):
        return None  # columns of another question
    rows = ranked & beside.any(axis=1)
    if not ranked.any() or rows.sum() < IN_MOST * ranked.sum():
        return None
    if _clean_share(np.where((whole > 0) & ~beside, whole, 0)) < CLEAN:
        return None
    spelt: dict[str, int] = {}
    for place, column in enumerate(block.columns):
        codes = np.bincount(column.codes[rows & beside[:, place]], minlength=len(column.values))
        for code in np.flatnonzero(codes).tolist():
            spelt[column.values[code]] = spelt.get(column.values[code], 0) + int(codes[code])
    most = max(spelt.values())
    return _filler({cell: n for cell, n in spelt.items() if n >= 0.1 * most})


def _words_of(block: Block, which: np.ndarray) -> set[str]:
    """The folded cells of some of the columns that are no numbers of a place."""
    columns = [column for column, wanted in zip(block.columns, which.tolist(), strict=True) if wanted]
    return {fold(v) for c in columns for v, place in zip(c.values, c.meaning.tolist(), strict=True) if place == WORD}


def _other(block: Block, place: int) -> np.ndarray:
    """(n,) bool: cells of a column that hold something and no number of a place."""
    column = block.columns[place]
    return np.asarray((column.whole == WORD) & (column.whole != BLANK))


def _filler(spelt: dict[str, int]) -> Filler:
    cells = tuple(sorted(spelt, key=lambda cell: (-spelt[cell], cell)))
    return Filler(cells, sum(spelt.values()), frozenset(map(fold, cells)))


def _clean_share(rank: np.ndarray) -> float:
    """Share of the rows with ranks that hold 1..k, each once, k > 1 in most."""
    number = np.count_nonzero(rank, axis=1)
    ordered = np.sort(rank, axis=1)
    ranked = ordered > 0
    place = np.cumsum(ranked, axis=1)
    answered = number > 0
    clean = answered & ((ordered == place) | ~ranked).all(axis=1)
    usual = number[clean]
    if not len(usual) or np.median(usual) < 2:
        return 0.0
    return float(clean.sum() / answered.sum())
