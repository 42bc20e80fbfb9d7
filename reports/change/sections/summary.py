"""One page that can be read alone: what the tests say, what is comparable, key figures, and one chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from obstacles.analysis.change.items import EQUIVALENCE
from obstacles.reports.change import sentences as words
from obstacles.reports.change.sections.items import changes_figure
from obstacles.reports.change.sections.ranks import slope_figure
from obstacles.reports.change.sections.trend import steps
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import marked, plain, sentence_name
from obstacles.reports.words.page_blocks import Block, Callout, KeyFigure, KeyFigures, Prose, Section
from obstacles.text.language import _, commas, label, ngettext, semicolons

if TYPE_CHECKING:
    from obstacles.analysis.change.level_breaks import LevelBreak
    from obstacles.reports.change.findings import ChangeFindings

MOST_ROWS = 12  # items up to which the page has room for more words


def section(f: ChangeFindings) -> Section:
    """The first page: what changed, in short."""
    lead = tuple(words.headlines(f, (f.names[0], f.names[-1])))
    blocks: list[Block] = [Callout(_("What can be compared"), comparable(f))]
    figures = key_figures(f)
    if figures:
        blocks.append(KeyFigures(tuple(figures)))
    blocks.append(changes_figure(f) if f.main.compared else slope_figure(f, id="summary"))
    if f.main.compared and len(f.order) <= MOST_ROWS:
        blocks.append(Prose(how_to_read(f), columns=2, title=_("How to read the verdicts")))
    return Section("summary", _("In short"), lead, tuple(blocks), new_page=True)


def how_to_read(f: ChangeFindings) -> tuple[str, ...]:
    """What each verdict says, for somebody who acts on it."""
    alpha = numbers.level(1 - f.change.rules.level)
    moved = _(
        "Up and down: the change is more than chance alone would make likely, all {nouns} taken together ({alpha}). It "
        "says nothing of why."
    ).format(nouns=f.nouns.several, alpha=alpha)
    smallest = f.change.rules.smallest
    if f.relative:
        return (moved, _("Worths are relative: when one {noun} falls, the others rise.").format(noun=f.nouns.one))
    if smallest is None:
        same = _(
            "“About the same” needs a smallest change of interest, below which a change does not matter to you. The "
            "study states none, so it is not offered."
        )
    else:
        same = _(
            "About the same: the {wide} interval lies within {x} of zero, so a larger change is ruled out, each {noun} "
            "by itself ({alpha})."
        ).format(
            x=f.units.size(smallest),
            noun=f.nouns.one,
            wide=numbers.level(1 - 2 * EQUIVALENCE),
            alpha=numbers.level(EQUIVALENCE),
        )
    return (
        moved,
        same,
        _("Not enough data: the samples show neither a change nor its absence. It does not mean that nothing changed."),
    )


def comparable(f: ChangeFindings) -> tuple[str, ...]:
    """Items, breaks and places: what the rest of the report may say."""
    found = [words.comparability(f.change, f.nouns), *breaks(f), *f.change.notes]
    note = plain(label(f.stated.note)) if f.stated is not None else ""
    found += [note] if note else []
    if f.change.where:
        groups = semicolons(
            _("{column}: {names}").format(column=column, names=commas(names))
            for column, names in f.change.where.items()
        )
        found.append(_("Only respondents of these groups are compared: {groups}.").format(groups=groups))
    if not f.main.breaks and not f.main.compared:
        found.append(_("Levels stand side by side, and no difference between them is tested."))
    return tuple(found)


def breaks(f: ChangeFindings) -> list[str]:
    """Every break between a wave and the next, or the first and the last, with its reason and what it stops."""
    found: dict[str, str] = {}
    for pair in (*steps(f), f.main):
        for cut in pair.breaks:
            waves = _("{first} to {second}").format(first=f.names[pair.first], second=f.names[pair.second])
            found.setdefault(_reason(f, cut), waves)
    message = _("{reason} ({waves}): levels are not compared across this break, only the order.")
    return [message.format(reason=reason, waves=waves) for reason, waves in found.items()]


def _reason(f: ChangeFindings, cut: LevelBreak) -> str:
    reason = plain(cut.reason).rstrip(".。")
    if not cut.items:
        return reason
    names = [marked(sentence_name(item)) for item in f.items if item.id in cut.items]
    return _("{reason} ({names} only)").format(reason=reason, names=numbers.listing(names))


def key_figures(f: ChangeFindings) -> list[KeyFigure]:
    """Up to four figures with a line of text each."""
    found = [_moved(f), _largest(f), _list(f), _certain(f), _respondents(f)]
    return [figure for figure in found if figure is not None][:4]


def _moved(f: ChangeFindings) -> KeyFigure | None:
    verdicts = f.verdicts
    if not f.main.compared or verdicts is None:
        return None
    n, m = len(f.moved), int(verdicts.compared.sum())
    message = ngettext(
        "of {m} {nouns} went up or down, after correction over all of them",
        "of {m} {nouns} went up or down, after correction over all of them",
        n,
    )
    return KeyFigure(numbers.count(n), message.format(m=numbers.count(m), nouns=f.nouns.several), accent=n > 0)


def _largest(f: ChangeFindings) -> KeyFigure | None:
    """The largest change that is shown."""
    verdicts = f.verdicts
    if verdicts is None or not f.moved or verdicts.relative:
        return None
    i = max(f.moved, key=lambda one: abs(float(verdicts.difference[one])))
    message = _("{unit}: {name}, {level} interval {interval}")
    text = message.format(
        unit=f.units.unit,
        name=marked(sentence_name(f.items[i])),
        level=numbers.level(verdicts.rules.level),
        interval=f.units.change_interval(float(verdicts.low[i]), float(verdicts.high[i])),
    )
    return KeyFigure(f.units.change(float(verdicts.difference[i])), text)


def _list(f: ChangeFindings) -> KeyFigure | None:
    test = f.main.homogeneity
    if test is None:
        return None
    return KeyFigure(numbers.p_value(test.p), _("test that the list as a whole is the same"))


def _certain(f: ChangeFindings) -> KeyFigure | None:
    if not f.sets_known:
        return None
    n = int(f.main.ranks.certain.sum())
    message = ngettext(
        "certain change of rank: the rank sets of both waves do not overlap",
        "certain changes of rank: rank sets of both waves that do not overlap",
        n,
    )
    return KeyFigure(numbers.count(n), message)


def _respondents(f: ChangeFindings) -> KeyFigure | None:
    people = [side.people for side in f.change.sides]
    if not all(people):
        same = np.flatnonzero(f.main.ranks.first.rank == f.main.ranks.second.rank)
        message = ngettext(
            "of {m} {nouns} has the same rank in {first} and in {last}",
            "of {m} {nouns} have the same rank in {first} and in {last}",
            len(same),
        )
        text = message.format(m=numbers.count(len(f.items)), nouns=f.nouns.several, first=f.names[0], last=f.names[-1])
        return KeyFigure(numbers.count(len(same)), text)
    text = _("respondents compared in {first} and in {last}").format(first=f.names[0], last=f.names[-1])
    value = _("{first} and {last}").format(first=numbers.count(people[0]), last=numbers.count(people[-1]))
    return KeyFigure(value, text)
