"""The XML of a workbook: which sheets it has, and what calamine would lose of their cells is put so that it keeps it.

Calamine takes errors ("#N/A") for blank cells, cuts whole numbers to the 15 digits of a float, gives up at a number
that is no day in a column of days, tells nothing of formulas, knows no limit of what unpacks, and lays out every sheet
as a full rectangle. So it gets a copy of the workbook, of known size, in which errors and such numbers are texts, after
a look at where the cells of the sheet lie.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree

from obstacles.survey.files.cell_text import as_text
from obstacles.survey.files.column_names import column_number

BOOK, SHARED = "xl/workbook.xml", "xl/sharedstrings.xml"
PARTS = frozenset(  # what calamine reads beside the sheets; in small letters, which not all programs write
    (
        "[content_types].xml",
        "_rels/.rels",
        BOOK,
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        SHARED,
    )
)
MOST_CELLS = 50_000_000  # of the rectangle around the cells of a sheet, where most of it is blank
MOST_BLANK = 8  # cells of the rectangle to filled ones, from which most of it is blank

ERROR = re.compile(rb"(<(?:\w+:)?c\b[^<>]*\st\s*=\s*)([\"'])e\2")
NO_DAY = re.compile(rb">(?:-|\d{7,}|[\d.]+[eE]\+?\d)")  # a number may be too small or large for a day
NUMBER_CELL = re.compile(
    rb"(<(?:\w+:)?c\b)([^<>]*)(>(?:<(?:\w+:)?f\b[^<>]*(?:/>|>[^<>]*</(?:\w+:)?f>))?<(?:\w+:)?v>)"
    rb"(-[\d.]+(?:[eE][-+]?\d+)?|\d{7,}(?:\.\d*)?(?:[eE][-+]?\d+)?|[\d.]+[eE]\+?\d+)(?=<)"
)
LAST_DAY = 2_958_465  # 31 December 9999
NUMBER_TYPE = re.compile(rb"\st\s*=\s*[\"']n[\"']")
TYPE = re.compile(rb"\st\s*=\s*[\"'](\w+)[\"']")
SHARED_TEXT = re.compile(rb"<(?:\w+:)?si\b")
SHARED_CELL = re.compile(
    rb"\bt\s*=\s*[\"']s[\"'][^<>]*>\s*(?:<(?:\w+:)?f\b[^<>]*(?:/>|>[^<>]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v\b[^<>]*>\s*(\d{1,9})"
)
FEW = 16 * 1024**2  # bytes of text in cells that are not counted
FORMULA = re.compile(rb"<(?:\w+:)?f\b[^<>]*(?:/>|>([^<]*)<)")
ROW_OR_CELL = re.compile(rb"<(?:\w+:)?(?:(row)\b([^<>]*)>|c\b(|[^<>]*[^<>/])>(.*?)</(?:\w+:)?c>)", re.DOTALL)
VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>[^<]")
PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Z]*)(\d+)")

UNUSUAL = re.compile(rb'<(?:c|row)\b(?! r=")')  # a cell or row whose place is not said, or said elsewhere
FAR = re.compile(rb' r="(?:[A-Z]{3}|[A-Z]{0,2}\d{6})')
BLANK_CELL = re.compile(rb"<(?:\w+:)?c\b[^<>]*/>")
BLANK_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]*(?:/>|>\s*</(?:\w+:)?row>)")
ROW = re.compile(rb"<(?:\w+:)?row\b")
CELL = re.compile(rb"<(?:\w+:)?c\b")


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Title of each sheet of cells -> its part of the archive, in the order of the workbook."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    parts = {
        relation.get("Id"): f"xl/{target}" if (target := relation.get("Target", ""))[:1] != "/" else target[1:]
        for relation in relations
        if relation.get("Type", "").endswith("/worksheet")
    }
    sheets = ElementTree.fromstring(archive.read(BOOK)).iterfind(".//{*}sheet")
    named = [
        (sheet.get("name", ""), next((text for key, text in sheet.items() if key.endswith("}id")), ""))
        for sheet in sheets
    ]
    return {title: parts[part] for title, part in named if part in parts}


def plain_copy(archive: zipfile.ZipFile, sheets: Mapping[str, bytes]) -> io.BytesIO:
    """A workbook, not packed, of what calamine reads; `sheets` are parts of the archive -> their XML."""
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as book:
        for name in archive.namelist():
            if name.lower() in PARTS:
                book.writestr(name, archive.read(name))
        for name, xml in sheets.items():
            book.writestr(name, _kept(xml))
    copy.seek(0)
    return copy


def _kept(xml: bytes) -> bytes:
    """The sheet with errors and numbers beyond those of days as texts."""
    if b't="e"' in xml or b"t='e'" in xml:
        xml = ERROR.sub(rb"\1\2str\2", xml)
    return NUMBER_CELL.sub(_no_day_as_text, xml) if NO_DAY.search(xml) else xml


def _no_day_as_text(cell: re.Match[bytes]) -> bytes:
    start, attributes, middle, digits = cell.groups()
    attributes = NUMBER_TYPE.sub(b"", attributes)
    number = int(digits) if digits.lstrip(b"-").isdigit() else float(digits)
    if TYPE.search(attributes) or 0 <= number < LAST_DAY + 1:
        return cell[0]
    return b'%b%b t="str"%b%b' % (start, attributes, middle, as_text(number).encode())


def shared_texts(archive: zipfile.ZipFile) -> list[int]:
    """Bytes of each text that cells share, at most; several cells may show one text, so that a small file has much."""
    names = [name for name in archive.namelist() if name.lower() == SHARED]
    return [len(text) for name in names for text in SHARED_TEXT.split(archive.read(name))[1:]]


def shared_size(xml: bytes, texts: Sequence[int]) -> int:
    """Bytes of the shared texts that the cells of a sheet show; at most, where they are few."""
    most = max(texts, default=0) * xml.count(b"<")
    if most <= FEW:
        return most
    shown = Counter(int(number) for number in SHARED_CELL.findall(xml))
    return sum(times * texts[number] for number, times in shown.items() if number < len(texts))


def lies_far_apart(xml: bytes) -> bool:
    """Whether the rectangle around the filled cells is too large to be laid out, and almost all of it is blank."""
    if not (b":row" in xml or UNUSUAL.search(xml) or FAR.search(xml)):
        return False
    xml = BLANK_ROW.sub(b"", BLANK_CELL.sub(b"", xml))
    places = set(PLACE.findall(xml))
    cells = [len(CELL.findall(row)) for row in ROW.split(xml)]
    rows = len(cells) + max((int(row) for _column, row in places), default=0)
    columns = max(cells) + max((column_number(column.decode()) for column, _row in places), default=0)
    return rows * columns > max(MOST_CELLS, MOST_BLANK * sum(cells))


def formulas_without_value(xml: bytes) -> Iterator[tuple[int, str]]:
    """Row and formula of each cell that has a formula and no stored value; a text may be blank."""
    if not (b"<f" in xml or b":f" in xml):
        return
    row = 0
    for is_row, row_attributes, attributes, content in (match.groups() for match in ROW_OR_CELL.finditer(xml)):
        place = PLACE.search(row_attributes if is_row else attributes)
        row = int(place[2]) if place else row + bool(is_row)
        formula = None if is_row else FORMULA.search(content)
        kind = None if is_row else TYPE.search(attributes)
        if formula and not VALUE.search(content) and (kind is None or kind[1] != b"str"):
            yield row, "=" + html.unescape((formula[1] or b"").decode(errors="replace"))
