"""Writers of files that no library at hand writes: OpenDocument sheets, old workbooks of Excel, tables of web pages."""

from __future__ import annotations

import html
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

Rows = Sequence[Sequence[Any]]
SECTOR = 512
FREE, END, TABLE_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
NAMESPACES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def ods(sheets: Mapping[str, Rows] | str) -> bytes:
    """An OpenDocument sheet: title -> rows, or the XML of its tables as it stands."""
    body = sheets if isinstance(sheets, str) else "".join(_ods_table(title, rows) for title, rows in sheets.items())
    content = f'<?xml version="1.0"?><office:document-content{NAMESPACES}><office:body><office:spreadsheet>{body}'
    content += "</office:spreadsheet></office:body></office:document-content>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
    return out.getvalue()


def _ods_table(title: str, rows: Rows) -> str:
    cells = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    rest = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    return f'<table:table table:name="{html.escape(title)}">{cells}{rest}</table:table>'


def _ods_cell(value: Any) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    lines = "".join(f"<text:p>{html.escape(line)}</text:p>" for line in str(value).split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def page(rows: Rows, *, charset: str = "utf-8") -> bytes:
    """A table of a web page."""
    lines = "".join(f"<tr>{''.join(f'<td>{_escaped(value)}</td>' for value in row)}</tr>\n" for row in rows)
    text = f'<html><head><meta charset="{charset}"></head><body><table border=1>\n{lines}</table></body></html>'
    return text.encode(charset)


def _escaped(value: Any) -> str:
    return html.escape("" if value is None else str(value)).replace("\n", "<br>")


def xls(sheets: Mapping[str, Rows], *, merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """An old workbook of Excel (BIFF8); `merged` are (first row, last row, first column, last column) of the first."""
    return compound({"Workbook": _book(sheets, merged)})


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(value: str, size: str) -> bytes:
    return struct.pack(f"<{size}B", len(value.encode("utf-16-le")) // 2, 1) + value.encode("utf-16-le")


def _book(sheets: Mapping[str, Rows], merged: Sequence[tuple[int, int, int, int]]) -> bytes:
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0x0DBB, 0x07CC, 0, 6))
    bodies = []
    for place, rows in enumerate(sheets.values()):
        cells = b"".join(_xls_cell(i, j, value) for i, row in enumerate(rows) for j, value in enumerate(row))
        ranges = merged if place == 0 else ()
        area = struct.pack("<H", len(ranges)) + b"".join(struct.pack("<4H", *one) for one in ranges)
        body = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 6)) + cells
        bodies.append(body + (_record(0xE5, area) if ranges else b"") + _record(0x0A))
    names = [_text(title, "B") for title in sheets]
    at = len(start) + sum(4 + 6 + len(name) for name in names) + 4
    bounds = b""
    for name, body in zip(names, bodies, strict=True):
        bounds += _record(0x85, struct.pack("<IBB", at, 0, 0) + name)
        at += len(body)
    return start + bounds + _record(0x0A) + b"".join(bodies)


def _xls_cell(row: int, column: int, value: Any) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if value is None or value == "":
        return b""
    if isinstance(value, int | float):
        return _record(0x203, place + struct.pack("<d", value))
    return _record(0x204, place + _text(str(value), "H"))


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A file system of Microsoft (MS-CFB) with these streams."""
    sectors: list[bytes] = []
    following: list[int] = []

    def add(data: bytes) -> int:
        first = len(sectors)
        parts = [data[i : i + SECTOR].ljust(SECTOR, b"\0") for i in range(0, max(1, len(data)), SECTOR)]
        sectors.extend(parts)
        following.extend([*range(first + 1, first + len(parts)), END])
        return first

    entries = [_entry("Root Entry", 5, END, 0, child=1)]
    for place, (name, data) in enumerate(streams.items(), 1):
        data = data.ljust(4096, b"\0")
        entries.append(_entry(name, 2, add(data), len(data), after=place + 1 if place < len(streams) else FREE))
    folder = add(b"".join(entries))
    tables = 1
    while tables * SECTOR // 4 < len(sectors) + tables:
        tables += 1
    first = len(sectors)
    numbers = [*following, *[TABLE_SECTOR] * tables]
    numbers += [FREE] * (tables * SECTOR // 4 - len(numbers))
    sectors.append(struct.pack(f"<{len(numbers)}I", *numbers))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, folder, 0, 4096, END, 0, END, 0)
    places = [*range(first, first + tables)][:109]
    return head + struct.pack("<109I", *places, *[FREE] * (109 - len(places))) + b"".join(sectors)


def _entry(name: str, kind: int, first: int, size: int, *, child: int = FREE, after: int = FREE) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, FREE, after, child)
        + bytes(36)
        + struct.pack("<IQ", first, size)
    )
