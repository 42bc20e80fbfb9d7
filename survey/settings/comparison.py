"""[[comparison]]: waves of the study against each other."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from obstacles.survey.settings.values import Cells, CrosswalkStatus, Model, Text


class ItemsAt(Model):
    wave: str = Field(description="Id of the wave.")
    items: tuple[str, ...] = Field(description="Ids of the items there.")


class Crosswalk(Model):
    from_: ItemsAt = Field(alias="from", description="The items in the earlier wave.")
    to: ItemsAt = Field(description="The items in the later wave.")
    status: CrosswalkStatus = Field(description="What became of them; only the same and one-to-one ones are compared.")


class WaveFacts(Model):
    """[[comparison.wave]]: what of a wave's design bears on a comparison. Waves that state different things of one key
    are compared by order only."""

    id: str = Field(description="Id of the wave.")
    form: Text = Field(default_factory=dict, description="Form of the question, where its format does not tell it.")
    base: Text = Field(default_factory=dict, description="Who was asked.")
    routing: Text = Field(default_factory=dict, description="Which earlier answers led to the question.")
    mode: Text = Field(default_factory=dict, description="Web, telephone, paper ...")


class Break(Model):
    """breaks = [{ between, reason }]: levels before and after are not compared."""

    between: tuple[str, str] = Field(description="The waves between which the break lies.")
    reason: Text
    kind: Literal["form", "base", "routing", "mode", "flag"] = Field("flag", description="What changed.")
    items: tuple[str, ...] = Field((), description="Items concerned; omit = all.")


class Comparison(Model):
    """[[comparison]]: waves of the study against each other."""

    id: str = Field(description="Short name, for --comparison.")
    waves: tuple[str, ...] = Field(description="Two to twenty waves in their order.")
    where: dict[str, Cells] = Field(default_factory=dict, description="Only these groups: group name -> groups.")
    items: Literal["common"] = Field(
        "common", description="Items that are compared: those of all waves, or those named."
    )
    kind: Literal["repeated_cross_section", "panel"] = Field(
        "repeated_cross_section", description="Other persons in each wave, or the same ones again."
    )
    correction: Literal["holm", "bh"] = Field("holm", description="How p-values of several items are corrected.")
    smallest_change_of_interest: float | None = Field(
        None,
        gt=0,
        description="Percentage points of a share, or units of a rating scale: smaller changes do not matter.",
    )
    note: Text = Field(default_factory=dict)
    crosswalk: tuple[Crosswalk, ...] = Field((), description="Items that changed between waves.")
    wave: tuple[WaveFacts, ...] = Field((), description="What a wave did otherwise than the others.")
    breaks: tuple[Break, ...] = Field((), description="Waves between which levels do not compare.")
