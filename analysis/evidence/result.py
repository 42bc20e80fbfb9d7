"""Results of `evidence`: typed values that do not change, with all that a page needs.

Shares and differences are proportions (0.53, 0.04); `d` is the category minus another, above 0 where it leads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

Form = Literal["several", "one", "order"]  # several answers, one answer, the order only
Standing = Literal["first", "tied", "not first"]
Sure = Literal["surely first", "surely not first", "not sure", "no error"]  # "no error": no n, or the order only
Verdict = Literal["reproduced", "refuted", "leading group", "not established"]


@dataclass(frozen=True)
class CategoryShare:
    """A category in one survey."""

    category: str
    items: tuple[str, ...]  # those printed, the most named first; () = none
    lead: float | None  # share of its most named item (single answers: the sum); None = not printed, or order only
    low: float | None  # the share that names any item of it lies between `low` and `high`
    high: float | None
    half_unit: float = 0.0  # of the last printed digit of `lead`
    rank: int | None = None  # order only: the best rank of its items; None = not ranked


@dataclass(frozen=True)
class Difference:
    """The category minus one rival in one survey, by the most named item of each."""

    rival: str
    value: float
    half_unit: float  # by how much rounding may have moved `value`
    smallest_error: float | None  # standard error at the largest joint share; None = n not known
    largest_error: float | None  # at the smallest joint share
    low: float | None  # interval with the largest error, rounding outward
    high: float | None
    break_even: int | None  # n from which the interval excludes 0 whatever the joint share; None = they are equal
    joint_known: bool = False


@dataclass(frozen=True)
class Effect:
    """What one survey gives to a pool: d and its variance at both ends of the joint share."""

    how: str  # "leading", "any_against", "any_for", "cut_high" or "cut_low"
    rival: str
    value: float
    smallest_variance: float
    largest_variance: float


@dataclass(frozen=True)
class SurveyEvidence:
    """One survey: where the category stands in it, and how surely."""

    survey: str  # its name, or the id of a study
    title: str  # what a page calls it
    year: int | None
    wave: str  # of a raw study; "" = a printed table
    series: str
    population: str
    country: str
    sponsor: str
    question: str
    kind: str  # "select-all", "select-up-to-k", "rating share", "top-1" or "rank only"
    form: Form
    n: float | None
    population_size: float | None
    raw: bool  # True: counted from respondents' answers
    whole: bool  # the whole list was printed
    source: str
    read_where: str
    shares: tuple[CategoryShare, ...]  # the largest first
    share: CategoryShare  # of the category asked about
    censored: bool  # not printed, in a list that shows the leading items: at most `share.high`
    place: int  # by the most named item of each category; of a raw study by the share that names any item
    or_later: bool  # the place is the best that is possible
    standing: Standing
    sure: Sure
    places: tuple[int, int | None] | None  # ranks that are not ruled out, by any item of a category; (1, None): 1 or
    # later, as a list that was cut short left off what may be before
    leader: str  # the first of the other categories; "" = no other was printed
    difference: Difference | None  # to the first of the others
    differences: tuple[Difference, ...]  # to each other that was printed
    any_low: float | None  # d where several items of a category are counted against it, and for it
    any_high: float | None
    effects: tuple[Effect, ...]

    @property
    def when(self) -> str:
        """The wave of a raw study, or the year; "" where neither is known."""
        return self.wave or ("" if self.year is None else str(self.year))

    @property
    def shared(self) -> bool:
        """Whether another category stands at the same place."""
        if self.or_later:
            return False

        def size(share: CategoryShare) -> float | None:
            value = share.low if self.raw else share.lead
            return value if share.rank is None else share.rank

        own = size(self.share)
        others = [size(each) for each in self.shares if each.category != self.share.category]
        return any(own is not None and other is not None and abs(own - other) <= 1e-9 for other in others)

    def effect(self, how: str, rival: str | None = None) -> Effect | None:
        chosen = (effect for effect in self.effects if effect.how == how and rival in (None, effect.rival))
        return next(chosen, None)


@dataclass(frozen=True)
class Counts:
    """In how many surveys the category is first."""

    surveys: int
    first: int  # alone
    tied: int  # first together with another
    listed: int  # surveys that print more than three categories
    in_three: int  # of those: printed at place 1, 2 or 3
    with_error: int  # surveys in which the certainty can be judged
    surely_first: int
    surely_not_first: int
    low: float  # exact interval (Clopper and Pearson 1934) of the share of surveys in which it is first alone
    high: float


@dataclass(frozen=True)
class RandomEffects:
    """A pool under one assumption on the joint shares."""

    mean: float
    error: float  # Hartung and Knapp (2001)
    low: float  # interval of the mean, t with k - 1 degrees of freedom
    high: float
    tau: float  # standard deviation between surveys (Paule and Mandel 1982)
    i2: float  # share of the variation that is between surveys
    q: float
    prediction_low: float  # where a new survey's true d lies, t with k - 2 degrees of freedom
    prediction_high: float


@dataclass(frozen=True)
class Pool:
    """Surveys of one form put together: at the smallest and at the largest variances."""

    surveys: tuple[str, ...]
    smallest: RandomEffects
    largest: RandomEffects

    @property
    def k(self) -> int:
        return len(self.surveys)

    @property
    def interval(self) -> tuple[float, float]:
        return min(self.smallest.low, self.largest.low), max(self.smallest.high, self.largest.high)

    @property
    def prediction(self) -> tuple[float, float]:
        low = min(self.smallest.prediction_low, self.largest.prediction_low)
        return low, max(self.smallest.prediction_high, self.largest.prediction_high)


@dataclass(frozen=True)
class Part:
    """Some of the surveys: a population, a period, a form, or another way of counting."""

    by: str  # "population", "period", "kind" or "sensitivity"
    name: str
    counts: Counts
    poolable: int  # series with n and a difference
    pool: Pool | None  # None: fewer than five
    verdict: Verdict


@dataclass(frozen=True)
class Without:
    """The pool without one survey."""

    survey: str
    pool: Pool


@dataclass(frozen=True)
class RivalPart:
    """The category against one fixed rival in every survey that printed both."""

    rival: str
    surveys: int
    ahead: int
    level: int
    behind: int
    poolable: int
    pool: Pool | None


@dataclass(frozen=True)
class Disagreement:
    """One item to which two coders gave different categories."""

    survey: str
    year: str  # of a study the wave's id
    item: str
    first: str
    second: str


@dataclass(frozen=True)
class Agreement:
    """Two coders of the crosswalk, narrow reading."""

    items: int  # coded by both
    agreed: int
    kappa: float | None  # Cohen's; None where both used one category alone
    low: float | None
    high: float | None
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True)
class Evidence:
    """Many surveys beside each other."""

    category: str
    reading: str  # "narrow" or "wide"
    level: float
    verdict: Verdict
    surveys: tuple[SurveyEvidence, ...]  # by population, then year
    not_asked: tuple[str, ...]  # surveys whose whole list has no item of the category
    no_rival: tuple[str, ...]  # surveys that print no other category: nothing can be first or not
    counts: Counts
    series_counts: Counts  # one vote per series
    poolable: int
    pool: Pool | None  # one vote per series, surveys that allow several answers
    without: tuple[Without, ...]
    parts: tuple[Part, ...]  # by population, period and kind
    sensitivity: tuple[Part, ...]
    rivals: tuple[RivalPart, ...]
    categories: tuple[str, ...]
    agreement: Agreement | None = None  # of two coders; None = the crosswalk has one

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; what does not exist is null."""
        record = _plain(self)
        assert isinstance(record, dict)
        return record


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        record = {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
        if isinstance(value, Pool):
            record |= {"k": value.k, "interval": list(value.interval), "prediction": list(value.prediction)}
        return record
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
