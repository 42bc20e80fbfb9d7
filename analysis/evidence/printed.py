"""The place of a category in a printed table: exact, within the bounds of the margins, or by order only.

Rank sets of shares: "a is above b" is tested by the most named item of a against the sum of b's items, at the largest
variance that the margins and the printed digits allow, and by an exact sign test; the larger p-value counts. Holm's
method over the pairs that involve the category. The set
holds with the stated probability whatever went together in the answers.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from obstacles.analysis.evidence.bounds import (
    FEW,
    Range,
    above_by,
    break_even,
    census_factor,
    either_alone,
    exact_ends,
    ratio,
    sampled,
    sign_p,
    variance_ends,
)
from obstacles.analysis.evidence.result import (
    CategoryShare,
    Difference,
    Effect,
    Form,
    Standing,
    Sure,
    SurveyEvidence,
)
from obstacles.analysis.evidence.shares import PrintedCategory, categories_of, not_printed, share_of
from obstacles.analysis.inference.rank_sets import holm_rejections, sets_of
from obstacles.survey.evidence.load import EvidenceSurvey
from obstacles.survey.evidence.printed import PrintedSurvey

EQUAL = 1e-9


def printed_evidence(
    entry: EvidenceSurvey, category: str, reading: str, *, opt_outs: bool, level: float
) -> SurveyEvidence | None:
    """Where the category stands in one printed survey; None where its whole list has no item of it."""
    survey = entry.survey
    assert isinstance(survey, PrintedSurvey)
    printed = categories_of(survey, entry.places, reading, opt_outs=opt_outs)
    if not printed:
        return None
    shares = [share_of(each, survey) for each in printed]
    own = next((share for share in shares if share.category == category), None)
    if own is None and survey.whole:
        return None
    censored = own is None
    own = own or not_printed(category, survey)
    others = [share for share in shares if share.category != category]
    place, or_later, standing = place_of(own, others)
    differences = _differences(survey, own, others, printed, level)
    places = _places(survey, own, others, printed, level)
    leader = _leader(others)
    best = next((each for each in differences if each.rival == leader), None)
    form: Form = "order" if survey.unit == "rank" else "several" if survey.several else "one"
    effects = tuple(_effects(survey, own, others, printed)) if form == "several" else ()
    return SurveyEvidence(
        survey=survey.survey,
        title=survey.title or survey.survey,
        year=survey.year,
        wave="",
        series=entry.series,
        population=survey.population,
        country=survey.country,
        sponsor=survey.sponsor,
        question=survey.question,
        kind=survey.kind,
        form=form,
        n=survey.n,
        population_size=survey.population_size,
        raw=False,
        whole=survey.whole,
        source=survey.source,
        read_where=survey.read_where,
        shares=tuple(sorted(shares, key=_size)),
        share=own,
        censored=censored,
        place=place,
        or_later=or_later,
        standing=standing,
        sure=sureness(places, len(others) + 1),
        places=places,
        leader=leader,
        difference=best,
        differences=differences,
        any_low=own.low - max(share.high or 0.0 for share in others) if own.low is not None and others else None,
        any_high=own.high - max(share.low or 0.0 for share in others) if own.high is not None and others else None,
        effects=effects,
    )


def _size(share: CategoryShare) -> float:
    """A key by which the largest comes first."""
    if share.lead is not None:
        return -share.lead
    return float("inf") if share.rank is None else share.rank


def place_of(own: CategoryShare, others: list[CategoryShare]) -> tuple[int, bool, Standing]:
    """Place by the most named item of each category, whether it may be later, and first, tied or not."""
    later = own.lead is None and own.rank is None
    if later:  # left off a list that shows the leading ones, or named after those with a rank
        before = [share for share in others if share.lead is not None or share.rank is not None]
        return 1 + len(before), True, "not first" if before else "first"
    above = sum(_size(share) < _size(own) - EQUAL for share in others)
    level = sum(abs(_size(share) - _size(own)) <= EQUAL for share in others)
    standing: Standing = "not first" if above else "tied" if level else "first"
    return 1 + above, False, standing


def _leader(others: list[CategoryShare]) -> str:
    return min(others, key=_size).category if others else ""


def sureness(places: tuple[int, int | None] | None, categories: int) -> Sure:
    """Whether a category is first for sure, from the places that the figures allow."""
    if places is None or categories < 2:
        return "no error"
    return "surely first" if places[1] == 1 else "surely not first" if places[0] > 1 else "not sure"


def _joint(own: PrintedCategory, other: PrintedCategory) -> Range | None:
    """The printed share that named the leading items of both, with what its digits allow; None where there is none."""
    first, second = own.items[0], other.items[0]
    percent = second.joint.get(first.text, first.joint.get(second.text))
    return None if percent is None else (max(0.0, percent - 0.005) / 100, (percent + 0.005) / 100)


def _differences(
    survey: PrintedSurvey,
    own: CategoryShare,
    others: list[CategoryShare],
    printed: list[PrintedCategory],
    level: float,
) -> tuple[Difference, ...]:
    """The category against each other one, by the most named item of each; single answers by their sums."""
    if own.lead is None:
        return ()
    by_name = {each.name: each for each in printed}
    z = float(stats.norm.isf((1 - level) / 2))
    found = []
    for other in others:
        assert other.lead is not None
        d = own.lead - other.lead
        joint = _joint(by_name[own.category], by_name[other.category]) if survey.several else None
        middle = None if joint is None else sum(joint) / 2
        smallest, largest = variance_ends(own.lead, other.lead, several=survey.several, joint=middle)
        half = own.half_unit + other.half_unit
        errors: tuple[float, ...] | None = None
        low, high = None, None
        if survey.n is not None:
            factor = census_factor(survey.n, survey.population_size)
            errors = tuple(float(np.sqrt(sampled(each, d, survey.n) * factor)) for each in (smallest, largest))
            alone = either_alone(own.lead, other.lead, several=survey.several, joint=middle)
            low, high = _interval(d, z * errors[1], alone, survey.n / max(factor, EQUAL), level)
        found.append(
            Difference(
                rival=other.category,
                value=d,
                half_unit=half,
                smallest_error=None if errors is None else errors[0],
                largest_error=None if errors is None else errors[1],
                low=None if low is None else low - half,
                high=None if high is None else high + half,
                break_even=break_even(d, largest, z),
                joint_known=joint is not None,
            )
        )
    return tuple(sorted(found, key=lambda difference: difference.value))


def _interval(d: float, half: float, alone: tuple[float, float], n: float, level: float) -> tuple[float, float]:
    """The interval of d: where either of two was named alone by fewer than FEW, no narrower than the exact one."""
    if n * min(alone) >= FEW:
        return d - half, d + half
    low, high = exact_ends(*alone, n, level)
    return max(min(d - half, low), -1.0), min(max(d + half, high), 1.0)


def _places(
    survey: PrintedSurvey,
    own: CategoryShare,
    others: list[CategoryShare],
    printed: list[PrintedCategory],
    level: float,
) -> tuple[int, int | None] | None:
    """The category's rank set among those printed, open above where a cut list may go on before it; None without n or
    shares."""
    if survey.n is None or survey.unit == "rank" or not others:
        return None
    by_name = {each.name: each for each in printed}
    ranges = {name: each.ranges for name, each in by_name.items()}
    if own.category not in ranges:  # left off a cut list: anything up to the smallest printed share
        assert own.high is not None
        ranges[own.category] = [(0.0, own.high)]
    n = survey.n / max(census_factor(survey.n, survey.population_size), EQUAL)
    names = [own.category, *(share.category for share in others)]
    p = np.ones((len(names), len(names)))
    for at, name in enumerate(names[1:], 1):
        joint = None
        if survey.several and own.category in by_name:
            joint = _joint(by_name[own.category], by_name[name])
        p[0, at] = _p_above(ranges[own.category], ranges[name], n, survey.several, joint)
        p[at, 0] = _p_above(ranges[name], ranges[own.category], n, survey.several, joint)

    def reject(family: np.ndarray) -> np.ndarray:
        return holm_rejections(p, family, 1 - level)

    low, high, _separated = sets_of(reject, len(names), False)
    left_off = not survey.whole and high[0] == len(names)  # what was not printed may be before it as well
    return int(low[0]), None if left_off else int(high[0])


def _p_above(own: list[Range], other: list[Range], n: float, several: bool, joint: Range | None) -> float:
    """One-sided p-value of "own is no larger than other", the largest that the printed digits and margins allow."""
    if several:
        joint = joint if len(other) == 1 else None
        first, difference, variance = own[0][0], *above_by(own[0], other, several=True, joint=joint)
    else:
        total = (sum(each[0] for each in own), sum(each[1] for each in own))
        first, difference, variance = total[0], *above_by(total, other, several=False)
    second = min(1.0, sum(each[1] for each in other))  # names any of them, at most
    alone = either_alone(first, second, several=several, joint=None if joint is None else joint[0])
    return max(float(stats.norm.sf(ratio(difference, variance, n))), sign_p(*alone, n))


def _effects(
    survey: PrintedSurvey, own: CategoryShare, others: list[CategoryShare], printed: list[PrintedCategory]
) -> list[Effect]:
    """What the survey can give to pools; nothing without n or a rival."""
    if survey.n is None or not others:
        return []
    by_name = {each.name: each for each in printed}
    n = survey.n
    factor = census_factor(n, survey.population_size)

    def effect(how: str, other: CategoryShare, p: float, q: float, joint: float | None = None) -> Effect:
        smallest, largest = variance_ends(p, q, several=True, joint=joint)
        rounding = (own.half_unit**2 + other.half_unit**2) / 3  # of two errors, uniform within the last digit
        ends = [sampled(each, p - q, n) * factor + rounding for each in (smallest, largest)]
        return Effect(how, other.category, p - q, ends[0], ends[1])

    best = min(others, key=_size)
    assert best.lead is not None
    widest = max(others, key=lambda share: share.high or 0.0)
    if own.lead is None:
        assert own.high is not None
        return [effect("cut_high", best, own.high, best.lead), effect("cut_low", best, 0.0, best.lead)]
    found = []
    for other in sorted(others, key=_size):
        assert other.lead is not None
        joint = _joint(by_name[own.category], by_name[other.category])
        found.append(effect("leading", other, own.lead, other.lead, None if joint is None else sum(joint) / 2))
    assert own.high is not None
    assert widest.high is not None
    found.append(effect("any_against", widest, own.lead, widest.high))
    found.append(effect("any_for", best, own.high, best.lead))
    return found
