"""The rows of a table of tests: the question, the test, its figures and how they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.words import tables
from obstacles.reports.words.page_blocks import Cell, Column, Row
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.analysis.inference.estimate import Test
    from obstacles.reports.words.verdicts import Verdict


def columns() -> tuple[Column, ...]:
    """The columns of a table of tests, some of them for the data files alone."""
    return (
        Column("question", _("Question"), "item"),
        Column("test", _("Test"), "text"),
        Column("result", _("Result"), "text", in_data=False),
        *tables.data_columns("statistic", "df", "p"),
        Column("reading", _("Reading"), "text"),
    )


def row(test: Test, words: Verdict, *, strong: bool = False) -> Row:
    """One test: its question, result and reading in words."""
    cells = (
        Cell(words.question, words.question),
        Cell(words.test, words.test),
        Cell(words.result),
        *tables.data_cells(test.statistic, " ".join(f"{d:g}" for d in test.df), test.p),
        Cell(words.reading, words.reading),
    )
    return Row(cells, strong=strong)
