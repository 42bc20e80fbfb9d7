"""The obstacles as this group sees them and elsewhere, and what goes with larger gaps organisation-wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.charts.gaps import GapData
from obstacles.reports.gap import findings
from obstacles.reports.gap.sentences import hidden_rest
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.marks import legend
from obstacles.reports.words.naming import bare, capital, chart_name, marked, sentence_name
from obstacles.reports.words.page_blocks import Block, Cell, Column, Figure, Listing, Row, Section, Table
from obstacles.text.language import _, commas, joined, ngettext

if TYPE_CHECKING:
    from obstacles.analysis.disclosure.figures import Mean, Share
    from obstacles.analysis.disclosure.release.figures import Slope
    from obstacles.reports.gap.findings import GapFindings

MOST_SLOPES, FEW_SLOPES = 4, 3  # sentences on what goes with larger gaps: the whole organisation, a group


def section(f: GapFindings) -> Section | None:
    """None where the obstacles were asked in a form that gives no score to a person."""
    if not f.release.obstacle_kind:
        return None
    blocks: list[Block] = []
    if binary(f):
        blocks.append(figure(f))
    blocks += [table(f), goes_with(f)]
    title = _("The {nouns}, and what goes with larger gaps") if f.whole else _("The {nouns} here and elsewhere")
    return Section("obstacles", title.format(nouns=f.nouns.several), (lead(f),), tuple(blocks), new_page=True)


def binary(f: GapFindings) -> bool:
    """Whether the figures are shares."""
    return f.release.obstacle_kind in ("share", "top-k")


def order(f: GapFindings) -> list[int]:
    """Obstacles from the largest to the smallest, here."""
    rows = f.group.obstacles

    def size(o: int) -> float:
        share, mean = rows[o].share, rows[o].mean
        if share is not None:
            return findings.share_size(share)
        return mean.value if mean is not None and mean.value is not None else -1e9

    return sorted(range(len(rows)), key=lambda o: (-size(o), o))


def lead(f: GapFindings) -> str:
    """Which obstacles are named more or less often here than elsewhere, as sentences."""
    if f.whole:
        return _("How the whole organisation sees its {nouns}.").format(nouns=f.nouns.several)
    if not binary(f):
        return _("How this group rates the {nouns}.").format(nouns=f.nouns.several)
    more, fewer = findings.more_and_fewer(
        f.release.obstacle_items, [(o, f.group.obstacles[o].compared) for o in order(f)]
    )
    if more and fewer:
        return _("More people here than elsewhere name {more}, and fewer name {fewer}.").format(more=more, fewer=fewer)
    if more:
        return _("More people here than elsewhere name {more}.").format(more=more)
    if fewer:
        return _("Fewer people here than elsewhere name {fewer}.").format(fewer=fewer)
    told = sum(row.compared is not None for row in f.group.obstacles)
    if not told:
        return hidden_rest()
    if told < len(f.group.obstacles):
        message = _(
            "Of the {nouns} that can be compared, tests show a difference between this group and the rest of the "
            "organisation in none; {n} are hidden."
        )
        return message.format(nouns=f.nouns.several, n=numbers.count(len(f.group.obstacles) - told))
    message = _("Tests show no difference between this group and the rest of the organisation in any {noun}.")
    return message.format(noun=f.nouns.one)


def measure(f: GapFindings) -> str:
    """What is counted, as a heading."""
    kind = f.release.obstacle_kind
    if kind == "top-k":
        if f.release.obstacle_k == 1:
            return _("Ranked first, %")
        return _("Among the first {k}, %").format(k=numbers.count(f.release.obstacle_k))
    return {"share": _("Marked, %"), "points": _("Mean points")}.get(kind, _("Mean severity"))


def figure(f: GapFindings) -> Figure:
    """The obstacles of the group beside those of everybody."""
    whole = f.release.whole.obstacles
    rows, values = [], []
    for o in order(f):
        share, name = f.group.obstacles[o].share, chart_name(f.release.obstacle_items[o])
        assert share is not None
        rows.append(findings.share_bar(name, share, None if f.whole else whole[o].share))
        values.append(_("{name} {value}").format(name=name, value=findings.full_share(share)))
    level = numbers.level(f.release.level)
    return Figure(
        id="obstacles",
        chart="gaps",
        data=GapData(
            rows=tuple(rows),
            heading=_("{measure} ({level} interval)").format(measure=measure(f), level=level),
            own_text=f.name,
            mark_text="" if f.whole else _("Whole organisation"),
        ),
        title=_("Which {nouns} are named").format(nouns=f.nouns.several),
        subtitle=_("Share of people, %, largest first."),
        alternative=bare(
            _("{lead} {measure}: {values}.").format(lead=lead(f), measure=measure(f), values=commas(values))
        ),
        notes=tables.notes(_source(f), findings.interval_note(f), legend(*(row.text for row in rows))),
    )


def _source(f: GapFindings) -> str:
    n = ngettext("Base: {n} respondent.", "Base: {n} respondents.", f.group.respondents)
    return joined([findings.source(f), n.format(n=numbers.count(f.group.respondents))])


def table(f: GapFindings) -> Table:
    """The obstacles of the group in numbers, and how they differ from the rest."""
    interval = tables.level_interval(f.release.level)
    compared = not f.whole and binary(f)
    columns = (
        *tables.item_columns(capital(f.nouns.one)),
        Column("here", measure(f)),
        *tables.interval_columns(interval, "here"),
        Column("rest", _("Elsewhere, %"), on_page=compared, in_data=compared),
        Column("difference", _("Difference, points"), on_page=compared, in_data=compared),
        Column("difference_interval", interval, on_page=compared, in_data=False),
        Column("flag", _("By tests"), on_page=compared, in_data=compared),
    )
    rows = [_row(f, o) for o in order(f)]
    texts = [cell.text for row in rows for cell in row.cells]
    return Table(
        id="obstacles",
        title=_("The {nouns} in numbers").format(nouns=f.nouns.several),
        subtitle=_subtitle(f),
        columns=columns,
        rows=tuple(rows),
        notes=tables.notes(
            _source(f),
            _(
                "Elsewhere: everybody outside this group; tests are corrected for the number of {nouns} (Holm). “–”: "
                "no difference is shown."
            ).format(nouns=f.nouns.several)
            if compared
            else "",
            legend(*texts),
        ),
    )


def _subtitle(f: GapFindings) -> str:
    kind = f.release.obstacle_kind
    if kind == "top-k":
        message = ngettext(
            "Share of people who rank it first.",
            "Share of people who rank it among their first {k}.",
            f.release.obstacle_k,
        )
        return message.format(k=numbers.count(f.release.obstacle_k))
    if kind == "share":
        return _("Share of people who marked it.")
    return (
        _("Mean of the ratings on the scale of the question.") if kind != "points" else _("Mean of the points given.")
    )


def _row(f: GapFindings, o: int) -> Row:
    row, item = f.group.obstacles[o], f.release.obstacle_items[o]
    compared = row.compared
    figure: Share | Mean
    if row.share is not None:
        figure, text, interval = row.share, findings.bare_share(row.share), findings.share_interval(row.share)
    else:
        assert row.mean is not None
        figure, text, interval = row.mean, findings.mean_text(row.mean), findings.mean_interval(row.mean)
    hidden = not f.whole and row.share is not None
    cells = (
        *tables.item_cells(item),
        Cell(text, figure.value),
        *tables.interval_cells(interval, figure.low, figure.high),
        *findings.comparison_cells(compared, hidden),
        findings.flag(compared, hidden),
    )
    return Row(cells, strong=compared is not None and compared.differs)


# ---------- organisation-wide -----------------------------------------------------------------------------------


def goes_with(f: GapFindings) -> Listing:
    """Who reports a larger gap also names which obstacle more often: the whole organisation, never one department."""
    held = [slope for slope in f.release.slopes if slope.holds]
    lines = [sentence(f, slope) for slope in held[: MOST_SLOPES if f.whole else FEW_SLOPES]]
    more = len(held) - len(lines)
    if more > 0 and f.whole:
        lines.append(ngettext("And {n} more pair.", "And {n} more pairs.", more).format(n=numbers.count(more)))
    if not f.release.slopes:
        lines = [_("Too few people answered to look for it.")]
    elif not lines:
        lines = [_("No pair of a capability and an item is told apart from chance by tests.")]
    note = _(
        "Organisation-wide, people compared with colleagues of their own group; per level of shortfall, {level} "
        "intervals, tests corrected for all {n} pairs (Holm). Both answers come from the same questionnaire, so this "
        "is no proof that training would lower the {noun}."
    ).format(
        level=numbers.level(f.release.level),
        n=numbers.count(len(f.release.slopes)),
        noun=f.nouns.one,
    )
    return Listing(_("What goes with larger gaps in the whole organisation"), tuple(lines), note=note)


def sentence(f: GapFindings, slope: Slope) -> str:
    """One association in words."""
    capability = bare(marked(sentence_name(f.release.items[slope.capability])))
    obstacle = bare(marked(sentence_name(f.release.obstacle_items[slope.obstacle])))
    if not binary(f):
        message = _("People who report a larger gap in “{capability}” also rate “{obstacle}” {direction}: {figures}.")
        direction = _("higher") if slope.value > 0 else _("lower")
        figures = _("{value} per level ({low} to {high})").format(
            value=numbers.signed(slope.value, 1), low=numbers.signed(slope.low, 1), high=numbers.signed(slope.high, 1)
        )
    else:
        message = _("People who report a larger gap in “{capability}” also name “{obstacle}” {direction}: {figures}.")
        if f.release.obstacle_kind == "top-k":
            message = _(
                "People who report a larger gap in “{capability}” also rank “{obstacle}” among their first {k} "
                "{direction}: {figures}."
            )
        direction = _("more often") if slope.value > 0 else _("less often")
        figures = _("{value} points per level ({low} to {high})").format(
            value=numbers.points(slope.value, 0), low=numbers.points(slope.low, 0), high=numbers.points(slope.high, 0)
        )
    return message.format(
        capability=capability,
        obstacle=obstacle,
        direction=direction,
        figures=figures,
        k=numbers.count(f.release.obstacle_k),
    )
