"""Rows of cells -> a text table, read as a CSV file would be; cells merged downwards are filled and said.

A cell that spans several rows of answers, such as a department's name, holds for each of them: the programs that show
it so store it in the first row only, and the others would seem blank.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple, Unpack

from obstacles.survey.files.digest import Digest
from obstacles.survey.files.table import Table, TableKeys, table_of
from obstacles.survey.files.unpack import Source
from obstacles.survey.problems import MOST_EXAMPLES, Problem, refusal
from obstacles.text.language import _, ngettext, quoted_names

DELIMITER = "\x01"  # no cell of a workbook can hold it
AS_TEXT = ("I-ENC-01", "I-FILE-01")  # notes on text files, which say nothing of a sheet


class Merged(NamedTuple):
    """A cell that spans several rows of one column; places from 0."""

    column: int
    first: int
    last: int


def csv_of(rows: list[list[str]]) -> bytes:
    """The rows as CSV, all of one length, without the blank rows and columns at their ends."""
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((len(row) for row in rows), default=0)
    while width and not any(row[width - 1] for row in rows if len(row) >= width):
        width -= 1
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=DELIMITER, lineterminator="\r\n")
    least = max(width, 2)
    writer.writerows([*row[:width], *[""] * (least - len(row[:width]))] for row in rows)
    return out.getvalue().encode(errors="replace")


def chosen_title(title: str | None, titles: Collection[str], filled: Sequence[str], file: str) -> str:
    """The sheet that was named, or the only one of those with content. Raises SurveyError."""
    if title is not None:
        if title in titles:
            return title
        message = _('there is no sheet "{sheet}". The sheets are {titles}.')
        text = message.format(sheet=title, titles=quoted_names(titles))
        raise refusal("E-XLS-03", text, file, exit_code=3)
    if len(filled) > 1:
        message = _('the workbook has several sheets with content ({titles}). Set sheet = "{first}", or another one.')
        text = message.format(titles=quoted_names(filled), first=filled[0])
        raise refusal("A-XLS-01", text, file, severity="ask", exit_code=3)
    if not filled:
        raise refusal("E-FILE-05", _("no rows: the workbook is blank."), file)
    return filled[0]


def sheet_table(
    text: bytes, raw: bytes, merged: Iterable[Merged], note: Problem, *, name: str, file: str, **keys: Unpack[TableKeys]
) -> Table:
    """The table of a sheet that was written as CSV by `csv_of`.

    Parameters
    ----------
    raw
        the file as it lies on disk.
    merged
        cells that span several rows.
    note
        what the receipt says was read.
    name
        of the sheet in words, in place of an encoding.
    """
    keys["encoding"], keys["delimiter"] = "utf-8", DELIMITER
    table = table_of(Source(text, Digest(raw)), file=file, **keys)
    problems = (note, *(one for one in table.problems if one.code not in AS_TEXT))
    table = replace(table, encoding=name, delimiter="", problems=problems)
    return fill_merged(table, sorted(merged))


def fill_merged(table: Table, merged: Sequence[Merged]) -> Table:
    """The table with cells merged over several rows of answers filled in every one of them."""
    import pyarrow as pa

    place = {row: i for i, row in enumerate(table.rows.tolist())}
    cells: dict[int, list[str]] = {}
    count = 0
    for column, first, last in merged:
        rows = [place[row] for row in range(first + 1, last + 2) if row in place]
        if column not in table.columns or first + 1 not in place or len(rows) < 2:
            continue  # of the header, or of a column that is not read
        texts = cells.setdefault(column, table.columns[column].to_pylist())
        blank = [row for row in rows if not texts[row].strip()]
        count += len(blank)
        for row in blank:
            texts[row] = texts[rows[0]]
    if not count:
        return table
    columns = {**table.columns} | {
        column: pa.chunked_array([texts], pa.large_string()) for column, texts in cells.items()
    }
    message = ngettext(
        "{n} cell below a merged one was filled with its text, in {columns}.",
        "{n} cells below merged ones were filled with their text, in {columns}.",
        count,
    ).format(n=f"{count:,}", columns=quoted_names([table.names[column] for column in sorted(cells)][:MOST_EXAMPLES]))
    problem = Problem("warning", "W-XLS-01", message, file=table.file, count=count)
    return replace(table, columns=columns, problems=(*table.problems, problem))
