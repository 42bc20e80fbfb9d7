"""Worths of two waves against each other: relative to the rest, and said to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from obstacles.reports.change import sentences as words
from obstacles.reports.change.sections.parts import rounding, source_and_base
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import capital
from obstacles.reports.words.page_blocks import Cell, Column, Row, Table
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.reports.change.findings import ChangeFindings

LARGEST = float(np.log(1e6))  # log-ratio from which a ratio is no number to read


def worth_table(f: ChangeFindings) -> Table:
    """Changes of log-worths, which are relative to the rest: in the data, and on the page where one is shown."""
    worth = f.main.worth
    assert worth is not None
    columns = (
        *tables.item_columns(capital(f.nouns.one)),
        Column("worth_ratio", _("Ratio of worths"), in_data=False),
        Column("worth_interval", tables.level_interval(worth.rules.level), in_data=False),
        *tables.data_columns("log_worth_change", "log_worth_low", "log_worth_high"),
        Column("log_worth_p_adjusted", _("p, corrected")),
        Column("log_worth_verdict", _("Relative to the rest"), "text"),
    )
    rows = []
    for i in f.order:
        change, low, high, p = tables.finite_at(i, worth.difference, worth.low, worth.high, worth.p_adjusted)
        moved = worth.verdict[i] in ("up", "down")
        cells = (
            *tables.item_cells(f.items[i]),
            Cell(numbers.decimal(_ratio(change), 2)),
            Cell(numbers.interval(_ratio(low), _ratio(high), 2)),
            *tables.data_cells(change, low, high),
            Cell(numbers.bare_p(p), p),
            Cell(words.verdict_words(worth.verdict[i]) if moved else numbers.MISSING, worth.verdict[i]),
        )
        rows.append(Row(cells, strong=moved))
    return Table(
        id="worths",
        title=_("Worths, relative to the rest"),
        subtitle=_(
            "Worth in {last} over worth in {first}, by all places of the rankings. Worths are relative: when one "
            "{noun} falls, the others rise."
        ).format(first=f.names[0], last=f.names[-1], noun=f.nouns.one),
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(source_and_base(f), rounding()),
        on_page=any(row.strong for row in rows),
    )


def _ratio(change: float | None) -> float | None:
    """A ratio; infinite where it is so large that nothing bounds it."""
    if change is None:
        return None
    return float(np.exp(change)) if change < LARGEST else float("inf")
