"""Charts of the reports as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.text.language import _
from obstacles.web.work.change import compared
from obstacles.web.work.opened import shown_study
from obstacles.web.work.ranking import ranked

if TYPE_CHECKING:
    from obstacles.web.workers import Place


def figure(place: Place, name: str, wave: str | None, level: float | None) -> str:
    """A chart of the reports as SVG."""
    import obstacles
    from obstacles.reports.charts.svg import to_svg

    study = shown_study(place) if name == "change" else shown_study(place, wave)
    if name == "change":
        return to_svg(obstacles.plot(compared(study, None, level)), title=_("What changed"))
    return to_svg(obstacles.plot(ranked(study, wave=wave, level=level)), title=_("The ranking"))
