"""Sentences and names for what many surveys say of one category; every number comes from the result."""

from __future__ import annotations

from obstacles.analysis.evidence.result import Counts, Evidence, Part, Pool, SurveyEvidence
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import capital
from obstacles.text.language import N_, _, full_stop, joined, ngettext, semicolons

CATEGORIES = (
    N_("skills"),
    N_("staff numbers"),
    N_("cost"),
    N_("rules"),
    N_("technology"),
    N_("data"),
    N_("environment"),
    N_("thinking"),
    N_("sponsorship"),
    N_("business case"),
    N_("other"),
)
POPULATIONS = (N_("government"), N_("enterprise"), N_("practitioners"), N_("mixed"))
PERIODS = (N_("big data"), N_("AI"), N_("generative AI"))
KINDS = (N_("select-all"), N_("select-up-to-k"), N_("rating share"), N_("top-1"), N_("rank only"))
WAYS = (
    N_("narrow"),
    N_("wide"),
    N_("by the second coder"),
    N_("without no need"),
    N_("each series once"),
    N_("every survey"),
    N_("selections only"),
    N_("any item, against"),
    N_("any item, for"),
    N_("cut lists, most"),
    N_("cut lists, least"),
)
KNOWN = frozenset((*CATEGORIES, *POPULATIONS, *PERIODS, *KINDS, *WAYS))


def name(word: str) -> str:
    """A category, population, period, kind or way of counting in the language in use; other words as they are."""
    return _(word) if word in KNOWN else word


def survey_name(survey: SurveyEvidence) -> str:
    """Title and year, or title and wave."""
    if survey.when in survey.title:
        return survey.title
    return _("{title} {year}").format(title=survey.title, year=survey.when)


def verdict(e: Evidence) -> str:
    """The answer in one sentence, no stronger than the prediction interval allows."""
    text = {
        "reproduced": _('Reproduced: "{category}" comes first, and so it would in nearly every new survey.'),
        "refuted": _('Refuted: "{category}" does not come first, nor would it in nearly any new survey.'),
        "leading group": _('"{category}" is in the leading group; first place is not established.'),
        "not established": _('First place of "{category}" is not established.'),
    }[e.verdict]
    return text.format(category=name(e.category))


def headline(e: Evidence) -> str:
    """The verdict as a title."""
    text = {
        "reproduced": _("Reproduced: {category} first, and so in nearly every new survey"),
        "refuted": _("Refuted: {category} not first, nor in nearly any new survey"),
        "leading group": _("{category}: in the leading group, first place not established"),
        "not established": _("{category}: first place not established"),
    }[e.verdict]
    return capital(text.format(category=name(e.category)))


def counted(e: Evidence, *, three: bool = True) -> str:
    """First in k of m, perhaps among the first three, surely in j, surely not in l."""
    counts, series = e.counts, e.series_counts
    first = ngettext(
        "First alone in {first} of {surveys} survey and level with another in {tied}.",
        "First alone in {first} of {surveys} surveys and level with another in {tied}.",
        counts.surveys,
    )
    judged = _("Certainty can be judged in {judged}: surely first in {surely}, surely not first in {surely_not}.")
    if not counts.with_error:
        judged = _("None of them prints enough to judge how sure that is.")
    interval = _("One vote per series: first alone in {first} of {surveys} ({level} interval {interval}%).")
    return joined(
        [
            first.format(
                first=numbers.count(counts.first),
                surveys=numbers.count(counts.surveys),
                tied=numbers.count(counts.tied),
            ),
            *([in_three(counts)] if counts.listed and three else []),
            judged.format(
                judged=numbers.count(counts.with_error),
                surely=numbers.count(counts.surely_first),
                surely_not=numbers.count(counts.surely_not_first),
            ),
            interval.format(
                first=numbers.count(series.first),
                surveys=numbers.count(series.surveys),
                level=numbers.level(e.level),
                interval=numbers.percent_interval(series.low, series.high),
            ),
        ]
    )


def pooled(e: Evidence) -> str:
    """The pooled difference with both intervals, or why there is none."""
    if e.pool is None:
        message = ngettext(
            "Not pooled: {n} survey has shares of several answers and at least ten respondents; five are needed.",
            "Not pooled: {n} surveys have shares of several answers and at least ten respondents; five are needed.",
            e.poolable,
        )
        return message.format(n=numbers.count(e.poolable))
    message = _(
        "Pooled over {k} surveys: the category minus the next one is {mean} points ({level} interval {interval}); in a "
        "new survey of this form it would lie between {low} and {high}. Between surveys the standard deviation is "
        "{tau} points, and {i2} of the variation."
    )
    low, high = e.pool.prediction
    return message.format(
        k=numbers.count(e.pool.k),
        mean=ends(e.pool, "mean"),
        level=numbers.level(e.level),
        interval=numbers.points_interval(*e.pool.interval),
        low=numbers.points(low),
        high=numbers.points(high),
        tau=numbers.bare_percent(e.pool.largest.tau),
        i2=numbers.percent(e.pool.largest.i2, 0),
    )


def ends(pool: Pool, field: str) -> str:
    """A value at both ends of the joint shares, in points; one number where both are written the same."""
    low, high = sorted((getattr(pool.smallest, field), getattr(pool.largest, field)))
    written = numbers.points(low), numbers.points(high)
    return written[0] if written[0] == written[1] else numbers.points_interval(low, high)


def care() -> str:
    """What a reader of the verdict alone should know, in one sentence."""
    return _(
        "It speaks of these surveys: whoever put them together chose them, and their sponsors chose the lists of items."
    )


def assumptions() -> str:
    """What the pool takes for granted."""
    return _(
        "The pool takes questions that allow several answers for alike, printed numbers of respondents for simple "
        "random samples, and these surveys for a sample of all such surveys. Their sponsors chose the lists, and who "
        "put the surveys together chose the surveys: read it as what these say together. Surveys with one answer each, "
        "with an order only, without a number of respondents or with fewer than ten are counted and never pooled."
    )


def coders(e: Evidence) -> str:
    """How far two coders of the crosswalk agree; "" where one coded it."""
    found = e.agreement
    if found is None:
        return ""
    message = ngettext(
        "Two coders gave {n} item a category (narrow reading), the same in {same}.",
        "Two coders gave {n} items a category (narrow reading), the same in {same}.",
        found.items,
    ).format(n=numbers.count(found.items), same=numbers.count(found.agreed))
    if found.kappa is None:
        return joined([message, _("Both used one category alone: agreement beyond chance cannot be judged.")])
    kappa = _("Cohen's kappa {kappa} ({level} interval {interval}).").format(
        kappa=numbers.decimal(found.kappa, 2),
        level=numbers.level(e.level),
        interval=numbers.interval(found.low, found.high, 2),
    )
    return joined([message, kappa])


def disagreements(e: Evidence) -> list[str]:
    """Each item that the coders placed differently: where it stands, and both categories."""
    found = e.agreement.disagreements if e.agreement is not None else ()
    return [
        _("{survey}, “{item}”: {first}, or {second}").format(
            survey=_("{title} {year}").format(title=each.survey, year=each.year) if each.year else each.survey,
            item=each.item,
            first=name(each.first),
            second=name(each.second),
        )
        for each in found
    ]


def place(survey: SurveyEvidence) -> str:
    """ "1", "1=" where it shares the place, "3+" where it may be a later one."""
    return numbers.count(survey.place) + ("+" if survey.or_later else "=" if survey.shared else "")


def rank_set(survey: SurveyEvidence) -> str:
    """The places that are not ruled out; "2 or later" where a list was cut short."""
    low, high = survey.places or (None, None)
    if low is not None and high is None:
        return _("{place} or later").format(place=numbers.count(low))
    return numbers.rank_set(low, high)


def in_three(counts: Counts) -> str:
    """Among the first three in k of m lists that print more than three; "" where there are none."""
    if not counts.listed:
        return ""
    return ngettext(
        "Among the first three in {three} of the {listed} that prints more than three categories.",
        "Among the first three in {three} of the {listed} that print more than three categories.",
        counts.listed,
    ).format(three=numbers.count(counts.in_three), listed=numbers.count(counts.listed))


def share(survey: SurveyEvidence) -> str:
    """The share of the category's most named item in percent; "≤ 34" where a cut list leaves it off."""
    own = survey.share
    if own.lead is not None:
        return numbers.bare_percent(own.lead, 0)
    if own.high is not None:
        return "≤ " + numbers.bare_percent(own.high, 0)
    return numbers.MISSING


def next_share(survey: SurveyEvidence) -> str:
    """The share of the first of the other categories in percent."""
    lead = next((each.lead for each in survey.shares if each.category == survey.leader), None)
    return numbers.MISSING if lead is None else numbers.bare_percent(lead, 0)


def would_change(e: Evidence) -> list[str]:
    """What would change the verdict, a sentence each."""
    found = []
    if e.pool is not None:
        low, high = e.pool.prediction
        found.append(
            _(
                "First place would be established if the prediction interval ({low} to {high} points) lay above 0."
            ).format(low=numbers.points(low), high=numbers.points(high))
        )
    open_places = [survey for survey in e.surveys if survey.standing == "first" and survey.sure != "surely first"]
    needing = [
        (survey, survey.difference.break_even)
        for survey in open_places
        if survey.difference is not None and survey.difference.break_even is not None
    ]
    without_n = [
        _("{survey}: {n}").format(survey=survey_name(survey), n=numbers.count(needed))
        for survey, needed in needing
        if survey.n is None
    ]
    if without_n:
        message = _("First places without a printed number of respondents hold if it is at least this: {surveys}.")
        found.append(message.format(surveys=semicolons(without_n)))
    too_few = [
        _("{survey}: {n}, and {needed} are needed").format(
            survey=survey_name(survey), n=numbers.count(survey.n), needed=numbers.count(needed)
        )
        for survey, needed in needing
        if survey.n is not None and survey.n < needed
    ]
    if too_few:
        found.append(_("First places of too few respondents: {surveys}.").format(surveys=semicolons(too_few)))
    moved = _most_moving(e)
    return [*found, moved] if moved else found


def _most_moving(e: Evidence) -> str:
    """The survey without which the pool moves most."""
    if e.pool is None or not e.without:
        return ""
    mean = e.pool.largest.mean
    most = max(e.without, key=lambda without: abs(without.pool.largest.mean - mean))
    low, high = most.pool.prediction
    message = _('Without "{survey}" the pooled difference is {mean} points, in a new survey {low} to {high}.')
    return message.format(
        survey=most.survey, mean=ends(most.pool, "mean"), low=numbers.points(low), high=numbers.points(high)
    )


def not_counted(e: Evidence) -> list[str]:
    """The surveys that were read and say nothing of the place, a sentence for each reason."""
    reasons = (
        (e.not_asked, _("Not counted, as their whole lists have no item of the category: {surveys}")),
        (e.no_rival, _("Not counted, as they print no other category: {surveys}")),
    )
    return [full_stop(text.format(surveys=numbers.listing(names))) for names, text in reasons if names]


def part_row(part: Part) -> list[str]:
    """A way of counting: first, level, surely, surely not, of how many, the pool and its prediction."""
    counts = part.counts
    row = [counts.first, counts.tied, counts.surely_first, counts.surely_not_first, counts.surveys]
    pool = [numbers.MISSING] * 2
    if part.pool is not None:
        pool = [ends(part.pool, "mean"), numbers.points_interval(*part.pool.prediction, 0)]
    return [name(part.name), *(numbers.count(number) for number in row), *pool]
