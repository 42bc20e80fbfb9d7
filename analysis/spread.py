"""How the answers spread: what was answered, item by item, without a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey.question import Item, Level


@dataclass(frozen=True)
class Spread:
    """Weighted shares of answers.

    kind "positions": categories are the places 1..p (the last may stand for "p and below"), then what is left:
         "offered, not ranked"; rows sum to 1 over the respondents who were offered the item.
    kind "levels": categories are the levels of the scale from the least to the most severe; rows sum to 1 over those
         who rated the item.
    kind "selected": two categories, marked and not marked; rows sum to 1 over those who were offered the item.
    kind "published": one category, the published share.
    """

    kind: str
    items: tuple[Item, ...]
    share: np.ndarray  # (m, c)
    base: np.ndarray  # (m,) respondents
    places: int  # positions: how many places are categories of their own (0 for other kinds)
    last_is_rest: bool  # positions: the last place category stands for this place and all below it
    levels: tuple[Level, ...]  # levels: the scale, least severe first
    not_applicable: np.ndarray  # (m,) share of all asked who said "does not apply"
    chosen_count: np.ndarray  # (c+1,) selected: share of respondents who marked 0, 1, 2 ... items
    cap_hit: float | None  # selected with max_choices: share of respondents who marked that many
