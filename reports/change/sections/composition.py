"""What goes with the change: the mix of those who answered, and in a panel who stayed, left and joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from obstacles.reports.change.sections.parts import rounding, source_and_base
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import capital, column_name, column_word, plain, sentence_names
from obstacles.reports.words.page_blocks import Block, Cell, Column, KeyFigure, KeyFigures, Prose, Row, Section, Table
from obstacles.text.language import _, semicolons

if TYPE_CHECKING:
    from obstacles.analysis.change.attrition import Attrition
    from obstacles.analysis.change.composition import Composition
    from obstacles.analysis.change.items import ItemChanges
    from obstacles.reports.change.findings import ChangeFindings


def section(f: ChangeFindings) -> Section | None:
    """None where no change is compared, so that there is nothing to explain."""
    if not f.main.compared or any(wave.published for wave in f.waves):
        return None
    found, panel = f.change.why.composition, f.change.why.attrition
    blocks: list[Block] = []
    if found is not None and found.columns:
        blocks.append(composition_table(f, found))
    if found is not None and found.left_out:
        blocks.append(Prose(left_out(found)))
    if panel is not None:
        blocks += [panel_figures(f, panel), *([] if f.change.withheld else [panel_table(f, panel)])]
    if not blocks and not f.change.withheld:
        blocks.append(Prose((_nothing_to_match(f),)))
    return Section("why", _("Who answered, or what they answered"), (lead(f),), tuple(blocks))


def _nothing_to_match(f: ChangeFindings) -> str:
    if not f.change.why.mix:
        return _("No groups of respondents are named in every wave.")
    return _("Only the level of an answer can be split so; what is compared here is relative to the rest.")


def lead(f: ChangeFindings) -> str:
    """How much of the changes goes with who answered, as a sentence."""
    found = f.change.why.composition
    if f.change.withheld:
        return _(
            "How much of a change goes with who answered is hidden, as the mix of groups and those who left could tell "
            "what few people answered. Hidden does not mean that it is nothing."
        )
    if found is None and f.change.why.mix:
        return _("How much of a change goes with who answered cannot be said of answers that have no level.")
    if found is None or not found.columns:
        return _("Whether the change goes with who answered cannot be said: no mix of groups can be matched.")
    groups = numbers.listing([column_word(column) for column in found.columns])
    moved = [i for i in f.moved if np.isfinite(found.mix[i])]
    if not moved:
        return _(
            "No change is shown, so there is none to explain. If {last} had been answered by the mix of {groups} of "
            "{first}, the levels would differ by as much as the column “mix” says."
        ).format(first=f.names[0], last=f.names[-1], groups=groups)
    clear = [i for i in moved if found.answers_low[i] > 0 or found.answers_high[i] < 0]
    names = numbers.listing(sentence_names([f.items[i] for i in clear]))
    if len(clear) == len(moved):
        return _("The changes shown remain when the mix of {groups} is held as it was in {first}: {names}.").format(
            groups=groups, first=f.names[0], names=names
        )
    if clear:
        return _("Of the changes shown, these remain when the mix of {groups} is held as it was: {names}.").format(
            groups=groups, names=names
        )
    return _("None of the changes shown can be told from a change in the mix of {groups}.").format(groups=groups)


def composition_table(f: ChangeFindings, found: Composition) -> Table:
    """Each change split into what goes with the mix and the rest."""
    interval = tables.level_interval(found.level)
    columns = (
        *tables.item_columns(capital(f.nouns.one)),
        Column("total_change", _("Change")),
        Column("mix", _("Mix")),
        *tables.interval_columns(interval, "mix"),
        Column("answers", _("Answers")),
        *tables.interval_columns(interval, "answers"),
        Column("mix_at_last", _("Mix at {wave}").format(wave=f.names[-1])),
    )
    verdicts = f.verdicts
    assert verdicts is not None
    rows = []
    for i in f.order:
        total, mix_at_last = tables.finite_at(i, verdicts.difference, found.mix_at_second)
        mix, mix_low, mix_high = tables.finite_at(i, found.mix, found.mix_low, found.mix_high)
        answers, low, high = tables.finite_at(i, found.answers, found.answers_low, found.answers_high)
        cells = (
            *tables.item_cells(f.items[i]),
            Cell(f.units.change(total), total),
            Cell(f.units.change(mix), mix),
            *tables.interval_cells(f.units.change_interval(mix_low, mix_high), mix_low, mix_high),
            Cell(f.units.change(answers), answers),
            *tables.interval_cells(f.units.change_interval(low, high), low, high),
            Cell(f.units.change(mix_at_last), mix_at_last),
        )
        rows.append(Row(cells, strong=i in f.moved))
    groups = numbers.listing([column_word(column) for column in found.columns])
    return Table(
        id="composition",
        title=_("The change split into mix and answers"),
        subtitle=_(
            "Mix: the change when {first} is weighted to the shares of {groups} of {last}, its answers as they were. "
            "Answers: the rest, how respondents of the same groups answered. In {unit}."
        ).format(first=f.names[0], last=f.names[-1], groups=groups, unit=f.units.unit),
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(
            source_and_base(f),
            _(
                "A decomposition after Oaxaca and Blinder (1973); errors count that both mixes are estimates. “Mix at "
                "{last}” values the same change of the mix at the answers of {last}. Groups that are not asked for "
                "stay unknown, and what goes with the mix is an association."
            ).format(last=f.names[-1]),
            _pooled(found),
            rounding(),
        ),
    )


def _pooled(found: Composition) -> str:
    """Small groups that are matched together."""
    parts = [
        _("{group}: {n}").format(group=column_name(column), n=numbers.count(groups)) for column, groups in found.pooled
    ]
    return _("Smallest groups matched as one: {parts}.").format(parts=semicolons(parts)) if parts else ""


def left_out(found: Composition) -> tuple[str, ...]:
    """Groups whose mix is not matched, and why."""
    parts = [
        _("{group}: {reason}").format(group=column_name(column), reason=reason) for column, reason in found.left_out
    ]
    return (_("Not matched: {parts}.").format(parts=semicolons(parts)),)


def panel_figures(f: ChangeFindings, panel: Attrition) -> KeyFigures:
    """How many answered both waves, and how many one alone."""
    hidden = _("fewer than {n}").format(n=numbers.count(panel.minimum))
    left, joined = (hidden if n is None else numbers.count(n) for n in (panel.left, panel.joined))
    return KeyFigures(
        (
            KeyFigure(numbers.count(panel.stayed), _("answered both waves")),
            KeyFigure(left, _("answered {first} alone").format(first=f.names[0])),
            KeyFigure(joined, _("answered {last} alone").format(last=f.names[-1])),
        )
    )


def panel_table(f: ChangeFindings, panel: Attrition) -> Table:
    """Change among those who stayed, and how leavers and joiners differ from them."""
    parts = (
        ("stayers", _("Change of stayers"), panel.stayers),
        ("leavers", _("Leavers − stayers {wave}").format(wave=f.names[0]), panel.leavers),
        ("joiners", _("Joiners − stayers {wave}").format(wave=f.names[-1]), panel.joiners),
    )
    columns = [*tables.item_columns(capital(f.nouns.one))]
    for name, heading, changes in parts:
        there = changes is not None
        columns += [
            Column(f"{name}_change", heading, on_page=there),
            *tables.interval_columns(_("Interval"), name, on_page=there),
            Column(f"{name}_p_adjusted", _("p, corrected"), on_page=there and name == "stayers"),
        ]
    rows = []
    for i in f.order:
        cells = [*tables.item_cells(f.items[i])]
        for name, _heading, changes in parts:
            cells += _panel_cells(f, changes, i, marked=name != "stayers")
        strong = panel.stayers is not None and panel.stayers.verdict[i] in ("up", "down")
        rows.append(Row(tuple(cells), strong=strong))
    return Table(
        id="panel",
        title=_("Stayers, leavers and joiners"),
        subtitle=_("In {unit}; paired for stayers, {level} intervals.").format(
            unit=f.units.unit, level=numbers.level(f.change.rules.level)
        ),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=tables.notes(source_and_base(f), _attrition_note(f, panel), rounding()),
    )


def _panel_cells(f: ChangeFindings, changes: ItemChanges | None, i: int, *, marked: bool) -> list[Cell]:
    if changes is None:
        return [Cell(numbers.MISSING), Cell(numbers.MISSING), Cell(""), Cell(""), Cell(numbers.MISSING)]
    value, low, high, p = tables.finite_at(i, changes.difference, changes.low, changes.high, changes.p_adjusted)
    mark = "*" if marked and changes.verdict[i] in ("up", "down") else ""
    return [
        Cell(f.units.change(value) + mark, value),
        *tables.interval_cells(f.units.change_interval(low, high), low, high),
        Cell(numbers.bare_p(p), p),
    ]


def _attrition_note(f: ChangeFindings, panel: Attrition) -> str:
    """Whether those who left are shown to differ."""
    if panel.leavers is None:
        return _("Too few left to be compared with those who stayed.")
    differ = [i for i, verdict in enumerate(panel.leavers.verdict) if verdict in ("up", "down")]
    if not differ:
        return _("No difference between leavers and stayers can be shown; small ones are not ruled out.")
    names = numbers.listing([plain(f.items[i].name) for i in differ])
    message = _(
        "* After correction leavers differ from stayers in {names}: the change among stayers is not that of all."
    )
    return message.format(names=names)
