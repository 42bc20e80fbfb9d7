"""One page that can be read alone: up to three sentences, key figures, and the ranking as one chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.charts.labels import text_width
from obstacles.reports.charts.layout import FOOT, TALLEST, TOP, WIDTH, lay_rows
from obstacles.reports.charts.ranking import RankingData
from obstacles.reports.wave import estimates, sentences
from obstacles.reports.wave.uncertainty import assumption, how_to_read
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import bare, chart_name, marked, sentence_name, sentence_names
from obstacles.reports.words.page_blocks import Block, Callout, Figure, KeyFigure, KeyFigures, Prose, Section
from obstacles.reports.words.verdicts import agreement
from obstacles.text.language import _, ngettext

if TYPE_CHECKING:
    from obstacles.reports.wave.findings import Findings, Ranked


PAGE = 640.0  # points that a page of the smaller paper holds
HEADING, KEY_FIGURES, FIGURE_WORDS, CALLOUT = 30.0, 82.0, 92.0, 72.0  # points that the parts of the page take


def section(f: Findings) -> Section:
    """The first page: what the ranking says, in short."""
    blocks: list[Block] = []
    lead, figures = headlines(f), key_figures(f)
    if figures:
        blocks.append(KeyFigures(tuple(figures)))
    if f.ranked:
        blocks.append(ranking_figure(f))
    reading = how_to_use(f)
    height = _lines("".join(reading), 9.2) * 13.6 / 2 + 34
    if explains(f):
        blocks.append(Callout(_("How to read the rank sets"), how_to_read(f)))
        height += CALLOUT
    if reading and _room(f, lead) > height:
        blocks.append(Prose(reading, columns=min(len(reading), 2)))
    return Section("summary", _("In short"), lead, tuple(blocks), new_page=True)


def explains(f: Findings) -> bool:
    """Whether this page has room to explain rank sets; else the section of the ranking does."""
    return f.ranking.simultaneous is not None and _room(f, headlines(f)) > CALLOUT


def _for_rows(lead: tuple[str, ...]) -> float:
    """Points that the page has for the rows of the chart."""
    sentences_height = sum(_lines(bare(sentence), 12.2) * 17 + 5 for sentence in lead)
    return PAGE - HEADING - sentences_height - KEY_FIGURES - FIGURE_WORDS - TOP - FOOT


def _room(f: Findings, lead: tuple[str, ...]) -> float:
    """Points that are left on the page below the chart."""
    room = _for_rows(lead)
    rows = lay_rows([chart_name(f.items[i]) for i in estimates.charted(f)], top=0, tallest=room)
    return room - rows.bottom


def _lines(text: str, size: float) -> int:
    return int(text_width(text, size) / WIDTH) + 1


def how_to_use(f: Findings) -> tuple[str, ...]:
    """What the tiers mean for somebody who acts on them."""
    if len(f.tiers) < 2:
        return ()
    found = []
    named = set(f.ranking.headline.leaders) if f.ranking.headline.kind == "clear" else set()
    for together in f.tiers:
        tier = [i for i in together if i not in named]  # the winner test has put the first before the others
        if 1 < len(tier) <= 5:
            names = sentence_names([f.items[i] for i in tier])
            message = _("The data do not put {names} in order: treat them as one group.")
            found.append(message.format(names=numbers.listing(names)))
        elif len(tier) > 5:
            first, last = (marked(sentence_name(f.items[i])) for i in (tier[0], tier[-1]))
            message = _(
                "The data do not put the {n} {nouns} from {first} to {last} in one order: treat them as one group."
            )
            found.append(message.format(n=numbers.count(len(tier)), nouns=f.nouns.several, first=first, last=last))
    return tuple(found)


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
        "of {m} {nouns} could be first, by the rank sets that hold for all at once",
        "of {m} {nouns} could be first, by the rank sets that hold for all at once",
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


def ranking_figure(f: Findings) -> Figure:
    """Estimates beside ranks."""
    data = ranking_data(f, tallest=_for_rows(headlines(f)))
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
            estimates.more(f),
            estimates.source_and_base(f),
            sentences.beside_the_winner(f.ranking, f.nouns),
            assumption(f),
        ),
    )


def ranking_data(f: Ranked, *, tallest: float = TALLEST) -> RankingData:
    """What the chart of a ranking draws; `tallest` are the points that its rows may take."""
    rows = [estimates.estimated(f, i) for i in estimates.charted(f)]
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
