"""Sentences about a comparison, generated from tests and never from sorted differences.

Up and down come from corrected p-values, "about the same" from equivalence tests, changes of rank from rank sets that
do not overlap. That nothing can be shown is never worded as if nothing had changed. Names of items are marked
(reports.words.naming).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from obstacles.analysis.change.items import EQUIVALENCE
from obstacles.reports.change.findings import Compared, Units, listed
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import Nouns, marked, quoted, sentence_name, sentence_names
from obstacles.survey.answers import Published
from obstacles.text.language import _, joined, ngettext, semicolons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from obstacles.analysis.change.items import ItemChanges
    from obstacles.analysis.change.result import Change

NAMED = 3  # items that a sentence lists with their figures
LISTED = 6  # items that it lists by name


def headlines(f: Compared, names: tuple[str, str]) -> list[str]:
    """Up to three sentences on the first side and the last; `names` are theirs."""
    makers = {
        "changed": _changed,
        "list": _list_alone,
        "within": _within,
        "none": _none,
        "order": _order,
        "descriptive": _descriptive,
    }
    made = [*makers[f.headline.kind](f, names), *_trend(f)]
    return [sentence for sentence in made if sentence][:3]


def headline(f: Compared) -> str:
    """The sentences with names in quotation marks, for a terminal."""
    return quoted(joined(headlines(f, (f.change.sides[0].id, f.change.sides[-1].id))))


def _changed(f: Compared, names: tuple[str, str]) -> list[str]:
    changes = semicolons((_moved(f, f.headline.up, up=True), _moved(f, f.headline.down, up=False)))
    text = _("Between {first} and {last}, {changes}.").format(first=names[0], last=names[1], changes=changes)
    return [text if changes else "", _less(f), _whole(f)]


def _moved(f: Compared, items: tuple[int, ...], *, up: bool) -> str:
    """ "Skills rose from 42.1 % to 49.0 %" for a few items, names for more."""
    verdicts = f.verdicts
    if verdicts is None or not items:
        return ""
    if verdicts.relative or len(items) > NAMED:
        text = _("{names} rose") if up else _("{names} fell")
        if verdicts.relative:
            text = _("{names} rose relative to the rest") if up else _("{names} fell relative to the rest")
        return text.format(names=_listed(f, items))
    message = _("{name} rose from {before} to {after}") if up else _("{name} fell from {before} to {after}")
    parts = [
        message.format(
            name=marked(sentence_name(f.items[i])),
            before=f.units.with_unit(float(verdicts.first[i])),
            after=f.units.with_unit(float(verdicts.second[i])),
        )
        for i in items
    ]
    return numbers.clauses(parts)


def _listed(f: Compared, items: Sequence[int]) -> str:
    return listed(sentence_names([f.items[i] for i in items]), LISTED)


def _less(f: Compared) -> str:
    smallest = None if f.verdicts is None else f.verdicts.rules.smallest
    if not f.headline.less or smallest is None:
        return ""
    message = _("{names} changed, but by less than {x}.")
    return message.format(names=_listed(f, f.headline.less), x=f.units.size(smallest))


def _whole(f: Compared) -> str:
    if f.main.homogeneity is None:
        return ""
    p = numbers.p_value(f.main.homogeneity.p)
    if f.headline.whole:
        return _("That the list as a whole is the same is rejected ({p}).").format(p=p)
    message = _("A test of all {nouns} at once does not show it (homogeneity test, {p}).")
    return message.format(nouns=f.nouns.several, p=p)


def _list_alone(f: Compared, names: tuple[str, str]) -> list[str]:
    test = f.main.homogeneity
    assert test is not None
    message = _(
        "Between {first} and {last} the list as a whole differs (homogeneity test, {p}), but of no single {noun} can a "
        "change be shown after correction."
    )
    return [message.format(first=names[0], last=names[1], p=numbers.p_value(test.p), noun=f.nouns.one)]


def _within(f: Compared, names: tuple[str, str]) -> list[str]:
    verdicts = f.main.verdicts
    assert verdicts is not None
    message = _(
        "No {noun} changed by more than {x} between {first} and {last} (all {m} equivalence tests, {alpha} level)."
    )
    m = int(verdicts.compared.sum())
    text = message.format(
        noun=f.nouns.one,
        x=f.units.size(verdicts.rules.smallest),
        first=names[0],
        last=names[1],
        m=numbers.count(m),
        alpha=numbers.level(EQUIVALENCE),
    )
    return [text, _less(f)]


def _none(f: Compared, names: tuple[str, str]) -> list[str]:
    """Nothing shown of items and list, what that does not mean, and what ranks and other tests show all the same."""
    verdicts, test = f.main.verdicts, f.main.homogeneity
    assert verdicts is not None
    moving = f.change.trend is not None and any(one in ("rising", "falling") for one in f.change.trend.verdict)
    if f.headline.ranks or f.headline.others or moving:
        return [_nothing_single(f, names), _others(f), certain_ranks(f) if f.headline.ranks else ""]
    if test is not None:
        message = _(
            "No change can be shown between {first} and {last}: no single {noun} changed after correction, and the "
            "list as a whole is compatible with no change (homogeneity test, {p})."
        )
        first = message.format(first=names[0], last=names[1], noun=f.nouns.one, p=numbers.p_value(test.p))
    else:
        message = _("No change can be shown between {first} and {last}: no single {noun} changed after correction.")
        first = message.format(first=names[0], last=names[1], noun=f.nouns.one)
    return [first, not_the_same(f, verdicts)]


def _nothing_single(f: Compared, names: tuple[str, str]) -> str:
    """What items and the list do not show, beside something else that is shown."""
    test = f.main.homogeneity
    if test is None:
        message = _("Of no single {noun} can a change be shown between {first} and {last} after correction.")
        return message.format(noun=f.nouns.one, first=names[0], last=names[1])
    message = _(
        "Of no single {noun} can a change be shown between {first} and {last} after correction, and a test of all "
        "{nouns} at once shows none (homogeneity test, {p})."
    )
    return message.format(
        noun=f.nouns.one, nouns=f.nouns.several, first=names[0], last=names[1], p=numbers.p_value(test.p)
    )


def _others(f: Compared) -> str:
    """What other tests of the list show, each by itself; "" where none does."""
    scale = f.main.scale
    sharper = scale is not None and scale.factor >= 1
    texts = {
        "overall level": _("the mean over all {nouns} moved ({p})"),
        "scale (Wald)": _("the {nouns} are told apart more sharply ({p})")
        if sharper
        else _("the {nouns} are told apart less sharply ({p})"),
        "re-ordering (Wald)": _("worths changed against each other ({p})"),
    }
    other = _("the orders are less alike than chance would make likely ({p})")
    found = [
        texts.get(test.name, other).format(nouns=f.nouns.several, p=numbers.p_value(test.p))
        for test in f.headline.others
    ]
    if not found:
        return ""
    level = numbers.level(1 - f.change.rules.level)
    return _("By other tests, each at the {level} level by itself, {findings}.").format(
        level=level, findings=numbers.clauses(found)
    )


def not_the_same(f: Compared, verdicts: ItemChanges) -> str:
    """What "no change can be shown" leaves open; "" where worths have no points."""
    if verdicts.relative:
        return ""
    counts = Counter(verdict for verdict, one in zip(verdicts.verdict, verdicts.compared, strict=True) if one)
    same = counts["about the same"]
    needed = verdicts.detectable[verdicts.compared]
    needed_x = f.units.sizes(float(needed.min()), float(needed.max()))
    x = verdicts.rules.smallest
    if x is None:
        message = _(
            "Nor is it shown that nothing changed: with these samples “about the same” could be said only against a "
            "smallest change of interest above {needed}, and none is stated."
        )
        return message.format(needed=needed_x)
    if same:
        message = ngettext(
            "{n} of {m} {nouns} is about the same: a change of {x} or more is ruled out ({alpha}, each by itself).",
            "{n} of {m} {nouns} are about the same: a change of {x} or more is ruled out ({alpha}, each by itself).",
            same,
        )
        return message.format(
            n=numbers.count(same),
            m=numbers.count(int(verdicts.compared.sum())),
            nouns=f.nouns.several,
            x=f.units.size(x),
            alpha=numbers.level(EQUIVALENCE),
        )
    message = _(
        "Nor is it shown that nothing changed: against a smallest change of interest of {x} these samples are too "
        "small (above {needed} would be needed)."
    )
    return message.format(x=f.units.size(x), needed=needed_x)


def _order(f: Compared, names: tuple[str, str]) -> list[str]:
    """Ranks alone."""
    reason = semicolons(cut.reason for cut in f.main.breaks)
    lead = _("Levels are not compared between {first} and {last}, only the order ({reason}).").format(
        first=names[0], last=names[1], reason=reason or _("the answers have no level")
    )
    if f.headline.ranks:
        return [certain_ranks(f), lead]
    return [first_in_both(f, names), same_order(f), lead]


def first_in_both(f: Compared, names: tuple[str, str]) -> str:
    """Who is first on both sides by their rank sets; "" where the sets leave more than one."""
    sets = (f.main.ranks.first.sets, f.main.ranks.second.sets)
    if sets[0] is None or sets[1] is None:
        return ""
    both = np.flatnonzero((sets[0].high == 1) & (sets[1].high == 1))
    if len(both) != 1:
        return ""
    name = marked(sentence_name(f.items[int(both[0])]))
    message = _("{name} ranks first in {first} and in {last} ({level} confidence).")
    level = numbers.level(f.change.rules.level)
    return message.format(name=name, first=names[0], last=names[1], level=level)


def same_order(f: Compared) -> str:
    """How many pairs keep their order for certain, where no rank changed for certain."""
    found = f.main.agreement
    if not f.sets_known or not found.settled_alike:
        return certain_ranks(f)
    message = ngettext(
        "Of {pairs} pair of {nouns}, {alike} is in the same order both times for certain; no change of rank is "
        "certain.",
        "Of {pairs} pairs of {nouns}, {alike} are in the same order both times for certain; no change of rank is "
        "certain.",
        found.pairs,
    )
    return message.format(
        pairs=numbers.count(found.pairs), nouns=f.nouns.several, alike=numbers.count(found.settled_alike)
    )


def certain_ranks(f: Compared) -> str:
    """Which ranks changed for certain."""
    level = numbers.level(f.change.rules.level)
    if not f.headline.ranks:
        message = _("No change of rank is certain: both rank sets of every {noun} overlap ({level} confidence).")
        return message.format(noun=f.nouns.one, level=level)
    ranks = f.main.ranks
    parts = []
    for i in f.headline.ranks:
        up = ranks.second.rank[i] < ranks.first.rank[i]
        text = (
            _("{name} moved up from rank {before} to {after}")
            if up
            else _("{name} moved down from rank {before} to {after}")
        )
        name = marked(sentence_name(f.items[i]))
        before, after = numbers.count(ranks.first.rank[i]), numbers.count(ranks.second.rank[i])
        parts.append(text.format(name=name, before=before, after=after))
    return _("{changes} ({level} confidence).").format(changes=listed(parts, NAMED), level=level)


def _descriptive(f: Compared, names: tuple[str, str]) -> list[str]:
    """Tables without errors: what they print, and why that is all that can be said."""
    first, last = f.change.orders[0].rank, f.change.orders[-1].rank
    tops = [[f.items[i] for i in np.flatnonzero(rank == 1)] for rank in (first, last)]
    leaders = [numbers.listing(sentence_names(top)) for top in tops]
    if [item.id for item in tops[0]] == [item.id for item in tops[1]]:
        text = _("{name} has the largest share in {first} and in {last}.")
        lead = text.format(name=leaders[0], first=names[0], last=names[1])
    else:
        text = _("{before} has the largest share in {first}, {after} in {last}.")
        lead = text.format(before=leaders[0], after=leaders[1], first=names[0], last=names[1])
    return [lead, why_untested(f.change)]


def why_untested(change: Change) -> str:
    """Why no change can be tested."""
    answers = [side.prepared.answers for side in change.sides]
    if any(isinstance(one, Published) and one.n is None for one in answers):
        return _(
            "No sample size is published, so no change can be tested and no rank is certain: only the order is shown."
        )
    if any(isinstance(one, Published) and one.weighted and one.design_effect is None for one in answers):
        return _(
            "A table is weighted and states no design effect, so no change can be tested: only the order is shown."
        )
    return _("The samples are too small for rank sets, so no change of order can be tested.")


def _trend(f: Compared) -> list[str]:
    """Trends that hold after correction."""
    trend = f.change.trend
    if trend is None:
        return []
    waves = _("over the {n} waves").format(n=numbers.count(len(trend.waves)))
    if len(trend.waves) < len(f.change.sides):
        ends = [f.change.sides[i].id for i in (trend.waves[0], trend.waves[-1])]
        waves = _("from {first} to {last}").format(first=ends[0], last=ends[1])
    moving = [
        int(i) for i in np.argsort(-np.abs(np.nan_to_num(trend.slope))) if trend.verdict[i] in ("rising", "falling")
    ]
    if not moving:
        return [_("No {noun} has a linear trend {waves} after correction.").format(noun=f.nouns.one, waves=waves)]
    if len(moving) > NAMED:
        up = _listed(f, [i for i in moving if trend.slope[i] > 0])
        down = _listed(f, [i for i in moving if trend.slope[i] < 0])
        texts = [_("{names} rise").format(names=up) if up else "", _("{names} fall").format(names=down) if down else ""]
        return [_("Linear trend {waves}: {changes}.").format(waves=waves, changes=semicolons(filter(None, texts)))]
    each = _("{name} by {slope} a year") if trend.unit == "year" else _("{name} by {slope} a wave")
    parts = [
        each.format(name=marked(sentence_name(f.items[i])), slope=_with_unit(f.units, float(trend.slope[i])))
        for i in moving
    ]
    return [_("Linear trend {waves}: {changes}.").format(waves=waves, changes=numbers.clauses(parts))]


def _with_unit(units: Units, x: float) -> str:
    return _("{x} points").format(x=units.change(x)) if units.percent else units.change(x)


def comparability(change: Change, nouns: Nouns) -> str:
    """ "Of 10 obstacles, 7 are compared; 1 was reworded, 1 is new and 1 was dropped." """
    statuses = change.comparability.statuses
    verdicts = change.main.verdicts if change.main.compared else None
    unanswered = 0 if verdicts is None else int((~verdicts.compared).sum())
    compared = sum(status.compared for status in statuses) - unanswered
    out: Counter[str] = Counter(status.status for status in statuses if not status.compared)
    if unanswered:
        out["unanswered"] = unanswered
    texts = {
        "reworded": lambda n: ngettext("{n} was reworded", "{n} were reworded", n),
        "split": lambda n: ngettext("{n} was split", "{n} were split", n),
        "merged": lambda n: ngettext("{n} was merged", "{n} were merged", n),
        "new": lambda n: ngettext("{n} is new", "{n} are new", n),
        "dropped": lambda n: ngettext("{n} was dropped", "{n} were dropped", n),
        "unanswered": lambda n: ngettext("{n} has too few answers", "{n} have too few answers", n),
        "partly": lambda n: ngettext("{n} was not asked every time", "{n} were not asked every time", n),
    }
    parts = [texts[status](n).format(n=numbers.count(n)) for status, n in out.items()]
    total = numbers.count(len(statuses))
    if not parts:
        return _("All {n} {nouns} are compared.").format(n=total, nouns=nouns.several)
    message = ngettext(
        "Of {total} {nouns}, {n} is compared; {rest}.", "Of {total} {nouns}, {n} are compared; {rest}.", compared
    )
    return message.format(total=total, nouns=nouns.several, n=numbers.count(compared), rest=numbers.clauses(parts))


VERDICTS = {  # analysis.change.items.VERDICTS -> words of a table
    "up": lambda: _("up"),
    "down": lambda: _("down"),
    "changed, but less than x": lambda: _("changed, but less than x"),
    "about the same": lambda: _("about the same"),
    "not enough data": lambda: _("not enough data"),
    "not compared": lambda: _("not compared"),
}


def verdict_words(verdict: str, x: str = "") -> str:
    """A verdict in words; `x` with its unit where it is known."""
    if verdict == "changed, but less than x" and x:
        return _("changed, but less than {x}").format(x=x)
    return VERDICTS[verdict]()
