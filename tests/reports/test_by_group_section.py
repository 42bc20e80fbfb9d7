"""Tables by group stand on the page where they show something; else a sentence does, and the data hold the figures."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from obstacles.reports.research.sections import by_group
from obstacles.reports.words.page_blocks import Prose, Table
from obstacles.reports.writers.tables import to_dict

Example = Callable[[str], Any]


def test_where_nothing_holds_a_sentence_stands_for_the_table_and_the_data_have_it(example: Example) -> None:
    report = example("research")
    section = next(section for section in report.sections if section.id == "by-group")
    tables = {block.id: block for block in section.blocks if isinstance(block, Table)}
    assert {id: table.on_page for id, table in tables.items()} == {
        "by-group-department": True,
        "by-group-role": True,
        "by-group-grade": False,
    }
    said = [block.paragraphs[0] for block in section.blocks if isinstance(block, Prose)]
    assert said[-1] == "No difference holds after the correction. All figures are in the data of this report."
    assert not any("in the data of this report" in text for text in said[:-1])
    rows = to_dict(report)["tables"]["by-group-grade"]
    assert len(rows) >= 7


@pytest.mark.parametrize(
    ("hidden", "cells", "nothing"),
    [
        (0, [(0.1, False), (0.2, False)], True),
        (0, [(0.1, False), (0.2, True)], False),
        (0, [(0.1, False), (None, False)], False),  # the page shows what is hidden
        (1, [(0.1, False), (0.2, False)], False),
    ],
)
def test_what_is_hidden_or_holds_keeps_its_table(hidden: int, cells: list[Any], nothing: bool) -> None:
    own = tuple(SimpleNamespace(difference=value, holds=holds) for value, holds in cells)
    found: Any = SimpleNamespace(hidden=hidden, cells={"A": own})
    assert by_group._nothing(found) is nothing
