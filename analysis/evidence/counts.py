"""In how many surveys a category is first, with an exact interval."""

from __future__ import annotations

from collections.abc import Sequence

from scipy import stats

from obstacles.analysis.evidence.result import Counts, SurveyEvidence

LEADING = 3  # places that make the leading group, in lists that print more categories than that


def count(surveys: Sequence[SurveyEvidence], *, level: float = 0.95) -> Counts:
    """Firsts, ties and certainties; the interval takes the surveys for independent ones of like kind."""
    first = sum(survey.standing == "first" for survey in surveys)
    listed = [survey for survey in surveys if len(survey.shares) > LEADING]
    low, high = clopper_pearson(first, len(surveys), level=level)
    return Counts(
        surveys=len(surveys),
        first=first,
        tied=sum(survey.standing == "tied" for survey in surveys),
        listed=len(listed),
        in_three=sum(survey.place <= LEADING and not survey.or_later for survey in listed),
        with_error=sum(survey.sure != "no error" for survey in surveys),
        surely_first=sum(survey.sure == "surely first" for survey in surveys),
        surely_not_first=sum(survey.sure == "surely not first" for survey in surveys),
        low=low,
        high=high,
    )


def clopper_pearson(k: int, m: int, *, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a binomial share of k in m (Clopper and Pearson 1934)."""
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else float(stats.beta.ppf(tail, k, m - k + 1))
    high = 1.0 if k == m else float(stats.beta.isf(tail, k + 1, m - k))
    return low, high
