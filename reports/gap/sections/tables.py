"""The gaps in numbers: what is required and what is there, and the share below here and elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.gap.findings import (
    bare_share,
    digits,
    interval_note,
    mean_interval,
    mean_text,
    notes,
    raters,
    share_interval,
    source_and_base,
)
from obstacles.reports.gap.scales import shortest
from obstacles.reports.gap.sections.scales import table_of_group
from obstacles.reports.words import numbers
from obstacles.reports.words.marks import base_text, legend
from obstacles.reports.words.page_blocks import SUPPRESSED, Block, Cell, Column, Row, Section, Table
from obstacles.text.language import _, commas, semicolons

if TYPE_CHECKING:
    from obstacles.analysis.disclosure.figures import Mean
    from obstacles.analysis.disclosure.release.figures import GapRow
    from obstacles.reports.gap.findings import GapFindings

MOST_WIDE = 7  # capabilities of tables that are set at their usual size


def section(f: GapFindings) -> Section:
    """The section on the gaps in numbers."""
    blocks: list[Block] = [level_table(f), share_table(f)]
    sentences = [lead(f)]
    scales = table_of_group(f)
    if scales is not None and f.group.scales is not None:
        blocks.append(scales)
        sentences.append(shortest(f, f.group.scales))
    return Section("gaps", _("The gaps in numbers"), tuple(sentences), tuple(blocks), new_page=True)


def lead(f: GapFindings) -> str:
    """What a gap is here, as a sentence."""
    if f.signed:
        return _("The gap is the required level less the current one, person by person; a surplus counts against it.")
    return _(
        "The shortfall is what is missing to the required level, person by person; a surplus does not make up for it."
    )


def level_table(f: GapFindings) -> Table:
    """Required and current levels, the mean gap, importance, and the supervisor's view."""
    level = numbers.level(f.release.level)
    asked = f.release.importance_scale is not None
    both = f.release.both_raters
    heading = _("Mean gap") if f.signed else _("Mean shortfall")
    columns = (
        Column("id", "", "text", on_page=False),
        Column("label", _("Capability"), "item"),
        Column("required", _("Required")),
        Column("required_from", "", "text", on_page=False),
        Column("current", _("Current")),
        Column("gap", heading, in_data=False),
        Column("gap_interval", _("{level} interval").format(level=level), in_data=False),
        Column("shortfall", "", on_page=False),
        Column("shortfall_low", "", on_page=False),
        Column("shortfall_high", "", on_page=False),
        Column("signed_gap", "", on_page=False),
        Column("signed_gap_low", "", on_page=False),
        Column("signed_gap_high", "", on_page=False),
        Column("importance", _("Importance"), on_page=asked, in_data=asked),
        Column("place", "", "text", on_page=False, in_data=asked),
        Column("supervisor", _("Supervisor"), on_page=both, in_data=both),
        Column("rater_difference", _("Own less supervisor"), on_page=both, in_data=both),
        Column("rater_difference_low", "", on_page=False, in_data=both),
        Column("rater_difference_high", "", on_page=False, in_data=both),
    )
    rows = [_level_row(f, j) for j in f.order]
    texts = [cell.text for row in rows for cell in row.cells]
    return Table(
        id="gaps",
        title=_("What is required and what is there"),
        subtitle=_levels(f),
        columns=columns,
        rows=tuple(rows),
        notes=notes(
            source_and_base(f),
            interval_note(f),
            _few(f),
            _sources(f),
            _raters(f),
            legend(*texts),
            rounding(f),
        ),
        whole=True,
        dense=len(f.order) > MOST_WIDE,
    )


def _levels(f: GapFindings) -> str:
    """ "Means of levels: 0 None, 1 Awareness ..."."""
    named = commas(
        f"{numbers.decimal(level.value, 0)} {name}" for level, name in zip(f.release.levels, f.levels, strict=True)
    )
    return _("Means of levels: {levels}.").format(levels=named)


def _level_row(f: GapFindings, j: int) -> Row:
    row, item = f.group.rows[j], f.release.items[j]
    mean = f.gap(row)
    few = row.few_below and not f.signed
    current = row.current
    cells = (
        Cell(item.id, item.id),
        Cell(f.item_name(j), item.name),
        Cell(mean_text(row.required), row.required.value),
        Cell("", f.release.source[j]),
        Cell(SUPPRESSED if current is None else numbers.decimal(current, digits(row.signed)), current),
        Cell(mean_text(mean)),
        Cell(mean_interval(mean, few=few)),
        *_mean_cells(row.shortfall, few=row.few_below),
        *_mean_cells(row.signed),
        Cell(mean_text(row.importance), row.importance.value),
        Cell("", ", ".join(row.position) if row.position else None),
        Cell(mean_text(row.supervisor), row.supervisor.value),
        Cell(_signed(row.rater_difference), row.rater_difference.value),
        Cell("", row.rater_difference.low),
        Cell("", row.rater_difference.high),
    )
    return Row(cells, strong=j in f.group.first)


def _mean_cells(mean: Mean, *, few: bool = False) -> tuple[Cell, ...]:
    return (
        Cell("", mean.value),
        Cell("", None if few else mean.low),
        Cell("", None if few else mean.high),
    )


def _signed(mean: Mean) -> str:
    return SUPPRESSED if mean.value is None else numbers.signed(mean.value, digits(mean))


SOURCES = {
    "fixed": lambda: _("one standard for everybody ({names})"),
    "role": lambda: _("by role, from the table of required levels ({names})"),
    "column": lambda: _("as people say that their work asks for ({names})"),
}


def _sources(f: GapFindings) -> str:
    """Where the required level of each capability comes from."""
    found: dict[str, list[str]] = {}
    for j in f.order:
        found.setdefault(f.release.source[j], []).append(f.short_name(j))
    if len(found) == 1:
        kind = next(iter(found))
        return _("Required: {source}.").format(source=SOURCES[kind]().format(names=_("all")))
    parts = [SOURCES[kind]().format(names=commas(names)) for kind, names in found.items()]
    return _("Required: {source}.").format(source=semicolons(parts))


def _few(f: GapFindings) -> str:
    if f.signed or not any(row.few_below and row.shortfall.value is not None for row in f.group.rows):
        return ""
    return _("No interval of a mean shortfall where fewer than five people are below: the share below is surer there.")


def _raters(f: GapFindings) -> str:
    if not f.release.both_raters:
        return raters(f)
    return _(
        "Levels are people's own ratings, beside them those of their supervisors, where they gave one; neither is a "
        "test of skill. A difference is a finding, not an error."
    )


def rounding(f: GapFindings) -> str:
    """The note on rounding that protects."""
    return _(
        "Figures are rounded so that they tell nothing more, some further than others. The current level is what is "
        "required less the mean difference of the two, both as rounded."
    )


def share_table(f: GapFindings) -> Table:
    """Shares below, here and elsewhere, with the difference and the partially pooled share."""
    level = numbers.level(f.release.level)
    compared = not f.whole
    columns = (
        Column("id", "", "text", on_page=False),
        Column("label", _("Capability"), "item"),
        Column("base", _("Base")),
        Column("below", _("Below, %")),
        Column("below_interval", _("{level} interval").format(level=level), in_data=False),
        Column("below_low", "", on_page=False),
        Column("below_high", "", on_page=False),
        Column("rest", _("Elsewhere, %"), on_page=compared, in_data=compared),
        Column("difference", _("Difference, points"), on_page=compared, in_data=compared),
        Column("difference_interval", _("{level} interval").format(level=level), on_page=compared, in_data=False),
        Column("difference_low", "", on_page=False, in_data=compared),
        Column("difference_high", "", on_page=False, in_data=compared),
        Column("flag", _("By tests"), on_page=compared, in_data=compared),
        Column("pooled", _("Pooled, %"), on_page=compared, in_data=compared),
    )
    rows = [_share_row(f, j) for j in f.order]
    texts = [cell.text for row in rows for cell in row.cells]
    return Table(
        id="below",
        title=_("Below the required level, here and elsewhere") if compared else _("Below the required level"),
        subtitle=_("Share of people whose current level is below the one required of them."),
        columns=columns,
        rows=tuple(rows),
        notes=notes(source_and_base(f), *(_comparison_notes(f) if compared else ()), legend(*texts)),
        dense=len(f.order) > MOST_WIDE,
    )


def _share_row(f: GapFindings, j: int) -> Row:
    row, item = f.group.rows[j], f.release.items[j]
    found = row.compared
    pooled = row.pooled
    cells = (
        Cell(item.id, item.id),
        Cell(f.item_name(j), item.name),
        Cell(base_text(row.base), row.base),
        Cell(bare_share(row.below), row.below.value),
        Cell(share_interval(row.below)),
        Cell("", row.below.low),
        Cell("", row.below.high),
        Cell(numbers.bare_percent(found.rest, 0) if found else numbers.MISSING, found.rest if found else None),
        Cell(numbers.points(found.value, 0) if found else numbers.MISSING, found.value if found else None),
        Cell(numbers.points_interval(found.low, found.high, 0) if found else numbers.MISSING),
        Cell("", found.low if found else None),
        Cell("", found.high if found else None),
        Cell(flag(row), flag(row)),
        Cell(numbers.bare_percent(pooled[0], 0) if pooled else numbers.MISSING, pooled[0] if pooled else None),
    )
    return Row(cells, strong=found is not None and found.differs)


def flag(row: GapRow) -> str:
    """Whether more or fewer people are below here than elsewhere; the mark of nothing where no test says so."""
    found = row.compared
    if found is None:
        return numbers.MISSING
    if not found.differs:
        return numbers.MISSING
    return _("more") if found.value > 0 else _("fewer")


def _comparison_notes(f: GapFindings) -> tuple[str, ...]:
    return (
        _(
            "Elsewhere: everybody outside this group, so that the two do not overlap. Differences are worked out from "
            "the shares as shown, with Agresti and Caffo's interval; tests are corrected for the number of "
            "capabilities (Holm) and make no finite population correction. “–”: no difference is shown, which does not "
            "mean that there is none."
        ),
        _(
            "Pooled: an addition, drawn towards the mean of all groups as far as the size of this one asks (Fay and "
            "Herriot 1979); it steadies small groups and is not this group's own share."
        ),
    )
