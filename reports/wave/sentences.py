"""Sentences about the ranking, generated from tests and never from sorted point estimates.

A clear leader is named by the winner test, "among the top" and "could be first" by simultaneous rank sets. Words of
cause are not used. Each function gives whole sentences with the names of items marked (words.naming); `headline`
is the one that other rooms call, with the names in quotation marks.
"""

from __future__ import annotations

from math import ceil, log2
from typing import TYPE_CHECKING

from obstacles.reports.words import numbers
from obstacles.reports.words.measures import measure_of
from obstacles.reports.words.naming import (
    Nouns,
    chart_name,
    cut,
    default_nouns,
    marked,
    quoted,
    sentence_name,
    sentence_names,
)
from obstacles.text.language import _, ngettext

if TYPE_CHECKING:
    from obstacles.analysis.ranking.result import Ranking
    from obstacles.reports.wave.findings import Findings

NAMED = 4  # names that a sentence lists one by one
NAMED_IN_TITLE = 60  # characters of a name in the title of a figure


def headline(ranking: Ranking, nouns: Nouns | None = None) -> str:
    """What may be said of the first place, in one sentence.

    Parameters
    ----------
    nouns : Nouns, optional
        What the items are called (`reports.words.naming.nouns_of`); obstacles by default.
    """
    return quoted(first_place(ranking, nouns or default_nouns()))


def first_place(ranking: Ranking, nouns: Nouns) -> str:
    """The headline with marked names."""
    found = ranking.headline
    if found.kind == "nothing":
        return _nothing(ranking, nouns)
    if found.kind == "flat" or _all_could_lead(ranking):
        return _flat(ranking, nouns)
    names = sentence_names([ranking.items[i] for i in found.leaders])
    if found.kind == "descriptive":
        return _descriptive(ranking, names)
    level, m = numbers.level(found.level), _ranked(ranking)
    if found.kind == "shared":
        message = _("{names} lead: the data do not say which of them is first.")
        if len(names) == 2:
            message = _("{names} lead: the data do not say which of the two is first.")
        return message.format(names=numbers.listing(names))
    if found.kind == "clear" or found.worst_rank == 1:
        message = _("{name} ranks first among the {m} {nouns} ({level} confidence).")
        return message.format(name=names[0], m=numbers.count(m), nouns=nouns.several, level=level)
    message = _("{name} is first in the sample and among the top {places} with {level} confidence.")
    return message.format(name=names[0], places=numbers.count(found.worst_rank), level=level)


def _ranked(ranking: Ranking) -> int:
    return int((ranking.rank > 0).sum())


def _all_could_lead(ranking: Ranking) -> bool:
    """Whether the rank sets leave the first place to every item and the winner test, which asks less, names none."""
    found = ranking.headline
    return found.kind != "clear" and ranking.simultaneous is not None and found.could_lead == _ranked(ranking)


def beside_the_winner(ranking: Ranking, nouns: Nouns) -> str:
    """Why rank sets leave open what the winner test has found; "" where they do not."""
    found, sets = ranking.headline, ranking.simultaneous
    if found.kind != "clear" or sets is None or int(sets.high[found.leaders[0]]) == 1:
        return ""
    message = _(
        "{name} is named first by the winner test, which looks at the first place alone; rank sets hold for all "
        "{nouns} at once and so reach further."
    )
    return message.format(name=marked(sentence_name(ranking.items[found.leaders[0]])), nouns=nouns.several)


def _nothing(ranking: Ranking, nouns: Nouns) -> str:
    m = _ranked(ranking)
    if m < 2:
        return _("There is nothing to rank: fewer than two {nouns} have an answer.").format(nouns=nouns.several)
    message = _("No {noun} stands out: the answers put all {m} {nouns} level.")
    return message.format(noun=nouns.one, m=numbers.count(m), nouns=nouns.several)


def _flat(ranking: Ranking, nouns: Nouns) -> str:
    m, could = _ranked(ranking), ranking.headline.could_lead
    few = _too_few(ranking)
    if few is not None:
        return few
    if ranking.simultaneous is None:
        message = _("No {noun} can be named first: the sample is too small to tell the {m} {nouns} apart.")
    elif could >= m:
        message = _("No {noun} stands out: each of the {m} {nouns} could be first.")
    else:
        message = _("No {noun} stands out: {could} of the {m} {nouns} could be first.")
    return message.format(noun=nouns.one, nouns=nouns.several, m=numbers.count(m), could=numbers.count(could))


def _too_few(ranking: Ranking) -> str | None:
    """Where even answers that all agree would show no order: how many would be needed."""
    sets = ranking.simultaneous
    fewest = 1 + ceil(-log2(1 - ranking.level) - 1e-9)  # the first whose sign test, 2 / 2^n, reaches 1 - level
    if sets is None or sets.units is None or sets.units >= fewest:
        return None
    message = ngettext(
        "With {n} answer no order can hold at {level}: {fewest} that all agree are the fewest.",
        "With {n} answers no order can hold at {level}: {fewest} that all agree are the fewest.",
        sets.units,
    )
    if ranking.estimate.base != sets.units:
        message = ngettext(
            "With {n} primary unit no order can hold at {level}: {fewest} that all agree are the fewest.",
            "With {n} primary units no order can hold at {level}: {fewest} that all agree are the fewest.",
            sets.units,
        )
    level = numbers.level(ranking.level)
    return message.format(n=numbers.count(sets.units), level=level, fewest=numbers.count(fewest))


def _descriptive(ranking: Ranking, names: list[str]) -> str:
    """A table without errors: what it prints, and why that is all that can be said."""
    first = ranking.headline.leaders[0]
    share = measure_of(ranking).with_unit(float(ranking.shown.value[first]))
    if ranking.estimate.base:
        message = ngettext(
            "{names} has the largest published share ({share}); the table is weighted and states no design effect, so "
            "the certainty of the order is unknown.",
            "{names} have the largest published share ({share}); the table is weighted and states no design effect, "
            "so the certainty of the order is unknown.",
            len(names),
        )
    else:
        message = ngettext(
            "{names} has the largest published share ({share}); no sample size is published, so the certainty of the "
            "order is unknown.",
            "{names} have the largest published share ({share}); no sample size is published, so the certainty of "
            "the order is unknown.",
            len(names),
        )
    return message.format(names=numbers.listing(names), share=share)


def beside_the_first(ranking: Ranking, nouns: Nouns) -> str | None:
    """What may be said of the others: who could be first too, who is next, or who is ruled out."""
    found, sets = ranking.headline, ranking.simultaneous
    if sets is None:
        return None
    m, order = _ranked(ranking), [int(i) for i in ranking.order]
    if found.kind == "clear":
        second = order[1]
        name, low, high = marked(sentence_name(ranking.items[second])), int(sets.low[second]), int(sets.high[second])
        level = numbers.level(sets.level)
        if high == 2:
            return _("{name} is in second place ({level} confidence).").format(name=name, level=level)
        if low == 1:  # the rank sets ask for more than the winner test, which has named the first
            message = _("{name} is second in the sample and among the top {high} with {level} confidence.")
        else:
            message = _("{name} is second in the sample; with {level} confidence its rank is between {low} and {high}.")
        return message.format(name=name, level=level, low=numbers.count(low), high=numbers.count(high))
    if found.kind == "among" and found.could_lead > 1:
        if len(found.leaders) > 1:
            others = sentence_names([ranking.items[i] for i in found.leaders[1:]])
            message = _("The data do not rule out that {names} is first instead.")
            return message.format(names=numbers.alternatives(others))
        message = _("In all, {could} of the {m} {nouns} could be first.")
        return message.format(could=numbers.count(found.could_lead), m=numbers.count(m), nouns=nouns.several)
    out = [i for i in order if sets.low[i] > 1]
    if not out or found.kind not in ("shared", "flat"):
        return None
    if len(out) <= NAMED:
        names = sentence_names([ranking.items[i] for i in out])
        return _("The data rule out first place for {names}.").format(names=numbers.listing(names))
    message = _("The data rule out first place for the other {n} {nouns}.")
    return message.format(n=numbers.count(len(out)), nouns=nouns.several)


def methods_agree(findings: Findings) -> str | None:
    """Whether the first place depends on the method; None where a single method applies."""
    compared = findings.methods
    q = len(compared.methods)
    if q < 2 or findings.ranking.headline.kind == "nothing":
        return None
    first = compared.first[0]
    if len(first) != 1:
        message = _("The same {nouns} share first place in the sample under {agree} of {q} methods.")
        return message.format(
            nouns=findings.nouns.several, agree=numbers.count(compared.agree_on_first), q=numbers.count(q)
        )
    name = marked(sentence_name(findings.items[first[0]]))
    if compared.agree_on_first == q:
        return _("{name} is first in the sample under {q} of {q} methods.").format(name=name, q=numbers.count(q))
    if findings.ranking.headline.kind == "clear":  # the test speaks of its own score
        message = _("By other scores another {noun} is first in the sample: {agree} of {q} methods put {name} first.")
        return message.format(
            name=name, noun=findings.nouns.one, agree=numbers.count(compared.agree_on_first), q=numbers.count(q)
        )
    message = _("{name} is first in the sample under {agree} of {q} methods: the first place depends on the method.")
    return message.format(name=name, agree=numbers.count(compared.agree_on_first), q=numbers.count(q))


def tiers_lead(findings: Findings) -> str:
    """How far the data divide the list."""
    found, nouns = findings.tiers, findings.nouns
    if not found:
        if findings.ranking.estimate.covariance is None:
            return _("The list is in the order of the published shares; how certain that order is cannot be known.")
        return _("The sample is too small for rank sets: the order below is that of the sample alone.")
    if len(found) == findings.ranked:
        return _("The data separate every one of the {m} {nouns} from every other.").format(
            m=numbers.count(findings.ranked), nouns=nouns.several
        )
    if len(found) == 1 and findings.ranking.headline.kind == "clear":
        return _("The rank sets, which hold for all {nouns} at once, draw no line through the list.").format(
            nouns=nouns.several
        )
    if len(found) == 1:
        return _(
            "No line can be drawn through the list: wherever it is cut, some {noun} above the cut cannot be told "
            "apart from one below it."
        ).format(noun=nouns.one)
    message = _(
        "The data divide the {m} {nouns} into {n} tiers: between tiers the order holds ({level} confidence), "
        "inside a shaded tier it is uncertain."
    )
    level = numbers.level(findings.ranking.level)
    return message.format(
        m=numbers.count(findings.ranked), nouns=nouns.several, n=numbers.count(len(found)), level=level
    )


def figure_title(findings: Findings) -> str:
    """The finding of the ranking in a few words."""
    ranking, nouns = findings.ranking, findings.nouns
    found = ranking.headline
    names = [marked(cut(chart_name(ranking.items[i]), NAMED_IN_TITLE)) for i in found.leaders]
    if found.kind == "nothing":
        return _("Nothing to tell apart")
    if found.kind == "flat" or _all_could_lead(ranking):
        return _("No {noun} stands out").format(noun=nouns.one)
    if found.kind == "descriptive":
        message = ngettext("{names} has the largest share", "{names} have the largest share", len(names))
        return message.format(names=numbers.listing(names))
    if found.kind == "shared":
        return _("{names} lead").format(names=numbers.listing(names))
    if found.kind == "clear" or found.worst_rank == 1:
        return _("{name} ranks first").format(name=names[0])
    if found.could_lead > 1:
        message = _("{name} is first in the sample; {n} {nouns} could be first")
        return message.format(name=names[0], n=numbers.count(found.could_lead), nouns=nouns.several)
    return _("{name} is first in the sample").format(name=names[0])


def base(findings: Findings) -> str:
    """Who is behind a chart or table of the whole wave."""
    estimate, weights = findings.ranking.estimate, findings.profile.weights
    if findings.published:
        if not estimate.base:
            return _("Base: not published.")
        return _("Base: {n}, as published.").format(n=numbers.count(estimate.base))
    low, high = bases(findings)
    if low != high:
        message = _("Base: {low} to {high} respondents for each {noun}.")
        if weights:
            message = _("Base: {low} to {high} respondents for each {noun}; weighted, effective n {effective}.")
        effective = numbers.count(weights.effective_n) if weights else ""
        return message.format(
            low=numbers.count(low), high=numbers.count(high), noun=findings.nouns.one, effective=effective
        )
    if weights:
        message = ngettext(
            "Base: {n} respondent; weighted, effective n {effective}.",
            "Base: {n} respondents; weighted, effective n {effective}.",
            high,
        )
        return message.format(n=numbers.count(high), effective=numbers.count(weights.effective_n))
    return ngettext("Base: {n} respondent.", "Base: {n} respondents.", high).format(n=numbers.count(high))


def bases(findings: Findings) -> tuple[int, int]:
    """The fewest and the most respondents behind an item."""
    each = [int(n) for n in findings.ranking.estimate.item_base]
    return min(each, default=0), max(each, default=0)


def rounding() -> str:
    """The note on rounded figures."""
    return _("Figures are rounded at the last step, so sums and differences may not match the figures shown.")
