"""What detection hands on: keys of a study file with their evidence, and readings of a question made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from obstacles.text.language import _


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
    where: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())  # rows that it is about


def percent(part: float, whole: float) -> str:
    """A share as people write it: "98 %"; never 100 or 0 where something is left."""
    if not whole:
        return _("{n} %").format(n=0)
    share = 100 * part / whole
    rounded = min(99, round(share)) if part < whole else 100
    return _("{n} %").format(n=max(rounded, 1) if part else 0)


def count(number: int) -> str:
    """A count with thousands divided by commas."""
    return f"{number:,}"
