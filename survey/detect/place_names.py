"""The place of a ranking that a column's name says: "Rank 2", "Third biggest", "1er choix", `OBS[10]`, `rank_10`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from obstacles.survey.detect.sheet import Column
from obstacles.survey.formats.numerals import numeral
from obstacles.survey.formats.ordinals import MOST, ORDINAL_ANYWHERE, without_accents

BY_WORD = re.compile(
    r"(?:rank(?:ing|ed)?|place|position|choice|priority|prio|pos|rang|platz|prioritat|priorite|prioridad|choix|opcion|puesto|"
    r"lugar|posicion|wahl|top|preference|pref|第|排名|名次|排序|顺位|順位|位置)[\s_\[(#.:\-]*(?P<place>\d{1,2}|[一二三四五六七八九十]{1,3})(?!\d)"
)
BY_ENDING = re.compile(
    r"(?<![\da-z])(?P<place>\d{1,2})\s?(?:st|nd|rd|th|er|ere|re|e|eme|ieme|o|a|\.(?=\s*(?:platz|rang|wahl|prior|stelle))|位|番目|番)"
    r"(?![a-z\d])"
)
LAST_NUMBER = re.compile(r"(?P<before>.*?)(?P<place>\d{1,3})(?P<after>\D*)")


@lru_cache(maxsize=1 << 17)  # each name is asked about some ten times
def named_place(text: str) -> int | None:
    """The place that a text names by a word, an ordinal, or a superlative; None where it names none."""
    plain = without_accents(text)
    for pattern in (BY_WORD, BY_ENDING):
        if match := pattern.search(plain):
            return int(numeral(match["place"]) or 0) or None
    for place, word in enumerate(ORDINAL_ANYWHERE, 1):
        if word.search(plain):
            return place
    return 1 if MOST.match(plain) else None


def place_of(column: Column, item: str = "") -> int | None:
    """The place that a column's own text, else its name, says."""
    for text in (item, column.heading.item, column.name, column.heading.question):
        if text and (place := named_place(text)) is not None:
            return place
    return None


def in_places(columns: Sequence[Column], items: Sequence[str]) -> tuple[list[int], bool] | None:
    """The columns in the order of the places that their names say, as positions, and whether words say so.

    Numbers at the end of names that are otherwise alike come second; None where the names say no order.
    """
    by_word = [place_of(column, item) for column, item in zip(columns, items, strict=True)]
    if None not in by_word and len(set(by_word)) == len(by_word):
        return sorted(range(len(columns)), key=lambda i: by_word[i] or 0), True
    for texts in ([column.name for column in columns], list(items)):
        found = [LAST_NUMBER.fullmatch(text) for text in texts]
        if not all(found):
            continue
        numbers = [int(match["place"]) for match in found if match is not None]
        around = {(match["before"], match["after"]) for match in found if match is not None}
        if len(set(numbers)) == len(numbers) and len(around) == 1:
            return sorted(range(len(columns)), key=lambda i: numbers[i]), False
    return None
