"""[capability]: levels and items of what people can do, and the columns of a wave that hold them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from obstacles.survey.settings.formats import ScaleLevel
from obstacles.survey.settings.sample import GroupSize
from obstacles.survey.settings.values import LANGUAGE, Cells, Model, Text

SCALES = ("obtain", "process", "apply")  # big data capability as Li and Luo define it: obtaining, processing, applying


class CapabilityColumns(Model):
    """[wave.capability]: item id -> column."""

    current: dict[str, str] = Field(default_factory=dict, description="The level people see themselves at.")
    required: dict[str, str] = Field(default_factory=dict, description="The level their work asks for.")
    importance: dict[str, str] = Field(default_factory=dict, description="How important it is for the work.")
    supervisor: dict[str, str] = Field(default_factory=dict, description="The level their supervisor sees them at.")


def _level(value: Any) -> Any:
    """{ value = 1, en = "Awareness", zh = "了解" }: the texts of a level stand beside its value, one per language."""
    if not isinstance(value, dict):
        return value
    texts = {key: text for key, text in value.items() if LANGUAGE.fullmatch(key) and isinstance(text, str)}
    rest = {key: kept for key, kept in value.items() if key not in texts}
    return {**rest, "label": {**value.get("label", {}), **texts}}


CapabilityLevel = Annotated[ScaleLevel, BeforeValidator(_level)]


class CapabilityItem(Model):
    """[[capability.item]]"""

    id: str = Field(description="Short name of the capability, the same in all waves.")
    label: Text = Field(default_factory=dict)
    short: Text = Field(default_factory=dict, description="Label for charts.")
    required: float | None = Field(None, description="One level for everybody.")
    required_from: Literal["role", "column"] | None = Field(
        None, description="The required level by role from [capability.required_table], or asked of each respondent."
    )
    scale: str | None = Field(
        None, description="obtain, process or apply, or another name of [capability.scale]: items meant as one scale."
    )


class Specialists(Model):
    """[capability] specialists: who counts as a specialist, by a group of [wave.columns]."""

    group: str = Field(description="A name of [wave.columns].")
    is_: Cells = Field(alias="is", description="Values of the group; everybody else is among the others.")


class Capability(Model):
    """[capability]: what people can do, and what their work asks for."""

    levels: tuple[CapabilityLevel, ...] = Field(
        (), description="From the lowest: { value = 0, en = ..., zh = ... }; cells hold values or these texts."
    )
    gap: Literal["shortfall", "signed"] = Field(
        "shortfall", description="max(0, required - current), or required - current, whose surplus cancels shortage."
    )
    rater: Literal["self", "supervisor", "both"] = Field(
        "self", description="Who rates the current level; both: supervisors beside the people themselves."
    )
    importance_scale: tuple[int, int] | None = Field(None, description="Least and largest answer on importance.")
    item: tuple[CapabilityItem, ...] = Field((), description="A capability.")
    scale: dict[str, Text] = Field(
        default_factory=dict, description="Names of scales; obtain, process and apply have names of their own."
    )
    specialists: Specialists | None = Field(
        None, description="Whose scales are shown beside those of the others: { group = ..., is = [...] }."
    )
    required_table: GroupSize | None = Field(None, description="A table with the columns role, item and required.")
