"""Selections by group, and how the variance of a score is shared among terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from obstacles.analysis.regression.likelihoods.share_tests import FEWEST
from obstacles.reports.regression import words as phrasing
from obstacles.reports.regression.rows import term_cells, term_columns
from obstacles.reports.regression.words import Words
from obstacles.reports.wave.group_grid import items_by_groups
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import capital, plain, value_name
from obstacles.reports.words.page_blocks import Block, Cell, Column, Prose, Row, Table
from obstacles.text.language import _, joined

if TYPE_CHECKING:
    from obstacles.analysis.regression.kinds.drivers import Drivers
    from obstacles.analysis.regression.kinds.pick_any import Association, GroupShare


def association(found: Association, words: Words) -> tuple[Block, ...]:
    """The tests over all items, and a table of differences for each column."""
    about = found.about
    text = joined(
        (
            phrasing.findings(found.tests, about),
            _(
                "Each group of one column at a time, nothing else held equal; test over all {nouns} at once (Rao and "
                "Scott; Bilder and Loughin); p: {correction}."
            ).format(nouns=words.nouns.several, correction=phrasing.correction(about)),
        )
    )
    blocks: list[Block] = [Prose((text,), title=phrasing.model_title(about)), _tests(found, words)]
    for group in dict.fromkeys(share.group for share in found.shares):
        blocks += _differences(found, words, group)
    return tuple(blocks)


def _tests(found: Association, words: Words) -> Table:
    rows = []
    for one in found.tests:
        reading = phrasing.term_reading(one, found.item_tests, words, found.about)
        held = phrasing.holds(one.adjusted, found.about)
        if "," in one.term:
            reading = _("Goes with the answers.") if held else _("No association is shown.")
        rows.append(Row(term_cells(one, reading), strong=held))
    return Table(
        id=f"regression-{found.about.name}-terms",
        title=_("Do the groups answer alike?"),
        subtitle=_("{people}.").format(people=phrasing.people(found.about)),
        columns=term_columns(_("Groups")),
        rows=tuple(rows),
        notes=tables.notes(words.source, *map(plain, found.notes)),
    )


def _differences(found: Association, words: Words, group: str) -> list[Block]:
    """Items by groups where the groups fit side by side, else the cells that hold after the correction."""
    own = [share for share in found.shares if share.group == group]
    levels = list(dict.fromkeys(share.level for share in own))
    if len(levels) <= words.columns:
        return [_wide(found, words, group, own, levels)]
    return [_long(found, words, group, own)]


def _wide(found: Association, words: Words, group: str, own: Sequence[GroupShare], levels: Sequence[str]) -> Table:
    cell = {(share.item, share.level): share for share in own}
    size = {share.level: share.base for share in own}
    items = []
    for id in sorted(found.items, key=words.place):
        cells = []
        for level in levels:
            share = cell[id, level]
            held = phrasing.holds(share.adjusted, found.about)
            tone = ("up" if share.difference > 0 else "down") if held else ""
            cells.append(Cell(numbers.points(share.difference), share.difference, tone))
        items.append((Cell(id, id), Cell(words.name(id), words.name(id)), cells))
    base = {level: Cell(numbers.count(size[level]), size[level]) for level in levels}
    columns, rows, common = items_by_groups(words.nouns.one, items, base, group)
    by = phrasing.variable_name(group)
    if common:
        by = _("{group} ({unit})").format(group=by, unit=common)
    return Table(
        id=f"regression-{found.about.name}-{group}",
        title=_("{title}: differences from all respondents used").format(title=phrasing.model_title(found.about)),
        subtitle=_("Percentage points of the share that marked each {noun}, by {group}.").format(
            noun=words.nouns.one, group=by
        ),
        columns=columns,
        rows=rows,
        notes=tables.notes(
            words.source,
            _("Shaded and bold: holds after the correction ({correction} over all cells).").format(
                correction=phrasing.correction(found.about)
            ),
        ),
        whole=False,
    )


def _long(found: Association, words: Words, group: str, own: Sequence[GroupShare]) -> Table:
    held = sorted(
        (share for share in own if phrasing.holds(share.adjusted, found.about)),
        key=lambda share: (words.place(share.item), -share.difference),
    )
    rows = []
    for share in (*held, *(share for share in own if not phrasing.holds(share.adjusted, found.about))):
        name = f"{words.name(share.item)} · {value_name(share.level, group)}"
        cells = (
            Cell(share.item, share.item),
            Cell(share.level, value_name(share.level, group)),
            Cell(name),
            Cell(numbers.count(share.base), share.base),
            Cell(numbers.points(share.difference), share.difference),
            Cell(numbers.points_interval(share.low, share.high)),
            Cell(numbers.bare_p(share.adjusted), share.adjusted),
        )
        rows.append(Row(cells, on_page=phrasing.holds(share.adjusted, found.about)))
    columns = (
        Column("outcome", "", "text", on_page=False),
        Column("group", "", "text", on_page=False),
        Column("what", _("{noun} · group").format(noun=capital(words.nouns.one)), "item", in_data=False),
        Column("base", _("n")),
        Column("estimate", _("Difference")),
        Column("interval", tables.level_interval(found.about.level), in_data=False),
        Column("p", _("p, corrected")),
    )
    return Table(
        id=f"regression-{found.about.name}-{group}",
        title=_("{title}: differences from all respondents used").format(title=phrasing.model_title(found.about)),
        subtitle=_(
            "Percentage points of the share that marked each {noun}, by {group}: what holds after the correction."
        ).format(noun=words.nouns.one, group=phrasing.variable_name(group)),
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(words.source, _("All {n} cells are in the data.").format(n=len(own))),
        whole=False,
        on_page=bool(held),
    )


def drivers(found: Drivers, words: Words) -> tuple[Block, ...]:
    """Shares of the variance that goes with each term."""
    about, level = found.about, numbers.level(found.about.level)
    message = _(
        "{outcome}: {share} of its variance goes with the {n} terms together ({level} interval {ends}). The table "
        "shares this among them (relative weights, Johnson 2000; general dominance, Budescu 1993)."
    )
    text = message.format(
        outcome=capital(phrasing.variable_name(found.outcome)),
        share=numbers.percent(found.explained),
        n=numbers.count(len(found.drivers)),
        level=level,
        ends=numbers.percent_interval(found.explained_low, found.explained_high),
    )
    rows = []
    for one in found.drivers:
        name = words.name(one.term) if one.term in words.items else capital(phrasing.variable_name(one.term))
        cells = (
            Cell(one.term, one.term),
            Cell(name, name),
            Cell(numbers.bare_percent(one.weight), one.weight),
            Cell(numbers.percent_interval(one.low, one.high)),
            Cell(numbers.bare_percent(one.dominance), one.dominance),
            Cell(numbers.percent_interval(one.dominance_low, one.dominance_high)),
        )
        rows.append(Row(cells))
    columns = (
        Column("term", "", "text", on_page=False),
        Column("what", _("Term"), "item"),
        Column("estimate", _("Relative weight, %")),
        Column("interval", tables.level_interval(about.level), in_data=False),
        Column("dominance", _("General dominance, %")),
        Column("dominance_interval", tables.level_interval(about.level), in_data=False),
    )
    table = Table(
        id=f"regression-{about.name}",
        title=_("How the variance is shared"),
        subtitle=_("Percent of the variance of {outcome}; {people}.").format(
            outcome=phrasing.variable_name(found.outcome), people=phrasing.people(about)
        ),
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(words.source, *map(plain, found.notes)),
    )
    return (Prose((text, _compared(found, words)), title=phrasing.model_title(about)), table)


def _compared(found: Drivers, words: Words) -> str:
    """Which shares are shown to be larger than others, and than that of random numbers."""

    def named(terms: Iterable[str]) -> str:
        return numbers.listing(
            [words.name(term) if term in words.items else phrasing.variable_name(term) for term in terms]
        )

    parts = [
        _("Relative weight of {name}: shown to be larger than for {others}.").format(
            name=named([one.term]), others=named(one.larger_than)
        )
        for one in found.drivers
        if one.larger_than
    ]
    if not parts and found.replicates >= FEWEST:
        parts = [_("No relative weight is shown to be larger than another.")]
    known = [one for one in found.drivers if one.random is not None]
    over = [one.term for one in known if one.random is not None and one.weight > one.random]
    under = [one.term for one in known if one.term not in over]
    if over:
        parts.append(_("Larger than chance alone gives a term of random numbers: {names}.").format(names=named(over)))
    if under:
        parts.append(_("Not shown to be larger than chance alone gives: {names}.").format(names=named(under)))
    parts.append(
        _("Each of these holds for all terms together ({level}); whether intervals overlap does not tell it.").format(
            level=numbers.level(found.about.level)
        )
    )
    return joined(parts)
