"""The rows of a table of tests: the question, the test, its figures and how they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        Column("statistic", "", on_page=False),
        Column("df", "", on_page=False),
        Column("p", "", on_page=False),
        Column("reading", _("Reading"), "text"),
    )


def row(test: Test, words: Verdict, *, strong: bool = False) -> Row:
    """One test: its question, result and reading in words."""
    cells = (
        Cell(words.question, words.question),
        Cell(words.test, words.test),
        Cell(words.result),
        Cell("", test.statistic),
        Cell("", " ".join(f"{d:g}" for d in test.df)),
        Cell("", test.p),
        Cell(words.reading, words.reading),
    )
    return Row(cells, strong=strong)
