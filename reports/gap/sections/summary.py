"""The page for the manager: what stands out, the gaps in one chart, and what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.charts.gaps import Dot, GapData
from obstacles.reports.gap import findings, sentences
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.marks import legend
from obstacles.reports.words.naming import bare
from obstacles.reports.words.page_blocks import Block, Callout, Figure, KeyFigure, KeyFigures, Section
from obstacles.text.language import _, commas, ngettext

if TYPE_CHECKING:
    from obstacles.reports.gap.findings import GapFindings, GroupGaps


def section(f: GapFindings) -> Section:
    """The first page: the largest gaps, in short."""
    start = sentences.start_with(f)
    largest = None if start and not f.first else sentences.largest(f)
    lead = tuple(sentence for sentence in (start, largest, sentences.elsewhere(f)) if sentence)
    blocks: list[Block] = [KeyFigures(tuple(key_figures(f)))]
    if f.shown:
        blocks.append(gap_figure(f))
        blocks.append(Callout(_("What to do first"), sentences.begin(f)))
    return Section("summary", _("In short"), lead, tuple(blocks))


def key_figures(f: GapFindings) -> list[KeyFigure]:
    """Respondents of headcount, capabilities with a majority below, differences from the rest, the privacy rule."""
    n, size = f.group.respondents, f.group.headcount
    if size:
        rate = ngettext("of {n} person answered, {rate}", "of {n} people answered, {rate}", size)
        text = rate.format(n=numbers.count(size), rate=numbers.percent(n / size, 0))
    else:
        text = ngettext("person answered", "people answered", n)
    found = [KeyFigure(numbers.count(n), text)]
    above, told = sentences.halves(f)
    if told:
        message = _("of {m} capabilities have more than half of the people below the required level")
        found.append(KeyFigure(numbers.count(above), message.format(m=numbers.count(told)), accent=above > 0))
    compared = [row.compared for row in f.group.rows if row.compared is not None]
    if compared:
        differing = sum(one.differs for one in compared)
        message = _("of {m} capabilities differ from the rest of the organisation, by tests")
        found.append(KeyFigure(numbers.count(differing), message.format(m=numbers.count(len(compared)))))
    if f.whole and f.release.measures.index is not None:
        value, low, high = f.release.measures.index
        message = _("gap index, 0 to 100 ({low} to {high}): part of what is required that is not there")
        text = message.format(low=numbers.decimal(low, 0), high=numbers.decimal(high, 0))
        found.append(KeyFigure(numbers.decimal(value, 0), text))
    else:
        text = _("people at least stand behind every figure; smaller groups are not shown")
        found.append(KeyFigure(numbers.count(f.release.minimum), text))
    return found[:4]


def gap_figure(f: GapFindings) -> Figure:
    """Shares below the required level, and the mean gaps beside them."""
    data = gap_data(f)
    values = commas(
        _("{name} {value}").format(name=f.short_name(j), value=findings.full_share(f.group.rows[j].below))
        for j in f.order
    )
    return Figure(
        id="gaps",
        chart="gaps",
        data=data,
        title=sentences.title_of_gaps(f),
        subtitle=_(
            "Share of people whose current level is below what their work asks for, and how many levels are short."
        ),
        alternative=bare(
            _("{headline} Share below the required level: {values}.").format(
                headline=sentences.largest(f), values=values
            )
        ),
        notes=tables.notes(
            findings.source_and_base(f),
            findings.interval_note(f),
            findings.raters(f),
            legend(*(row.text for row in data.rows)),
        ),
    )


def gap_data(f: GroupGaps) -> GapData:
    """What the chart of the gaps draws: shares below the required level, and the mean gaps beside them."""
    whole = f.release.whole.rows
    rows = []
    for j in f.order:
        row = f.group.rows[j]
        share, mean = row.below, f.gap(row)
        few = row.few_below and not f.signed
        dot = Dot(mean.value, None if few else mean.low, None if few else mean.high, findings.mean_text(mean))
        mark = None if f.whole else whole[j].below
        rows.append(findings.share_bar(f.short_name(j), share, mark, mean=dot, accent=j in f.group.first))
    level = numbers.level(f.release.level)
    top = f.release.levels[-1].value - f.release.levels[0].value
    return GapData(
        rows=tuple(rows),
        heading=_("Below the required level, % ({level} interval)").format(level=level),
        own_text=f.name,
        mark_text="" if f.whole else _("Whole organisation"),
        mean_heading=_("Mean gap, levels") if f.signed else _("Mean shortfall, levels"),
        mean_bounds=(-top, top) if f.signed else (0.0, top),
    )
