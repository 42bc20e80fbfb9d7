"""The reports of all groups of a study, for `obstacles report --kind gap`: what is refused, shown and printed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from obstacles.cli.publish import publish_gaps
from obstacles.cli.terminal import plain, print_problems, progress_bar, say
from obstacles.text.group_words import value_label
from obstacles.text.language import _, commas, ngettext, phrases

if TYPE_CHECKING:
    from obstacles.reports.writers.batch import BatchResult, Done
    from obstacles.survey.study import Study

MOST_JOBS = 4  # processes, unless more are asked for


def make_batch(
    study: Study,
    target: Path,
    forms: Sequence[str],
    *,
    wave: str | None = None,
    by: str | None = None,
    jobs: int | None = None,
    level: float | None = None,
    k: int = 3,
    language: str | None = None,
    archive: bool = False,
    force: bool = False,
    new_register: bool = False,
    on_file: Callable[[Done], None] | None = None,
) -> list[Path]:
    """Write the reports of all groups into a folder; its index page is returned.

    Parameters
    ----------
    target : Path
        The folder, or its files as a pattern such as "out/gap/{department}".
    by, wave, level, k
        As in `analysis.disclosure.release.gaps`.
    force : bool
        Whether files that were not made here are replaced.
    new_register : bool
        Whether the register of what was published begins anew.
    on_file : callable, optional
        Is told of each report instead of the bar on a terminal.

    Raises
    ------
    SurveyError
        Where a file must not be written over.
    click.ClickException
        Where reports could not be made; the others are there.
    """
    from obstacles.cli.commands.gaps import released
    from obstacles.reports.writers.batch import INDEX, paths_of_batch, write_gap_reports
    from obstacles.reports.writers.door import Writer

    found = released(study, wave=wave, by=by, level=level, k=k)
    folder, name = _pattern(target, found.by)
    writer = Writer(study.files, force)
    writer.check(paths_of_batch(found, folder, forms, name))
    publish_gaps(study, found, anew=new_register)
    with _bar(1 + len(found.groups)) as on_bar:
        result = write_gap_reports(
            study,
            found,
            folder,
            formats=forms,
            language=language,
            name=name,
            archive=archive,
            jobs=jobs or min(os.cpu_count() or 1, MOST_JOBS),
            on_file=on_file or on_bar,
            force=force,
        )
    _say(result, found.hidden)
    return [folder / INDEX]


def _pattern(target: Path, by: str | None) -> tuple[Path, str]:
    """The folder and the names of the files in it."""
    name = target.name
    for placeholder in ("{group}", f"{{{by}}}"):
        if placeholder in name:
            return target.parent, name.replace(placeholder, "{group}")
    return target, "{group}"


def say_hidden(names: Sequence[str]) -> None:
    """Say which groups have no report of their own, if there are any."""
    if names:
        message = _("No report of their own, so that nobody's answer can be worked out: {names}.")
        say(message.format(names=commas([value_label(name) for name in names])), error=True)


@contextmanager
def _bar(total: int) -> Iterator[Callable[[Done], None]]:
    """A progress bar on a terminal; gives what is to be told of each report."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    progress, task = progress_bar(total)
    with progress:

        def on_file(done: Done) -> None:
            progress.update(task, advance=1, description=plain(done.group or _("Whole organisation"))[:30])

        yield on_file


def _say(result: BatchResult, hidden: Sequence[str]) -> None:
    """What was made, kept, removed and left out; raise where something failed."""
    from obstacles.reports.writers.batch import KEPT, MADE

    print_problems(dict.fromkeys(problem for done in result.reports for problem in done.problems))
    made, kept = (sum(done.state == state for done in result.reports) for state in (MADE, KEPT))
    text = ngettext("{n} report made", "{n} reports made", made).format(n=made)
    if kept:
        text = phrases([text, ngettext("{n} as it was", "{n} as they were", kept).format(n=kept)])
    say(_("{folder}: {text}.").format(folder=result.folder, text=text), error=True)
    if result.removed:
        message = _("Removed, as it says what is no longer so: {files}.")
        say(message.format(files=commas(result.removed)), error=True)
    say_hidden(hidden)
    for done in result.failed:
        message = _("{group}: no report. {reason}")
        say(message.format(group=done.group or _("Whole organisation"), reason=done.reason), error=True)
    if result.failed:
        n = len(result.failed)
        message = ngettext(
            "{n} report could not be made; the others are there. The same command makes what is missing.",
            "{n} reports could not be made; the others are there. The same command makes what is missing.",
            n,
        )
        raise click.ClickException(message.format(n=n))
