"""What changed, item by item: the changes with their intervals, and the table of verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.analysis.change.items import EQUIVALENCE
from obstacles.reports.change import sentences as words
from obstacles.reports.change.findings import measure_name, units_of
from obstacles.reports.change.sections.parts import (
    BREAK,
    break_legend,
    guarantees,
    rounding,
    shown_waves,
    source_and_base,
)
from obstacles.reports.change.sections.trend import over_table
from obstacles.reports.change.sections.worths import worth_table
from obstacles.reports.charts.changes import Changed, ChangesData
from obstacles.reports.charts.layout import FEW, MANY
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import bare, capital, chart_name
from obstacles.reports.words.page_blocks import NOT_ASKED, Block, Cell, Column, Figure, Row, Section, Table
from obstacles.text.language import _, full_stop, joined, phrases, semicolons

if TYPE_CHECKING:
    from obstacles.analysis.change.items import ItemChanges
    from obstacles.reports.change.findings import ChangeFindings, Compared


def section(f: ChangeFindings) -> Section:
    """The section on the change of each item."""
    blocks: list[Block] = [change_table(f)]
    if len(f.names) > 2:
        blocks.append(over_table(f))
    if f.main.worth is not None and f.main.worth is not f.verdicts:
        blocks.append(worth_table(f))
    return Section("changes", _("What changed"), (lead(f),), tuple(blocks))


def lead(f: ChangeFindings) -> str:
    """How many items went up or down, as sentences."""
    verdicts = f.verdicts
    if not f.main.compared or verdicts is None:
        if f.main.breaks:
            return _(
                "Levels stand side by side below; across the break their difference means nothing and is left out."
            )
        return _("Levels stand side by side below; no change between them can be tested (section 1 says why).")
    counts = {verdict: sum(one == verdict for one in verdicts.verdict) for verdict in words.VERDICTS}
    named = {verdict: words.verdict_words(verdict, _x(f)) for verdict in counts}
    alike = next((verdict for verdict, n in counts.items() if n == len(f.items)), None)
    if alike is not None:
        message = _("The verdict on all {m} {nouns}: {verdict}.")
        return message.format(m=numbers.count(len(f.items)), nouns=f.nouns.several, verdict=named[alike])
    parts = [
        _("{n} × {verdict}").format(n=numbers.count(n), verdict=named[verdict]) for verdict, n in counts.items() if n
    ]
    return _("Verdicts on {m} {nouns}: {parts}.").format(
        m=numbers.count(len(f.items)), nouns=f.nouns.several, parts=numbers.clauses(parts)
    )


def _x(f: Compared) -> str:
    smallest = f.change.rules.smallest
    return "" if smallest is None else f.units.size(smallest)


def changes_figure(f: ChangeFindings) -> Figure:
    """Every change with its interval, and its verdict."""
    verdicts = f.verdicts
    assert verdicts is not None
    data, title = changes_data(f, verdicts), _title(f)
    return Figure(
        id="changes",
        chart="changes",
        data=data,
        title=title,
        subtitle=_subtitle(f, verdicts),
        alternative=bare(
            _("{title}. {values}.").format(
                title=title, values=semicolons(phrases([f"{r.name} {r.text}", r.verdict]) for r in data.rows)
            )
        ),
        notes=tables.notes(source_and_base(f), guarantees(f), _band_note(f, verdicts), _rest(f, _drawn(f))),
    )


def changes_data(f: Compared, verdicts: ItemChanges) -> ChangesData:
    """What the chart of the changes between two sides draws."""
    rows = tuple(_changed(f, verdicts, i) for i in _drawn(f))
    ends = [abs(end) for row in rows for end in (row.low, row.high, row.value) if end is not None]
    smallest = None if verdicts.relative else f.units.on_axis(verdicts.rules.smallest)
    reach = max(1.05 * max(ends, default=0.0), 1.15 * (smallest or 0.0)) or 1.0
    level = numbers.level(verdicts.rules.level)
    heading = _("change, {unit} ({level} interval)").format(unit=f.units.unit, level=level)
    return ChangesData(rows, heading, _("verdict"), (-reach, reach), smallest)


def _drawn(f: Compared) -> list[int]:
    """All items; of many, those that went up or down and the largest others."""
    if len(f.order) <= MANY:
        return f.order
    first = sorted(f.order, key=lambda i: i not in f.moved)[:FEW]
    return [i for i in f.order if i in first]


def _rest(f: ChangeFindings, drawn: list[int]) -> str:
    if len(drawn) == len(f.order):
        return ""
    message = _("{n} of {m} {nouns} are drawn: those that went up or down, and the largest others of {last}.")
    return message.format(
        n=numbers.count(len(drawn)), m=numbers.count(len(f.order)), nouns=f.nouns.several, last=f.names[-1]
    )


def _title(f: ChangeFindings) -> str:
    n, m = len(f.moved), numbers.count(len(f.items))
    if f.headline.kind == "within":
        return _("Nothing changed by more than {x}").format(x=_x(f))
    if not n:
        return _("No single change can be shown")
    return _("{n} of {m} {nouns} changed").format(n=numbers.count(n), m=m, nouns=f.nouns.several)


def _subtitle(f: ChangeFindings, verdicts: ItemChanges) -> str:
    message = _("{estimate} of each {noun}: {last} less {first}. To the right: larger in {last}.")
    if verdicts.relative:
        message = _(
            "{estimate} of each {noun}, relative to the rest: {last} against {first}. To the right: larger in {last}."
        )
    return message.format(estimate=f.units.method.estimate, noun=f.nouns.one, first=f.names[0], last=f.names[-1])


def _band_note(f: ChangeFindings, verdicts: ItemChanges) -> str:
    if verdicts.rules.smallest is None or verdicts.relative:
        return ""
    return _("Shaded: changes smaller than {x}, the smallest change of interest that the study states.").format(x=_x(f))


def _changed(f: Compared, verdicts: ItemChanges, i: int) -> Changed:
    value, low, high = tables.finite_at(i, verdicts.difference, verdicts.low, verdicts.high)
    text = numbers.signed(value, 2) if verdicts.relative else f.units.change(value)
    scaled = [x if verdicts.relative else f.units.on_axis(x) for x in (value, low, high)]
    return Changed(
        name=chart_name(f.items[i]),
        value=scaled[0],
        low=scaled[1],
        high=scaled[2],
        text=text if value is not None else NOT_ASKED,
        verdict=words.verdict_words(verdicts.verdict[i], _x(f)),
        tone=f.moved.get(i, ""),
    )


def change_table(f: ChangeFindings) -> Table:
    """Levels of both waves, the change, its corrected p and the verdict; what is not printed is in the data."""
    verdicts, compared = f.verdicts, f.main.compared
    shown = (0, len(f.names) - 1) if compared else shown_waves(f)
    columns = (
        *tables.item_columns(capital(f.nouns.one)),
        *(
            Column(f"estimate_{side.id}", _heading(f, wave), on_page=wave in shown)
            for wave, side in enumerate(f.change.sides)
        ),
        Column("change", _("Change"), on_page=compared),
        Column("interval", tables.level_interval(f.change.rules.level), on_page=compared, in_data=False),
        *tables.data_columns("change_low", "change_high", "standard_error", "p"),
        Column("p_adjusted", _("p, corrected"), on_page=compared),
        Column("same_needs_x_above", _("“Same” needs x above"), on_page=compared and not f.relative),
        Column("verdict", _("Verdict"), "text", on_page=compared),
    )
    rows = [Row(_cells(f, verdicts, i), strong=i in f.moved) for i in f.order]
    legend = _needs_note(f)
    return Table(
        id="changes",
        title=_("Changes and verdicts")
        if compared
        else _("Levels in each wave")
        if len(shown) == len(f.names)
        else _("Levels in the first and the last wave"),
        subtitle=_table_subtitle(f),
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(
            source_and_base(f), guarantees(f), legend, break_legend(f), _different(f), rounding() if compared else ""
        ),
    )


def _heading(f: ChangeFindings, position: int) -> str:
    """The wave, with its measure where the waves have different ones."""
    if not _measures_differ(f):
        return f.names[position]
    measure = measure_name(f, position)
    if units_of(f.nouns, f.change, position).percent:
        measure = _("{measure}, %").format(measure=measure)
    return _("{wave}: {measure}").format(wave=f.names[position], measure=measure)


def _measures_differ(f: ChangeFindings) -> bool:
    return len({measure_name(f, wave) for wave in range(len(f.names))}) > 1


def _table_subtitle(f: ChangeFindings) -> str:
    if _measures_differ(f):
        return _("Across the break they are different measures, which are not to be compared.")
    return joined([full_stop(f.units.heading), f.units.method.meaning])


def _different(f: ChangeFindings) -> str:
    if not f.main.breaks:
        return ""
    return _("Waves use different question forms or were asked of different people; see section 1.")


def _needs_note(f: ChangeFindings) -> str:
    """What "not enough data" means, and the column beside it."""
    if not f.main.compared or f.relative:
        return ""
    return _(
        "Not enough data: neither a change nor its absence can be shown. “Same” needs x above: half of the {wide} "
        "interval; “about the same” can be said only against a smallest change of interest above it."
    ).format(wide=numbers.level(1 - 2 * EQUIVALENCE))


def _cells(f: ChangeFindings, verdicts: ItemChanges | None, i: int) -> tuple[Cell, ...]:
    levels = [tables.finite((side.level or side.order).value[i]) for side in f.change.sides]
    item = (
        *tables.item_cells(f.items[i]),
        *(Cell(units_of(f.nouns, f.change, wave).without_unit(x), x) for wave, x in enumerate(levels)),
    )
    if verdicts is None:
        return (*item, *(Cell("") for _column in range(9)))
    change, low, high = tables.finite_at(i, verdicts.difference, verdicts.low, verdicts.high)
    compared = bool(verdicts.compared[i])
    write = numbers.signed if verdicts.relative else f.units.change
    span = numbers.signed_interval if verdicts.relative else f.units.change_interval
    error, p, adjusted, needs = tables.finite_at(
        i, verdicts.error, verdicts.p, verdicts.p_adjusted, verdicts.detectable
    )
    return (
        *item,
        Cell(write(change) if compared else BREAK, change if compared else None),
        Cell(span(low, high) if compared else BREAK),
        *tables.data_cells(low, high, error, p),
        Cell(numbers.bare_p(adjusted), adjusted),
        Cell(f.units.without_unit(needs), needs),
        Cell(words.verdict_words(verdicts.verdict[i], _x(f)), verdicts.verdict[i]),
    )
