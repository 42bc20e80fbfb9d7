"""Rows with another number of cells than the header: which are errors, which are filled, and what is advised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from obstacles.survey.files.table import Table
from obstacles.survey.problems import Problem, SurveyError

Read = Callable[..., Table]
Refuse = Callable[..., SurveyError]


def only(error: SurveyError) -> Problem:
    assert error.exit_code == 2
    (problem,) = error.problems
    assert problem.file == "responses.csv"
    return problem


def found(table: Table, code: str) -> Problem:
    (problem,) = (problem for problem in table.problems if problem.code == code)
    return problem


def cells(table: Table) -> list[list[Any]]:
    return [list(row) for row in zip(*(column.to_pylist() for column in table.columns.values()), strict=True)]


def test_one_long_row_is_refused_with_its_row_and_the_likely_column(refuse: Refuse) -> None:
    rows = [f"{row},some text,{row % 5 + 1},{row % 3 + 1}" for row in range(1, 9)]
    rows[5] = "6,good, but slow,1,1"
    problem = only(refuse("id,comment,skills,cost\n" + "\n".join(rows) + "\n"))
    assert (problem.severity, problem.code, problem.rows, problem.count) == ("error", "E-ROW-02", (7,), 1)
    assert "5 cells where the header has 4 names: every later answer would move." in problem.message
    assert 'Is a comma unquoted in "comment"? Put the cell in quotation marks.' in problem.message


def test_a_space_after_a_comma_tells_a_sentence_from_a_list(refuse: Refuse) -> None:
    rows = [f"{row},some text,some more" for row in range(1, 9)]
    rows[5] = "6,good, but slow,fine"
    assert 'unquoted in "liked"?' in only(refuse("id,liked,other\n" + "\n".join(rows) + "\n")).message


@pytest.mark.parametrize(("sign", "word"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_the_delimiter_is_named_in_words(refuse: Refuse, sign: str, word: str) -> None:
    text = "id,a\n1,2\n3,4,5\n6,7\n".replace(",", sign)
    assert f"Is a {word} unquoted" in only(refuse(text, delimiter=sign)).message


def test_five_examples_of_long_rows_are_listed_and_all_counted(refuse: Refuse) -> None:
    problem = only(refuse("id,a\n" + "1,2\n" * 20 + "1,2,3\n" * 8))
    assert (problem.rows, problem.count) == ((22, 23, 24, 25, 26), 8)
    assert "rows 22, 23, 24, 25, 26 and 3 more" in str(problem)


def test_long_and_short_rows_are_told_together(refuse: Refuse) -> None:
    error = refuse("id,a,b\n1,2,3\n4,5\n6,7,8,9\n1,2,3\n")
    assert [(problem.code, problem.rows) for problem in error.problems] == [("E-ROW-02", (4,)), ("E-ROW-03", (3,))]


def test_one_more_cell_in_every_row_would_move_every_answer(refuse: Refuse) -> None:
    problem = only(refuse("id,a,b\n" + "1,2,3,4\n" * 1200))
    assert (problem.code, problem.rows) == ("E-ROW-01", ())
    assert "all 1,200 rows have 4 cells but the header has 3 names. Every answer would move." in problem.message
    assert "Is a header missing?" in problem.message
    assert "the only row has 3 cells" in only(refuse("id,a\n1,2,3\n")).message


def test_the_column_that_explains_one_more_cell_everywhere_is_named(refuse: Refuse) -> None:
    rows = [f"{row},2024,Smith, Ann,{row}" for row in range(9)]
    problem = only(refuse("id,year,name,score\n" + "\n".join(rows) + "\n", delimiter=","))
    assert problem.code == "E-ROW-01"


def test_a_delimiter_at_the_end_of_every_row_is_passed_over(read: Read) -> None:
    for ends in (",", ",,,"):
        table = read(f"id,a\n1,2{ends}\n3,4{ends}\n")
        assert cells(table) == [["1", "2"], ["3", "4"]]
        assert table.names == ("id", "a")
        assert found(table, "I-COL-01").severity == "info"
        assert "every row ends with a delimiter" in found(table, "I-COL-01").message


def test_delimiters_at_the_end_of_the_header_too_are_blank_columns_and_dropped(read: Read) -> None:
    table = read("id,a,\n1,2,\n3,4,\n")
    assert (table.names, cells(table)) == (("id", "a"), [["1", "2"], ["3", "4"]])
    assert "the last column has neither a name nor any content" in found(table, "I-COL-01").message
    table = read("id,a,,,\n1,2\n3,4,,,\n")
    assert (table.names, cells(table)) == (("id", "a"), [["1", "2"], ["3", "4"]])
    assert "the last 3 columns have neither a name nor any content" in found(table, "I-COL-01").message
    assert "W-ROW-01" not in {problem.code for problem in table.problems}


def test_a_delimiter_at_the_end_of_some_rows_is_refused_with_advice(refuse: Refuse) -> None:
    problem = only(refuse("id,a\n1,2\n3,4,\n5,6, \n"))
    assert (problem.code, problem.rows) == ("E-ROW-02", (3, 4))
    assert "The cells at the end are blank. Delete the delimiters there, unless a comma is unquoted" in problem.message


def test_short_rows_are_filled_where_the_missing_cells_are_mostly_blank(read: Read) -> None:
    table = read("id,a,comment\n1,2,\n3,4\n5,6,\n\n7,8\n9,1,good\n")
    assert cells(table) == [["1", "2", ""], ["3", "4", ""], ["5", "6", ""], ["7", "8", ""], ["9", "1", "good"]]
    problem = found(table, "W-ROW-01")
    assert (problem.severity, problem.rows, problem.count) == ("warning", (3, 6), 2)
    assert "2 cells where the header has 3 names: the missing cells at the end were read as blank" in problem.message


def test_short_rows_whose_missing_cells_are_mostly_filled_are_refused(refuse: Refuse) -> None:
    problem = only(refuse("id,a,b\n1,2,3\n4\n5,6,7\n8,9\n5,6,7\n"))
    assert (problem.code, problem.rows, problem.count) == ("E-ROW-03", (3, 5), 2)
    assert "1, 2 cells where the header has 3 names" in problem.message
    assert "unclear which answers are missing. Add the missing delimiters." in problem.message
    assert "unclear which answers" in only(refuse("id,a,b\n1,2,3\n4,5\n5,6,7\n8,9\n")).message
    assert only(refuse("id,a,b\n1,2,3\n4\n5,6,7\n")).message.startswith("1 cell where the header has 3 names")


def test_a_short_last_row_may_be_a_file_cut_short(refuse: Refuse) -> None:
    problem = only(refuse("id,a,b\n1,2,3\n4,5,6\n7,8"))
    assert (problem.code, problem.rows) == ("E-ROW-03", (4,))
    assert "Was the file cut short? Export it again, or delete the row." in problem.message


def test_rows_that_are_all_short_are_refused(refuse: Refuse) -> None:
    problem = only(refuse("id,a,b\n1,2\n3,4\n"))
    assert problem.code == "E-ROW-03"
    assert "no row is complete. Is a name in the header too many?" in problem.message


def test_a_row_broken_in_two_by_a_line_break_is_recognised(refuse: Refuse) -> None:
    rows = [f"{row},nice work,{row % 3 + 1}" for row in range(1, 9)]
    rows[3] = "4,good\nbut slow,2"
    problem = only(refuse("id,comment,skills\n" + "\n".join(rows) + "\n"))
    assert (problem.code, problem.rows, problem.count) == ("E-ROW-03", (5,), 1)
    assert "this row and the next make one whole row" in problem.message


def test_the_halves_of_a_broken_row_follow_each_other(refuse: Refuse) -> None:
    rows = [f"{row},nice work,{row % 3 + 1}" for row in range(1, 9)]
    rows[3], rows[5] = "4,good", "but slow,2"
    problem = only(refuse("id,comment,skills\n" + "\n".join(rows) + "\n"))
    assert (problem.rows, "unclear which answers are missing" in problem.message) == ((5, 7), True)


def test_a_whole_row_is_no_half_of_a_broken_one(refuse: Refuse) -> None:
    problem = only(refuse("id,a,b,,\n1,x,3\n2,x,3\n3,x,3\nx\n"))
    assert (problem.code, problem.rows) == ("E-ROW-03", (5,))
    assert "it is the last row" in problem.message


def test_two_short_rows_in_a_row_are_not_one_broken_row(read: Read) -> None:
    table = read("id,a,comment\n1,2,\n2,3,\n3,4\n4,5\n5,6,\n6,7,\n")
    assert found(table, "W-ROW-01").rows == (4, 5)


def test_rows_shorter_than_their_header_of_blank_names_are_whole(read: Read) -> None:
    table = read("id,a,,\n1,2\n3,4,\n5,6,,\n")
    assert cells(table) == [["1", "2"], ["3", "4"], ["5", "6"]]


def test_a_nameless_column_with_content_stays(read: Read) -> None:
    table = read("id,a,,\n1,2,x,\n3,4,,\n")
    assert table.names == ("id", "a", "")
    assert cells(table) == [["1", "2", "x"], ["3", "4", ""]]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('id,a,b\n1,2,3\n4,"open,6\n7,8,9\n', 3),
        ('id,a,b\n1,2,3\n\n4,"open,6\n' + "7,8,9\n" * 30_000, 4),
        ('id,a,b\n1,"two\nlines",3\n4,"open,6\n7,"8",9\n1,2,"x\n', 3),
        ('sep=,\nid,a,b\n1,2,3\n4,5,"open\n7,8,9\n', 3),
        ('Title\nid,a,b\n1,2,3\n4,5,"open\n7,8,9\n', 4),
    ],
)
def test_an_open_quotation_mark_is_refused_with_the_row_in_which_it_opens(refuse: Refuse, text: str, row: int) -> None:
    problem = only(refuse(text, skip=int(text.startswith("Title"))))
    assert (problem.severity, problem.code, problem.rows) == ("error", "E-ROW-04", (row,))
    assert 'Close it, or write it twice ("") if it belongs to the text.' in problem.message


def test_a_quotation_mark_that_swallows_rows_until_another_is_refused(refuse: Refuse) -> None:
    problem = only(refuse('id,a,b\n1,2,3\n4,"x,6\n7,"8,9\n1,2,3\n'))
    assert (problem.code, problem.rows) == ("E-ROW-05", (3,))
    assert "rows may have become part of it" in problem.message


def test_a_long_row_over_several_lines_points_at_the_quotation_mark(refuse: Refuse) -> None:
    problem = only(refuse('id,a,b\n1,2,3\n4,"x\ny",6,7\n'))
    assert (problem.code, problem.rows) == ("E-ROW-02", (3,))
    assert "The row spans 2 lines: is a quotation mark not closed?" in problem.message


def test_quotation_marks_that_are_not_doubled_are_warned_about(read: Read) -> None:
    table = read('id,a\n1,"say "no" twice"\n2,x\n3,5" pipe\n')
    assert cells(table)[0] == ["1", 'say no" twice"']
    assert cells(table)[2] == ["3", '5" pipe']
    problem = found(table, "W-ROW-02")
    assert (problem.severity, problem.rows) == ("warning", (2,))
    assert "are not doubled" in problem.message


def test_a_quoted_cell_of_lines_like_rows_is_warned_about(read: Read) -> None:
    table = read('id,a,b,c,d\n1,2,3,4,"x\n2,3,4,5,y"\n3,4,5,6,"a, b\nc"\n')
    assert table.rows.tolist() == [2, 3]
    problem = found(table, "W-ROW-04")
    assert (problem.severity, problem.rows) == ("warning", (2,))
    assert "runs over several lines, each as long as a row" in problem.message


def test_many_odd_rows_cost_no_memory_and_are_all_counted(refuse: Refuse) -> None:
    problem = only(refuse("id,a\n1,2\n" + "1,2,3\n" * 5000))
    assert problem.count == 5000


def test_a_wide_table_is_judged_without_a_guess(refuse: Refuse) -> None:
    header = ",".join(f"q{place}" for place in range(400))
    row = ",".join(["1"] * 400)
    problem = only(refuse(f"{header}\n{row}\n{row},1\n{row}\n"))
    assert "Is a comma unquoted? Put the cell in quotation marks." in problem.message


@pytest.mark.parametrize("quoted", [False, True])
def test_a_very_long_cell_without_an_open_mark_is_called_long(refuse: Refuse, quoted: bool) -> None:
    cell = "x" * 140_000
    problem = only(refuse("id,a\n" + "1,2\n" * 100 + (f'"{cell}",2\n' if quoted else f"{cell},2\n")))
    assert (problem.severity, problem.code, problem.rows) == ("error", "E-ROW-08", (102,))
    assert "131,072" in problem.message
