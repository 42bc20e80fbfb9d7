"""Who answered: groups, response rates and what weighting costs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GroupRow:
    """One group; None stands for a number that is not shown to protect a small group."""

    name: str
    respondents: int | None
    share: float | None  # unweighted, 0..1
    weighted_share: float | None
    invited: int | None
    response_rate: float | None


@dataclass(frozen=True)
class Grouping:
    """All groups of one column."""

    column: str
    rows: tuple[GroupRow, ...]
    hidden: int  # groups that are not shown
    minimum: int  # smallest group that is shown


@dataclass(frozen=True)
class WeightSummary:
    minimum: float
    median: float
    maximum: float
    design_effect: float  # Kish: n sum w^2 / (sum w)^2
    effective_n: float


@dataclass(frozen=True)
class Profile:
    """Who answered one wave."""

    respondents: int
    invited: int | None
    response_rate: float | None
    weights: WeightSummary | None
    strata: int | None
    clusters: int | None
    groupings: tuple[Grouping, ...]
