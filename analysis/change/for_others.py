"""What a comparison of waves may show to others: everybody, how many of a panel stayed, left and joined where these are
many, and nothing by groups, which no plan protects.
"""

from __future__ import annotations

from dataclasses import replace

from obstacles.analysis.change.attrition import Attrition
from obstacles.analysis.change.result import Change, Why
from obstacles.survey.study import Study
from obstacles.text.language import _


def for_others(study: Study, change: Change) -> Change:
    """The comparison without its groups, saying so; as it is for the owner of the data."""
    if study.settings.audience == "owner" or change.why == Why():
        return change
    note = _(
        "Changes by groups, the mix of groups and how those who left or joined answered are hidden, as they could tell "
        "what few people answered; the owner of the data sees them in a draft."
    )
    why = Why(attrition=_numbers(change.why.attrition))
    return replace(change, why=why, notes=(*change.notes, note), withheld=True)


def _numbers(panel: Attrition | None) -> Attrition | None:
    """How many stayed, left and joined; nothing where one of them is few, as the others and the waves would tell it."""
    if panel is None or panel.left is None or panel.joined is None:
        return None
    return replace(panel, stayers=None, leavers=None, joiners=None)
