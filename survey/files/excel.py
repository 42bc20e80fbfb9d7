"""Excel workbooks (.xlsx, .xlsm): the sheet with the answers becomes a text table and is read as a CSV file would be.

Numbers become the text that a CSV export would hold ("1", not "1.0"), days "2024-05-13", truth values "TRUE" and
"FALSE". Formulas give the value that Excel stored with them; where none is stored the file is refused, because the
cells would seem blank. Nothing in the workbook is run and nothing outside it is fetched.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from obstacles.survey.files.cell_text import as_text
from obstacles.survey.files.digest import Digest
from obstacles.survey.files.memory import WORKBOOK_COST, check_memory
from obstacles.survey.files.sheet_xml import (
    PARTS,
    SHARED,
    formulas_without_value,
    lies_far_apart,
    plain_copy,
    shared_size,
    shared_texts,
    sheet_parts,
)
from obstacles.survey.files.table import Table, TableKeys, table_of
from obstacles.survey.files.unpack import MOST_BYTES, MOST_RATIO, Source, read_bytes
from obstacles.survey.problems import MOST_EXAMPLES, Problem, SurveyError, refusal
from obstacles.text.language import _, quoted_names

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

SUFFIXES = (".xlsx", ".xlsm")
DAMAGED = (OSError, EOFError, ValueError, NotImplementedError, zipfile.BadZipFile)  # of an archive that is opened
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
SMALL = 32 * 1024**2  # bytes of XML below which it does not matter how well they are packed
MOST_OF_PART = 4 * 1024**2  # bytes of XML of each part that holds no answers
MOST_SHARED = 64 * 1024**2  # bytes of text in the cells of a sheet, where it is
MOST_REPEATED = 4  # times as long as the sheet's XML
FEWEST_COLUMNS, MUCH_LARGER = 3, 4  # of the sheet with the answers; how many times the rows of every other
DELIMITER = "\x01"  # no cell of a workbook can hold it
_text = lru_cache(maxsize=1024, typed=True)(as_text)  # answers repeat


def is_workbook(path: Path) -> bool:
    """Whether the file is a workbook by its content, whatever its name."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as stream:
            if stream.read(2) != b"PK":
                return False
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except DAMAGED:
        return False


def read_workbook(path: Path, *, file: str, sheet: str | None = None, **keys: Unpack[TableKeys]) -> Table:
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
        raise refusal("E-XLS-01", message, file)
    _check_size(raw, file)
    try:
        title, text = _sheet_as_csv(raw, sheet, file)
    except (SurveyError, KeyboardInterrupt):
        raise
    except BaseException as trouble:  # a damaged workbook raises anything at all; a panic in Rust is no Exception
        message = _("the workbook is damaged ({reason}). Open it in Excel and save it again.")
        reason = type(trouble).__name__
        raise refusal("E-XLS-01", message.format(reason=reason), file) from None
    keys["encoding"], keys["delimiter"] = "utf-8", DELIMITER
    table = table_of(Source(text, Digest(raw)), file=file, **keys)
    note = Problem("info", "I-XLS-01", _('read the sheet "{sheet}".').format(sheet=title), file=file)
    problems = (note, *(one for one in table.problems if one.code not in ("I-ENC-01", "I-FILE-01")))
    return replace(table, encoding=_('Excel sheet "{sheet}"').format(sheet=title), delimiter="", problems=problems)


def _check_size(raw: bytes, file: str) -> None:
    """Refuse what unpacks to more than any survey does; zip members cannot grow beyond the size that they state."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            sizes = {member.filename: member.file_size for member in archive.infolist()}
            total = sum(member.file_size for member in archive.infolist())
    except DAMAGED:
        raise refusal("E-XLS-01", _("this is no workbook of Excel, or it is damaged."), file) from None
    _refuse_bomb(total, len(raw), file)
    small = max((size for name, size in sizes.items() if name.lower() in PARTS - {SHARED}), default=0)
    if small > MOST_OF_PART:
        raise refusal("E-FILE-04", _unpacks_to(small), file)


def _refuse_bomb(size: int, packed: int, file: str) -> None:
    """Refuse a workbook whose XML takes `size` bytes when it is read."""
    if size > SMALL and size > MOST_RATIO * packed:
        raise refusal("E-FILE-04", _unpacks_to(size), file)
    check_memory(WORKBOOK_COST * size, file)


def _unpacks_to(size: int) -> str:
    message = _("the workbook unpacks to {size} MiB, which no survey does. It was not read.")
    return message.format(size=f"{size // 1024**2:,}")


def _sheet_as_csv(raw: bytes, sheet: str | None, file: str) -> tuple[str, bytes]:
    """The title of the sheet and its cells as CSV, a line for each row of the sheet."""
    xmls, sheets = _sheets(raw, sheet, file)
    title = _only_title(xmls, sheets, file) if sheet is None else sheet
    if title not in sheets:
        message = _(
            'some cells of the sheet "{sheet}" lie too far from the others. Delete what stands below and beside the '
            "answers, and save the workbook again."
        )
        raise refusal("E-FILE-04", message.format(sheet=title), file)
    _refuse_formulas_without_value(xmls[title], file)
    rows: list[list[str]] = []
    length = 0
    for values in _rows(sheets[title]):
        rows.append([value if type(value) is str else _text(value) for value in values])
        length += sum(map(len, rows[-1]))
        if length > MOST_BYTES:
            raise refusal("E-FILE-04", _("the sheet holds more text than can be read."), file)
    return title, _csv(rows)


def _sheets(raw: bytes, sheet: str | None, file: str) -> tuple[dict[str, bytes], dict[str, CalamineSheet]]:
    """Title -> XML of the sheets, or of the one that is named; and title -> cells, where they lie close enough."""
    from python_calamine import load_workbook

    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = sheet_parts(archive)
        if sheet is not None and sheet not in parts:
            message = _('there is no sheet "{sheet}". The sheets are {titles}.')
            text = message.format(sheet=sheet, titles=quoted_names(parts))
            raise refusal("E-XLS-03", text, file, exit_code=3)
        parts = {title: part for title, part in parts.items() if sheet in (None, title)}
        _refuse_bomb(sum(archive.getinfo(part).file_size for part in parts.values()), len(raw), file)
        xmls = {title: archive.read(part) for title, part in parts.items()}
        texts = shared_texts(archive)
        if any(shared_size(xml, texts) > max(MOST_SHARED, MOST_REPEATED * len(xml)) for xml in xmls.values()):
            raise refusal("E-FILE-04", _("the sheet holds more text than can be read."), file)
        book = load_workbook(plain_copy(archive, {parts[title]: xml for title, xml in xmls.items()}))
    return xmls, {title: book.get_sheet_by_name(title) for title, xml in xmls.items() if not lies_far_apart(xml)}


def _csv(rows: list[list[str]]) -> bytes:
    """The rows, all of one length, without the blank rows and columns at their ends."""
    while rows and not any(rows[-1]):
        rows.pop()
    width = len(rows[0]) if rows else 0
    while width and not any(row[width - 1] for row in rows):
        width -= 1
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=DELIMITER, lineterminator="\r\n")
    writer.writerows([*row[:width], *[""] * (2 - width)] for row in rows)
    return out.getvalue().encode(errors="replace")


def answers_sheet(path: Path, file: str) -> tuple[str | None, str]:
    """Of several sheets of a workbook the one that must hold the answers, and why; None where none stands out."""
    if not is_workbook(path):
        return None, ""
    raw = read_bytes(path, file)
    try:
        _check_size(raw, file)
        xmls, sheets = _sheets(raw, None, file)
    except KeyboardInterrupt:
        raise
    except BaseException:  # damage is told by who reads the answers
        return None, ""
    if len(sheets) < len(xmls):
        return None, ""
    sizes = {title: (sheet.height, sheet.width) for title, sheet in sheets.items()}
    filled = {name: size for name, size in sizes.items() if size[0] and size[1]}
    if len(filled) < 2:
        return None, ""
    best = max(filled, key=lambda name: filled[name][0] * filled[name][1])
    rows, columns = filled.pop(best)
    if columns < FEWEST_COLUMNS or any(MUCH_LARGER * other[0] > rows for other in filled.values()):
        return None, ""
    why = _("by far the largest of the sheets {titles}").format(titles=quoted_names([best, *filled]))
    return best, why


def _only_title(xmls: Collection[str], sheets: Mapping[str, CalamineSheet], file: str) -> str:
    """The only sheet with content; the cells of those that are not in `sheets` lie too far from each other."""
    filled = [title for title in xmls if title not in sheets or _has_content(sheets[title])]
    if len(filled) > 1:
        message = _('the workbook has several sheets with content ({titles}). Set sheet = "{first}", or another one.')
        text = message.format(titles=quoted_names(filled), first=filled[0])
        raise refusal("A-XLS-01", text, file, severity="ask", exit_code=3)
    if not filled:
        raise refusal("E-FILE-05", _("no rows: the workbook is blank."), file)
    return filled[0]


def _has_content(sheet: CalamineSheet) -> bool:
    """Whether one of the first rows has a cell that is not blank."""
    return any(cell != "" for row in islice(_rows(sheet), 100) for cell in row)


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """The values of each row from row 1 and column A on, "" where a cell is blank."""
    _above, beside = sheet.start or (0, 0)
    for row in sheet.iter_rows():  # it gives the blank rows above the content, but not the blank columns beside it
        yield [*[""] * beside, *row]


def _refuse_formulas_without_value(xml: bytes, file: str) -> None:
    """Stop where a formula has no stored value: programs other than Excel often leave it out."""
    formulas = list(formulas_without_value(xml))
    if formulas:
        message = _(
            "{count} cells hold formulas ({first}) whose values are not stored in the file. Open it in Excel, save it, "
            "and try again."
        )
        text = message.format(count=f"{len(formulas):,}", first=formulas[0][1][:40])
        rows = tuple(dict.fromkeys(row for row, _formula in formulas))[:MOST_EXAMPLES]
        raise SurveyError([Problem("error", "E-XLS-02", text, file, rows, count=len(formulas))])
