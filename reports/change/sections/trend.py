"""More than two waves: the change of each step, and linear trends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.change.sections.parts import BREAK, break_legend, named, rounding, source_and_base
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import capital
from obstacles.reports.words.page_blocks import Cell, Column, Row, Table
from obstacles.text.language import N_, _

if TYPE_CHECKING:
    from obstacles.analysis.change.pairs import PairChange
    from obstacles.reports.change.findings import ChangeFindings

VERDICTS = (N_("rising"), N_("falling"), N_("no trend shown"), N_("not compared"))  # of analysis.change.trend
MOST_STEPS = 5  # steps that a page has columns for


def steps(f: ChangeFindings) -> list[PairChange]:
    """Each wave against the next."""
    return [pair for pair in f.change.pairs if pair.second == pair.first + 1]


def over_table(f: ChangeFindings) -> Table:
    """The change from each wave to the next, and the linear trend over the waves without a break; on the page where any
    change is tested."""
    found, trend = steps(f), f.change.trend
    few = len(found) <= MOST_STEPS
    columns = [*tables.item_columns(capital(f.nouns.one))]
    for pair in found:
        heading = _("{first} → {second}").format(first=f.names[pair.first], second=f.names[pair.second])
        key = f"{f.change.sides[pair.first].id}_{f.change.sides[pair.second].id}"
        columns += [Column(f"change_{key}", heading, on_page=few), Column(f"verdict_{key}", "", on_page=False)]
    columns += _trend_columns(f)
    rows = [Row(_cells(f, found, i), strong=_strong(f, found if few else [], i)) for i in f.order]
    return Table(
        id="over",
        title=_("From wave to wave, and the linear trend"),
        subtitle=_subtitle(f),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=tables.notes(
            source_and_base(f),
            _("▲ up and ▼ down after correction within the step: each step is a family of its own.") if few else "",
            _trend_note(f),
            break_legend(f),
            rounding(),
        ),
        on_page=trend is not None or (few and any(pair.compared for pair in found)),
    )


def _subtitle(f: ChangeFindings) -> str:
    unit = capital(f.units.unit)
    if f.change.trend is None:
        return _("{unit}.").format(unit=unit)
    text = _("{unit}; trend per year.") if f.change.trend.unit == "year" else _("{unit}; trend per wave.")
    return text.format(unit=unit)


def _trend_columns(f: ChangeFindings) -> list[Column]:
    there = f.change.trend is not None
    return [
        Column("slope", _("Trend"), on_page=there),
        *tables.interval_columns(tables.level_interval(f.change.rules.level), "slope", on_page=there),
        Column("slope_p_adjusted", _("p, corrected"), on_page=there),
        Column("trend", _("Verdict"), "text", on_page=there),
    ]


def _trend_note(f: ChangeFindings) -> str:
    trend = f.change.trend
    if trend is None:
        return _("No trend is tested: there are no three waves in a row without a break or with known errors.")
    waves = named(f, trend.waves)
    text = _("Trend: linear contrast of the levels over {waves}; p corrected over the {nouns}.")
    return text.format(waves=waves, nouns=f.nouns.several)


def _strong(f: ChangeFindings, found: list[PairChange], i: int) -> bool:
    steps_moved = any(pair.verdicts is not None and pair.verdicts.verdict[i] in ("up", "down") for pair in found)
    return steps_moved or (f.change.trend is not None and f.change.trend.verdict[i] in ("rising", "falling"))


def _cells(f: ChangeFindings, found: list[PairChange], i: int) -> tuple[Cell, ...]:
    cells = [*tables.item_cells(f.items[i])]
    for pair in found:
        cells += _step(f, pair, i)
    trend = f.change.trend
    if trend is None:
        return (*cells, *(Cell("") for _column in range(6)))
    slope, low, high, p = tables.finite_at(i, trend.slope, trend.low, trend.high, trend.p_adjusted)
    return (
        *cells,
        Cell(f.units.change(slope), slope),
        *tables.interval_cells(f.units.change_interval(low, high), low, high),
        Cell(numbers.bare_p(p), p),
        Cell(_(trend.verdict[i]), trend.verdict[i]),
    )


def _step(f: ChangeFindings, pair: PairChange, i: int) -> tuple[Cell, Cell]:
    """The change of one step and its verdict."""
    verdicts = pair.verdicts
    if verdicts is None or not verdicts.compared[i]:
        return Cell(BREAK if pair.breaks else numbers.MISSING), Cell("", "not compared")
    value, verdict = float(verdicts.difference[i]), verdicts.verdict[i]
    text = numbers.signed(value) if verdicts.relative else f.units.change(value)
    mark = {"up": "▲ ", "down": "▼ "}.get(verdict, "")
    return Cell(mark + text, value), Cell("", verdict)
