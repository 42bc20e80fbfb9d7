"""The brief: one page with the finding, the ranking, what is safe to say and what is not, and a text for an e-mail."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from obstacles.reports.research import brief
from obstacles.reports.research.sections.ranking import ranking_table
from obstacles.reports.research.sections.summary import headlines, ranking_figure, safe_and_not
from obstacles.reports.words.page_blocks import Block, Callout, Section
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.reports.wave.findings import Findings

MASTHEAD = 90.0  # points that the head of the page and the text for an e-mail take beyond the key figures of a report
SENTENCES = 2  # of the first page


def section(f: Findings) -> Section:
    """The page; the table of the ranking goes with it as data alone."""
    said = safe_and_not(f)
    blocks: list[Block] = [ranking_figure(f, less=MASTHEAD)] if f.ranked else []
    blocks += [said] if said is not None else []
    blocks += [Callout(_("For an e-mail"), (brief.email(f),)), replace(ranking_table(f), on_page=False)]
    return Section("summary", _("In short"), headlines(f)[:SENTENCES], tuple(blocks))
