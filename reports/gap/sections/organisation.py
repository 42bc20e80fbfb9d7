"""What only the whole organisation's report says: other measures of the gaps, and how well scales hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.gap.findings import source_and_base
from obstacles.reports.gap.scales import scale_name
from obstacles.reports.gap.sections.tables import MOST_WIDE
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.page_blocks import Block, Cell, Column, Row, Section, Table
from obstacles.text.language import _, ngettext

if TYPE_CHECKING:
    from obstacles.reports.gap.findings import GapFindings


def section(f: GapFindings) -> Section | None:
    """None for a department, and where too few people answered for sums over the whole."""
    measures = f.release.measures
    if not f.whole or measures.index is None:
        return None
    blocks: list[Block] = [measures_table(f)]
    if measures.reliability:
        blocks.append(reliability_table(f))
    return Section("measures", _("Other measures of the gaps"), (lead(f),), tuple(blocks), new_page=True)


def lead(f: GapFindings) -> str:
    """The gap index of the whole organisation, as a sentence."""
    index = f.release.measures.index
    assert index is not None
    message = _("The gap index of the whole organisation is {value} of 100 ({low} to {high}); the profile says more.")
    return message.format(
        value=numbers.decimal(index[0], 0), low=numbers.decimal(index[1], 0), high=numbers.decimal(index[2], 0)
    )


def measures_table(f: GapFindings) -> Table:
    """Capability by capability, as other studies sum gaps up."""
    measures = f.release.measures
    asked = bool(measures.borich)
    columns = (
        *tables.item_columns(_("Capability")),
        Column("differs", _("Current and required differ"), "text"),
        Column("borich", _("Borich"), on_page=asked, in_data=asked),
        Column("ranked_discrepancy", _("Ranked discrepancy"), on_page=asked, in_data=asked),
    )
    rows = []
    for j in f.order:
        item, differs = f.release.items[j], measures.tests[j]
        word = numbers.MISSING if differs is None else _("yes, by tests") if differs else _("not shown")
        borich, ranked = (values[j] if values else None for values in (measures.borich, measures.ranked))
        cells = (
            *tables.item_cells(item),
            Cell(word, word),
            Cell(numbers.decimal(borich, 1), borich),
            Cell(numbers.signed(ranked, 0), ranked),
        )
        rows.append(Row(cells))
    return Table(
        id="measures",
        title=_("The same gaps by other measures"),
        subtitle=_("For comparison with other studies; the profile above leads."),
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(source_and_base(f), *_formulas(f, asked)),
        dense=len(f.order) > MOST_WIDE,
    )


def _formulas(f: GapFindings, asked: bool) -> tuple[str, ...]:
    weights = _("v is the mean importance") if f.release.measures.index_weighted else _("v is 1")
    found = [
        _(
            "Gap index: 100 × sum of v × mean shortfall ÷ sum of v × mean required level above the lowest; {weights}. "
            "0: no shortfall; 100: nothing of what is required is there."
        ).format(weights=weights),
        _("Test of current against required, person by person, corrected for the number of capabilities (Holm)."),
    ]
    if asked:
        found += [
            _(
                "Borich (1980): mean of (importance − current level) × mean importance, importance laid on the scale "
                "of the levels; positive: importance exceeds ability."
            ),
            _(
                "Ranked discrepancy (Narine and Harder 2021): 100 × (share whose level is above importance − share "
                "whose level is below); negative: importance exceeds ability. It takes the answers as an order only."
            ),
        ]
    return tuple(found)


def reliability_table(f: GapFindings) -> Table:
    """Cronbach's alpha and omega of every named scale."""
    columns = (
        Column("scale", _("Scale"), "item"),
        Column("capabilities", _("Capabilities"), "text"),
        Column("alpha", _("Alpha")),
        Column("alpha_interval", tables.level_interval(f.release.level), in_data=False),
        Column("omega", _("Omega")),
    )
    rows = []
    for scale, items, alpha, low, high, omega in f.release.measures.reliability:
        listed = numbers.listing([f.short_name(j) for j in items])
        name = scale_name(f, scale)
        cells = (
            Cell(name, scale),
            Cell(listed, "; ".join(f.release.items[j].id for j in items)),
            Cell(numbers.decimal(alpha, 2), alpha),
            Cell(numbers.interval(low, high, 2)),
            Cell(numbers.decimal(omega, 2), omega),
        )
        rows.append(Row(cells))
    return Table(
        id="reliability",
        title=_("How well the scales hang together"),
        subtitle=_("Of the current levels; only for capabilities that the study means as one scale."),
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(
            source_and_base(f),
            _(
                "Alpha: Cronbach (1951) with Feldt's interval (1965). Omega: McDonald (1999), one common factor; not "
                "given where one factor does not fit."
            ),
            _against(f),
            _unknown(f),
        ),
    )


def _unknown(f: GapFindings) -> str:
    """Of scales without an alpha: why they have none."""
    scales = [item.category for item in f.release.items if item.category is not None]
    listed = {scale for scale, *_rest in f.release.measures.reliability}
    names = [scale_name(f, one) for one in dict.fromkeys(scales) if scales.count(one) > 1 and one not in listed]
    message = _("{names}: no alpha, as fewer than three people rated every item, or all rated some item alike.")
    return message.format(names=numbers.listing(names)) if names else ""


def _against(f: GapFindings) -> str:
    """Of negative alphas: what they mean, as no reliability is below zero."""
    names = [scale_name(f, scale) for scale, _items, alpha, *_rest in f.release.measures.reliability if alpha < 0]
    message = ngettext(
        "{names}: a negative alpha means that items run against each other on the whole. Look for an item whose scale "
        "is turned round; otherwise they are no one scale.",
        "{names}: a negative alpha means that items run against each other on the whole. Look for items whose scale "
        "is turned round; otherwise they are no one scale each.",
        len(names) or 1,
    )
    return message.format(names=numbers.listing(names)) if names else ""
