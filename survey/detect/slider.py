"""Sliders: a column per item, whose cells are any numbers from 0 to 100 (or 0 to 10), with no sum in common."""

from __future__ import annotations

import numpy as np

from obstacles.survey.detect.direction import ABOUT_OBSTACLES, said_by
from obstacles.survey.detect.people import spaced
from obstacles.survey.detect.rank_grid import items_of, missing_cells
from obstacles.survey.detect.sheet import Block, Column
from obstacles.survey.files.numerics import numbers
from obstacles.survey.studyfile.guess import Entry, Guess, percent
from obstacles.text.fold import fold
from obstacles.text.language import _, semicolons

FEWEST_COLUMNS = 3
ENDS = ((0, 10), (0, 100))
FEWEST_NUMBERS = 8  # different ones, with which a scale of levels is left behind
NEARLY_ALL = 0.98  # share of the cells that are numbers
SHARED_OUT = 0.4  # share of rows with one sum from which points may have been shared out


def numbers_of(column: Column) -> tuple[float, ...]:
    """The different numbers of a column whose cells, but for those that are no answer, are all from 0 to 100."""
    cells = [value for value in column.filled if not column.kind_of_missing(fold(value), codes=False)]
    parsed = [
        one for one in numbers([cell.removesuffix("%").strip() for cell in cells], None).values if one is not None
    ]
    if len(parsed) < NEARLY_ALL * len(cells) or not parsed or min(parsed) < 0 or max(parsed) > ENDS[-1][1]:
        return ()
    return tuple(sorted(set(parsed)))


def sliders(block: Block) -> Guess | None:
    """A column per item, the cell is a number between two ends."""
    if len(block.columns) < FEWEST_COLUMNS:
        return None
    found = [numbers_of(column) for column in block.columns if column.answered]
    different = {number for one in found for number in one}
    if not found or not all(found) or len(different) < FEWEST_NUMBERS or min(map(len, found)) < 2:
        return None
    low, high = next(ends for ends in ENDS if max(different) <= ends[1])
    if high == ENDS[0][1] and all(number == int(number) for number in different):
        return None  # levels of a scale
    texts = [block.question, *(column.name for column in block.columns), *block.items]
    about = any(ABOUT_OBSTACLES.search(spaced(text)) for text in texts)
    doubts = [] if about else [_("no words say that these numbers rate obstacles: do they?")]
    share = _one_sum(block)
    if share >= SHARED_OUT:
        doubts.append(_("{share} of the rows have one and the same sum: were points shared out?").format(
            share=percent(share, 1)
        ))  # fmt: skip
    why = semicolons([_("numbers from {low:g} to {high:g}").format(low=min(different), high=max(different)), *doubts])
    entries = [Entry("slider", [low, high], why, bool(doubts))]
    missing = {
        fold(value) for column in block.columns for value in column.filled
        if column.kind_of_missing(fold(value), codes=False)
    }  # fmt: skip
    entries += missing_cells(missing, block) if missing <= set(block.cells) else []
    evidence = _("numbers from {low} to {high} in {m} columns, of which {n} are different").format(
        low=low, high=high, m=len(block.columns), n=len(different)
    )
    return Guess("slider", 0.85, evidence, items_of(block), tuple(entries), _direction(block, texts))


def _one_sum(block: Block) -> float:
    """Share of the answered rows that have the most frequent sum."""
    values = np.column_stack([_values(column) for column in block.columns])
    answered = (~np.isnan(values)).any(axis=1)
    sums = np.round(np.nansum(values[answered], axis=1), 6)
    return float(np.unique(sums, return_counts=True)[1].max(initial=0) / max(1, len(sums)))


def _values(column: Column) -> np.ndarray:
    parsed = numbers([value.removesuffix("%").strip() for value in column.values], None).values
    return np.asarray(np.array([np.nan if one is None else one for one in parsed])[column.codes])


def _direction(block: Block, texts: list[str]) -> Entry:
    if (said := said_by(texts, ())) is not None:
        return Entry("direction", said[0], _('"{words}" says so').format(words=said[1][:80]))
    return Entry("direction", "high_is_most_severe", _("numbers of a slider. Is the highest the most severe?"), True)
