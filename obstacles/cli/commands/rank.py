"""`obstacles rank`: one wave's ranking as a table, JSON or CSV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from obstacles.cli.options import (
    by_category_option,
    known_wave,
    open_study,
    ranking_options,
    refusing,
    strict_option,
    study_argument,
)
from obstacles.cli.publish import draft_option, drafted
from obstacles.cli.ranking_chart import Drawn, is_drawn, print_chart
from obstacles.cli.terminal import plain, print_json, print_table, print_warnings, prose, say, say_synthetic
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import nouns_of, quoted
from obstacles.text.language import _, full_stop, joined, label, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from obstacles.analysis.ranking.result import Ranking
    from obstacles.analysis.terms import CovarianceAsked
    from obstacles.reports.wave.findings import Ranked
    from obstacles.survey.study import Study


@click.command("rank", help=_("Print the ranking of one wave."))
@study_argument
@strict_option
@ranking_options
@click.option(
    "--covariance",
    type=click.Choice(["robust", "model"]),
    default="robust",
    show_default=True,
    help=_("Errors from the design, or from the model alone."),
)
@click.option(
    "--random-answers",
    metavar="SHARE",
    callback=lambda _context, _option, typed: _random_answers(typed),
    help=_('Correct for who ranks at random: "anchor" for the anchor question, or an assumed share such as 0.2.'),
)
@by_category_option
@click.option("--json", "form", flag_value="json", help=_("Print JSON."))
@click.option("--csv", "form", flag_value="csv", help=_("Print CSV."))
@draft_option
def command(
    study: Path,
    data: Path | None,
    wave: str | None,
    model: str,
    level: float | None,
    k: int,
    covariance: CovarianceAsked,
    random_answers: str | float | None,
    by_category: bool,
    form: str | None,
    draft: bool,
) -> None:
    prepared = drafted(open_study(study, data), draft)
    wave = known_wave(prepared, wave)
    _warn(prepared, wave)
    from obstacles.analysis.disclosure.coarse import needs_grid
    from obstacles.analysis.ranking.rank import rank

    with refusing():
        ranking = rank(
            prepared,
            wave=wave,
            model=model,
            level=level,
            k=k,
            covariance=covariance,
            random_answers=random_answers,
            frequencies=form == "json",
            by_category=by_category,
        )
    if form == "json":
        # the checks are of the ranking of items as it stands
        plain_ranking = covariance == "robust" and random_answers is None and not by_category
        print_json(record_of(prepared, ranking, k=k, checked=plain_ranking))
    elif form == "csv":
        click.echo(csv_of(ranking, grid=needs_grid(prepared, prepared.wave(wave))), nl=False)
    else:
        _print(prepared, ranking)


def record_of(study: Study, ranking: Ranking, *, k: int = 3, checked: bool = True) -> dict[str, Any]:
    """What --json prints of a ranking made with its frequencies; with `checked` the checks of the order, too."""
    from obstacles.analysis.disclosure.coarse import needs_grid, on_grid
    from obstacles.analysis.ranking.checks import checks

    record = ranking.to_dict() | (checks(study, ranking, k=k).to_dict() if checked else {})
    return on_grid(record) if needs_grid(study, study.wave(ranking.wave)) else record


def _random_answers(typed: str | None) -> str | float | None:
    """ "anchor", or the share as a number; raises BadParameter for other words."""
    if typed is None or typed == "anchor":
        return typed
    try:
        return float(typed)
    except ValueError:
        message = _('it is "anchor" or a share such as 0.2, not "{word}".')
        raise click.BadParameter(plain(message.format(word=typed))) from None


def _warn(study: Study, wave: str | None) -> None:
    """Warnings beside the result; notes are for `check`."""
    from obstacles.survey.loading.minimum_size import too_small

    chosen = study.wave(wave)
    small = too_small(study.settings, [chosen], reported=False)
    print_warnings([*study.problems, *chosen.receipt.problems, *small])


def csv_of(ranking: Ranking, *, grid: bool) -> str:
    """The ranking with one row per item; text that a spreadsheet would take for a formula gets a leading apostrophe."""
    from obstacles.analysis.disclosure.coarse import DIGITS

    frame = ranking.to_frame().round(DIGITS) if grid else ranking.to_frame()
    for name in ("id", "label"):
        frame[name] = [_as_text(plain(text)) for text in frame[name]]
    return str(frame.to_csv(index=False, lineterminator="\n"))


def _as_text(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def _print(study: Study, ranking: Ranking) -> None:
    """The headline, the table, the method and its notes."""
    from obstacles.reports.wave.categories import category_sentences
    from obstacles.reports.wave.sentences import beside_the_winner, headline
    from obstacles.reports.wave.set_aside import set_aside_in_words

    say_synthetic(study)
    if ranking.by_category is None:
        prose(headline(ranking, nouns_of(study)))
    else:
        prose(quoted(joined(category_sentences(ranking, nouns_of(study)))))
    say()
    if ranking.by_category is None and is_drawn():
        _draw(ranking)
    else:
        _print_rows(ranking)
    if ranking.set_aside:
        say()
        prose(quoted(set_aside_in_words(ranking.set_aside)))
    say()
    prose(_method(study, ranking))
    beside = quoted(beside_the_winner(ranking, nouns_of(study)))
    for note in filter(None, (beside, *ranking.notes)):
        prose(note)


def _draw(ranking: Ranking) -> None:
    """The ranking as a chart on a terminal, with the figures and digits of the page."""
    from obstacles.reports.wave import estimates
    from obstacles.reports.wave.findings import Ranked
    from obstacles.reports.words.measures import measure_of

    f = Ranked(ranking, measure_of(ranking))
    rows = [estimates.estimated(f, i) for i in f.order]
    from_zero = f.measure.percent
    start, end = estimates.limits(f, rows, from_zero=from_zero)
    if estimates.reverse(f):
        start, end = end, start

    def share(value: float | None) -> float | None:
        return None if value is None or start == end else (value - start) / (end - start)

    sets = any(row.rank_low for row in rows)
    drawn = [
        Drawn(
            place=numbers.rank_set(row.rank_low, row.rank_high) if sets else numbers.count(row.rank),
            label=f.items[i].name,
            value=row.text,
            interval=f.measure.interval(row.low, row.high) if row.low is not None else "",
            point=share(row.value),
            low=share(row.low),
            high=share(row.high),
            tier=int(ranking.tier[i]),
            first=row.accent,
        )
        for i, row in zip(f.order, rows, strict=True)
    ]
    print_chart(drawn, from_zero=from_zero)
    say()
    prose(joined(_legend(f, drawn)))


def _legend(f: Ranked, drawn: Sequence[Drawn]) -> list[str]:
    """What the figures and marks of the chart are, as sentences."""
    level = numbers.level(f.ranking.level)
    if not any(row.interval for row in drawn):
        return [_("First figure: rank. Point and last figure: {measure}.").format(measure=f.measure.heading)]
    message = _(
        "First figures: {level} rank set. Point and figure behind it: {measure}. "
        "Shaded and last figures: {level} interval."
    )
    brackets = (
        _("Brackets: tiers, inside which the order is uncertain.") if len({row.tier for row in drawn}) > 1 else ""
    )
    return [message.format(level=level, measure=f.measure.heading), brackets]


def _print_rows(ranking: Ranking) -> None:
    """The ranking as a table."""
    from obstacles.reports.words.measures import measure_in_words

    measure = measure_in_words(ranking.estimate)
    if _is_share(ranking):
        measure = _("{name} ({value})").format(name=measure, value="%")
    interval = _("{level} interval").format(level=numbers.level(ranking.level))
    rows = [_row(ranking, record) for record in ranking.rows]
    figures = [measure, interval, _("Rank"), _("Rank set")]
    if ranking.by_category is None:
        print_table([_("Item"), *figures], rows)
    else:
        sizes = [numbers.count(record["item_count"]) for record in ranking.rows]
        print_table([_("Category"), *figures, _("Items")], [[*row, n] for row, n in zip(rows, sizes, strict=True)])
        _print_per_item(ranking, figures)


def _is_share(ranking: Ranking) -> bool:
    from obstacles.analysis.scores import SCORES

    return SCORES[ranking.model].words.percent and ranking.estimate.display_scale != "worth"


def _print_per_item(ranking: Ranking, head: list[str]) -> None:
    """The same by the mean of each category's items, where that is another figure."""
    assert ranking.by_category is not None
    per_item = ranking.by_category.per_item
    if per_item is not None:
        say()
        print_table([_("Per item"), *head], [_row(per_item, record) for record in per_item.rows])


def _row(ranking: Ranking, record: dict[str, Any]) -> list[str]:
    low, high = record["interval"] or (None, None)
    first, last = record["rank_set"] or (None, None)
    if _is_share(ranking):
        estimate, interval = numbers.bare_percent(record["estimate"]), numbers.percent_interval(low, high)
    else:
        digits = 3 if ranking.estimate.display_scale == "worth" else 2
        estimate, interval = numbers.decimal(record["estimate"], digits), numbers.interval(low, high, digits)
    return [record["label"], estimate, interval, numbers.count(record["rank"]), numbers.rank_set(first, last)]


def _method(study: Study, ranking: Ranking) -> str:
    """Study, wave, method and every default that was used."""
    from obstacles.reports.wave.categories import how_made
    from obstacles.reports.words.measures import errors_in_words

    parts = [
        _("{title}, wave {wave}.").format(title=label(study.title), wave=ranking.wave),
        _("Method: {model} ({reason}).").format(model=ranking.model, reason=ranking.reason),
    ]
    estimate = ranking.estimate
    if estimate.base:
        respondents = ngettext("{n} respondent", "{n} respondents", estimate.base)
        parts.append(full_stop(respondents.format(n=numbers.count(estimate.base))))
    if estimate.covariance is not None:
        parts.append(
            _("Errors: {kind}; level {level}; seed {seed}.").format(
                kind=errors_in_words(estimate.covariance_kind), level=numbers.level(ranking.level), seed=ranking.seed
            )
        )
    if ranking.by_category is not None:
        parts.append(how_made(ranking, nouns_of(study)))
    if ranking.simultaneous is not None:
        parts.append(_("Rank sets hold for all items at once."))
    if estimate.penalty:
        parts.append(_("Penalty: {penalty} pseudo-rankings.").format(penalty=numbers.decimal(estimate.penalty, 1)))
    return joined(parts)
