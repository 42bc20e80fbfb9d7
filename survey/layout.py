"""How a text table is laid out: its delimiter, the rows above the answers, and its header rows.

A delimiter is believed when every row then has the same number of cells, more than one, the header included. Header
rows are recognised by what the vendors write: Qualtrics' row of ImportIds, its older `V1,V2,V3` above `ResponseID`,
and SurveyMonkey's second row that fills the gaps of the first. Titles and comments above a header are asked about,
never dropped.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from survey.language import _, ngettext
from survey.problems import Problem, SurveyError

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 64 * 1024
LARGEST_SAMPLE = 4 * 1024**2
ENOUGH_LINES = 20
TOP = 60  # rows looked at for titles and header rows
MOST_COLUMNS = 20_000
SEP_LINE = re.compile(rb'"?sep=([^\r\n"])"?(?:\r\n|\r|\n|$)', re.IGNORECASE)
LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|$)")
NUMBER = re.compile(r"\s*[-+]?\d[\d.,]*\s*%?\s*")

Cells = list[str]


@dataclass(frozen=True)
class Layout:
    """Where the parts of a table lie."""

    delimiter: str
    header: tuple[tuple[str, ...], ...]  # raw header rows, each as long as the longest
    start: int  # byte at which the first row after the header begins
    first_row: int  # that row's number in a spreadsheet
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Row:
    """A row near the top: its cells, its number in a spreadsheet, and the byte after it."""

    cells: Cells
    number: int
    end: int

    @property
    def filled(self) -> int:
        return sum(bool(cell.strip()) for cell in self.cells)


def find_layout(
    utf8: bytes, *, file: str, delimiter: str | None = None, header_rows: int | None = None, skip: int = 0
) -> Layout:
    """The layout of the table in `utf8`, from its first 64 KiB; what is given is used, what is `None` is detected.

    Raises
    ------
    SurveyError
        for a delimiter that does not fit, no header or no answers, more than 20,000 columns, and (severity "ask") for
        titles or comments above the header.
    """
    _check_keys(file, delimiter, header_rows, skip)
    notes: list[Problem] = []
    begin = 0
    if stated := SEP_LINE.match(utf8):
        begin = stated.end()
        delimiter = delimiter or stated[1].decode("latin-1")
        message = _('the first line "sep={delimiter}" was followed and is not counted as a row.')
        notes.append(Problem("info", "I-HDR-01", message.format(delimiter=stated[1].decode("latin-1")), file=file))
    sample = _sample(utf8, begin)
    found = choose_delimiter(sample, skip)
    if delimiter is None:
        delimiter = _only(found, file)
    else:
        _check_delimiter(delimiter, found, sample, skip, file)
    top = list(islice((row for row in _rows(utf8, begin, delimiter) if row.number > skip and row.filled), TOP))
    if not top:
        raise _stop("error", "E-FILE-05", _("no rows: every row is blank."), file)
    if header_rows is None:
        _ask_about_titles(top, delimiter, file)
        header_rows, vendor = _count_header_rows(top)
        if vendor:
            message = _("{count} header rows, as {vendor} writes them. If wrong, set header_rows.")
            notes.append(Problem("info", "I-HDR-02", message.format(count=header_rows, vendor=vendor), file=file))
    return _layout(top, delimiter, header_rows, tuple(notes), file)


def _layout(top: list[Row], delimiter: str, header_rows: int, notes: tuple[Problem, ...], file: str) -> Layout:
    header = top[:header_rows]
    width = max(len(row.cells) for row in header)
    if width > MOST_COLUMNS:
        message = _("the header has {count} columns; at most {limit} are read.")
        raise _stop("error", "E-FILE-06", message.format(count=f"{width:,}", limit=f"{MOST_COLUMNS:,}"), file)
    if len(top) <= header_rows:
        one, several = (
            "no responses: the file holds only its header row.",
            "no responses: there are only {n} header rows.",
        )
        message = ngettext(one, several, len(top))
        raise _stop("error", "E-FILE-05", message.format(n=len(top)), file)
    padded = tuple(tuple(row.cells) + ("",) * (width - len(row.cells)) for row in header)
    return Layout(delimiter, padded, header[-1].end, header[-1].number + 1, notes)


def _stop(severity: str, code: str, message: str, file: str, *, rows: tuple[int, ...] = ()) -> SurveyError:
    keys_at_fault = severity == "ask" or code in ("E-DEL-01", "E-HDR-01")
    return SurveyError([Problem(severity, code, message, file=file, rows=rows)], exit_code=3 if keys_at_fault else 2)


def _check_keys(file: str, delimiter: str | None, header_rows: int | None, skip: int) -> None:
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        message = _('the delimiter must be one character such as "," or ";" or "\\t", not "{delimiter}".')
        raise _stop("error", "E-DEL-01", message.format(delimiter=delimiter), file)
    if header_rows is not None and header_rows < 1:
        message = _("header_rows is {count}: a table needs at least one header row.").format(count=header_rows)
        raise _stop("error", "E-HDR-01", message, file)
    if skip < 0:
        raise _stop("error", "E-HDR-01", _("skip is {count}: it cannot be negative.").format(count=skip), file)


def _sample(utf8: bytes, begin: int) -> bytes:
    """Whole lines from the top: 64 KiB, or more where the lines are long."""
    size = SAMPLE
    while True:
        part = utf8[begin : begin + size]
        if begin + size >= len(utf8):
            return part
        end = max(part.rfind(b"\n"), part.rfind(b"\r")) + 1
        if size >= LARGEST_SAMPLE or part.count(b"\n") + part.count(b"\r") >= ENOUGH_LINES:
            return part[:end]
        size *= 4


def _rows(utf8: bytes, begin: int, delimiter: str) -> Iterator[Row]:
    """The first rows with the bytes at which they end."""
    ends: list[int] = []

    def lines() -> Iterator[str]:
        for line in LINE.finditer(utf8, begin):
            if not line.group():
                return
            ends.append(line.end())
            yield line.group().decode()

    reader = csv.reader(lines(), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=1):
            yield Row(cells, number, ends[-1])
    except csv.Error:  # a cell beyond csv's limit: reported with its row when the answers are read
        return


@dataclass(frozen=True)
class Fit:
    """How well a delimiter explains the sample."""

    delimiter: str
    cells: int  # in most rows below the header
    header_cells: int
    share: float  # of rows with `cells` cells, times the share of rows whose quotation marks enclose whole cells

    @property
    def perfect(self) -> bool:
        return self.share == 1 and self.cells == self.header_cells > 1

    @property
    def plausible(self) -> bool:
        return self.cells > 1 and (self.cells == self.header_cells or self.share >= 0.6)


def choose_delimiter(sample: bytes, skip: int = 0, delimiters: tuple[str, ...] = DELIMITERS) -> list[Fit]:
    """The delimiters that explain the sample, best first: the perfect ones alone if there are any."""
    fits = [_fit(sample, delimiter, skip) for delimiter in delimiters]
    perfect = [fit for fit in fits if fit.perfect]
    plausible = [fit for fit in fits if fit.plausible]
    return perfect or sorted(
        plausible, key=lambda fit: (fit.share + (fit.cells == fit.header_cells) / 2, fit.cells), reverse=True
    )


def well_quoted(delimiter: str, *, loose: bool) -> re.Pattern[str]:
    """A row whose quoted cells are quoted from end to end; `loose` allows a quotation mark inside a plain cell."""
    stop = re.escape(delimiter)
    plain = rf'[^"{stop}\r\n][^{stop}\r\n]*' if loose else rf'[^"{stop}\r\n]+'
    cell = rf'(?:"[^"]*(?:""[^"]*)*"|{plain}|)'
    return re.compile(rf"{cell}(?:{stop}{cell})*[\r\n]*")


def _fit(sample: bytes, delimiter: str, skip: int) -> Fit:
    """Counts over the rows of the sample; the last is left out when the sample may end inside it."""
    strict = well_quoted(delimiter, loose=False)
    counts: list[int] = []
    strictly = 0
    begin = 0
    for row in _rows(sample, 0, delimiter):
        raw = sample[begin : row.end].decode()
        begin = row.end
        if row.number > skip and row.filled:
            counts.append(len(row.cells))
            strictly += '"' not in raw or strict.fullmatch(raw) is not None
    if not counts:
        return Fit(delimiter, 0, 0, 0.0)
    below = counts[1:-1] if len(counts) > ENOUGH_LINES else counts[1:] or counts
    cells, rows = Counter(below).most_common(1)[0]
    return Fit(delimiter, cells, counts[0], rows / len(below) * strictly / len(counts))


def _only(found: list[Fit], file: str) -> str:
    """The delimiter; a comma for a table of one column."""
    if len(found) > 1 and found[0].perfect:
        listed = _(" or ").join(f'"{fit.delimiter}" ({fit.cells})' for fit in found)
        message = _("more than one delimiter gives every row the same number of cells: {listed}. Set delimiter.")
        raise _stop("ask", "A-DEL-01", message.format(listed=listed.replace("\t", "\\t")), file)
    return found[0].delimiter if found else ","


def _check_delimiter(delimiter: str, found: list[Fit], sample: bytes, skip: int, file: str) -> None:
    """Refuse a named delimiter where another one explains every row and it does not."""
    better = [fit for fit in found if fit.perfect and fit.delimiter != delimiter]
    named = _fit(sample, delimiter, skip)
    if not better or named.perfect:
        return
    message = _(
        'with the delimiter "{delimiter}" the header has {header} and the rows have mostly {cells}; "{other}" gives '
        "{others} in every row. Correct delimiter, or leave it out."
    )
    text = message.format(
        delimiter=delimiter,
        header=_cells(named.header_cells),
        cells=_cells(named.cells),
        other=better[0].delimiter,
        others=_cells(better[0].cells),
    )
    raise _stop("error", "E-DEL-02", text.replace("\t", "\\t"), file)


def _cells(count: int) -> str:
    return ngettext("{n} cell", "{n} cells", count).format(n=count)


def _ask_about_titles(top: list[Row], delimiter: str, file: str) -> None:
    """Stop where the first row looks like a title or a comment above the header."""
    usual = Counter(len(row.cells) for row in top[1:]).most_common(1)[0][0] if len(top) > 1 else 0
    leading = next((index for index, row in enumerate(top) if not row.cells[0].lstrip().startswith("#")), 0)
    if any(len(row.cells) != usual for row in top[:leading]):
        message = _('the file begins with a comment ("{text}"). Set skip = {skip} to pass over it, or header_rows = 1.')
        code, header = "A-HDR-02", leading
    else:
        header = next((index for index, row in enumerate(top) if row.filled >= max(2, usual / 2)), 0)
        if header == 0 or usual < 2 or not all(_title(row.cells) for row in top[:header]):
            return
        message = _(
            'row {first} has one cell ("{text}") and row {row} has {cells}. If row {row} is the header, set '
            "skip = {skip}; if row {first} is, set header_rows = 1."
        )
        code = "A-HDR-01"
    row = top[min(header, len(top) - 1)]
    text = message.format(
        first=top[0].number,
        text=delimiter.join(top[0].cells).strip(delimiter + " ")[:60],
        row=row.number,
        cells=len(row.cells),
        skip=top[header - 1].number,
    )
    raise _stop("ask", code, text, file)


def _title(cells: Cells) -> bool:
    """One text, alone or followed by blanks only. Two cells with a blank one may be a header."""
    return bool(cells[0].strip()) and not any(cell.strip() for cell in cells[1:]) and len(cells) != 2


def _count_header_rows(top: list[Row]) -> tuple[int, str]:
    """The number of header rows and the vendor they are typical of ("" for a plain table)."""
    rows = [row.cells for row in top[:3]]
    if len(rows) > 2 and any(cell.lstrip().startswith(('{"ImportId"', "{'ImportId'")) for cell in rows[2]):
        return 3, "Qualtrics"
    if len(rows) > 1 and rows[0][:3] == ["V1", "V2", "V3"] and rows[1][0].strip() in ("ResponseID", "ResponseId"):
        return 2, "Qualtrics"
    if len(rows) > 1 and _fills_gaps(rows[0], rows[1]):
        return 2, "SurveyMonkey"
    return 1, ""


def _fills_gaps(first: Cells, second: Cells) -> bool:
    """Whether row 2 holds the options of questions that stand over the first of their columns only.

    In such a header the identifying columns have nothing in row 2, unlike a row of answers.
    """
    if not first[0].strip() or not second or second[0].strip():
        return False
    gaps = [column for column, cell in enumerate(first) if not cell.strip() and column < len(second)]
    options = [second[column] for column in gaps if second[column].strip()]
    typical = len(gaps) >= 2 or any(cell.strip() in ("Response", "Open-Ended Response") for cell in second)
    filled = len(options) >= max(0.9 * len(gaps), 1)
    return typical and filled and not any(NUMBER.fullmatch(text) for text in options)
