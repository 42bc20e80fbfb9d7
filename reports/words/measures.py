"""What each method's figures are called, what they mean, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.words import numbers
from obstacles.reports.words.naming import capital
from obstacles.text.language import N_, _

if TYPE_CHECKING:
    from obstacles.analysis.ranking.result import Ranking


@dataclass(frozen=True)
class ScoreWords:
    """A method in words. `k` stands for the places of the top-k share."""

    name: str
    estimate: str  # what is estimated, as the heading of a column
    meaning: str


@dataclass(frozen=True)
class Measure:
    """The figures of one ranking in words."""

    method: ScoreWords
    percent: bool
    digits: int
    bars: bool  # a length from zero means something

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


def measure_of(ranking: Ranking, k: int) -> Measure:
    """How the figures of a ranking are written."""
    scale = ranking.estimate.display_scale
    percent = scale in ("worth", "proportion") or ranking.model == "published"
    method = method_of(ranking.model, k) if ranking.model in SCORE_WORDS else _unknown(ranking)
    return Measure(method, percent, 1 if percent else 2, bars=percent)


def _unknown(ranking: Ranking) -> ScoreWords:
    """A model without words of its own here: those of the analysis."""
    return ScoreWords(capital(ranking.model.replace("-", " ")), capital(ranking.measure), "")


def method_of(model: str, k: int) -> ScoreWords:
    """A model of analysis.scores.MODELS in words; its key where it has none here."""
    make = SCORE_WORDS.get(model)
    return make(k) if make else ScoreWords(capital(model.replace("-", " ")), _("Score"), "")


MEASURES = (  # as the analysis names them
    N_("worth"),
    N_("first-choice share"),
    N_("mean rank"),
    N_("Borda score"),
    N_("best minus worst"),
    N_("share"),
    N_("mean severity"),
    N_("relative importance index"),
    N_("mean points"),
    N_("published share"),
)
ERRORS = (  # kinds of covariance
    N_("robust"),
    N_("replicate"),
    N_("model"),
    N_("at most"),
    N_("multinomial"),
    N_("none"),
)


def in_words(measure: str) -> str:
    """A measure of the analysis, such as "mean rank" or "top-3 share", as it stands inside a sentence."""
    if top := re.fullmatch(r"top-(\d+) share", measure):
        return _("top-{k} share").format(k=top[1])
    return _(measure) if measure in MEASURES else measure


def errors_in_words(kind: str) -> str:
    """What the errors of an estimate rest on."""
    return _(kind) if kind in ERRORS else kind


SCORE_WORDS: dict[str, Callable[[int], ScoreWords]] = {  # a key of analysis.scores.MODELS -> its words
    "plackett-luce": lambda k: ScoreWords(
        _("Plackett-Luce"),
        _("Worth"),
        _(
            "The worth of an item is the estimated probability that it is ranked first among all; worths sum to "
            "100 %. Every place of every ranking counts: P(ranking) is the product over places of the worth of the "
            "item placed, divided by the worths of the items not yet placed (Luce 1959; Plackett 1975)."
        ),
    ),
    "plackett-luce-efron": lambda k: ScoreWords(
        _("Plackett-Luce, Efron's ties"),
        _("Worth"),
        _("Worths as by Plackett-Luce; items ranked equal have an order that is not known (Efron 1977)."),
    ),
    "plackett-luce-breslow": lambda k: ScoreWords(
        _("Plackett-Luce, Breslow's ties"),
        _("Worth"),
        _("Worths as by Plackett-Luce; items ranked equal are taken one by one from the same set (Breslow 1974)."),
    ),
    "plackett-luce-exact": lambda k: ScoreWords(
        _("Plackett-Luce, exact ties"),
        _("Worth"),
        _("Worths as by Plackett-Luce; items ranked equal are a set chosen together, given its size (Cox 1972)."),
    ),
    "first-choice": lambda k: ScoreWords(
        _("First-choice share"),
        _("First-choice share"),
        _("The share of respondents offered the item who ranked it first; a tie shares the vote."),
    ),
    "top-k": lambda k: ScoreWords(
        _("Top-{k} share").format(k=k),
        _("Top-{k} share").format(k=k),
        _("The share of respondents offered the item who ranked it among their first {k}.").format(k=k),
    ),
    "mean-rank": lambda k: ScoreWords(
        _("Mean rank"),
        _("Mean rank"),
        _("The mean of the ranks given to the item; 1 is the first place, so a smaller mean is a higher place."),
    ),
    "borda": lambda k: ScoreWords(
        _("Borda score"),
        _("Borda score"),
        _("The mean of points: as many as there are places for the first place, one less for each further place."),
    ),
    "bradley-terry": lambda k: ScoreWords(
        _("Bradley-Terry"),
        _("Worth"),
        _("Worths from comparisons in pairs: the odds that one item is put above another (Bradley and Terry 1952)."),
    ),
    "maxdiff": lambda k: ScoreWords(
        _("Best-worst scaling (maxdiff)"),
        _("Worth"),
        _("Worths from the choice of the best and the worst item of each set shown, as one pair."),
    ),
    "maxdiff-marginal": lambda k: ScoreWords(
        _("Best-worst scaling (marginal)"),
        _("Worth"),
        _("Worths from the choice of the best and, apart from it, the worst item of each set shown."),
    ),
    "maxdiff-sequential": lambda k: ScoreWords(
        _("Best-worst scaling (sequential)"),
        _("Worth"),
        _("Worths from the choice of the best item of each set shown, then the worst of those left."),
    ),
    "best-minus-worst": lambda k: ScoreWords(
        _("Best minus worst"),
        _("Best minus worst"),
        _("How often the item was best less how often it was worst, per time it was shown (−1 to 1)."),
    ),
    "share": lambda k: ScoreWords(
        _("Share chosen"),
        _("Share chosen"),
        _("The share of respondents offered the item who marked it."),
    ),
    "set-choice": lambda k: ScoreWords(
        _("Set-choice logit"),
        _("Worth"),
        _("Worths from which items were marked, given how many: respondents who mark many do not count for more."),
    ),
    "set-choice-all": lambda k: ScoreWords(
        _("Set-choice logit, full sets kept"),
        _("Worth"),
        _("The set-choice logit with the answers that marked as many items as were allowed."),
    ),
    "mean-severity": lambda k: ScoreWords(
        _("Mean severity"),
        _("Mean severity"),
        _("The mean of the ratings on the scale of the question, among those who rated the item."),
    ),
    "rii": lambda k: ScoreWords(
        _("Relative importance index"),
        _("Relative importance index"),
        _("The mean rating divided by the top of the scale; it orders the items as the mean does."),
    ),
    "points": lambda k: ScoreWords(
        _("Mean points"),
        _("Mean points"),
        _("The mean of the points given to the item among those who were offered it."),
    ),
    "ranked-ratings": lambda k: ScoreWords(
        _("Ranked ratings"),
        _("Worth"),
        _("Worths from the order of each respondent's ratings: distances between levels are dropped."),
    ),
    "published": lambda k: ScoreWords(
        _("Published share"),
        _("Published share"),
        _("The percentage printed in the source."),
    ),
}
