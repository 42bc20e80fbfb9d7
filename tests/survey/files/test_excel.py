"""Workbooks of Excel: which sheet, what cells become, what is refused; and the same under any name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from obstacles.survey.detect.propose import propose
from obstacles.survey.detect.sources import Stated
from obstacles.survey.files.excel import read_workbook
from obstacles.survey.files.readers import open_table
from obstacles.survey.files.table import Table
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError
from obstacles.survey.settings import WaveSettings
from obstacles.survey.studyfile.write import study_text

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a workbook: title of a sheet -> its rows."""

    def write(name: str = "a.xlsx", **sheets: Sequence[Sequence[Any]]) -> Path:
        book = Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        book.save(tmp_path / name)
        return tmp_path / name

    return write


def cells(table: Table) -> list[list[str]]:
    return [table.text(name).tolist() for name in table.names]


def refusal(path: Path, **options: Any) -> SurveyError:
    with pytest.raises(SurveyError) as caught:
        read_workbook(path, file=path.name, **options)
    return caught.value


class TestCells:
    def test_cells_become_the_text_of_a_csv_export(self, make: Make) -> None:
        row = [1, 1.0, 0.1, True, datetime(2024, 5, 13), datetime(2024, 5, 13, 9, 30), date(2024, 5, 13), time(9, 30)]
        table = read_workbook(make(S=[list("abcdefgh"), row]), file="a.xlsx")
        assert [column[0] for column in cells(table)] == [
            "1",
            "1",
            "0.1",
            "TRUE",
            "2024-05-13",
            "2024-05-13 09:30:00",
            "2024-05-13",
            "09:30:00",
        ]

    def test_texts_with_delimiters_quotes_and_lines_stay_whole(self, make: Make) -> None:
        texts = ['a,b;"c"\t|', "two\nlines", "人员不足", "007", "_x000D_", " padded "]
        table = read_workbook(make(S=[["id", "x"], *([i, text] for i, text in enumerate(texts))]), file="a.xlsx")
        read = table.text("x").tolist()
        assert read[0] == texts[0]
        assert read[1].split() == ["two", "lines"]
        assert read[2:4] == texts[2:4]
        assert "_x000D_" not in read[4]

    def test_large_whole_numbers_keep_every_digit(self, make: Make) -> None:
        table = read_workbook(make(S=[["id", "x"], [123456789012345, "u"]]), file="a.xlsx")
        assert table.text("id").tolist() == ["123456789012345"]

    def test_blank_rows_and_columns_at_the_end_are_no_data(self, make: Make) -> None:
        table = read_workbook(make(S=[["a", "b", None], [1, 2, None], [3, None, None], [None] * 3]), file="a.xlsx")
        assert table.names == ("a", "b")
        assert cells(table) == [["1", "3"], ["2", ""]]

    def test_one_column_is_a_table(self, make: Make) -> None:
        assert read_workbook(make(S=[["a"], ["x"], ["y"]]), file="a.xlsx").text("a").tolist() == ["x", "y"]

    def test_header_rows_and_rows_above_the_header(self, make: Make) -> None:
        rows = [["Report of May", None], ["Q1", "Q2"], ["Skills", "Cost"], [1, 2], [2, 1]]
        table = read_workbook(make(S=rows), file="a.xlsx", header_rows=2, skip=1)
        assert table.header == (("Q1", "Q2"), ("Skills", "Cost"))
        assert table.rows.tolist() == [4, 5]

    def test_what_was_read_is_said(self, make: Make) -> None:
        table = read_workbook(make(Answers=[["a", "b"], [1, 2]]), file="a.xlsx")
        assert table.encoding == 'Excel sheet "Answers"'
        assert [one.code for one in table.problems] == ["I-XLS-01"]
        assert len(table.sha256) == 64


class TestSheets:
    def test_the_only_sheet_with_content_is_read(self, make: Make) -> None:
        table = read_workbook(make(Notes=[], Answers=[["a", "b"], [1, 2]], Empty=[[None]]), file="a.xlsx")
        assert table.names == ("a", "b")

    def test_several_sheets_are_asked_about(self, make: Make) -> None:
        path = make(Notes=[["x"]], Answers=[["a", "b"], [1, 2]])
        error = refusal(path)
        assert error.exit_code == 3
        assert [(one.severity, one.code) for one in error.problems] == [("ask", "A-XLS-01")]
        assert '("Notes", "Answers"). Set sheet = "Notes"' in str(error)
        assert read_workbook(path, file="a.xlsx", sheet="Answers").names == ("a", "b")

    def test_a_sheet_that_does_not_exist_is_named(self, make: Make) -> None:
        error = refusal(make(Answers=[["a"], [1]]), sheet="Data")
        assert error.exit_code == 3
        assert 'there is no sheet "Data". The sheets are "Answers"' in str(error)


class TestRefusals:
    def test_a_blank_workbook(self, make: Make) -> None:
        assert [one.code for one in refusal(make(S=[])).problems] == ["E-FILE-05"]

    def test_formulas_whose_values_are_not_stored(self, make: Make) -> None:
        error = refusal(make(S=[["a", "b"], [1, "=A2+1"], [2, "=A3+1"]]))
        assert [(one.code, one.rows, one.count) for one in error.problems] == [("E-XLS-02", (2, 3), 2)]
        assert "=A2+1" in str(error)

    @pytest.mark.parametrize("content", [b"PK\x03\x04 no zip", b"no zip at all", b"PK"])
    def test_a_damaged_workbook(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "a.xlsx").write_bytes(content)
        assert [one.code for one in refusal(tmp_path / "a.xlsx").problems] == ["E-XLS-01"]

    def test_damage_inside_a_workbook(self, make: Make) -> None:
        path = make(S=[["a", "b"], [1, 2]])
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:120]
        with zipfile.ZipFile(path, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, part)
        error = refusal(path)
        assert [one.code for one in error.problems] == ["E-XLS-01"]
        assert "Open it in Excel and save it again" in str(error)

    def test_damage_in_the_old_format(self, tmp_path: Path) -> None:
        (tmp_path / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
        with pytest.raises(SurveyError, match="damaged"):
            open_table(tmp_path / "a.xlsx", WaveSettings(id="w", file="a.xlsx", format=""), None)

    def test_a_workbook_that_unpacks_to_too_much(self, tmp_path: Path) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", bytes(200_000_000))
        (tmp_path / "a.xlsx").write_bytes(out.getvalue())
        assert [one.code for one in refusal(tmp_path / "a.xlsx").problems] == ["E-FILE-04"]


SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture
def make_rows(make: Make) -> Callable[[str], Path]:
    """Write a workbook whose sheet has these rows of XML."""

    def write(rows: str) -> Path:
        path = make(S=[["a"]])
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts[SHEET] = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'.encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in parts.items():
                archive.writestr(name, part)
        return path

    return write


HEADER = '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>'


class TestWhatTheReaderOfSheetsWouldLose:
    def test_errors_are_answers_and_not_blank(self, make_rows: Callable[[str], Path]) -> None:
        rows = '<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        assert cells(read_workbook(make_rows(HEADER + rows), file="a.xlsx")) == [["#N/A"], ["#DIV/0!"]]

    def test_long_numbers_keep_every_digit(self, make_rows: Callable[[str], Path]) -> None:
        rows = '<row r="2"><c r="A2"><v>12345678901234567</v></c><c r="B2" t="n"><v>9007199254740993</v></c></row>'
        table = read_workbook(make_rows(HEADER + rows), file="a.xlsx")
        assert cells(table) == [["12345678901234567"], ["9007199254740993"]]

    @pytest.mark.parametrize(
        ("number", "text"),
        [
            (-4, "-4"),
            (2_958_465, "9999-12-31"),
            (2_958_466, "2958466"),
            (20_240_513, "20240513"),
            (20_240_513.5, "20240513.5"),
            (1e22, "1e+22"),
        ],
    )
    def test_numbers_that_are_no_days_stay_numbers_in_a_column_of_days(
        self, tmp_path: Path, number: float, text: str
    ) -> None:
        book = Workbook()
        book.active.append(["a", "b"])
        book.active.append([number, "u"])
        book.active["A2"].number_format = "yyyy-mm-dd"
        book.save(tmp_path / "a.xlsx")
        assert read_workbook(tmp_path / "a.xlsx", file="a.xlsx").text("a").tolist() == [text]

    def test_rows_keep_their_numbers_below_blank_rows_and_beside_blank_columns(
        self, make_rows: Callable[[str], Path]
    ) -> None:
        rows = "".join(
            f'<row r="{row}"><c r="C{row}" t="str"><v>{text}</v></c><c r="D{row}"><v>{row}</v></c></row>'
            for row, text in ((3, "a"), (4, "x"), (7, "y"))
        )
        table = read_workbook(make_rows(rows), file="a.xlsx", skip=2)
        assert table.rows.tolist() == [4, 7]
        assert table.header[0][-2:] == ("a", "3")

    def test_rows_and_cells_without_a_place_follow_each_other(self, make_rows: Callable[[str], Path]) -> None:
        rows = "".join(f"<row><c><v>{row}</v></c><c><v>{row + 1}</v></c></row>" for row in (1, 3, 5))
        assert cells(read_workbook(make_rows(rows), file="a.xlsx")) == [["3", "5"], ["4", "6"]]

    def test_formatted_cells_far_away_are_no_content(self, make_rows: Callable[[str], Path]) -> None:
        rows = (
            '<row r="2"><c r="A2"><v>1</v></c><c r="XFD2" s="0"/></row><row r="1048576"><c r="A1048576" s="0"/></row>'
        )
        assert cells(read_workbook(make_rows(HEADER + rows), file="a.xlsx")) == [["1"], [""]]

    @pytest.mark.parametrize(
        "rows",
        [
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            '<row r="2"><c r="XFD1048576"><v>1</v></c></row>',
            "<row>" + "<c><v>1</v></c>" * 16_000 + '</row><row r="1048576"><c><v>1</v></c></row>',
            "<row \nr='1048576'><c \nr='XFD1048576'><v>1</v></c></row>",
        ],
    )
    def test_cells_that_lie_far_apart_are_refused_before_they_fill_the_memory(
        self, make_rows: Callable[[str], Path], rows: str
    ) -> None:
        error = refusal(make_rows(HEADER + rows))
        assert [one.code for one in error.problems] == ["E-FILE-04"]
        assert 'of the sheet "S" lie too far' in str(error)

    def test_formulas_are_told_by_the_rows_that_the_spreadsheet_shows(self, make_rows: Callable[[str], Path]) -> None:
        rows = (
            '<row r="5"><c r="A5" s="0"/><c r="B5"><f t="shared" ref="B5:B6" si="0">IF(A5&gt;1,"x","y")</f></c></row>'
            '<row r="6"><c r="B6"><f t="shared" si="0"/><v></v></c></row>'
            '<row r="8"><c r="B8"><f>A8</f><v>3</v></c></row><row r="9"><c r="B9" t="str"><f>A9</f><v></v></c></row>'
        )
        error = refusal(make_rows(HEADER + rows))
        assert [(one.code, one.rows, one.count) for one in error.problems] == [("E-XLS-02", (5, 6), 2)]
        assert '(=IF(A5>1,"x","y"))' in str(error)

    def test_a_part_that_is_larger_than_it_says_is_not_unpacked_further(self, tmp_path: Path, make: Make) -> None:
        raw = make(S=[["a", "b"], *([1, 2] for _row in range(20_000))]).read_bytes()
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = archive.getinfo(SHEET).file_size
        stated = size.to_bytes(4, "little")
        assert raw.count(stated) == 2
        (tmp_path / "a.xlsx").write_bytes(raw.replace(stated, (200).to_bytes(4, "little")))
        assert [one.code for one in refusal(tmp_path / "a.xlsx").problems] == ["E-XLS-01"]


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "answers"])
def test_a_workbook_goes_by_its_content_whatever_its_name(make: Make, name: str) -> None:
    path = make("b.xlsx", S=[["Q1", "Q2", "Q3"], [1, 2, 3], [2, 1, 3], [3, 1, 2]])
    path = path.rename(path.with_name(name))
    table = open_table(path, WaveSettings(id="1", file=name, format="rank_grid"), None)
    assert table.names == ("Q1", "Q2", "Q3")
    assert table.encoding.startswith("Excel")


def test_a_workbook_goes_from_init_to_a_study(make: Make) -> None:
    rows = [["RespondentID", "Rank them.", None, None], [None, "Skills", "Cost", "Data"]]
    rows += [[100 + i, *order] for i, order in enumerate([(1, 2, 3), (2, 1, 3), (1, 3, 2), (3, 1, 2)])]
    path = make(Answers=rows, Notes=[["read me"]] * 4)
    with pytest.raises(SurveyError, match="several sheets"):
        propose([path])
    proposal = propose([path], stated=Stated(sheet="Answers"))
    assert [item.label for item in proposal.items] == ["Skills", "Cost", "Data"]
    study = path.with_name("study.toml")
    study.write_text(study_text(proposal, command="x"), encoding="utf-8")
    assert 'sheet = "Answers"' in study.read_text()
    assert load_study(study).wave().receipt.analysed == 4
