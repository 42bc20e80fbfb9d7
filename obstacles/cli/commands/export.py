"""`obstacles export`: a report's tables and figures in the forms that others work on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from obstacles.cli.commands.report import Wanted, busy, job_of, make, warn, writing
from obstacles.cli.options import (
    force_option,
    kind_option,
    language_option,
    name_of_files,
    options_of,
    refusing,
    report_options,
    strict_option,
    study_argument,
)
from obstacles.cli.publish import draft_option, new_register_option, publish_gaps, publish_report
from obstacles.cli.terminal import print_problems, say
from obstacles.reports.kinds import REPORTS
from obstacles.reports.writers.door import Writer
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.analysis.disclosure.release.figures import Gaps
    from obstacles.survey.problems import Problem
    from obstacles.survey.study import Study

ONE_FILE = ("docx", "xlsx")
FORMS = ("latex", *ONE_FILE, "figures")


@click.command("export", help=_("Write tables and figures for Word, Excel, LaTeX, or as pictures."))
@study_argument
@strict_option
@click.option(
    "--to",
    type=click.Choice(FORMS),
    required=True,
    help=_("LaTeX tables and figures, a Word document, an Excel workbook, or every chart as SVG, PDF, PNG and CSV."),
)
@kind_option()
@report_options
@language_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=_("Folder of the files; for one document, its name may be given instead."),
)
@force_option
@draft_option
@new_register_option
def command(
    study: Path,
    data: Path | None,
    to: str,
    kind: str,
    language: str | None,
    output: Path | None,
    force: bool,
    draft: bool,
    new_register: bool,
    **typed: Any,
) -> None:
    wanted = Wanted(kind, (to,), None, language, options_of(kind, typed), draft=draft)
    loaded, _target, _forms, options = job_of(study, data, wanted)
    if to in ONE_FILE:
        document = _document(loaded, kind, to, output)
        made = make(loaded, document, (to,), kind=kind, force=force, new_register=new_register, **options)
    else:
        made = _folder(loaded, kind, to, output, options, Writer(loaded.files, force), anew=new_register)
    for path in made:
        say(str(path))


def _document(study: Study, kind: str, to: str, output: Path | None) -> Path:
    """The file without its ending; for gap reports their folder."""
    named = output is not None and output.suffix.lower() == f".{to}"
    if REPORTS[kind].batch:
        if named:
            raise click.UsageError(_("gap reports are several files: -o names their folder."))
        return output or Path(f"{name_of_files(study)}-{kind}-{to}")
    if named and output is not None:
        return output.with_suffix("")
    return (output or Path()) / f"{name_of_files(study)}-{kind}"


def _folder(
    study: Study, kind: str, to: str, output: Path | None, options: Mapping[str, Any], writer: Writer, *, anew: bool
) -> list[Path]:
    """Write an export of several files; gives the files that lead to the others."""
    from obstacles.reports.writers.export import MANIFEST, files_of, write_files

    folder = output or Path(f"{name_of_files(study)}-{kind}-{to}")
    problems: list[Problem] = []
    with refusing(), writing(folder):
        writer.check([folder / MANIFEST])
        if REPORTS[kind].batch:
            written = write_files(folder, _of_groups(study, to, options, problems, anew=anew), writer)
        else:
            warn(study, kind, options)
            publish_report(study, kind, options, anew=anew)
            with busy(_("Making the report ...")):
                report = REPORTS[kind].build(study, **options)
                written = write_files(folder, files_of(report, to, problems.append), writer)
    print_problems(dict.fromkeys(problems))
    message = _("{folder}: {n} files, listed in {manifest}.")
    say(message.format(folder=folder, n=len(written), manifest=MANIFEST), error=True)
    leading = ("README.md", "preview.tex")
    return [path for path in written if path.name in leading]


def _of_groups(
    study: Study, to: str, options: Mapping[str, Any], problems: list[Problem], *, anew: bool
) -> Iterator[tuple[str, bytes]]:
    """The files of the reports of all groups, each in a folder of its own: nothing but what the release shows."""
    from obstacles.cli.commands.batch import say_hidden
    from obstacles.cli.commands.gaps import released
    from obstacles.reports.gap.build import build_gap_report
    from obstacles.reports.writers.batch import file_stems
    from obstacles.reports.writers.export import files_of

    words = {name: options[name] for name in ("wave", "by", "level", "k") if name in options}
    found: Gaps = released(study, **words)
    publish_gaps(study, found, anew=anew)
    groups = ["", *(one.name for one in found.groups)]
    stems = file_stems(groups, "{group}")
    for group in groups:
        report = build_gap_report(study, found, group, language=options.get("language"))
        yield from files_of(report, to, problems.append, prefix=f"{stems[group]}/")
    say_hidden(found.hidden)
