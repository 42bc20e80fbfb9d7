"""Who answered: what became of every row of the file, the groups, and what weighting costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.analysis.disclosure.release.columns import group_columns
from obstacles.reports.wave import sentences
from obstacles.reports.wave.careless import flags_table
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import column_name, column_word, cut, plain, value_name
from obstacles.reports.words.page_blocks import (
    SUPPRESSED,
    Block,
    Cell,
    Column,
    KeyFigure,
    KeyFigures,
    Listing,
    Prose,
    Row,
    Section,
    SideBySide,
    Table,
)
from obstacles.text.language import _, commas, ngettext

if TYPE_CHECKING:
    from obstacles.analysis.ranking.respondents import Grouping, GroupRow
    from obstacles.reports.wave.findings import Findings
    from obstacles.survey.problems import Problem

MOST_GROUPS = 15  # of one column, the largest first
MOST_SMALL = 8  # where tables stand side by side
MOST_HIDDEN = 4  # hidden groups that are still listed one by one
LONGEST = 60  # characters of a group's name


def section(f: Findings) -> Section:
    """The section on who answered."""
    blocks: list[Block] = []
    figures = key_figures(f)
    if figures:
        blocks.append(KeyFigures(tuple(figures)))
    blocks.append(flow_table(f))
    signs = flags_table(f)
    if signs is not None:
        blocks.append(signs)
    asked = group_columns(f.study, f.wave)
    groupings = [grouping for grouping in f.profile.groupings if grouping.column in asked]
    shown = [grouping for grouping in groupings if _shows(grouping)]
    tables = [group_table(f, grouping) for grouping in shown]
    blocks += [table for table in tables if not table.compact]
    small = tuple(table for table in tables if table.compact)
    if small:
        blocks.append(SideBySide(small))
    silent = [grouping for grouping in groupings if not _shows(grouping)]
    if silent:
        blocks.append(Prose((_silent(silent),)))
    problems = (*f.study.problems, *f.wave.receipt.problems)
    warnings = [problem for problem in problems if problem.severity == "warning"]
    if warnings:
        blocks.append(Listing(_("Warnings of the reader"), tuple(remark(problem) for problem in warnings)))
    title = _("Where the figures come from") if f.published else _("Who answered")
    return Section("respondents", title, (lead(f),), tuple(blocks), new_page=True)


def lead(f: Findings) -> str:
    """How many are analysed, of how many, as a sentence."""
    receipt, profile = f.wave.receipt, f.profile
    if f.published:
        message = ngettext(
            "The figures are {m} percentage of a published table; the answers of single respondents are not known.",
            "The figures are {m} percentages of a published table; the answers of single respondents are not known.",
            f.ranked,
        )
        return message.format(m=numbers.count(f.ranked))
    n = profile.respondents
    if profile.response_rate is not None and profile.invited is not None:
        message = _("{n} of {invited} people invited are analysed, {rate}.")
        return message.format(
            n=numbers.count(n), invited=numbers.count(profile.invited), rate=numbers.percent(profile.response_rate)
        )
    if receipt.rows_read > receipt.analysed:
        message = ngettext(
            "The answers of {n} respondent are analysed, {share} of the {rows} rows of the file.",
            "The answers of {n} respondents are analysed, {share} of the {rows} rows of the file.",
            n,
        )
        share = numbers.percent(receipt.analysed / receipt.rows_read)
        return message.format(n=numbers.count(n), share=share, rows=numbers.count(receipt.rows_read))
    message = ngettext(
        "The answer of {n} respondent is analysed.", "The answers of all {n} respondents in the file are analysed.", n
    )
    return message.format(n=numbers.count(n))


def key_figures(f: Findings) -> list[KeyFigure]:
    """Response and weighting; nothing where there is neither."""
    profile, weights = f.profile, f.profile.weights
    found = []
    if profile.response_rate is not None:
        found.append((numbers.percent(profile.response_rate), _("of those invited are analysed")))
    if weights:
        text = _("weights, from the smallest to the largest; median {median}")
        effect = _("design effect of weighting: how many times the variance is that of equal weights (Kish)")
        found += [
            (numbers.count(weights.effective_n), _("effective number of respondents after weighting")),
            (numbers.decimal(weights.design_effect, 2), effect),
            (
                numbers.interval(weights.minimum, weights.maximum, 2),
                text.format(median=numbers.decimal(weights.median, 2)),
            ),
        ]
    if profile.strata:
        found.append((numbers.count(profile.strata), ngettext("stratum", "strata", profile.strata)))
    if profile.clusters:
        found.append((numbers.count(profile.clusters), ngettext("primary unit", "primary units", profile.clusters)))
    return [KeyFigure(value, text) for value, text in found[:4]]


def flow_table(f: Findings) -> Table:
    """What became of every row: the numbers add up."""
    receipt = f.wave.receipt
    read = receipt.rows_read

    def row(text: str, n: int, *, minus: bool = False, strong: bool = False) -> Row:
        number = numbers.count(-n if minus else n)
        share = numbers.bare_percent(n / read) if read else numbers.MISSING
        cells = (Cell(text, text), Cell(number, -n if minus else n), Cell(share, n / read if read else None))
        return Row(cells, strong)

    rows = [row(_("Rows read"), read, strong=True)]
    rows += [
        row(_("Left out: {rule}").format(rule=plain(rule.rule)), rule.count, minus=True) for rule in receipt.left_out
    ]
    rows.append(row(_("Analysed"), receipt.analysed, strong=True))
    notes = [
        _("Read after a repair: {what}: {n}.").format(what=plain(repair.rule), n=numbers.count(repair.count))
        for repair in receipt.repaired
    ]
    return Table(
        id="flow",
        title=_("What became of every row"),
        subtitle=_("File {file}, {rows}.").format(
            file=plain(receipt.file),
            rows=ngettext("{n} row", "{n} rows", read).format(n=numbers.count(read)),
        ),
        columns=(Column("step", _("Step"), "item"), Column("rows", _("Rows")), Column("share", _("% of rows read"))),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _shows(grouping: Grouping) -> bool:
    return any(row.respondents is not None for row in grouping.rows)


def _silent(groupings: list[Grouping]) -> str:
    names = numbers.listing([column_name(grouping.column) for grouping in groupings])
    message = ngettext(
        "Groups by {names} are not shown: they have fewer than {n} respondents.",
        "Groups by {names} are not shown: they have fewer than {n} respondents.",
        len(groupings),
    )
    return message.format(names=names, n=numbers.count(groupings[0].minimum))


def group_table(f: Findings, grouping: Grouping) -> Table:
    """One column's groups, the largest first, small ones hidden."""
    weighted, invited = f.profile.weights is not None, any(row.invited for row in grouping.rows)
    compact = not invited
    columns = (
        Column("group", column_name(grouping.column), "item"),
        Column("respondents", _("Respondents")),
        Column("share", "%"),
        Column("weighted_share", _("Weighted %"), on_page=weighted),
        Column("invited", _("Invited"), on_page=invited),
        Column("response_rate", _("Response %"), on_page=invited),
    )
    shown = [row for row in grouping.rows if row.respondents is not None]
    hidden = [row for row in grouping.rows if row.respondents is None]
    most = MOST_SMALL if compact else MOST_GROUPS
    printed = shown if len(shown) <= most + 1 else shown[:most]
    rest = shown[len(printed) :]
    groups = f.study.settings.groups
    if groups.ordered(grouping.column):
        key = groups.sort_key(grouping.column)
        printed, hidden = (sorted(part, key=lambda row: key(row.name)) for part in (printed, hidden))
        shown = [*printed, *rest]
    rows = [_group(grouping.column, row, on_page=place < len(printed)) for place, row in enumerate(shown)]
    if rest:
        rows.append(_others(rest))
    rows += [_group(grouping.column, row, on_page=len(hidden) <= MOST_HIDDEN) for row in hidden]
    if len(hidden) > MOST_HIDDEN:
        text = _("{n} groups not shown").format(n=numbers.count(len(hidden)))
        rows.append(Row((Cell(text), *(Cell(SUPPRESSED) for _column in columns[1:])), in_data=False))
    notes = [sentences.base(f)]
    if hidden:
        notes.append(
            _("{mark} hidden to protect a group of fewer than {n} respondents.").format(
                mark=SUPPRESSED, n=numbers.count(grouping.minimum)
            )
        )
    return Table(
        id=f"group_{grouping.column}",
        title=_("Respondents by {group}").format(group=column_word(grouping.column)),
        subtitle="",
        columns=columns,
        rows=tuple(rows),
        notes=tuple(notes),
        compact=compact,
    )


def _group(column: str, row: GroupRow, *, on_page: bool = True) -> Row:
    full = value_name(row.name, column)
    name = cut(full or _("(no answer)"), LONGEST)
    if row.respondents is None:
        hidden = (Cell(SUPPRESSED, SUPPRESSED) for _column in range(5))
        return Row((Cell(name, full), *hidden), on_page=on_page)
    figures = _figures(row.respondents, row.share, row.weighted_share, row.invited, row.response_rate)
    return Row((Cell(name, full), *figures), on_page=on_page)


def _figures(
    n: int, share: float | None, weighted: float | None, invited: int | None, rate: float | None
) -> tuple[Cell, ...]:
    return (
        Cell(numbers.count(n), n),
        Cell(numbers.bare_percent(share), share),
        Cell(numbers.bare_percent(weighted), weighted),
        Cell(numbers.count(invited), invited),
        Cell(numbers.bare_percent(rate), rate),
    )


def _others(rest: list[GroupRow]) -> Row:
    """The groups beyond the largest, together; every one of them may be shown."""
    n = sum(row.respondents or 0 for row in rest)
    share = sum(row.share or 0.0 for row in rest)
    weighted = sum(row.weighted_share or 0.0 for row in rest)
    invited = sum(row.invited or 0 for row in rest) if all(row.invited for row in rest) else None
    rate = n / invited if invited else None
    text = _("{n} other groups").format(n=numbers.count(len(rest)))
    return Row((Cell(text, text), *_figures(n, share, weighted, invited, rate)), in_data=False)


def remark(problem: Problem) -> str:
    """A problem of the receipt in one line, with its place."""
    place = _place(problem)
    text = plain(problem.message)
    return _("{place}: {message}").format(place=place, message=text) if place else text


def _place(problem: Problem) -> str:
    parts = []
    if problem.rows:
        shown = numbers.ranges(problem.rows)
        more = problem.count - len(problem.rows)
        if more > 0:
            parts.append(_("rows {rows} and {more} more").format(rows=shown, more=numbers.count(more)))
        else:
            parts.append(ngettext("row {rows}", "rows {rows}", len(problem.rows)).format(rows=shown))
    if problem.column:
        parts.append(_("column “{column}”").format(column=plain(problem.column)))
    return commas(parts)
