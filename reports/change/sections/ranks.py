"""The order from wave to wave: the slope chart with rank sets, and the ranks in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.change import sentences as words
from obstacles.reports.change.sections.parts import break_legend, shown_waves, source_and_base
from obstacles.reports.charts.layout import FEW, MANY
from obstacles.reports.charts.slope import SlopeData, SlopeLine, SlopePoint, shows_sets
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import bare, capital, chart_name
from obstacles.reports.words.page_blocks import Block, Cell, Column, Figure, Row, Section, Table
from obstacles.text.language import _, full_stop, ngettext, semicolons

if TYPE_CHECKING:
    from obstacles.reports.change.findings import ChangeFindings, Compared


def section(f: ChangeFindings) -> Section:
    """The section on the order of the items."""
    blocks: list[Block] = []
    if f.main.compared:  # else the chart stands on the first page
        blocks.append(slope_figure(f, id="ranks"))
    blocks.append(rank_table(f))
    return Section("order", _("The order"), (lead(f),), tuple(blocks))


def lead(f: ChangeFindings) -> str:
    """Whose rank changed for sure, as a sentence."""
    if not f.sets_known:
        return _("The order is that of the figures alone; how certain it is cannot be known.")
    return words.certain_ranks(f)


def slope_figure(f: ChangeFindings, *, id: str) -> Figure:
    """Ranks of the shared items, wave by wave."""
    data = slope_data(f)
    return Figure(
        id=id,
        chart="slope",
        data=data,
        title=_title(f),
        subtitle=_subtitle(f, shows_sets(data)),
        alternative=bare(_("{lead} The ranks of every wave are in a table of this report.").format(lead=lead(f))),
        notes=tables.notes(source_and_base(f), _colours(f), break_legend(f), _rest(f, _charted(f))),
    )


def _charted(f: Compared) -> list[int]:
    """All items, or the first few of many."""
    return f.order if len(f.order) <= MANY else f.order[:FEW]


def slope_data(f: Compared) -> SlopeData:
    """What the chart of the ranks draws."""
    items = _charted(f)
    places = [_places(f, wave, items) for wave in range(len(f.names))]
    lines = tuple(
        SlopeLine(
            chart_name(f.items[i]),
            tuple(_point(f, wave, i, places[wave][i], sets=len(items) == len(f.order)) for wave in range(len(f.names))),
            _tone(f, i),
        )
        for i in items
        if all(f.change.orders[wave].rank[i] for wave in range(len(f.names)))
    )
    broken = tuple(
        any(not cut.items for cut in f.change.comparability.between(wave, wave + 1)) for wave in range(len(f.names) - 1)
    )
    return SlopeData(f.names, lines, broken)


def _places(f: Compared, wave: int, items: list[int]) -> dict[int, int]:
    """Item -> its place in the list of the chart: equal ranks stand one below the other."""
    rank = f.change.orders[wave].rank
    known = [i for i in items if all(order.rank[i] for order in f.change.orders)]
    last = {i: place for place, i in enumerate(f.order)}
    return {i: place for place, i in enumerate(sorted(known, key=lambda i: (int(rank[i]), last[i])), 1)}


def _point(f: Compared, wave: int, i: int, place: int, *, sets: bool) -> SlopePoint:
    """The rank set goes with it where all items are drawn: it counts places among all."""
    order = f.change.orders[wave]
    if not sets or order.sets is None or not order.sets.low[i]:
        return SlopePoint(place, int(order.rank[i]))
    return SlopePoint(place, int(order.rank[i]), int(order.sets.low[i]), int(order.sets.high[i]))


def _tone(f: Compared, i: int) -> str:
    if i in f.leaders:
        return "leader"
    if f.main.compared:
        return f.moved.get(i, "")
    if not f.main.ranks.certain[i]:
        return ""
    ranks = f.main.ranks
    return "up" if ranks.second.rank[i] < ranks.first.rank[i] else "down"


def _title(f: ChangeFindings) -> str:
    n, m = len(f.headline.ranks), numbers.count(len(f.items))
    if not f.sets_known:
        return _("The order in each wave")
    if not n:
        return _("No change of rank is certain")
    message = ngettext("{n} of {m} ranks changed for certain", "{n} of {m} ranks changed for certain", n)
    return message.format(n=numbers.count(n), m=m)


def _subtitle(f: ChangeFindings, sets: bool) -> str:
    if not sets:
        return _("Rank among the {nouns} that every wave asked.").format(nouns=f.nouns.several)
    return _(
        "Rank among the {nouns} that every wave asked. Bars: the ranks that the data do not rule out ({level} for all "
        "bars of two waves)."
    ).format(nouns=f.nouns.several, level=numbers.level(f.change.rules.level))


def _colours(f: ChangeFindings) -> str:
    if not any(_tone(f, i) for i in f.order):
        return ""
    what = _("the level went up") if f.main.compared else _("the rank rose for certain")
    other = _("it went down") if f.main.compared else _("it fell for certain")
    tones = {_tone(f, i) for i in f.order}
    parts = [_("orange: named first in the last wave")] if "leader" in tones else []
    parts += [_("navy: {what}").format(what=what)] if "up" in tones else []
    parts += [_("teal: {what}").format(what=other)] if "down" in tones else []
    parts.append(_("grey: no change is shown"))
    return full_stop(capital(semicolons(parts)))


def _rest(f: ChangeFindings, items: list[int]) -> str:
    rest = len(f.order) - len(items)
    if not rest:
        return ""
    return _("The first {n} of the last wave are drawn; the others are in the table.").format(
        n=numbers.count(len(items))
    )


def rank_table(f: ChangeFindings) -> Table:
    """Rank and rank set of every item in every wave."""
    level = numbers.level(1 - (1 - f.change.rules.level) / 2)
    shown = shown_waves(f)
    known = f.sets_known
    certain = _(
        "Rank changes are called certain only where the {level} rank sets of the first and the last wave do not "
        "overlap."
    )
    columns = [*tables.item_columns(capital(f.nouns.one))]
    for wave, (name, side) in enumerate(zip(f.names, f.change.sides, strict=True)):
        on_page = wave in shown
        has_sets = f.change.orders[wave].sets is not None
        columns += [
            Column(f"rank_{side.id}", _("Rank {wave}").format(wave=name), on_page=on_page),
            Column(f"set_{side.id}", _("Set {wave}").format(wave=name), on_page=on_page and has_sets, in_data=False),
            *tables.data_columns(f"rank_low_{side.id}", f"rank_high_{side.id}"),
        ]
    columns.append(Column("rank_change_certain", _("Certain change"), "text", on_page=known))
    rows = [Row(_cells(f, i), strong=i in f.leaders or i in f.headline.ranks) for i in f.order]
    return Table(
        id="ranks",
        title=_("Ranks and rank sets") if known else _("Ranks"),
        subtitle=_("Rank sets of each wave at {level}, for all {nouns} together.").format(
            level=level, nouns=f.nouns.several
        )
        if known
        else _("Ranks by the figures alone, among the {nouns} that every wave asked.").format(nouns=f.nouns.several),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=tables.notes(source_and_base(f), certain.format(level=level) if known else "", break_legend(f)),
    )


def _cells(f: ChangeFindings, i: int) -> tuple[Cell, ...]:
    cells = [*tables.item_cells(f.items[i])]
    for order in f.change.orders:
        rank = int(order.rank[i]) or None
        low, high = (int(order.sets.low[i]), int(order.sets.high[i])) if order.sets is not None else (0, 0)
        whole = low == 1 and high == len(f.items)
        cells += [
            Cell(numbers.count(rank), rank),
            *tables.interval_cells(_("any") if whole else numbers.rank_set(low, high), low or None, high or None),
        ]
    ranks = f.main.ranks
    certain = bool(ranks.certain[i])
    places = int(ranks.first.rank[i]) - int(ranks.second.rank[i])
    text = numbers.MISSING
    if certain:
        word = (
            ngettext("{n} place up", "{n} places up", abs(places))
            if places > 0
            else ngettext("{n} place down", "{n} places down", abs(places))
        )
        text = word.format(n=numbers.count(abs(places)))
    cells.append(Cell(text, str(certain).lower() if f.sets_known else None))
    return tuple(cells)
