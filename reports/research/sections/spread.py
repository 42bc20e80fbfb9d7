"""How the answers spread: what was answered, item by item, without a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from obstacles.reports.charts.selections import NumberMarked, SelectionData
from obstacles.reports.charts.stacked import Stack, StackedData
from obstacles.reports.charts.style import DIVERGING, SEQUENTIAL, ramp
from obstacles.reports.wave import sentences
from obstacles.reports.wave.estimates import charted, more, source_and_base
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.marks import FEW_ANSWERS
from obstacles.reports.words.naming import bare, capital, chart_name, cut, marked, plain, sentence_name
from obstacles.reports.words.page_blocks import LOW_BASE, NOT_ASKED, Block, Cell, Column, Figure, Row, Section, Table
from obstacles.survey.answers import Ratings
from obstacles.text.language import _, commas, joined, label, ngettext

if TYPE_CHECKING:
    from obstacles.reports.wave.findings import Findings

LEFT_OUT = "#E9ECF0"  # offered, but not ranked
MOST_NUMBERS = 12  # numbers of marks with a bar of their own


def section(f: Findings) -> Section | None:
    """None for a published table, whose shares are the ranking itself, and for points and sliders, without levels."""
    kind, answers = f.spread.kind, f.wave.answers
    no_levels = isinstance(answers, Ratings) and (bool(answers.total) or answers.scale.continuous)
    if kind == "published" or not f.ranked or no_levels:
        return None
    blocks: list[Block] = []
    if kind == "selected":
        blocks.append(number_figure(f))
        if f.ranking.model != "share":
            blocks.append(spread_table(f))
    else:
        blocks += [stacked_figure(f), spread_table(f)]
    return Section("spread", _("How the answers spread"), (lead(f),), tuple(blocks))


def lead(f: Findings) -> str:
    """A description of the sample for the first item of the ranking."""
    first = f.order[0]
    share = f.spread.share[first]
    name = marked(sentence_name(f.items[first]))
    if f.spread.kind == "levels":
        top = _upper(f)
        message = _("{share} of those who rated it put {name} at {levels}.")
        return message.format(
            share=numbers.percent(float(share[top:].sum()), 0), name=name, levels=numbers.alternatives(_levels(f)[top:])
        )
    if f.spread.kind == "positions":
        left, (low, high) = float(share[-1]), sentences.bases(f)
        if low != high:
            message = _("{share} of the answers that could rank {name} put it first, and {left} do not rank it.")
        elif left > 0:
            message = _("{share} of respondents rank {name} first, and {left} do not rank it.")
        else:
            message = _("{share} of respondents rank {name} first.")
        return message.format(share=numbers.percent(float(share[0]), 0), left=numbers.percent(left, 0), name=name)
    if f.spread.kind == "selected":
        return _selected_lead(f)
    message = _("{name} is called the first of its set in {best} of the tasks that show it, and the last in {worst}.")
    return message.format(
        name=name, best=numbers.percent(float(share[0]), 0), worst=numbers.percent(float(share[2]), 0)
    )


def _selected_lead(f: Findings) -> str:
    count = f.spread.chosen_count
    middle = int(np.searchsorted(count.cumsum(), 0.5 - 1e-12))
    text = ngettext(
        "Half of the respondents mark {n} {noun} or fewer.",
        "Half of the respondents mark {n} {nouns} or fewer.",
        middle,
    ).format(n=numbers.count(middle), noun=f.nouns.one, nouns=f.nouns.several)
    cap = f.wave.question.max_choices
    if cap and f.spread.cap_hit is not None:
        hit = _("{share} mark the {cap} that were allowed.").format(
            share=numbers.percent(f.spread.cap_hit, 0), cap=numbers.count(cap)
        )
        return joined((text, hit))
    return text


def _levels(f: Findings) -> list[str]:
    return [plain(label(level.label)) or numbers.decimal(level.value, 0) for level in f.spread.levels]


def _upper(f: Findings) -> int:
    """Index of the first level above the middle of the scale."""
    return (len(f.spread.levels) + 1) // 2


def categories(f: Findings) -> list[str]:
    """What the columns of the shares are, in order."""
    if f.spread.kind == "levels":
        return _levels(f)
    if f.spread.kind == "best_worst":
        return [_("Last"), _("Neither"), _("First")]
    names = [numbers.count(place) for place in range(1, f.spread.places + 1)]
    if f.spread.last_is_rest:
        names[-1] = _("{place} and below").format(place=names[-1])
    return [*names, _("Not ranked")] if _has_left_out(f) else names


def _has_left_out(f: Findings) -> bool:
    return bool(np.nansum(f.spread.share[:, -1]) > 0)


def shares(f: Findings, i: int) -> tuple[float, ...]:
    """Shares of one item in the order of `categories`; empty where nobody answered."""
    row = f.spread.share[i]
    if not np.isfinite(row).all():
        return ()
    if f.spread.kind == "positions" and not _has_left_out(f):
        row = row[:-1]
    if f.spread.kind == "best_worst":  # the analysis has the best first; on the page it stands on the right
        row = row[::-1]
    return tuple(float(share) for share in row)


def stacked_figure(f: Findings) -> Figure:
    """Levels round their middle, places from the left."""
    kind, names = f.spread.kind, categories(f)
    if kind == "positions":
        ordered = list(reversed(SEQUENTIAL[1:]))
        colours = ramp(tuple(ordered), f.spread.places)
        colours += [LEFT_OUT] if _has_left_out(f) else []
        heading = _("Ranked first")
    else:
        colours = ramp(DIVERGING, len(names))
        heading = cut(" + ".join(names[_upper(f) :]), 40) if kind == "levels" else _("First")
    rows = []
    for i in charted(f):
        row = shares(f, i)
        total = (
            None if not row else sum(row[_upper(f) :]) if kind == "levels" else row[0 if kind == "positions" else -1]
        )
        rows.append(Stack(chart_name(f.items[i]), row, total, i in f.leaders))
    weighted = f.profile.weights is not None
    return Figure(
        id="spread",
        chart="stacked",
        data=StackedData(tuple(rows), tuple(names), tuple(colours), heading, centred=kind != "positions"),
        title=_stacked_title(f),
        subtitle=_stacked_subtitle(f, weighted),
        alternative=bare(_("{lead} All shares are in the table below.").format(lead=lead(f))),
        notes=tables.notes(
            more(f), source_and_base(f), _("Shares too narrow for a number are in the table."), sentences.rounding()
        ),
    )


def _stacked_title(f: Findings) -> str:
    if f.spread.kind == "levels":
        return _("How the {nouns} are rated").format(nouns=f.nouns.several)
    if f.spread.kind == "positions":
        return _("The places given to each {noun}").format(noun=f.nouns.one)
    return _("How often each {noun} is first or last of its set").format(noun=f.nouns.one)


def _stacked_subtitle(f: Findings, weighted: bool) -> str:
    kind = f.spread.kind
    if kind == "positions":
        if weighted:
            return _("Share of respondents who gave each place, %, weighted, in the order of the ranking.")
        return _("Share of respondents who gave each place, %, in the order of the ranking.")
    if kind == "levels":
        names = _levels(f)
        middle = names[len(names) // 2]
        if len(names) % 2 == 0:
            middle = _("the middle of the scale")
        text = _("Share of those who rated it, %, weighted. Bars are centred on {middle}.")
        if not weighted:
            text = _("Share of those who rated it, %. Bars are centred on {middle}.")
        return text.format(middle=middle)
    return _("Share of the tasks that show it, %.")


def number_figure(f: Findings) -> Figure:
    """How many items respondents marked."""
    count, cap = f.spread.chosen_count, f.wave.question.max_choices
    rows = []
    last = min(len(count) - 1, MOST_NUMBERS)
    for n in range(last + 1):
        if n == 0 and count[0] == 0:
            continue
        rest = n == last and len(count) - 1 > last
        name = _("{n} or more").format(n=numbers.count(n)) if rest else numbers.count(n)
        rows.append(NumberMarked(name, float(count[n:].sum() if rest else count[n]), cap=bool(cap) and n == cap))
    return Figure(
        id="marks",
        chart="selections",
        data=SelectionData(tuple(rows), _("% of respondents"), _("the most that could be marked") if cap else ""),
        title=_("How many {nouns} respondents mark").format(nouns=f.nouns.several),
        subtitle=_("Share of respondents by the number of {nouns} they marked, %.").format(nouns=f.nouns.several),
        alternative=bare(
            _("{lead} Shares by number: {shares}.").format(
                lead=lead(f),
                shares=commas(
                    _("{name}: {value}").format(name=row.name, value=numbers.percent(row.share)) for row in rows
                ),
            )
        ),
        notes=tables.notes(source_and_base(f), _cap_note(f), sentences.rounding()),
    )


def _cap_note(f: Findings) -> str:
    cap = f.wave.question.max_choices
    if not cap or f.spread.cap_hit is None:
        return ""
    return _("Where the limit of {cap} binds, shares of different {nouns} come at each other's expense.").format(
        cap=numbers.count(cap), nouns=f.nouns.several
    )


def spread_table(f: Findings) -> Table:
    """The shares of the chart for every item, with its base."""
    kind = f.spread.kind
    names = categories(f) if kind != "selected" else [_("Marked")]
    ids = _ids(f, len(names))
    with_na = kind == "levels" and bool((f.spread.not_applicable > 0).any())
    columns = [*tables.item_columns(capital(f.nouns.one))]
    columns += [Column(id, name) for id, name in zip(ids, names, strict=True)]
    columns += [
        Column("not_applicable", _("Not applicable"), on_page=with_na, in_data=with_na),
        Column("base", _("Base")),
    ]
    rows = []
    for i in f.order:
        row = shares(f, i)[: len(names)]
        base = int(f.spread.base[i])
        low = 0 < base < FEW_ANSWERS
        cells = [*tables.item_cells(f.items[i])]
        cells += [Cell(numbers.bare_percent(share), share) for share in row] or [Cell(NOT_ASKED)] * len(names)
        absent = float(f.spread.not_applicable[i])
        cells.append(Cell(numbers.bare_percent(absent), absent))
        cells.append(Cell(f"{numbers.count(base)} {LOW_BASE}" if low else numbers.count(base), base))
        rows.append(Row(tuple(cells), strong=i in f.leaders))
    marks = []
    if any(not shares(f, i) for i in f.order):
        marks.append(_("{mark} not asked, or nobody answered.").format(mark=NOT_ASKED))
    if any(0 < int(b) < FEW_ANSWERS for b in f.spread.base):
        marks.append(_("{mark} fewer than {n} respondents.").format(mark=LOW_BASE, n=FEW_ANSWERS))
    return Table(
        id="spread",
        title=_("The shares in numbers"),
        subtitle=_table_subtitle(kind, with_na),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=tables.notes(source_and_base(f), *marks),
    )


def _table_subtitle(kind: str, with_na: bool) -> str:
    if kind == "levels" and with_na:
        return _("% of those who rated the item; “not applicable” in % of all who were asked.")
    if kind == "levels":
        return _("% of those who rated the item.")
    if kind == "best_worst":
        return _("% of the tasks that show the item.")
    return _("% of those who were offered the item.")


def _ids(f: Findings, n: int) -> list[str]:
    """Names of the share columns in data."""
    if f.spread.kind == "levels":
        return [f"level_{level.value:g}" for level in f.spread.levels]
    if f.spread.kind == "best_worst":
        return ["worst", "neither", "best"]
    if f.spread.kind == "selected":
        return ["marked"]
    places = [f"place_{place}" for place in range(1, f.spread.places + 1)]
    if f.spread.last_is_rest:
        places[-1] += "_or_below"
    return [*places, "not_ranked"][:n]
