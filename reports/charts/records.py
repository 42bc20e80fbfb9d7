"""The numbers that a chart draws, as a table: a sheet of a workbook, or a CSV beside a picture.

A row per mark, in the order of the chart; what is printed stands beside the number, with the marks of what is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from obstacles.reports.words import numbers
from obstacles.reports.words.page_blocks import Cell, Column, Figure, Row, Table, Value, figures_of
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.reports.charts.levels import LevelData
    from obstacles.reports.charts.methods import MethodData
    from obstacles.reports.charts.slope import SlopeData
    from obstacles.reports.charts.stacked import StackedData
    from obstacles.reports.words.page_blocks import Section

Records = list[dict[str, Value]]
LOOK = ("accent", "tone", "kind", "strong", "cap", "above")  # fields that say how a mark looks


def figure_tables(sections: Sequence[Section]) -> list[Table]:
    """A table for every chart of a report."""
    return [figure_table(figure) for figure in figures_of(sections)]


def figure_table(figure: Figure) -> Table:
    """The numbers of one chart, with its words."""
    records = SHAPES.get(figure.chart, _marks)(figure.data)
    names = list(dict.fromkeys(name for record in records for name in record))
    kept = [name for name in names if any(record.get(name) not in (None, "") for record in records)]
    words = _words()
    return Table(
        id=f"figure-{figure.id}",
        title=f"{_('Figure {n}').format(n=figure.number)} · {figure.title}",
        subtitle=figure.subtitle,
        columns=tuple(Column(name, words.get(name, name), "item" if name == "name" else "number") for name in kept),
        rows=tuple(Row(tuple(_cell(record.get(name)) for name in kept)) for record in records),
        notes=figure.notes,
    )


def _cell(value: Value) -> Cell:
    if isinstance(value, float):
        return Cell(numbers.decimal(value, 4), value)
    return Cell("" if value is None else str(value), value)


def _words() -> dict[str, str]:
    """Headings of the fields of marks."""
    low, high = _("{name}, low end"), _("{name}, high end")
    spans = {"": _("Value"), "rank_": _("Rank set"), "mean_": _("Mean"), "inner_": _("Inner line"), "x_": _("Across")}
    spans |= {"y_": _("Up")}
    ends = {f"{key}low": low.format(name=name) for key, name in spans.items()}
    ends |= {f"{key}high": high.format(name=name) for key, name in spans.items()}
    return ends | {
        "name": _("Name"),
        "value": _("Value"),
        "text": _("As printed"),
        "rank": _("Rank"),
        "share": _("Share"),
        "total": _("Sum"),
        "verdict": _("Verdict"),
        "mark": _("Whole organisation"),
        "limit": _("Limit of what is told"),
        "mean_value": _("Mean"),
        "mean_text": _("Mean, as printed"),
        "wave": _("Wave"),
        "first": _("From level"),
        "last": _("To level"),
        "below": _("Below the required level"),
        "group": _("Group"),
        "place": _("Place"),
        "at_most": _("Value, at most"),
        "x": _("Across"),
        "y": _("Up"),
    }


def _marks(data: Any) -> Records:
    """Charts with one mark per row: the fields of each, those of a part of it with its name before them."""
    marks: Sequence[Any] = data.points if hasattr(data, "points") else data.rows
    return [_flat(mark) for mark in marks]


def _flat(mark: Any) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for field in fields(mark):
        value = getattr(mark, field.name)
        if field.name in LOOK:
            continue
        if is_dataclass(value):
            found |= {f"{field.name}_{key}": inner for key, inner in _flat(value).items()}
        else:
            found[field.name] = value
    return found


def _stacked(data: StackedData) -> Records:
    return [
        {"name": row.name, **dict(zip(data.categories, row.shares, strict=False)), "total": row.total}
        for row in data.rows
    ]


def _methods(data: MethodData) -> Records:
    return [{"name": line.name, **dict(zip(data.methods, line.ranks, strict=True))} for line in data.lines]


def _slope(data: SlopeData) -> Records:
    return [
        {"name": line.name, "wave": wave, "rank": point.rank, "rank_low": point.low, "rank_high": point.high}
        for line in data.lines
        for wave, point in zip(data.waves, line.points, strict=True)
    ]


def _levels(data: LevelData) -> Records:
    found: Records = []
    for row in data.rows:
        common: dict[str, Value] = {"name": row.name, "below": row.below}
        parts: Records = [
            {"first": data.levels[part.first], "last": data.levels[part.last], "share": part.share}
            for part in row.segments
        ]
        found += [{**common, **part} for part in parts] or [common | {"text": row.text}]
    return found


SHAPES: dict[str, Callable[[Any], Records]] = {  # charts whose marks are not one per row
    "stacked": _stacked,
    "methods": _methods,
    "slope": _slope,
    "levels": _levels,
}
