"""What the covers and feet of all reports say alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.naming import cut, plain
from reports.reproducibility import version_of
from survey.language import _

if TYPE_CHECKING:
    from survey.study import Study


def synthetic(study: Study) -> str:
    """What every page says of made-up data; "" for real ones."""
    if not study.settings.study.synthetic:
        return ""
    return _("Synthetic data: made-up answers, nothing here is about a real organisation")


def footer(study: Study) -> str:
    return _("{study} · data {hash} · {tool} {version}").format(
        study=cut(plain(study.id), 40),
        hash=study.sha256[:8],
        tool="obstacles",
        version=version_of("obstacle-ranking"),
    )
