"""The files that a proposal is made from: opened once, with what was stated about them and what was found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from os.path import commonpath
from pathlib import Path
from typing import Any

import numpy as np

from obstacles.survey.detect.column_groups import blocks_of
from obstacles.survey.detect.sheet import Column, Sheet, range_of, sheet_of
from obstacles.survey.detect.tables.long import long_rounds
from obstacles.survey.evidence.columns import known_columns
from obstacles.survey.files.column_names import LETTERS, column_letters
from obstacles.survey.files.layout import TitleRows
from obstacles.survey.files.long import wide_of
from obstacles.survey.files.paths import real
from obstacles.survey.files.readers import answers_sheet, open_table
from obstacles.survey.files.table import Table, is_total
from obstacles.survey.formats.numerals import numeral
from obstacles.survey.problems import Problem, SurveyError, and_more, refusal
from obstacles.survey.settings import WaveSettings
from obstacles.survey.studyfile.guess import Entry, Where, count
from obstacles.text.language import _, joined, ngettext, phrases, quoted_names, semicolons

MOST_CELLS, FEWEST_SAMPLED, MOST_SAMPLED = 2_000_000, 2_000, 20_000  # of a sample: cells, and rows
MOST_RUNS = 5  # of columns that look alike, listed where no question is found
AT_FOOT = 5  # rows at the foot that are always looked at, for totals
MOST_RARE = 1_000
SEVERAL_WORDS = re.compile(r"\S\s+\S|[:：*†]|[\u3040-\u9fff]{4}")  # what a note below a table holds
FEWEST_BESIDE = 2  # cells of an answer beside its first
LABELLED_ROWS = 3  # of names and labels in data files of statistics programs, which show no header
DOUBTFUL_ENCODING = ("W-ENC-01", "W-ENC-02")


@dataclass(frozen=True)
class Stated:
    """What the person says about the files instead of having it found."""

    encoding: str | None = None
    delimiter: str | None = None
    header_rows: int | None = None
    skip: int = 0
    sheet: str | None = None
    separator: str = ""  # between choices in one cell

    @property
    def entries(self) -> list[Entry]:
        """The same as keys of [[wave]]."""
        keys = ("sheet", "encoding", "delimiter", "header_rows", "skip")
        return [Entry(key, value) for key in keys if (value := getattr(self, key))]


NOTHING_STATED = Stated()


@dataclass(frozen=True, eq=False)
class Source:
    """One file."""

    file: str  # as the study file names it
    sheet: Sheet  # of all rows, or of a sample of many
    entries: tuple[Entry, ...]  # keys of [[wave]] about the file itself
    whole: Table
    separator: str = ""  # as a person has said it
    round: str = ""  # what the wave is called, where a file of answers in rows holds several
    where: Where = ()  # the rows of that round

    @property
    def table(self) -> Table:
        return self.sheet.table

    @property
    def words(self) -> str:
        """What the file is, for the preview and the study file."""
        table, vendor = self.table, self.sheet.vendor
        parts = [
            _("{vendor} export ({evidence})").format(vendor=vendor.title, evidence=self.sheet.evidence)
            if vendor.name != "plain"
            else _("plain table ({evidence})").format(evidence=self.sheet.evidence)
        ]
        parts.append(table.encoding)
        if table.delimiter:
            parts.append(_('delimiter "{delimiter}"').format(delimiter=table.delimiter.replace("\t", "\\t")))
        rows = len(table.header)
        if table.delimiter or rows != LABELLED_ROWS:
            parts.append(ngettext("{n} header row", "{n} header rows", rows).format(n=rows))
        return phrases(parts)

    @property
    def size(self) -> str:
        rows, columns = len(self.whole.rows), len(self.table.names)
        read = ngettext("{n} row", "{n} rows", rows).format(n=count(rows))
        return phrases([read, ngettext("{n} column", "{n} columns", columns).format(n=count(columns))])


def open_sources(paths: Sequence[Path], stated: Stated) -> tuple[Path, list[Source]]:
    """The folder that holds all files, and the files.

    Raises
    ------
    SurveyError
        with the problems of all files that cannot be read, that hold no answers, or that are the same.
    """
    folder = Path(commonpath([real(path).parent for path in paths]))
    sources: list[Source] = []
    problems: list[Problem] = []
    codes: set[int] = set()
    for path in paths:
        file = real(path).relative_to(folder).as_posix()
        try:
            sources += _open(path, file, stated)
        except SurveyError as error:
            problems += error.problems
            codes.add(error.exit_code)
    problems += _same_content(sources)
    if problems:
        raise SurveyError(problems, exit_code=3 if codes == {3} else 2)
    return folder, sources


def _of_wave(stated: Stated) -> dict[str, Any]:
    """What was stated that is a key of [[wave]]."""
    return {key: value for key, value in asdict(stated).items() if key != "separator"}


def _open(path: Path, file: str, stated: Stated) -> list[Source]:
    """The file; once for each round where respondents have rows of several rounds."""
    chosen, why = (stated.sheet, "") if stated.sheet is not None else answers_sheet(path, file)
    stated = replace(stated, sheet=chosen)
    try:
        table, below = _under_title(path, WaveSettings(id="", file=file, format="", **_of_wave(stated)))
    except SurveyError as error:
        raise SurveyError([_with_options(one) for one in error.problems], exit_code=error.exit_code) from None
    if (name := next((name for name in table.names if LETTERS.fullmatch(name)), None)) is not None:
        message = _('a column is called "{name}", which in a study file means a place in the file. Rename it.')
        raise refusal("E-INIT-05", message.format(name=name), file)
    sheet = sheet_of(sample_of(table), stated.separator)
    long, rounds = long_rounds(sheet_of(table))
    if long is None:
        return [_source(file, table, sheet, stated, why, below)]
    found = []
    for name, where in rounds:
        rows = {column: list(cells) for column, cells in where}
        keys = {"id": "", "file": file, "format": "", "long": long.value, "where": rows}
        wide = wide_of(table, WaveSettings.model_validate(keys), None)
        sheet = sheet_of(sample_of(wide), stated.separator)
        source = _source(file, wide, sheet, stated, why, [*below, long])
        found.append(replace(source, round=name, where=where))
    return found


def _source(file: str, table: Table, sheet: Sheet, stated: Stated, why: str, keys: Sequence[Entry]) -> Source:
    """The file with its table; `keys` are those that were found of the file itself."""
    if reason := sheet.vendor.refuse(table):
        raise refusal("E-INIT-02", reason, file)
    entries = [replace(one, why=why) if one.key == "sheet" else one for one in _entries(table, stated)]
    sheet, total = _without_totals(sheet)
    return Source(file, sheet, (*entries, *total, *keys), table, stated.separator)


def _under_title(path: Path, settings: WaveSettings) -> tuple[Table, list[Entry]]:
    """The table, and the key that passes over rows of title above its header; raises SurveyError for other problems."""
    try:
        return open_table(path, settings, None), []
    except SurveyError as error:
        asked = next((one for one in error.problems if isinstance(one, TitleRows)), None)
        if asked is None:
            raise
    table = open_table(path, settings.model_copy(update={"skip": asked.skip}), None)
    why = ngettext(
        '{n} row above the header is a title ("{title}")',
        '{n} rows above the header are a title ("{title}")',
        asked.skip,
    ).format(n=asked.skip, title=asked.title[:40])
    return table, [Entry("skip", asked.skip, why, not asked.sure)]


def sample_of(table: Table, *also: np.ndarray) -> Table:
    """Rows enough to see what the columns are, evenly over the table, and some more; all rows where these are few.

    Parameters
    ----------
    also
        places of rows that have to be among them.
    """
    n = len(table.rows)
    most = int(np.clip(MOST_CELLS / max(1, len(table.names)), FEWEST_SAMPLED, MOST_SAMPLED))
    if n <= 2 * most:
        return table
    places = [np.linspace(0, n - 1, most).astype(np.intp), np.arange(n - AT_FOOT, n), *also]
    return table.of_rows(np.unique(np.concatenate(places)))


def with_rare_cells(source: Source, positions: Sequence[int]) -> Sheet:
    """The sheet with rows for the cells of some columns that the sample does not hold."""
    if len(source.whole.rows) == len(source.table.rows):
        return source.sheet
    rare: list[np.ndarray] = []
    for position in positions:
        codes, values = source.whole.coded_at(position)
        seen = set(source.sheet.columns[position].values)
        unseen = [code for code, value in enumerate(values) if value not in seen][:MOST_RARE]
        if unseen:
            rare.append(np.flatnonzero(np.isin(codes, unseen))[:MOST_RARE])
    return _without_totals(sheet_of(sample_of(source.whole, *rare), source.separator))[0] if rare else source.sheet


def _without_totals(sheet: Sheet) -> tuple[Sheet, list[Entry]]:
    """The rows without those of totals, means and notes at the foot, and the key that leaves them out."""
    first = next((column for column in sheet.columns if column.answered), None)
    if first is None:
        return sheet, []
    totals: list[str] = []
    notes: list[str] = []
    n = sheet.n
    while n > 1:
        cell = first.values[first.codes[n - 1]]
        if is_total(cell):
            totals.append(cell)
        elif _is_note(sheet, first, n - 1):
            notes.append(cell)
        else:
            break
        n -= 1
    if not totals and not notes:
        return sheet, []
    kept = sheet.on(np.arange(n))
    said = (
        [ngettext("{n} row at the foot is a total", "{n} rows at the foot are totals", len(totals))] if totals else []
    )
    said = [one.format(n=len(totals)) for one in said]
    if notes:
        note = ngettext("{n} row at the foot is a note", "{n} rows at the foot are notes", len(notes))
        said.append(note.format(n=len(notes)))
    numbered = all(numeral(cell) is not None for cell in kept.columns[first.position].filled)
    why = semicolons(said)
    return kept, [Entry("exclude", {first.name: sorted({*totals, *notes})}, why, bool(notes) and not numbered)]


def _is_note(sheet: Sheet, first: Column, row: int) -> bool:
    """Whether a row holds one text in its first column and nothing else, while the first row holds most columns."""
    cell = first.values[first.codes[row]]
    if first.filled.get(cell, 0) != 1 or numeral(cell) is not None or not SEVERAL_WORDS.search(cell):
        return False
    others = [column for column in sheet.columns if column is not first]
    filled = [sum(bool(column.values[column.codes[at]]) for column in others) for at in (row, 0)]
    return filled[0] == 0 and filled[1] >= FEWEST_BESIDE


OPTIONS = {  # code of what is asked of a file -> the words of init that answer
    "A-XLS-01": "--sheet",
    "A-ENC-01": "--encoding NAME",
    "A-ENC-02": "--encoding NAME",
    "A-DEL-01": "--delimiter CHAR",
}


def _with_options(problem: Problem) -> Problem:
    """The problem with the words of `init` that answer it: there is no study file yet."""
    if problem.code not in OPTIONS:
        return problem
    said = _("For init these are {options}.").format(options=OPTIONS[problem.code])
    return replace(problem, message=joined([problem.message, said]))


def _entries(table: Table, stated: Stated) -> list[Entry]:
    """What was stated, and an encoding that was only guessed."""
    entries = stated.entries
    doubt = next((one for one in table.problems if one.code in DOUBTFUL_ENCODING), None)
    if doubt is not None and stated.encoding is None:
        entries.append(Entry("encoding", table.encoding, doubt.message, True))
    return entries


def _same_content(sources: Sequence[Source]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for source in sources:
        other = first.setdefault(source.table.sha256, source.file)
        if other != source.file:
            message = _("this file has the same content as {other}. Name each wave's own file.").format(other=other)
            problems.append(Problem("error", "E-WAVE-02", message, file=source.file))
    return problems


def nothing_to_rank(source: Source) -> Problem:
    """That no question was found, and what was seen instead."""
    columns, n = source.sheet.columns, source.sheet.n
    short = max(2, n / 3, 12)  # distinct cells of a short list
    blank = [column for column in columns if not column.answered]
    listed = [column for column in columns if column.answered and len(column.filled) <= short]
    own = [column for column in columns if len(column.filled) > short]
    kinds = (
        (blank, _("blank: {columns}")),
        (listed, _("one answer from a short list: {columns}")),
        (own, _("other numbers and texts: {columns}")),
    )
    seen = [text.format(columns=_examples(found)) for found, text in kinds if found]
    if runs := [block for block in blocks_of(source.sheet) if len(block.columns) > 2]:
        names = quoted_names(range_of(block.columns) for block in runs[:MOST_RUNS])
        seen.append(_("columns that look alike, to be named with --block and --format: {names}").format(names=names))
    rows = ngettext("{n} row", "{n} rows", n).format(n=count(n))
    message = _(
        "no question that can be ranked was found in {rows}: {what}. Wanted are ranks, ordered lists, marks of several "
        "options, one scale for at least three columns, best-worst tasks, comparisons in pairs, or a table of "
        "percentages. Was the right file named, with all its columns? --block names columns to look at, as in {block}."
    ).format(
        rows=_("{name} ({value})").format(name=rows, value=source.words),
        what=semicolons(seen),
        block=f"--block B:{column_letters(5)}",
    )
    return Problem("error", "E-INIT-01", joined([message, _printed_figures(source.table)]), file=source.file)


def _printed_figures(table: Table) -> str:
    """How a table that may be of many surveys' printed figures has to look; "" where none of its columns is known."""
    if not {"survey", "item", "value"} & set(known_columns(table.names)):
        return ""
    return _(
        "Printed figures of many surveys have a row each, with the columns survey, year, n, item and value; or an item "
        'in each row and a column per survey whose name holds its year, as in "NAO 2023 (n = 87)".'
    )


def _examples(columns: Sequence[Column], most: int = 3) -> str:
    names = quoted_names(
        column.name if len(column.name) <= 40 else column.name[:37] + "..." for column in columns[:most]
    )
    return and_more(names, len(columns) - most)
