"""`obstacles init` of a printed table of many surveys: a crosswalk, and the table as `obstacles evidence` reads it."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from obstacles.cli.program import program
from obstacles.cli.terminal import plain, prose, say
from obstacles.reports.writers.door import Writer
from obstacles.survey.evidence.load import CROSSWALK
from obstacles.survey.evidence.propose import DOUBT, EvidenceProposal
from obstacles.text.language import _, commas, ngettext

SURVEYS = "surveys.csv"


def write_evidence(proposal: EvidenceProposal, output: Path | None, *, force: bool) -> None:
    """Write the crosswalk, and the table where it had to be put into words that are read; say what comes next."""
    crosswalk = _target(proposal.file, output)
    table = crosswalk.parent / SURVEYS
    if table.resolve() == proposal.file.resolve():
        table = crosswalk.parent / f"{proposal.file.stem}-read.csv"
    targets = {crosswalk: proposal.crosswalk} | ({table: proposal.table} if proposal.table is not None else {})
    writer = Writer([proposal.file], force)
    writer.check(targets)
    for path, content in targets.items():
        try:
            writer.write(path, content)
        except OSError as error:
            message = _("{path} cannot be written: {reason}.").format(path=path, reason=error.strerror)
            raise click.ClickException(plain(message)) from None
    _preview(proposal, table if proposal.table is not None else proposal.file, crosswalk, list(targets))


def _target(file: Path, output: Path | None) -> Path:
    """The crosswalk: what -o names, else beside the table."""
    if output is None:
        return file.parent / CROSSWALK
    if output.suffix.lower() != ".csv":
        message = _("-o {path}: this table of many surveys becomes a crosswalk, whose name ends with .csv.")
        raise click.UsageError(plain(message.format(path=output)))
    return output


def _preview(proposal: EvidenceProposal, table: Path, crosswalk: Path, written: list[Path]) -> None:
    """What was found, what was left out, what to look at, and the next command."""
    surveys = ngettext("{n} survey", "{n} surveys", proposal.surveys).format(n=proposal.surveys)
    items = ngettext("{n} printed figure", "{n} printed figures", proposal.items).format(n=proposal.items)
    form = {"long": _("a row per figure"), "wide": _("surveys side by side")}[proposal.form]
    prose(_("A printed table of surveys ({form}): {surveys}, {items}.").format(form=form, surveys=surveys, items=items))
    if proposal.left_out:
        prose(_("Rows left out: {reasons}.").format(reasons=proposal.left_out_text))
    if proposal.doubts:
        message = ngettext(
            'Look at the {n} row whose column "{mark}" says what was guessed.',
            'Look at the {n} rows whose column "{mark}" says what was guessed.',
            proposal.doubts,
        )
        prose(message.format(n=proposal.doubts, mark=DOUBT))
    named = (
        ""
        if crosswalk.name == CROSSWALK and crosswalk.parent == table.parent
        else f" --crosswalk {shlex.quote(str(crosswalk))}"
    )
    command = f"{program()} evidence {shlex.quote(str(table))}{named}"
    say(_("Wrote {path}. Next: {command}").format(path=commas(map(str, written)), command=command))
