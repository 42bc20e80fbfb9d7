"""`obstacles evidence`: many surveys beside each other, and whether one category of obstacles comes first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from obstacles.cli.options import (
    data_option,
    force_option,
    json_option,
    language_option,
    level_option,
    refuse_unspoken,
    refusing,
)
from obstacles.cli.terminal import plain, print_json, print_problems, print_table, prose, say
from obstacles.text.language import _, commas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from obstacles.analysis.evidence.result import Evidence, Part, SurveyEvidence


@click.command("evidence", help=_("Put many surveys beside each other: does one category of obstacles come first?"))
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@data_option
@click.option(
    "--crosswalk",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=_("The category of each item; crosswalk.csv beside the first file when omitted."),
)
@click.option(
    "--category", default="skills", show_default=True, metavar="NAME", help=_("The category whose place is asked for.")
)
@click.option(
    "--reading",
    type=click.Choice(["narrow", "wide"]),
    default="narrow",
    show_default=True,
    help=_("Which column of the crosswalk counts."),
)
@level_option
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=_("Write the report: the ending is its form, such as .pdf; may be typed more than once."),
)
@language_option
@force_option
@json_option
def command(
    files: tuple[Path, ...],
    data: Path | None,
    crosswalk: Path | None,
    category: str,
    reading: str,
    level: float | None,
    reports: tuple[Path, ...],
    language: str | None,
    force: bool,
    as_json: bool,
) -> None:
    from obstacles.analysis.evidence.evidence import EvidenceError, evidence
    from obstacles.cli.commands.report import make_evidence
    from obstacles.survey.evidence.load import load_evidence
    from obstacles.text.fold import fold
    from obstacles.text.language import language as language_in_use
    from obstacles.text.language import using

    forms = [form_of(path) for path in reports]
    refuse_unspoken(language)
    with using(language or language_in_use()):
        read = load_evidence(files, crosswalk=crosswalk, data=data)
        print_problems(read.problems)
        asked: dict[str, Any] = {
            "category": fold(category),
            "reading": reading,
            "level": 0.95 if level is None else level,
        }
        with refusing(EvidenceError):
            if reports:
                result = make_evidence(read, reports, forms, force=force, **asked).evidence
            else:
                result = evidence(read, **asked)
        if as_json:
            print_json(result.to_dict())
        elif reports:
            _print_written(result, reports)
        else:
            _print(result)


def form_of(path: Path) -> str:
    """The form that the ending of a report's name asks for."""
    from obstacles.cli.commands.report import FORMATS

    form = path.suffix.lstrip(".").lower()
    if form not in FORMATS:
        message = _("{path} does not end in the name of a form. The forms are {known}.")
        raise click.UsageError(plain(message.format(path=path.name, known=commas(FORMATS))))
    return form


def _print_written(e: Evidence, paths: Sequence[Path]) -> None:
    """The verdict, and where the report is."""
    from obstacles.reports.evidence import words

    prose(words.verdict(e))
    prose(words.counted(e))
    for path in paths:
        say(str(path.with_suffix(path.suffix.lower())))


def _print(e: Evidence) -> None:
    """The verdict, the surveys by population, the pool, other ways of counting, and what would change the verdict."""
    from obstacles.reports.evidence import words
    from obstacles.reports.words import numbers

    prose(words.verdict(e))
    prose(words.counted(e))
    for population in dict.fromkeys(survey.population for survey in e.surveys):
        say()
        _print_surveys(words.name(population), [each for each in e.surveys if each.population == population])
    say()
    note = _(
        "Share: of the category's most named item, in percent. n*: respondents from which the difference to the next "
        "category excludes 0, whatever went together. Place: 1= shared, 3+ this or later (left off a cut list); of "
        "raw studies by any item. Places: those not ruled out at {level}, counting all items of each category."
    )
    prose(note.format(level=numbers.level(e.level)))
    say()
    prose(words.pooled(e))
    prose(words.assumptions())
    if e.agreement is not None:
        prose(words.coders(e))
        for sentence in words.disagreements(e):
            prose(f"- {plain(sentence)}")
    for title, parts in (
        (_("By population, period and kind of question"), e.parts),
        (_("Counted otherwise"), e.sensitivity),
    ):
        say()
        _print_parts(title, parts)
    say()
    _print_rivals(e)
    changes = words.would_change(e)
    if changes:
        say()
        say(_("What would change it:"))
        for sentence in changes:
            prose(f"- {sentence}")
    for sentence in words.not_counted(e):
        prose(sentence)


def _print_surveys(title: str, surveys: Sequence[SurveyEvidence]) -> None:
    from obstacles.reports.evidence import words
    from obstacles.reports.words import numbers

    rows = []
    for survey in surveys:
        d = survey.difference
        rows.append(
            [
                words.survey_name(survey),
                numbers.count(survey.n),
                words.share(survey),
                words.next_share(survey),
                numbers.points(None if d is None else d.value),
                numbers.count(None if d is None else d.break_even),
                words.place(survey),
                words.rank_set(survey),
            ]
        )
    head = [title, "n", _("share"), _("next"), _("difference"), "n*", _("place"), _("places")]
    print_table(head, rows)


def _print_parts(title: str, parts: Sequence[Part]) -> None:
    from obstacles.reports.evidence import words

    say(title)
    head = [_("Surveys"), _("first"), _("level"), _("surely"), _("surely not"), _("of"), _("pooled"), _("prediction")]
    print_table(head, [words.part_row(part) for part in parts])


def _print_rivals(e: Evidence) -> None:
    """The category against each fixed rival."""
    from obstacles.reports.evidence import words
    from obstacles.reports.words import numbers

    rows = []
    for part in e.rivals:
        pool = [numbers.MISSING] * 2
        if part.pool is not None:
            pool = [words.ends(part.pool, "mean"), numbers.points_interval(*part.pool.prediction, 0)]
        counted = (part.ahead, part.level, part.behind, part.surveys)
        rows.append([words.name(part.rival), *(numbers.count(number) for number in counted), *pool])
    if rows:
        say(_("Against each other category, wherever both are printed"))
        print_table([_("Category"), _("ahead"), _("level"), _("behind"), _("of"), _("pooled"), _("prediction")], rows)
