"""Obtain, process, apply: the capabilities of each scale together, of a group, of specialists and of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.analysis.disclosure.release.figures import SpecialistSide
from obstacles.reports.gap.findings import bare_share, mean_interval, mean_text, share_interval
from obstacles.reports.gap.scales import by_side, order_word, scale_gap, scale_name, side_name
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.marks import base_text, legend
from obstacles.reports.words.page_blocks import Cell, Column, Row, Section, Table
from obstacles.text.language import _, commas, joined

if TYPE_CHECKING:
    from obstacles.analysis.disclosure.release.figures import Scales
    from obstacles.reports.gap.findings import GapFindings

LIMIT_DIGITS = {0.001: 3, 0.01: 2, 0.05: 2, 0.1: 1}


def section(f: GapFindings) -> Section | None:
    """Specialists and others beside each other, in the report of the whole organisation; None where not asked."""
    own = f.release.specialists
    if own is None or not f.whole:
        return None
    blocks = (table(f, own.sides),) if own.sides else ()
    return Section("specialists", _("Specialists and others"), (by_side(f),), blocks)


def table_of_group(f: GapFindings) -> Table | None:
    """The scales of the group, a row each; None for fewer than two scales, or where nothing may be shown."""
    scales = f.group.scales
    if scales is None or all(row.base is None for row in scales.rows):
        return None
    return table(f, (SpecialistSide("", f.group.respondents, scales),))


def table(f: GapFindings, sides: tuple[SpecialistSide, ...]) -> Table:
    """A row per scale, below the name of its side where it has one."""
    named = len(sides) > 1
    interval = tables.level_interval(f.release.level)
    columns = (
        Column("side", "", "text", on_page=False, in_data=named),
        *tables.item_columns(_("Scale")),
        Column("capabilities", _("Capabilities"), "text"),
        Column("base", _("Base")),
        Column("below", _("Below, %")),
        *tables.interval_columns(interval, "below"),
        Column("gap", _("Mean gap") if f.signed else _("Mean shortfall")),
        *tables.interval_columns(interval, "gap"),
        Column("order", _("By tests"), "text"),
    )
    rows: list[Row] = []
    for side in sides:
        if named:
            head = [Cell("")] * len(columns)
            head[2] = Cell(side_name(side))
            rows.append(Row(tuple(head), band=True, in_data=False))
        rows += _rows(f, side)
    texts = [cell.text for row in rows for cell in row.cells]
    return Table(
        id="specialists" if named else "scales",
        title=_("Obtain, process, apply"),
        subtitle="",
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(joined([method(f, sides[0].scales), _outside(f), legend(*texts)])),
        dense=True,
    )


def method(f: GapFindings, scales: Scales) -> str:
    """How a scale's figures and the verdict come about."""
    if scales.p_below is None or scales.p_below > 1 - f.release.level:
        test = _("Equal gaps: Hotelling's test; where it rejects, the largest against each other one (Holm).")
    else:
        limit = numbers.decimal(scales.p_below, LIMIT_DIGITS[scales.p_below])
        test = _("Equal gaps: Hotelling's test, p < {limit}; then the largest against each other one (Holm).")
        test = test.format(limit=limit)
    return joined(
        [
            _(
                "Figures are means of the capabilities' as they are shown, intervals are means of theirs, at least as "
                "long as need be. Base: the smallest."
            ),
            test,
        ]
    )


def _outside(f: GapFindings) -> str:
    """Capabilities that belong to none of the scales."""
    scales = f.group.scales
    inside = {j for row in scales.rows for j in row.items} if scales is not None else set()
    rest = [f.short_name(j) for j in range(len(f.release.items)) if j not in inside]
    return _("In none of the scales: {names}.").format(names=commas(rest)) if rest else ""


def _rows(f: GapFindings, side: SpecialistSide) -> list[Row]:
    rows, scales = [], side.scales
    for place, row in enumerate(scales.rows):
        gap = scale_gap(f, row)
        name = scale_name(f, row.scale)
        base = None if row.base is None else row.base[0]
        word = order_word(scales, place)
        cells = (
            *tables.data_cells(side.name or None, row.scale),
            Cell(name, name),
            Cell(commas(f.short_name(j) for j in row.items), "; ".join(f.release.items[j].id for j in row.items)),
            Cell(base_text(base), base),
            Cell(bare_share(row.below), row.below.value),
            *tables.interval_cells(share_interval(row.below), row.below.low, row.below.high),
            Cell(mean_text(gap), gap.value),
            *tables.interval_cells(mean_interval(gap, few=gap.low is None), gap.low, gap.high),
            Cell(word, word),
        )
        rows.append(Row(cells, strong=scales.single == place))
    return rows
