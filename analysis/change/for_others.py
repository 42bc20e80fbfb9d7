"""What a comparison of waves may show to others: everybody, and nothing by groups, which no plan protects."""

from __future__ import annotations

from dataclasses import replace

from obstacles.analysis.change.result import Change, Why
from obstacles.survey.study import Study
from obstacles.text.language import _


def for_others(study: Study, change: Change) -> Change:
    """The comparison without its groups, saying so; as it is for the owner of the data."""
    if study.settings.audience == "owner" or change.why == Why():
        return change
    note = _(
        "Changes by groups, the mix of groups and who left are hidden, as they could tell what few people answered; "
        "the owner of the data sees them in a draft."
    )
    return replace(change, why=Why(), notes=(*change.notes, note))
