"""OpenDocument, old workbooks of Excel and tables of web pages: cells, sheets, merged cells, damage and bombs."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from exports.files import Rows, compound, ods, page, xls
from openpyxl import Workbook

from obstacles.survey.files.memory import MIB, allowing
from obstacles.survey.files.readers import answers_sheet, open_table
from obstacles.survey.files.table import Table
from obstacles.survey.problems import SurveyError
from obstacles.survey.settings import WaveSettings

HEADER = ["department", "id", 'a, "b"', "c"]
ROWS: Rows = [HEADER, ["Roads", 1, 2.5, "x\ny"], ["Roads", 2, 3, "选项"], ["Parks", 3, 1, "z"]]
MERGED: Rows = [HEADER, ["Roads", 1, 2.5, "x\ny"], [None, 2, 3, "选项"], ["Parks", 3, 1, "z"]]
TEXTS = {
    "department": ["Roads", "Roads", "Parks"],
    "id": ["1", "2", "3"],
    'a, "b"': ["2.5", "3", "1"],
    "c": ["x\ny", "选项", "z"],
}
WRITERS: dict[str, Callable[[Rows], bytes]] = {
    "a.ods": lambda rows: ods({"S": rows}),
    "a.xls": lambda rows: xls({"S": rows}),
    "page.xls": page,
    "page.html": lambda rows: page(rows, charset="gb18030"),
}


def opened(path: Path, **keys: Any) -> Table:
    return open_table(path, WaveSettings(id="w", file=path.name, format="rank_grid", **keys), None)


def refusal(path: Path, **keys: Any) -> SurveyError:
    with pytest.raises(SurveyError) as caught:
        opened(path, **keys)
    return caught.value


def texts(table: Table) -> dict[str, list[str]]:
    return {name: table.text(name).tolist() for name in table.names}


@pytest.mark.parametrize("name", WRITERS)
def test_cells_are_those_of_a_csv_export(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(WRITERS[name](ROWS))
    table = opened(tmp_path / name)
    assert texts(table) == TEXTS
    assert table.rows.tolist() == [2, 3, 4]


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_is_known_by_its_content_whatever_its_name(name: str, tmp_path: Path) -> None:
    for other in ("answers", "answers.csv", "answers.xlsx"):
        (tmp_path / other).write_bytes(WRITERS[name](ROWS))
        assert texts(opened(tmp_path / other)) == TEXTS


def test_text_under_the_name_of_a_workbook_is_text(tmp_path: Path) -> None:
    for name in ("a.xlsx", "a.xls", "a.ods.csv"):
        (tmp_path / name).write_text("id,x\n1,2\n2,3\n3,4\n", encoding="utf-8")
        assert opened(tmp_path / name).text("x").tolist() == ["2", "3", "4"]


@pytest.mark.parametrize("kind", [ods, xls])
def test_several_sheets_are_asked_about_and_the_largest_is_found(kind: Callable[[Any], bytes], tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(kind({"One": ROWS, "Two": ROWS}))
    assert [one.code for one in refusal(tmp_path / "a").problems] == ["A-XLS-01"]
    assert texts(opened(tmp_path / "a", sheet="Two")) == TEXTS
    assert refusal(tmp_path / "a", sheet="Three").problems[0].code == "E-XLS-03"
    (tmp_path / "b").write_bytes(kind({"Notes": [["read me", "x"]], "Answers": [HEADER, *[[1, 2, 3, 4]] * 30]}))
    assert answers_sheet(tmp_path / "b", "b")[0] == "Answers"


def test_several_tables_of_a_page_are_listed_and_asked_about(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(page(ROWS) + page([["n", "m"], [1, 2]]))
    error = refusal(tmp_path / "a.xls")
    assert [one.code for one in error.problems] == ["A-XLS-01"]
    assert "1 (4 rows, 4 columns); 2 (2 rows, 2 columns)" in str(error)
    assert texts(opened(tmp_path / "a.xls", sheet="1")) == TEXTS


@pytest.mark.parametrize(
    "text",
    [
        "<html><body><form><input type='password'></form><table><tr><td>a<td>b<tr><td>c<td>d</table></body></html>",
        "<html><body><p>Please log in</p></body></html>",
        "<html><body><table><tr><td>Please log in</td></tr></table></body></html>",
    ],
)
def test_a_log_in_page_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text(text, encoding="utf-8")
    error = refusal(tmp_path / "a.xls")
    assert error.problems[0].code == "E-FILE-02"
    assert "web page" in str(error)


class TestMergedCells:
    """A department that spans its rows holds for each of them, and that is said."""

    def _held(self, table: Table) -> None:
        assert texts(table) == TEXTS
        said = [one for one in table.problems if one.code == "W-XLS-01"]
        assert len(said) == 1
        assert said[0].count == 1
        assert '"department"' in said[0].message

    def test_in_excel(self, tmp_path: Path) -> None:
        book = Workbook()
        for row in MERGED:
            book.active.append(list(row))
        book.active.merge_cells("A2:A3")
        book.save(tmp_path / "a.xlsx")
        self._held(opened(tmp_path / "a.xlsx"))

    def test_in_old_excel(self, tmp_path: Path) -> None:
        (tmp_path / "a.xls").write_bytes(xls({"S": MERGED}, merged=[(1, 2, 0, 0)]))
        self._held(opened(tmp_path / "a.xls"))

    def test_in_opendocument(self, tmp_path: Path) -> None:
        whole = ods({"S": MERGED})
        assert texts(opened(_saved(tmp_path, whole))) != TEXTS
        body = (
            '<table:table table:name="S">'
            + "".join(
                f"<table:table-row>{cells}</table:table-row>"
                for cells in (
                    "".join(_cell(name) for name in HEADER),
                    _cell("Roads", ' table:number-rows-spanned="2"') + _cell("1") + _cell("2.5") + _cell("x\ny"),
                    "<table:covered-table-cell/>" + _cell("2") + _cell("3") + _cell("选项"),
                    _cell("Parks") + _cell("3") + _cell("1") + _cell("z"),
                )
            )
            + "</table:table>"
        )
        self._held(opened(_saved(tmp_path, ods(body))))

    def test_in_a_page(self, tmp_path: Path) -> None:
        text = page(ROWS).decode()
        text = text.replace("<td>Roads</td>", '<td rowspan="2">Roads</td>', 1).replace("<td>Roads</td>", "", 1)
        (tmp_path / "a.xls").write_text(text, encoding="utf-8")
        self._held(opened(tmp_path / "a.xls"))

    def test_a_merged_header_is_not_filled_into_answers(self, tmp_path: Path) -> None:
        (tmp_path / "a.xls").write_bytes(xls({"S": ROWS}, merged=[(0, 1, 0, 0)]))
        assert not any(one.code == "W-XLS-01" for one in opened(tmp_path / "a.xls").problems)


def _saved(folder: Path, raw: bytes) -> Path:
    (folder / "a.ods").write_bytes(raw)
    return folder / "a.ods"


def _cell(text: str, more: str = "") -> str:
    lines = "".join(f"<text:p>{line}</text:p>" for line in text.replace('"', "&quot;").split("\n"))
    return f'<table:table-cell office:value-type="string"{more}>{lines}</table:table-cell>'


@pytest.mark.parametrize("name", ["a.ods", "a.xls"])
@pytest.mark.parametrize("keep", [0.3, 0.7, 0.95])
def test_damage_is_told(name: str, keep: float, tmp_path: Path) -> None:
    whole = WRITERS[name]([HEADER, *[[f"d{i}", i, i, "x" * 30] for i in range(60)]])
    (tmp_path / name).write_bytes(whole[: int(keep * len(whole))])
    error = refusal(tmp_path / name)
    assert {one.code for one in error.problems} <= {"E-ODS-01", "E-XLS-01", "E-FILE-03", "E-FILE-02"}


@pytest.mark.parametrize("name", WRITERS)
def test_a_blank_sheet_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(WRITERS[name]([["", ""], ["", ""]]))
    assert refusal(tmp_path / name).problems[0].code in ("E-FILE-05", "E-FILE-02")


def test_a_locked_workbook_and_another_file_of_office_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(compound({"EncryptedPackage": bytes(5000), "EncryptionInfo": bytes(5000)}))
    assert "password" in str(refusal(tmp_path / "a.xls"))
    (tmp_path / "a.xls").write_bytes(compound({"WordDocument": bytes(5000)}))
    assert "no workbook" in str(refusal(tmp_path / "a.xls"))


REPEATED = (
    '<table:table table:name="S"><table:table-row table:number-rows-repeated="{rows}"><table:table-cell '
    'table:number-columns-repeated="{columns}" office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    "</table:table-row></table:table>"
)


@pytest.mark.parametrize(
    ("rows", "columns", "text"), [(1_048_576, 16_384, "x"), (10**15, 1, "x"), (200, 16_000, "long " * 200)]
)
def test_cells_repeated_beyond_any_survey_are_refused(rows: int, columns: int, text: str, tmp_path: Path) -> None:
    (tmp_path / "a.ods").write_bytes(ods(REPEATED.format(rows=rows, columns=columns, text=text)))
    assert refusal(tmp_path / "a.ods").problems[0].code in ("E-FILE-04", "E-FILE-06")


def test_blank_cells_repeated_to_the_end_of_the_sheet_are_nothing(tmp_path: Path) -> None:
    table = '<table:table table:name="S">{rows}</table:table>'
    rows = "".join(f"<table:table-row>{_cell('a')}{_cell(str(i))}<table:table-cell "
                   'table:number-columns-repeated="16382"/></table:table-row>' for i in range(5))  # fmt: skip
    rest = '<table:table-row table:number-rows-repeated="1048571"><table:table-cell/></table:table-row>'
    (tmp_path / "a.ods").write_bytes(ods(table.format(rows=rows + rest)))
    assert len(opened(tmp_path / "a.ods").rows) == 4


def test_entities_of_a_document_type_are_refused(tmp_path: Path) -> None:
    raw = ods({"S": ROWS})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        new.writestr("mimetype", old.read("mimetype"))
        content = old.read("content.xml").replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>', 1)
        new.writestr("content.xml", content)
    (tmp_path / "a.ods").write_bytes(out.getvalue())
    assert refusal(tmp_path / "a.ods").problems[0].code == "E-ODS-01"


def test_a_cell_far_away_in_old_excel_is_refused_before_it_is_laid_out(tmp_path: Path) -> None:
    raw = bytearray(xls({"S": [*ROWS, *[["x", 1]] * 100]}))
    place = raw.index(struct.pack("<HHHHH", 0x203, 14, 50, 1, 0)) + 4
    raw[place : place + 4] = struct.pack("<HH", 65_535, 255)
    (tmp_path / "a.xls").write_bytes(bytes(raw))
    with allowing(64 * MIB):
        assert refusal(tmp_path / "a.xls").problems[0].code == "E-FILE-04"


def test_a_shared_text_shown_again_and_again_is_refused(tmp_path: Path) -> None:
    text = "x" * 8000
    shared = struct.pack("<HH", 0xFC, 8 + 3 + len(text)) + struct.pack("<II", 1, 1) + struct.pack("<HB", len(text), 0)
    shared += text.encode()
    cells = b"".join(struct.pack("<HHHHHI", 0xFD, 10, row, 0, 0, 0) for row in range(20_000))
    start = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0x0DBB, 0x07CC, 0, 6)
    sheet = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 0x10, 0x0DBB, 0x07CC, 0, 6) + cells + struct.pack("<HH", 0x0A, 0)
    name = struct.pack("<IBB", len(start) + 12 + len(shared) + 4, 0, 0) + b"\x01\x01S\x00"
    stream = start + struct.pack("<HH", 0x85, len(name)) + name + shared + struct.pack("<HH", 0x0A, 0) + sheet
    (tmp_path / "a.xls").write_bytes(compound({"Workbook": stream}))
    with allowing(256 * MIB):
        assert refusal(tmp_path / "a.xls").problems[0].code == "E-FILE-04"


@pytest.mark.parametrize("span", ["1000000", "-1", "x", "²", "999"])
def test_any_span_of_a_page_is_taken_within_bounds(span: str, tmp_path: Path) -> None:
    cell = f'<td colspan="{span}" rowspan="{span}">a</td>'
    text = f"<table>{'<tr>' + cell + '<td>b</td></tr>'}{'<tr><td>c</td><td>d</td></tr>' * 3}</table>"
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    assert len(opened(tmp_path / "a.html").names) < 2002


def test_a_page_of_wide_cells_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<table>" + "<tr><td colspan=1000>a</td>" * 20_000 + "</table>", encoding="utf-8")
    assert refusal(tmp_path / "a.html").problems[0].code == "E-FILE-04"
