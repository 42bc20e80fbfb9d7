"""The waves side by side: how each was made, and who answered it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.change.sections.parts import shown_waves, source
from obstacles.reports.wave import method_box
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import column_name, column_word, cut, plain, value_name
from obstacles.reports.words.page_blocks import (
    NOT_ASKED,
    SUPPRESSED,
    Block,
    Cell,
    Column,
    Row,
    Section,
    SideBySide,
    Table,
)
from obstacles.text.language import _, joined, label, ngettext

if TYPE_CHECKING:
    from obstacles.analysis.change.group_mix import GroupMix
    from obstacles.reports.change.findings import ChangeFindings

MOST_GROUPS = 12  # of one column, the largest of the last wave first
LONGEST = 48  # characters of a group's name
SMALL = 3  # waves up to which tables of groups stand side by side


def section(f: ChangeFindings) -> Section:
    """The section on the waves side by side: who was asked, how, and who answered."""
    blocks: list[Block] = [design_table(f)]
    tables = [mix_table(f, mix) for mix in f.change.why.mix if not mix.hidden.all()]
    blocks += _in_two_columns([table for table in tables if table.compact])
    blocks += [table for table in tables if not table.compact]
    return Section("waves", _("The waves side by side"), (lead(f),), tuple(blocks), new_page=True)


def _in_two_columns(tables: list[Table]) -> list[Block]:
    """Small tables, the longest first: beside it as many of the others as are not longer together."""
    rest = sorted(tables, key=_height, reverse=True)
    found: list[Block] = []
    while rest:
        row = [rest.pop(0)]
        room = _height(row[0])
        for table in list(rest):
            if len(row) == 1 or _height(table) <= room:
                row.append(table)
                rest.remove(table)
                room -= _height(table)
        found.append(SideBySide(tuple(row), stacked=True))
    return found


def _height(table: Table) -> int:
    """Lines of a table, its heading and its notes."""
    return sum(row.on_page for row in table.rows) + len(table.notes) + 4


def lead(f: ChangeFindings) -> str:
    """Whether the same or other people answered, as a sentence."""
    if any(wave.published for wave in f.waves):
        return _("Published tables are compared; the answers of single respondents are not known.")
    if f.change.kind == "panel":
        return _("Who answered again is joined by their id, and errors know of it; the others count with their wave.")
    return _("Separate samples are compared: different people answered each wave, as far as is known.")


def design_table(f: ChangeFindings) -> Table:
    """One row per wave."""
    facts = {fact.id: fact for fact in f.stated.wave} if f.stated else {}
    used = {name: any(getattr(fact, name) for fact in facts.values()) for name in ("mode", "base", "routing")}
    mode = label(f.study.settings.study.mode)
    columns = (
        Column("wave", _("Wave"), "item"),
        Column("fieldwork", _("Fieldwork"), "text"),
        Column("form", _("Form of the question"), "text"),
        Column("mode", _("Mode"), "text", on_page=used["mode"]),
        Column("asked", _("Who was asked"), "text", on_page=used["base"] or used["routing"]),
        Column("invited", _("Invited"), on_page=any(f.profile.invited for f in f.waves)),
        Column("respondents", _("Analysed")),
        Column("compared", _("Compared"), on_page=bool(f.change.where)),
        Column("response_rate", _("Rate, %"), on_page=any(f.profile.response_rate for f in f.waves)),
        Column("effective_n", _("Effective n"), on_page=any(f.profile.weights for f in f.waves)),
    )
    rows = []
    for name, wave, side, form in zip(f.names, f.waves, f.change.sides, f.change.comparability.forms, strict=True):
        fact, profile = facts.get(wave.wave.id), wave.profile
        n = profile.respondents or (wave.ranking.estimate.base or None)
        effective = side.effective_n if profile.weights is not None else None
        asked = joined(plain(label(text)) for text in ((fact.base, fact.routing) if fact else ()) if text)
        cells = (
            Cell(name, wave.wave.id),
            _text(method_box.fieldwork(wave)),
            _text((label(fact.form) if fact else "") or form.text),
            _text((label(fact.mode) if fact else "") or mode),
            _text(asked),
            Cell(numbers.count(profile.invited), profile.invited),
            Cell(numbers.count(n, missing=_("not published")), n),
            Cell(numbers.count(side.people or None), side.people or None),
            Cell(numbers.bare_percent(profile.response_rate), profile.response_rate),
            Cell(numbers.count(effective), effective),
        )
        rows.append(Row(cells))
    weighting = {label(wave.wave.settings.weight_description) for wave in f.waves} - {""}
    return Table(
        id="waves",
        title=_("How each wave was made"),
        subtitle=_("Mode: {mode}.").format(mode=plain(mode)) if mode and not used["mode"] else "",
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(
            source(f), *(_("Weights: {text}.").format(text=plain(text).rstrip(".。")) for text in sorted(weighting))
        ),
    )


def _text(text: str | None) -> Cell:
    return Cell(plain(text), text) if text else Cell(_("not stated"), None)


def mix_table(f: ChangeFindings, mix: GroupMix) -> Table:
    """The shares of one column's groups in every wave; small groups are hidden in all waves alike."""
    shown = shown_waves(f)
    compact = len(shown) <= SMALL
    columns = [Column("group", column_name(mix.column), "item")]
    for wave, (name, side) in enumerate(zip(f.names, f.change.sides, strict=True)):
        columns += [
            Column(f"share_{side.id}", _("{wave}, %").format(wave=name), on_page=wave in shown),
            Column(f"respondents_{side.id}", _("n {wave}").format(wave=name), on_page=wave in shown and not compact),
        ]
    listed = sorted(range(len(mix.groups)), key=lambda g: (bool(mix.hidden[g]), -mix.share[-1, g], mix.groups[g]))
    printed = [g for g in listed if not mix.hidden[g]][:MOST_GROUPS]
    groups = f.study.settings.groups
    if groups.ordered(mix.column):
        key = groups.sort_key(mix.column)
        printed.sort(key=lambda g: key(mix.groups[g]))
        listed = [*printed, *(g for g in listed if g not in printed)]
    rows = [Row(_mix_cells(mix, g), on_page=g in printed) for g in listed]
    hidden, rest = int(mix.hidden.sum()), len(listed) - int(mix.hidden.sum()) - len(printed)
    marks = []
    if rest:
        more = ngettext("{n} more group is in the data.", "{n} more groups are in the data.", rest)
        marks.append(more.format(n=numbers.count(rest)))
    if hidden:
        message = ngettext(
            "{n} group is hidden in all waves to protect groups of fewer than {least} respondents.",
            "{n} groups are hidden in all waves to protect groups of fewer than {least} respondents.",
            hidden,
        )
        marks.append(message.format(n=numbers.count(hidden), least=numbers.count(mix.minimum)))
    if not mix.count[:, printed].all():
        marks.append(_("{mark} nobody of this group in the wave.").format(mark=NOT_ASKED))
    return Table(
        id=f"mix_{mix.column}",
        title=_("Respondents by {group}").format(group=column_word(mix.column)),
        subtitle=_of_whom(f, mix),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=tuple(marks),
        compact=compact,
    )


def _of_whom(f: ChangeFindings, mix: GroupMix) -> str:
    if mix.of_shown:
        weighted = _("% of respondents in the groups that are shown, weighted.")
        return weighted if _weighted(f) else _("% of respondents in the groups that are shown.")
    return _("% of respondents, weighted.") if _weighted(f) else _("% of respondents.")


def _weighted(f: ChangeFindings) -> bool:
    return any(wave.profile.weights is not None for wave in f.waves)


def _mix_cells(mix: GroupMix, g: int) -> tuple[Cell, ...]:
    full = value_name(mix.groups[g], mix.column)
    cells = [Cell(cut(full or _("(no answer)"), LONGEST), full)]
    for count, share in zip(mix.count[:, g], mix.share[:, g], strict=True):
        if mix.hidden[g]:
            cells += [Cell(SUPPRESSED, SUPPRESSED)] * 2
        elif mix.of_shown and count:
            cells += [Cell(numbers.bare_percent(float(share), 0), round(float(share), 2)), Cell(SUPPRESSED, SUPPRESSED)]
        elif not count:
            cells += [Cell(NOT_ASKED, 0.0), Cell(numbers.count(0), 0)]
        else:
            cells += [
                Cell(numbers.bare_percent(float(share)), float(share)),
                Cell(numbers.count(int(count)), int(count)),
            ]
    return tuple(cells)
