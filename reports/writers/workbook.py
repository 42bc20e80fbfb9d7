"""The tables of a report as an Excel workbook: a sheet per table, numbers as they are shown in the data, no formulas.

Whatever somebody typed is written as text, so that no cell becomes a formula or a link; no sheet, row or column is
hidden. What is not shown on the pages is not in the workbook.
"""

from __future__ import annotations

import datetime
import io
import math
import re
from typing import TYPE_CHECKING, Any

from obstacles.reports.charts.records import figure_tables
from obstacles.reports.words.naming import bare
from obstacles.reports.words.page_blocks import LOW_BASE, Cell, Column, Table, tables_of
from obstacles.text.escape import safe
from obstacles.text.language import _, using

if TYPE_CHECKING:
    from obstacles.reports.report import Report

LONGEST_NAME = 31  # characters of a sheet's name
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
LONGEST_CELL = 32_000  # characters
NO_DATE = datetime.datetime(1980, 1, 1)
WIDTHS = (10, 48)  # of a column, in characters


def to_workbook(report: Report) -> bytes:
    """The report's tables as an Excel workbook (.xlsx)."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with using(report.language), xlsxwriter.Workbook(out, options) as book:
        day = report.date
        created = NO_DATE if day is None else datetime.datetime(day.year, day.month, day.day)
        book.set_properties({"title": _text(report.title), "author": _text(report.author), "created": created})
        forms = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "percent": book.add_format({"num_format": "0%"}),
            "low": book.add_format({"num_format": f'General "{LOW_BASE}"'}),  # a number still, with its mark
            "percent low": book.add_format({"num_format": f'0% "{LOW_BASE}"'}),
            "note": book.add_format({"font_color": "#5B6470"}),
            "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        names: set[str] = set()
        _about(book.add_worksheet(_sheet_name(_("About"), names)), report, forms)
        for table in (*tables_of(report.sections), *figure_tables(report.sections)):
            if any(column.in_data for column in table.columns) and any(row.in_data for row in table.rows):
                _table(book.add_worksheet(_sheet_name(table.title or table.id, names)), table, forms)
    return out.getvalue()


def _about(sheet: Any, report: Report, forms: dict[str, Any]) -> None:
    """What the workbook is, and the sentences that lead the report."""
    sheet.set_column(0, 0, 100)
    sheet.write_string(0, 0, _text(report.title), forms["title"])
    lines = [report.kicker, report.subtitle, report.synthetic, report.footer]
    lines += [sentence for section in report.sections for sentence in section.lead]
    for row, line in enumerate((line for line in lines if line), 1):
        sheet.write_string(row, 0, _text(line), forms["wrapped"])


def _table(sheet: Any, table: Table, forms: dict[str, Any]) -> None:
    """One table: title, headings, rows, then the notes under it."""
    kept = [i for i, column in enumerate(table.columns) if column.in_data]
    sheet.write_string(0, 0, _text(table.title), forms["title"])
    sheet.write_string(1, 0, _text(table.subtitle), forms["note"])
    rows, shares = [row for row in table.rows if row.in_data], _shares(table)
    for place, i in enumerate(kept):
        column = table.columns[i]
        sheet.write_string(3, place, heading(column), forms["heading"])
        percent = column.id in shares
        for at, row in enumerate(rows, 4):
            low = LOW_BASE in row.cells[i].text
            name = " ".join(word for word, is_so in (("percent", percent), ("low", low)) if is_so)
            _cell(sheet, at, place, row.cells[i], forms.get(name))
        longest = max((len(row.cells[i].text) for row in rows), default=0)
        sheet.set_column(place, place, min(max(longest + 2, WIDTHS[0]), WIDTHS[1]))
    for at, note in enumerate(table.notes, 5 + len(rows)):
        sheet.write_string(at, 0, _text(note), forms["note"])
    sheet.freeze_panes(4, 0)


def heading(column: Column) -> str:
    """What heads a column: as on the page, its name in the data for one that is not there."""
    return _text(column.heading if column.on_page and column.heading else column.id)


def _cell(sheet: Any, row: int, column: int, cell: Cell, form: Any) -> None:
    value = cell.value
    if isinstance(value, bool) or value is None or (isinstance(value, float) and not math.isfinite(value)):
        if text := _text(cell.text):
            sheet.write_string(row, column, text)
    elif isinstance(value, str):
        sheet.write_string(row, column, _text(value))
    else:
        sheet.write_number(row, column, value, form)


def _shares(table: Table) -> set[str]:
    """Ids of the columns whose numbers the page prints a hundred times as large, and of the ends of their intervals."""
    found = set()
    for i, column in enumerate(table.columns):
        cells = [row.cells[i] for row in table.rows if row.in_data and isinstance(row.cells[i].value, float)]
        pairs = [(float(cell.value), _printed(cell.text)) for cell in cells if cell.value]
        known = [(value, printed) for value, printed in pairs if printed is not None]
        if known and all(abs(printed - 100 * value) <= 0.5 + 1e-9 for value, printed in known):
            found |= {column.id, f"{column.id}_low", f"{column.id}_high"}
    return found


def _printed(text: str) -> float | None:
    """The number that a text of the page is; None where it is none."""
    try:
        return float(re.sub(r"[%+,\s]", "", text).replace("\u2212", "-"))
    except ValueError:
        return None


def _sheet_name(title: str, used: set[str]) -> str:
    """A name that Excel takes: short, of allowed characters, unlike all others."""
    plain = FORBIDDEN.sub(" ", _text(title)).strip(" '")[:LONGEST_NAME].strip(" '") or "-"
    name, number = plain, 1
    while name.lower() in used or name.lower() == "history":
        number += 1
        name = f"{plain[: LONGEST_NAME - len(str(number)) - 1]} {number}"
    used.add(name.lower())
    return name


def _text(text: str) -> str:
    """One line without control characters, of a length that a cell takes."""
    return safe(" ".join(bare(text).split()))[:LONGEST_CELL]
