"""Which columns hold the answers, where a format needs more than an item's column."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from obstacles.survey.settings.values import LANGUAGE, Cells, Model, Text


class CellList(Model):
    """cell = { column, separator }: many choices in one cell; order_list takes them in their order."""

    column: str = Field(description="The column whose cells hold the list.")
    separator: str = Field(min_length=1, description='What stands between the choices; "json" for a list in JSON.')
    numbered: bool = Field(False, description='Each choice has the number of its place, as in "2. Skills; 1. Cost".')


class LongColumns(Model):
    """long = { respondent, item, value }: a row per answer; the rows of a respondent become one, with a column per item
    that is called "item column, value column [text of the item]"."""

    respondent: str = Field(description="Column of the respondent of a row.")
    item: str = Field(description="Column of the item of a row.")
    value: str | None = Field(None, description="Column of the rank, choice or rating; each row a choice when omitted.")


class ScaleLevel(Model):
    model_config = ConfigDict(json_schema_extra={"patternProperties": {f"^{LANGUAGE.pattern}$": {"type": "string"}}})

    value: float = Field(description="Number of the level; a larger one is more, unless direction says otherwise.")
    text: Cells = Field((), description="Texts of this level in cells; the value itself when omitted.")
    label: Text = Field(default_factory=dict)


class PublishedColumns(Model):
    item: str = Field(description="Column of the items.")
    share: str = Field(description="Column of the shares.")
    n: str | float | None = Field(None, description="Column of the sample size, or the number itself.")
    unit: Literal["percent", "proportion"] = Field("percent", description="Whether 0.7 or 70 means 70 %.")


class BestWorstColumns(Model):
    """Best-worst tasks: a pair of columns per task, or a row per task, or a row per item shown."""

    best: Cells = Field((), description="Column of the best item, one per task.")
    worst: Cells = Field((), description="Column of the worst item, one per task.")
    design: tuple[tuple[str, ...], ...] = Field((), description="Item ids shown in each task, in their order.")
    shown: tuple[tuple[str, ...], ...] = Field((), description="Columns that hold the items shown in each task.")
    task: str | None = Field(None, description="A row per item shown: column of the task.")
    item: str | None = Field(None, description="A row per item shown: column of the item.")
    choice: str | None = Field(None, description="A row per item shown: column of best, worst or neither.")
    best_is: Cells = Field(("1", "best"), description="Cells of choice that mean: the best.")
    worst_is: Cells = Field(("-1", "worst"), description="Cells of choice that mean: the worst.")


class PairColumn(Model):
    """One pair of items with a column of its own: the cell is the item preferred."""

    items: tuple[str, str] = Field(description="Ids of the two items, the first one first.")
    column: str = Field(description="The column of the answer.")


class PairsColumns(Model):
    """Comparisons of two items: a row per comparison, or a column per pair."""

    first: str | None = Field(None, description="Column of the item shown first.")
    second: str | None = Field(None, description="Column of the other item.")
    result: str | None = Field(None, description="Column that says which was preferred.")
    first_is: Cells = Field(("1", "first"), description="Cells of result: the first was preferred.")
    second_is: Cells = Field(("2", "second"), description="Cells of result: the second was preferred.")
    tie_is: Cells = Field(("0", "tie", "equal"), description="Cells that mean: neither.")
    wins: str | None = Field(None, description="Counts: how often the first was preferred.")
    losses: str | None = Field(None, description="Counts: how often the second was preferred.")
    ties: str | None = Field(None, description="Counts: how often neither was.")
    column: tuple[PairColumn, ...] = Field((), description="A column per pair.")
    order: bool = Field(False, description="The first item has an advantage of its own (order effect).")
