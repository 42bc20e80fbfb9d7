"""Column names are compared, joined and found as people see them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obstacles.survey.files.column_names import (
    ColumnError,
    column_letters,
    column_names,
    find_column,
    normalise_name,
    unnamed,
    variant,
)
from obstacles.text.fold import normalise

SPREADSHEET = ["A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA", "ACB"]
POSITIONS = [0, 1, 25, 26, 27, 51, 52, 701, 702, 755]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1 ", "1"),
        ("\u00a01\u00a0", "1"),
        ("１", "1"),
        ("\u30001", "1"),
        ("1\u200b", "1"),
        ("\ufeffskills", "skills"),
        ("\u200eskills\u200f", "skills"),
        ("co\u00adst", "cost"),
        ("e\u0301", "é"),
        ("ＨＲ", "HR"),
        ("１．０", "1.0"),
        ("007", "007"),
        ("NA", "NA"),
        (" \t\u3000 ", ""),
        ("H R", "H R"),
        ("ﻻ", "لا"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_a_cell_is_compared_without_width_composition_and_invisible_marks(cell: str, expected: str) -> None:
    assert normalise(cell) == expected


@pytest.mark.parametrize("cell", ["HR", "hr"])
def test_case_is_kept(cell: str) -> None:
    assert normalise(cell) == cell


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once == once.strip()
    assert unicodedata.is_normalized("NFKC", once)


@pytest.mark.parametrize("between", ["\n", "\r\n", "\r", "  \n\n ", "\u2028", "\x0b"])
def test_a_line_break_in_a_name_is_one_space(between: str) -> None:
    assert normalise_name(f" Inadequate staff{between}and skills ") == "Inadequate staff and skills"


def test_the_first_header_row_names_the_columns() -> None:
    assert column_names(((" id ", "Ｑ１"), ("", "x")), "first") == ("id", "Q1")


def test_joined_names_carry_the_question_to_the_right() -> None:
    header = (
        ("Respondent ID", "Seen?", "Rank the films", "", "", "Age", ""),
        ("", "Response", "Star Wars", "Empire", "", "", "Response"),
    )
    assert column_names(header, "joined") == (
        "Respondent ID",
        "Seen? | Response",
        "Rank the films | Star Wars",
        "Rank the films | Empire",
        "",
        "Age",
        "Age | Response",
    )


def test_joined_names_of_one_header_row_are_its_names() -> None:
    assert column_names((("a", ""),), "joined") == ("a", "")


def test_a_column_is_unnamed_when_no_header_row_has_a_text() -> None:
    header = (("a", "", " "), ("", "x", "\u3000"))
    assert [unnamed(header, position) for position in range(3)] == [False, False, True]


@pytest.mark.parametrize(("position", "letters"), list(zip(POSITIONS, SPREADSHEET, strict=True)))
def test_columns_are_lettered_as_in_a_spreadsheet(position: int, letters: str) -> None:
    assert column_letters(position) == letters
    names = tuple(f"q{place}" for place in range(800))
    assert find_column(names, f"column:{letters}") == position
    assert find_column(names, f"column:{letters.lower()}") == position


@pytest.mark.parametrize("asked", ["Q7_1", " Q7_1 ", "Ｑ７_1", "Q7_1\u200b"])
def test_a_name_is_found_in_any_width_and_spacing(asked: str) -> None:
    assert find_column(("id", "Q7_1"), asked) == 1


def test_a_column_really_called_column_j_goes_first() -> None:
    assert find_column(("id", "column:A"), "column:A") == 1


def test_a_missing_name_lists_the_nearest_in_any_case() -> None:
    with pytest.raises(ColumnError, match=r'^no column "Q7_l"\. Nearest: "Q7_1", "Q7_11"') as caught:
        find_column(("id", "Q7_1", "Q7_11", ""), "Q7_l")
    assert caught.value.name == "Q7_l"
    assert caught.value.nearest[:2] == ("Q7_1", "Q7_11")
    assert caught.value.positions == ()
    with pytest.raises(ColumnError) as caught:
        find_column(("Departments", "id"), "DEPARTMENT")
    assert caught.value.nearest == ("Departments",)


@pytest.mark.parametrize("asked", ["dept name", "DEPT NAME", "Dept  Name", "Dept\nNAME"])
def test_a_name_may_differ_from_one_in_case_and_spaces(asked: str) -> None:
    names = ("id", "Dept Name", "")
    assert find_column(names, asked) == 1
    assert variant(names, asked) == "Dept Name"
    assert variant(names, "Dept Name ") is None
    assert variant(names, "column:B") is None
    assert variant(names, "name") is None


def test_a_name_that_differs_from_two_in_case_is_refused_with_both() -> None:
    with pytest.raises(ColumnError, match=r'no column "SKILLS"\. Nearest: "Skills", "skills"\.') as caught:
        find_column(("Skills", "skills"), "SKILLS")
    assert caught.value.nearest == ("Skills", "skills")
    assert variant(("Skills", "skills"), "SKILLS") is None
    assert find_column(("Skills", "skills"), "skills") == 1


def test_a_name_like_no_other_lists_nothing() -> None:
    with pytest.raises(ColumnError, match=r'^no column "zzz"\.$'):
        find_column(("id", "Q7_1"), "zzz")


def test_a_shared_name_lists_its_columns() -> None:
    with pytest.raises(ColumnError, match='2 columns are called "skills": "column:B", "column:D"') as caught:
        find_column(("id", "skills", "cost", "skills"), "skills")
    assert caught.value.positions == (1, 3)


def test_letters_beyond_the_last_column_are_refused() -> None:
    with pytest.raises(ColumnError, match='no column "column:Z": the last one is "column:B"'):
        find_column(("a", "b"), "column:Z")


@pytest.mark.parametrize("asked", ["", "  ", "column:", "column:1"])
def test_a_blank_name_finds_no_column(asked: str) -> None:
    with pytest.raises(ColumnError):
        find_column(("", "a"), asked)
