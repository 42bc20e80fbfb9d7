"""Columns, cells and notes that many tables have alike: items, intervals, and what is in the data alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from obstacles.reports.words import numbers
from obstacles.reports.words.naming import plain
from obstacles.reports.words.page_blocks import Cell, Column, Value
from obstacles.text.language import _

if TYPE_CHECKING:
    import numpy as np

    from obstacles.survey.question import Item


def item_columns(heading: str) -> tuple[Column, Column]:
    """An item: its id, in the data alone, and its name under a heading."""
    return Column("id", "", "text", on_page=False), Column("label", heading, "item")


def item_cells(item: Item) -> tuple[Cell, Cell]:
    """What stands in them."""
    return Cell(item.id, item.id), Cell(plain(item.name), item.name)


def data_columns(*ids: str, in_data: bool = True) -> tuple[Column, ...]:
    """Columns of numbers that are in the data alone."""
    return tuple(Column(id, "", on_page=False, in_data=in_data) for id in ids)


def data_cells(*values: Value) -> tuple[Cell, ...]:
    """What stands in them."""
    return tuple(Cell("", value) for value in values)


def level_interval(level: float) -> str:
    """ "95 % interval": a heading."""
    return _("{level} interval").format(level=numbers.level(level))


def interval_columns(heading: str, name: str, *, on_page: bool = True, in_data: bool = True) -> tuple[Column, ...]:
    """The interval of a figure: as text on the page, its ends in the data."""
    text = Column(f"{name}_interval", heading, on_page=on_page, in_data=False)
    return text, *data_columns(f"{name}_low", f"{name}_high", in_data=in_data)


def interval_cells(text: str, low: float | None, high: float | None) -> tuple[Cell, ...]:
    """What stands in them."""
    return Cell(text), *data_cells(low, high)


def notes(*lines: str) -> tuple[str, ...]:
    """The lines that say something."""
    return tuple(line for line in lines if line)


def finite(x: float) -> float | None:
    """The number, or None for nan and infinity."""
    return float(x) if math.isfinite(x) else None


def finite_at(i: int, *arrays: np.ndarray) -> list[float | None]:
    """Numbers of one item from several arrays."""
    return [finite(array[i]) for array in arrays]
