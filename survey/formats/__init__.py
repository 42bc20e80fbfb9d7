"""Response formats: one file and one line each."""

from __future__ import annotations

from obstacles.survey.formats import (
    best_worst,
    capability_only,
    likert_grid,
    multi_select,
    order_list,
    pairs,
    points,
    published,
    rank_counts,
    rank_grid,
    slider,
)
from obstacles.survey.formats.base import Format

FORMATS: dict[str, Format] = {
    "rank_grid": rank_grid.FORMAT,
    "order_list": order_list.FORMAT,
    "multi_select": multi_select.FORMAT,
    "likert_grid": likert_grid.FORMAT,
    "points": points.FORMAT,
    "slider": slider.FORMAT,
    "pairs": pairs.FORMAT,
    "best_worst": best_worst.FORMAT,
    "rank_counts": rank_counts.FORMAT,
    "published": published.FORMAT,
    "capability_only": capability_only.FORMAT,
}
