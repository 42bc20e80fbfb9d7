"""`obstacles init`: from survey exports to a study file, every guess with its evidence."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from obstacles.cli.program import program
from obstacles.cli.terminal import plain, say
from obstacles.reports.writers.door import Writer
from obstacles.text.language import _, commas, in_quotes, ngettext

if TYPE_CHECKING:
    from obstacles.survey.detect.propose import Decide
    from obstacles.survey.studyfile.proposal import Proposal


@click.command("init", help=_("Write a study file for survey exports; several files become waves."))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="STUDY",
    help=_("The study file; study.toml beside the first file when omitted."),
)
@click.option(
    "--codebook",
    metavar="NAME",
    help=_("Write the items into a table for spreadsheets, such as codebook.csv, beside the study file."),
)
@click.option(
    "--block",
    multiple=True,
    metavar="NAME",
    help=_("The question to take: a name that init printed, a column, or letters such as V:AF; may be repeated."),
)
@click.option(
    "--format", "form", metavar="NAME", help=_("How the question is read, where init has found several readings.")
)
@click.option("--language", metavar="CODE", help=_("Language of the labels, such as en or zh; found when omitted."))
@click.option("--encoding", metavar="NAME", help=_("Text encoding of the files; found when omitted."))
@click.option("--delimiter", metavar="CHAR", help=_("Delimiter of the files; found when omitted."))
@click.option("--header-rows", type=click.IntRange(min=1), metavar="N", help=_("Header rows; found when omitted."))
@click.option("--skip", type=click.IntRange(min=0), default=0, metavar="N", help=_("Rows above the header."))
@click.option("--sheet", metavar="NAME", help=_("Sheet of a workbook, or number of a table of a web page."))
@click.option(
    "--separator",
    default="",
    metavar="TEXT",
    help=_("What stands between answers in one cell; found when omitted."),
)
@click.option("--force", is_flag=True, help=_("Replace files that exist."))
def command(
    files: tuple[Path, ...],
    output: Path | None,
    codebook: str | None,
    block: tuple[str, ...],
    form: str | None,
    language: str | None,
    encoding: str | None,
    delimiter: str | None,
    header_rows: int | None,
    skip: int,
    sheet: str | None,
    separator: str,
    force: bool,
) -> None:
    from obstacles.survey.detect.propose import propose
    from obstacles.survey.detect.sources import Stated
    from obstacles.survey.evidence.propose import propose_evidence

    printed = propose_evidence(files[0]) if len(files) == 1 and not (block or form) else None
    if printed is not None and not _one_survey(files, output):
        from obstacles.cli.printed_table import write_evidence

        write_evidence(printed, output, force=force)
        return
    target = output or files[0].parent / "study.toml"
    book = _book(target, codebook) if codebook else None
    writer = Writer(files, force)
    _check_targets([target] + ([book] if book else []), writer)
    stated = Stated(encoding, _character(delimiter), header_rows, skip, sheet, _character(separator) or "")
    names = tuple(part for name in block for part in name.split(",") if part)
    proposal = propose(files, stated=stated, block=names, form=form, language=language, decide=_decide())
    proposal, data = _from_folder(proposal, target)
    _write(proposal, target, book, writer)
    _preview(proposal, target, book, data)


def _one_survey(files: tuple[Path, ...], output: Path | None) -> bool:
    """Whether a study file is asked for, and a printed table has a column per year of one survey."""
    from obstacles.survey.detect.propose import propose
    from obstacles.survey.problems import SurveyError

    if output is None or output.suffix.lower() != ".toml":
        return False
    try:
        return all(wave.form == "published" for wave in propose(files).waves)
    except SurveyError:
        return False


def _character(delimiter: str | None) -> str | None:
    return {"\\t": "\t", "tab": "\t", "\\n": "\n"}.get(delimiter.casefold(), delimiter) if delimiter else None


def _book(target: Path, name: str) -> Path:
    """The codebook, which lies beside the study file and is a CSV."""
    if Path(name).name != name or Path(name).suffix.lower() != ".csv":
        message = _("--codebook {name}: give the name of a file beside the study file that ends with .csv.")
        raise click.UsageError(plain(message.format(name=name)))
    return target.parent / name


def _check_targets(targets: Sequence[Path], writer: Writer) -> None:
    """Nothing is overwritten without --force, and the answers never."""
    if targets[0].suffix.lower() != ".toml":
        message = _("-o {path}: the name of a study file ends with .toml.")
        raise click.UsageError(plain(message.format(path=targets[0])))
    writer.check(targets)


def _decide() -> Decide | None:
    """Ask where somebody is there to answer."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None

    def decide(question: str, options: Sequence[str]) -> int:
        say(question)
        for number, option in enumerate(options, 1):
            say(f"  {number}. {option}")
        answer: int = click.prompt(_("Which is meant?"), type=click.IntRange(1, len(options)), default=1)
        return answer - 1

    return decide


def _from_folder(proposal: Proposal, target: Path) -> tuple[Proposal, Path | None]:
    """The waves' files as the study file has to name them, and the folder for --data where they lie elsewhere."""
    from dataclasses import replace

    from obstacles.survey.files.paths import real

    home = real(target).parent
    if not proposal.folder.is_relative_to(home):
        return proposal, proposal.folder
    inside = proposal.folder.relative_to(home)
    waves = tuple(replace(wave, file=(inside / wave.file).as_posix()) for wave in proposal.waves)
    return replace(proposal, waves=waves), None


def _write(proposal: Proposal, target: Path, book: Path | None, writer: Writer) -> None:
    from obstacles.survey.studyfile.codebook_text import codebook_text
    from obstacles.survey.studyfile.write import study_text

    typed = shlex.join(["obstacles", *sys.argv[1:]]) if "init" in sys.argv[1:2] else "obstacles init"
    text = study_text(proposal, command=typed, codebook=book.name if book else None)
    try:
        if book is not None:
            writer.write(book, codebook_text(proposal))
        writer.write(target, text.encode())
    except OSError as error:
        message = _("{path} cannot be written: {reason}.")
        text = message.format(path=error.filename or target, reason=error.strerror)
        raise click.ClickException(plain(text)) from None


def _preview(proposal: Proposal, target: Path, book: Path | None, data: Path | None) -> None:
    """Five lines and the next command."""
    wave = proposal.waves[-1]
    say(wave.source)
    if proposal.items:
        items = ngettext("{n} item", "{n} items", len(proposal.items)).format(n=len(proposal.items))
        question = in_quotes(proposal.question[:70]) if proposal.question else _("the question")
        words = {"question": question, "form": wave.form, "items": items, "evidence": wave.evidence}
        say(_("{question}: {form}, {items}; {evidence}").format(**words))
    if proposal.capability is not None:
        say(proposal.capability.evidence + ("" if proposal.items else f"; {wave.evidence}"))
    if len(proposal.waves) > 1:
        say(_("Waves: {waves}").format(waves=commas(one.id for one in proposal.waves)))
    left = commas(proposal.personal[:6]) or _("none found")
    say(_("Personal data, not kept: {columns}. Other questions: {n}.").format(columns=left, n=len(proposal.more)))
    say(_('Look at the lines marked "#?": {keys}.').format(keys=commas(proposal.asked)))
    written = commas([str(target), str(book or "")])
    at = f" --data {shlex.quote(str(data))}" if data else ""
    command = f"{program()} check {shlex.quote(str(target))}{at}"
    say(_("Wrote {path}. Next: {command}").format(path=written, command=command))
