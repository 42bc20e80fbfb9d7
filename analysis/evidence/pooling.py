"""Surveys put together: random effects, one vote per series, and no pool of fewer than five.

The mean of d over surveys with weights 1 / (variance + tau^2); tau by Paule and Mandel (1982), the interval by Hartung
and Knapp (2001) and Sidik and Jonkman (2002), as statsmodels.stats.meta_analysis has them, and never with an error
below that of the weights alone (Röver, Knapp and Friede 2015): surveys that agree by chance are no surer for it. The
prediction interval is that of Higgins, Thompson and Spiegelhalter (2009), with k - 2 degrees of freedom. Everything is
made twice, at the smallest and at the largest variances that the margins allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from scipy import stats

from obstacles.analysis.evidence.result import Counts, Effect, Pool, RandomEffects, SurveyEvidence, Verdict, Without

FEWEST = 5  # surveys that are pooled; fewer are only shown
FEWEST_RESPONDENTS = 10  # of a survey that is pooled: below, a difference is far from normal
FEWEST_WITHOUT = 3  # left when one is left out
NO_VARIANCE = 1e-10  # variance of a figure without error, so that it has a weight

Give = Callable[[SurveyEvidence], Effect | None]


def leading(survey: SurveyEvidence) -> Effect | None:
    """d to the first of the others, by the most named item of each category."""
    return survey.effect("leading")


def one_vote(surveys: Iterable[SurveyEvidence]) -> list[SurveyEvidence]:
    """The latest survey of each series whose certainty can be judged, else the latest.

    Of two in one year it is the one with more respondents, and of two alike the one in which the category stands lower.
    """
    latest: dict[str, SurveyEvidence] = {}
    for survey in surveys:
        other = latest.get(survey.series)
        if other is None or _vote(survey) > _vote(other):
            latest[survey.series] = survey
    return list(latest.values())


def _vote(survey: SurveyEvidence) -> tuple[bool, int, float, int]:
    return survey.sure != "no error", survey.year or 0, survey.n or 0.0, survey.place


def given(surveys: Iterable[SurveyEvidence], give: Give = leading, *, series: bool = True) -> list[tuple[str, Effect]]:
    """What surveys give to a pool, by name: those of several answers with ten respondents, one vote per series."""
    able = [survey for survey in surveys if give(survey) is not None and (survey.n or 0.0) >= FEWEST_RESPONDENTS]
    found = []
    for survey in one_vote(able) if series else able:
        effect = give(survey)
        assert effect is not None
        found.append((_name(survey), effect))
    return found


def _name(survey: SurveyEvidence) -> str:
    when = survey.when
    return survey.survey if when in survey.survey else f"{survey.survey} {when}"


def pool(named: Sequence[tuple[str, Effect]], *, level: float = 0.95, fewest: int = FEWEST) -> Pool | None:
    """The effects put together; None for fewer than `fewest`."""
    if len(named) < max(fewest, 3):
        return None
    effects = [effect for _name, effect in named]
    value = np.array([effect.value for effect in effects])
    ends = [np.array([getattr(effect, end) for effect in effects]) for end in ("smallest_variance", "largest_variance")]
    smallest, largest = (random_effects(value, variance, level=level) for variance in ends)
    return Pool(tuple(name for name, _effect in named), smallest, largest)


def random_effects(value: np.ndarray, variance: np.ndarray, *, level: float = 0.95) -> RandomEffects:
    """Random effects of k >= 3 surveys.

    Parameters
    ----------
    value, variance : (k,) arrays
        d of each survey and its sampling variance.
    """
    from statsmodels.stats.meta_analysis import combine_effects

    variance = np.maximum(variance, NO_VARIANCE)
    k = len(value)
    with np.errstate(divide="ignore", invalid="ignore"):  # surveys that all say the same have no Q to divide by
        combined = combine_effects(value, variance, method_re="iterated", use_t=True, alpha=1 - level)
    mean, tau2 = float(combined.mean_effect_re), max(float(combined.tau2), 0.0)
    weights_alone = 1 / float(np.sum(1 / (variance + tau2)))
    error = float(np.sqrt(np.fmax(combined.var_hksj_re, weights_alone)))
    q = float(combined.q)
    half = float(stats.t.isf((1 - level) / 2, k - 1)) * error
    reach = float(stats.t.isf((1 - level) / 2, k - 2)) * float(np.sqrt(tau2 + error**2))
    return RandomEffects(
        mean=mean,
        error=error,
        low=mean - half,
        high=mean + half,
        tau=float(np.sqrt(tau2)),
        i2=max(0.0, 1 - (k - 1) / q) if q > 0 else 0.0,
        q=q,
        prediction_low=mean - reach,
        prediction_high=mean + reach,
    )


def without_each(named: Sequence[tuple[str, Effect]], *, level: float) -> tuple[Without, ...]:
    """The pool again without each survey in turn."""
    found = []
    for at, (name, _effect) in enumerate(named):
        rest = pool([*named[:at], *named[at + 1 :]], level=level, fewest=FEWEST_WITHOUT)
        if rest is not None:
            found.append(Without(name, rest))
    return tuple(found)


def verdict_of(pooled: Pool | None, counts: Counts) -> Verdict:
    """Reproduced or refuted only where a new survey would nearly always say so.

    That is where the prediction interval lies wholly above or below 0 at both ends of the joint shares. Otherwise the
    first place is not established; "leading group" where the category is among the first three in most of at least five
    lists that print more than three, and not surely behind wherever that can be judged.
    """
    if pooled is not None:
        low, high = pooled.prediction
        if low > 0:
            return "reproduced"
        if high < 0:
            return "refuted"
    behind = 0 < counts.surely_not_first == counts.with_error
    among = counts.listed >= FEWEST and 2 * counts.in_three > counts.listed
    return "leading group" if among and not behind else "not established"
