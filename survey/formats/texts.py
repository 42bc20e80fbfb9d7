"""Texts in cells -> items: labels in every language, the texts of the study file, and the item's id, case folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from obstacles.survey.question import Item
from obstacles.text.fold import fold
from obstacles.text.language import _, joined
from obstacles.text.nearest import CLOSE, nearest

SPACE = re.compile(r"\s+")
NAMED = 3  # unknown texts for which the nearest label is given


class Texts:
    """Which item a text means."""

    def __init__(self, items: tuple[Item, ...], values: Mapping[str, Iterable[str]]) -> None:
        self.known: dict[str, int] = {}
        self.shown: dict[str, str] = {}
        for position, item in enumerate(items):
            for text in [*values.get(item.id, ()), *item.label.values()]:
                self.known.setdefault(fold(text), position)
                self.shown.setdefault(fold(text), text)
        for position, item in enumerate(items):
            self.known.setdefault(fold(item.id), position)
            self.shown.setdefault(fold(item.id), item.id)

    def __getitem__(self, text: str) -> int | None:
        return self.known.get(fold(text))

    def nearest(self, text: str) -> str | None:
        """The known text most like this one."""
        near = nearest(fold(text), self.known, alike=CLOSE)
        return None if near is None else self.shown[near]

    def hint(self, unknown: Iterable[str]) -> str:
        """'Nearest to "x": "y".' for the first unknown texts that have a near one."""
        found = [(text, near) for text in unknown if (near := self.nearest(text))][:NAMED]
        return joined(
            _('Nearest to "{text}": "{near}".').format(text=text[:60], near=near[:80]) for text, near in found
        )


def joined_parts(parts: Sequence[str], separator: str, known: Mapping[str, object]) -> list[str]:
    """The choices in the parts of a cell; the longest run of parts that is a known text wins, as options may hold the
    separator.

    `known` has folded texts as keys. Parts that are blank (a separator at the end) are passed over.
    """
    found: list[str] = []
    at = 0
    while at < len(parts):
        end = next(
            (end for end in range(len(parts), at + 1, -1) if fold(separator.join(parts[at:end])) in known), at + 1
        )
        text = separator.join(parts[at:end]).strip()
        if text:
            found.append(text)
        at = end
    return found
