"""Categories: the same list by the categories of its items, by sum and per item, and by the groups of each column."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from obstacles.reports.research.sections import by_group
from obstacles.reports.research.sections.summary import figure_subtitle, ranking_data
from obstacles.reports.wave import sentences
from obstacles.reports.wave.categories import category_nouns, category_sentences, how_made, members
from obstacles.reports.wave.estimates import source_and_base, values_in_words
from obstacles.reports.wave.uncertainty import guarantees
from obstacles.reports.words import numbers
from obstacles.reports.words.measures import measure_of
from obstacles.reports.words.naming import bare, capital, plain
from obstacles.reports.words.page_blocks import Block, Cell, Column, Figure, Prose, Row, Section, Table
from obstacles.reports.words.tables import finite, notes
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.analysis.ranking.result import Ranking
    from obstacles.reports.wave.findings import Findings


def section(f: Findings) -> Section | None:
    """None where fewer than two categories have items, where each has one item, or nothing can be said of them."""
    if f.categories is None:
        return None
    own = replace(
        f,
        ranking=f.categories,
        measure=measure_of(f.categories),
        nouns=category_nouns(),
        categories=None,
        groups=f.category_groups,
    )
    blocks: list[Block] = [figure(own), table(own, f)]
    if f.groups and not own.groups:
        hidden = _(
            "By group, categories are hidden: beside the figures of their {nouns} they could tell of few people."
        )
        blocks.append(Prose((hidden.format(nouns=f.nouns.several),)))
    for found in own.groups:
        held = any(cell.holds for _name, _place, cell in found.told)
        cells = by_group.table(own, found)
        blocks.append(Prose((by_group.sentence(found),), title=by_group.title(found)))
        blocks.append(replace(cells, id=f"categories-{cells.id}", on_page=held and cells.on_page))
    return Section("categories", _("Categories"), tuple(category_sentences(f.categories, f.nouns)), tuple(blocks))


def figure(own: Findings) -> Figure:
    """Estimates of categories beside their ranks."""
    data = ranking_data(own)
    with_intervals = any(row.low is not None for row in data.rows)
    return Figure(
        id="categories",
        chart="ranking",
        data=data,
        title=sentences.figure_title(own),
        subtitle=figure_subtitle(own, own.ranking.simultaneous is not None, with_intervals),
        alternative=bare(
            _("{headline} {estimate}: {values}.").format(
                headline=sentences.first_place(own.ranking, own.nouns),
                estimate=own.measure.method.estimate,
                values=values_in_words(own),
            )
        ),
        notes=notes(source_and_base(own), guarantees(own)),
    )


def table(own: Findings, f: Findings) -> Table:
    """One row per category, largest first, with the number of its items and their mean; `f` has the items' words."""
    ranking = own.ranking
    assert ranking.by_category is not None
    level = numbers.level(ranking.level)
    with_errors = ranking.estimate.covariance is not None
    has_mean = ranking.by_category.per_item is not None
    unit = _("Per {noun}, %") if own.measure.percent else _("Per {noun}")
    columns = (
        Column("id", "", "text", on_page=False),
        Column("label", capital(own.nouns.one), "item"),
        Column("item_count", _("Items")),
        *_columns("", own.measure.heading, level, shown=True, errors=with_errors),
        *_columns("per_item_", unit.format(noun=f.nouns.one), level, shown=has_mean, errors=with_errors),
        Column("items", "", "text", on_page=False),
        Column("respondents", "", on_page=False),
    )
    return Table(
        id="categories",
        title=_("Categories, by all their {nouns} and by the mean of these").format(nouns=f.nouns.several)
        if has_mean
        else _("Categories"),
        subtitle=how_made(ranking, f.nouns),
        columns=columns,
        rows=tuple(Row(_cells(own, i), strong=i in own.leaders) for i in own.order),
        notes=notes(source_and_base(own), members(ranking.by_category.categories), *ranking.notes),
    )


def _columns(prefix: str, heading: str, level: str, *, shown: bool, errors: bool) -> tuple[Column, ...]:
    both = shown and errors
    return (
        Column(f"{prefix}estimate", heading, on_page=shown, in_data=shown),
        Column(f"{prefix}standard_error", "", on_page=False, in_data=shown),
        Column(f"{prefix}interval", _("{level} interval").format(level=level), on_page=both, in_data=False),
        Column(f"{prefix}interval_low", "", on_page=False, in_data=shown),
        Column(f"{prefix}interval_high", "", on_page=False, in_data=shown),
        Column(f"{prefix}rank", _("Rank"), on_page=shown, in_data=shown),
        Column(f"{prefix}rank_set", _("Rank set"), on_page=both, in_data=False),
        Column(f"{prefix}rank_low", "", on_page=False, in_data=shown),
        Column(f"{prefix}rank_high", "", on_page=False, in_data=shown),
    )


def _cells(own: Findings, i: int) -> tuple[Cell, ...]:
    made = own.ranking.by_category
    assert made is not None
    ids = [item.id for item in made.categories.items_in(i)]
    return (
        Cell(own.items[i].id, own.items[i].id),
        Cell(plain(own.items[i].name), own.items[i].name),
        Cell(numbers.count(len(ids)), len(ids)),
        *_figures(own, own.ranking, i),
        *_figures(own, made.per_item, i),
        Cell("", " ".join(ids)),
        Cell("", int(own.ranking.estimate.item_base[i])),
    )


def _figures(own: Findings, ranking: Ranking | None, i: int) -> tuple[Cell, ...]:
    """The cells of `_columns` for one ranking."""
    if ranking is None:
        return (Cell(""),) * 9
    shown, sets = ranking.shown, ranking.simultaneous
    value, error, low, high = (finite(x[i]) for x in (shown.value, shown.error, shown.low, shown.high))
    rank = int(ranking.rank[i]) or None
    first, last = (None, None) if sets is None else (int(sets.low[i]) or None, int(sets.high[i]) or None)
    return (
        Cell(own.measure.without_unit(value), value),
        Cell("", error),
        Cell(own.measure.interval(low, high)),
        Cell("", low),
        Cell("", high),
        Cell(numbers.count(rank), rank),
        Cell(numbers.rank_set(first, last)),
        Cell("", first),
        Cell("", last),
    )
