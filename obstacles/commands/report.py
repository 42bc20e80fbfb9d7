"""`obstacles report`: one report in one or more forms. Words typed override the study file's [[report]]."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from obstacles.commands.options import known_wave, open_study, ranking_options, study_argument
from obstacles.terminal import console, plain, print_problems, say
from survey.language import _

if TYPE_CHECKING:
    from survey.settings import ReportSettings
    from survey.study import Study

KINDS = ("research",)
FORMATS = ("pdf", "html", "json", "csv")


@click.command("report", help=_("Write a report as PDF, HTML, JSON or CSV."))
@study_argument
@click.option("--kind", type=click.Choice(KINDS), default="research", show_default=True, help=_("Which report."))
@ranking_options
@click.option("--language", metavar="CODE", help=_("Language of the labels, such as en."))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help=_("File to write, or a folder; the ending follows from the form."),
)
@click.option("--format", "forms", metavar="FORMS", help=_("Any of pdf, html, json and csv, joined by commas."))
def command(
    study: Path,
    data: Path | None,
    kind: str,
    wave: str | None,
    model: str,
    level: float | None,
    k: int,
    language: str | None,
    output: Path | None,
    forms: str | None,
) -> None:
    typed = _forms(forms) if forms is not None else None
    opened = open_study(study, data)
    stated = next((report for report in opened.settings.report if report.kind == kind), None)
    wave = known_wave(opened, wave if wave is not None else stated.wave if stated else None)
    wanted = typed or _form_of(output) or (_forms(",".join(stated.format)) if stated else ("pdf",))
    for path in make(
        opened,
        _target(opened, kind, output, stated),
        wanted,
        wave=wave,
        model=model,
        level=level,
        k=k,
        language=language or (stated.language if stated else None),
    ):
        say(str(path))


def make(
    study: Study,
    target: Path,
    forms: tuple[str, ...],
    *,
    wave: str | None = None,
    model: str = "auto",
    level: float | None = None,
    k: int = 3,
    language: str | None = None,
) -> list[Path]:
    """Build the research report of one wave and write it as `target` with the ending of each form.

    Raises
    ------
    click.ClickException
        Where a model does not apply, a system library is missing, or a file cannot be written.
    """
    if "pdf" in forms:
        from obstacles.libraries import missing_library_message

        message = missing_library_message()
        if message:
            raise click.ClickException(message)
    problems = [*study.problems, *study.wave(wave).receipt.problems]
    print_problems(problem for problem in problems if problem.severity == "warning")
    from analysis.scores.model import ModelError
    from reports.render import write_report
    from reports.research import build

    try:
        with _busy(_("Making the report ...")):
            report = build(study, wave=wave, model=model, level=level, k=k, language=language)
            target.parent.mkdir(parents=True, exist_ok=True)
            return list(write_report(report, target, formats=forms, tell=lambda problem: print_problems([problem])))
    except ModelError as error:
        raise click.UsageError(plain(str(error))) from None
    except OSError as error:
        reason = error.strerror or str(error)
        message = _("{path} cannot be written: {reason}").format(path=error.filename or target, reason=reason)
        raise click.ClickException(plain(message)) from None


@contextmanager
def _busy(message: str) -> Iterator[None]:
    """A moving sign while the block runs; on a terminal only."""
    if not sys.stderr.isatty():
        yield
        return
    with console(sys.stderr).status(message):
        yield


def _forms(words: str) -> tuple[str, ...]:
    """The forms as typed, each once; raises UsageError with the nearest one."""
    found = dict.fromkeys(word.strip().lower() for word in words.split(",") if word.strip())
    for word in found:
        if word not in FORMATS:
            near = get_close_matches(word, FORMATS, n=1, cutoff=0.4)
            hint = _('Did you mean "{name}"?').format(name=near[0]) if near else ""
            message = _('there is no form "{word}". {hint} The forms are {known}.')
            text = message.format(word=word, hint=hint, known=", ".join(FORMATS))
            raise click.UsageError(plain(" ".join(text.split())))
    if not found:
        raise click.UsageError(_("--format names no form. The forms are {known}.").format(known=", ".join(FORMATS)))
    return tuple(found)


def _form_of(output: Path | None) -> tuple[str, ...]:
    """The form that the ending of the output names; none for another ending."""
    ending = output.suffix.lstrip(".").lower() if output else ""
    return (ending,) if ending in FORMATS else ()


def _target(study: Study, kind: str, output: Path | None, stated: ReportSettings | None) -> Path:
    """The file to write, without its ending. What the study file states is relative to it."""
    name = f"{study.id}-{kind}"
    if output is None:
        if stated is None or stated.output is None:
            return Path(name)
        output = study.path.parent / stated.output
    if output.is_dir():
        return output / name
    return output.with_suffix("") if output.suffix.lstrip(".").lower() in FORMATS else output
