"""Response formats: one file and one line each."""

from __future__ import annotations

from survey.formats import likert_grid, multi_select, order_list, published, rank_grid
from survey.formats.form import Format

FORMATS: dict[str, Format] = {
    "rank_grid": rank_grid.FORMAT,
    "order_list": order_list.FORMAT,
    "multi_select": multi_select.FORMAT,
    "likert_grid": likert_grid.FORMAT,
    "published": published.FORMAT,
}
