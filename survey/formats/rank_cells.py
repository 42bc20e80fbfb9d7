"""Cells of rank columns: which number each distinct cell means, and what is no rank at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from obstacles.survey.files.threads import over
from obstacles.survey.formats.base import Log, WaveQuestion, listed
from obstacles.survey.formats.cell_lists import choices_in
from obstacles.survey.formats.missing import BELOW, BLANK, MISSING, VENDOR_CODES, kinds_of_missing
from obstacles.survey.formats.numerals import plain
from obstacles.survey.formats.ordinals import LAST, place_in
from obstacles.survey.settings.formats import CellList
from obstacles.text.fold import fold
from obstacles.text.language import _

TWICE = 2  # ranks are kept as whole numbers of halves, for mid-ranks
BEYOND = np.iinfo(np.int16).max  # a number above every rank
MANY_ODD = 0.01  # share of ranks that are one number above the items, above which it may be a code


@dataclass(frozen=True, eq=False)
class RankCells:
    """All rank cells of one wave."""

    halves: np.ndarray  # (m, n) int16: twice the rank; 0 for a rank 0; negative = BLANK, BELOW, MISSING ...
    written: int  # cells that were a number written in another way, such as 1.0 or 1st


def read_cells(asked: WaveQuestion, log: Log) -> RankCells:
    """The cells of all items; unknown words and likely codes for "missing" are reported."""
    if asked.settings.cell is not None:
        return _from_one_cell(asked, log, asked.settings.cell)
    halves = np.empty((len(asked.items), asked.n), np.int16)
    columns = [asked.settings.obstacles[item.id] for item in asked.items]
    found = over(lambda j: _read_column(asked, columns[j], halves[j]), range(len(columns)), size=asked.n)
    stated = {*asked.settings.unranked, *(cell for cells in asked.settings.missing.values() for cell in cells)}
    log.vendor_codes(set().union(*(one.of_vendor for one in found)) - stated)
    words = {column: one.words for column, one in zip(columns, found, strict=True) if one.words}
    if words:
        _report_words(log, words)
    _ask_about_codes(log, halves, len(asked.items))
    return RankCells(halves, sum(one.written for one in found))


def _from_one_cell(asked: WaveQuestion, log: Log, cell: CellList) -> RankCells:
    """The ranks of all items in one cell, in the order of the items."""
    codes, values = asked.coded(cell.column)
    m = len(asked.items)
    of_values = np.full((len(values), m), BLANK, np.int16)
    wrong = np.zeros(len(values), bool)
    for code, value in enumerate(values):
        parts = choices_in(value, cell, {})
        if not parts:
            continue
        meaning, unknown, _otherwise = _meanings(asked, tuple(parts))
        wrong[code] = len(parts) != m or bool(unknown)
        of_values[code, : min(m, len(parts))] = meaning[:m]
    message = _("a cell holds the ranks of all {m} items in their order; this one does not.").format(m=m)
    log.cells("error", "E-RANK-08", message, cell.column, wrong[codes])
    return RankCells(np.ascontiguousarray(of_values[codes].T), 0)


class _Column(NamedTuple):
    """What was met in one column."""

    words: Counter[str]  # cells that are no ranks
    written: int  # cells that were a number written in another way
    of_vendor: set[str]  # codes of a vendor


def _read_column(asked: WaveQuestion, column: str, halves: np.ndarray) -> _Column:
    """Fill `halves` (n,) with the meanings of a column's cells."""
    codes, values = asked.coded(column)
    meaning, unknown, otherwise = _meanings(asked, values)
    of_vendor = {value for code, value in enumerate(values) if value in VENDOR_CODES and code not in unknown}
    np.take(meaning, codes, out=halves, mode="clip")  # no code is out of range; to check it takes a copy
    if not (unknown or otherwise):
        return _Column(Counter(), 0, of_vendor)
    used = np.bincount(codes, minlength=len(values))
    words = Counter({values[code]: int(used[code]) for code in unknown if used[code]})
    return _Column(words, int(used[otherwise].sum()), of_vendor)


def _meanings(asked: WaveQuestion, values: tuple[str, ...]) -> tuple[np.ndarray, list[int], list[int]]:
    """The meaning of each distinct cell, the codes of unknown words, and those of numbers written in another way."""
    missing = kinds_of_missing(asked.settings)
    unranked = {fold(cell) for cell in asked.settings.unranked}
    meaning = np.zeros(len(values), np.int16)
    unknown: list[int] = []
    otherwise: list[int] = []
    for code, value in enumerate(values):
        key = fold(value)
        if key in unranked:
            meaning[code] = BELOW
        elif key in missing:
            meaning[code] = missing[key]
        elif key == "":
            meaning[code] = BLANK
        elif value in VENDOR_CODES:
            meaning[code] = VENDOR_CODES[value]
        elif (place := place_in(value)) is None or not float(TWICE * place).is_integer():
            meaning[code] = MISSING
            unknown.append(code)
        else:
            number = len(asked.items) if place == LAST else place + 1 - asked.settings.first_rank
            meaning[code] = min(TWICE * number, BEYOND)
            if not plain(value):
                otherwise.append(code)
    return meaning, unknown, otherwise


def _report_words(log: Log, words: dict[str, Counter[str]]) -> None:
    total: Counter[str] = sum(words.values(), Counter())
    message = _(
        "these cells are no ranks: {cells}. Correct them, or say what they mean: under missing, as in "
        'missing = {{ refused = ["{first}"] }}, or in unranked.'
    ).format(cells=listed(total), first=total.most_common(1)[0][0][:40])
    column = next(iter(words))
    codes, values = log.asked.coded(column)
    log.cells("error", "E-RANK-01", message, column, np.isin(codes, [values.index(word) for word in words[column]]))


def _ask_about_codes(log: Log, halves: np.ndarray, m: int) -> None:
    """Ask about a frequent number above the ranks, such as 99."""
    if halves.max(initial=0) <= TWICE * m:
        return
    above = halves[(halves > TWICE * m) & (halves < BEYOND)]
    if not len(above):
        return
    number, count = Counter(above.tolist()).most_common(1)[0]
    if count > max(MANY_ODD * int((halves > 0).sum()), 2) and number % TWICE == 0:
        message = _(
            "{count} answers are {code} while ranks go to {m}. If {code} means refused, add "
            'missing = {{ refused = ["{code}"] }}.'
        ).format(count=f"{count:,}", code=number // TWICE, m=m)
        log.note("ask", "A-MIS-01", message, count=count)
        halves[halves == number] = MISSING  # the question stops the load; its cells need no second word
