"""`obstacles report`: one report in one or more forms, or the same report of many studies.

Words typed override the study file's [[report]].
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from obstacles.cli.options import (
    data_option,
    force_option,
    kind_option,
    known_wave,
    language_option,
    name_of_files,
    open_study,
    options_of,
    refuse_unspoken,
    refusing,
    report_options,
    strict_option,
    study_file,
)
from obstacles.cli.publish import draft_option, drafted, new_register_option, publish_report
from obstacles.cli.terminal import console, plain, print_problems, print_warnings, progress_bar, say
from obstacles.reports.kinds import REPORTS
from obstacles.survey.problems import SurveyError
from obstacles.text.language import _, commas, ngettext, using
from obstacles.text.language import language as language_in_use
from obstacles.text.nearest import LOOSE, did_you_mean

if TYPE_CHECKING:
    from obstacles.reports.evidence.build import EvidenceReport
    from obstacles.reports.report import Report
    from obstacles.survey.evidence.load import EvidenceFiles
    from obstacles.survey.settings import ReportSettings
    from obstacles.survey.study import Study

EVIDENCE = "evidence"  # the kind that is made of files of many surveys, and not of a study
FORMATS = ("pdf", "html", "json", "csv", "xlsx", "docx")


@dataclass(frozen=True)
class Wanted:
    """What was typed, for every study alike."""

    kind: str
    forms: tuple[str, ...] | None
    output: Path | None
    language: str | None
    options: Mapping[str, Any] = field(default_factory=dict)  # of the report's build
    each: bool = False  # one of several studies
    force: bool = False  # replace what others made
    draft: bool = False  # for the owner alone
    anew: bool = False  # begin the register of what was published again


@click.command("report", help=_("Write a report as PDF, HTML, JSON, CSV, Excel workbook or Word document."))
@click.argument("studies", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="STUDY...")
@data_option
@strict_option
@kind_option(EVIDENCE)
@click.option("--each", is_flag=True, help=_("One report of each of several studies; -o is their folder."))
@report_options
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help=_("gap: processes that make reports at once."))
@language_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help=_("File to write, or a folder; the ending follows from the form."),
)
@force_option
@draft_option
@new_register_option
@click.option("--archive", is_flag=True, help=_("Make PDFs for an archive: PDF/A-3a, the data inside."))
@click.option(
    "--format", "forms", metavar="FORMS", help=_("Any of pdf, html, json, csv, xlsx and docx, joined by commas.")
)
def command(
    studies: tuple[Path, ...],
    data: Path | None,
    kind: str,
    each: bool,
    language: str | None,
    output: Path | None,
    force: bool,
    draft: bool,
    new_register: bool,
    archive: bool,
    forms: str | None,
    **typed: Any,
) -> None:
    if kind == EVIDENCE:
        if each or any(value not in (None, (), "auto") for name, value in typed.items() if name not in ("level", "k")):
            raise click.UsageError(_("an evidence report takes files of surveys, --data, --level, --language and -o."))
        asked = {} if typed["level"] is None else {"level": typed["level"]}
        refuse_unspoken(language)
        with using(language or language_in_use()):
            _evidence(studies, data, output, forms, archive=archive, force=force, **asked)
        return
    options = options_of(kind, typed)
    if REPORTS[kind].batch and output is not None and _form_of(output):
        raise click.UsageError(_("gap reports are several files: -o names their folder."))
    options |= {"archive": True} if archive else {}
    wanted = Wanted(
        kind, _forms(forms) if forms is not None else None, output, language, options, each, force, draft, new_register
    )
    if each:
        _each(studies, data, wanted)
        return
    if len(studies) > 1:
        raise click.UsageError(_("here are {n} studies: --each makes a report of each.").format(n=len(studies)))
    study, target, chosen, how = job_of(studies[0], data, wanted)
    for path in make(study, target, chosen, kind=kind, force=force, new_register=new_register, **how):
        say(str(path))


def job_of(path: Path, data: Path | None, wanted: Wanted) -> tuple[Study, Path, tuple[str, ...], dict[str, Any]]:
    """Load one study: it, its target, forms and options; its [[report]] of this kind fills what was not typed."""
    from obstacles.survey.studyfile.read import read_study_file

    settings = read_study_file(study_file(path))
    refuse_unspoken(wanted.language, settings.study.languages)
    stated = next((report for report in settings.report if report.kind == wanted.kind), None)
    language = wanted.language or (stated.language if stated else None)
    study = drafted(open_study(path, data, language=language or settings.study.languages[0]), wanted.draft)
    options = dict(wanted.options)
    for name in REPORTS[wanted.kind].options:
        if name not in options and getattr(stated, name, None) is not None:
            options[name] = getattr(stated, name)
    options["language"] = language
    if "wave" in options:
        options["wave"] = known_wave(study, options["wave"])
    forms = wanted.forms or _form_of(wanted.output) or (_forms(",".join(stated.format)) if stated else ("pdf",))
    return study, _target(study, wanted, stated), forms, options


def make(
    study: Study,
    target: Path,
    forms: tuple[str, ...],
    *,
    kind: str = "research",
    archive: bool = False,
    force: bool = False,
    new_register: bool = False,
    **options: Any,
) -> list[Path]:
    """Build one report of a study and write it as `target` with the ending of each form.

    Parameters
    ----------
    kind : str
        A key of `REPORTS`.
    archive : bool
        Whether PDFs are for an archive.
    force : bool
        Whether files that were not made here are replaced.
    new_register : bool
        Whether the register of what was published begins anew.
    options
        Of the `build` of that kind.

    Raises
    ------
    SurveyError
        Where a file must not be written over.
    click.ClickException
        Where a model does not apply, waves cannot be compared, a library is missing, or a file cannot be written.
    """
    if archive and "pdf" not in forms:
        no_pdf = _("--archive is about PDFs, and none is made: the forms are {forms}.")
        raise click.UsageError(no_pdf.format(forms=commas(forms)))
    _check_libraries(forms)
    if REPORTS[kind].batch:
        from obstacles.cli.commands.batch import make_batch

        with writing(target):
            return make_batch(study, target, forms, archive=archive, force=force, new_register=new_register, **options)
    from obstacles.reports.writers.door import Writer
    from obstacles.reports.writers.render import paths_of, write_report

    with writing(target):
        Writer(study.files, force).check(paths_of(target, forms))
    warn(study, kind, options)
    publish_report(study, kind, options, anew=new_register)
    with refusing(), busy(_("Making the report ...")), writing(target):
        report: Report = replace(REPORTS[kind].build(study, **options), archive=archive)
        told = {"on_problem": lambda problem: print_problems([problem])}
        return list(write_report(report, target, formats=forms, inputs=study.files, force=force, **told))


def _check_libraries(forms: Sequence[str]) -> None:
    """Raise where a PDF is wanted and a library of the system is missing."""
    from obstacles.cli.libraries import missing_library_message

    if "pdf" in forms and (missing := missing_library_message()):
        raise click.ClickException(missing)


def warn(study: Study, kind: str, options: Mapping[str, Any]) -> None:
    """Print what is doubtful in the waves that a report speaks of."""
    waves = REPORTS[kind].waves(study, options.get("wave"))
    print_warnings([*study.problems, *(problem for wave in waves for problem in wave.receipt.problems)])


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turn what keeps a file from being written into a message."""
    from obstacles.reports.writers.glyphs import FontError

    try:
        yield
    except FontError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        message = _("{path} cannot be written: {reason}").format(path=error.filename or target, reason=reason)
        raise click.ClickException(plain(message)) from None


# ---------- many surveys ----------------------------------------------------------------------------------------


def _evidence(files: Sequence[Path], data: Path | None, output: Path | None, forms: str | None, **how: Any) -> None:
    """The report of many surveys."""
    from obstacles.analysis.evidence.evidence import EvidenceError
    from obstacles.survey.evidence.load import load_evidence

    read = load_evidence(files, data=data)
    print_problems(read.problems)
    chosen = _forms(forms) if forms is not None else _form_of(output) or ("pdf",)
    target = Path(f"{read.files[0].resolve().parent.name}-{EVIDENCE}")
    if output is not None:
        target = output / target if output.is_dir() else output.with_suffix("") if _form_of(output) else output
    paths = [target.with_name(f"{target.name}.{form}") for form in chosen]
    with refusing(EvidenceError):
        make_evidence(read, paths, chosen, **how)
    for path in paths:
        say(str(path))


def make_evidence(
    files: EvidenceFiles,
    paths: Sequence[Path],
    forms: Sequence[str],
    *,
    archive: bool = False,
    force: bool = False,
    **asked: Any,
) -> EvidenceReport:
    """Build the report of many surveys once and write it under each name; `asked` are words of its build."""
    from obstacles.reports.evidence.build import build_evidence_report
    from obstacles.reports.writers.door import Writer
    from obstacles.reports.writers.render import write_report

    _check_libraries(forms)
    Writer(files.files, force).check(paths)
    with busy(_("Making the report ...")):
        report = replace(build_evidence_report(files, **asked), archive=archive)
        for path, form in zip(paths, forms, strict=True):
            told = {"on_problem": lambda problem: print_problems([problem])}
            with writing(path):
                write_report(report, path.with_suffix(""), formats=(form,), inputs=files.files, force=force, **told)
    return report


# ---------- many studies ----------------------------------------------------------------------------------------


def _each(studies: Sequence[Path], data: Path | None, wanted: Wanted) -> None:
    """One report of each study; one that fails is reported, and the others are made."""
    if wanted.output is not None and wanted.output.suffix.lstrip(".").lower() in FORMATS:
        raise click.UsageError(_("--each writes several files: -o names their folder."))
    if wanted.output is not None:
        with writing(wanted.output):
            wanted.output.mkdir(parents=True, exist_ok=True)
    made: dict[Path, Path] = {}
    failed = 0
    for path in _progress(studies):
        try:
            study, target, forms, how = job_of(path, data, wanted)
            other = made.setdefault(Path(os.path.realpath(target)), path)
            if other != path:
                message = _(
                    'the id "{id}" is that of {other} as well, so its report would be written over. Give it its own.'
                )
                raise click.UsageError(plain(message.format(id=study.id, other=other)))
            for written in make(
                study, target, forms, kind=wanted.kind, force=wanted.force, new_register=wanted.anew, **how
            ):
                say(str(written))
        except (SurveyError, click.ClickException) as error:
            failed += 1
            say(_("{study}: no report.").format(study=path), error=True)
            print_problems(error.problems) if isinstance(error, SurveyError) else say(
                error.format_message(), error=True
            )
    if failed:
        message = ngettext("{n} study has no report.", "{n} studies have no report.", failed)
        say(message.format(n=failed), error=True)
        raise SystemExit(2)


def _progress(studies: Sequence[Path]) -> Iterator[Path]:
    """The studies, with a bar on a terminal."""
    if not sys.stderr.isatty():
        yield from studies
        return
    progress, task = progress_bar(len(studies))
    with progress:
        for path in studies:
            progress.update(task, description=plain(path.name if path.name != "study.toml" else path.parent.name))
            yield path
            progress.advance(task)


@contextmanager
def busy(message: str) -> Iterator[None]:
    """A moving sign while the block runs; on a terminal, where nothing else moves."""
    from rich.errors import LiveError

    if not sys.stderr.isatty():
        yield
        return
    status = console(sys.stderr).status(message)
    try:
        status.start()
    except LiveError:  # the bar of --each is on the terminal
        yield
        return
    try:
        yield
    finally:
        status.stop()


# ---------- forms and files -------------------------------------------------------------------------------------


def _forms(words: str) -> tuple[str, ...]:
    """The forms as typed, each once; raises UsageError with the nearest one."""
    found = dict.fromkeys(word.strip().lower() for word in words.split(",") if word.strip())
    for word in found:
        if word not in FORMATS:
            hint = did_you_mean(word, FORMATS, alike=LOOSE)
            message = _('there is no form "{word}". {hint} The forms are {known}.')
            text = message.format(word=word, hint=hint, known=commas(FORMATS))
            raise click.UsageError(plain(" ".join(text.split())))
    if not found:
        raise click.UsageError(_("--format names no form. The forms are {known}.").format(known=commas(FORMATS)))
    return tuple(found)


def _form_of(output: Path | None) -> tuple[str, ...]:
    """The form that the ending of the output names; none for another ending."""
    ending = output.suffix.lstrip(".").lower() if output else ""
    return (ending,) if ending in FORMATS else ()


def _target(study: Study, wanted: Wanted, stated: ReportSettings | None) -> Path:
    """The file to write, without its ending. What the study file states is relative to it."""
    name = f"{name_of_files(study)}-{wanted.kind}"
    output = wanted.output
    if output is None:
        if stated is None or stated.output is None:
            return Path(name)
        output = study.path.parent / stated.output
    if REPORTS[wanted.kind].batch and not wanted.each:
        return output
    if os.path.isdir(output):
        return output / name
    return output.with_suffix("") if output.suffix.lstrip(".").lower() in FORMATS else output
