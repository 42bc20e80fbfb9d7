"""A response file becomes a text table: the same one however it was written, or a refusal that people understand."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import ROOT, SHARED_DATA

from obstacles.survey.files.column_names import ColumnError
from obstacles.survey.files.table import Table, read_table
from obstacles.survey.problems import SurveyError
from obstacles.text.fold import normalise, normalise_name

EXAMPLES = int(os.environ.get("SURVEY_EXAMPLES", "100"))
pytestmark = pytest.mark.usefixtures("size")

Read = Callable[..., Table]
Refuse = Callable[..., SurveyError]


def attempt(path: Path, **options: Any) -> tuple[Table | None, SurveyError | None]:
    """The table, or its refusal."""
    try:
        return read_table(path, **options), None
    except SurveyError as error:
        return None, error


def codes(table: Table) -> list[str]:
    return [problem.code for problem in table.problems]


def cells(table: Table) -> list[list[Any]]:
    return [list(row) for row in zip(*(column.to_pylist() for column in table.columns.values()), strict=True)]


def test_a_table_is_text_with_the_rows_of_a_spreadsheet(read: Read) -> None:
    content = b"id,dept,skills\n007,NA,1\n\n0012,null,1.50\n"
    table = read(content)
    assert table.file == "responses.csv"
    assert table.names == ("id", "dept", "skills")
    assert table.header == (("id", "dept", "skills"),)
    assert cells(table) == [["007", "NA", "1"], ["0012", "null", "1.50"]]
    assert table.rows.tolist() == [2, 4]
    assert table.rows.dtype == np.int64
    assert list(table.columns) == [0, 1, 2]
    assert (table.encoding, table.delimiter) == ("utf-8", ",")
    assert table.sha256 == hashlib.sha256(content).hexdigest()


def test_what_was_found_is_noted(read: Read) -> None:
    table = read("编号;部门;技能;d\n1;a;b;c\n".encode("gb18030"), encoding="gb18030")
    (note,) = table.problems
    assert (note.severity, note.code, note.file) == ("info", "I-ENC-01", "responses.csv")
    assert note.message == 'read as GB18030, delimiter ";", header 编号 | 部门 | 技能 | ....'
    assert 'delimiter "\\t", header id | a.' in read("id\ta\n1\t2\n").problems[0].message


def test_the_file_is_called_as_the_user_wrote_it(read: Read, refuse: Refuse) -> None:
    assert read("id,a\n1,2\n", file="data/2021.csv").file == "data/2021.csv"
    assert str(refuse("", file="data/2021.csv")).startswith("error   E-FILE-05  data/2021.csv: no rows: 0 bytes.")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no rows: 0 bytes."),
        (b" \r\n\n", "no rows: 4 bytes, nothing but blanks."),
        (b"\xef\xbb\xbf\n", "no rows: every row is blank."),
        (b"\xff\xfe", "no rows: every row is blank."),
        (gzip.compress(b"", mtime=0), "no rows: 0 bytes."),
        (b"id,a\n", "no responses: the file holds only its header row."),
    ],
)
def test_an_empty_file_is_refused(refuse: Refuse, content: bytes, message: str) -> None:
    error = refuse(content)
    assert error.exit_code == 2
    assert [(problem.code, problem.message) for problem in error.problems] == [("E-FILE-05", message)]


def test_names_that_are_neither_first_nor_joined_are_refused(refuse: Refuse) -> None:
    error = refuse("id,a\n1,2\n", names="last")
    assert error.exit_code == 3
    assert error.problems[0].message == 'names is "last": it can be "first" or "joined".'


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\r\r", "\n\r", "\r\r\n", "\n" * 9])
@pytest.mark.parametrize("last", ["3,4", '"3","4"', "3,"])
def test_line_ends_after_the_last_row_are_no_rows(read: Read, last: str, end: str) -> None:
    table = read(f"id,a\n1,2\n{last}{end}")
    assert (table.rows.tolist(), codes(table)) == ([2, 3], ["I-ENC-01"])


def test_mixed_line_ends_end_lines(read: Read) -> None:
    table = read(b'id,a\r\n1,2\r3,"x\ny"\n\r\n5,6\r')
    assert cells(table) == [["1", "2"], ["3", "x\ny"], ["5", "6"]]
    assert table.rows.tolist() == [2, 3, 5]


def test_unicode_text_of_excel_is_read(read: Read) -> None:
    table = read("id\t部门\r\n1\t财政局\r\n".encode("utf-16"))
    assert (table.encoding, table.delimiter, table.names) == ("utf-16", "\t", ("id", "部门"))


def test_decimal_commas_do_not_hide_a_semicolon(read: Read, refuse: Refuse) -> None:
    text = "id;score\n1;2,5\n2;3,5\n"
    assert cells(read(text)) == [["1", "2,5"], ["2", "3,5"]]
    assert refuse(text, delimiter=",").problems[0].code == "E-DEL-02"


SURVEYMONKEY = "RespondentID,Rank the films,,Gender\n,Star Wars,Empire,Response\n1,2,1,Male\n2,1,2,\n"


def test_joined_names_of_surveymonkey(read: Read) -> None:
    table = read(SURVEYMONKEY, names="joined")
    assert table.names == (
        "RespondentID",
        "Rank the films | Star Wars",
        "Rank the films | Empire",
        "Gender | Response",
    )
    assert table.rows.tolist() == [3, 4]
    assert codes(table) == ["I-ENC-01", "I-HDR-02"]
    assert table.text("Rank the films | Empire").tolist() == ["1", "2"]


def test_first_names_of_surveymonkey_suggest_joining(read: Read) -> None:
    table = read(SURVEYMONKEY)
    assert table.names == ("RespondentID", "Rank the films", "", "Gender")
    note = table.problems[-1]
    assert (note.severity, note.code) == ("info", "I-COL-02")
    assert 'column C has no name in the first header row. Set names = "joined", or write "column:C".' in note.message
    assert table.text("column:C").tolist() == ["1", "2"]


def test_qualtrics_keeps_its_three_header_rows(read: Read) -> None:
    table = read('Start,Q1\n"Start Date","How, much?"\n"{""ImportId"":""s""}","{""ImportId"":""QID1""}"\nx,1\n')
    assert table.header[1] == ("Start Date", "How, much?")
    assert (table.rows.tolist(), table.names) == ([4], ("Start", "Q1"))


def test_shared_names_are_warned_about_and_ambiguous(read: Read) -> None:
    table = read("id,skills,cost,Ｓkills,skills ,cost\n1,2,3,4,5,6\n", columns=["id", "skills"])
    (problem,) = (problem for problem in table.problems if problem.severity == "warning")
    assert (problem.code, problem.count) == ("W-COL-01", 2)
    assert '2 names stand over more than one column: "skills" (B, E); "cost" (C, F).' in problem.message
    assert 'Write "column:B" to say which is meant.' in problem.message
    assert list(table.columns) == [0, 1, 4]
    with pytest.raises(ColumnError, match='"column:B", "column:E"'):
        table.text("skills")
    assert table.text("column:E").tolist() == ["5"]


def test_names_written_otherwise_in_the_header_are_warned_about(read: Read) -> None:
    table = read("ID,DEPT,Ｑ １\n1,2,3\n", columns=["ID", "dept", "Q 1", "column:A", "other"])
    (problem,) = (problem for problem in table.problems if problem.severity == "warning")
    assert (problem.code, problem.count) == ("W-COL-03", 1)
    assert problem.message == 'a column is written otherwise in the header: "dept" is "DEPT". Write it as there.'
    assert table.text("dept").tolist() == ["2"]
    message = read("ID,DEPT\n1,2\n", columns=["id", "dept"]).problems[-1].message
    assert '2 columns are written otherwise in the header: "id" is "ID", "dept" is "DEPT".' in message


def test_a_nameless_column_with_content_is_warned_about(read: Read) -> None:
    table = read(",a,\nx,1,\ny,2,\n", columns=["a"])
    assert codes(table) == ["I-ENC-01", "I-COL-01", "W-COL-02"]
    assert 'column A has content but no name. It can be used as "column:A".' in table.problems[-1].message
    message = read(",a,,b\nx,1,2,3\n").problems[-1].message
    assert '2 columns have content but no name (A, C). They can be used as "column:A" and so on.' in message


def test_a_nameless_column_without_content_between_others_is_kept_in_silence(read: Read) -> None:
    table = read("id,,b\n1, ,3\n")
    assert (table.names, codes(table)) == (("id", "", "b"), ["I-ENC-01"])
    assert table.text("b").tolist() == ["3"]


def test_blank_rows_are_noted_with_their_numbers(read: Read) -> None:
    table = read("id,a\n1,2\n\n , \n3,4\n,\n")
    note = table.problems[-1]
    assert (note.code, note.rows, note.count) == ("I-ROW-01", (3, 4, 6), 3)
    assert note.message == "blank rows are not counted as answers."
    assert read("id,a\n1,2\n\n3,4\n").problems[-1].message == "a blank row is not counted as an answer."


@pytest.mark.parametrize("cell", ["Total", "TOTAL:", " Average ", "合计", "總計", "平均值", "Ｍean"])
def test_a_last_row_that_looks_like_a_total_is_warned_about(read: Read, cell: str) -> None:
    table = read(f"id,a\n1,2\n3,4\n{cell},6\n\n")
    problem = table.problems[-1]
    assert (problem.severity, problem.code, problem.rows) == ("warning", "W-ROW-03", (4,))
    assert f'the last row begins with "{cell}": is it a total' in problem.message


def test_other_last_rows_are_answers(read: Read) -> None:
    assert codes(read("id,a\nTotal,2\nTotally,4\n")) == ["I-ENC-01"]


def test_only_the_columns_asked_for_are_kept_but_all_are_counted(read: Read, refuse: Refuse) -> None:
    text = "id,a,b,c\n1,2,3,4\n5,6,7,8\n"
    table = read(text, columns=["b", "column:D", "missing"])
    assert (table.names, list(table.columns)) == (("id", "a", "b", "c"), [2, 3])
    assert cells(table) == [["3", "4"], ["7", "8"]]
    with pytest.raises(ColumnError, match='column "a" was not read: name it in columns'):
        table.text("a")
    with pytest.raises(ColumnError, match='no column "missing"'):
        table.text("missing")
    assert refuse(text + "1,2,3,4,5\n", columns=["id"]).problems[0].code == "E-ROW-02"
    none = read(text, columns=[])
    assert (dict(none.columns), none.rows.tolist()) == ({}, [2, 3])


def test_rows_whose_kept_cells_are_blank_are_rows(read: Read) -> None:
    table = read("id,a,b\n,,3\n,,\n1,,2\n", columns=["a"])
    assert (cells(table), table.rows.tolist()) == ([[""], [""]], [2, 4])


def test_cells_are_normalised_once_for_each_distinct_text(read: Read) -> None:
    table = read("id,a\n1,１\n2,1 \n3,\u00a01\n4,2\n5,\n6,1\n")
    codes_, values = table.coded("a")
    assert (codes_.tolist(), values) == ([0, 0, 0, 1, 2, 0], ("1", "2", ""))
    assert codes_.dtype == np.int64
    assert table.text("a").tolist() == ["1", "1", "1", "2", "", "1"]
    assert table.columns[1].to_pylist()[:2] == ["１", "1 "]


@pytest.mark.parametrize("content", [b"", b"0,\n" * 30])
def test_a_zip_archive_is_read_and_named(read: Read, content: bytes) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("export/a.csv", "id,a\n1,2\n")
        archive.writestr("readme.md", content)
    table = read(packed.getvalue())
    assert cells(table) == [["1", "2"]]
    assert table.problems[0].code == "I-FILE-01"
    assert table.problems[0].message == 'read "export/a.csv" inside the archive.'
    assert table.sha256 == hashlib.sha256(packed.getvalue()).hexdigest()


@pytest.mark.parametrize(
    ("content", "exit_code", "severity", "code"),
    [
        (b"id,a\n1,2,3\n", 2, "error", "E-ROW-01"),
        (b"PK\x03\x04broken", 2, "error", "E-FILE-03"),
        (b"<html>", 2, "error", "E-FILE-02"),
        (b"id,a\n1,\x00\n", 2, "error", "E-ENC-04"),
        ("id,部\n1,2\n".encode("gb18030"), 3, "ask", "A-ENC-01"),
        (b"id,a;b\n1,2;3\n", 3, "ask", "A-DEL-01"),
        (b"Title\nid,a,b\n1,2,3\n", 3, "ask", "A-HDR-01"),
        (b"# x\nid,a\n1,2\n", 3, "ask", "A-HDR-02"),
    ],
)
def test_questions_and_wrong_keys_exit_with_3_and_wrong_data_with_2(
    refuse: Refuse, content: bytes, exit_code: int, severity: str, code: str
) -> None:
    error = refuse(content)
    assert error.exit_code == exit_code
    assert [(problem.severity, problem.code) for problem in error.problems] == [(severity, code)]


# The same table, however it is written

TEXTS = ["id", "Q 1", "编号", "ob_skills", "x|y;z"]
ROWS = [
    ["1", "2,5", "人员", "", "a;b"],
    ["2", 'say "no"', "\u3000", "tab\there", "|"],
    ["3", "two\nlines", "é", "1", ""],
]


def write(rows: list[list[str]], *, delimiter: str, end: str, quoting: Any, encoding: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
def test_delimiter_encoding_line_end_and_quoting_change_nothing(
    read: Read, delimiter: str, end: str, quoting: Any, encoding: str
) -> None:
    rows = [[cell.replace("\n", end) for cell in row] for row in ROWS]  # csv quotes only its own line end
    content = write([TEXTS, *rows], delimiter=delimiter, end=end, quoting=quoting, encoding=encoding)
    table = read(content, encoding="gb18030" if encoding == "gb18030" else None)
    assert (table.delimiter, table.names) == (delimiter, tuple(TEXTS))
    assert cells(table) == rows
    assert table.rows.tolist() == [2, 3, 4]


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "cp1252"])
def test_an_encoding_found_and_the_same_named_give_the_same_table(read: Read, encoding: str) -> None:
    text = {
        "gb18030": "编号,障碍\n1,人员与技能不足\n2,工具与设施成本\n3,缺乏领导支持\n",
        "big5": "編號,障礙\n1,人員與技能不足\n2,工具與設施成本\n3,缺乏領導支持\n",
        "cp1252": "id,Hürde\n1,fehlende Fähigkeiten\n2,Größe\n",
    }[encoding]
    found, named = read(text.encode(encoding)), read(text.encode(encoding), encoding=encoding)
    assert found.encoding == named.encoding == encoding
    assert cells(found) == cells(named) == cells(read(text))


CELL = st.text(st.sampled_from(list('ab12 ,;\t|"\n\r.-é人\u3000\ufeff🙂')), max_size=6)
NAME = st.text(st.sampled_from(list('ab1 ,;|"\né人')), max_size=5)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    width = draw(st.integers(2, 5))
    header = ["id" + draw(NAME), *(draw(NAME) + "x" for _ in range(width - 1))]
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=30))
    rows.append(["last", *[""] * (width - 1)])
    return header, rows


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    table=tables(),
    delimiter=st.sampled_from([",", ";", "\t", "|", "^", "、"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "gb18030"]),
)
def test_any_table_survives_being_written_and_read(
    tmp_path_factory: pytest.TempPathFactory,
    table: tuple[list[str], list[list[str]]],
    delimiter: str,
    end: str,
    encoding: str,
) -> None:
    header, rows = table
    path = tmp_path_factory.getbasetemp() / "written.csv"
    path.write_bytes(write([header, *rows], delimiter=delimiter, end=end, quoting=csv.QUOTE_ALL, encoding=encoding))
    marked = encoding in ("utf-8-sig", "utf-16", "utf-32")
    read = read_table(path, delimiter=delimiter, header_rows=1, encoding=None if marked else encoding)
    filled = [(place, row) for place, row in enumerate(rows) if any(cell.strip() for cell in row)]
    assert read.names == tuple(normalise_name(name) for name in header)
    assert read.header == (tuple(header),)
    assert cells(read) == [row for _, row in filled]
    assert read.rows.tolist() == [place + 2 for place, _ in filled]
    for position, letter in enumerate("ABCDE"[: len(header)]):
        assert read.text(f"column:{letter}").tolist() == [normalise(row[position]) for _, row in filled]


@settings(max_examples=EXAMPLES, deadline=None)
@given(table=tables(), delimiter=st.sampled_from([",", ";", "\t", "|"]), quote=st.booleans())
def test_what_is_detected_is_what_was_written_or_is_asked_about(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[list[str], list[list[str]]], delimiter: str, quote: bool
) -> None:
    header, rows = table
    quoting = csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL
    path = tmp_path_factory.getbasetemp() / "detected.csv"
    written = [[cell.replace("\r", "\n") for cell in row] for row in rows]
    path.write_bytes(write([header, *written], delimiter=delimiter, end="\n", quoting=quoting, encoding="utf-8"))
    read, error = attempt(path)
    if read is None:
        assert error is not None
        assert {problem.code for problem in error.problems} <= {"A-DEL-01", "A-HDR-01"}
    else:
        assert read.delimiter == delimiter
        assert cells(read) == [row for row in written if any(cell.strip() for cell in row)]


# Whatever the bytes

OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "encoding": st.sampled_from(["utf-8", "gb18030", "cp1252", "utf-16", "big5", "shift_jis", "utf-7", "nonsense"]),
        "delimiter": st.sampled_from([",", ";", "\t", "^", "", "||", "、"]),
        "header_rows": st.integers(0, 4),
        "skip": st.integers(-1, 4),
        "names": st.sampled_from(["first", "joined"]),
        "columns": st.lists(st.sampled_from(["id", "a", "column:B", "column:ZZ", "x"]), max_size=3),
    },
)


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


SEEDS = [
    b"id,a,b\n1,2,3\n4,5,6\n7,8,9\n",
    b'sep=;\r\nid;"a ""x"""\r\n1;"two\r\nlines"\r\n2;3,5\r\n',
    b"Title\n\nid\ta\n1\t2\n",
    b"# comment\nid|a\n1|2\n",
    SURVEYMONKEY.encode(),
    'Start,Q1\n"Start, Date",How?\n"{""ImportId"":""s""}",x\n人,1\n'.encode("utf-8-sig"),
    "编号,障碍\n1,人员与技能不足\n2,工具与设施成本\n3,缺乏领导支持\n".encode("gb18030"),
    "編號,障礙\n1,人員與技能不足\n2,工具與設施成本\n3,缺乏領導支持\n".encode("big5"),
    "id,Hürde\n1,fehlende Fähigkeiten\n2,Größe\n".encode("cp1252"),
    "id,a\n1,人\n".encode("utf-16"),
    b"id,a,,\n1,2\n\n,,,\n3,4,,\nTotal,6,,\n",
    gzipped(b"id,a\n1,2\n"),
]
PIECES = [
    b",",
    b";",
    b"\t",
    b'"',
    b'""',
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xb1\xe0",
]
PIECES += [b"#", b"sep=;\n", b"Total", b"a,b", b" ", b"\xe4", b"PK\x03\x04", b"<html>", b"\xc3\xa9", b"1"]


def check(path: Path, content: bytes, options: dict[str, Any]) -> None:
    """The file is read into a table that agrees with itself, or refused with codes, places and whole sentences."""
    path.write_bytes(content)
    table, error = attempt(path, **options)
    if table is not None:
        assert len(table.rows) > 0
        assert {len(column) for column in table.columns.values()} <= {len(table.rows)}
        assert (np.diff(table.rows) > 0).all()
        assert {len(row) for row in table.header} == {len(table.names)}
        assert not any(column.null_count for column in table.columns.values())
        problems, severities = table.problems, {"warning", "info"}
    else:
        assert error is not None
        assert error.exit_code in (2, 3)
        assert error.problems
        problems, severities = error.problems, {"error", "ask"}
    for problem in problems:
        assert problem.severity in severities
        assert problem.severity[0].upper() == problem.code[0]
        assert problem.message[-1] in ".)?"
        assert all(row >= 1 for row in problem.rows)
        assert len(problem.rows) <= problem.count


@settings(max_examples=EXAMPLES, deadline=None)
@given(content=st.binary(max_size=300), options=OPTIONS)
def test_random_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, options: dict[str, Any]
) -> None:
    check(tmp_path_factory.getbasetemp() / "random.csv", content, options)


@settings(max_examples=EXAMPLES, deadline=None)
@given(content=st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join), options=OPTIONS)
def test_random_pieces_of_tables_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, options: dict[str, Any]
) -> None:
    check(tmp_path_factory.getbasetemp() / "pieces.csv", content, options)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 6), st.sampled_from(PIECES) | st.binary(max_size=3)), max_size=6
    ),
    options=OPTIONS,
)
def test_damaged_files_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory,
    seed: bytes,
    changes: list[tuple[int, int, bytes]],
    options: dict[str, Any],
) -> None:
    content = seed
    for place, removed, put in changes:
        place %= len(content) + 1
        content = content[:place] + put + content[place + removed :]
    check(tmp_path_factory.getbasetemp() / "damaged.csv", content, options)


# Real files


def test_the_example_studies_are_read() -> None:
    folder = ROOT / "examples" / "big-data-obstacles"
    older = read_table(folder / "responses_2022.csv")
    assert (older.encoding, older.names[:3]) == ("gb18030", ("编号", "提交时间", "部门"))
    newer = read_table(folder / "responses_2024.csv")
    assert (newer.encoding, len(newer.header), newer.rows[0]) == ("utf-8-sig", 3, 4)
    assert {problem.severity for problem in (*older.problems, *newer.problems)} == {"info"}


def data(name: str) -> Path:
    path = SHARED_DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path


@pytest.mark.parametrize(
    ("name", "shape", "header_rows", "encoding", "delimiter"),
    [
        ("exports/qualtrics/excluder_qualtrics_raw.csv", (100, 16), 3, "utf-8", ","),
        ("exports/qualtrics/many_types_insights.csv", (5, 190), 3, "utf-8", ","),
        ("exports/qualtrics/many_types_legacy.csv", (5, 189), 2, "utf-8-sig", ","),
        ("exports/qualtrics/qualtRics_sample.csv", (1, 20), 3, "utf-8", ","),
        ("exports/qualtrics/qualtRics_sample_legacy.csv", (1, 15), 2, "utf-8-sig", ","),
        ("exports/surveymonkey/starwars_first50.csv", (50, 38), 2, "cp1252", ","),
        ("exports/surveymonkey/jupyter2020_first50.csv", (50, 216), 1, "utf-8", ","),
        ("exports/google_forms/dvs2017_semicolon_first50.csv", (50, 44), 1, "utf-8", ","),
        ("exports/google_forms/dvs2018_comma_tsv_first50.tsv", (50, 49), 1, "utf-8", "\t"),
        ("exports/google_forms/rstudio2018_form_responses_first50.tsv", (50, 43), 1, "utf-8", "\t"),
        ("exports/limesurvey/rse2017_uk_public_first50.csv", (50, 245), 1, "utf-8", ","),
        ("exports/limesurvey/rse2018_public_first50.csv", (50, 707), 1, "utf-8", ","),
        ("exports/limesurvey/questions_to_import_tsv_first200.txt", (181, 138), 1, "utf-8", "\t"),
        ("starwars/StarWars.csv", (1186, 38), 2, "cp1252", ","),
        ("jupyter2020/jupyter2020_severity.csv", (1135, 50), 1, "utf-8", ","),
        ("kaggle2017/kaggle2017_barriers.csv", (7376, 37), 1, "utf-8", ","),
    ],
)
def test_real_exports_are_read(
    name: str, shape: tuple[int, int], header_rows: int, encoding: str, delimiter: str
) -> None:
    table = read_table(data(name))
    assert (len(table.rows), len(table.columns)) == shape
    assert len(table.header) == header_rows
    assert (table.encoding, table.delimiter) == (encoding, delimiter)
    assert table.rows[0] == header_rows + 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("exports/limesurvey/uk_core_survey.lss", "an XML file"),
        ("exports/qualtrics/many_types.qsf", "a JSON file"),
        ("exports/spss/dvs_2017_2019.sav", "an SPSS data file"),
    ],
)
def test_real_files_of_other_kinds_are_refused(name: str, kind: str) -> None:
    with pytest.raises(SurveyError, match=f"this is {kind}, not a CSV"):
        read_table(data(name))


def test_a_latin_1_archive_is_never_read_as_chinese() -> None:
    path = data("kaggle2017/multipleChoiceResponses_2017_original.zip")
    table = read_table(path, columns=["GenderSelect"])
    assert table.encoding == "latin-1"
    assert [problem.code for problem in table.problems if problem.severity == "warning"] == ["W-ENC-02"]
    named = read_table(path, columns=["GenderSelect"], encoding="latin-1")
    assert {problem.severity for problem in named.problems} == {"info"}
    assert cells(named) == cells(table)
    assert (len(named.rows), len(named.columns), named.rows[-1]) == (16716, 1, 16717)
