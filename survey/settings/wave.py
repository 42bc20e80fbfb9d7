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
    column: str = Field(description="The column that says it.")
    is_: Cells = Field(alias="is", description="Its cells that mean yes.")


class WaveSettings(Model):
    """[[wave]]"""

    id: str = Field(description="Short name, such as the year.")
    title: Text = Field(default_factory=dict)
    file: str = Field(description="The file of answers, from the folder of the study file or of --data.")
    where: dict[str, Cells] = Field(default_factory=dict, description="Only rows whose columns hold these values.")
    exclude: dict[str, Cells] = Field(default_factory=dict, description="No rows whose columns hold these values.")
    long: LongColumns | None = Field(None, description="A file with a row per answer: its columns.")
    fieldwork: tuple[datetime.date, datetime.date] | None = Field(None, description="First and last day of the survey.")
    invited: int | None = Field(None, gt=0, description="People who were invited, for the response rate.")
    question: Text = Field(default_factory=dict, description="Overrides the question of [obstacles].")
    format: str = Field(description="How answers stand in the file.")
    direction: Direction | None = Field(None, description="Overrides the direction of [obstacles].")
    k: int | None = Field(None, ge=1, description="Places that could be filled; omit = all.")
    ties: bool = Field(False, description="Whether several items may share a rank.")
    blank: Blank | None = Field(
        None, description="What a blank cell of an item means: below every ranked one, not offered, or not answered."
    )
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
    cell: CellList | None = Field(None, description="All answers of a respondent in one cell.")
    max_choices: int | None = Field(None, ge=1, description="How many options could be marked.")
    other: bool = Field(False, description="Texts that are no item are counted as other answers.")
    none_of_these: Cells = Field((), description="Choices, or columns of them, that mean: none of the items.")
    scale: tuple[ScaleLevel, ...] = Field((), description="Levels of a rating, from the least to the most.")
    not_applicable: Cells = Field((), description="Cells that mean: does not apply. An answer, and no level.")
    slider: tuple[float, float] | None = Field(
        None, description="slider: the lowest and the highest number, as in [0, 100]."
    )
    total: float | None = Field(None, gt=0, description="points: what the points of a respondent sum to.")
    tolerance: float = Field(0.0, ge=0, description="points: how far a sum may be from the total.")
    rescale: bool = Field(False, description="points: sums within the tolerance are scaled to the total.")
    best_worst: BestWorstColumns | None = Field(None, description="best_worst: the columns of the tasks.")
    pairs: PairsColumns | None = Field(None, description="pairs: the columns of the comparisons.")
    count: str | None = Field(None, description="rank_counts: column that says how often a ranking was given.")
    positions: dict[str, str] | str = Field(
        default_factory=dict,
        description="Item id -> column of the place it was shown; or one column that lists the items by number.",
    )
    largest_tie: int | None = Field(None, ge=2, description="Most items that may share a place.")
    ties_overrun: bool = Field(False, description="A tie may run past the last place.")
    published: PublishedColumns | None = Field(None, description="published: the columns of the printed table.")
    several_answers: bool = Field(True, description="published: one respondent could name several items.")
    weighted: bool = Field(False, description="published: the table is weighted.")
    design_effect: float | None = Field(None, gt=0, description="published: of a weighted table.")
    offered: dict[str, dict[str, Cells]] = Field(default_factory=dict, description="Item id -> who was asked it.")
    sheet: str | None = Field(None, description="Excel: the sheet; the only one with content when omitted.")
    header_rows: int | None = Field(None, ge=1, description="Rows of the header; found when omitted.")
    skip: int = Field(0, ge=0, description="Rows above the header that are passed over.")
    names: Literal["first", "joined"] = Field(
        "first", description="Of several header rows: names from the first, or joined."
    )
    encoding: str | None = Field(None, description="Letters of a text file, such as utf-8; found when omitted.")
    delimiter: str | None = Field(None, description="What divides the cells of a text file; found when omitted.")
    decimal: Literal[".", ","] | None = Field(None, description="Decimal mark of numbers; found when omitted.")
    id_column: str | None = Field(None, description="Column of the ids of respondents.")
    panel_id: str | None = Field(None, description="Column that names the same person alike in every wave.")
    duplicates: Literal["error", "first", "last"] = Field(
        "error", description="What becomes of an id that occurs twice."
    )
    missing: dict[str, Cells] = Field(default_factory=dict, description="Named kinds of missing cells.")
    weight: str | None = Field(None, description="Column of the survey weights.")
    weight_description: Text = Field(default_factory=dict)
    duration: str | None = Field(None, description="Column of how long answering took.")
    finished: Finished | None = Field(None, description="Who finished the questionnaire; the others are left out.")
    test_rows: Finished | None = Field(None, description="Previews and tests: rows that are no answers.")
    date: str | None = Field(None, description="Column of the day or time of the answer.")
    date_order: Literal["ymd", "dmy", "mdy"] | None = Field(
        None, description="Order of day, month and year where the dates do not tell."
    )
    columns: dict[str, str] = Field(default_factory=dict, description="Group name -> column.")
    obstacles: dict[str, str] = Field(default_factory=dict, description="Item id -> column.")
    capability: CapabilityColumns | None = Field(None, description="Columns of the capabilities.")
    anchor: AnchorColumns | None = Field(None, description="A question with a known right answer.")
    note: Text = Field(default_factory=dict)
