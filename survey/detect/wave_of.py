"""A wave of the proposal: how its question is read, and what the other columns of its file are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from obstacles.survey.detect.offered import offered
from obstacles.survey.detect.rank_grid import blank_choices
from obstacles.survey.detect.roles import Roles, dates_of
from obstacles.survey.detect.sheet import Column
from obstacles.survey.detect.waves import Round
from obstacles.survey.studyfile.guess import Entry, FoundItem, count
from obstacles.survey.studyfile.proposal import ProposedItem, ProposedWave
from obstacles.survey.vendors.vendor import SHOWN_ORDER
from obstacles.text.language import _, phrases, quoted_names, semicolons

SHOWN = re.compile(r"(.+)_(\d+)")


def wave_of(one: Round, roles: Roles, question: str, items: Sequence[ProposedItem]) -> ProposedWave:
    """The wave with the keys of its question and of the columns beside it."""
    entries = [*one.source.entries]
    if one.where:
        doubt = one.guess.doubt
        entries.append(Entry("where", {name: cells[0] for name, cells in one.where}, doubt, bool(doubt)))
    entries += [*one.guess.entries, *_blank(one, items), *_positions(one, items), *_offered(one, roles, items)]
    stated = {entry.key for entry in entries}
    if one.guess.form != "published":
        entries += [entry for entry in roles.entries if entry.key not in stated]
    own = one.question.text if one.question.text != question else ""
    return ProposedWave(
        id=one.id,
        file=one.source.file,
        form=one.guess.form,
        evidence=one.guess.evidence,
        source=semicolons([one.source.words, one.source.size]),
        entries=tuple(entries),
        groups=roles.groups if one.guess.form != "published" else {},
        notes=(*one.guess.notes, *(_about(one, roles) if one.guess.form != "published" else ())),
        question=own,
        rows=len(one.source.whole.rows) if one.sheet.n == len(one.source.table.rows) else one.sheet.n,
        columns=len(one.sheet.columns),
    )


def _blank(one: Round, items: Sequence[ProposedItem]) -> list[Entry]:
    """What no reading by itself needed to say: other waves bring more items than these rankings name, or since and
    until take away items that were marked."""
    asked, found = sum(one.id in item.wordings for item in items), len(one.guess.items)
    if asked == found or one.guess.has("blank"):
        return []
    found_here = _("{n} items, of which {m} were found in these rows").format(n=asked, m=found)
    why = semicolons([found_here, blank_choices()])
    if one.guess.form == "order_list" and asked > found:
        return [Entry("blank", "not_offered", why, True)]
    if one.guess.form == "multi_select" and asked < found:
        return [Entry("blank", "not_answered", why, True)]
    return []


def _positions(one: Round, items: Sequence[ProposedItem]) -> list[Entry]:
    """The columns of the places at which items were shown: Q7_DO_1 for Q7_1, as Qualtrics names them."""
    if one.guess.form not in ("rank_grid", "order_list"):
        return []
    names = {column.name for column in one.sheet.columns if column.heading.kind == SHOWN_ORDER}
    shown = {
        item.id: column
        for item in items
        if (match := SHOWN.fullmatch(item.columns.get(one.id, ""))) and (column := f"{match[1]}_DO_{match[2]}") in names
    }
    if not shown or len(shown) < len(one.guess.items):
        return []
    return [Entry("positions", shown, _("the places at which the items were shown"))]


def _offered(one: Round, roles: Roles, items: Sequence[ProposedItem]) -> list[Entry]:
    """Who was asked which item, by the columns that can be groups."""
    names = {*roles.groups.values(), *roles.more_groups, *roles.sensitive}
    groups = [column for column in one.sheet.columns if column.name in names]
    here = {
        item.id: FoundItem(item.label, item.columns.get(one.id), item.texts.get(one.id, ()))
        for item in items
        if one.id in item.wordings
    }
    return offered(one.guess, here, one.sheet, groups)


def _about(one: Round, roles: Roles) -> list[str]:
    """Remarks on the columns beside the question."""
    notes = list(roles.notes)
    if len(one.source.whole.rows) > len(one.source.table.rows):
        text = _("made from {n} of {all} rows, evenly over the file, and every cell of the question")
        notes.insert(0, text.format(n=count(len(one.source.table.rows)), all=count(len(one.source.whole.rows))))
    date = next((entry.value for entry in roles.entries if entry.key == "date"), None)
    column = one.sheet.named(date) if date is not None else None
    found = dates_of(column) if column is not None else None
    days = sorted(day for day in (found.values if found else ()) if day is not None)
    if days:
        notes.append(
            f'fieldwork = ["{days[0].isoformat()}", "{days[-1].isoformat()}"]  # ' + _("first and last day in the file")
        )
    beside = one.question.block.other if one.question.block is not None else ()
    for names, text in (
        (_texts(beside, roles), _("of the same question, not read because their cells are no such answers: {columns}")),
        (roles.more_groups, _("more columns that could be groups: {columns}")),
        (roles.sensitive, _("sensitive columns, groups only on purpose: {columns}")),
        (roles.free_text, _("free text, not read: {columns}")),
    ):
        if names:
            notes.append(text.format(columns=_few(names)))
    return notes


def _texts(beside: Sequence[Column], roles: Roles) -> tuple[str, ...]:
    """Columns beside those of the question that hold something and are not listed elsewhere."""
    listed = {*roles.free_text, *roles.personal, *roles.more_groups, *roles.sensitive, *roles.groups.values()}
    found = (column for column in beside if column.answered and column.heading.kind != SHOWN_ORDER)
    return tuple(column.name for column in found if column.name not in listed)


def _few(names: Sequence[str], most: int = 8) -> str:
    shown = quoted_names(name[:50] for name in names[:most])
    return shown if len(names) <= most else phrases([shown, _("and {n} more").format(n=len(names) - most)])
