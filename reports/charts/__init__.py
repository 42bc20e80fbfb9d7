"""Charts: one file and one line each. A chart takes its data and returns a matplotlib Figure drawn in the house style.

The figures are public: the same one that a report shows can be restyled or saved for a paper.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from obstacles.reports.charts import (
    changes,
    coefficients,
    cover,
    forest,
    gaps,
    intervals,
    levels,
    methods,
    priority,
    ranking,
    selections,
    slope,
    stacked,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHARTS: dict[str, Callable[[Any], Figure]] = {
    "cover": cover.draw,
    "ranking": ranking.draw,
    "intervals": intervals.draw,
    "stacked": stacked.draw,
    "selections": selections.draw,
    "methods": methods.draw,
    "slope": slope.draw,
    "changes": changes.draw,
    "gaps": gaps.draw,
    "priority": priority.draw,
    "levels": levels.draw,
    "coefficients": coefficients.draw,
    "forest": forest.draw,
}
