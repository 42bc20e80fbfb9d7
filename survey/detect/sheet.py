"""A table ready for detection: every column with its distinct cells and what the header says of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from obstacles.survey.detect.levels import is_code, kind_of_missing
from obstacles.survey.files.column_names import column_letters
from obstacles.survey.files.table import Table
from obstacles.survey.formats.missing import MISSING, VENDOR_CODES
from obstacles.survey.formats.ordinals import LAST, place_in
from obstacles.survey.vendors import recognise
from obstacles.survey.vendors.vendor import Heading, Vendor
from obstacles.text.escape import harmful
from obstacles.text.fold import fold

BLANK, WORD, AT_LAST = -1, -2, -3  # meanings in `Column.whole`; the last place, whatever its number
LARGEST = 10_000  # numbers looked at as ranks, levels or points
MANY = 500  # distinct cells above which a column is no scale


@dataclass(frozen=True, eq=False)
class Column:
    """One column of the rows that are looked at."""

    position: int
    name: str  # as a study file can write it
    heading: Heading
    codes: np.ndarray  # (n,) into values
    values: tuple[str, ...]  # distinct cells of the whole column
    counts: np.ndarray  # (v,) how often each occurs in the rows looked at
    declared: frozenset[str] = frozenset()  # folded cells that the file declares missing
    separator: str = ""  # between choices in one cell, where a person has said it
    title: str = ""  # as the file calls it, also where several columns are called so

    @property
    def n(self) -> int:
        return len(self.codes)

    @cached_property
    def filled(self) -> dict[str, int]:
        """Cells that are not blank, the most frequent first -> how often."""
        order = np.argsort(-self.counts, kind="stable")
        return {self.values[i]: int(self.counts[i]) for i in order if self.counts[i] and self.values[i]}

    @cached_property
    def given(self) -> np.ndarray:
        """(n,) bool: rows whose cell is not blank."""
        return np.asarray(np.array([value != "" for value in self.values], bool)[self.codes])

    @cached_property
    def answered(self) -> int:
        """Rows whose cell is not blank."""
        return sum(self.filled.values())

    @property
    def blank(self) -> int:
        return self.n - self.answered

    @cached_property
    def levels(self) -> frozenset[str]:
        """The distinct cells, folded; empty where there are too many for a scale."""
        return frozenset(fold(value) for value in self.filled) if len(self.filled) <= MANY else frozenset()

    @cached_property
    def meaning(self) -> np.ndarray:
        """(v,) int16: the whole number or the place that each distinct cell is, BLANK, AT_LAST, or WORD."""
        meaning = np.full(len(self.values), WORD, np.int16)
        few = len(self.filled) <= MANY
        for i, value in enumerate(self.values):
            if not value:
                meaning[i] = BLANK
            elif few and fold(value) not in self.declared and (place := place_in(value)) is not None:
                known = place == int(place) and place < LARGEST
                meaning[i] = AT_LAST if place == LAST else int(place) if known else WORD
        return meaning

    @cached_property
    def whole(self) -> np.ndarray:
        """(n,) int16: the meaning of each cell."""
        return np.asarray(self.meaning[self.codes])

    def on(self, rows: np.ndarray) -> Column:
        """The column on some of its rows."""
        codes = self.codes[rows]
        counts = np.bincount(codes, minlength=len(self.values))
        return replace(self, codes=codes, counts=counts)

    def kind_of_missing(self, cell: str, *, codes: bool = True) -> str:
        """The kind of a folded cell that is no answer, by its words, by the file, or as a code; "" for any other.

        Parameters
        ----------
        codes
            negative numbers are codes, and no levels of a scale from -2 to 2.
        """
        kind = kind_of_missing(cell) or ("declared" if cell in self.declared else "")
        if kind or not codes:
            return kind
        return "skipped" if VENDOR_CODES.get(cell) == MISSING else "code" if is_code(cell) else ""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table with its columns, and the survey tool it comes from."""

    table: Table
    vendor: Vendor
    evidence: str  # for the tool
    columns: tuple[Column, ...]

    @property
    def n(self) -> int:
        return len(self.table.rows) if not self.columns else self.columns[0].n

    def on(self, rows: np.ndarray) -> Sheet:
        """The sheet on some of its rows."""
        return replace(self, columns=tuple(column.on(rows) for column in self.columns))

    def named(self, name: str) -> Column | None:
        """The column that a study file calls `name`."""
        return next((column for column in self.columns if column.name == name), None)


def sheet_of(table: Table, separator: str = "") -> Sheet:
    """Every column coded once, with the vendor's headings; `separator` is what a person says stands between choices."""
    vendor, evidence = recognise(table)
    times = Counter(table.names)
    columns = []
    for position, (name, heading) in enumerate(zip(table.names, vendor.headings(table), strict=True)):
        codes, values = table.coded_at(position)
        counts = np.bincount(codes, minlength=len(values))
        plain = name and times[name] == 1 and not any(map(harmful, name))
        reference = name if plain else f"column:{column_letters(position)}"
        declared = frozenset(map(fold, vendor.missing(table, position)))
        title = name or reference
        columns.append(Column(position, reference, heading, codes, values, counts, declared, separator, title))
    return Sheet(table, vendor, evidence, tuple(_alike_named(columns)))


def _alike_named(columns: list[Column]) -> list[Column]:
    """Where one column of a question is known by its letters only, all of its columns go by their letters."""
    lettered = {column.heading.stem for column in columns if column.name.startswith("column:")} - {""}
    return [
        replace(column, name=f"column:{column_letters(column.position)}") if column.heading.stem in lettered else column
        for column in columns
    ]


@dataclass(frozen=True, eq=False)
class Block:
    """Columns that seem to belong to one question."""

    name: str  # short, for the option --block
    question: str
    columns: tuple[Column, ...]
    items: tuple[str, ...]  # text of each column's item
    sure: bool  # the header groups the columns; False where only their cells look alike
    other: tuple[Column, ...] = ()  # columns of the same question that hold free text
    near: tuple[str, ...] = ()  # neighbours that hold the same numbers, and may be items or not

    @property
    def n(self) -> int:
        return self.columns[0].n

    @cached_property
    def whole(self) -> np.ndarray:
        """(n, m) int16 whole numbers, BLANK or WORD; the last place is the place m."""
        whole = np.column_stack([column.whole for column in self.columns])
        return np.where(whole == AT_LAST, np.int16(len(self.columns)), whole)

    @cached_property
    def cells(self) -> dict[str, int]:
        """Distinct folded cells of all columns -> how often; none where there are too many for a scale."""
        total: dict[str, int] = {}
        for column in self.columns:
            for value, count in column.filled.items() if len(column.filled) <= MANY else ():
                total[fold(value)] = total.get(fold(value), 0) + count
        return total

    @cached_property
    def spelt(self) -> dict[str, str]:
        """Folded cell -> the cell as it is most often written."""
        best: dict[str, tuple[int, str]] = {}
        for column in self.columns:
            for value, count in column.filled.items() if len(column.filled) <= MANY else ():
                best[fold(value)] = max(best.get(fold(value), (0, "")), (count, value))
        return {key: value for key, (_count, value) in best.items()}

    def kind_of_missing(self, cell: str, *, codes: bool = True) -> str:
        """The same as for a column, for all columns."""
        unlike = {column.declared: column for column in self.columns}.values()
        kinds = (column.kind_of_missing(cell, codes=codes) for column in unlike)
        return next((kind for kind in kinds if kind), "")

    def keep(self, wanted: list[int]) -> Block:
        """The block of some of its columns."""
        items = tuple(self.items[i] for i in wanted)
        return replace(self, columns=tuple(self.columns[i] for i in wanted), items=items)


def range_of(columns: tuple[Column, ...]) -> str:
    """A name for columns that have none in common: "V:AF", as spreadsheets write a range."""
    first, last = columns[0].position, columns[-1].position
    return column_letters(first) if first == last else f"{column_letters(first)}:{column_letters(last)}"
