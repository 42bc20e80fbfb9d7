"""Paired comparisons: two columns that hold items of one set and never the same in a row, with a result or counts."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import numpy as np

from obstacles.survey.detect.sheet import MANY, WORD, Column, Sheet
from obstacles.survey.studyfile.guess import Entry, FoundItem, Guess, in_table, percent
from obstacles.text.fold import fold
from obstacles.text.language import _, commas

WINNER = re.compile(r"winner|preferred|chosen|better|胜", re.I)
LOSER = re.compile(r"loser|rejected|worse|负", re.I)
RESULT = re.compile(r"result|outcome|choice|answer|preferred|结果", re.I)
WINS = re.compile(r"w(?:in|ins|on)?(?:_.*)?|.*\bwins?\b.*|胜.*", re.I)
FEWEST_ITEMS = 3
SHARED = 0.5  # share of the items that both columns must hold


def comparisons(sheet: Sheet) -> tuple[str, Guess] | None:
    """The name and the reading of a file of comparisons."""
    stems = Counter(column.heading.stem for column in sheet.columns if column.heading.stem)
    alone = [column for column in sheet.columns if stems[column.heading.stem] < FEWEST_ITEMS]
    found = [
        (one, other)
        for one, other in pairwise(alone)
        if one.position + 1 == other.position and _of_one_set(one, other, sheet.n)
    ]
    for one, other in found:
        texts = {fold(value): value for column in (one, other) for value in column.filled}
        items = tuple(map(FoundItem, texts.values()))
        for read in (_counts, _winners, _results):
            entries = read(sheet, one, other)
            if entries:
                evidence = _('columns "{one}" and "{other}" hold {m} items and never the same twice in a row').format(
                    one=one.name, other=other.name, m=len(items)
                )
                used = tuple(entry.value for entry in entries if isinstance(entry.value, str))
                return f"{one.name}, {other.name}", Guess(
                    "pairs", 0.95, evidence, items, in_table("pairs", entries), used=used
                )
    return None


def _of_one_set(one: Column, other: Column, n: int) -> bool:
    """Whether both columns hold items of one set, and different ones in every row."""
    if not one.levels or not other.levels or len(one.levels | other.levels) > MANY or one.blank or other.blank:
        return False
    together, shared = one.levels | other.levels, one.levels & other.levels
    if len(together) < FEWEST_ITEMS or len(shared) < SHARED * len(together) or n < FEWEST_ITEMS:
        return False
    index = {text: i for i, text in enumerate(together)}
    codes = [np.array([index.get(fold(v), -1) for v in column.values])[column.codes] for column in (one, other)]
    return bool((codes[0] != codes[1]).all()) and len(np.unique(np.column_stack(codes), axis=0)) >= FEWEST_ITEMS


def _counts(sheet: Sheet, one: Column, other: Column) -> list[Entry]:
    """Counts of wins, losses and ties, which with a column of totals prove themselves."""
    if not _each_pair_once(one, other):
        return []
    numbers = [c for c in sheet.columns if c not in (one, other) and c.answered == c.n and (c.whole != WORD).all()]
    for total in numbers:
        rest = [c for c in numbers if c is not total]
        for parts in _in_order(rest):
            if (np.sum([c.whole.astype(int) for c in parts], axis=0) == total.whole).all():
                why = _('wins, losses and ties sum to "{total}" in every row').format(total=total.name)
                keys = ("wins", "losses", "ties")
                entries = [Entry("first", one.name), Entry("second", other.name)]
                return entries + [Entry(key, c.name, why, True) for key, c in zip(keys, parts, strict=False)]
    named = [c for c in numbers if WINS.fullmatch(c.name)]
    if len(named) >= 2:
        why = _("counts by their names; which are wins of the first and which of the second?")
        entries = [Entry("first", one.name), Entry("second", other.name)]
        return entries + [Entry(key, c.name, why, True) for key, c in zip(("wins", "losses"), named, strict=False)]
    return []


def _each_pair_once(one: Column, other: Column) -> bool:
    """Whether no two rows compare the same two items."""
    pairs = {
        frozenset((fold(one.values[a]), fold(other.values[b]))) for a, b in zip(one.codes, other.codes, strict=True)
    }
    return len(pairs) == one.n


def _in_order(columns: list[Column]) -> list[list[Column]]:
    """Three or two neighbouring columns."""
    return [columns[start : start + size] for size in (3, 2) for start in range(len(columns) - size + 1)]


def _winners(sheet: Sheet, one: Column, other: Column) -> list[Entry]:
    for first, second in ((one, other), (other, one)):
        if WINNER.search(first.name) and LOSER.search(second.name):
            why = _("by their names")
            return [Entry("first", first.name, why), Entry("second", second.name, why)]
    return []


def _results(sheet: Sheet, one: Column, other: Column) -> list[Entry]:
    """A column that says which of the two was preferred."""
    for column in sheet.columns:
        if column in (one, other) or not RESULT.search(column.name) or not 2 <= len(column.levels) <= 4:
            continue
        cells = list(column.filled)
        if column.levels <= {"1", "2", "0"}:
            first, second, tie = ["1"], ["2"], ["0"]
        elif column.levels <= {"1", "0", "-1"}:
            first, second, tie = ["1"], ["-1"], ["0"]
        else:
            continue
        why = _("{cells}: 1 = the first is preferred?").format(
            cells=commas(f"{cell} ({percent(column.filled[cell], column.answered)})" for cell in cells[:3])
        )
        return [
            Entry("first", one.name),
            Entry("second", other.name),
            Entry("result", column.name, why, True),
            Entry("first_is", first),
            Entry("second_is", second),
            Entry("tie_is", tie),
        ]
    return []
