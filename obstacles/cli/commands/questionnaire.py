"""`obstacles questionnaire`: the instrument as a form for survey platforms and for paper, and how it is read back."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click

from obstacles.cli.options import force_option, study_file
from obstacles.cli.terminal import plain, print_problems, say
from obstacles.reports.writers.door import Writer
from obstacles.text.language import _, commas

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from obstacles.survey.problems import Problem
    from obstacles.survey.settings import StudySettings

FOR = ("xlsform", "limesurvey", "word", "pdf")  # the keys of reports.questionnaire.platforms.PLATFORMS
MOST_VERSIONS = 26
INSTRUMENT = "big_data_in_government"


@click.command("questionnaire", help=_("Write the questionnaire of a study for survey platforms and for paper."))
@click.argument("study", required=False, type=click.Path(path_type=Path), metavar="[STUDY]")
@click.option(
    "--instrument",
    metavar="NAME",
    help=_("A built-in instrument in place of a study; {name} when both are omitted.").format(name=INSTRUMENT),
)
@click.option(
    "--for",
    "platforms",
    default=",".join(FOR),
    show_default=True,
    metavar="NAMES",
    help=_("XLSForm (ODK, KoboToolbox, Survey123), LimeSurvey, and forms on paper as Word or PDF."),
)
@click.option(
    "--language", metavar="CODES", help=_("Languages of the forms, as in en+zh; those of the study if omitted.")
)
@click.option(
    "--versions",
    type=click.IntRange(1, MOST_VERSIONS),
    default=1,
    show_default=True,
    metavar="N",
    help=_("Forms on paper with the items in N orders: form A, form B ..."),
)
@click.option(
    "--seed", type=click.IntRange(min=0), metavar="N", help=_("Shuffle the items of paper forms by this seed.")
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("questionnaire"),
    show_default=True,
    metavar="DIR",
    help=_("Folder of the files."),
)
@force_option
def command(
    study: Path | None,
    instrument: str | None,
    platforms: str,
    language: str | None,
    versions: int,
    seed: int | None,
    output: Path,
    force: bool,
) -> None:
    from obstacles.reports.questionnaire.platforms import Options, files_of
    from obstacles.reports.writers.glyphs import FontError
    from obstacles.survey.questionnaire.questions import questionnaire_of

    if study is not None and instrument is not None:
        raise click.UsageError(_("give a study or --instrument, not both."))
    chosen = _platforms(platforms)
    settings, folder, inputs = _settings(study, instrument or INSTRUMENT)
    questionnaire = questionnaire_of(settings, folder, languages=_languages(language))
    problems: list[Problem] = []
    try:
        made = files_of(questionnaire, chosen, Options(versions, seed), problems.append)
    except FontError as error:
        raise click.ClickException(plain(str(error))) from None
    _write(output, made, Writer(inputs, force))
    print_problems(dict.fromkeys(problems))
    for name in made:
        say(str(output / name))
    studies = commas(str(output / name) for name in made if name.endswith("/study.toml"))
    say(
        _("With the answers beside it, each study file is read as it is: {studies}.").format(studies=studies),
        error=True,
    )


def _platforms(typed: str) -> list[str]:
    names = [name.strip() for name in typed.split(",") if name.strip()]
    wrong = next((name for name in names if name not in FOR), None)
    if wrong is not None or not names:
        message = _('--for: there is no platform "{name}". The platforms are {known}.')
        raise click.UsageError(plain(message.format(name=wrong or "", known=commas(FOR))))
    return names


def _languages(typed: str | None) -> tuple[str, ...]:
    """Codes such as en and zh."""
    from obstacles.survey.settings.values import LANGUAGE

    codes = tuple(dict.fromkeys(code.strip() for code in (typed or "").replace(",", "+").split("+") if code.strip()))
    wrong = next((code for code in codes if not LANGUAGE.fullmatch(code)), None)
    if wrong is not None:
        message = _('--language: "{code}" is no code of a language, such as en or zh.')
        raise click.UsageError(plain(message.format(code=wrong)))
    return codes


def _settings(study: Path | None, instrument: str) -> tuple[StudySettings, Path | None, Sequence[Path]]:
    """Settings, the folder of the study's tables, and the files that are never written over."""
    from obstacles.survey.loading.load import files_of
    from obstacles.survey.questionnaire.questions import instrument_settings
    from obstacles.survey.studyfile.instrument import instruments
    from obstacles.survey.studyfile.read import read_study_file

    if study is not None:
        path = study_file(study)
        settings = read_study_file(path)
        return settings, path.parent, files_of(path, path.parent, settings)
    if instrument not in instruments():
        message = _('there is no instrument "{name}". The instruments are {known}.')
        raise click.UsageError(plain(message.format(name=instrument, known=commas(instruments()))))
    return instrument_settings(instrument), None, ()


def _write(folder: Path, made: Mapping[str, bytes], writer: Writer) -> None:
    """All files or, where one is in the way, none."""
    writer.check([folder / name for name in made], made=[sha256(content).hexdigest() for content in made.values()])
    try:
        for name, content in made.items():
            writer.write(folder / name, content)
    except OSError as error:
        message = _("{path} cannot be written: {reason}.").format(path=error.filename or folder, reason=error.strerror)
        raise click.ClickException(plain(message)) from None
