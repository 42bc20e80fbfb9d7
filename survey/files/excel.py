"""Excel workbooks (.xlsx, .xlsm): the sheet with the answers becomes a text table and is read as a CSV file would be.

Numbers become the text that a CSV export would hold ("1", not "1.0"), days "2024-05-13", truth values "TRUE" and
"FALSE". Formulas give the value that Excel stored with them; where none is stored the file is refused, because the
cells would seem blank. Nothing in the workbook is run and nothing outside it is fetched.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obstacles.survey.files.cell_text import as_text
from obstacles.survey.files.digest import Digest
from obstacles.survey.files.table import Table, table_of
from obstacles.survey.files.unpack import MOST_BYTES, MOST_RATIO, SMALL, Source, read_bytes
from obstacles.survey.problems import MOST_EXAMPLES, Problem, SurveyError
from obstacles.text.language import _, quoted_names

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

SUFFIXES = (".xlsx", ".xlsm")
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
DELIMITER = "\x01"  # no cell of a workbook can hold it


def is_workbook(path: Path) -> bool:
    """Whether the file is a workbook by its content, whatever its name."""
    try:
        with path.open("rb") as stream:
            if stream.read(2) != b"PK":
                return False
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError):
        return False


def read_workbook(
    path: Path,
    *,
    file: str,
    sheet: str | None = None,
    header_rows: int | None = None,
    skip: int = 0,
    names: str = "first",
    columns: Collection[str] | None = None,
) -> Table:
    """The sheet's table; the keys are those of `survey.files.table.read_table`.

    Parameters
    ----------
    sheet
        its name; the only one with content when omitted.

    Raises
    ------
    SurveyError
        for a file that is no workbook or is damaged, for formulas without a stored value, and (severity "ask") where
        several sheets have content.
    """
    raw = read_bytes(path, file)
    if raw.startswith(OLD_EXCEL):
        message = _(
            "this workbook is protected by a password or in the old format of Excel (.xls). Open it and save it as "
            ".xlsx, or save the sheet as CSV UTF-8."
        )
        raise _refusal("E-XLS-01", message, file)
    _check_size(raw, file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of extensions of Excel that it leaves out
            title, text = _sheet_as_csv(raw, sheet, file)
    except SurveyError:
        raise
    except Exception as trouble:  # a damaged workbook makes openpyxl and the XML parser raise anything at all
        message = _("the workbook is damaged ({reason}). Open it in Excel and save it again.")
        reason = type(trouble).__name__
        raise _refusal("E-XLS-01", message.format(reason=reason), file) from None
    source = Source(text, Digest(raw))
    table = table_of(
        source,
        file=file,
        encoding="utf-8",
        delimiter=DELIMITER,
        header_rows=header_rows,
        skip=skip,
        names=names,
        columns=columns,
    )
    note = Problem("info", "I-XLS-01", _('read the sheet "{sheet}".').format(sheet=title), file=file)
    problems = (note, *(one for one in table.problems if one.code not in ("I-ENC-01", "I-FILE-01")))
    return replace(table, encoding=_('Excel sheet "{sheet}"').format(sheet=title), delimiter="", problems=problems)


def _refusal(code: str, message: str, file: str, severity: str = "error") -> SurveyError:
    return SurveyError([Problem(severity, code, message, file=file)], exit_code=3 if severity == "ask" else 2)


def _check_size(raw: bytes, file: str) -> None:
    """Refuse what unpacks to more than any survey does; zip members cannot grow beyond the size that they state."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, EOFError):
        raise _refusal("E-XLS-01", _("this is no workbook of Excel, or it is damaged."), file) from None
    if size > MOST_BYTES or (size > SMALL and size > MOST_RATIO * len(raw)):
        message = _("the workbook unpacks to {size} MiB, which no survey does. It was not read.")
        raise _refusal("E-FILE-04", message.format(size=f"{size // 1024**2:,}"), file)


def _sheet_as_csv(raw: bytes, sheet: str | None, file: str) -> tuple[str, bytes]:
    """The title of the sheet and its cells as CSV, a line for each row of the sheet."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    title = _title(book, sheet, file)
    rows = list(_rows(book, title))
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((len(row) for row in rows), default=0)
    if sum(len(cell) for row in rows for cell in row) > MOST_BYTES:
        raise _refusal("E-FILE-04", _("the sheet holds more text than can be read."), file)
    if _has_formulas(raw):
        _refuse_formulas_without_value(raw, title, file)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=DELIMITER, lineterminator="\r\n")
    writer.writerows([*row, *[""] * (max(width, 2) - len(row))] for row in rows)
    return title, out.getvalue().encode(errors="replace")


def _title(book: Workbook, sheet: str | None, file: str) -> str:
    """The sheet that is read."""
    titles = [one.title for one in book.worksheets]
    if sheet is not None:
        if sheet not in titles:
            message = _('there is no sheet "{sheet}". The sheets are {titles}.')
            listed = quoted_names(titles)
            raise SurveyError(
                [Problem("error", "E-XLS-03", message.format(sheet=sheet, titles=listed), file=file)], exit_code=3
            )
        return sheet
    filled: list[str] = [title for title in titles if any(any(row) for row in _first(_rows(book, title)))]
    if len(filled) > 1:
        message = _('the workbook has several sheets with content ({titles}). Set sheet = "{first}", or another one.')
        listed = quoted_names(filled)
        raise _refusal("A-XLS-01", message.format(titles=listed, first=filled[0]), file, "ask")
    if not filled:
        raise _refusal("E-FILE-05", _("no rows: the workbook is blank."), file)
    return filled[0]


def _first(rows: Iterator[list[str]], most: int = 100) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        if number == most:
            return
        yield row


def _rows(book: Workbook, title: str) -> Iterator[list[str]]:
    """The rows of a sheet as text, from row 1 on, without the blank cells at their ends."""
    sheet = book[title]
    sheet.reset_dimensions()  # what the file says of its size is often wrong
    for row in sheet.iter_rows(values_only=True):
        cells = [_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _text(value: Any) -> str:
    """A cell as a CSV export would write it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value if "_x" not in value else _unescaped(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return as_text(value)


def _unescaped(text: str) -> str:
    """Excel writes control characters as _x000D_."""
    from openpyxl.utils.escape import unescape

    return str(unescape(text))


def _has_formulas(raw: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(b"<f" in archive.read(name) for name in sheets)


def _refuse_formulas_without_value(raw: bytes, title: str, file: str) -> None:
    """Stop where a formula has no stored value: programs other than Excel often leave it out."""
    from openpyxl import load_workbook

    formulas, values = (load_workbook(io.BytesIO(raw), read_only=True, data_only=only)[title] for only in (False, True))
    found: list[tuple[int, str]] = []
    for sheet in (formulas, values):
        sheet.reset_dimensions()
    for number, (row, stored) in enumerate(zip(formulas.iter_rows(), values.iter_rows(), strict=True), 1):
        for formula, cell in zip(row, stored, strict=True):
            blank = cell.value is None and cell.data_type != "s"  # "s": the value is a text, and may be blank
            if blank and isinstance(formula.value, str) and formula.value.startswith("="):
                found.append((number, formula.value))
    if found:
        message = _(
            "{count} cells hold formulas ({first}) whose values are not stored in the file. Open it in Excel, save it, "
            "and try again."
        )
        text = message.format(count=f"{len(found):,}", first=found[0][1][:40])
        rows = tuple(dict.fromkeys(number for number, _formula in found))[:MOST_EXAMPLES]
        raise SurveyError([Problem("error", "E-XLS-02", text, file, rows, count=len(found))])
