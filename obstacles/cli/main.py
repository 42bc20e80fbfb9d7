"""The command line: which words there are, and what becomes of an expected error.

Commands are listed here with their one line of help and imported when they run, so that `obstacles --help` answers at
once. Exit codes: 0 done; 2 the data, or a word typed, is wrong; 3 the study file is wrong; 1 anything else that stops.
"""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from obstacles.survey.problems import SurveyError
from obstacles.text.language import _, catalogues, commas
from obstacles.text.nearest import LOOSE, did_you_mean

COMMANDS = {  # name -> its one line of help; the command is cli.commands.<name>.command
    "demo": _("Write the example studies into a folder and make their reports."),
    "init": _("Write a study file for survey exports; several files become waves."),
    "questionnaire": _("Write the questionnaire of a study for survey platforms and for paper."),
    "check": _("Say what is wrong, doubtful or assumed in a study and its data."),
    "rank": _("Print the ranking of one wave."),
    "regress": _("Say who finds which obstacle hard: the regressions of a study."),
    "compare": _("Say what changed between waves, or what differs between groups."),
    "gaps": _("Print the capability gaps of one wave, with small groups protected."),
    "evidence": _("Put many surveys beside each other: does one category of obstacles come first?"),
    "brief": _("Print the finding of one wave as a short text for an e-mail."),
    "report": _("Write a report as PDF, HTML, JSON, CSV, Excel workbook or Word document."),
    "serve": _("Open the whole work as a page in the browser, on this computer alone."),
    "desktop": _("Write a starter for the page, to double-click."),
    "export": _("Write tables and figures for Word, Excel, LaTeX, or as pictures."),
    "explain": _("Say what the code of a message means, and what to do."),
    "schema": _("Print the JSON Schema of the study file, for editors."),
    "doctor": _("Say which libraries and fonts are found, and how to get what is missing."),
}
ABOVE = {"serve": "obstacles.web.command", "desktop": "obstacles.web.desktop"}  # commands of the room above this one


class Terminated(KeyboardInterrupt):
    """The system asked the program to end."""


class Commands(click.Group):
    """A group that imports a command when it is used and turns expected errors into a message and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(ABOVE.get(cmd_name, f"obstacles.cli.commands.{cmd_name}")).command
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if any("\0" in word for word in args):  # no system types one, but Python can
            raise click.UsageError(_("a word that is typed holds a null character, and no file is called so."), ctx)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            raise click.UsageError(_wrong_command(args[0]), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SurveyError as error:
            from obstacles.cli.terminal import print_problems

            print_problems(error.problems)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt as stopped:
            click.echo(err=True)
            click.echo(_("Stopped. Files that were finished are whole; the same command makes the others."), err=True)
            ctx.exit(143 if isinstance(stopped, Terminated) else 130)

    def main(self, *args: Any, **options: Any) -> Any:
        """Run, and end with a message where what is said cannot be written: a full disk, `/dev/full`."""
        try:
            return super().main(*args, **options)
        except OSError as error:
            from obstacles.cli.terminal import plain

            with suppress(OSError):  # what waits to be written would fail once more
                sys.stdout.close()
            reason = error.strerror or str(error)
            if error.filename:
                reason = _("{name}: {value}").format(name=error.filename, value=reason)
            try:
                click.echo(_("Error: {reason}").format(reason=plain(reason)), err=True)
            except OSError:  # nothing at all can be said: what waits there would change the exit code
                with suppress(OSError):
                    sys.stderr.close()
            sys.exit(1)


def _wrong_command(name: str) -> str:
    from obstacles.cli.terminal import plain

    hint = did_you_mean(name, COMMANDS, alike=LOOSE)
    known = commas(COMMANDS)
    message = _('there is no command "{name}". {hint} The commands are {known}.')
    return " ".join(message.format(name=plain(name), hint=hint, known=known).split())


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        import obstacles

        click.echo(f"obstacles {obstacles.__version__}")
        ctx.exit()


def _allow_memory(ctx: click.Context, _parameter: click.Parameter, typed: str | None) -> None:
    if typed is None or ctx.resilient_parsing:
        return
    from obstacles.survey.files.memory import MIB, allowing

    size = re.fullmatch(r"([1-9]\d{0,8})([MG])(?:i?B)?", typed.strip(), re.IGNORECASE)
    if size is None:
        raise click.BadParameter(_("give a size such as 500M or 2G."))
    ctx.with_resource(allowing(int(size[1]) * MIB * (1024 if size[2] in "gG" else 1)))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=_("Rank obstacles from survey answers, with honest uncertainty, and make the report."),
    epilog=_("Begin with: obstacles demo"),
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help=_("Print the version.")
)
@click.option(
    "--language",
    type=click.Choice(catalogues()),
    expose_value=False,
    help=_("Language of messages, before the command; by default the terminal's."),
)
@click.option(
    "--memory",
    metavar="SIZE",
    expose_value=False,
    callback=_allow_memory,
    help=_("Most memory that reading may take, as 500M or 2G; half of the machine's when omitted."),
)
def cli() -> None:
    """All commands."""
