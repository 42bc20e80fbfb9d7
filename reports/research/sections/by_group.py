"""By group: how far each group lies from all respondents; only what holds after one correction is shaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from obstacles.reports.regression.words import variable_name
from obstacles.reports.wave.estimates import source_and_base
from obstacles.reports.wave.group_grid import group_name, items_by_groups
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.marks import base_text, legend
from obstacles.reports.words.naming import capital, chart_name, marked, value_name
from obstacles.reports.words.page_blocks import SUPPRESSED, Block, Cell, Column, Prose, Row, Section, Table
from obstacles.text.language import _, joined, ngettext, semicolons

if TYPE_CHECKING:
    from obstacles.analysis.change.by_group import ByGroup, GroupCell
    from obstacles.reports.wave.findings import Findings

SIDE_BY_SIDE = 9  # columns of figures that fit on a page
MOST_LINES = 25  # groups that stand one below another; of more only what holds
MOST_NAMED = 4  # differences that a sentence names


def section(f: Findings) -> Section | None:
    """None where no column has two groups that may be shown."""
    if not f.groups:
        return None
    blocks: list[Block] = []
    for found in f.groups:
        made = table(f, found)
        if _nothing(found):
            made = replace(made, on_page=False)
        where = "" if made.on_page else _("All figures are in the data of this report.")
        blocks += [Prose((joined([sentence(found), where]),), title=title(found)), made]
    return Section("by-group", _("By group"), (lead(),), tuple(blocks))


def _nothing(found: ByGroup) -> bool:
    """Whether every difference is shown and none holds: a sentence says so, and the table is in the data."""
    cells = [cell for own in found.cells.values() for cell in own]
    return not found.hidden and all(cell.difference is not None and not cell.holds for cell in cells)


def lead() -> str:
    """How to read the tables of items by groups."""
    return _(
        "How far each group lies from all respondents, one column at a time and nothing else held equal. Shaded "
        "differences hold: the group is tested against everybody else, with Holm's correction over all cells of a "
        "table. The others may be chance."
    )


def title(found: ByGroup) -> str:
    """ "By department": the title of one column's table."""
    return capital(_("by {column}").format(column=variable_name(found.column)))


def sentence(found: ByGroup) -> str:
    """What holds, the largest differences first."""
    held = [(name, found.items[i], cell.difference) for name, i, cell in found.told if cell.holds]
    hidden = sum(cell.difference is None for cells in found.cells.values() for cell in cells)
    if not held and (hidden or found.hidden):
        message = ngettext(
            "{n} difference is shown, and it does not hold after the correction; others are hidden.",
            "{n} differences are shown, and none of them holds after the correction; others are hidden.",
            len(found.told),
        )
        return message.format(n=numbers.count(len(found.told)))
    if not held:
        return _("No difference holds after the correction.")
    held.sort(key=lambda one: -abs(one[2] or 0.0))
    named = [
        _("{group}: {item} {difference}").format(
            group=group_name(name, found.column), item=marked(chart_name(item)), difference=_in_words(found, value)
        )
        for name, item, value in held[:MOST_NAMED]
    ]
    more = len(held) - len(named)
    if more:
        named.append(ngettext("{n} more", "{n} more", more).format(n=numbers.count(more)))
    message = ngettext(
        "{n} of {total} differences holds after the correction: {list}.",
        "{n} of {total} differences hold after the correction: {list}.",
        len(held),
    )
    return message.format(n=numbers.count(len(held)), total=numbers.count(len(found.told)), list=semicolons(named))


def _in_words(found: ByGroup, value: float | None) -> str:
    text = _difference(found, value)
    return _("{points} points").format(points=text) if found.binary else text


def table(f: Findings, found: ByGroup) -> Table:
    """Items by groups, or groups by items, whichever fits; else a line for every difference that holds."""
    order = _order(f, found)
    by, common = variable_name(found.column), ""
    if len(found.cells) <= SIDE_BY_SIDE:
        items = [(found.items[i], [_cell(found, cells[i]) for cells in found.cells.values()]) for i in order]
        named = [(Cell(item.id, item.id), Cell(chart_name(item), item.name), cells) for item, cells in items]
        columns, rows, common = items_by_groups(
            f.nouns.one, named, {name: _base(n) for name, n in found.base.items()}, found.column
        )
    elif len(order) <= SIDE_BY_SIDE and len(found.cells) <= MOST_LINES:
        columns, rows = _groups_by_items(found, order)
    else:
        columns, rows = _lines(f, found, order)
    texts = [cell.text for row in rows if row.on_page for cell in row.cells]
    return Table(
        id=f"by-group-{found.column}",
        title=_("Differences from all respondents, by {column}").format(
            column=_("{group} ({unit})").format(group=by, unit=common) if common else by
        ),
        subtitle=_subtitle(f, found),
        columns=columns,
        rows=rows,
        notes=tables.notes(source_and_base(f), _hidden(found), legend(*texts)),
        whole=len(rows) <= MOST_LINES,
        on_page=any(row.on_page for row in rows),
    )


def _order(f: Findings, found: ByGroup) -> list[int]:
    """Items in the order of the ranking."""
    place = {f.items[i].id: at for at, i in enumerate(f.order)}
    return sorted(range(len(found.items)), key=lambda i: place.get(found.items[i].id, len(place)))


def _groups_by_items(found: ByGroup, order: Sequence[int]) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    rows = tuple(
        Row(
            (
                Cell(group_name(name, found.column), value_name(name, found.column)),
                _base(found.base[name]),
                *(_cell(found, cells[i]) for i in order),
            )
        )
        for name, cells in found.cells.items()
    )
    columns = (
        Column("group", capital(variable_name(found.column)), "item"),
        Column("base", _("n")),
        *(Column(f"difference_{found.items[i].id}", chart_name(found.items[i])) for i in order),
    )
    return columns, rows


def _lines(f: Findings, found: ByGroup, order: Sequence[int]) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    rows = []
    for i in order:
        for name, cells in found.cells.items():
            item = found.items[i]
            what = _("{item} · {group}").format(item=chart_name(item), group=group_name(name, found.column))
            line = (
                Cell(item.id, item.id),
                Cell(name, value_name(name, found.column)),
                Cell(what),
                _base(found.base[name]),
                _cell(found, cells[i]),
            )
            rows.append(Row(line, on_page=cells[i].holds))
    columns = (
        Column("id", "", "text", on_page=False),
        Column("group", "", "text", on_page=False),
        Column("what", _("{noun} · group").format(noun=capital(f.nouns.one)), "item", in_data=False),
        Column("base", _("n")),
        Column("difference", _("Difference")),
    )
    return columns, tuple(rows)


def _cell(found: ByGroup, cell: GroupCell) -> Cell:
    if cell.difference is None:
        return Cell(SUPPRESSED)
    tone = ("up" if cell.difference > 0 else "down") if cell.holds else ""
    return Cell(_difference(found, cell.difference), cell.difference, tone)


def _difference(found: ByGroup, value: float | None) -> str:
    return numbers.points(value, 0) if found.binary else numbers.signed(value, 1)


def _base(n: int) -> Cell:
    return Cell(base_text(n), n)


def _subtitle(f: Findings, found: ByGroup) -> str:
    if found.kind == "top-k":
        message = ngettext(
            "Percentage points of the share that ranks each {noun} first.",
            "Percentage points of the share that ranks each {noun} among the first {k}.",
            found.k,
        )
        return message.format(noun=f.nouns.one, k=numbers.count(found.k))
    if found.kind == "share":
        return _("Percentage points of the share that marked each {noun}.").format(noun=f.nouns.one)
    if found.kind == "points":
        return _("Mean points given to each {noun}.").format(noun=f.nouns.one)
    return _("Levels of the mean rating of each {noun}.").format(noun=f.nouns.one)


def _hidden(found: ByGroup) -> str:
    if not found.hidden:
        return ""
    message = ngettext(
        "{n} group is not shown, to protect groups of fewer than {minimum} respondents.",
        "{n} groups are not shown, to protect groups of fewer than {minimum} respondents.",
        found.hidden,
    )
    return message.format(n=numbers.count(found.hidden), minimum=numbers.count(found.minimum))
