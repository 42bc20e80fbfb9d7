"""What the covers and feet of all reports say alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.wave.reproducibility import version_of
from obstacles.reports.words.naming import cut, plain
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.survey.study import Study


def synthetic(study: Study) -> str:
    """What every page says of made-up data; "" for real ones."""
    if not study.settings.study.synthetic:
        return ""
    return _("Synthetic data: made-up answers, nothing here is about a real organisation")


def footer(study: Study) -> str:
    """Study, hash of its data, and version: the foot of every page."""
    return _("{study} · data {hash} · {tool} {version}").format(
        study=cut(plain(study.id), 40),
        hash=study.sha256[:8],
        tool="obstacles",
        version=version_of("obstacle-ranking"),
    )
