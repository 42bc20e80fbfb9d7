"""What a kind of regression is made of: when it does not apply, its fit, and its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from obstacles.analysis.regression.model import ModelInput
from obstacles.survey.answers import Answers
from obstacles.text.language import N_

Found = TypeVar("Found", covariant=True)


@dataclass(frozen=True)
class MeasureWords:
    """What a row estimates: the heading of its column, and what 1, or 0, means in it."""

    heading: str
    meaning: str


@dataclass(frozen=True)
class RegressionWords:
    """A Regression in words: messages marked by `N_`, which `reports` translates; it fills in {noun} and {outcome}."""

    name: str  # of the model, in a sentence on the method
    more: str  # what a row with a positive estimate says
    less: str
    measures: Mapping[str, MeasureWords]  # by `Regression.measure`
    events: tuple[str, str] | None = None  # how many {n} stand behind a single item, and behind each of several


@dataclass(frozen=True)
class RegressionKind(Generic[Found]):
    """One kind of regression. `reason_not_applicable` says why it does not apply to answers, or None.

    Keys of [[model]] that it knows stand in `survey.regression_kinds`. Results of a type of their own (associations,
    drivers, classes, trees) are spoken of by that type and need no words here.
    """

    reason_not_applicable: Callable[[Answers], str | None]
    fit: Callable[[ModelInput], Found]
    words: RegressionWords | None = None


WORTH_RATIO = MeasureWords(
    heading=N_("Worth ratio"),
    meaning=N_(
        "A worth ratio of 2 means that the {noun}, relative to the others, weighs twice as much as it does in the "
        "group it is held against; 1 is no difference."
    ),
)
DIFFERENCE = MeasureWords(
    heading=N_("Difference"),
    meaning=N_("Differences are in units of {outcome}; 0 is no difference."),
)
MARKS = (N_("Marks: {n}."), N_("Marks: {n} for each {noun}."))
