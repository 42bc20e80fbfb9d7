"""Words that several commands share: the study, its data folder, the wave."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from obstacles.reports.kinds import REPORTS
from obstacles.text.group_words import call
from obstacles.text.language import _, catalogues, commas, quoted_names
from obstacles.text.languages.base import base_of
from obstacles.text.nearest import LOOSE, did_you_mean

if TYPE_CHECKING:
    from obstacles.survey.study import Study

F = TypeVar("F", bound=Callable[..., object])
LARGE = 20_000_000  # bytes of a file from which it is worth saying that it is being read


def together(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    """Several options as one decorator, in the order of the page of help."""

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


data_option = click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help=_("Look for the waves' files here instead of beside the study file."),
)
STRICT = "obstacles.strict"  # of the context of click
strict_option = click.option(
    "--strict",
    is_flag=True,
    expose_value=False,
    callback=lambda context, _option, typed: context.meta.__setitem__(STRICT, typed),
    help=_('Refuse a study file in which lines are still marked "#?".'),
)
study_argument = together(click.argument("study", type=click.Path(path_type=Path), metavar="STUDY"), data_option)
wave_option = click.option("--wave", metavar="ID", help=_("The wave; the last one when omitted."))
level_option = click.option(
    "--level",
    type=click.FloatRange(0.5, 1, min_open=True, max_open=True),
    metavar="LEVEL",
    help=_("Confidence level, such as 0.95."),
)
k_option = click.option(
    "--k",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    metavar="K",
    help=_("Places that count for the top-k share."),
)
ranking_options = together(
    wave_option,
    click.option(
        "--model", default="auto", metavar="NAME", help=_("How obstacles are scored; the form's default if omitted.")
    ),
    level_option,
    k_option,
)
language_option = click.option("--language", metavar="CODE", help=_("Language of the labels, such as en."))
force_option = click.option(
    "--force",
    is_flag=True,
    help=_("Replace files that obstacles did not make; those that the study is read from never are."),
)
by_category_option = click.option(
    "--by-category", is_flag=True, help=_("The categories of the items instead of the items.")
)
json_option = click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
comparison_options = together(
    click.option("--comparison", metavar="ID", help=_("A [[comparison]] of the study file; the first if omitted.")),
    click.option(
        "--waves", nargs=2, metavar="A B", default=None, help=_("Two waves instead of those of the comparison.")
    ),
    click.option(
        "--where",
        multiple=True,
        metavar="GROUP=NAME",
        help=_('Only these respondents, as in "country=United Kingdom"; may be repeated.'),
    ),
)
report_options = together(  # what reports of one kind or another are made by
    ranking_options,
    comparison_options,
    click.option("--by", metavar="GROUP", help=_("gap: a report for every group, such as department.")),
)


def kind_option(*also: str) -> Callable[[F], F]:
    """--kind of reports: those of a study, and `also`."""
    kinds = click.Choice([*REPORTS, *also])
    return click.option("--kind", type=kinds, default="research", show_default=True, help=_("Which report."))


def options_of(kind: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed for a report of a kind; raises UsageError for words of another kind.

    Parameters
    ----------
    typed
        Values of `report_options`, and of further options of kinds of report.
    """
    words = {**typed, "where": groups_of(typed["where"]), "model": None if typed["model"] == "auto" else typed["model"]}
    always = {"level": words.pop("level"), "k": words.pop("k")}
    stated = {name: value for name, value in words.items() if value is not None}
    for name in stated:
        if name not in REPORTS[kind].options:
            kinds = ", ".join(other for other, report in REPORTS.items() if name in report.options)
            message = _("--{word} does not belong to the {kind} report; it is a word of {kinds}.")
            raise click.UsageError(message.format(word=name, kind=kind, kinds=kinds))
    return {**stated, **always}


def groups_of(typed: Sequence[str]) -> dict[str, tuple[str, ...]] | None:
    """("country=Spain", "country=Italy") -> {"country": ("Spain", "Italy")}; None where nothing was typed."""
    from obstacles.cli.terminal import plain

    found: dict[str, tuple[str, ...]] = {}
    for text in typed:
        column, _sign, name = (part.strip() for part in text.partition("="))
        if not column or not name:
            message = _('--where takes a group and a name, as in "country=United Kingdom"; this is "{text}".')
            raise click.UsageError(plain(message.format(text=text)))
        found[column] = (*found.get(column, ()), name)
    return found or None


def study_file(path: Path) -> Path:
    """A folder stands for the study.toml in it."""
    inside = path / "study.toml"
    return inside if path.is_dir() and inside.is_file() else path


def refuse_unspoken(language: str | None, labelled: Sequence[str] = ()) -> None:
    """Refuse a language without a catalogue, in which no study has labels (`labelled`)."""
    from obstacles.cli.terminal import plain

    if language is not None and base_of(language) not in (*catalogues(), *map(base_of, labelled)):
        message = _('there is no language "{language}" here. There are: {known}.')
        raise click.UsageError(
            plain(message.format(language=language, known=commas(dict.fromkeys((*catalogues(), *labelled)))))
        )


def open_study(path: Path, data: Path | None, *, language: str | None = None) -> Study:
    """Load a study, with problems and receipts in `language`; raises SurveyError, with --strict for open marks, too."""
    from obstacles.survey.loading.load import load_study

    with waiting() as on_file:
        study = load_study(study_file(path), data=data, language=language, on_file=on_file)
    call(study.settings.groups.words)
    context = click.get_current_context(silent=True)
    if context is not None and context.meta.get(STRICT):
        _refuse_marks(study)
    return study


def name_of_files(study: Study) -> str:
    """What files made of a study are called: its id, and the study file's name where another beside it has the id.

    So two studies in one folder never write over each other's reports.
    """
    from obstacles.survey.studyfile.read import stated_id

    for other in sorted(study.path.parent.glob("*.toml")):
        alike = other.name != study.path.name and stated_id(other) == study.id
        if alike and study.path.stem != "study":
            return f"{study.id}-{study.path.stem}"
    return study.id


def _refuse_marks(study: Study) -> None:
    """Raise where lines of the study file are still guesses."""
    from obstacles.survey.problems import SurveyError
    from obstacles.survey.studyfile.open_marks import MarkedLines

    marked = [replace(problem, severity="error") for problem in study.problems if isinstance(problem, MarkedLines)]
    if marked:
        raise SurveyError(marked, exit_code=3)


@contextmanager
def refusing(*errors: type[Exception]) -> Iterator[None]:
    """Turn a model that does not apply, or one of these errors, into a SurveyError with its code (exit code 2)."""
    from obstacles.analysis.prepare import ModelError
    from obstacles.survey.problems import Problem, SurveyError

    expected: tuple[type[Exception], ...] = (ModelError, *errors)
    try:
        yield
    except expected as error:
        raise SurveyError([Problem("error", getattr(error, "code", ModelError.code), str(error))]) from None


@contextmanager
def waiting() -> Iterator[Callable[[Path], None] | None]:
    """On a terminal, what tells people which large file is being read; None elsewhere."""
    from obstacles.cli.terminal import console, plain

    if not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as until:

        def on_file(file: Path) -> None:
            until.close()
            size = file.stat().st_size if file.is_file() else 0
            if size >= LARGE:
                message = _("Reading {file} ({size} MB)").format(file=file.name, size=f"{size / 1e6:,.0f}")
                until.enter_context(console(sys.stderr).status(plain(message)))

        yield on_file


def known_wave(study: Study, wave: str | None) -> str | None:
    """The wave as typed; raises UsageError with the nearest one where there is none of that id."""
    ids = [each.id for each in study.waves]
    if wave is None or wave in ids:
        return wave
    hint = did_you_mean(wave, ids, alike=LOOSE)
    known = quoted_names(ids)
    message = _('there is no wave "{wave}". {hint} The waves are {known}.')
    from obstacles.cli.terminal import plain

    raise click.UsageError(plain(" ".join(message.format(wave=wave, hint=hint, known=known).split())))
