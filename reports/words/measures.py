"""What each method's figures are called, what they mean, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from obstacles.analysis.scores import SCORES
from obstacles.analysis.scores.base import ScoreWords
from obstacles.reports.words import numbers
from obstacles.text.language import N_, _, translate

if TYPE_CHECKING:
    from obstacles.analysis.inference.estimate import Estimate
    from obstacles.analysis.ranking.result import Ranking


@dataclass(frozen=True)
class Measure:
    """The figures of one ranking in words."""

    method: ScoreWords
    percent: bool
    digits: int

    @property
    def heading(self) -> str:
        estimate = self.method.estimate
        return _("{measure}, %").format(measure=estimate) if self.percent else estimate

    def without_unit(self, x: float | None) -> str:
        """For columns and axes whose heading has the unit."""
        return numbers.bare_percent(x, self.digits) if self.percent else numbers.decimal(x, self.digits)

    def with_unit(self, x: float | None) -> str:
        """With its unit."""
        return numbers.percent(x, self.digits) if self.percent else numbers.decimal(x, self.digits)

    def interval(self, low: float | None, high: float | None) -> str:
        write = numbers.percent_interval if self.percent else numbers.interval
        return write(low, high, self.digits)


def measure_of(ranking: Ranking) -> Measure:
    """How the figures of a ranking are written."""
    words = score_words(ranking.model, ranking.estimate.k)
    return Measure(words, words.percent, 1 if words.percent else 2)


def score_words(score: str, k: int) -> ScoreWords:
    """A key of analysis.scores.SCORES in words of the language in use; k of a top-k share."""

    def text(message: str) -> str:
        return translate(message).format(k=k)

    words = SCORES[score].words
    name, estimate, measure, meaning = map(text, (words.name, words.estimate, words.measure, words.meaning))
    return replace(words, name=name, estimate=estimate, measure=measure, meaning=meaning)


def measure_in_words(estimate: Estimate) -> str:
    """What an estimate measures, such as "mean rank" or "top-3 share", as it stands inside a sentence."""
    return score_words(estimate.method, estimate.k).measure


# kinds of covariance
ERRORS = (N_("robust"), N_("replicate"), N_("model"), N_("at most"), N_("multinomial"), N_("none"))


def errors_in_words(kind: str) -> str:
    """What the errors of an estimate rest on."""
    return _(kind) if kind in ERRORS else kind
