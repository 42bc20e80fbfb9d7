"""What several sections say about an item: its estimate, its rank, its row in a chart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from obstacles.reports.charts.axis import padded
from obstacles.reports.charts.layout import FEW, MANY
from obstacles.reports.charts.ranking import Estimated
from obstacles.reports.wave import sentences
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import capital, chart_name, cut, plain
from obstacles.reports.words.page_blocks import Cell, Column, Row, Table
from obstacles.text.language import _, commas, label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    from obstacles.reports.wave.findings import Findings, Ranked

MOST_FIRST = 3  # tied first items that are named
LONGEST_NAME = 60  # characters of their names
LONGEST_TITLE = 90  # characters of the study's title below a figure


def charted(f: Ranked) -> list[int]:
    """Items that a chart shows, largest first: all, or the first few of many."""
    return f.order if len(f.order) <= MANY else f.order[:FEW]


def more(f: Findings, shown: int | None = None) -> str:
    """The note of a chart that does not show every item, but `shown` or `charted`; empty for one that does."""
    shown = len(charted(f)) if shown is None else shown
    rest = len(f.order) - shown
    if not rest:
        return ""
    message = _("The first {shown} of the ranking are shown; the other {rest} are in the table.")
    return message.format(shown=numbers.count(shown), rest=numbers.count(rest))


def source(f: Findings) -> str:
    """Study and wave, for the line below a chart or table."""
    title = cut(plain(label(f.study.title)) or f.study.id, LONGEST_TITLE)
    if len(f.study.waves) == 1:
        return _("Source: {title}.").format(title=title)
    return _("Source: {title}, wave {wave}.").format(title=title, wave=f.wave.id)


def source_and_base(f: Findings) -> str:
    """Where the figures come from, and how many answered."""
    return _("{source} {base}").format(source=source(f), base=sentences.base(f))


def estimated(f: Ranked, i: int) -> Estimated:
    """One row of a chart."""
    shown, sets = f.ranking.shown, f.ranking.simultaneous
    value = tables.finite(shown.value[i])
    has_set = sets is not None and bool(sets.low[i])
    return Estimated(
        name=chart_name(f.items[i]),
        value=value,
        text=f.measure.without_unit(value),
        low=tables.finite(shown.low[i]),
        high=tables.finite(shown.high[i]),
        rank=int(f.ranking.rank[i]) or None,
        rank_low=int(sets.low[i]) if sets is not None and has_set else None,
        rank_high=int(sets.high[i]) if sets is not None and has_set else None,
        accent=i in f.leaders,
    )


def limits(f: Ranked, rows: list[Estimated], *, from_zero: bool) -> tuple[float, float]:
    """The ends of an axis that holds every value and interval."""
    ends = [end for row in rows for end in (row.value, row.low, row.high) if end is not None]
    if not ends:
        return 0.0, 1.0
    if from_zero:
        return 0.0, max(ends) or 1.0
    return padded(min(ends), max(ends), f.ranking.estimate.bounds if not f.measure.percent else (0.0, 1.0))


def reverse(f: Ranked) -> bool:
    """Whether a smaller estimate is more severe."""
    return f.ranking.estimate.display_scale == "negated"


def values_in_words(f: Findings, *, most: int = 12) -> str:
    """ "Skills 18.2 %, Cost 14.9 %, ..." for text alternatives."""
    items = [i for i in f.order if math.isfinite(f.ranking.shown.value[i])]
    parts = [
        _("{name} {value}").format(
            name=chart_name(f.items[i]), value=f.measure.with_unit(float(f.ranking.shown.value[i]))
        )
        for i in items[:most]
    ]
    rest = len(items) - most
    text = commas(parts)
    if rest <= 0:
        return text
    return _("{values} and {n} more").format(values=text, n=numbers.count(rest))


def first_cell(f: Findings, first: Sequence[int]) -> Cell:
    """The items in first place, or how many are tied there."""
    ids = "; ".join(f.items[i].id for i in first)
    if len(first) > MOST_FIRST:
        return Cell(_("{n} tied").format(n=numbers.count(len(first))), ids)
    return Cell(numbers.listing([cut(chart_name(f.items[i]), LONGEST_NAME) for i in first]), ids)


def ranks_table(
    f: Findings, id: str, title: str, columns: Iterable[Column], ranks: np.ndarray, *, on_page: bool
) -> Table:
    """Ranks of every item, a column for each way in which they come about; `ranks` is (items, columns)."""
    rows = [Row((*tables.item_cells(f.items[i]), *map(_rank_cell, ranks[i])), strong=i in f.leaders) for i in f.order]
    return Table(
        id=id,
        title=title,
        subtitle=_("1 = first place; equal scores share the mean rank."),
        columns=(*tables.item_columns(capital(f.nouns.one)), *columns),
        rows=tuple(rows),
        notes=(source_and_base(f),),
        on_page=on_page,
    )


def _rank_cell(rank: float) -> Cell:
    return Cell(numbers.rank(rank), tables.finite(rank))
