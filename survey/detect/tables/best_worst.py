"""Best-worst tasks: pairs of columns named best and worst (most and least, B and W), one pair per task."""

from __future__ import annotations

import re

import numpy as np

from obstacles.survey.detect.sheet import MANY, Column, Sheet
from obstacles.survey.studyfile.guess import Entry, FoundItem, Guess, count, in_table, percent
from obstacles.text.fold import fold
from obstacles.text.language import _, ngettext, semicolons

NAMED = re.compile(
    r"(?P<before>.*?)(?P<end>best|worst|most|least|max|min|(?<![a-z])b|(?<![a-z])w|最重要|最不重要|最)[\s_.\-]*(?P<number>\d{0,3})(?P<after>[a-z_.]*)",
    re.I,
)
BEST = frozenset(("best", "most", "max", "b", "最重要"))
WORST = frozenset(("worst", "least", "min", "w", "最不重要"))
DIFFERENT = 0.95  # share of rows in which best and worst must differ
MOST_PLACES = 12


def tasks(sheet: Sheet) -> tuple[str, Guess] | None:
    """The name and the reading of a best-worst question."""
    pairs = _pairs(sheet)
    if not pairs:
        return None
    n = sum(_both(best, worst)[0] for best, worst in pairs)
    apart = sum(_both(best, worst)[1] for best, worst in pairs)
    if n < 5 or apart < DIFFERENT * n:
        return None
    evidence = ngettext(
        "{t} pair of columns named best and worst, which differ in {share} of {n} answers",
        "{t} pairs of columns named best and worst, which differ in {share} of {n} answers",
        len(pairs),
    ).format(t=len(pairs), share=percent(apart, n), n=count(n))
    texts = {fold(value): value for pair in pairs for column in pair for value in column.filled}
    largest = max((place for text in texts if (place := _place(text))), default=0)
    by_place = all(_place(text) for text in texts) and largest <= MOST_PLACES
    keys = [
        Entry("best", [best.name for best, _worst in pairs]),
        Entry("worst", [worst.name for _best, worst in pairs]),
    ]
    used = tuple(column.name for pair in pairs for column in pair)
    name = "best_worst" if len(pairs) > 1 else f"{pairs[0][0].name}, {pairs[0][1].name}"
    if len(pairs) == 1 and by_place and (shown := _shown(sheet, pairs[0], largest)):
        items = {fold(value): value for column in shown for value in column.filled}
        keys.append(Entry("shown", [[column.name for column in shown]], _("their cells are the items shown")))
        used += tuple(column.name for column in shown)
        found = tuple(map(FoundItem, items.values()))
        return name, Guess("best_worst", 0.95, evidence, found, in_table("best_worst", keys), used=used)
    why = _("the ids of the items shown in each of the {t} tasks, in their order, as in [[{ids}], ...]").format(
        t=len(pairs), ids=", ".join(f'"item_{j}"' for j in range(1, min(largest, 4) + 1)) or '"..."'
    )
    keys.append(Entry("design", [], why, True))
    if by_place:
        evidence = semicolons([evidence, _("cells are places among at most {k} items").format(k=largest)])
        items_found = tuple(FoundItem(f"{j}") for j in range(1, max(len(pairs), largest + 1) + 1))
    else:
        items_found = tuple(FoundItem(text) for text in texts.values())
    notes = (_("how many items there are is not known: as many as tasks are assumed"),) if by_place else ()
    return name, Guess("best_worst", 0.9, evidence, items_found, in_table("best_worst", keys), notes=notes, used=used)


def _pairs(sheet: Sheet) -> list[tuple[Column, Column]]:
    """Columns whose names differ in the word for best and worst only, in the order of the file."""
    ends: dict[tuple[str, str, str], dict[str, Column]] = {}
    for column in sheet.columns:
        if match := NAMED.fullmatch(column.name):
            word = match["end"].casefold()
            end = "best" if word in BEST else "worst" if word in WORST else ""
            key = (fold(match["before"]), match["number"], fold(match["after"]))
            if end:
                ends.setdefault(key, {}).setdefault(end, column)
    return [(found["best"], found["worst"]) for found in ends.values() if len(found) == 2]


def _both(best: Column, worst: Column) -> tuple[int, int]:
    """Rows in which both are filled, and those in which they differ."""
    if len(best.filled) > MANY or len(worst.filled) > MANY:
        return 1, 0
    number: dict[str, int] = {"": 0}
    codes = [
        np.array([number.setdefault(fold(value), len(number)) for value in column.values])[column.codes]
        for column in (best, worst)
    ]
    filled = (codes[0] > 0) & (codes[1] > 0)
    return int(filled.sum()), int((filled & (codes[0] != codes[1])).sum())


def _place(text: str) -> int:
    """The place that a cell means, 1.. or A..; 0 for anything else."""
    if text.isascii() and text.isdecimal() and len(text) <= 2:
        return int(text)
    return ord(text.upper()) - ord("A") + 1 if len(text) == 1 and text.isascii() and text.isalpha() else 0


def _shown(sheet: Sheet, pair: tuple[Column, Column], places: int) -> list[Column]:
    """Neighbouring columns, as many as there are places, that hold the items shown."""
    for start in range(len(sheet.columns) - places + 1):
        found = list(sheet.columns[start : start + places])
        if any(column in pair for column in found) or not all(column.levels for column in found):
            continue
        shared = frozenset.intersection(*(column.levels for column in found))
        together = frozenset.union(*(column.levels for column in found))
        if len(shared) >= max(places, 0.6 * len(together)) and all(column.blank == 0 for column in found):
            return found
    return []
