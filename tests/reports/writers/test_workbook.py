"""Workbooks: every table and every chart's numbers, with bases and marks, and nothing that a spreadsheet would obey."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from obstacles.reports.charts.records import figure_tables
from obstacles.reports.research.build import ResearchReport
from obstacles.reports.words.naming import bare
from obstacles.reports.words.page_blocks import Figure, blocks_of, tables_of
from obstacles.reports.writers.tables import records
from obstacles.reports.writers.workbook import to_workbook


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
def test_no_cell_is_a_formula_or_a_link(report: Callable[[str], ResearchReport], name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(to_workbook(report(name)))) as archive:
        sheets = [archive.read(part).decode() for part in archive.namelist() if part.startswith("xl/worksheets/sheet")]
        assert not [part for part in archive.namelist() if "externalLink" in part or "vbaProject" in part]
    assert len(sheets) > 5
    for text in sheets:
        assert "<f>" not in text
        assert "<hyperlink" not in text


def test_the_same_bytes_each_time(report: Callable[[str], ResearchReport]) -> None:
    assert to_workbook(report("films")) == to_workbook(report("films"))
