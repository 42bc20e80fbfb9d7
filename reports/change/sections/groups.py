"""Groups that moved: the comparison of the first and the last wave within each group that may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.change.sections.parts import source
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import chart_name, column_name, column_word, cut, value_name
from obstacles.reports.words.page_blocks import Cell, Column, Row, Section, Table
from obstacles.text.language import _, commas, ngettext, semicolons

if TYPE_CHECKING:
    from obstacles.analysis.change.group_changes import GroupChange, GroupChanges
    from obstacles.reports.change.findings import ChangeFindings

MOST_GROUPS = 15
NAMED = 3  # items of a group that are named
LONGEST = 48


def section(f: ChangeFindings) -> Section | None:
    """None where no group may be compared."""
    tables = tuple(group_table(f, found) for found in f.change.why.groups if found.groups)
    if not tables or not f.main.compared:
        return None
    return Section("groups", _("Groups that moved"), (lead(f),), tables)


def moved(f: ChangeFindings, one: GroupChange) -> list[int]:
    """Items of a group that went up or down after correction."""
    if one.items is None:
        return []
    return [i for i in f.order if one.items.verdict[i] in ("up", "down")]


def lead(f: ChangeFindings) -> str:
    """In which groups the list or an item changed otherwise, as sentences."""
    alpha = 1 - f.change.rules.level
    parts = []
    for found in f.change.why.groups:
        lists = [one.name for one in found.groups if one.p_adjusted <= alpha]
        items = [one.name for one in found.groups if moved(f, one)]
        names = list(dict.fromkeys([*lists, *items]))
        if names:
            listing = numbers.listing([cut(value_name(name, found.mix.column), LONGEST) for name in names])
            parts.append(_("{column}: {names}").format(column=column_name(found.mix.column), names=listing))
    if not parts:
        return _("In no group that may be shown can a change be shown after correction over the groups.")
    return _("Changes are shown in these groups. {parts}.").format(parts=semicolons(parts))


def group_table(f: ChangeFindings, found: GroupChanges) -> Table:
    """One row per group: the test of its list, and the items that moved."""
    columns = (
        Column("group", column_name(found.mix.column), "item"),
        Column("respondents_first", f.names[0]),
        Column("respondents_last", f.names[-1]),
        Column("p", "", on_page=False),
        Column("p_adjusted", _("Whole list, p")),
        Column("items", _("Moved after correction"), "text"),
        Column("largest", _("Largest in the sample"), "text"),
    )
    listed = sorted(found.groups, key=lambda one: -one.respondents[1])
    groups = f.study.settings.groups
    if groups.ordered(found.mix.column):
        key = groups.sort_key(found.mix.column)
        listed.sort(key=lambda one: key(one.name))
    rows = []
    for place, one in enumerate(listed):
        items, full = moved(f, one), value_name(one.name, found.mix.column)
        cells = (
            Cell(cut(full or _("(no answer)"), LONGEST), full),
            Cell(numbers.count(one.respondents[0]), one.respondents[0]),
            Cell(numbers.count(one.respondents[1]), one.respondents[1]),
            Cell("", None if one.test is None else one.test.p),
            Cell(numbers.bare_p(one.p_adjusted), tables.finite(one.p_adjusted)),
            Cell(_items(f, one, items), "; ".join(f.items[i].id for i in items)),
            _largest(f, one),
        )
        rows.append(Row(cells, strong=bool(items), on_page=place < MOST_GROUPS))
    hidden = int(found.mix.apart.sum())
    return Table(
        id=f"groups_{found.mix.column}",
        title=_("Change by {group}").format(group=column_word(found.mix.column)),
        subtitle=_("{first} against {last} within each group; respondents of both waves, changes in {unit}.").format(
            first=f.names[0], last=f.names[-1], unit=f.units.unit
        ),
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(
            source(f),
            _(
                "p of the whole list corrected over the groups, changes of single {nouns} over all groups and {nouns} "
                "(Holm)."
            ).format(nouns=f.nouns.several),
            _("Largest in the sample: each interval by itself, of a change picked for its size; no finding by itself."),
            _hidden(hidden, found.mix.minimum),
            _refused(found),
        ),
    )


def _refused(found: GroupChanges) -> str:
    names = numbers.listing([value_name(one.name, found.mix.column) for one in found.groups if one.refused])
    return _("Not compared: {names} (too few answers).").format(names=names) if names else ""


def _hidden(n: int, minimum: int) -> str:
    if not n:
        return ""
    message = ngettext(
        "{n} group is hidden in both waves to protect groups of fewer than {least} respondents.",
        "{n} groups are hidden in both waves to protect groups of fewer than {least} respondents.",
        n,
    )
    return message.format(n=numbers.count(n), least=numbers.count(minimum))


def _items(f: ChangeFindings, one: GroupChange, items: list[int]) -> str:
    if one.items is None:
        return numbers.MISSING
    if not items:
        return _("none")
    texts = [
        _("{name} {change}").format(name=chart_name(f.items[i]), change=f.units.change(float(one.items.difference[i])))
        for i in items[:NAMED]
    ]
    rest = len(items) - NAMED
    return commas(texts) if rest <= 0 else _("{names} and {n} more").format(names=commas(texts), n=numbers.count(rest))


def _largest(f: ChangeFindings, one: GroupChange) -> Cell:
    """The largest change of the sample, tested or not, with its interval."""
    found = one.items
    if found is None or not found.compared.any():
        return Cell(numbers.MISSING)
    i = max((i for i in f.order if found.compared[i]), key=lambda i: abs(float(found.difference[i])))
    text = _("{name} {change} ({interval})").format(
        name=chart_name(f.items[i]),
        change=f.units.change(float(found.difference[i])),
        interval=f.units.change_interval(tables.finite(found.low[i]), tables.finite(found.high[i])),
    )
    return Cell(text, float(found.difference[i]))
