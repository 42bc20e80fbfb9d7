"""Sentences of a gap report, from tests and from figures as they are released; names of capabilities are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.gap.findings import full_share, more_and_fewer
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import marked, sentence_name, sentence_names
from obstacles.text.language import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstacles.reports.gap.findings import GapFindings

HALF = 0.5
STARTED = 3  # capabilities to start with; more of them are counted


def largest(f: GapFindings) -> str:
    """Which capabilities have the largest gaps, where tests separate them from all others."""
    if not f.shown:
        return _("Too few people answered to show any capability.")
    first = f.first
    if not first:
        return _no_largest(f)
    names = numbers.listing(sentence_names([f.release.items[j] for j in first]))
    shares = numbers.listing([full_share(f.group.rows[j].below) for j in first])
    hidden = hidden_rows(f)
    if hidden:
        message = ngettext(
            "Of the capabilities that are shown {names} has the largest gap by tests: {shares} are below the level "
            "that their work asks for. Hidden: {n}.",
            "Of the capabilities that are shown {names} have the largest gaps by tests: {shares} are below the level "
            "that their work asks for. Hidden: {n}.",
            len(first),
        )
        return message.format(names=names, shares=shares, n=numbers.count(hidden))
    message = ngettext(
        "{names} has the largest gap: {shares} are below the level that their work asks for. Tests separate it from "
        "all other capabilities.",
        "{names} have the largest gaps: {shares} are below the level that their work asks for. Tests separate them "
        "from all other capabilities.",
        len(first),
    )
    return message.format(names=names, shares=shares)


def hidden_rows(f: GapFindings) -> int:
    """Capabilities of which nothing is shown, so that no test looked at them."""
    return sum(row.below.cap == "hidden" for row in f.group.rows)


def _no_largest(f: GapFindings) -> str:
    """No capability leads by tests: all that are shown, or those of which anything is."""
    hidden = hidden_rows(f)
    if not hidden:
        return _("No single capability stands out: tests do not separate the largest gap from the others.")
    if len(f.group.rows) - hidden < 2:
        return _("Which capability has the largest gap is hidden, so that nobody's answer can be worked out.")
    message = ngettext(
        "Of the capabilities that are shown none stands out: tests do not separate the largest gap from the others. "
        "{n} is hidden.",
        "Of the capabilities that are shown none stands out: tests do not separate the largest gap from the others. "
        "{n} are hidden.",
        hidden,
    )
    return message.format(n=numbers.count(hidden))


def hidden_rest() -> str:
    """Where no difference from the rest can be shown: it is hidden, not absent."""
    return _(
        "How this group differs from the rest of the organisation is hidden, so that nobody's answer can be worked out."
    )


def elsewhere(f: GapFindings) -> str | None:
    """Where the group differs from everybody else by tests; None for the whole organisation."""
    if f.whole:
        return None
    compared = [(j, f.group.rows[j].compared) for j in f.order]
    told = sum(found is not None for _j, found in compared)
    if not told:
        return hidden_rest() if f.shown else None
    more, fewer = more_and_fewer(f.release.items, compared)
    if more and fewer:
        message = _(
            "More people than in the rest of the organisation are below the required level in {more}, and fewer in "
            "{fewer}."
        )
    elif more:
        message = _("More people than in the rest of the organisation are below the required level in {more}.")
    elif fewer:
        message = _("Fewer people than in the rest of the organisation are below the required level in {fewer}.")
    elif told == len(compared):
        message = _("In no capability do tests show a difference from the rest of the organisation.")
    else:
        message = _(
            "In none of the {n} capabilities that can be compared do tests show a difference from the rest of the "
            "organisation; the others are hidden."
        )
    return message.format(more=more, fewer=fewer, n=numbers.count(told))


def halves(f: GapFindings) -> tuple[int, int]:
    """Capabilities in which more than half are below the required level, and those whose share is shown."""
    rows = [f.group.rows[j].below for j in f.order]
    told = [share for share in rows if share.value is not None or share.cap in ("low", "high")]
    above = [share for share in told if share.cap == "high" or (share.value is not None and share.value > HALF)]
    return len(above), len(told)


def start_with(f: GapFindings) -> str | None:
    """The capabilities that are important and short, which the map shows too; None where tests name none."""
    if not f.start:
        return None
    names = sentence_names([f.release.items[j] for j in f.start])
    if len(names) > STARTED:
        message = _("{n} capabilities are important and below what is required, by tests: {names}.")
        return message.format(n=numbers.count(len(names)), names=numbers.listing(names))
    return _("Start with {names}: important, and below what is required.").format(names=numbers.listing(names))


def begin(f: GapFindings) -> tuple[str, ...]:
    """What to do first: by importance and gap where both are known, else by the largest gap."""
    return _by_gap(f) if not f.mapped else (_important_and_short(f), *_largest_beside(f))


def _important_and_short(f: GapFindings) -> str:
    """What tests say of importance and gap together, and what they could not look at."""
    names = numbers.listing(sentence_names([f.release.items[j] for j in f.start]))
    away = len(f.group.rows) - len(f.mapped)
    if f.start and away:
        message = ngettext(
            "By tests more important than most and below what is required: {names}. Hidden, so not looked at: {n}.",
            "By tests more important than most and below what is required: {names}. Hidden, so not looked at: {n}.",
            away,
        )
        return message.format(names=names, n=numbers.count(away))
    if f.start:
        message = _("By tests more important than most and below what is required: {names}.")
        return message.format(names=names)
    if away:
        message = _(
            "Of the {n} capabilities of which both are shown none is, by tests, more important than most and below "
            "what is required; the others are hidden. Choose by what the work needs next."
        )
        return message.format(n=numbers.count(len(f.mapped)))
    return _(
        "No capability is, by tests, both more important than most and below what is required. Choose by what the work "
        "needs next."
    )


def _largest_beside(f: GapFindings) -> Iterator[str]:
    """The largest gaps that are not among those to start with, and how important they are."""
    for less in (True, False):
        rest = [j for j in f.first if j not in f.start and _less_important(f, j) is less]
        if rest:
            names = numbers.listing(sentence_names([f.release.items[j] for j in rest]))
            yield _beside(less=less, hidden=hidden_rows(f) > 0).format(names=names)


def _beside(*, less: bool, hidden: bool) -> str:
    if less and hidden:
        return _("Largest of the gaps that are shown, but rated less important than most: {names}.")
    if less:
        return _("Largest gap, but rated less important than most: {names}.")
    if hidden:
        return _("Largest of the gaps that are shown, but not shown to be more important than most: {names}.")
    return _("Largest gap, but not shown to be more important than most: {names}.")


def _less_important(f: GapFindings, j: int) -> bool:
    row = f.group.rows[j]
    return row.position is not None and row.position[0] != "important"


def _by_gap(f: GapFindings) -> tuple[str, ...]:
    """What to do first where importance was not asked or cannot be shown."""
    first, hidden = f.first, hidden_rows(f)
    if not first and hidden:
        return (
            _("No single priority can be named: figures are hidden, so that nobody's answer can be worked out."),
            _("Choose by what the work needs next and by how important people find it."),
        )
    if not first:
        text = _(
            "No single priority: the data do not put one capability first. Choose by what the work needs next and by "
            "how important people find it."
        )
        return (text,)
    if hidden:
        names = numbers.listing([marked(sentence_name(f.release.items[j])) for j in first])
        message = _("Begin with {names}: the largest by tests of the gaps that are shown; others are hidden.")
        return (message.format(names=names),)
    names = numbers.listing([marked(sentence_name(f.release.items[j])) for j in first])
    text = ngettext(
        "Begin with {names}: tests separate its gap from all others.",
        "Begin with {names}: tests separate their gaps from all others, and not from each other.",
        len(first),
    ).format(names=names)
    if len(first) == 1:
        return (text,)
    return (text, _("Which of them comes first is for the team to decide."))


def title_of_gaps(f: GapFindings) -> str:
    """The finding of the first chart in a few words."""
    first = f.first
    if first:
        names = numbers.listing([marked(f.short_name(j)) for j in first])
        return ngettext("{names} has the largest gap", "{names} have the largest gaps", len(first)).format(names=names)
    above, told = halves(f)
    if not told:
        return _("The gaps of this group cannot be shown")
    message = ngettext(
        "In {n} of {m} capabilities more than half are below the required level",
        "In {n} of {m} capabilities more than half are below the required level",
        above,
    )
    return message.format(n=numbers.count(above), m=numbers.count(told))
