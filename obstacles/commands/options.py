"""Words that several commands share: the study, its data folder, the wave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from survey.language import _

if TYPE_CHECKING:
    from survey.study import Study

F = TypeVar("F", bound=Callable[..., object])


def study_argument(function: F) -> F:
    """STUDY and --data."""
    data = click.option(
        "--data",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help=_("Look for the waves' files here instead of beside the study file."),
    )
    return click.argument("study", type=click.Path(path_type=Path), metavar="STUDY")(data(function))


def wave_option(function: F) -> F:
    return click.option("--wave", metavar="ID", help=_("The wave; the last one when omitted."))(function)


def ranking_options(function: F) -> F:
    """--wave, --model, --level and --k."""
    options = [
        wave_option,
        click.option(
            "--model",
            default="auto",
            metavar="NAME",
            help=_("How obstacles are scored; the form's default if omitted."),
        ),
        click.option(
            "--level",
            type=click.FloatRange(0.5, 1, min_open=True, max_open=True),
            metavar="LEVEL",
            help=_("Confidence level, such as 0.95."),
        ),
        click.option(
            "--k",
            type=click.IntRange(min=1),
            default=3,
            show_default=True,
            metavar="K",
            help=_("Places that count for the top-k share."),
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def comparison_options(function: F) -> F:
    """--comparison, --waves and --where."""
    options = [
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
    ]
    for option in reversed(options):
        function = option(function)
    return function


def groups_of(typed: Sequence[str]) -> dict[str, tuple[str, ...]] | None:
    """("country=Spain", "country=Italy") -> {"country": ("Spain", "Italy")}; None where nothing was typed."""
    from obstacles.terminal import plain

    found: dict[str, tuple[str, ...]] = {}
    for text in typed:
        column, _sign, name = (part.strip() for part in text.partition("="))
        if not column or not name:
            message = _('--where takes a group and a name, as in "country=United Kingdom"; this is "{text}".')
            raise click.UsageError(plain(message.format(text=text)))
        found[column] = (*found.get(column, ()), name)
    return found or None


def open_study(path: Path, data: Path | None) -> Study:
    """Load a study; a folder stands for the study.toml in it. Raises SurveyError."""
    from survey.load import load_study

    inside = path / "study.toml"
    return load_study(inside if path.is_dir() and inside.is_file() else path, data=data)


def known_wave(study: Study, wave: str | None) -> str | None:
    """The wave as typed; raises UsageError with the nearest one where there is none of that id."""
    ids = [each.id for each in study.waves]
    if wave is None or wave in ids:
        return wave
    near = get_close_matches(wave, ids, n=1, cutoff=0.4)
    hint = _('Did you mean "{name}"?').format(name=near[0]) if near else ""
    known = ", ".join(f'"{each}"' for each in ids)
    message = _('there is no wave "{wave}". {hint} The waves are {known}.')
    from obstacles.terminal import plain

    raise click.UsageError(plain(" ".join(message.format(wave=wave, hint=hint, known=known).split())))
