"""A proposed study: what `survey.studyfile.write` writes and what a preview says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from obstacles.survey.settings import CrosswalkStatus
from obstacles.survey.settings.values import ItemKind
from obstacles.survey.studyfile.guess import Entry, Guess
from obstacles.text.fold import fold

RequiredSource = Literal["column", "role", "guess"]


@dataclass(frozen=True)
class ProposedItem:
    """An item of the study, and where each wave has it."""

    id: str
    label: str
    since: str | None = None
    until: str | None = None
    why: str = ""  # the evidence for since and until
    columns: dict[str, str] = field(default_factory=dict)  # wave -> column
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)  # wave -> cells that are not the label
    status: CrosswalkStatus = "same"  # the same wording in all waves, or "reworded"
    wordings: dict[str, str] = field(default_factory=dict)  # wave -> label, where they differ
    kind: ItemKind | None = None  # what it is instead of an obstacle
    kind_why: str = ""  # the evidence for it
    kind_asked: bool = False  # a person has to look


@dataclass(frozen=True)
class ProposedWave:
    """One wave of the study."""

    id: str
    file: str
    form: str
    evidence: str
    source: str  # what the file is, in words
    entries: tuple[Entry, ...]
    groups: dict[str, str]
    notes: tuple[str, ...]
    doubt: str = ""  # why the question may not be the one meant
    question: str = ""  # where it differs from the study's
    rows: int = 0
    columns: int = 0


@dataclass(frozen=True)
class SideTable:
    """A table in a sheet of a workbook."""

    file: str
    sheet: str
    keys: Mapping[str, str | int] = field(default_factory=dict)  # what its columns do not say by their names
    items: frozenset[str] = frozenset()  # of required levels: the folded items that it has


@dataclass(frozen=True)
class ProposedCapability:
    """What people can do, and what their work asks for."""

    items: tuple[tuple[str, str], ...]  # id and label
    levels: tuple[tuple[float, str], ...]  # value and the text of the cells, from the lowest
    numeric: bool  # whether cells hold the values themselves
    known: bool  # whether the order of the levels is known
    asked: frozenset[str]  # ids of capabilities whose required level stands in columns
    importance: tuple[int, int] | None  # least and largest answer on importance
    rated_twice: bool  # by people themselves, and by their supervisors
    columns: dict[str, dict[str, dict[str, str]]]  # wave -> side -> id -> column
    missing: dict[str, dict[str, tuple[str, ...]]]  # wave -> kind of missing -> cells
    evidence: str
    report_by: str | None  # the group that reports are for
    size: SideTable | None  # headcounts
    required_table: SideTable | None

    def source(self, id: str, label: str) -> RequiredSource:
        """Where the required level of a capability stands."""
        if id in self.asked:
            return "column"
        return "role" if self.required_table is not None and fold(label) in self.required_table.items else "guess"

    def has(self, source: RequiredSource) -> bool:
        """Whether the required level of some capability stands there."""
        return any(self.source(id, label) == source for id, label in self.items)


@dataclass(frozen=True)
class Proposal:
    """A study file to be."""

    title: str
    language: str
    question: str
    items: tuple[ProposedItem, ...]
    waves: tuple[ProposedWave, ...]
    direction: Entry | None
    other: Guess | None  # a second reading of the question that fits as well
    quality: tuple[Entry, ...]
    weights: tuple[Entry, ...]
    personal: tuple[str, ...]
    comparisons: tuple[tuple[str, ...], ...]  # waves that are compared
    panel: str  # why the waves may be a panel; "" where nothing says so
    more: tuple[str, ...]  # other questions, as comments
    notes: tuple[str, ...]
    folder: Path  # that the files' names start from
    capability: ProposedCapability | None = None
    aliases: dict[str, list[str]] = field(default_factory=dict)  # spellings of one group, where reports are by group

    @property
    def grouped(self) -> bool:
        """Whether some wave has columns of groups."""
        return any(wave.groups for wave in self.waves)

    @property
    def asked(self) -> list[str]:
        """The keys that a person has to look at, in the order of the file."""
        keys = ["sampling"]
        keys += ["audience"] if self.grouped else []
        if self.direction is not None and self.direction.ask:
            keys.append("direction")
        keys += ["since", "until"] if any(item.since or item.until for item in self.items) else []
        for wave in self.waves:
            keys += [entry.key for entry in wave.entries if entry.ask]
        if self.other is not None or any(wave.doubt for wave in self.waves):
            keys.append("format")
        keys += [entry.key for entry in (*self.quality, *self.weights) if entry.ask]
        if self.capability is not None:
            keys += ["levels"] * (not self.capability.known) + ["required"] * self.capability.has("guess")
        keys += ["aliases"] * bool(self.aliases)
        keys += ["kind"] * any(item.kind_asked for item in self.items)
        keys += ["crosswalk"] * any(item.status == "reworded" for item in self.items)
        return list(dict.fromkeys(keys))
