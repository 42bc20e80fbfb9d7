"""The tables of a report as an Excel workbook: a sheet per table, numbers as they are shown in the data, no formulas.

Whatever somebody typed is written as text, so that no cell becomes a formula; the only links lead from the first sheet
to the others. Numbers have the digits of the page; no sheet, row or column is hidden. What is not shown on the pages is
not in the workbook.
"""

from __future__ import annotations

import datetime
import io
import math
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from obstacles.reports.charts.records import figure_table
from obstacles.reports.words.naming import bare
from obstacles.reports.words.page_blocks import LOW_BASE, Cell, Row, Table, figures_of, tables_of
from obstacles.reports.writers.sheet_columns import headings, number_format
from obstacles.text.escape import safe
from obstacles.text.language import _, using
from obstacles.text.width import width, wrapped

if TYPE_CHECKING:
    from obstacles.reports.report import Report

LONGEST_NAME = 31  # characters of a sheet's name
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
LONGEST_CELL = 32_000  # characters
NO_DATE = datetime.datetime(1980, 1, 1)
WIDTHS = (10, 48)  # of a column, in characters
ABOUT_WIDTH, OTHER_WIDTH = 100, 8.43  # of the sheet of words, and of a column whose width is not set
LINE = 15  # points of a line
LONGEST_LINK = 200  # characters


def to_workbook(report: Report) -> bytes:
    """The report's tables as an Excel workbook (.xlsx)."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with using(report.language), xlsxwriter.Workbook(out, options) as book:
        day = report.date
        created = NO_DATE if day is None else datetime.datetime(day.year, day.month, day.day)
        book.set_properties({"title": _text(report.title), "author": _text(report.author), "created": created})
        sheets = Sheets(book, set())
        about = sheets.add(_("About"))
        links = []
        for name, table in _tables(report):
            if any(column.in_data for column in table.columns) and any(row.in_data for row in table.rows):
                sheet = sheets.add(name)
                _table(sheet, table, sheets)
                links.append((sheet.get_name(), table.title or table.id))
        _about(about, report, sheets, links)
    return out.getvalue()


def _tables(report: Report) -> Iterator[tuple[str, Table]]:
    """Every table and every chart's numbers, each with a short name: its number and the first words of its title."""
    for table in tables_of(report.sections):
        number = _("T{n}").format(n=table.number) if table.number else ""
        yield f"{number} {table.title or table.id}".strip(), table
    for figure in figures_of(report.sections):
        number = _("F{n}").format(n=figure.number)
        yield f"{number} {figure.title}", figure_table(figure)


class Sheets:
    """The sheets of a workbook and their forms of cells, each made once."""

    def __init__(self, book: Any, used: set[str]) -> None:
        self.book, self.used = book, used
        self.forms: dict[tuple[tuple[str, Any], ...], Any] = {}

    def add(self, name: str) -> Any:
        """A new sheet that prints on landscape A4, one page wide."""
        sheet = self.book.add_worksheet(_sheet_name(name, self.used))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def form(self, **look: Any) -> Any:
        """A form of cells."""
        key = tuple(sorted(look.items()))
        if key not in self.forms:
            self.forms[key] = self.book.add_format(look)
        return self.forms[key]


TITLE: dict[str, Any] = {"bold": True, "font_size": 14}
HEADING: dict[str, Any] = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1}
NOTE: dict[str, Any] = {"font_color": "#5B6470", "text_wrap": True, "valign": "top"}
WRAPPED: dict[str, Any] = {"text_wrap": True, "valign": "top"}
LINK: dict[str, Any] = {"font_color": "#1F4E79", "underline": 1}


def _about(sheet: Any, report: Report, sheets: Sheets, links: Sequence[tuple[str, str]]) -> None:
    """What the workbook is, the sentences that lead the report, and links to its sheets."""
    sheet.set_column(0, 0, ABOUT_WIDTH)
    sheet.write_string(0, 0, _text(report.title), sheets.form(**TITLE, **WRAPPED))
    sheet.set_row(0, 19 * _lines(_text(report.title), ABOUT_WIDTH * 0.7))
    lines = [report.kicker, report.subtitle, report.synthetic, report.footer]
    lines += [sentence for section in report.sections for sentence in section.lead]
    at = 0
    for at, line in enumerate((_text(line) for line in lines if line), 1):
        sheet.write_string(at, 0, line, sheets.form(**WRAPPED))
        sheet.set_row(at, LINE * _lines(line, ABOUT_WIDTH))
    sheet.write_string(at + 2, 0, _("Sheets"), sheets.form(**HEADING))
    for row, (name, title) in enumerate(links, at + 3):
        place = "internal:'" + name.replace("'", "''") + "'!A1"
        sheet.write_url(row, 0, place, sheets.form(**LINK), f"{name.split()[0]} · {_text(title)}"[:LONGEST_LINK])


def _table(sheet: Any, table: Table, sheets: Sheets) -> None:
    """One table: title, headings, rows, then the notes under it."""
    kept = [i for i, column in enumerate(table.columns) if column.in_data]
    rows, heads = [row for row in table.rows if row.in_data], [_text(text) for text in headings(table)]
    widths = [_width(heads[i], [row.cells[i].text for row in rows]) for i in kept]
    sheet.write_string(0, 0, _text(table.title), sheets.form(**TITLE))
    over = _columns_for_text(widths)
    _paragraph(sheet, 1, over, table.subtitle, sheets)
    for place, i in enumerate(kept):
        side = "right" if _is_number(rows, i) else "left"
        sheet.write_string(3, place, heads[i], sheets.form(**HEADING, align=side))
        shown = number_format(table, rows, i)
        for at, row in enumerate(rows, 4):
            _cell(sheet, at, place, row.cells[i], table.columns[i].on_page, _form(sheets, row.cells[i], shown))
        sheet.set_column(place, place, widths[place])
    sheet.set_row(3, LINE * max(_lines(heads[i], size - 1) for i, size in zip(kept, widths, strict=True)))
    sheet.repeat_rows(3)
    for at, note in enumerate(table.notes, 5 + len(rows)):
        _paragraph(sheet, at, over, note, sheets)
    sheet.freeze_panes(4, 0)


def _form(sheets: Sheets, cell: Cell, shown: str) -> Any:
    """How a number is shown: with its decimals, and with the mark of a low base, a number still."""
    if isinstance(cell.value, int) and LOW_BASE not in cell.text:
        return None
    shown = shown if isinstance(cell.value, float) else "0"
    return sheets.form(num_format=f'{shown} "{LOW_BASE}"' if LOW_BASE in cell.text else shown)


def _is_number(rows: Sequence[Row], i: int) -> bool:
    return any(isinstance(row.cells[i].value, int | float) for row in rows)


def _width(head: str, texts: Sequence[str]) -> float:
    """Of a column, in characters: its texts, and the longest word of its heading."""
    longest = max([width(text) for text in texts] + [width(word) for word in head.split()], default=0)
    return min(max(longest + 2, WIDTHS[0]), WIDTHS[1])


def _columns_for_text(widths: Sequence[float]) -> tuple[int, float]:
    """How many columns a paragraph takes, and how wide they are together."""
    count, total = 0, 0.0
    while total < ABOUT_WIDTH * 0.8:
        total += widths[count] if count < len(widths) else OTHER_WIDTH
        count += 1
    return count, total


def _paragraph(sheet: Any, row: int, over: tuple[int, float], text: str, sheets: Sheets) -> None:
    """A text over several columns, in as many lines as it needs."""
    count, total = over
    if not (line := _text(text)):
        return
    form = sheets.form(**NOTE)
    if count > 1:
        sheet.merge_range(row, 0, row, count - 1, "", form)
    sheet.write_string(row, 0, line, form)
    sheet.set_row(row, LINE * _lines(line, total))


def _lines(text: str, columns: float) -> int:
    return max(len(wrapped(text, max(int(columns * 0.95), 1))), 1)


def _cell(sheet: Any, row: int, column: int, cell: Cell, on_page: bool, form: Any) -> None:
    value, text = cell.value, _text(cell.text)
    if isinstance(value, bool) or value is None or (isinstance(value, float) and not math.isfinite(value)):
        if text:
            sheet.write_string(row, column, text)
    elif isinstance(value, str):
        sheet.write_string(row, column, text if on_page and text else _text(value))
    else:
        sheet.write_number(row, column, value, form)


def _sheet_name(title: str, used: set[str]) -> str:
    """A name that Excel takes: short, of allowed characters, not cut in a word, unlike all others."""
    plain = " ".join(FORBIDDEN.sub(" ", _text(title)).split()).strip(" '")
    if len(plain) > LONGEST_NAME:
        whole = plain[:LONGEST_NAME].rpartition(" ")[0].rstrip(" ',;:–-")
        plain = f"{whole if len(whole) > LONGEST_NAME // 3 else plain[: LONGEST_NAME - 1]}…"
    plain = plain.strip(" '") or "-"
    name, number = plain, 1
    while name.lower() in used or name.lower() == "history":
        number += 1
        name = f"{plain.rstrip('…')[: LONGEST_NAME - len(str(number)) - 1]} {number}"
    used.add(name.lower())
    return name


def _text(text: str) -> str:
    """One line without control characters, of a length that a cell takes."""
    return safe(" ".join(bare(text).split()))[:LONGEST_CELL]
