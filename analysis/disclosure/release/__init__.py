"""From a study to what a batch of gap reports may show: one plan for all groups, waves and capabilities at once."""

from __future__ import annotations

from obstacles.analysis.disclosure.release.batch import TooFewError, check_size, gaps
from obstacles.analysis.disclosure.release.figures import Gaps, ReleasedGroup

__all__ = ["Gaps", "ReleasedGroup", "TooFewError", "check_size", "gaps"]
