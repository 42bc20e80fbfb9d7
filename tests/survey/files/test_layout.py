"""Header rows are recognised by what the vendors write; what stands above a header is asked about."""

from __future__ import annotations

from typing import Any

import pytest

from obstacles.survey.files.layout import MOST_COLUMNS, Layout, find_layout
from obstacles.survey.problems import Problem, SurveyError

QUALTRICS = (
    'StartDate,Q1,Q2\n"Start Date","How, much?","Why"\n"{""ImportId"":""startDate""}","{""ImportId"":""QID1""}",x\n'
)
QUALTRICS_R = "StartDate,Q1,Q2\nStart,How?,Why?\n{'ImportId': 'startDate'},{'ImportId': 'QID1'},x\n"
LEGACY = "V1,V2,V3,Q1\nResponseID,ResponseSet,Name,How?\n"
SURVEYMONKEY = "RespondentID,Seen?,Rank them,,,Gender\n,Response,Film 1,Film 2,Film 3,Response\n"


def layout(text: str, **options: Any) -> Layout:
    return find_layout(text.encode().rstrip(b"\r\n"), file="responses.csv", **options)


def refusal(text: str, **options: Any) -> tuple[Problem, int]:
    with pytest.raises(SurveyError) as caught:
        layout(text, **options)
    (problem,) = caught.value.problems
    assert problem.file == "responses.csv"
    return problem, caught.value.exit_code


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_plain_table_has_one_header_row(end: str) -> None:
    text = end.join(["id;a", "1;2", "3;4"])
    assert layout(text) == Layout(";", (("id", "a"),), len("id;a" + end), 2)


@pytest.mark.parametrize(
    ("header", "rows", "vendor"),
    [
        (QUALTRICS, 3, "Qualtrics"),
        (QUALTRICS_R, 3, "Qualtrics"),
        (LEGACY, 2, "Qualtrics"),
        (SURVEYMONKEY, 2, "SurveyMonkey"),
        ("ID,Comment\n,Open-Ended Response\n", 2, "SurveyMonkey"),
        ("ID,Rank,,\n,First,Second,Third\n", 2, "SurveyMonkey"),
    ],
)
def test_the_header_rows_of_vendors_are_counted_and_noted(header: str, rows: int, vendor: str) -> None:
    width = len(header.split("\n")[0].split(","))
    found = layout(header + ",".join(["9"] * width) + "\n")
    assert len(found.header) == rows
    assert found.first_row == rows + 1
    assert found.start == len(header)
    (note,) = found.problems
    assert (note.severity, note.code) == ("info", "I-HDR-02")
    assert f"{rows} header rows, as {vendor} writes them. If wrong, set header_rows." in note.message


@pytest.mark.parametrize(
    "text",
    [
        "id,q1,q2\n1,,\n,2,3\n",
        "id,a,\n,4,5\n1,2,3\n",
        "id,a,,,,\n,,x,,,\n1,2,3,4,5,6\n",
        "V1,V2,V3\n1,2,3\n",
        ",a,b\n,x,y\n",
        "id,a,b\n1,{x},3\n",
    ],
)
def test_answers_are_not_taken_for_header_rows(text: str) -> None:
    assert len(layout(text).header) == 1


def test_the_key_goes_before_what_vendors_write() -> None:
    found = layout(QUALTRICS + "1,2,3\n", header_rows=1)
    assert (len(found.header), found.first_row, found.problems) == (1, 2, ())


def test_header_rows_are_filled_up_to_the_longest() -> None:
    assert layout("id,a,b\nx\n1,2,3\n", header_rows=2).header == (("id", "a", "b"), ("x", "", ""))


def test_blank_rows_around_the_header_count_as_rows() -> None:
    found = layout("\n\nid,a\n,\n1,2\n")
    assert found.header == (("id", "a"),)
    assert found.first_row == 4
    assert found.start == len("\n\nid,a\n")


def test_a_line_break_in_a_header_cell_is_no_row() -> None:
    found = layout('id,"Inadequate\nskills"\n1,2\n')
    assert (found.header, found.first_row) == ((("id", "Inadequate\nskills"),), 2)


@pytest.mark.parametrize("line", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n'])
def test_the_line_sep_is_followed_and_not_counted(line: str) -> None:
    found = layout(line + "id;a\n1;2,5\n")
    assert (found.delimiter, found.first_row, found.start) == (";", 2, len(line + "id;a\n"))
    (note,) = found.problems
    assert (note.severity, note.code) == ("info", "I-HDR-01")
    assert 'the first line "sep=;" was followed and is not counted as a row.' in note.message


def test_the_key_delimiter_goes_before_the_line_sep() -> None:
    found = layout("sep=;\nid,a\n1,2\n", delimiter=",")
    assert found.delimiter == ","
    assert "the key delimiter goes before it" in found.problems[0].message
    assert '"sep=\\t" was followed' in layout("sep=\t\nid\ta\n1\t2\n").problems[0].message


@pytest.mark.parametrize(
    ("text", "code", "pieces"),
    [
        (
            "Obstacles survey 2024\nid,a,b\n1,2,3\n",
            "A-HDR-01",
            ['row 1 has only 1 cell ("Obstacles survey 2024") and row 2 has 3 cells.', "skip = 1", "header_rows = 1"],
        ),
        ("Title\n\nSecond title\nid,a,b\n1,2,3\n4,5,6\n", "A-HDR-01", ["row 4 has 3 cells", "set skip = 3"]),
        ("Title,,\nid,a,b\n1,2,3\n", "A-HDR-01", ['("Title")', "skip = 1"]),
        ("\nTitle,,\nid,a,b\n1,2,3\n", "A-HDR-01", ["row 2 has only 1 cell", "row 3 has 3 cells", "skip = 2"]),
        (
            "Survey 2024,Finance,,,,\nid,a,b,c,d,e\n1,2,3,4,5,6\n",
            "A-HDR-01",
            ["row 1 has only 2 cells", "If row 2 is the header, set skip = 1", "if both are, set header_rows = 2"],
        ),
        ("Title\nid,a,,d\n1,2,3,4\n", "A-HDR-01", ["row 2 has 3 cells", "skip = 1"]),
        ("# made by X\nid,a\n1,2\n", "A-HDR-02", ['begins with a comment ("# made by X")', "skip = 1"]),
        ("# made by X\n# in 2024\nid,a\n1,2\n", "A-HDR-02", ["skip = 2 to pass over it"]),
        ("# made by X, Y\n# on Monday, 5\nid,a\n1,2\n", "A-HDR-02", ["skip = 2"]),
        ("# made by X\nscore\n1\n", "A-HDR-02", ["skip = 1", "or header_rows = 1"]),
    ],
)
def test_titles_and_comments_above_the_header_are_asked_about(text: str, code: str, pieces: list[str]) -> None:
    problem, exit_code = refusal(text)
    assert (problem.severity, problem.code, exit_code) == ("ask", code, 3)
    assert all(piece in problem.message for piece in pieces)


@pytest.mark.parametrize(
    ("text", "skip"),
    [("Title\nid,a,b\n1,2,3\n", 1), ("# x\n# y\nid,a\n1,2\n", 2), ("Title\n\n\nid,a,b\n1,2,3\n", 3)],
)
def test_the_answer_skip_reads_the_table_and_keeps_its_rows(text: str, skip: int) -> None:
    found = layout(text, skip=skip)
    assert found.header[0][0] == "id"
    assert found.first_row == skip + 2
    assert text.encode()[found.start :].startswith(b"1,2")


def test_the_answer_header_rows_keeps_the_first_row() -> None:
    assert layout("Title,,\nid,a,b\n1,2,3\n", header_rows=1).header == (("Title", "", ""),)
    assert len(layout("Title,,\nid,a,b\n1,2,3\n", header_rows=2).header) == 2


@pytest.mark.parametrize(
    "text",
    ["#id,a\n#1,2\n", "#,a\n1,2\n", "id,\n1,2\n", "# of staff,cost\n1,2\n", "id,a,,\n1,2,3,4\n5,6,7,8\n", "a\nb\nc\n"],
)
def test_an_unusual_header_is_not_taken_for_a_title(text: str) -> None:
    assert layout(text).first_row == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,a\n", "no responses: the file holds only its header row."),
        ("id,a\n\n , \n", "no responses: the file holds only its header row."),
        (QUALTRICS, "no responses: there are only 3 header rows."),
        (" \n\n,,\n", "no rows: every row is blank."),
    ],
)
def test_a_file_without_answers_is_refused(text: str, message: str) -> None:
    problem, exit_code = refusal(text)
    assert (problem.severity, problem.code, exit_code) == ("error", "E-FILE-05", 2)
    assert problem.message == message


@pytest.mark.parametrize(
    ("options", "code", "piece"),
    [
        ({"delimiter": "||"}, "E-DEL-01", 'not "||"'),
        ({"delimiter": ""}, "E-DEL-01", "must be one character"),
        ({"delimiter": '"'}, "E-DEL-01", "must be one character"),
        ({"delimiter": "\n"}, "E-DEL-01", "must be one character"),
        ({"header_rows": 0}, "E-HDR-01", "at least one header row"),
        ({"header_rows": 4}, "E-HDR-01", "header_rows is 4, but the file has only 2 rows that are not blank"),
        ({"skip": -1}, "E-HDR-01", "cannot be negative"),
        ({"skip": 2}, "E-HDR-01", "skip is 2, but no row with content comes after as many rows"),
        ({"delimiter": ";"}, "E-DEL-02", "Correct delimiter"),
    ],
)
def test_keys_that_cannot_be_right_are_the_study_files_fault(options: dict[str, Any], code: str, piece: str) -> None:
    problem, exit_code = refusal("id,a\n1,2\n", **options)
    assert (problem.severity, problem.code, exit_code) == ("error", code, 3)
    assert piece in problem.message


def test_as_many_header_rows_as_rows_leave_no_responses() -> None:
    assert refusal("id,a\n1,2\n", header_rows=2)[0].message == "no responses: there are only 2 header rows."


def test_many_header_rows_can_be_named() -> None:
    found = layout("id,a\n" * 80 + "1,2\n", header_rows=80)
    assert (len(found.header), found.first_row) == (80, 81)


@pytest.mark.parametrize(
    "text",
    [
        '"id,a,b\n1,2,3\n4,5,6\n',
        'id,"a,b\n1,2,3\n',
        'id,"a',
        'id,"a,b\n1,"2",3\n4,5,6\n',
        '"id,a\n' + "1,2\n" * 50_000,
        'id,a"\n1,"b\n2,3\n'.replace('a"', '"a'),
    ],
)
def test_a_quotation_mark_that_stays_open_in_the_header_is_named_with_its_row(text: str) -> None:
    problem, exit_code = refusal(text)
    assert (problem.severity, problem.code, problem.rows, exit_code) == ("error", "E-ROW-04", (1,), 2)
    assert "opens in this row and is not closed" in problem.message


def test_an_open_quotation_mark_in_the_second_header_row_is_named_with_its_row() -> None:
    problem, _ = refusal('id,a\nx,"y\n1,2\n', header_rows=2)
    assert (problem.code, problem.rows) == ("E-ROW-04", (2,))


def test_quotation_marks_lost_in_the_header_are_warned_about() -> None:
    found = layout('id,"a "best" b"\n1,2\n')
    (problem,) = found.problems
    assert (problem.severity, problem.code, problem.rows) == ("warning", "W-ROW-02", (1,))


def test_a_header_of_too_many_columns_is_refused() -> None:
    text = ",".join(f"q{place}" for place in range(MOST_COLUMNS + 1)) + "\n" + "," * MOST_COLUMNS + "1\n"
    problem, exit_code = refusal(text)
    assert (problem.code, exit_code) == ("E-FILE-06", 2)
    assert "the header has 10,001 columns; at most 10,000 are read" in problem.message


def test_a_very_long_name_without_an_open_mark_is_called_long() -> None:
    problem, _ = refusal(f"id,{'h' * 1_000_000},b\n1,2,3\n")
    assert (problem.code, problem.rows) == ("E-ROW-08", (1,))
