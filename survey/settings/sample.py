"""Who counts and for how much: quality, weights, design, groups and what protects them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from obstacles.survey.settings.values import Audience, Cells, InvalidRanking, Model, ReplicateKind


class Flag(Model):
    """A sign of careless answers: flagged and kept, left out, or not looked for."""

    action: Literal["flag", "leave_out", "none"] = "flag"
    below_median_share: float | None = Field(None, gt=0, lt=1, description="speeder: of the median time; 0.4.")
    blocks: tuple[str, ...] = Field((), description='straightline: "obstacles", or "capability.current" and the like.')


class Partial(Model):
    keep_if_items_answered: int = Field(1, ge=1)


class Quality(Model):
    speeder: Flag | None = Field(None, description="Flagged where the wave has a duration, unless this says otherwise.")
    straightline: Flag | None = Field(None, description="Flagged in ratings of many items, unless this says otherwise.")
    outside_fieldwork: Literal["flag", "leave_out"] = "flag"
    invalid_ranking: InvalidRanking = "error"
    partial: Partial | None = None


class Weights(Model):
    method: Literal["none", "given", "rake"] | None = None
    margins: dict[str, str] = Field(default_factory=dict)
    trim: tuple[float, float] | None = None
    missing: Literal["error", "drop"] = "error"


class ReplicateWeights(Model):
    """Replicate weights: columns that each are a weight for the whole sample."""

    columns: Cells = Field(description='Columns, or one pattern such as "rep_*".')
    kind: ReplicateKind
    fay: float = Field(0.0, ge=0, lt=1, description="Fay's coefficient.")
    scale: float | None = Field(None, gt=0, description="By default what belongs to the kind.")
    rscales: tuple[float, ...] = ()
    combined: bool = Field(True, description="Each is a whole weight; false: a factor of the weight.")


class DesignSettings(Model):
    strata: str | None = Field(None, description="A group name or column.")
    cluster: str | None = None
    lonely: Literal["adjust", "average", "certainty", "fail"] = Field(
        "adjust",
        description="A stratum with a single primary unit: centred at the mean of all, no variance, or refused.",
    )
    replicates: ReplicateWeights | None = None
    population: str | float | None = Field(None, description='"invited", a number, a column, or "size".')


class GroupSize(Model):
    file: str


class Groups(Model):
    report_by: str | None = None
    split_by: tuple[str, ...] = ()
    aliases: dict[str, Cells] = Field(default_factory=dict)
    size: GroupSize | None = None


class Privacy(Model):
    audience: Audience | None = Field(
        None,
        description='Who is handed the reports: "owner", "organisation" or "public"; with [capability] or headcounts '
        "the organisation if omitted, else the owner.",
    )
    min_group: int = Field(10, ge=3)
    allow_small_groups: bool = Field(False, description="Needed for a min_group below 5.")
    complementary: bool = True
    cap_extremes: bool = True
    merge_small_into: str | None = None
    drop_columns: tuple[str, ...] = ()
