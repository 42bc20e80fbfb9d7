"""What things are called in sentences: the study's own nouns, and names of items that stay readable when long.

A name inside a sentence is marked, so that each output can set it apart in its way: in quotation marks on a terminal,
in bold on a page, as it is in a title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.text.group_words import column_label, value_label
from obstacles.text.language import _, label, language

if TYPE_CHECKING:
    from obstacles.survey.question import Item
    from obstacles.survey.study import Study

OPEN, CLOSE = "\x0e", "\x0f"  # around a marked name; control characters of a label are removed before
MARKED = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
LONGEST = 80  # characters of a name in a sentence


@dataclass(frozen=True)
class Nouns:
    """What one item and several items are called."""

    one: str
    several: str


def nouns_of(study: Study) -> Nouns:
    """The study's nouns in the language in use; "obstacle" and "obstacles" where it has none."""
    stated = study.settings.obstacles
    one, several = plain(label(stated.noun)), plain(label(stated.nouns))
    if one and not several:
        several = one + "s" if language() == "en" else one
    return Nouns(one or several or _("obstacle"), several or _("obstacles"))


def default_nouns() -> Nouns:
    """What items are called where the study file does not say."""
    return Nouns(_("obstacle"), _("obstacles"))


def plain(text: str) -> str:
    """One line without control characters."""
    return " ".join("".join(c if c.isprintable() or _joins(c) else " " for c in text).split())


def _joins(character: str) -> bool:
    """Zero-width joiners, which some scripts need."""
    return character in "\u200c\u200d"


def column_name(column: str) -> str:
    """A column of groups as a heading: its label, else its name in words."""
    return capital(plain(column_label(column) or column.replace("_", " ")))


def column_word(column: str) -> str:
    """A column of groups inside a sentence."""
    return plain(column_label(column) or column.replace("_", " ").lower())


def value_name(value: str, column: str | None = None) -> str:
    """A group: its label, else its name as the data have it."""
    return plain(value_label(value, column))


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def cut(text: str, longest: int) -> str:
    """The text, or its first words and an ellipsis."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    whole = head.rsplit(" ", 1)[0] if " " in head[longest // 2 :] else head
    return whole.rstrip(" ,;:-") + "…"


def sentence_name(item: Item) -> str:
    """The name of an item inside a sentence: the label, the short label where that is too long."""
    name, short = plain(item.name), plain(item.short_name)
    return cut(name if len(name) <= LONGEST or len(short) >= len(name) else short, LONGEST)


def sentence_names(items: Sequence[Item]) -> list[str]:
    """Marked names of the items of one sentence: short ones where the whole labels are too long together."""
    whole = [sentence_name(item) for item in items]
    if sum(map(len, whole)) <= 2 * LONGEST:
        return [marked(name) for name in whole]
    return [marked(cut(chart_name(item), LONGEST // 2)) for item in items]


def chart_name(item: Item) -> str:
    """An item's short name, for charts."""
    return plain(item.short_name)


def marked(name: str) -> str:
    """The name between marks, which a page shows as an item's name."""
    return f"{OPEN}{name}{CLOSE}"


def quoted(text: str) -> str:
    """The text with marked names in quotation marks."""
    return MARKED.sub(lambda found: _("“{name}”").format(name=found[1]), text)


def bare(text: str) -> str:
    """The text without marks."""
    return MARKED.sub(r"\1", text)


def spans(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, (piece, whether it is a marked name)."""
    pieces = MARKED.split(text)
    return [(piece, bool(i % 2)) for i, piece in enumerate(pieces) if piece]


def direction(text: str) -> str:
    """ "rtl" where the first letter with a direction is written from right to left, else "ltr"."""
    from unicodedata import bidirectional

    kinds = (bidirectional(character) for character in text)
    return "ltr" if next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") == "L" else "rtl"
    return "ltr"
