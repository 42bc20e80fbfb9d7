"""What detection hands on: keys of a study file with their evidence, and readings of a question made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from obstacles.text.language import _

Where = tuple[tuple[str, tuple[str, ...]], ...]  # (column, its cells), of the rows that are meant


@dataclass(frozen=True)
class Entry:
    """One key of a study file."""

    key: str
    value: Any  # what TOML can write: text, number, truth value, list, table
    why: str = ""  # the evidence, written beside it
    ask: bool = False  # a person has to look: written with "#?"


@dataclass(frozen=True)
class FoundItem:
    """One thing that is ranked, as a file has it."""

    label: str
    column: str | None = None  # as a study file names it; None where items have no column of their own
    texts: tuple[str, ...] = ()  # cells that mean the item, where they are not its label


@dataclass(frozen=True)
class Guess:
    """One reading of a question."""

    form: str  # a key of survey.formats.FORMATS
    fit: float  # 0..1, how well the cells agree with it
    evidence: str  # in words
    items: tuple[FoundItem, ...]
    entries: tuple[Entry, ...] = ()  # keys of [[wave]] beside id, file and format
    direction: Entry | None = None
    quality: tuple[Entry, ...] = ()  # keys of [quality]
    notes: tuple[str, ...] = ()  # remarks, written as comments
    used: tuple[str, ...] = ()  # columns read, beside those of the items
    where: Where = ()  # rows that it is about
    doubt: str = ""  # why these rows may not be the ones meant; "" where nothing else fits
    waves: tuple[tuple[str, Guess], ...] = ()  # where columns tell the waves apart: the year and the reading of each

    @property
    def tied(self) -> bool:
        """Whether several items may share a rank."""
        return self.has("ties")

    def has(self, key: str) -> bool:
        """Whether it states a key of [[wave]]."""
        return any(entry.key == key for entry in self.entries)


def in_table(name: str, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Keys of a table of [[wave]]: "best" -> "best_worst.best"."""
    return tuple(replace(entry, key=f"{name}.{entry.key}") for entry in entries)


def by_kind(kinds: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """(kind of missing, cell), ... -> the value of the key `missing`: kind -> its cells, each once."""
    found: dict[str, list[str]] = {}
    for kind, cell in kinds:
        if cell not in found.setdefault(kind, []):
            found[kind].append(cell)
    return found


def missing_entry(kinds: Mapping[str, list[str]], n: int, *, ask: bool = False) -> list[Entry]:
    """The key `missing` for n cells; none where there are none."""
    return [Entry("missing", dict(kinds), _("{n} cells").format(n=count(n)), ask)] if kinds else []


def percent(part: float, whole: float) -> str:
    """A share as people write it: "98 %"; never 100 or 0 where something is left."""
    if not whole:
        return _("{n}%").format(n=0)
    share = 100 * part / whole
    rounded = min(99, round(share)) if part < whole else 100
    return _("{n}%").format(n=max(rounded, 1) if part else 0)


def count(number: int) -> str:
    """A count with thousands divided by commas."""
    return f"{number:,}"
