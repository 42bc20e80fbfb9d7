"""Respondents who rank at random: their share from an anchor question, and how it is taken out of a score.

Atsusaka and Kim (2025, Political Analysis 33): a ranking question with a known right answer is missed by who answers at
random, except by luck. With c the share of right answers and u the chance of luck, the careful are (c - u) / (1 - u).
What is asked is then a mixture of careful answers and uniform rankings, so a mean is corrected to
(mean - q x mean under uniform rankings) / (1 - q), q the share of random answers; the score equations of Plackett-Luce
are corrected in the same way. u is 1 / J! for full rankings of J items and (J - k)! / J! for k places (our extension).
It takes items shown in random order, or else random answers are not uniform. Errors include that q is estimated. Where
careful people miss the question, too, at a known rate, the share of right answers among them is 1 - this rate (Rogan
and Gladen 1978, American Journal of Epidemiology 107: 71); a rate that is not stated is taken as 0, and q is then too
large.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import perm

import numpy as np

from obstacles.analysis.inference.distributions import t_ppf
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.survey.answers import Anchor
from obstacles.text.language import _, commas

MISSES = (0.0, 0.05, 0.1)  # shares of careful people who miss the question, for the sensitivity of its share
LARGEST = 0.9  # share of random answers beyond which there is nothing left to correct


class RandomAnswerError(ValueError):
    """The share of random answers cannot be estimated or assumed; the message says why."""


@dataclass(frozen=True)
class RandomRate:
    """The share of respondents who rank at random."""

    share: float  # 0..1
    error: float  # standard error; 0 where the share is assumed
    influence: np.ndarray  # (n,) of the share
    refit: Callable[[np.ndarray], np.ndarray]  # (b, n) weights -> (b,) shares
    source: str  # "anchor" or "assumed"
    right: float | None = None  # share of right answers to the anchor
    luck: float | None = None  # chance of a right answer at random
    careful_miss: float = 0.0  # share of careful people who are taken to miss the anchor question

    @property
    def parameters(self) -> dict[str, float]:
        """For the record of a ranking."""
        found = {"random_answer_share": self.share}
        if self.right is not None and self.luck is not None:
            found |= {"random_answer_share_se": self.error, "anchor_right": self.right, "anchor_luck": self.luck}
            found |= {"anchor_careful_miss": self.careful_miss}
        return found

    @property
    def note(self) -> str:
        if self.source == "assumed":
            text = _("Scores are corrected for an assumed share of {share}% who rank at random.")
            return text.format(share=_percent(self.share))
        text = _(
            "Scores are corrected for respondents who rank at random: {share}% (standard error {error}%) by the "
            "anchor question. Errors include that of this share. It takes that {miss}% of careful people miss the "
            "question (careful_miss); {others}."
        )
        others = commas(
            _("were it {miss}%, the share would be {share}%").format(
                miss=f"{100 * miss:.0f}", share=_percent(self.under(miss))
            )
            for miss in MISSES
            if abs(miss - self.careful_miss) > 1e-9
        )
        return text.format(
            share=_percent(self.share), error=_percent(self.error), miss=_percent(self.careful_miss), others=others
        )

    def under(self, careful_miss: float) -> float:
        """The share of random answers if so many of the careful missed the anchor question."""
        assert self.right is not None
        assert self.luck is not None
        return random_share(self.right, self.luck, careful_miss)


def random_share(right: float, luck: float, careful_miss: float) -> float:
    """The share of random answers by the share of right ones; 0 where fewer miss than careful people alone would."""
    return max(1 - (right - luck) / (1 - careful_miss - luck), 0.0)


def anchor_rate(anchor: Anchor, sample: SurveyDesign, *, level: float = 0.95) -> RandomRate:
    """The share of random answers from an anchor question.

    Raises
    ------
    RandomAnswerError
        When nobody answered the anchor, or right answers are not clearly more frequent than luck.
    """
    luck = 1 / perm(anchor.items, anchor.places)
    weight = sample.weight * anchor.answered * sample.times
    if not weight.sum() > 0:
        raise RandomAnswerError(_("nobody answered the anchor question."))
    right = float(weight @ anchor.correct / weight.sum())
    influence = weight * (anchor.correct - right) / weight.sum()
    error = float(np.sqrt(sample.covariance(influence[:, None])[0, 0]))
    careful = 1 - anchor.careful_miss
    if careful <= luck:
        raise RandomAnswerError(_("careful people would answer the anchor question no better than by luck."))
    if right - t_ppf(level, max(sample.df, 1)) * error <= luck:
        message = _(
            "{right}% right answers to the anchor question are not clearly more than the {luck}% of luck, so the "
            "answers cannot be corrected."
        )
        raise RandomAnswerError(message.format(right=_percent(right), luck=_percent(luck)))

    def refit(weights: np.ndarray) -> np.ndarray:
        rows = weights * (anchor.answered * sample.times)
        found = (rows @ anchor.correct) / rows.sum(axis=1)
        return np.asarray(np.clip(1 - (found - luck) / (careful - luck), 0, LARGEST))

    return RandomRate(
        share=random_share(right, luck, anchor.careful_miss),
        error=error / (careful - luck),
        influence=-influence / (careful - luck),
        refit=refit,
        source="anchor",
        right=right,
        luck=luck,
        careful_miss=anchor.careful_miss,
    )


def unused_anchor_note(anchor: Anchor, sample: SurveyDesign) -> str:
    """What an anchor question says where scores are not corrected."""
    try:
        rate = anchor_rate(anchor, sample)
    except RandomAnswerError as error:
        return str(error)
    text = _("By the anchor question about {share}% rank at random; scores are not corrected for it.")
    return text.format(share=_percent(rate.share))


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def assumed_rate(share: float, sample: SurveyDesign) -> RandomRate:
    """A share of random answers that is assumed; it adds no error."""
    if not 0 <= share <= LARGEST:
        message = _("an assumed share of random answers is between 0 and {most}; it is {share}.")
        raise RandomAnswerError(message.format(most=LARGEST, share=share))
    return RandomRate(share, 0.0, np.zeros(sample.n), lambda weights: np.full(len(weights), share), "assumed")
