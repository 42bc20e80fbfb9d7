"""What is safe to say of a ranking and what is not, and the same in a text for an e-mail.

Safe is what the winner test, the rank sets and the corrected tests by group carry; not safe are the sentences that
somebody would say of the sample and that these leave open.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from obstacles.reports.regression.words import variable_name
from obstacles.reports.wave import sentences
from obstacles.reports.wave.group_grid import group_name
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import bare, chart_name, cut, marked, plain, sentence_name
from obstacles.text.language import _, joined, label, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from obstacles.analysis.change.by_group import ByGroup, GroupCell
    from obstacles.reports.wave.findings import Findings

MOST = 5  # sentences of each kind
STEPS = 2  # of them on the order after the first place
PAIRS = 3  # pairs of neighbours that are named one by one
GROUPS = 2  # groups, and columns of groups, that are named
NAMED = 4  # names in one sentence
LONGEST = 60  # characters of a name beside others


def safe(f: Findings) -> tuple[str, ...]:
    """Up to five sentences that tests carry, names marked; none where nothing can be ranked."""
    if f.ranking.simultaneous is None:
        return ()
    first = () if f.ranking.headline.kind in ("flat", "nothing", "descriptive") else (_first(f),)
    return (*first, *_steps(f), *_groups_that_differ(f))[:MOST]


def not_safe(f: Findings) -> tuple[str, ...]:
    """Up to five sentences that the answers leave open, each with what is known instead."""
    if f.ranking.simultaneous is None or f.ranking.headline.kind == "nothing":
        return ()
    return (*_open_first(f), *_open_pairs(f), *_columns_without(f))[:MOST]


def email(f: Findings) -> str:
    """The finding in a few plain sentences, with the base and what the level means."""
    level = numbers.level(f.ranking.level)
    found = [bare(sentence) for sentence in safe(f)] or [bare(sentences.first_place(f.ranking, f.nouns))]
    closing = ""
    if f.ranking.simultaneous is not None:
        closing = _("What is said of the order holds for the whole list at once with {level} confidence.").format(
            level=level
        )
    return joined([_topic(f), *found[:3], _base(f), closing])


def _base(f: Findings) -> str:
    """How many answered, in words for everybody."""
    n, invited = f.profile.respondents, f.profile.invited
    if f.published or not n:
        return sentences.base(f)
    if invited:
        message = ngettext("{n} of {invited} person answered.", "{n} of {invited} people answered.", invited)
        return message.format(n=numbers.count(n), invited=numbers.count(invited))
    return ngettext("{n} person answered.", "{n} people answered.", n).format(n=numbers.count(n))


def _topic(f: Findings) -> str:
    return _("{title}, {wave}.").format(title=plain(label(f.study.title)) or f.study.id, wave=f.wave.id)


def _names(f: Findings, items: Sequence[int]) -> str:
    return numbers.listing([marked(_short(f, i)) for i in items])


def _short(f: Findings, i: int) -> str:
    """A name of a length that several fit into a sentence."""
    name = sentence_name(f.items[i])
    return name if len(name) <= LONGEST else cut(chart_name(f.items[i]), LONGEST)


def _first(f: Findings) -> str:
    return sentences.first_place(f.ranking, f.nouns)


def _steps(f: Findings) -> Iterator[str]:
    """Which groups of items come ahead of all that follow; the first place has its own sentence."""
    made = 0
    for place, tier in enumerate(f.tiers[:-1]):
        behind = [i for later in f.tiers[place + 1 :] for i in later]
        if (place == 0 and f.ranking.headline.kind == "clear") or len(tier) > NAMED or made == STEPS:
            continue
        made += 1
        if len(behind) <= NAMED:
            message = ngettext("{names} comes ahead of {behind}.", "{names} come ahead of {behind}.", len(tier))
            yield message.format(names=_names(f, tier), behind=_names(f, behind))
        else:
            message = ngettext(
                "{names} comes ahead of the {n} {nouns} that follow.",
                "{names} come ahead of the {n} {nouns} that follow.",
                len(tier),
            )
            yield message.format(names=_names(f, tier), n=numbers.count(len(behind)), nouns=f.nouns.several)


def _groups_that_differ(f: Findings) -> Iterator[str]:
    """The largest differences between a group and all respondents that hold after the correction."""
    held = [(found, *one) for found in f.groups for one in found.told if one[2].holds]
    held.sort(key=lambda one: -abs(one[3].difference or 0.0))
    for found, name, i, cell in held[:GROUPS]:
        yield _differs(found, name, i, cell)


def _differs(found: ByGroup, name: str, i: int, cell: GroupCell) -> str:
    assert cell.difference is not None
    more = cell.difference > 0
    if found.binary:
        message = (
            _("{item} is named more often in the group {group} than by all respondents ({difference} points).")
            if more
            else _("{item} is named less often in the group {group} than by all respondents ({difference} points).")
        )
        difference = numbers.points(cell.difference, 0)
    else:
        message = (
            _("{item} has a higher mean in the group {group} than among all respondents ({difference}).")
            if more
            else _("{item} has a lower mean in the group {group} than among all respondents ({difference}).")
        )
        difference = numbers.signed(cell.difference, 1)
    item = marked(sentence_name(found.items[i]))
    return message.format(item=item, group=group_name(name, found.column), difference=difference)


def _open_first(f: Findings) -> Iterator[str]:
    """That somebody is first, where more could be."""
    headline = f.ranking.headline
    if headline.kind == "clear" or headline.could_lead < 2:
        return
    if len(headline.leaders) == 1:
        message = _("That {name} is first: {n} of {m} {nouns} could be.")
        name = marked(sentence_name(f.items[headline.leaders[0]]))
    else:
        message, name = _("That one {noun} is first: {n} of {m} {nouns} could be."), ""
    yield message.format(
        name=name,
        noun=f.nouns.one,
        n=numbers.count(headline.could_lead),
        m=numbers.count(f.ranked),
        nouns=f.nouns.several,
    )


def _open_pairs(f: Findings) -> Iterator[str]:
    """Neighbours in the sample whose order the answers leave open."""
    if f.together is None:
        return
    ranked = [i for i in f.order if f.ranking.rank[i] > 0]
    leader = f.ranking.headline.leaders[0] if f.ranking.headline.kind == "clear" else None
    pairs = [(a, b) for a, b in pairwise(ranked) if f.together[a, b] and a != leader]
    for a, b in pairs[:PAIRS]:
        message = _("That {first} comes before {second}, or the reverse.")
        first, second = (marked(_short(f, i)) for i in (a, b))
        yield message.format(first=first, second=second)
    more = len(pairs) - PAIRS
    if more > 0:
        message = ngettext(
            "The order of {n} more pair of neighbours in the list.",
            "The order of {n} more pairs of neighbours in the list.",
            more,
        )
        yield message.format(n=numbers.count(more))


def _columns_without(f: Findings) -> Iterator[str]:
    """Columns of groups in which no difference holds."""
    none = [found for found in f.groups if found.told and not any(cell.holds for _name, _i, cell in found.told)]
    for found in none[:GROUPS]:
        yield _("That answers differ by {column}: no difference is shown, and none is ruled out.").format(
            column=variable_name(found.column)
        )
