"""Categories over the waves: the chart and the table of the items' comparison, for the categories of shared items."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from obstacles.reports.change import sentences as words
from obstacles.reports.change.sections.items import change_table, changes_figure
from obstacles.reports.change.sections.ranks import rank_table, slope_figure
from obstacles.reports.wave.categories import category_nouns, members, members_in_words
from obstacles.reports.words.page_blocks import Figure, Section, Table
from obstacles.reports.words.tables import notes
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.reports.change.findings import ChangeFindings

ID = "categories"


def section(f: ChangeFindings) -> Section | None:
    """None where fewer than two categories are shared, each has one item, or nothing can be said of them."""
    change = f.categories
    if change is None or change.categories is None:
        return None
    own = replace(f, change=change, nouns=category_nouns(), headline=change.headline, main=change.main, categories=None)
    lead = words.headlines(own, (f.names[0], f.names[-1]))
    figure: Figure = changes_figure(own) if own.main.compared else slope_figure(own, id=ID)
    table: Table = change_table(own) if own.main.compared else rank_table(own)
    said = (members(change.categories), *(note for note in change.notes if note not in f.change.notes))
    return Section(
        ID,
        _("Categories"),
        (*lead, members_in_words(change.categories, f.nouns)),
        (replace(figure, id=ID), replace(table, id=ID, notes=notes(*table.notes, *said))),
    )
