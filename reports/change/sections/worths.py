"""Worths of two waves against each other: relative to the rest, and said to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from obstacles.reports.change import sentences as words
from obstacles.reports.change.sections.parts import finite, notes, p_text, rounding, source_and_base
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import capital, plain
from obstacles.reports.words.page_blocks import Cell, Column, Row, Table
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.reports.change.findings import ChangeFindings


def worth_table(f: ChangeFindings) -> Table:
    """Changes of log-worths, which are relative to the rest: in the data, and on the page where one is shown."""
    worth = f.main.worth
    assert worth is not None
    level = numbers.level(worth.rules.level)
    columns = (
        Column("id", "", "text", on_page=False),
        Column("label", capital(f.nouns.one), "item"),
        Column("worth_ratio", _("Ratio of worths"), in_data=False),
        Column("worth_interval", _("{level} interval").format(level=level), in_data=False),
        Column("log_worth_change", "", on_page=False),
        Column("log_worth_low", "", on_page=False),
        Column("log_worth_high", "", on_page=False),
        Column("log_worth_p_adjusted", _("p, corrected")),
        Column("log_worth_verdict", _("Relative to the rest"), "text"),
    )
    rows = []
    for i in f.order:
        change, low, high, p = (finite(x[i]) for x in (worth.difference, worth.low, worth.high, worth.p_adjusted))
        ratio, ends = _ratio(change), [_ratio(low), _ratio(high)]
        verdict = worth.verdict[i] if worth.verdict[i] in ("up", "down") else "–"
        cells = (
            Cell(f.items[i].id, f.items[i].id),
            Cell(plain(f.items[i].name), f.items[i].name),
            Cell(numbers.decimal(ratio, 2)),
            Cell(numbers.interval(ends[0], ends[1], 2)),
            Cell("", change),
            Cell("", low),
            Cell("", high),
            Cell(p_text(p), p),
            Cell(words.verdict_words(verdict) if verdict != "–" else numbers.MISSING, worth.verdict[i]),
        )
        rows.append(Row(cells, strong=worth.verdict[i] in ("up", "down")))
    return Table(
        id="worths",
        title=_("Worths, relative to the rest"),
        subtitle=_(
            "Worth in {last} over worth in {first}, by all places of the rankings. Worths are relative: when one "
            "{noun} falls, the others rise."
        ).format(first=f.names[0], last=f.names[-1], noun=f.nouns.one),
        columns=columns,
        rows=tuple(rows),
        notes=notes(source_and_base(f), rounding()),
        on_page=any(row.strong for row in rows),
    )


def _ratio(change: float | None) -> float | None:
    return None if change is None else float(np.exp(change))
