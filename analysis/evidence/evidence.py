"""The front door: surveys read -> the place of a category in each, the counts, the pools and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from obstacles.analysis.evidence.agreement import agreement
from obstacles.analysis.evidence.counts import count
from obstacles.analysis.evidence.pooling import FEWEST, Give, given, leading, one_vote, pool, verdict_of, without_each
from obstacles.analysis.evidence.printed import printed_evidence
from obstacles.analysis.evidence.raw import raw_evidence
from obstacles.analysis.evidence.result import Effect, Evidence, Part, RivalPart, SurveyEvidence
from obstacles.survey.evidence.load import EvidenceFiles, StudyWave
from obstacles.text.language import _
from obstacles.text.nearest import hint

POPULATIONS = ("government", "enterprise", "practitioners")  # shown first, in this order
PERIODS = (("big data", 0, 2017), ("AI", 2018, 2022), ("generative AI", 2023, 9999))  # the topic of those years
READINGS = ("narrow", "wide")


class EvidenceError(ValueError):
    """What was asked for is not in the surveys; the message says what is."""

    code = "E-EVI-16"


@dataclass(frozen=True)
class _Count:
    """A way of counting beside the one that was asked for."""

    name: str
    reading: str
    opt_outs: bool = True
    give: Give = leading
    series: bool = True
    kinds: tuple[str, ...] | None = None


def evidence(
    files: EvidenceFiles, *, category: str = "skills", reading: str = "narrow", level: float = 0.95
) -> Evidence:
    """Put many surveys beside each other.

    Parameters
    ----------
    files : EvidenceFiles
        As `load_evidence` reads them.
    category : str
        The category of the crosswalk whose place is asked for.
    reading : {"narrow", "wide"}
        Which column of the crosswalk counts.
    level : float
        Confidence level between 0.5 and 1.

    Returns
    -------
    Evidence
        Shares and differences are proportions.

    Raises
    ------
    EvidenceError
        For a category or reading that the crosswalk does not have, a level out of range, or no survey that asks for it.

    Examples
    --------
    >>> import obstacles as ob
    >>> result = ob.evidence(ob.load_evidence(["examples/skills-first", "examples/eurostat-ai"]))
    >>> result.counts.first, result.counts.surveys
    (12, 40)
    """
    if reading not in READINGS:
        raise EvidenceError(_('the reading is "narrow" or "wide", not "{reading}".').format(reading=reading))
    if not 0.5 < level < 1:
        raise EvidenceError(_("the level must be between 0.5 and 1, such as 0.95; it is {level}.").format(level=level))
    categories = tuple(dict.fromkeys(place.category(reading) for entry in files.surveys for place in entry.places))
    if category not in categories:
        message = _('no survey has an item of the category "{category}". {hint}')
        raise EvidenceError(message.format(category=category, hint=hint(category, categories)))
    surveys, not_asked, no_rival = _surveys(files, category, reading, opt_outs=True, level=level)
    if no_rival and not surveys:
        message = _('no survey prints another category beside "{category}": there is nothing to be first of.')
        raise EvidenceError(message.format(category=category))
    if not surveys:
        raise EvidenceError(_('no survey has an item of the category "{category}".').format(category=category))
    named = given(surveys)
    pooled = pool(named, level=level)
    counts = count(surveys, level=level)
    return Evidence(
        category=category,
        reading=reading,
        level=level,
        verdict=verdict_of(pooled, counts),
        surveys=tuple(surveys),
        not_asked=tuple(not_asked),
        no_rival=tuple(no_rival),
        counts=counts,
        series_counts=count(one_vote(surveys), level=level),
        poolable=len(named),
        pool=pooled,
        without=without_each(named, level=level) if pooled is not None else (),
        parts=tuple(_parts(surveys, level)),
        sensitivity=tuple(_sensitivity(files, surveys, category, reading, level)),
        rivals=tuple(_rivals(surveys, level)),
        categories=categories,
        agreement=agreement(files.surveys, level=level),
    )


def _surveys(
    files: EvidenceFiles, category: str, reading: str, *, opt_outs: bool, level: float
) -> tuple[list[SurveyEvidence], list[str], list[str]]:
    """Each survey's result, by population and year; the names of those whose list does not have the category, and of
    those that print no other."""
    found, not_asked, no_rival = [], [], []
    for entry in files.surveys:
        make = raw_evidence if isinstance(entry.survey, StudyWave) else printed_evidence
        result = make(entry, category, reading, opt_outs=opt_outs, level=level)
        if result is None:
            not_asked.append(entry.survey.survey)
        elif all(share.category == category for share in result.shares):
            no_rival.append(entry.survey.survey)
        else:
            found.append(result)
    order = {name: at for at, name in enumerate(POPULATIONS)}
    found.sort(key=lambda each: (order.get(each.population, len(order)), each.population, each.year or 0))
    return found, not_asked, no_rival


def _part(
    by: str,
    name: str,
    surveys: Sequence[SurveyEvidence],
    level: float,
    give: Give = leading,
    *,
    series: bool = True,
    counted: Sequence[SurveyEvidence] | None = None,
) -> Part:
    """Counts, pool and verdict of some of the surveys; `counted` are those of the counts where they are fewer."""
    named = given(surveys, give, series=series)
    pooled = pool(named, level=level)
    counts = count(surveys if counted is None else counted, level=level)
    return Part(by, name, counts, len(named), pooled, verdict_of(pooled, counts))


def _parts(surveys: Sequence[SurveyEvidence], level: float) -> list[Part]:
    """By population, by period and by kind of question."""
    found = []
    for population in dict.fromkeys(survey.population for survey in surveys):
        found.append(_part("population", population, [s for s in surveys if s.population == population], level))
    for name, first, last in PERIODS:
        chosen = [survey for survey in surveys if survey.year is not None and first <= survey.year <= last]
        if chosen:
            found.append(_part("period", name, chosen, level))
    for kind in dict.fromkeys(survey.kind for survey in surveys):
        found.append(_part("kind", kind, [survey for survey in surveys if survey.kind == kind], level))
    return found


def _sensitivity(
    files: EvidenceFiles, surveys: Sequence[SurveyEvidence], category: str, reading: str, level: float
) -> list[Part]:
    """The same question under other ways of counting."""
    ways = [
        _Count("narrow", "narrow"),
        _Count("wide", "wide"),
        *([_Count("by the second coder", "second")] if _coded_twice(files) else []),
        _Count("without no need", reading, opt_outs=False),
        _Count("each series once", reading),
        _Count("every survey", reading, series=False),
        _Count("selections only", reading, kinds=("select-all", "select-up-to-k")),
        _Count("any item, against", reading, give=lambda survey: survey.effect("any_against")),
        _Count("any item, for", reading, give=lambda survey: survey.effect("any_for")),
        _Count("cut lists, most", reading, give=_or_cut("cut_high")),
        _Count("cut lists, least", reading, give=_or_cut("cut_low")),
    ]
    found = []
    for way in ways:
        chosen: Sequence[SurveyEvidence] = surveys
        if way.reading != reading or not way.opt_outs:
            chosen, *_rest = _surveys(files, category, way.reading, opt_outs=way.opt_outs, level=level)
        if way.kinds is not None:
            chosen = [survey for survey in chosen if survey.kind in way.kinds]
        if chosen:
            counted = one_vote(chosen) if way.name == "each series once" else chosen
            found.append(_part("sensitivity", way.name, chosen, level, way.give, series=way.series, counted=counted))
    return found


def _coded_twice(files: EvidenceFiles) -> bool:
    return any(place.second for entry in files.surveys for place in entry.places)


def _or_cut(end: str) -> Give:
    """d of surveys that print the category, and one end of what cut lists leave open."""
    return lambda survey: survey.effect("leading") or survey.effect(end)


def _rivals(surveys: Sequence[SurveyEvidence], level: float) -> list[RivalPart]:
    """The category against each fixed rival: never only the favourable one."""
    found = []
    for rival in dict.fromkeys(each.rival for survey in surveys for each in survey.differences):
        values = [each.value for survey in surveys for each in survey.differences if each.rival == rival]
        named = given(surveys, _against(rival))
        found.append(
            RivalPart(
                rival=rival,
                surveys=len(values),
                ahead=sum(value > 1e-9 for value in values),
                level=sum(abs(value) <= 1e-9 for value in values),
                behind=sum(value < -1e-9 for value in values),
                poolable=len(named),
                pool=pool(named, level=level),
            )
        )
    return sorted((part for part in found if part.surveys >= FEWEST), key=lambda part: -part.surveys)


def _against(rival: str) -> Callable[[SurveyEvidence], Effect | None]:
    return lambda survey: survey.effect("leading", rival)
