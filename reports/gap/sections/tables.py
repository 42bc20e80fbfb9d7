"""The gaps in numbers: what is required and what is there, and the share below here and elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.gap import findings
from obstacles.reports.gap.scales import shortest
from obstacles.reports.gap.sections.scales import table_of_group
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.marks import base_text, legend
from obstacles.reports.words.page_blocks import SUPPRESSED, Block, Cell, Column, Row, Section, Table
from obstacles.text.language import _, commas, semicolons

if TYPE_CHECKING:
    from obstacles.analysis.disclosure.figures import Mean
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
    asked = f.release.importance_scale is not None
    both = f.release.both_raters
    heading = _("Mean gap") if f.signed else _("Mean shortfall")
    columns = (
        *tables.item_columns(_("Capability")),
        Column("required", _("Required")),
        Column("required_from", "", "text", on_page=False),
        Column("current", _("Current")),
        Column("gap", heading, in_data=False),
        Column("gap_interval", tables.level_interval(f.release.level), in_data=False),
        *tables.data_columns("shortfall", "shortfall_low", "shortfall_high"),
        *tables.data_columns("signed_gap", "signed_gap_low", "signed_gap_high"),
        Column("importance", _("Importance"), on_page=asked, in_data=asked),
        Column("place", "", "text", on_page=False, in_data=asked),
        Column("supervisor", _("Supervisor"), on_page=both, in_data=both),
        Column("rater_difference", _("Own less supervisor"), on_page=both, in_data=both),
        *tables.data_columns("rater_difference_low", "rater_difference_high", in_data=both),
    )
    rows = [_level_row(f, j) for j in f.order]
    texts = [cell.text for row in rows for cell in row.cells]
    return Table(
        id="gaps",
        title=_("What is required and what is there"),
        subtitle=_levels(f),
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(
            findings.source_and_base(f),
            findings.interval_note(f),
            _few(f),
            _sources(f),
            _raters(f),
            legend(*texts),
            rounding(),
        ),
        whole=True,
        dense=len(f.order) > MOST_WIDE,
    )


def _levels(f: GapFindings) -> str:
    """ "Means of levels: 0 None, 1 Awareness ..."."""
    values = [numbers.decimal(level.value, 0) for level in f.release.levels]
    named = commas(value if name == value else f"{value} {name}" for value, name in zip(values, f.levels, strict=True))
    return _("Means of levels: {levels}.").format(levels=named)


def _level_row(f: GapFindings, j: int) -> Row:
    row, item = f.group.rows[j], f.release.items[j]
    mean = f.gap(row)
    few = row.few_below and not f.signed
    current = row.current
    cells = (
        *tables.item_cells(item),
        Cell(findings.mean_text(row.required), row.required.value),
        Cell("", f.release.source[j]),
        Cell(SUPPRESSED if current is None else numbers.decimal(current, findings.digits(row.signed)), current),
        Cell(findings.mean_text(mean)),
        Cell(findings.mean_interval(mean, few=few)),
        *_mean_cells(row.shortfall, few=row.few_below),
        *_mean_cells(row.signed),
        Cell(findings.mean_text(row.importance), row.importance.value),
        Cell("", ", ".join(row.position) if row.position else None),
        Cell(findings.mean_text(row.supervisor), row.supervisor.value),
        Cell(_signed(row.rater_difference), row.rater_difference.value),
        *tables.data_cells(row.rater_difference.low, row.rater_difference.high),
    )
    return Row(cells, strong=j in f.group.first)


def _mean_cells(mean: Mean, *, few: bool = False) -> tuple[Cell, ...]:
    return (*tables.data_cells(mean.value, None if few else mean.low, None if few else mean.high),)


def _signed(mean: Mean) -> str:
    return SUPPRESSED if mean.value is None else numbers.signed(mean.value, findings.digits(mean))


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
        return findings.raters(f)
    return _(
        "Levels are people's own ratings, beside them those of their supervisors, where they gave one; neither is a "
        "test of skill. A difference is a finding, not an error."
    )


def rounding() -> str:
    """The note on rounding that protects."""
    return _(
        "Figures are rounded so that they tell nothing more, some further than others. The current level is what is "
        "required less the mean difference of the two, both as rounded."
    )


def share_table(f: GapFindings) -> Table:
    """Shares below, here and elsewhere, with the difference and the partially pooled share."""
    interval = tables.level_interval(f.release.level)
    compared = not f.whole
    columns = (
        *tables.item_columns(_("Capability")),
        Column("base", _("Base")),
        Column("below", _("Below, %")),
        *tables.interval_columns(interval, "below"),
        Column("rest", _("Elsewhere, %"), on_page=compared, in_data=compared),
        Column("difference", _("Difference, points"), on_page=compared, in_data=compared),
        *tables.interval_columns(interval, "difference", on_page=compared, in_data=compared),
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
        notes=tables.notes(findings.source_and_base(f), *(_comparison_notes(f) if compared else ()), legend(*texts)),
        dense=len(f.order) > MOST_WIDE,
    )


def _share_row(f: GapFindings, j: int) -> Row:
    row, item = f.group.rows[j], f.release.items[j]
    compared, pooled = row.compared, row.pooled
    ends = (None, None) if compared is None else (compared.low, compared.high)
    cells = (
        *tables.item_cells(item),
        Cell(base_text(row.base), row.base),
        Cell(findings.bare_share(row.below), row.below.value),
        *tables.interval_cells(findings.share_interval(row.below), row.below.low, row.below.high),
        *findings.comparison_cells(compared, not f.whole),
        *tables.data_cells(*ends),
        findings.flag(compared, not f.whole),
        Cell(numbers.bare_percent(pooled[0], 0) if pooled else numbers.MISSING, pooled[0] if pooled else None),
    )
    return Row(cells, strong=compared is not None and compared.differs)


def _comparison_notes(f: GapFindings) -> tuple[str, ...]:
    return (
        _(
            "Elsewhere: everybody outside this group, so that the two do not overlap. Differences are worked out from "
            "the shares as shown, with Agresti and Caffo's interval, wider by their rounding; the tests are made on "
            "the answers, corrected for the number of capabilities (Holm), without a finite population correction. "
            "“–”: tests show no difference, which does not mean that there is none."
        ),
        _(
            "Pooled: an addition, drawn towards the mean of all groups as far as the size of this one asks (Fay and "
            "Herriot 1979); it steadies small groups and is not this group's own share."
        ),
    )
