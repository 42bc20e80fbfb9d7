"""From a study to what a batch of gap reports may show: one plan for all groups, waves and capabilities at once."""

from __future__ import annotations

from obstacles.analysis.disclosure.release.batch import TooFewError, check_size, release
from obstacles.analysis.disclosure.release.figures import Release, ReleasedGroup

__all__ = ["Release", "ReleasedGroup", "TooFewError", "check_size", "release"]
