"""Excel workbooks (.xlsx, .xlsm): the sheet with the answers becomes a text table and is read as a CSV file would be.

Numbers become the text that a CSV export would hold ("1", not "1.0"), days "2024-05-13", truth values "TRUE" and
"FALSE". Formulas give the value that Excel stored with them; where none is stored the file is refused, because the
cells would seem blank. Nothing in the workbook is run and nothing outside it is fetched.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

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
from obstacles.survey.files.sheets.calamine_sheet import has_content, merged_in, texts_of
from obstacles.survey.files.sheets.sheet_table import Merged, chosen_title, csv_of, sheet_table
from obstacles.survey.files.table import Table, TableKeys
from obstacles.survey.files.unpack import DAMAGED, MOST_RATIO, is_archive_of, read_bytes
from obstacles.survey.problems import MOST_EXAMPLES, Problem, SurveyError, refusal
from obstacles.text.language import _

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

SUFFIXES = (".xlsx", ".xlsm")
SMALL = 32 * 1024**2  # bytes of XML below which it does not matter how well they are packed
MOST_OF_PART = 4 * 1024**2  # bytes of XML of each part that holds no answers
MOST_SHARED = 64 * 1024**2  # bytes of text in the cells of a sheet, where it is
MOST_REPEATED = 4  # times as long as the sheet's XML


def is_workbook(path: Path) -> bool:
    """Whether the file is a workbook by its content, whatever its name."""
    return is_archive_of(path, lambda archive: "xl/workbook.xml" in archive.namelist())


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
    _check_size(raw, file)
    try:
        title, text, merged = _sheet_as_csv(raw, sheet, file)
    except (SurveyError, KeyboardInterrupt):
        raise
    except BaseException as trouble:  # a damaged workbook raises anything at all; a panic in Rust is no Exception
        message = _("the workbook is damaged ({reason}). Open it in Excel and save it again.")
        reason = type(trouble).__name__
        raise refusal("E-XLS-01", message.format(reason=reason), file) from None
    note = Problem("info", "I-XLS-01", _('read the sheet "{sheet}".').format(sheet=title), file=file)
    name = _('Excel sheet "{sheet}"').format(sheet=title)
    return sheet_table(text, raw, merged, note, name=name, file=file, **keys)


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


def _sheet_as_csv(raw: bytes, sheet: str | None, file: str) -> tuple[str, bytes, list[Merged]]:
    """The title of the sheet, its cells as CSV, a line for each row of the sheet, and cells that span several rows."""
    xmls, sheets = _sheets(raw, sheet, file)
    filled = [title for title in xmls if title not in sheets or has_content(sheets[title])]
    title = chosen_title(sheet, xmls, filled, file)
    if title not in sheets:
        message = _(
            'some cells of the sheet "{sheet}" lie too far from the others. Delete what stands below and beside the '
            "answers, and save the workbook again."
        )
        raise refusal("E-FILE-04", message.format(sheet=title), file)
    _refuse_formulas_without_value(xmls[title], file)
    return title, csv_of(texts_of(sheets[title], file)), merged_in(sheets[title])


def _sheets(raw: bytes, sheet: str | None, file: str) -> tuple[dict[str, bytes], dict[str, CalamineSheet]]:
    """Title -> XML of the sheets, or of the one that is named; and title -> cells, where they lie close enough."""
    from python_calamine import load_workbook

    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = sheet_parts(archive)
        if sheet is not None:
            chosen_title(sheet, parts, (), file)
        parts = {title: part for title, part in parts.items() if sheet in (None, title)}
        _refuse_bomb(sum(archive.getinfo(part).file_size for part in parts.values()), len(raw), file)
        xmls = {title: archive.read(part) for title, part in parts.items()}
        texts = shared_texts(archive)
        if any(shared_size(xml, texts) > max(MOST_SHARED, MOST_REPEATED * len(xml)) for xml in xmls.values()):
            raise refusal("E-FILE-04", _("the sheet holds more text than can be read."), file)
        book = load_workbook(plain_copy(archive, {parts[title]: xml for title, xml in xmls.items()}))
    return xmls, {title: book.get_sheet_by_name(title) for title, xml in xmls.items() if not lies_far_apart(xml)}


def sheet_sizes(path: Path, file: str) -> dict[str, tuple[int, int]]:
    """Title -> rows and columns of the sheets; none where they cannot all be laid out."""
    raw = read_bytes(path, file)
    _check_size(raw, file)
    xmls, sheets = _sheets(raw, None, file)
    return {} if len(sheets) < len(xmls) else {title: (one.height, one.width) for title, one in sheets.items()}


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
