"""What the terminal shows: safe text, problems, receipts and tables that fit 80 columns.

Labels and cells come from files that nobody vouches for: control characters, terminal escapes and characters that turn
the direction of writing are shown by their number and never sent raw.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

import click

from obstacles.reports.words.numbers import count
from obstacles.survey.problems import LeftOut, Problem, Receipt
from obstacles.text.escape import safe
from obstacles.text.language import _, full_stop, in_quotes, joined, ngettext, phrases
from obstacles.text.width import wrapped

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from obstacles.survey.study import Study


def plain(text: str) -> str:
    """The text on one line, with every control and direction character written as its number."""
    return safe(text)


def say(text: str = "", *, error: bool = False) -> None:
    """Print one line of safe text: a result, or with `error` what goes beside it."""
    click.echo(plain(text), err=error)


def prose(text: str, *, error: bool = False) -> None:
    """Print safe text wrapped to the terminal, at most 100 letters a line."""
    click.echo("\n".join(wrapped(plain(text), columns_of_terminal(), hyphens=False)), err=error)


def columns_of_terminal() -> int:
    """The columns that lines may take: those of the terminal, from 20 to 100."""
    from shutil import get_terminal_size

    return max(20, min(get_terminal_size().columns, 100))


def print_json(record: Mapping[str, object]) -> None:
    """Print a record as JSON; see `json_text`."""
    click.echo(json_text(record))


def json_text(record: Mapping[str, object]) -> str:
    """A record as JSON; control and direction characters in its texts are written as escapes of JSON."""
    text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
    return "\n".join(plain(line) for line in text.split("\n"))


def print_problems(problems: Iterable[Problem], *, error: bool = True) -> None:
    """Print problems in the order of the file: one a line, or on a terminal wrapped at the ends of words."""
    stream = sys.stderr if error else sys.stdout
    show = prose if stream.isatty() else say
    for problem in problems:
        show(str(problem), error=error)


def print_warnings(problems: Iterable[Problem]) -> None:
    """Print the warnings among the problems beside a result; notes are for `check`."""
    print_problems(problem for problem in problems if problem.severity == "warning")


def say_synthetic(study: Study) -> None:
    """Say so where the data of a study are made up."""
    if study.settings.study.synthetic:
        prose(_("Synthetic data: nothing below is about a real organisation."))


def progress_bar(total: int) -> tuple[Progress, TaskID]:
    """A bar of reports on a terminal, and its only task."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console(sys.stderr))
    return progress, progress.add_task(_("Reports"), total=total)


def receipt_line(receipt: Receipt) -> str:
    """The receipt as a sentence whose numbers add up."""
    read = ngettext("Read {rows} row", "Read {rows} rows", receipt.rows_read).format(rows=count(receipt.rows_read))
    columns = ngettext("{n} column", "{n} columns", receipt.columns).format(n=count(receipt.columns))
    parts = [read, columns, receipt.encoding, in_quotes(receipt.delimiter) if receipt.delimiter else ""]
    out = [_counted(rule) for rule in receipt.left_out]
    rest = _("{n} analysed").format(n=count(receipt.analysed))
    return joined([full_stop(phrases(parts)), full_stop(phrases([*out, rest]))])


def _counted(rule: LeftOut) -> str:
    return _("{n} left out: {rule}").format(n=count(rule.count), rule=rule.rule)


def console(file: TextIO | None = None) -> Console:
    """A rich console that takes every text as it is: no markup, no emoji, no colours of numbers."""
    from rich.console import Console

    return Console(file=file or sys.stdout, markup=False, emoji=False, highlight=False, soft_wrap=False)


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]], *, wide: int = 0) -> None:
    """Print a table that fits the terminal; the column `wide` is text and wraps, the others are numbers."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for index, name in enumerate(head):
        text = index == wide
        table.add_column(
            Text(plain(name)),
            justify="left" if text else "right",
            overflow="fold",
            no_wrap=not text,
            ratio=1 if text else None,
        )
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    console().print(table)
