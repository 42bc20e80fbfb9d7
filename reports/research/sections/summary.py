"""One page that can be read alone: up to three sentences, key figures, and the ranking as one chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.charts.labels import text_width
from obstacles.reports.charts.layout import FOOT, TALLEST, TOP, WIDTH, lay_rows
from obstacles.reports.charts.ranking import RankingData
from obstacles.reports.research import brief
from obstacles.reports.wave import estimates, sentences
from obstacles.reports.wave.uncertainty import assumption, how_to_read
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import bare, chart_name, marked, sentence_name
from obstacles.reports.words.page_blocks import (
    MESSAGE,
    Block,
    Callout,
    Figure,
    KeyFigure,
    KeyFigures,
    Listing,
    Section,
    Together,
    message_class,
)
from obstacles.reports.words.verdicts import agreement
from obstacles.text.language import _, ngettext

if TYPE_CHECKING:
    from obstacles.reports.wave.findings import Findings, Ranked


PAGE = 640.0  # points that a page of the smaller paper holds
HEADING, KEY_FIGURES, FIGURE_WORDS, CALLOUT = 24.0, 62.0, 92.0, 72.0  # points that the parts of the page take
LIST, COLUMN = 8.0, 220.0  # letters of a list, and the width of a column of it
LEAST = 120.0  # points that the rows of the chart have at least
ROW, FEWEST = 13.0, 8  # points of a row where there are many, and rows that are shown at least


def section(f: Findings) -> Section:
    """The first page: what the ranking says, what may be said of it and what not."""
    blocks: list[Block] = []
    lead, figures, said = headlines(f), key_figures(f), safe_and_not(f)
    if f.ranked:
        blocks.append(ranking_figure(f))
    if said is not None:
        blocks.append(said)
    if figures and _room(f) > 0:
        blocks.append(KeyFigures(tuple(figures)))
    if explains(f):
        blocks.append(Callout(_("How to read the rank sets"), how_to_read(f)))
    return Section("summary", _("In short"), lead, tuple(blocks), new_page=True)


def safe_and_not(f: Findings) -> Together | None:
    """Two lists beside each other: what tests carry, and what they leave open; None where there is neither."""
    lists = ((_("Safe to say"), brief.safe(f)), (_("Not safe to say"), brief.not_safe(f)))
    made = tuple(Listing(title, tuple(bare(line) for line in lines)) for title, lines in lists if lines)
    return Together(made) if made else None


def explains(f: Findings) -> bool:
    """Whether this page has room to explain rank sets; else the section of the ranking does."""
    return f.ranking.simultaneous is not None and _room(f) > CALLOUT


def _for_rows(f: Findings, less: float = 0.0) -> float:
    """Points that the page, `less` of it taken by other things, has for the rows of the chart."""
    lead = [bare(sentence) for sentence in headlines(f)]
    size, leading = MESSAGE[message_class(lead[0])] if lead else (0.0, 0.0)
    height = 0.0 + sum(_lines(sentence, 12.2) * 17 + 5 for sentence in lead[1:])
    height += _lines(lead[0], size) * leading + 5 if lead else 0.0
    return PAGE - less - HEADING - height - _lists(f) - KEY_FIGURES - FIGURE_WORDS - TOP - FOOT


def _lists(f: Findings) -> float:
    """Points that the lists of what is safe to say take, the longer of two columns."""
    columns = ([bare(line) for line in lines] for lines in (brief.safe(f), brief.not_safe(f)))
    return max(
        (sum(_lines(line, LIST, COLUMN) * 10.8 + 3 for line in lines) + 34 for lines in columns if lines), default=0.0
    )


def _shown(f: Findings, less: float = 0.0) -> list[int]:
    """Items that the chart of the first page has room for: all of `charted`, or the first of them."""
    items = estimates.charted(f)
    fit = max(int(_for_rows(f, less) // ROW), FEWEST)
    return items if len(items) <= max(fit, FEWEST + 1) else items[:fit]


def _room(f: Findings) -> float:
    """Points that are left on the page below the chart."""
    room = _for_rows(f)
    rows = lay_rows([chart_name(f.items[i]) for i in _shown(f)], top=0, tallest=max(room, LEAST))
    return room - rows.bottom


def _lines(text: str, size: float, width: float = WIDTH) -> int:
    return int(text_width(text, size) / width * 1.04) + 1


def headlines(f: Findings) -> tuple[str, ...]:
    """Up to three sentences: the first place, the places beside it, and whether the method matters."""
    found = (
        sentences.first_place(f.ranking, f.nouns),
        sentences.beside_the_first(f.ranking, f.nouns),
        sentences.methods_agree(f) if f.ranking.headline.kind != "flat" else None,
    )
    return tuple(sentence for sentence in found if sentence)


def key_figures(f: Findings) -> list[KeyFigure]:
    """Up to four figures with a line of text each."""
    made = [_leader(f), _could_lead(f), _agreement(f), _respondents(f), _response(f)]
    return [figure for figure in made if figure][:4]


def _leader(f: Findings) -> KeyFigure | None:
    found = f.ranking.headline
    if found.kind not in ("clear", "among", "descriptive") or not found.leaders:
        return None
    i = found.leaders[0]
    value, low, high = (float(part[i]) for part in (f.ranking.shown.value, f.ranking.shown.low, f.ranking.shown.high))
    name = marked(sentence_name(f.items[i]))
    estimate = f.measure.method.estimate
    message = _("{estimate} of {name}, {level} interval {interval}") if low == low else _("{estimate} of {name}")
    text = message.format(
        estimate=estimate, name=name, level=numbers.level(f.ranking.level), interval=f.measure.interval(low, high)
    )
    return KeyFigure(f.measure.with_unit(value), text, accent=True)


def _could_lead(f: Findings) -> KeyFigure | None:
    found = f.ranking.headline
    if f.ranking.simultaneous is None or found.kind == "nothing" or (found.kind == "clear" and found.could_lead > 1):
        return None  # the winner test has named the first: beside it "2 could be first" would contradict it
    message = ngettext(
        "of {m} {nouns} can claim first place",
        "of {m} {nouns} can claim first place",
        found.could_lead,
    )
    text = message.format(m=numbers.count(f.ranked), nouns=f.nouns.several)
    return KeyFigure(numbers.count(found.could_lead), text)


def _agreement(f: Findings) -> KeyFigure | None:
    test = next((test for test in f.ranking.tests if test.name == "Kendall's W"), None)
    if test is None or test.statistic != test.statistic:
        return None
    text = _("Kendall's W: {agreement}").format(agreement=agreement(test.statistic))
    return KeyFigure(numbers.decimal(test.statistic, 2), text)


def _respondents(f: Findings) -> KeyFigure | None:
    n = f.profile.respondents
    if f.published or not n:
        return None
    weights = f.profile.weights
    if weights is None:
        return KeyFigure(numbers.count(n), ngettext("respondent analysed", "respondents analysed", n))
    message = ngettext("respondent analysed; effective n {n}", "respondents analysed; effective n {n}", n)
    return KeyFigure(numbers.count(n), message.format(n=numbers.count(weights.effective_n)))


def _response(f: Findings) -> KeyFigure | None:
    rate, invited = f.profile.response_rate, f.profile.invited
    if rate is None or invited is None:
        return None
    message = ngettext("of {n} person invited is analysed", "of {n} people invited are analysed", invited)
    return KeyFigure(numbers.percent(rate), message.format(n=numbers.count(invited)))


def ranking_figure(f: Findings, *, less: float = 0.0) -> Figure:
    """Estimates beside ranks; `less` points of the page are taken by other things."""
    data = ranking_data(f, tallest=max(_for_rows(f, less), LEAST), items=_shown(f, less))
    has_sets, has_intervals = f.ranking.simultaneous is not None, any(row.low is not None for row in data.rows)
    return Figure(
        id="summary",
        chart="ranking",
        data=data,
        title=sentences.figure_title(f),
        subtitle=figure_subtitle(f, has_sets, has_intervals),
        alternative=bare(
            _("{headline} {estimate}: {values}.").format(
                headline=sentences.first_place(f.ranking, f.nouns),
                estimate=f.measure.method.estimate,
                values=estimates.values_in_words(f),
            )
        ),
        notes=tables.notes(
            estimates.more(f, len(data.rows)),
            estimates.source_and_base(f),
            bare(sentences.beside_the_winner(f.ranking, f.nouns)),
            assumption(f),
        ),
    )


def ranking_data(f: Ranked, *, tallest: float = TALLEST, items: list[int] | None = None) -> RankingData:
    """What the chart of a ranking draws; `tallest` are the points that its rows may take."""
    rows = [estimates.estimated(f, i) for i in (estimates.charted(f) if items is None else items)]
    level = numbers.level(f.ranking.level)
    return RankingData(
        rows=tuple(rows),
        heading=_heading(f, any(row.low is not None for row in rows)),
        rank_heading=_("Rank and {level} rank set").format(level=level) if f.ranking.simultaneous is not None else "",
        ranks=f.ranked,
        percent=f.measure.percent,
        bars=f.measure.percent,
        limits=estimates.limits(f, rows, from_zero=f.measure.percent),
        reverse=estimates.reverse(f),
        tallest=tallest,
    )


def _heading(f: Ranked, has_intervals: bool) -> str:
    if not has_intervals:
        return f.measure.heading
    return _("{heading} ({level} interval)").format(heading=f.measure.heading, level=numbers.level(f.ranking.level))


def figure_subtitle(f: Findings, has_sets: bool, has_intervals: bool) -> str:
    """What the chart of a ranking shows."""
    estimate, nouns, level = f.measure.method.estimate, f.nouns, numbers.level(f.ranking.level)
    if has_sets:
        message = _(
            "{estimate} of each {noun}, and its rank with the ranks that the data do not rule out. {model}, "
            "{level} intervals and simultaneous rank sets."
        )
    elif has_intervals:
        message = _("{estimate} of each {noun} with {level} intervals. {model}.")
    else:
        message = _("{estimate} of each {noun}.")
    return message.format(estimate=estimate, noun=nouns.one, level=level, model=f.measure.method.name)
