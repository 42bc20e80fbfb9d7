"""How a text table is laid out: its delimiter, the rows above the answers, and its header rows.

Header rows are recognised by what the vendors write. Titles and comments above a header are asked about, never dropped.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from obstacles.survey.files.delimiter import cells_in_words, settle_delimiter
from obstacles.survey.files.file_bytes import Octets
from obstacles.survey.files.rows import (
    LINE,
    LINE_END,
    SEP_LINE,
    Row,
    lost_quotes,
    open_quote,
    read_rows,
    stays_open,
    too_long,
    well_quoted,
)
from obstacles.survey.problems import Problem, Severity, SurveyError
from obstacles.survey.vendors import VENDORS
from obstacles.text.fold import NUMBER
from obstacles.text.language import _, ngettext

TOP = 60  # rows looked at for titles and header rows
MOST_COLUMNS = 10_000
FEWEST_BELOW = 3  # rows of answers that show what row 2 is not

Cells = list[str]


@dataclass(frozen=True)
class TitleRows(Problem):
    """The question whether rows above the header are a title."""

    skip: int = 0  # rows above the header, if they are
    title: str = ""
    sure: bool = False  # the row below has a name for every column, and answers stand below it


@dataclass(frozen=True)
class Layout:
    """Where the parts of a table lie."""

    delimiter: str
    header: tuple[tuple[str, ...], ...]  # raw header rows, each as long as the longest
    start: int  # byte at which the first row after the header begins
    first_row: int  # that row's number in a spreadsheet
    problems: tuple[Problem, ...] = ()


def find_layout(
    utf8: Octets, *, file: str, delimiter: str | None = None, header_rows: int | None = None, skip: int = 0
) -> Layout:
    """The layout of the table in `utf8`, from its first 64 KiB; what is given is used, what is `None` is detected.

    Raises
    ------
    SurveyError
        for a delimiter that does not fit, a header row with an open quotation mark, no header or no answers, more than
        10,000 columns, and (severity "ask") for titles or comments above the header.
    """
    _check_keys(file, delimiter, header_rows, skip)
    notes: list[Problem] = []
    begin, sep = _sep_line(utf8)
    if sep is not None:
        message = _('the first line "sep={delimiter}" was followed and is not counted as a row.')
        if delimiter not in (None, sep):
            message = _('the first line "sep={delimiter}" is not counted as a row; the key delimiter goes before it.')
        notes.append(Problem("info", "I-HDR-01", message.format(delimiter=sep.replace("\t", "\\t")), file=file))
    delimiter = settle_delimiter(utf8, begin, skip, key=delimiter, sep=sep, file=file)
    top, after = _top(utf8, begin, delimiter, skip, max(TOP, (header_rows or 0) + 1))
    if not top and skip and after is None:
        message = _("skip is {count}, but no row with content comes after as many rows.").format(count=skip)
        raise _stop("error", "E-HDR-01", message, file)
    if not top and after is None:
        raise _stop("error", "E-FILE-05", _("no rows: every row is blank."), file)
    _check_quotes(utf8, top[: header_rows or 1], delimiter, file)
    if header_rows is None:
        vendor = ""
        if _two_rows(top):
            header_rows = 2
            message = _("2 header rows: questions, and below them their parts. If wrong, set header_rows.")
            notes.append(Problem("info", "I-HDR-02", message, file=file))
        else:
            if top:
                _ask_about_titles(top, delimiter, file)
            header_rows, vendor = _count_header_rows(top)
        if vendor:
            message = _("{count} header rows, as {vendor} writes them. If wrong, set header_rows.")
            notes.append(Problem("info", "I-HDR-02", message.format(count=header_rows, vendor=vendor), file=file))
    if after is not None and len(top) <= header_rows:
        raise SurveyError([too_long(file, *after)])
    notes += _check_quotes(utf8, top[:header_rows], delimiter, file)
    return _layout(top, delimiter, header_rows, tuple(notes), file)


def _sep_line(utf8: Octets) -> tuple[int, str | None]:
    """The byte after a first line `sep=;`, and the delimiter that it names."""
    stated = SEP_LINE.match(utf8)
    return (stated.end(), stated[1].decode("latin-1")) if stated else (0, None)


def _top(utf8: Octets, begin: int, delimiter: str, skip: int, most: int) -> tuple[list[Row], tuple[int, str] | None]:
    """The first rows that are not blank; number and first line of the row after them, if that is too long to read."""
    top: list[Row] = []
    number, end = 0, begin
    for row in read_rows(utf8, begin, delimiter):
        number, end = row.number, row.end
        if row.number > skip and not row.blank:
            top.append(row)
            if len(top) == most:
                return top, None
    line = LINE.match(utf8, end)
    return top, (number + 1, line[0].decode()) if line and line[0] else None


def _check_quotes(utf8: Octets, rows: list[Row], delimiter: str, file: str) -> list[Problem]:
    """Stop where a header row swallows the rows after it; a note where it loses quotation marks."""
    well_formed = well_quoted(delimiter, loose=True)
    loose = []
    for row in rows:
        raw = utf8[row.start : row.end]
        if b'"' not in raw or well_formed.fullmatch(raw.decode()):
            continue
        if LINE_END.search(raw.rstrip(b"\r\n")) or stays_open(raw.decode(), delimiter):
            raise SurveyError([open_quote(file, row.number)])
        loose.append(row.number)
    return [lost_quotes(file, tuple(loose), len(loose))] if loose else []


def _layout(top: list[Row], delimiter: str, header_rows: int, notes: tuple[Problem, ...], file: str) -> Layout:
    header = top[:header_rows]
    width = max(len(row.cells) for row in header)
    if width > MOST_COLUMNS:
        message = _("the header has {count} columns; at most {limit} are read.")
        raise _stop("error", "E-FILE-06", message.format(count=f"{width:,}", limit=f"{MOST_COLUMNS:,}"), file)
    if len(top) < header_rows:
        message = ngettext(
            "header_rows is {count}, but the file has only {n} row that is not blank.",
            "header_rows is {count}, but the file has only {n} rows that are not blank.",
            len(top),
        ).format(count=header_rows, n=len(top))
        raise _stop("error", "E-HDR-01", message, file)
    if len(top) == header_rows:
        message = ngettext(
            "no responses: the file holds only its header row.",
            "no responses: there are only {n} header rows.",
            len(top),
        )
        raise _stop("error", "E-FILE-05", message.format(n=len(top)), file)
    padded = tuple(tuple(row.cells) + ("",) * (width - len(row.cells)) for row in header)
    return Layout(delimiter, padded, header[-1].end, header[-1].number + 1, notes)


def _stop(severity: Severity, code: str, message: str, file: str) -> SurveyError:
    keys_at_fault = severity == "ask" or code in ("E-DEL-01", "E-HDR-01")
    return SurveyError([Problem(severity, code, message, file=file)], exit_code=3 if keys_at_fault else 2)


def _check_keys(file: str, delimiter: str | None, header_rows: int | None, skip: int) -> None:
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        message = _('the delimiter must be one character such as "," or ";" or "\\t", not "{delimiter}".')
        raise _stop("error", "E-DEL-01", message.format(delimiter=delimiter), file)
    if header_rows is not None and header_rows < 1:
        message = _("header_rows is {count}: a table needs at least one header row.").format(count=header_rows)
        raise _stop("error", "E-HDR-01", message, file)
    if skip < 0:
        raise _stop("error", "E-HDR-01", _("skip is {count}: it cannot be negative.").format(count=skip), file)


def _ask_about_titles(top: list[Row], delimiter: str, file: str) -> None:
    """Stop where the first row looks like a title or a comment above the header."""
    usual = Counter(len(row.cells) for row in top[1:]).most_common(1)[0][0] if len(top) > 1 else 0
    comments = next((index for index, row in enumerate(top) if not row.cells[0].lstrip().startswith("#")), 0)
    if comments and (comments > 1 or usual == 1 or len(top[0].cells) != usual):
        message = _('the file begins with a comment ("{text}"). Set skip = {skip} to pass over it, or header_rows = 1.')
        code, header = "A-HDR-02", comments
    else:
        code, header = "A-HDR-01", _rows_of_title(top, usual)
        if header == 0:
            return
        message = _(
            'row {first} has only {filled} ("{text}") and row {row} has {cells}. If row {row} is the header, set '
            "skip = {skip}; if row {first} is, set header_rows = 1; if both are, set header_rows = 2."
        )
    row = top[header]
    title = " | ".join(filter(None, (cell.strip() for cell in top[0].cells)))[:60]
    text = message.format(
        first=top[0].number,
        filled=cells_in_words(top[0].filled),
        text=title,
        row=row.number,
        cells=cells_in_words(row.filled),
        skip=top[header - 1].number,
    )
    names = [cell.strip() for cell in row.cells]
    named = len(set(names)) == len(names) == usual and all(names) and not any(map(NUMBER.fullmatch, names))
    sure = named and any(NUMBER.fullmatch(cell.strip()) for each in top[header + 1 : header + 4] for cell in each.cells)
    asked = TitleRows("ask", code, text, file=file, skip=top[header - 1].number, title=title, sure=sure)
    raise SurveyError([asked], exit_code=3)


def _two_rows(top: list[Row]) -> bool:
    """Whether row 1 holds questions over the first of their columns, and row 2 a name for every column.

    Unlike a row of answers row 2 has no number in a column in which most rows have one.
    """
    if len(top) < FEWEST_BELOW + 2:
        return False
    over, below = ([cell.strip() for cell in row.cells] for row in top[:2])
    width = len(below)
    over += [""] * (width - len(over))
    gaps = [i for i in range(1, width) if not over[i] and below[i] and any(over[:i])]
    if len(over) != width or len(gaps) < 2 or not over[0] or len(set(filter(None, over))) < 2:
        return False
    named = all(below[i] or over[i] for i in range(width) if i < width - 1)
    if not named or not below[0] or any(NUMBER.fullmatch(cell) for cell in below if cell):
        return False
    rest = [row.cells for row in top[2:]]
    return any(
        sum(i < len(cells) and NUMBER.fullmatch(cells[i].strip()) is not None for cells in rest) > len(rest) / 2
        for i in range(width)
    )


def _rows_of_title(top: list[Row], usual: int) -> int:
    """How many rows of title seem to stand above the header, 0 where the first row seems to be the header."""
    if usual < 2:
        return 0
    titles = next((index for index, row in enumerate(top) if not _title(row.cells)), 0)
    if titles and usual > 2 and top[titles].filled >= 2:
        return titles
    header = next((index for index, row in enumerate(top) if row.filled >= max(2, usual / 2)), 0)
    if all(_title(row.cells) for row in top[:header]):
        return header
    names = [cell.strip() for cell in top[header].cells]
    named = len(set(names)) == len(names) and all(names) and not any(NUMBER.fullmatch(name) for name in names)
    return header if named else 0


def _title(cells: Cells) -> bool:
    """One text, alone or followed by blanks only. Two cells with a blank one may be a header."""
    return bool(cells[0].strip()) and not any(cell.strip() for cell in cells[1:]) and len(cells) != 2


def _count_header_rows(top: list[Row]) -> tuple[int, str]:
    """The number of header rows and the vendor they are typical of ("" for a plain table)."""
    rows = [row.cells for row in top[:3]]
    for vendor in VENDORS.values():
        if count := vendor.header_rows(rows):
            return count, vendor.name
    return 1, ""
