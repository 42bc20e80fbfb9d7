"""A row per answer: a respondent in several rows, each of which names another item, with its rank, choice or rating."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from obstacles.survey.detect.order_columns import IN_BOTH_ORDERS, pairs_changing
from obstacles.survey.detect.people import spaced
from obstacles.survey.detect.sheet import Column, Sheet
from obstacles.survey.detect.years import is_time
from obstacles.survey.formats.ordinals import place_in
from obstacles.survey.studyfile.guess import Entry, Where, count
from obstacles.text.fold import fold
from obstacles.text.language import _, quoted_names, semicolons

RESPONDENT = re.compile(
    r"(?:.*[\s_])?(?:id|key|uuid|respondent|participant|person|employee|voter|user|case|record|subject|answer|response|submission)"
    r"(?:[\s_]?(?:id|no|nr|number|code|key))?|编号|受访者.*|回答者.*|问卷编号|befragte[r]?|répondant|encuestad[oa]|回答者ID",
    re.I,
)
ITEM = re.compile(
    r"item|obstacle|barrier|challenge|problem|option|reason|label|statement|choice|hürde|hindernis|freins?|obstáculo|"
    r"障碍|困难|选项|项目|障害|課題|項目",
    re.I,
)
VALUE = re.compile(
    r"rank|place|position|rating|score|value|level|answer|response|severity|choice|chosen|selected|rang|platz|note|"
    r"valor|puesto|排名|名次|评分|得分|选择|回答|順位|評価",
    re.I,
)
FEWEST_PERSONS, FEWEST_ITEMS, MOST_ITEMS = 3, 3, 200
MANY_PERSONS, FEWEST_TOGETHER = 10, 2  # cells of a column without a telling name, and rows of each
FEWEST_ROWS = 1.5  # of a respondent, on average
FEWEST_TIMES = 2.0  # that an item is named, on average
ONCE = 0.98  # share of rows whose respondent has no other row for the item


def long_rounds(sheet: Sheet) -> tuple[Entry | None, list[tuple[str, Where]]]:
    """The key `long`, and the rounds with the rows of each: one of all rows, or of each cell of a column of years.

    Whoever answered in several years has several rows on an item; each year by itself is a row per answer.
    """
    if (long := long_columns(sheet)) is not None:
        return long, [("", ())]
    for time in filter(is_time, sheet.columns):
        cells = sorted(time.filled, key=int)
        parts = [long_columns(sheet.on(np.flatnonzero(time.codes == time.values.index(cell)))) for cell in cells]
        last = parts[-1]
        if last is not None and all(part is not None and part.value == last.value for part in parts):
            why = _("in each of {n} cells of {column}: {what}")
            told = why.format(n=count(len(cells)), column=quoted_names([time.name]), what=last.why)
            return replace(last, why=told), [(cell, ((time.name, (cell,)),)) for cell in cells]
    return None, []


def long_columns(sheet: Sheet) -> Entry | None:
    """The key `long`, where a table has a row per answer."""
    named_so = [column for column in sheet.columns if _is_respondent(column)]
    persons = [*named_so, *(column for column in sheet.columns if column not in named_so and _stands_together(column))]
    for person in persons:
        items = [column for column in sheet.columns if column is not person and _is_item(column, person)]
        items = _without_codes(items)
        if not items or _compared(items):
            continue
        named = [column for column in items if any(map(ITEM.search, _called(column)))]
        item = (named or items)[0]
        values = [c for c in sheet.columns if c not in (person, item) and _varies(c, person) and _is_value(c, item)]
        said = [column for column in values if any(map(VALUE.search, _called(column)))]
        value = next(iter(said or values), None)
        doubts = _doubts(person, item, value, items if len(named) != 1 else [], said or values)
        if person not in named_so:
            doubts.append(_('does "{column}" tell the respondents apart?').format(column=person.name))
        why = _("{n} rows of {p} respondents, each of which names another of {m} items").format(
            n=count(sheet.n), p=count(len(person.filled)), m=len(item.filled)
        )
        stated = {"respondent": person.name, "item": item.name, **({"value": value.name} if value else {})}
        return Entry("long", stated, semicolons([why, *doubts]), bool(doubts))
    return None


def _doubts(person: Column, item: Column, value: Column | None, items: list[Column], values: list[Column]) -> list[str]:
    """What a person has to look at."""
    found = []
    if len(items) > 1:
        names = quoted_names(column.name for column in items[:4])
        found.append(_("which of {columns} holds the items?").format(columns=names))
    if len(values) > 1:
        found.append(
            _("which of {columns} holds the answers?").format(columns=quoted_names(c.name for c in values[:4]))
        )
    if value is None and _in_any_order(person, item):
        found.append(_("the rows of a respondent stand in different orders: are these rankings, and not choices?"))
    return found


def _called(column: Column) -> list[str]:
    """What a column is called: its name and its label."""
    return [text.strip() for text in (column.name, column.heading.question, column.heading.item) if text.strip()]


def _is_respondent(column: Column) -> bool:
    """By the name, and because most of its cells have several rows."""
    if not any(RESPONDENT.fullmatch(spaced(text)) for text in _called(column)) or column.n < FEWEST_ROWS * len(
        column.values
    ):
        return False
    if column.answered < ONCE * column.n:
        return False
    times = list(column.filled.values())
    return len(times) >= FEWEST_PERSONS and sum(times) >= FEWEST_ROWS * len(times)


def _stands_together(column: Column) -> bool:
    """Whether the rows of each of many cells stand together, as those of a respondent do under any name."""
    if column.n < FEWEST_TOGETHER * len(column.values) or len(column.values) < MANY_PERSONS or column.blank:
        return False
    runs = 1 + int(np.count_nonzero(column.codes[1:] != column.codes[:-1]))
    return runs == len(column.filled)


def _is_item(column: Column, person: Column) -> bool:
    """Texts, each named by several respondents and by each of them once."""
    texts = list(column.filled)
    if not FEWEST_ITEMS <= len(texts) <= MOST_ITEMS or column.answered < ONCE * column.n:
        return False
    if column.answered < FEWEST_TIMES * len(texts) or all(place_in(fold(text)) is not None for text in texts):
        return False
    if _share_once(column, person) < ONCE:
        return False
    return _varies(column, person)


def _share_once(column: Column, person: Column) -> float:
    both = person.codes.astype(np.int64) * (len(column.values) + 1) + column.codes
    return len(np.unique(both)) / max(1, len(both))


def _varies(column: Column, person: Column) -> bool:
    """Whether the cells of one respondent differ, for some respondents."""
    both = person.codes.astype(np.int64) * (len(column.values) + 1) + column.codes
    return len(np.unique(both)) > len(np.unique(person.codes))


def _is_value(column: Column, item: Column) -> bool:
    """Whether a column may be the answer: no second name of the item, and no text of one's own."""
    pairs = len(np.unique(np.column_stack([column.codes, item.codes]), axis=0))
    return pairs > len(item.filled) and len(column.filled) <= max(100, 0.3 * column.n)


def _without_codes(items: list[Column]) -> list[Column]:
    """Of columns that say the same of every row, a code and its label, the one with the longer texts."""
    kept: list[Column] = []
    for column in sorted(items, key=lambda one: -sum(map(len, one.filled))):
        same = any(
            len(np.unique(np.column_stack([column.codes, one.codes]), axis=0)) == len(one.filled) for one in kept
        )
        if not same:
            kept.append(column)
    return sorted(kept, key=lambda one: one.position)


def _compared(items: list[Column]) -> bool:
    """Whether two columns hold the same items: comparisons in pairs, or tasks of several."""
    return any(len(a.levels & b.levels) >= 2 for i, a in enumerate(items) for b in items[i + 1 :])


def _in_any_order(person: Column, item: Column) -> bool:
    """Whether respondents with several rows name the items in one order or in many."""
    order = np.argsort(person.codes, kind="stable")
    people, items = person.codes[order], item.codes[order]
    start = np.flatnonzero(np.r_[True, people[1:] != people[:-1]])
    place = np.arange(len(people)) - np.repeat(start, np.diff(np.r_[start, len(people)]))
    at = np.full((len(start), int(place.max(initial=0)) + 1), -1)
    at[np.repeat(np.arange(len(start)), np.diff(np.r_[start, len(people)])), place] = items
    return pairs_changing(at) > IN_BOTH_ORDERS
