"""The last page: what would change the verdict, what it takes for granted, and where the figures come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.evidence import words
from obstacles.reports.words.page_blocks import Block, Listing, Prose, Section
from obstacles.text.language import N_, _, full_stop, semicolons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from obstacles.analysis.evidence.result import SurveyEvidence
    from obstacles.reports.evidence.findings import EvidenceFindings
    from obstacles.survey.evidence.sought import Sought

SAME = "same"  # a table names its source once, and then says that
REASONS = {
    "not reached": N_("Sought, and their figures not reached: {surveys}."),
    "figure not read": N_("They print a figure for the category, which was not read: {surveys}."),
}


def section(f: EvidenceFindings) -> Section:
    """Sources and limits."""
    blocks: list[Block] = []
    changes = words.would_change(f.evidence)
    if changes:
        blocks.append(Listing(_("What would change the verdict"), tuple(changes)))
    blocks.append(Prose((words.assumptions(),), title=_("What the verdict takes for granted")))
    if coders := words.coders(f.evidence):
        blocks.append(Prose((coders,), title=_("Two coders")))
        if differing := words.disagreements(f.evidence):
            blocks.append(Listing(_("Where the coders differ"), tuple(differing)))
    missing = sought(f.sought)
    missing += words.not_counted(f.evidence)
    if missing:
        blocks.append(Listing(_("Surveys sought and not obtained"), tuple(missing)))
    lines = sources(f.evidence.surveys)
    if lines:
        blocks.append(Listing(_("Sources, and where the figures were read"), tuple(lines), numbered=True))
    return Section("sources", _("What would change it, and the sources"), (), tuple(blocks), new_page=True)


def sought(surveys: Sequence[Sought]) -> list[str]:
    """Surveys without usable figures, a sentence for each reason."""
    sentences = []
    for reason in dict.fromkeys(survey.reason for survey in surveys):
        names = [
            _("{title} {year}").format(title=survey.survey, year=survey.year) if survey.year else survey.survey
            for survey in surveys
            if survey.reason == reason
        ]
        if reason in REASONS:
            sentences.append(_(REASONS[reason]).format(surveys=semicolons(names)))
        else:
            sentences.append(full_stop(f"{reason}: {semicolons(names)}"))
    return sentences


def sources(surveys: Sequence[SurveyEvidence]) -> list[str]:
    """The source of each survey; those of one source in one line."""
    names: dict[tuple[str, str], list[str]] = {}
    for survey in surveys:
        if survey.source or survey.read_where:
            names.setdefault((survey.source, survey.read_where), []).append(words.survey_name(survey))
    return [
        f"{semicolons(together)}: {semicolons(part for part in place if part not in ('', SAME))}"
        for place, together in names.items()
    ]
