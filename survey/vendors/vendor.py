"""What is known of a survey tool's exports: how to recognise one, and what its columns are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from obstacles.survey.problems import Problem
from obstacles.text.fold import fold

if TYPE_CHECKING:
    import pyarrow as pa

NoAnswer = Literal["not_ranked", "skipped"]  # what a vendor's code in a cell means
Rows = Sequence[Sequence[str]]

TEXT_ENTRY, SHOWN_ORDER, OTHER_PURPOSE = "text", "shown", "other"  # kinds of columns that are no answer to a question


class Export(Protocol):
    """What is looked at of a table."""

    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def header(self) -> tuple[tuple[str, ...], ...]: ...
    @property
    def problems(self) -> tuple[Problem, ...]: ...
    @property
    def columns(self) -> Mapping[int, pa.ChunkedArray]: ...


@dataclass(frozen=True)
class Heading:
    """What the header says of one column."""

    stem: str = ""  # what the columns of one question share; "" where the column stands alone
    question: str = ""  # the text of the question, as far as the header has it apart from the item
    item: str = ""  # the text of the item, option or place; "" where the header has none of its own
    kind: str = ""  # TEXT_ENTRY, SHOWN_ORDER or OTHER_PURPOSE


@dataclass(frozen=True)
class Vendor:
    """One survey tool. Names and cells are compared folded (`text.fold`)."""

    name: str
    recognise: Callable[[Export], str]  # the evidence, in words; "" where it is not this tool's export
    headings: Callable[[Export], tuple[Heading, ...]]
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # role -> names of columns, the best first
    finished: tuple[str, ...] = ()  # cells of the column "finished" that mean: finished
    tests: tuple[str, ...] = ()  # cells of the column "status" that mean: a preview or a test
    codes: Mapping[str, NoAnswer] = field(default_factory=dict)  # cells that it writes where there is no answer
    header_rows: Callable[[Rows], int] = lambda rows: 0  # by its first rows; 0 where they do not show it
    missing: Callable[[Export, int], tuple[str, ...]] = lambda table, position: ()  # cells that the file declares so
    refuse: Callable[[Export], str] = lambda table: ""  # why a file of this tool holds no answers; "" where it does
    translated: Callable[[], str] = lambda: ""  # the name, where it is another one in another language

    @property
    def title(self) -> str:
        """The name in the language in use."""
        return self.translated() or self.name


def names_of(table: Export) -> list[str]:
    """The names of the columns, folded: of the first header row, else of the second."""
    second = table.header[1] if len(table.header) > 1 else ("",) * len(table.names)
    return [fold(name) or fold(below) for name, below in zip(table.names, second, strict=True)]


def found(table: Export, wanted: Iterable[str]) -> list[str]:
    """Which of the wanted names the table has, as it writes them."""
    have = dict(zip(names_of(table), table.names, strict=True))
    return [have[name] or name for name in map(fold, wanted) if name in have]
