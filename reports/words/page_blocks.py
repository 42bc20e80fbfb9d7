"""What a page is made of: figures, tables, key figures and prose as plain values. Templates only lay them out.

Text is ready to print, numbers included; a table's cells carry the value beside its text, so that HTML, CSV and JSON
come from the same rows. In running text the names of items are marked (`reports.words.naming.marked`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

Value = str | int | float | None
SUPPRESSED, NOT_ASKED, LOW_BASE = "[c]", "[x]", "[low]"
MESSAGE = {"short": (22.0, 26.0), "medium": (18.5, 23.0), "long": (16.5, 21.0)}  # class -> size and line, as report.css


def message_class(text: str) -> str:
    """The class in which the first sentence of the first page is set, the largest of it: a key of MESSAGE."""
    return "short" if len(text) <= 60 else "medium" if len(text) <= 120 else "long"


@dataclass(frozen=True)
class Cell:
    """One cell: what it says, and the value behind it."""

    text: str
    value: Value = None
    tone: str = ""  # "up", "down": shaded, beside what the text says


@dataclass(frozen=True)
class Column:
    """One column. `id` names it in CSV and JSON."""

    id: str
    heading: str
    kind: str = "number"  # "number": right-aligned; "text"; "item": text that heads its row
    on_page: bool = True
    in_data: bool = True


@dataclass(frozen=True)
class Row:
    cells: tuple[Cell, ...]
    strong: bool = False
    band: bool = False  # shaded
    foot: bool = False  # stays below the others where a reader sorts them
    on_page: bool = True
    in_data: bool = True


@dataclass(frozen=True)
class Table:
    """A table described once; `reports.writers.tables` and the templates render it."""

    kind: ClassVar[str] = "table"
    id: str
    title: str
    subtitle: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    number: int = 0
    compact: bool = False  # small: two stand side by side
    dense: bool = False  # set as small as print may be
    whole: bool = True  # stays on one page where it is not long
    on_page: bool = True  # False: in the data alone

    @property
    def shown(self) -> tuple[int, ...]:
        """Positions of the columns that stand on the page."""
        return tuple(i for i, column in enumerate(self.columns) if column.on_page)


@dataclass(frozen=True)
class Figure:
    """A chart with its words. `chart` is a key of reports.charts.CHARTS, `data` what that chart draws."""

    kind: ClassVar[str] = "figure"
    id: str
    chart: str
    data: object
    title: str
    subtitle: str
    alternative: str  # text alternative
    notes: tuple[str, ...] = ()
    number: int = 0


@dataclass(frozen=True)
class KeyFigure:
    value: str
    text: str
    accent: bool = False


@dataclass(frozen=True)
class KeyFigures:
    kind: ClassVar[str] = "key_figures"
    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class Prose:
    """Paragraphs in two columns, or over the whole width."""

    kind: ClassVar[str] = "prose"
    paragraphs: tuple[str, ...]
    columns: int = 1
    title: str = ""


@dataclass(frozen=True)
class Callout:
    kind: ClassVar[str] = "callout"
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    name: str
    text: str
    stated: bool = True  # False: the study owner does not say


@dataclass(frozen=True)
class Facts:
    """Names with their texts, in two columns."""

    kind: ClassVar[str] = "facts"
    title: str
    facts: tuple[Fact, ...]
    blanks: str = ""  # heading under which facts that are not stated stand together; "" = each by itself


@dataclass(frozen=True)
class Listing:
    """Numbered or plain lines."""

    kind: ClassVar[str] = "listing"
    title: str
    lines: tuple[str, ...]
    numbered: bool = False
    note: str = ""


@dataclass(frozen=True)
class SideBySide:
    """Small tables in two columns."""

    kind: ClassVar[str] = "side_by_side"
    tables: tuple[Table, ...]
    stacked: bool = False  # the first in the left column, all others one below the other in the right one


@dataclass(frozen=True)
class Together:
    """Blocks that stay on one page where they fit on one."""

    kind: ClassVar[str] = "together"
    blocks: tuple[Block, ...]


Block = Table | Figure | KeyFigures | Prose | Callout | Facts | Listing | SideBySide | Together


@dataclass(frozen=True)
class Section:
    """One part of a report."""

    id: str
    title: str
    lead: tuple[str, ...]
    blocks: tuple[Block, ...]
    new_page: bool = False
    number: int = 0


def blocks_of(sections: Sequence[Section]) -> Iterator[Block]:
    """All blocks in the order of the pages, those inside others in place of these."""
    for section in sections:
        yield from _flat(section.blocks)


def _flat(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, SideBySide):
            yield from block.tables
        elif isinstance(block, Together):
            yield from _flat(block.blocks)
        else:
            yield block


def tables_of(sections: Sequence[Section]) -> list[Table]:
    """All tables of the sections."""
    return [block for block in blocks_of(sections) if isinstance(block, Table)]


def figures_of(sections: Sequence[Section]) -> list[Figure]:
    """All charts of the sections."""
    return [block for block in blocks_of(sections) if isinstance(block, Figure)]


def numbered(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Sections, figures and the tables on the page with their running numbers."""
    count = {"figure": 0, "table": 0}
    return tuple(
        replace(section, number=place, blocks=tuple(_numbered(block, count) for block in section.blocks))
        for place, section in enumerate(sections, 1)
    )


def _numbered(block: Block, count: dict[str, int]) -> Block:
    if isinstance(block, SideBySide):
        return replace(block, tables=tuple(_table(table, count) for table in block.tables))
    if isinstance(block, Together):
        return replace(block, blocks=tuple(_numbered(inner, count) for inner in block.blocks))
    if isinstance(block, Figure):
        count["figure"] += 1
        return replace(block, number=count["figure"])
    return _table(block, count) if isinstance(block, Table) else block


def _table(table: Table, count: dict[str, int]) -> Table:
    if not table.on_page:
        return table
    count["table"] += 1
    return replace(table, number=count["table"])
