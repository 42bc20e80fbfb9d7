"""The ranking in full: intervals with tiers, the table, the tests in words, and how the estimates are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from obstacles.reports.charts.intervals import IntervalData
from obstacles.reports.research.sections.summary import explains
from obstacles.reports.wave import estimates, sentences
from obstacles.reports.wave import tests_table as test_rows
from obstacles.reports.wave.set_aside import set_aside_table
from obstacles.reports.wave.uncertainty import guarantees, how_to_read
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.marks import FEW_ANSWERS
from obstacles.reports.words.naming import bare, capital, plain
from obstacles.reports.words.page_blocks import (
    LOW_BASE,
    NOT_ASKED,
    Block,
    Callout,
    Cell,
    Column,
    Figure,
    Row,
    Section,
    Table,
)
from obstacles.reports.words.verdicts import verdict
from obstacles.text.language import _, full_stop, semicolons

if TYPE_CHECKING:
    from obstacles.reports.wave.findings import Findings


def section(f: Findings) -> Section:
    """The section on the ranking: figure, table, tests."""
    blocks: list[Block] = []
    if f.ranking.estimate.covariance is not None and f.ranked > 1:
        blocks.append(interval_figure(f))
    blocks.append(ranking_table(f))
    if f.ranking.set_aside:
        blocks.append(set_aside_table(f.ranking.set_aside))
    if f.ranking.tests:
        blocks.append(tests_table(f))
    if f.ranking.simultaneous is not None and not explains(f):
        blocks.append(Callout(_("How to read the rank sets"), how_to_read(f)))
    return Section("ranking", _("The ranking"), (sentences.tiers_lead(f),), tuple(blocks))


def tier_of(f: Findings) -> dict[int, int]:
    """Item -> its tier from 1."""
    return {i: number for number, tier in enumerate(f.tiers, 1) for i in tier}


def interval_figure(f: Findings) -> Figure:
    """Estimates on one axis, with the tiers behind them."""
    items = estimates.charted(f)
    rows = [estimates.estimated(f, i) for i in items]
    tier = tier_of(f)
    banded = 1 < len(f.tiers) < f.ranked and all(i in tier for i in items)
    level = numbers.level(f.ranking.level)
    subtitle = _("{estimate} with {level} intervals.")
    if banded:
        subtitle = _("{estimate} with {level} intervals. Shaded: tiers inside which the order is uncertain.")
    return Figure(
        id="intervals",
        chart="intervals",
        data=IntervalData(
            rows=tuple(rows),
            heading=_("{heading} ({level} interval)").format(heading=f.measure.heading, level=level),
            percent=f.measure.percent,
            limits=estimates.limits(f, rows, from_zero=False),
            reverse=estimates.reverse(f),
            tiers=tuple(tier[i] for i in items) if banded else (),
            tier_heading=_("Tier"),
            tier_names=tuple(numbers.count(number) for number in range(1, len(f.tiers) + 1)),
        ),
        title=_title(f),
        subtitle=subtitle.format(estimate=f.measure.method.estimate, level=level),
        alternative=bare(
            _("{lead} {estimate}: {values}.").format(
                lead=sentences.tiers_lead(f),
                estimate=f.measure.method.estimate,
                values=estimates.values_in_words(f),
            )
        ),
        notes=tables.notes(
            estimates.more(f),
            estimates.source_and_base(f),
            guarantees(f),
            bare(sentences.beside_the_winner(f.ranking, f.nouns)),
        ),
    )


def _title(f: Findings) -> str:
    tiers = len(f.tiers)
    if not tiers:
        return _("The order in the sample")
    if tiers == 1:
        return _("No line divides the list")
    if tiers == f.ranked:
        return _("Every place is settled")
    return _("{n} tiers can be told apart").format(n=numbers.count(tiers))


def ranking_table(f: Findings) -> Table:
    """One row per item, largest first; figures that are not printed are in the data."""
    level = numbers.level(f.ranking.level)
    columns = [
        *tables.item_columns(capital(f.nouns.one)),
        Column("estimate", f.measure.heading),
        Column("standard_error", "", on_page=False),
    ]
    with_errors = f.ranking.estimate.covariance is not None
    extra = _extra(f)
    columns += [Column(name, "", on_page=False) for name in extra]
    columns += [
        Column("interval", tables.level_interval(f.ranking.level), on_page=with_errors, in_data=False),
        *tables.data_columns("interval_low", "interval_high"),
        Column("rank", _("Rank")),
        Column("rank_set", _("{level} rank set").format(level=level), on_page=with_errors, in_data=False),
        *tables.data_columns("rank_low", "rank_high", "marginal_rank_low", "marginal_rank_high"),
        Column(
            "cannot_be_told_apart_from",
            _("Cannot be told apart from ranks"),
            on_page=with_errors and f.together is not None,
        ),
        Column("respondents", "", on_page=False),
    ]
    bands = _bands(f)
    rows = [
        Row(_cells(f, i, record, extra), strong=i in f.leaders, band=i in bands)
        for i, record in zip(f.order, f.ranking.rows, strict=True)
    ]
    return Table(
        id="ranking",
        title=_("Estimates, ranks and rank sets") if with_errors else _("Published shares in order"),
        subtitle=_subtitle(f),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=tables.notes(
            estimates.source_and_base(f),
            _marks(f),
            bare(sentences.beside_the_winner(f.ranking, f.nouns)),
            *f.ranking.notes,
            sentences.rounding(),
        ),
    )


def _subtitle(f: Findings) -> str:
    meaning = f.measure.method.meaning
    return meaning if len(meaning) < 300 else f.measure.method.name


def _extra(f: Findings) -> list[str]:
    """Further figures of each item that the estimate carries."""
    standing = {"id", "label", "estimate", "standard_error", "interval", "rank", "rank_set", "rank_set_marginal"}
    record = f.ranking.rows[0] if f.ranking.rows else {}
    figures = {name for name, value in record.items() if not isinstance(value, list | dict)} - {"respondents"}
    return [name for name in record if name in figures - standing]


def _bands(f: Findings) -> set[int]:
    """Items of tiers with several items, where the list has more than one tier."""
    if len(f.tiers) < 2:
        return set()
    return {i for tier in f.tiers if len(tier) > 1 for i in tier}


def _cells(f: Findings, i: int, record: dict[str, Any], extra: list[str]) -> tuple[Cell, ...]:
    low, high = record["interval"] or (None, None)
    first, last = record["rank_set"] or (None, None)
    marginal = record["rank_set_marginal"] or (None, None)
    return (
        Cell(record["id"], record["id"]),
        Cell(plain(record["label"]), record["label"]),
        _estimate(f, i, record["estimate"]),
        Cell("", record["standard_error"]),
        *(Cell("", record[name]) for name in extra),
        *tables.interval_cells(f.measure.interval(low, high), low, high),
        Cell(numbers.count(record["rank"]), record["rank"]),
        Cell(_rank_set(f, first, last)),
        *tables.data_cells(first, last, marginal[0], marginal[1]),
        _together(f, i),
        Cell("", record["respondents"]),
    )


def _estimate(f: Findings, i: int, value: float | None) -> Cell:
    if value is None:
        return Cell(NOT_ASKED)
    text = f.measure.without_unit(value)
    return Cell(f"{text} {LOW_BASE}" if _few(f, i) else text, value)


def _few(f: Findings, i: int) -> bool:
    base = int(f.ranking.estimate.item_base[i])
    return not f.published and base < FEW_ANSWERS


def _rank_set(f: Findings, low: int | None, high: int | None) -> str:
    if low == 1 and high == f.ranked > 1:
        return _("any")
    return numbers.rank_set(low, high)


def _together(f: Findings, i: int) -> Cell:
    """The ranks of the items that this one is not separated from."""
    if f.together is None or not f.ranking.rank[i]:
        return Cell(numbers.MISSING)
    others = [int(j) for j in f.together[i].nonzero()[0]]
    ids = "; ".join(f.items[j].id for j in sorted(others, key=f.order.index))
    if not others:
        return Cell(_("none"), ids)
    if len(others) == f.ranked - 1:
        return Cell(_("all others"), ids)
    return Cell(numbers.ranges([int(f.ranking.rank[j]) for j in others]), ids)


def _marks(f: Findings) -> str:
    """The legend of the marks that the table uses."""
    used = []
    values = f.ranking.shown.value
    if any(v != v for v in values):
        used.append(_("{mark} not asked, or nobody answered").format(mark=NOT_ASKED))
    if any(_few(f, i) and values[i] == values[i] for i in f.order):
        used.append(_("{mark} fewer than {n} respondents").format(mark=LOW_BASE, n=FEW_ANSWERS))
    sets = f.ranking.simultaneous
    if sets is not None and f.ranked > 1 and any(sets.low[i] == 1 and sets.high[i] == f.ranked for i in f.order):
        used.append(_("any: the data rule out no rank"))
    return full_stop(semicolons(used))


def tests_table(f: Findings) -> Table:
    """Every test with its reading."""
    rows, remarks = [], []
    for test in f.ranking.tests:
        words = verdict(test, f.nouns, level=f.ranking.level)
        rows.append(test_rows.row(test, words))
        if test.note:
            remarks.append(_("{test}: {note}.").format(test=words.test, note=test.note))
    return Table(
        id="tests",
        title=_("Tests in words"),
        subtitle=_("Decided at the {level} level.").format(level=numbers.level(1 - f.ranking.level)),
        columns=test_rows.columns(),
        rows=tuple(rows),
        notes=tuple(dict.fromkeys(remarks)),
        whole=False,
    )
