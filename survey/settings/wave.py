"""[[wave]]: a file of answers, and how it is read."""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import Field

from obstacles.survey.settings.capability import CapabilityColumns
from obstacles.survey.settings.formats import (
    BestWorstColumns,
    CellList,
    LongColumns,
    PairsColumns,
    PublishedColumns,
    ScaleLevel,
)
from obstacles.survey.settings.values import Blank, Cells, Direction, Model, Text


class AnchorColumns(Model):
    """A ranking question with a known right answer, beside the obstacles."""

    column: str | None = Field(None, description="Column that says whether the answer was right.")
    right: Cells = Field(("1", "true", "yes"), description="Cells of column that mean: right.")
    ranks: dict[str, str] = Field(default_factory=dict, description="Name -> column of its rank.")
    answer: tuple[str, ...] = Field((), description="Names in their right order, the first places at least.")
    items: int | None = Field(None, ge=2, description="Items of the question; the number of ranks when omitted.")
    places: int | None = Field(None, ge=1, description="Places that had to be filled; all when omitted.")
    careful_miss: float = Field(
        0.0, ge=0, lt=1, description="Share of careful people who miss the question; 0 when omitted."
    )


class Finished(Model):
    column: str
    is_: Cells = Field(alias="is")


class WaveSettings(Model):
    """[[wave]]"""

    id: str
    title: Text = Field(default_factory=dict)
    file: str
    where: dict[str, Cells] = Field(default_factory=dict, description="Only rows whose columns hold these values.")
    exclude: dict[str, Cells] = Field(default_factory=dict, description="No rows whose columns hold these values.")
    long: LongColumns | None = Field(None, description="A file with a row per answer: its columns.")
    fieldwork: tuple[datetime.date, datetime.date] | None = None
    invited: int | None = Field(None, gt=0)
    question: Text = Field(default_factory=dict, description="Overrides the question of [obstacles].")
    format: str
    direction: Direction | None = None
    k: int | None = Field(None, ge=1, description="Places that could be filled; omit = all.")
    ties: bool = False
    blank: Blank | None = None
    first_rank: Literal[0, 1] = Field(1, description="rank_grid: the number of the first rank.")
    unranked: Cells = Field((), description="Cells that mean: left below every ranked item.")
    order: tuple[str, ...] = Field((), description="order_list: columns of the first, second ... place.")
    slots: tuple[str, ...] = Field((), description="multi_select: columns that each hold one of the choices.")
    values: dict[str, Cells] = Field(default_factory=dict, description="Item id -> texts in cells.")
    selected: Cells = Field((), description="Cells that mean: marked.")
    not_selected: Cells = Field((), description="Cells that mean: not marked, beside 0, no and the like.")
    none_marked: Literal["answered", "not_answered"] = Field(
        "answered", description="A column per option: what somebody is who marked none of them."
    )
    cell: CellList | None = None
    max_choices: int | None = Field(None, ge=1)
    other: bool = Field(False, description="Texts that are no item are counted as other answers.")
    none_of_these: Cells = Field((), description="Choices, or columns of them, that mean: none of the items.")
    scale: tuple[ScaleLevel, ...] = ()
    not_applicable: Cells = ()
    slider: tuple[float, float] | None = Field(
        None, description="slider: the lowest and the highest number, as in [0, 100]."
    )
    total: float | None = Field(None, gt=0, description="points: what the points of a respondent sum to.")
    tolerance: float = Field(0.0, ge=0, description="points: how far a sum may be from the total.")
    rescale: bool = Field(False, description="points: sums within the tolerance are scaled to the total.")
    best_worst: BestWorstColumns | None = None
    pairs: PairsColumns | None = None
    count: str | None = Field(None, description="rank_counts: column that says how often a ranking was given.")
    positions: dict[str, str] | str = Field(
        default_factory=dict,
        description="Item id -> column of the place it was shown; or one column that lists the items by number.",
    )
    largest_tie: int | None = Field(None, ge=2, description="Most items that may share a place.")
    ties_overrun: bool = Field(False, description="A tie may run past the last place.")
    published: PublishedColumns | None = None
    several_answers: bool = Field(True, description="published: one respondent could name several items.")
    weighted: bool = Field(False, description="published: the table is weighted.")
    design_effect: float | None = Field(None, gt=0, description="published: of a weighted table.")
    offered: dict[str, dict[str, Cells]] = Field(default_factory=dict, description="Item id -> who was asked it.")
    sheet: str | None = Field(None, description="Excel: the sheet; the only one with content when omitted.")
    header_rows: int | None = Field(None, ge=1)
    skip: int = Field(0, ge=0)
    names: Literal["first", "joined"] = "first"
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    id_column: str | None = None
    panel_id: str | None = None
    duplicates: Literal["error", "first", "last"] = "error"
    missing: dict[str, Cells] = Field(default_factory=dict, description="Named kinds of missing cells.")
    weight: str | None = None
    weight_description: Text = Field(default_factory=dict)
    duration: str | None = None
    finished: Finished | None = None
    test_rows: Finished | None = Field(None, description="Previews and tests: rows that are no answers.")
    date: str | None = Field(None, description="Column of the day or time of the answer.")
    date_order: Literal["ymd", "dmy", "mdy"] | None = None
    columns: dict[str, str] = Field(default_factory=dict, description="Group name -> column.")
    obstacles: dict[str, str] = Field(default_factory=dict, description="Item id -> column.")
    capability: CapabilityColumns | None = None
    anchor: AnchorColumns | None = None
    note: Text = Field(default_factory=dict)
