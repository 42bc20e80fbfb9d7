"""[obstacles] and its items: the question that is asked."""

from __future__ import annotations

from pydantic import Field

from obstacles.survey.settings.values import Direction, ItemKind, ItemOrder, Model, Text


class ItemSettings(Model):
    """[[obstacles.item]]"""

    id: str = Field(description="Short name of the item, the same in all waves.")
    label: Text = Field(default_factory=dict)
    short: Text = Field(default_factory=dict, description="Label for charts.")
    kind: ItemKind | None = Field(
        None,
        description='An option that is shown with its share and never ranked: "other" (Other, please specify), '
        '"none" (None of these) or "opt_out" (Don\'t know, Prefer not to say).',
    )
    category: str | None = Field(
        None, description="Id of the category that it counts for in `rank --by-category`; an opt-out has none."
    )
    since: str | None = Field(None, description="Id of the first wave that asked the item.")
    until: str | None = Field(None, description="Id of the last wave that asked it.")


class Obstacles(Model):
    """[obstacles]: the one question of the study; an instrument's items are merged in when the file is read."""

    question: Text = Field(default_factory=dict, description="Exact wording.")
    noun: Text = Field(default_factory=dict, description='What one item is called: { en = "obstacle" }.')
    nouns: Text = Field(default_factory=dict, description='What several are called: { en = "obstacles" }.')
    instrument: str | None = Field(None, description="A built-in instrument whose items are used.")
    select: tuple[str, ...] = Field((), description="Ids of the instrument's items that were asked; omit = all.")
    item_order: ItemOrder | None = Field(
        None, description="Whether items were shown in random order to each respondent."
    )
    direction: Direction | None = Field(None, description="Which end of ranks or ratings is the largest obstacle.")
    codebook: str | None = Field(None, description="A CSV or Excel table of the items, beside the study file.")
    item: tuple[ItemSettings, ...] = Field((), description="An item of the question.")
    category: dict[str, Text] = Field(
        default_factory=dict, description='Names of categories, in their order: { people = { en = "People" } }.'
    )
