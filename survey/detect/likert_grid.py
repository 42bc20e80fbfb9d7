"""Grids of levels and points: the same few ordered answers for every item, or numbers that sum to one total."""

from __future__ import annotations

from collections import Counter

import numpy as np

from obstacles.survey.detect.direction import ABOUT_OBSTACLES, asks_for_other_end, said_by, speaks_of_points
from obstacles.survey.detect.levels import OrderedLevels, codes_apart, ordered
from obstacles.survey.detect.rank_grid import items_of, missing_cells
from obstacles.survey.detect.sheet import MANY, Block, Column
from obstacles.survey.files.numerics import numbers
from obstacles.survey.studyfile.guess import Entry, Guess, by_kind, count, missing_entry, percent
from obstacles.text.fold import fold
from obstacles.text.language import _, quoted_names, semicolons

FEWEST_COLUMNS = 3
MOST_LEVELS = 11
FEWEST_LEVELS = 3
NEARLY_ALL = 0.95
TOTALS = (100.0, 10.0, 20.0, 50.0, 1000.0)


def likert(block: Block) -> Guess | None:
    """A column per item, the cell is a level of one scale for all."""
    block = _sharing(block)
    cells = block.cells
    if len(block.columns) < FEWEST_COLUMNS or not cells:
        return None
    none = {key: kind for key in cells if (kind := block.kind_of_missing(key, codes=False))}
    none |= dict.fromkeys(codes_apart(key for key in cells if key not in none), "code")
    levels = [key for key in cells if key not in none]
    if not FEWEST_LEVELS <= len(levels) <= MOST_LEVELS:
        return None
    scale = _of_languages(block, levels) or ordered(levels)
    if scale.known == "numbers" and not _few_numbers(block, scale):
        return None
    none |= dict.fromkeys(scale.unknown, "unclear")
    levels = [key for key in levels if key not in scale.unknown]
    if _one_each(block, levels):
        return None
    shared = sum(len(set(levels) & column.levels) >= 2 for column in block.columns)
    if shared < 0.8 * len(block.columns):
        return None
    total = sum(cells.values())
    entries = [Entry("scale", _scale(block, scale), _order_in_words(scale), scale.known in ("", "codes"))]
    entries += _beside(block, none)
    evidence = _("the same {k} levels in {m} columns").format(k=len(levels), m=len(block.columns))
    if none:
        part = _("{share} of the cells are {cells}").format(
            share=percent(sum(cells[key] for key in none), total),
            cells=quoted_names(block.spelt[key] for key in list(none)[:2]),
        )
        evidence = semicolons([evidence, part])
    fit = (0.9 if scale.known else 0.5) * shared / len(block.columns)
    return Guess("likert_grid", fit, evidence, items_of(block), tuple(entries), _direction(block, scale))


def _one_each(block: Block, levels: list[str]) -> bool:
    """Whether every column has a cell of its own beside one that all have: the code of an option, and no scale."""
    own = [column.levels & set(levels) for column in block.columns if column.levels]
    common = frozenset.intersection(*own) if own else frozenset()
    rest = [cells - common for cells in own]
    alone = all(len(cells) == 1 for cells in rest)
    return alone and len(common) == 1 and len(frozenset().union(*rest)) == len(rest) >= FEWEST_COLUMNS


def _sharing(block: Block) -> Block:
    """The block without columns whose levels no other column has, where most columns share theirs."""
    times = Counter(level for column in block.columns for level in column.levels)
    kept = [
        i
        for i, column in enumerate(block.columns)
        if not column.levels or any(times[level] > 1 for level in column.levels)
    ]
    return block.keep(kept) if FEWEST_COLUMNS <= len(kept) < len(block.columns) else block


def _of_languages(block: Block, levels: list[str]) -> OrderedLevels | None:
    """Two or more scales of one length, each known by its words and never two of them in a row: one scale."""
    parts = _apart(block, levels)
    if len(parts) < 2:
        return None
    scales = [ordered(part) for part in parts]
    same = len({len(scale.levels) for scale in scales}) == 1 and len(scales[0].levels) >= FEWEST_LEVELS
    if not same or any(scale.known != "words" or scale.unknown for scale in scales):
        return None
    together = tuple(level for scale in scales for level in scale.levels)
    return OrderedLevels(tuple(sorted(together)), "words", amounts=all(scale.amounts for scale in scales))


def _apart(block: Block, levels: list[str]) -> list[list[str]]:
    """The levels in groups that no row mixes."""
    index = {key: i for i, key in enumerate(levels)}
    inside = np.zeros((block.n, len(levels)), bool)
    for column in block.columns:
        at = np.array([index.get(fold(value), -1) for value in column.values])[column.codes]
        inside[np.flatnonzero(at >= 0), at[at >= 0]] = True
    together = inside.T.astype(np.int64) @ inside.astype(np.int64) > 0
    label = np.arange(len(levels))
    for _step in levels:
        label = np.where(together, label[None, :], len(levels)).min(axis=1, initial=len(levels))
    return [[levels[i] for i in np.flatnonzero(label == one)] for one in np.unique(label)]


def _few_numbers(block: Block, scale: OrderedLevels) -> bool:
    """Whether numbers are levels and not measurements: close together, or few and each of them frequent."""
    if len(scale.levels) < FEWEST_LEVELS:
        return False
    if scale.levels[-1][0] - scale.levels[0][0] < MOST_LEVELS:
        return True
    frequent = min(block.cells[cell] for _value, cell in scale.levels) >= 2
    return len(scale.levels) <= 7 and frequent and 3 * len(scale.levels) <= sum(block.cells.values())


def _scale(block: Block, scale: OrderedLevels) -> list[dict[str, float | list[str]]]:
    """The key `scale`; numbers need no text, and those that nobody gave are filled in."""
    values = [_plain(value) for value, _cell in scale.levels]
    texts = [block.spelt[cell] for _value, cell in scale.levels]
    bare = scale.known == "numbers" and all(
        fold(text) == cell for text, (_v, cell) in zip(texts, scale.levels, strict=True)
    )
    if bare and all(text.replace(".", "", 1).isdecimal() for text in texts):
        first, last = int(values[0]), int(values[-1])
        filled = all(value == int(value) for value in values) and last - first < MOST_LEVELS
        return [{"value": value} for value in (range(first, last + 1) if filled else values)]
    by_value: dict[float, list[str]] = {}
    for value, text in zip(values, texts, strict=True):
        by_value.setdefault(value, []).append(text)
    return [{"value": value, "text": same} for value, same in by_value.items()]


def _plain(value: float) -> float:
    return int(value) if value == int(value) else value


def _order_in_words(scale: OrderedLevels) -> str:
    return {
        "numbers": _("in the order of their numbers"),
        "codes": _("codes of answers, in the order of their numbers: is the first the least?"),
        "words": _("in the order of what the words mean, from the least to the most"),
        "": _("the order is not known: put the levels from the least to the most severe"),
    }[scale.known]


def _beside(block: Block, none: dict[str, str]) -> list[Entry]:
    """`not_applicable` and `missing`."""
    found = []
    applies = [block.spelt[key] for key, kind in none.items() if kind == "not_applicable"]
    if applies:
        found.append(Entry("not_applicable", applies, _("an answer, and no level of the scale")))
    missing = {key: kind for key, kind in none.items() if kind != "not_applicable"}
    kinds = by_kind((kind, block.spelt[key]) for key, kind in missing.items())
    return found + missing_entry(kinds, sum(block.cells[key] for key in missing), ask=True)


def _direction(block: Block, scale: OrderedLevels) -> Entry:
    """Which end of the scale is the most severe, and why."""
    texts = [block.question, *(column.name for column in block.columns)]
    last = block.spelt[scale.levels[-1][1]]
    frequent = max((cell for _value, cell in scale.levels), key=lambda cell: block.cells[cell])
    why = _('"{last}" is the highest level, "{cell}" the most frequent one').format(
        last=last[:60], cell=block.spelt[frequent][:60]
    )
    if scale.known == "numbers" and (said := said_by(texts, ())) is not None:
        return Entry("direction", said[0], _('"{words}" says so').format(words=said[1][:80]))
    about = any(ABOUT_OBSTACLES.search(text) for text in (*texts, *(cell for _value, cell in scale.levels)))
    if scale.amounts and about and not asks_for_other_end([block.question]):
        return Entry("direction", "high_is_most_severe", why)
    ask = _("{evidence}. Is the highest the most severe?").format(evidence=why)
    return Entry("direction", "high_is_most_severe", ask, True)


def points(block: Block) -> Guess | None:
    """A column per item; the points of a row sum to one total."""
    if len(block.columns) < FEWEST_COLUMNS or any(len(column.filled) > MANY for column in block.columns):
        return None
    values = np.column_stack([_points(column) for column in block.columns])
    none = {key for key in block.cells if block.kind_of_missing(key)}
    answered = (~np.isnan(values)).any(axis=1) & (np.nansum(np.abs(values), axis=1) > 0)
    n = int(answered.sum())
    filled = sum(column.answered for column in block.columns) - sum(block.cells[key] for key in none)
    wrong = filled - int((~np.isnan(values)).sum())
    if n < 5 or wrong > 0.02 * max(1, filled):
        return None
    sums = np.round(np.nansum(values[answered], axis=1), 6)
    total, times = Counter(sums.tolist()).most_common(1)[0]
    distinct = len(np.unique(values[answered][~np.isnan(values[answered])]))
    if times < 0.8 * n or total <= len(block.columns) or distinct < 4 or (values < 0).any():
        return None
    if total not in TOTALS and times < NEARLY_ALL * n:
        return None
    if _the_same_numbers(values[answered]) and not speaks_of_points([block.question, *block.items]):
        return None
    off = n - times
    entries = [Entry("total", _plain(total), _("{share} of the rows sum to it").format(share=percent(times, n)))]
    blanks = int(np.isnan(values[answered]).sum())
    if blanks:
        why = _("{share} of the cells beside points are blank; below (0 points) | not_offered | not_answered").format(
            share=percent(blanks, values[answered].size)
        )
        entries.append(Entry("blank", "below", why, True))
    entries += missing_cells(none | {key for column in block.columns for key in _no_points(column)}, block)
    quality: tuple[Entry, ...] = ()
    if off:
        why = _("{n} of {all} rows do not sum to {total}; error | leave_out").format(
            n=count(off), all=count(n), total=f"{total:g}"
        )
        quality = (Entry("invalid_ranking", "leave_out", why, True),)
    evidence = _("the numbers of {share} of {n} rows sum to {total}").format(
        share=percent(times, n), n=count(n), total=f"{total:g}"
    )
    return Guess("points", times / n, evidence, items_of(block), tuple(entries), quality=quality)


def _the_same_numbers(values: np.ndarray) -> bool:
    """Whether nearly all rows of (n, m) hold the same m different numbers: places, which sum to one total as well."""
    ordered_rows = np.sort(values, axis=1)
    usual = np.median(ordered_rows, axis=0)
    return bool((np.diff(usual) > 0).all() and (ordered_rows == usual).all(axis=1).mean() >= NEARLY_ALL)


def _points(column: Column) -> np.ndarray:
    """(n,) the points of an item, NaN where the cell is none."""
    known = [
        np.nan if one is None or column.kind_of_missing(fold(value)) else one
        for one, value in zip(_parsed(column), column.values, strict=True)
    ]
    return np.asarray(np.array(known)[column.codes])


def _parsed(column: Column) -> tuple[float | None, ...]:
    return numbers([value.removesuffix("%").strip() for value in column.values], None).values


def _no_points(column: Column) -> set[str]:
    """Folded cells that hold something and no number."""
    return {
        fold(value)
        for one, value in zip(_parsed(column), column.values, strict=True)
        if one is None and value in column.filled
    }
