"""Whose gaps they are: shares below the required level by the parts of a group, such as grades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.gap.findings import bare_share, source
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.marks import base_text, legend
from obstacles.reports.words.naming import column_name, column_word, value_name
from obstacles.reports.words.page_blocks import SUPPRESSED, Cell, Column, Row, Section, Table
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.analysis.disclosure.release.figures import SplitRow
    from obstacles.reports.gap.findings import GapFindings

MOST = 10  # capabilities that a table has room for


def section(f: GapFindings) -> Section | None:
    """None where no part of the group can be shown."""
    columns = [column for column, parts in f.group.splits.items() if _shows(parts)]
    if not columns:
        return None
    names = numbers.listing([column_word(column) for column in columns])
    lead = _("Shares below the required level by {groups}, where enough people stand behind them.").format(groups=names)
    return Section("parts", _("Whose gaps they are"), (lead,), (table(f, columns),))


def _shows(parts: tuple[SplitRow, ...]) -> bool:
    return any(share.value is not None or share.cap in ("low", "high") for part in parts for share in part.shares)


def table(f: GapFindings, splits: list[str]) -> Table:
    """One row per part, one column per capability in the order of the gaps."""
    order = f.order[:MOST]
    columns = (
        Column("part", _("Part"), "item"),
        Column("respondents", _("People")),
        *(Column(f.release.items[j].id, f.short_name(j)) for j in order),
    )
    rows = [_row(f, column, part, order) for column in splits for part in f.group.splits[column]]
    texts = [cell.text for row in rows for cell in row.cells]
    more = _("The capabilities with the largest gaps are shown.") if len(f.order) > len(order) else ""
    return Table(
        id="parts",
        title=_("Below the required level, %, part by part"),
        subtitle=_("What is required may differ by part."),
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(
            source(f),
            _("People: respondents of each part; on some capabilities a few of them did not answer."),
            more,
            legend(*texts),
        ),
    )


def _row(f: GapFindings, column: str, part: SplitRow, order: list[int]) -> Row:
    name = _("{group}: {part}").format(group=column_name(column), part=value_name(part.name, column))
    hidden = part.respondents is None
    shares = (Cell(SUPPRESSED if hidden else bare_share(part.shares[j]), part.shares[j].value) for j in order)
    return Row((Cell(name, name), Cell(base_text(part.respondents), part.respondents), *shares))
