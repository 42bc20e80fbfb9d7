"""How people spread over the levels, not the mean alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.charts.levels import LevelBar, LevelData
from obstacles.reports.gap.findings import bare_share, full_share, raters, source_and_base
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.marks import base_text, legend
from obstacles.reports.words.naming import bare, marked, sentence_name
from obstacles.reports.words.page_blocks import SUPPRESSED, Block, Cell, Column, Figure, Row, Section, Table
from obstacles.text.language import _, commas, semicolons

if TYPE_CHECKING:
    from obstacles.analysis.disclosure.figures import LevelClass
    from obstacles.reports.gap.findings import GapFindings

TOGETHER = "*"


def section(f: GapFindings) -> Section | None:
    """The section on the spread over the levels; None where nothing may be shown."""
    if not f.shown:
        return None
    blocks: list[Block] = []
    if any(f.group.rows[j].classes for j in f.order):
        blocks.append(figure(f))
    blocks.append(table(f))
    return Section("levels", _("How people spread over the levels"), (lead(f),), tuple(blocks), new_page=True)


def lead(f: GapFindings) -> str:
    """One description of the sample, for the capability with the largest gap that can be shown."""
    for j in f.order:
        classes = f.group.rows[j].classes
        if classes:
            lowest = classes[0]
            message = _("In {name}, {share} see themselves at {levels}.")
            if f.release.rater == "supervisor":
                message = _("In {name}, {share} are seen at {levels}.")
            return message.format(
                name=marked(sentence_name(f.release.items[j])),
                share=numbers.percent(lowest.share, 0),
                levels=_levels(f, lowest),
            )
    return _("How this group spreads over the levels is hidden, so that nobody's answer can be worked out.")


def figure(f: GapFindings) -> Figure:
    """The shares of people by current level, a bar for each capability."""
    rows = []
    for j in f.order:
        row = f.group.rows[j]
        rows.append(LevelBar(f.short_name(j), row.classes, SUPPRESSED, bare_share(row.below), j in f.group.first))
    values = semicolons(
        _("{name}: {shares}").format(name=f.short_name(j), shares=_in_words(f, f.group.rows[j].classes))
        for j in f.order
        if f.group.rows[j].classes
    )
    return Figure(
        id="levels",
        chart="levels",
        data=LevelData(tuple(rows), tuple(f.levels), _("Below, %")),
        title=_("Shares at each level"),
        subtitle=_("% of people by current level. Striped: neighbouring levels together, because few stand at one."),
        alternative=bare(_("{lead} Shares by level: {values}.").format(lead=lead(f), values=values)),
        notes=tables.notes(source_and_base(f), raters(f), legend(*(row.below for row in rows), *_hidden(f))),
    )


def _hidden(f: GapFindings) -> list[str]:
    return [SUPPRESSED for j in f.order if not f.group.rows[j].classes]


def _levels(f: GapFindings, joined: LevelClass) -> str:
    return numbers.alternatives(f.levels[joined.first : joined.last + 1])


def _in_words(f: GapFindings, classes: tuple[LevelClass, ...]) -> str:
    return commas(
        _("{levels} {share}").format(levels=_levels(f, one), share=numbers.percent(one.share, 0)) for one in classes
    )


def table(f: GapFindings) -> Table:
    """The shares of the chart; levels shown together have one number."""
    values = [f"{level.value:g}" for level in f.release.levels]
    columns = (
        *tables.item_columns(_("Capability")),
        *(Column(f"level_{value}", name) for value, name in zip(values, f.levels, strict=True)),
        Column("below_share", _("Below, %"), in_data=False),
        Column("level_base", _("Base")),
    )
    rows = []
    for j in f.order:
        row, item = f.group.rows[j], f.release.items[j]
        shares = [_cell(row.classes, i, len(values)) for i in range(len(values))]
        cells = (
            *tables.item_cells(item),
            *shares,
            Cell(bare_share(row.below), full_share(row.below)),
            Cell(base_text(row.base), row.base),
        )
        rows.append(Row(cells, strong=j in f.group.first))
    texts = [cell.text for row in rows for cell in row.cells]
    together = _("{mark} together with the levels marked {hidden} beside it, at one of which fewer than three stand.")
    joined = any(text.endswith(TOGETHER) for text in texts)
    return Table(
        id="levels",
        title=_("The shares in numbers"),
        subtitle=_("% of people at each level."),
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(
            source_and_base(f), together.format(mark=TOGETHER, hidden=SUPPRESSED) if joined else "", legend(*texts)
        ),
    )


def _cell(classes: tuple[LevelClass, ...], level: int, levels: int) -> Cell:
    """A level's share; of levels shown together the one nearest the middle has the number."""
    one = next((one for one in classes if one.first <= level <= one.last), None)
    if one is None:
        return Cell(SUPPRESSED)
    text = numbers.bare_percent(one.share, 0)
    if one.first == one.last:
        return Cell(text, one.share)
    middle = (levels - 1) / 2
    chosen = min(range(one.first, one.last + 1), key=lambda i: (abs(i - middle), i))
    if level != chosen:
        return Cell(SUPPRESSED)
    return Cell(f"{text}{TOGETHER}", f"{text}{TOGETHER}")
