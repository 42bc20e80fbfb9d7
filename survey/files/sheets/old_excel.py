"""Old workbooks of Excel (.xls, 1995 to 2003), read by calamine after a look at how much they would take.

The file is a small file system (MS-CFB) with one stream of records (MS-XLS). Calamine lays out every sheet as a full
rectangle and copies a shared text into each cell that shows it, so the cells and the lengths of their texts are added
up first.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from obstacles.survey.files.memory import check_memory
from obstacles.survey.files.sheets.calamine_sheet import has_content, merged_in, texts_of
from obstacles.survey.files.sheets.sheet_table import chosen_title, csv_of, sheet_table
from obstacles.survey.files.table import Table, TableKeys
from obstacles.survey.files.unpack import read_bytes
from obstacles.survey.problems import Problem, SurveyError, refusal
from obstacles.text.language import _

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

SUFFIXES = (".xls", ".xlt")
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # first bytes of the file system
STREAMS = ("Workbook", "Book")
LOCKED = ("EncryptedPackage", "EncryptionInfo")
END, FREE = 0xFFFFFFFE, 0xFFFFFFFF
SHARED_TEXTS, CONTINUED, SHARED_TEXT, TEXT, LOCK, SHEET_END, SHEET_START = 0xFC, 0x3C, 0xFD, 0x204, 0x2F, 0x0A, 0x809
CELLS = (SHARED_TEXT, TEXT, 0x203, 0x27E, 0xBD, 0x205, 0x06)  # numbers, truth values and formulas beside texts
CELL_SIZE = 40  # bytes of a cell laid out
LETTER_SIZE = 6  # bytes of a letter, in all its copies
SMALL_STREAM = 4096  # bytes below which a stream lies elsewhere; no workbook is so small


def is_old_excel(path: Path) -> bool:
    """Whether the file is a file system of Microsoft, as old workbooks and locked ones are."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as stream:
            return stream.read(len(COMPOUND)) == COMPOUND
    except OSError:
        return False


def read_old_excel(path: Path, *, file: str, sheet: str | None = None, **keys: Unpack[TableKeys]) -> Table:
    """The sheet's table; `sheet` is its name, the only one with content when omitted. Raises SurveyError."""
    raw = read_bytes(path, file)
    book = _book(raw, file)
    try:
        filled = [title for title in book.sheet_names if has_content(book.get_sheet_by_name(title))]
        title = chosen_title(sheet, book.sheet_names, filled, file)
        found = book.get_sheet_by_name(title)
        text, merged = csv_of(texts_of(found, file)), merged_in(found)
    except (SurveyError, KeyboardInterrupt):
        raise
    except BaseException as trouble:  # a damaged workbook raises anything at all; a panic in Rust is no Exception
        raise _damaged(type(trouble).__name__, file) from None
    note = Problem("info", "I-XLS-01", _('read the sheet "{sheet}".').format(sheet=title), file=file)
    name = _('Excel sheet "{sheet}"').format(sheet=title)
    return sheet_table(text, raw, merged, note, name=name, file=file, **keys)


def sheet_sizes(path: Path, file: str) -> dict[str, tuple[int, int]]:
    """Title -> rows and columns of the sheets."""
    book = _book(read_bytes(path, file), file)
    sheets = {title: book.get_sheet_by_name(title) for title in book.sheet_names}
    return {title: (one.height, one.width) for title, one in sheets.items()}


def _book(raw: bytes, file: str) -> CalamineWorkbook:
    """The workbook, when what it holds is known to fit into memory."""
    from python_calamine import PasswordError, load_workbook

    try:
        streams = _streams(raw)
        records = next((streams[name] for name in STREAMS if name in streams), None)
        if records is None and not streams.keys().isdisjoint(LOCKED):
            raise PasswordError
        if records is None:
            message = _("this is a file of Microsoft Office, and no workbook. Save the table as .xlsx or CSV UTF-8.")
            raise refusal("E-XLS-01", message, file)
        check_memory(_size(records), file)
        return load_workbook(BytesIO(raw))
    except (SurveyError, KeyboardInterrupt):
        raise
    except PasswordError:
        message = _("this workbook is protected by a password. Open it, take the password away, and save it again.")
        raise refusal("E-XLS-01", message, file) from None
    except BaseException as trouble:
        raise _damaged(type(trouble).__name__, file) from None


def _damaged(reason: str, file: str) -> SurveyError:
    message = _("the workbook is damaged ({reason}). Open it in Excel and save it again.")
    return refusal("E-XLS-01", message.format(reason=reason), file)


# ---------- the file system ---------------------------------------------------------------------------------------


def _streams(raw: bytes) -> dict[str, bytes]:
    """Name of each stream of the file system -> its bytes; b"" for those too small to be a workbook."""
    size = 1 << struct.unpack_from("<H", raw, 30)[0]
    if not 512 <= size <= 4096:
        raise ValueError
    tables = [number for number in struct.unpack_from("<109I", raw, 76) if number < END - 2]
    further, left = struct.unpack_from("<II", raw, 68)
    if left > len(raw) // size:
        raise ValueError
    while further < END - 2 and left:
        numbers = struct.unpack_from(f"<{size // 4}I", raw, (further + 1) * size)
        tables += [number for number in numbers[:-1] if number < END - 2]
        further, left = numbers[-1], left - 1
    following = [number for table in tables for number in struct.unpack_from(f"<{size // 4}I", raw, (table + 1) * size)]
    folder = _chain(raw, struct.unpack_from("<I", raw, 48)[0], following, size)
    found = {}
    for start in range(0, len(folder) - 127, 128):
        length, kind = struct.unpack_from("<HB", folder, start + 64)
        name = folder[start : start + max(0, length - 2)].decode("utf-16-le", errors="replace")
        first, end = struct.unpack_from("<II", folder, start + 116)
        if kind == 2:
            found[name] = b"" if end < SMALL_STREAM else _chain(raw, first, following, size)[:end]
    return found


def _chain(raw: bytes, first: int, following: list[int], size: int) -> bytes:
    """The sectors that belong together, from the first on."""
    parts: list[bytes] = []
    while first < END - 2:
        if first >= len(following) or len(parts) > len(following):
            raise ValueError  # it leads outside the file, or in a circle
        parts.append(raw[(first + 1) * size : (first + 2) * size])
        first = following[first]
    return b"".join(parts)


# ---------- the records -------------------------------------------------------------------------------------------


def _size(stream: bytes) -> int:
    """Bytes that the cells of all sheets take, laid out as rectangles, with their texts."""
    lengths: list[int] = []
    total = rows = columns = letters = 0
    for kind, parts in _records(stream):
        if kind == LOCK:
            from python_calamine import PasswordError

            raise PasswordError
        if kind == SHARED_TEXTS:
            lengths = list(_lengths(parts))
        elif kind in (SHEET_START, SHEET_END):
            total, rows, columns = total + rows * columns * CELL_SIZE, 0, 0
        elif kind in CELLS and len(parts[0]) >= 6:
            row, column = struct.unpack_from("<HH", parts[0])
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if kind == SHARED_TEXT and len(parts[0]) >= 10:
                place = struct.unpack_from("<I", parts[0], 6)[0]
                letters += lengths[place] if place < len(lengths) else 0
            elif kind == TEXT:
                letters += len(parts[0])
    return total + rows * columns * CELL_SIZE + LETTER_SIZE * letters


def _records(stream: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Kind of each record and its parts: those that continue a record belong to it."""
    at, kind, parts = 0, -1, [b""]
    while at + 4 <= len(stream):
        one, size = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + size]
        at += 4 + size
        if one == CONTINUED and kind == SHARED_TEXTS:
            parts.append(body)
            continue
        yield kind, parts
        kind, parts = one, [body]
    yield kind, parts


def _lengths(parts: list[bytes]) -> Iterator[int]:
    """Letters of each shared text, in their order; a text that goes on in the next part says there again how wide its
    letters are."""
    count = struct.unpack_from("<I", parts[0], 4)[0] if len(parts[0]) >= 8 else 0
    part, at = 0, 8
    for _text in range(count):
        while part < len(parts) and at >= len(parts[part]):
            part, at = part + 1, 0
        if part >= len(parts) or at + 3 > len(parts[part]):
            return
        length, flags = struct.unpack_from("<HB", parts[part], at)
        at += 3
        runs, extended = 0, 0
        if flags & 8:
            runs = struct.unpack_from("<H", parts[part], at)[0] if at + 2 <= len(parts[part]) else 0
            at += 2
        if flags & 4:
            extended = struct.unpack_from("<I", parts[part], at)[0] if at + 4 <= len(parts[part]) else 0
            at += 4
        yield length
        left, wide = length, flags & 1
        while left and part < len(parts):
            here = min(left, max(0, len(parts[part]) - at) >> wide)
            at, left = at + (here << wide), left - here
            if left:
                part, at = part + 1, 1
                wide = parts[part][0] & 1 if part < len(parts) and parts[part] else 0
        rest = 4 * runs + extended
        while rest and part < len(parts):
            here = min(rest, max(0, len(parts[part]) - at))
            at, rest = at + here, rest - here
            if rest:
                part, at = part + 1, 0
