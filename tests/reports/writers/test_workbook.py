"""Workbooks: every table and every chart's numbers, with bases and marks, and nothing that a spreadsheet would obey."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from obstacles.reports.charts.records import figure_tables
from obstacles.reports.research.build import ResearchReport
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import bare
from obstacles.reports.words.page_blocks import Column, Figure, Table, blocks_of, tables_of
from obstacles.reports.words.tables import data_columns
from obstacles.reports.writers.sheet_columns import NUMBER, headings
from obstacles.reports.writers.tables import records
from obstacles.reports.writers.workbook import _sheet_name, to_workbook


@pytest.fixture(scope="module")
def book(report: Callable[[str], ResearchReport]) -> Callable[[str], Workbook]:
    @cache
    def make(name: str) -> Workbook:
        return openpyxl.load_workbook(io.BytesIO(to_workbook(report(name))))

    return make


@pytest.mark.parametrize("name", ["top_five", "films", "severity", "published"])
def test_a_sheet_for_every_table_and_every_chart(
    book: Callable[[str], Workbook], report: Callable[[str], ResearchReport], name: str
) -> None:
    sections = report(name).sections
    tables = [table for table in tables_of(sections) if records(table)]
    charts = [block for block in blocks_of(sections) if isinstance(block, Figure)]
    titles = [sheet["A1"].value for sheet in book(name).worksheets[1:]]
    assert len(titles) == len(tables) + len(charts)
    for block in (*tables, *charts):
        assert any(" ".join(bare(block.title).split()) in title for title in titles)


def test_numbers_are_numbers_with_bases_and_notes_beside_them(
    book: Callable[[str], Workbook], report: Callable[[str], ResearchReport]
) -> None:
    looked = 0
    for table in (*tables_of(report("top_five").sections), *figure_tables(report("top_five").sections)):
        sheet = next(
            (one for one in book("top_five").worksheets if one["A1"].value == " ".join(bare(table.title).split())), None
        )
        if sheet is None:
            continue
        cells = [cell.value for row in sheet.iter_rows(min_row=5) for cell in row]
        for record in records(table):
            for value in record.values():
                if isinstance(value, float):
                    looked += 1
                    assert any(isinstance(one, int | float) and one == pytest.approx(value) for one in cells)
        assert all(" ".join(bare(note).split()) in cells for note in table.notes)
    assert looked > 100


def test_hidden_and_missing_figures_keep_their_marks(book: Callable[[str], Workbook]) -> None:
    for name, mark in (("top_five", "[c]"), ("severity", "[x]")):
        texts = [cell.value for sheet in book(name).worksheets for row in sheet.iter_rows() for cell in row]
        assert mark in texts
    low = [cell for sheet in book("severity").worksheets for row in sheet.iter_rows() for cell in row
           if "[low]" in cell.number_format]  # fmt: skip
    assert low
    assert all(isinstance(cell.value, int | float) for cell in low)


@pytest.mark.parametrize("name", ["top_five", "films"])
def test_no_cell_is_a_formula_and_links_lead_to_sheets(report: Callable[[str], ResearchReport], name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(to_workbook(report(name)))) as archive:
        sheets = [archive.read(part).decode() for part in archive.namelist() if part.startswith("xl/worksheets/sheet")]
        assert not [part for part in archive.namelist() if "externalLink" in part or "vbaProject" in part]
    assert len(sheets) > 5
    for text in sheets:
        assert "<f>" not in text
        assert "r:id" not in text
    assert sheets[0].count("<hyperlink ") == sheets[0].count(" location=") == len(sheets) - 1
    assert not any("<hyperlink" in text for text in sheets[1:])


@pytest.mark.parametrize("name", ["top_five", "films", "severity", "published"])
def test_numbers_have_the_digits_of_the_page(
    book: Callable[[str], Workbook], report: Callable[[str], ResearchReport], name: str
) -> None:
    looked = 0
    tables = [table for table in tables_of(report(name).sections) if records(table)]
    for sheet, table in zip(book(name).worksheets[1:], tables, strict=False):
        kept = [i for i, column in enumerate(table.columns) if column.in_data]
        for at, row in enumerate((row for row in table.rows if row.in_data), 5):
            for place, i in enumerate(kept, 1):
                cell = row.cells[i]
                number = NUMBER.fullmatch(cell.text.replace("%", "").replace("[low]", "").strip())
                if isinstance(cell.value, float) and number:
                    looked += 1
                    shown = as_shown(sheet.cell(at, place))
                    assert shown.replace("%", "") == cell.text.replace("%", "").replace("+", "").replace(",", "")
    assert looked > 5


def as_shown(cell: Any) -> str:
    """What a spreadsheet makes of a number and its format."""
    form, mark, _rest = cell.number_format.rpartition(";")[2].partition(' "')
    percent = form.endswith("%")
    digits = len(form.rstrip("%").partition(".")[2])
    text = numbers.decimal(cell.value * (100 if percent else 1), digits).replace(",", "")
    return text + ("%" if percent else "") + (" [low]" if mark else "")


@pytest.mark.parametrize("name", ["top_five", "severity", "published"])
def test_headings_are_words_and_sheets_print_on_one_width(book: Callable[[str], Workbook], name: str) -> None:
    about, *sheets = book(name).worksheets
    names = [sheet.title for sheet in sheets]
    assert all(len(title) <= 31 for title in names)
    assert sum(title[0] in "TF" and title[1].isdigit() for title in names) >= len(names) - 3  # these have no number
    linked = [cell.hyperlink.location for row in about.iter_rows() for cell in row if cell.hyperlink]
    assert linked == [f"'{title.replace(chr(39), chr(39) * 2)}'!A1" for title in names]
    for sheet in sheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)  # 1 is what a spreadsheet takes where there is none
        assert sheet.page_setup.fitToHeight == 0
        for cell in sheet[4]:
            assert cell.value is None or "_" not in cell.value, (sheet.title, cell.value)
            column = [row[0].value for row in sheet.iter_rows(min_row=5, min_col=cell.column, max_col=cell.column)]
            if (
                cell.value
                and all(isinstance(value, int | float) for value in column if value is not None)
                and any(column)
            ):
                assert cell.alignment.horizontal == "right"


@pytest.mark.parametrize(
    ("id", "heading"),
    [
        ("worth_low", "Worth, low end"),
        ("estimate_high", "Worth, %, high end"),
        ("interval_low", "95% interval, low end"),
        ("rank_low_2024", "Rank set, low end (2024)"),
        ("low", "95% interval, low end"),
        ("respondents_2022", "Respondents (2022)"),
        ("per_item_standard_error", "Standard error, per item"),
        ("something_new", "Something new"),
    ],
)
def test_columns_of_the_data_are_headed_by_words(id: str, heading: str) -> None:
    columns = (Column("estimate", "Worth, %"), Column("interval", "95% interval", in_data=False), *data_columns(id))
    assert headings(Table("t", "T", "", columns, ()))[-1] == heading


def test_small_p_values_are_never_nought(
    report: Callable[[str], ResearchReport], book: Callable[[str], Workbook]
) -> None:
    looked = 0
    for sheet in book("top_five").worksheets[1:]:
        for head in sheet[4]:
            if head.value in ("p", "p, corrected"):
                forms = {row[0].number_format for row in sheet.iter_rows(min_row=5, min_col=head.column,
                         max_col=head.column) if isinstance(row[0].value, float)}  # fmt: skip
                looked += len(forms)
                assert all(form.startswith('[<0.001]"< 0.001"') for form in forms)
    assert looked


def test_names_of_sheets_end_between_words_and_differ() -> None:
    used: set[str] = set()
    long = "T11 Differences from all respondents by department"
    assert _sheet_name(long, used) == "T11 Differences from all…"
    assert _sheet_name(long, used) == "T11 Differences from all 2"
    for title in ("表3 " + "各部门受访者与全体受访者之间的差异" * 3, "x" * 60, "[a]:*?/\\", "'quoted'", ""):
        assert 0 < len(_sheet_name(title, used)) <= 31


def test_the_same_bytes_each_time(report: Callable[[str], ResearchReport]) -> None:
    assert to_workbook(report("films")) == to_workbook(report("films"))
