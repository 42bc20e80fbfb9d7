"""[ranking] and [[model]]: how the obstacles are ranked, and the regressions beside the ranking."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from obstacles.survey.settings.values import Cells, Model, RegressionName, Text


class RankingSettings(Model):
    model: str = Field("auto", description="How obstacles are scored; auto: the default of the answers.")
    level: float = Field(0.95, gt=0.5, lt=1, description="Confidence level.")
    seed: int = Field(1, ge=0, description="Of all random draws.")


class RegressionSettings(Model):
    """[[model]]: a regression beside the ranking."""

    name: str = Field(min_length=1, description="Short name in files and output.")
    title: Text = Field(default_factory=dict, description="What the model asks, as a heading of the report.")
    kind: RegressionName = Field(description="Which regression; the methods page has the table.")
    formula: str = Field("", description="What stands right of ~: groups of [wave.columns] and capability means.")
    wave: str | None = Field(None, description="Id of the wave; the last one that has the groups when omitted.")
    where: dict[str, Cells] = Field(default_factory=dict, description="Only these groups: group name -> groups.")
    items: tuple[str, ...] = Field((), description="Items that are looked at; omit = all.")
    reference: dict[str, str] = Field(default_factory=dict, description="Group name -> the level others are held to.")
    levels: dict[str, Cells] = Field(default_factory=dict, description="Group name -> its levels in their order.")
    reference_item: str | None = Field(None, description="Worths are compared with this item; omit = with their mean.")
    numeric: Cells = Field((), description="Groups whose values are numbers.")
    unknown: dict[str, Cells] = Field(default_factory=dict, description="Group name -> values that mean: not known.")
    missing: Literal["complete", "impute"] = Field("complete", description="Complete cases, or multiple imputation.")
    imputations: int = Field(20, ge=2, le=200, description="Completed data sets where covariates are missing.")
    level: float | None = Field(None, gt=0.5, lt=1, description="Confidence level; that of [ranking] when omitted.")
    correction: Literal["holm", "bh", "none"] = Field("holm", description="Within the family of all rows.")
    link: Literal["logit", "probit", "identity"] | None = Field(None, description="severity and outcome.")
    outcome: str | None = Field(None, description="outcome and drivers: a capability mean, or a group of numbers.")
    ties: Literal["davidson-luce", "efron", "breslow", "exact"] = Field(
        "davidson-luce", description="rank_ordered_logit: how items with equal ranks are read."
    )
    item_formula: str | None = Field(
        None, description="rank_ordered_logit: worths by what items are: category, and the names of item_values."
    )
    item_values: dict[str, dict[str, float]] = Field(
        default_factory=dict, description="Name -> item id -> its number, for item_formula."
    )
    by_item: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="Name -> item id -> group whose number belongs to that item."
    )
    nominal: Cells = Field((), description="severity: terms with an effect of their own at every threshold.")
    spread: Cells = Field((), description="severity: terms on which the spread of the answers may depend.")
    random: str | None = Field(None, description="outcome: group with random effects, such as department.")
    classes: int = Field(4, ge=1, le=8, description="latent_classes: the most that are tried.")
    bootstrap: int | None = Field(None, ge=0, le=10_000, description="Samples drawn for intervals and tests.")
    seed: int | None = Field(None, ge=0, description="Of the random draws of imputation.")
