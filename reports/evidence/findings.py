"""What the sections of the report of many surveys speak from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.evidence import words

if TYPE_CHECKING:
    from obstacles.analysis.evidence.result import Evidence
    from obstacles.survey.evidence.sought import Sought


@dataclass(frozen=True)
class EvidenceFindings:
    """The result, and the surveys that were looked for in vain."""

    evidence: Evidence
    sought: tuple[Sought, ...]

    @property
    def category(self) -> str:
        return words.name(self.evidence.category)

    @property
    def paper(self) -> bool:
        """Whether the category is the one that the paper has first."""
        return self.evidence.category == "skills"
