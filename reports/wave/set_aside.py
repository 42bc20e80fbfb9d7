"""Options that are no obstacles ("Other", "Don't know"): their shares, as a line and as a table; nothing ranks them."""

from __future__ import annotations

from collections.abc import Sequence

from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import marked
from obstacles.reports.words.page_blocks import Cell, Column, Row, Table
from obstacles.survey.answers import SetAside
from obstacles.text.language import N_, _, ngettext

KINDS = {"other": N_("another answer"), "none": N_("none of the items"), "opt_out": N_("no answer to the question")}


def set_aside_in_words(options: Sequence[SetAside]) -> str:
    """One sentence with the share of each option."""
    listed = [
        _("{name} ({value})").format(name=marked(one.item.name), value=numbers.percent(tables.finite(one.share)))
        for one in options
    ]
    message = ngettext(
        "Not ranked, with the share that named it: {options}.",
        "Not ranked, with the shares that named them: {options}.",
        len(options),
    )
    return message.format(options=numbers.clauses(listed))


def set_aside_table(options: Sequence[SetAside]) -> Table:
    """One row per option: what it is, and the share that named it."""
    rows = [
        Row(
            (
                *tables.item_cells(one.item),
                Cell(_(KINDS[one.item.kind or "other"]), one.item.kind),
                Cell(numbers.percent(tables.finite(one.share)), tables.finite(one.share)),
                Cell(numbers.count(one.base), one.base),
            )
        )
        for one in options
    ]
    return Table(
        id="set_aside",
        title=_("Options that are not ranked"),
        subtitle=_("Share of the respondents who were offered the option and named it."),
        columns=(
            *tables.item_columns(_("Option")),
            Column("kind", _("What it says"), "text"),
            Column("share", _("Share")),
            Column("base", _("Respondents")),
        ),
        rows=tuple(rows),
        notes=(_("No headline, rank, test, category or comparison counts them."),),
    )
