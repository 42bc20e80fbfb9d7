"""Published tables: a row per item with its percentage, one table for each year, country or source."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np

from obstacles.survey.detect.sheet import Column, Sheet
from obstacles.survey.detect.years import is_time
from obstacles.survey.files.numerics import numbers
from obstacles.survey.files.table import is_total
from obstacles.survey.formats.numerals import numeral
from obstacles.survey.formats.published import NOT_PUBLISHED
from obstacles.survey.studyfile.guess import Entry, FoundItem, Guess, Where, count
from obstacles.text.fold import fold
from obstacles.text.language import _, commas, semicolons

ITEM = re.compile(r"item|obstacle|barrier|reason|label|indicator|challenge|障碍|原因|选项", re.I)
SHARE = re.compile(r"percent|share|pct|%|obs_value|^value$|proportion|比例|百分比", re.I)
SIZE = re.compile(r"n|base|sample[_ ]?size|respondents|样本量", re.I)
BARE_YEAR = re.compile(r"(?P<year>(?:19|20)\d{2})(?: ?(?:\(%\)|\(percent\)|%|年))?", re.I)
FEWEST_ITEMS, MOST_ITEMS = 3, 200
MOST_SHOWN = 6  # other tables that are listed, by each column
MOST_KEYS = 60  # distinct cells of a column that tells tables apart


def table(sheet: Sheet) -> tuple[str, Guess] | None:
    """The name and the reading of a table of percentages; `where` of the guess chooses one table."""
    shares = [column for column in sheet.columns if SHARE.search(column.name) and _is_share(column)]
    items = [
        c for c in sheet.columns if ITEM.search(c.name) and FEWEST_ITEMS <= len(c.filled) <= MOST_ITEMS and not c.blank
    ]
    for share in shares:
        for item in items:
            if item is not share and (guess := _guess(sheet, item, share)):
                return item.name, guess
    return _by_years(sheet)


def _by_years(sheet: Sheet) -> tuple[str, Guess] | None:
    """A row per item and a column per year: a wave for each of them."""
    years = {column: found for column in sheet.columns if (found := BARE_YEAR.fullmatch(column.name)) is not None}
    item = next((column for column in sheet.columns if column not in years and not column.blank), None)
    if item is None or not years or len(item.filled) < sheet.n:
        return None
    sizes = {value for value in item.filled if SIZE.fullmatch(fold(value))}
    aside = sizes | {value for value in item.filled if is_total(value)}
    rows = np.flatnonzero(~np.array([value in aside for value in item.values], bool)[item.codes])
    shares = {found["year"]: column for column, found in years.items() if _is_share(column.on(rows))}
    here = item.on(rows)
    if len(shares) < len(years) or len(sizes) > 1 or all(numeral(text) is not None for text in here.filled):
        return None
    if not FEWEST_ITEMS <= len(here.filled) <= MOST_ITEMS:
        return None
    texts = tuple(FoundItem(text) for text in here.filled)
    readings = []
    for year, share in sorted(shares.items()):
        why = _("totals and numbers of respondents")
        entries = [Entry("exclude", {item.name: sorted(aside)}, why)] if aside else []
        stated = {"item": item.name, "share": share.name, **_stated_size(item, share, sizes)}
        entries += [Entry("published", stated), _several(share.on(rows), here, None)]
        evidence = _('"{share}" holds percentages, one for each of {m} items').format(share=share.name, m=len(texts))
        readings.append((year, Guess("published", 0.9, evidence, texts, tuple(entries), used=(item.name, share.name))))
    last = readings[-1][1]
    return item.name, replace(last, used=(item.name, *(c.name for c in shares.values())), waves=tuple(readings))


def _stated_size(item: Column, share: Column, sizes: set[str]) -> dict[str, float]:
    """The key n of `published`, from the row of numbers of respondents."""
    rows = [i for i, code in enumerate(item.codes.tolist()) if item.values[code] in sizes]
    cells = [share.values[share.codes[i]] for i in rows]
    parsed = [one for one in numbers(cells, None).values if one is not None and one > 0]
    return {"n": parsed[0]} if len(parsed) == 1 else {}


def _is_share(column: Column) -> bool:
    """Numbers between 0 and 100, signs of a missing number allowed."""
    cells = [value.removesuffix("%").strip() for value in column.filled]
    known = [cell for cell in cells if cell.casefold() not in NOT_PUBLISHED]
    parsed = numbers(known, None).values
    return bool(parsed) and all(one is not None and 0 <= one <= 100 for one in parsed)


def _guess(sheet: Sheet, item: Column, share: Column) -> Guess | None:
    keys = [c for c in sheet.columns if c not in (item, share) and 2 <= len(c.filled) <= MOST_KEYS and not c.blank]
    keys = [column for column in keys if not _follows(column, item)]
    time = next((column for column in keys if is_time(column)), None)
    telling = _telling(item, [time] if time else [], [column for column in keys if column is not time])
    if telling is None:
        return None
    chosen, rows, tables = _largest(item, [column for column in telling if column is not time], sheet.n)
    here = item.on(rows)
    if all(numeral(text) is not None for text in here.filled):
        return None  # numbers name no items
    value = {"item": item.name, "share": share.name}
    size = next((c for c in sheet.columns if SIZE.fullmatch(c.name) and c not in (item, share)), None)
    if size is not None and _one_number(size.on(rows)):
        value["n"] = size.name
    entries = [Entry("published", value)]
    entries.append(_several(share.on(rows), here, time.on(rows) if time is not None else None))
    evidence = _('"{share}" holds percentages, one for each of {m} items').format(share=share.name, m=len(here.filled))
    doubt = _which(sheet, chosen, tables) if tables > 1 else ""
    found = tuple(FoundItem(text) for text in here.filled)
    used = (item.name, share.name)
    return Guess("published", 0.9, evidence, found, tuple(entries), used=used, where=chosen, doubt=doubt)


def _which(sheet: Sheet, chosen: Where, tables: int) -> str:
    """The question which of several tables is meant, with what tells them apart."""
    parts = []
    for name, cells in chosen:
        column = sheet.named(name)
        others = [value for value in (column.filled if column is not None else ()) if value not in cells]
        shown = commas(others[:MOST_SHOWN]) + (" ..." if len(others) > MOST_SHOWN else "")
        parts.append(_("{column} = {cell} (others: {cells})").format(column=name, cell=cells[0], cells=shown))
    message = _("the file holds {n} tables, of which this is one, with {table}: is it the one meant?")
    return message.format(n=count(tables), table=semicolons(parts))


def _follows(column: Column, item: Column) -> bool:
    """Whether a column says the same as the item, as a code beside a label does."""
    pairs = np.unique(np.column_stack([column.codes, item.codes]), axis=0)
    return len(pairs) == max(len(column.filled), len(item.filled)) and len(column.filled) >= len(item.filled)


def _telling(item: Column, first: list[Column], rest: list[Column]) -> list[Column] | None:
    """The fewest columns that make every item occur once for each of their values; None where no columns do."""
    chosen = list(first)
    while _groups([*chosen, item]) < item.n:
        if not rest:
            return None
        best = max(rest, key=lambda column: _groups([*chosen, column, item]))
        chosen.append(best)
        rest = [column for column in rest if column is not best]
    return chosen


def _groups(columns: list[Column]) -> int:
    return len(np.unique(np.column_stack([column.codes for column in columns]), axis=0))


def _largest(
    item: Column, chosen: list[Column], n: int
) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], np.ndarray, int]:
    """The first table with all items: what chooses it, its rows, and how many tables there are."""
    if not chosen:
        return (), np.arange(n), 1
    codes = np.column_stack([column.codes for column in chosen])
    keys, first, group = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    group = group.reshape(-1)
    sizes = [len(np.unique(item.codes[group == place])) for place in range(len(keys))]
    full = [place for place in range(len(keys)) if sizes[place] == max(sizes)]
    best = min(full, key=lambda place: first[place])
    where = tuple((column.name, (column.values[keys[best, i]],)) for i, column in enumerate(chosen))
    return where, np.flatnonzero(group == best), len(keys)


def _one_number(size: Column) -> bool:
    parsed = numbers(list(size.filled), None).values
    return len(parsed) == 1 and parsed[0] is not None and parsed[0] > 0


def _several(share: Column, item: Column, time: Column | None) -> Entry:
    """Whether one respondent could name several items: shares that sum to far more than 100 say so."""
    parsed = numbers([value.removesuffix("%").strip() for value in share.values], None).values
    value = np.array(parsed, float)[share.codes]
    tables = time.codes if time is not None else np.zeros(share.n, int)
    sums = [float(np.nansum(value[tables == one])) for one in np.unique(tables)]
    usual = Counter(round(total) for total in sums).most_common(1)[0][0]
    several = not all(95 <= total <= 101 for total in sums)
    why = _("the shares of a table sum to {total}%: several answers were possible?").format(total=usual)
    return Entry("several_answers", several, why, True)
