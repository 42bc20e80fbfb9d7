"""Who counts and for how much: quality, weights, design, groups and what protects them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from obstacles.survey.settings.values import LANGUAGE, Audience, Cells, InvalidRanking, Model, ReplicateKind, Text
from obstacles.text.group_words import ColumnWords, GroupWords
from obstacles.text.name_order import name_order


class Flag(Model):
    """A sign of careless answers: flagged and kept, left out, or not looked for."""

    action: Literal["flag", "leave_out", "none"] = Field("flag", description="What becomes of such answers.")
    below_median_share: float | None = Field(None, gt=0, lt=1, description="speeder: of the median time; 0.4.")
    blocks: tuple[str, ...] = Field((), description='straightline: "obstacles", or "capability.current" and the like.')


class Partial(Model):
    keep_if_items_answered: int = Field(1, ge=1, description="Answers on fewer items are left out.")


class Quality(Model):
    speeder: Flag | None = Field(None, description="Flagged where the wave has a duration, unless this says otherwise.")
    straightline: Flag | None = Field(None, description="Flagged in ratings of many items, unless this says otherwise.")
    outside_fieldwork: Literal["flag", "leave_out"] = Field(
        "flag", description="What becomes of answers on days outside fieldwork."
    )
    invalid_ranking: InvalidRanking = Field(
        "error", description="What becomes of rankings that give a rank twice or one that does not exist."
    )
    partial: Partial | None = Field(None, description="What becomes of answers on some items only.")


class Weights(Model):
    method: Literal["none", "given", "rake"] | None = Field(
        None, description="None, the weights of the file, or raked to margins."
    )
    margins: dict[str, str] = Field(
        default_factory=dict, description="rake: group -> table of its sizes in the population."
    )
    trim: tuple[float, float] | None = Field(
        None, description="rake: least and largest weight, as multiples of the mean."
    )
    missing: Literal["error", "drop"] = Field("error", description="What becomes of respondents without a weight.")


class ReplicateWeights(Model):
    """Replicate weights: columns that each are a weight for the whole sample."""

    columns: Cells = Field(description='Columns, or one pattern such as "rep_*".')
    kind: ReplicateKind = Field(description="How the replicates were made.")
    fay: float = Field(0.0, ge=0, lt=1, description="Fay's coefficient.")
    scale: float | None = Field(None, gt=0, description="By default what belongs to the kind.")
    rscales: tuple[float, ...] = Field((), description="A factor for each replicate; 1 when omitted.")
    combined: bool = Field(True, description="Each is a whole weight; false: a factor of the weight.")


class DesignSettings(Model):
    strata: str | None = Field(None, description="A group name or column.")
    cluster: str | None = Field(None, description="Primary sampling units: a group name or column.")
    lonely: Literal["adjust", "average", "certainty", "fail"] = Field(
        "adjust",
        description="A stratum with a single primary unit: centred at the mean of all, no variance, or refused.",
    )
    replicates: ReplicateWeights | None = Field(None, description="Replicate weights of the survey.")
    population: str | float | None = Field(None, description='"invited", a number, a column, or "size".')


class GroupSize(Model):
    file: str = Field(description="A CSV, or a workbook, beside the study file or the data.")
    sheet: str | None = Field(None, description="Excel: the sheet of the table; the only one with content if omitted.")
    skip: int = Field(0, ge=0, description="Rows above the header that are passed over.")
    group: str | None = Field(None, description="A name of [wave.columns]; found by the names of columns if omitted.")
    column: str | None = Field(None, description="Column of the group's names in the table; named like it if omitted.")
    number: str | None = Field(None, description="Column of the numbers of people; found by its name if omitted.")


def _value(value: Any) -> Any:
    """A value alone, or { value = "S", en = "Sales", zh = "销售部" }: texts stand beside it or under label."""
    if isinstance(value, str):
        return {"value": value}
    if not isinstance(value, dict):
        return value
    if "value" not in value and "id" in value:  # as items have it
        value = {"value" if key == "id" else key: kept for key, kept in value.items()}
    texts = {key: text for key, text in value.items() if LANGUAGE.fullmatch(key) and isinstance(text, str)}
    rest = {key: kept for key, kept in value.items() if key not in texts}
    own = rest.get("label", {})
    return {**rest, "label": {**({"en": own} if isinstance(own, str) else own), **texts}} if texts else rest


def _values(values: Any) -> Any:
    """{ Sales = { en = "Sales", zh = "销售部" } }: labels alone, as the keys of a TOML table have no order."""
    if not isinstance(values, dict):
        return values
    return [{"value": key, "label": text, "placed": False} for key, text in values.items()]


class GroupValue(Model):
    value: str = Field(description="The group as the data have it, or its name in aliases.")
    label: Text = Field(default_factory=dict, description="What it is called, per language.")
    placed: bool = Field(True, description="Whether its place in the list is its place in tables.")


class GroupColumn(Model):
    """[[groups.column]]: what a column of groups and its values are called, and the order of the values."""

    id: str = Field(description="A name of [wave.columns].")
    label: Text = Field(default_factory=dict, description="What the column is called, per language.")
    values: Annotated[
        tuple[Annotated[GroupValue, BeforeValidator(_value, json_schema_input_type=str | dict[str, Any])], ...],
        BeforeValidator(_values, json_schema_input_type=list[str | dict[str, Any]] | dict[str, Text]),
    ] = Field(
        (),
        description='A list, [{ value = "S", en = "Sales", zh = "销售部" }, ...], in the order in which they are '
        'shown; or a table, { S = { en = "Sales", zh = "销售部" } }, that gives labels and no order.',
    )


class Groups(Model):
    report_by: str | None = Field(None, description="The group that reports are made for, a name of [wave.columns].")
    split_by: tuple[str, ...] = Field((), description="Groups by which figures are split, names of [wave.columns].")
    aliases: dict[str, Cells] = Field(
        default_factory=dict, description='Group -> other spellings of it in the files: { Sales = ["sales", "SALES"] }.'
    )
    size: GroupSize | None = Field(None, description="A table of how many people each group has.")
    column: tuple[GroupColumn, ...] = Field((), description="Labels and order of groups.")

    @property
    def words(self) -> GroupWords:
        """What columns and values are called; what has no label keeps its name."""
        return {one.id: ColumnWords(one.label, {own.value: own.label for own in one.values}) for one in self.column}

    def sort_key(self, column: str) -> Callable[[str], tuple[int, object]]:
        """A key that sorts the values of a column: the stated ones in their order, then the others by name."""
        stated = [own for one in self.column if one.id == column for own in one.values if own.placed]
        place = {one.value: at for at, one in enumerate(stated)}
        return lambda name: (place.get(name, len(place)), name_order(name))

    def ordered(self, column: str) -> bool:
        """Whether the study file says in which order the values of a column stand."""
        return any(own.placed for one in self.column if one.id == column for own in one.values)


class Privacy(Model):
    audience: Audience | None = Field(
        None,
        description='Who is handed the reports: "owner", "organisation" or "public"; with [capability] or headcounts '
        "the organisation if omitted, else the owner.",
    )
    min_group: int = Field(10, ge=3, description="Respondents of the smallest group that is shown.")
    allow_small_groups: bool = Field(False, description="Needed for a min_group below 5.")
    complementary: bool = Field(True, description="Hide a further group where a hidden one could be worked out.")
    cap_extremes: bool = Field(True, description="Show shares near nobody and everybody as less or more than.")
    merge_small_into: str | None = Field(None, description="Name of a group that joins those too small to be shown.")
    drop_columns: tuple[str, ...] = Field((), description="Columns that are never kept.")
