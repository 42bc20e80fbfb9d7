"""`obstacles demo`: a newcomer's first command."""

from __future__ import annotations

from pathlib import Path

import click

from obstacles.cli.options import force_option
from obstacles.cli.program import program, typed
from obstacles.cli.terminal import plain, prose, say
from obstacles.text.language import _


@click.command("demo", help=_("Write the example studies into a folder and make their reports."))
@click.argument("folder", metavar="[DIR]", default="obstacles-demo", type=click.Path(file_okay=False, path_type=Path))
@force_option
def command(folder: Path, force: bool) -> None:
    from obstacles.cli.commands.report import make
    from obstacles.cli.demo import write_examples
    from obstacles.cli.options import open_study

    try:
        ready = write_examples(folder, force=force)
    except OSError as error:
        message = _("the examples cannot be written: {path}: {reason}")
        raise click.ClickException(plain(message.format(path=error.filename, reason=error.strerror))) from None
    for path in ready:
        study = open_study(path, None)
        for kind in ("research", "change"):
            target = path.parent / f"{study.id}-{kind}"
            for written in make(study, target, ("pdf", "html", "json", "csv"), kind=kind, force=force):
                if written.suffix == ".pdf":
                    say(str(written))
        if study.settings.capability is not None:
            for written in make(study, path.parent / "gap", ("pdf",), kind="gap", force=force):
                say(str(written))
    sentences, path = first_place(folder, force=force)
    for sentence in sentences:
        prose(sentence)
    say(str(path))
    say(_("The other studies in {folder} need data of others: {readme} says where to get them.").format(
        folder=folder, readme=folder / "README.md"
    ))  # fmt: skip
    say(_("Next: {command}").format(command=f"{program()} rank {typed(str(ready[-1]))}"))


def first_place(folder: Path, *, force: bool = False) -> tuple[list[str], Path]:
    """Whether a shortage of skills comes first, by the surveys of the example, and the report that says so."""
    from obstacles.cli.commands.report import make_evidence
    from obstacles.reports.evidence.words import counted, verdict
    from obstacles.survey.evidence.load import load_evidence

    path = folder / "skills-first" / "skills-first-evidence.pdf"
    files = load_evidence([folder / "skills-first", folder / "eurostat-ai"])
    result = make_evidence(files, [path], ["pdf"], force=force).evidence
    return [verdict(result), counted(result)], path
