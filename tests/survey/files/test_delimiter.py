"""The delimiter is the one that gives every row as many cells as the header."""

from __future__ import annotations

import pytest

from obstacles.survey.files import delimiter
from obstacles.survey.files.delimiter import choose_delimiter, settle_delimiter
from obstacles.survey.problems import Problem, SurveyError


def settle(text: str, *, key: str | None = None, sep: str | None = None, skip: int = 0) -> str:
    return settle_delimiter(text.encode(), 0, skip, key=key, sep=sep, file="x")


def refusal(text: str, *, key: str | None = None, sep: str | None = None) -> Problem:
    with pytest.raises(SurveyError) as caught:
        settle(text, key=key, sep=sep)
    assert caught.value.exit_code == 3
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_each_usual_delimiter_is_found(sign: str) -> None:
    text = "id,a,b\n1,2,3\n4,5,6\n".replace(",", sign)
    (fit,) = choose_delimiter(text.encode())
    assert (fit.delimiter, fit.cells, fit.header_cells, fit.share) == (sign, 3, 3, 1.0)
    assert settle(text) == sign


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("id;score;n\n1;2,5;3\n2;3,5;4\n", ";"),
        ("id;score\n1;2,5\n2;3,5\n", ";"),
        ('id,why\n1,"a;b"\n2,"c;d"\n', ","),
        ('id;"a,b"\n1;"x,y"\n', ";"),
        ("id,comment\n1,good; cheap\n2,bad\n3,so; so; so\n", ","),
        ("id\ta, b\n1\tx, y\n2\tz\n", "\t"),
        ("id,a,b\n1,2,3\n4,5\n6,7,8,9\n", ","),
        ("Survey of 2024\nid;a;b\n1;2;3\n", ";"),
        ("Survey of 2024\nid;a;b\n1;2;3\n4;5\n6;7;8\n9;1;2\n", ";"),
        ("score\n1\n2\n", ","),
        ("a\n", ","),
        ('id,a\n1,5" pipe\n2,x\n', ","),
    ],
)
def test_text_with_other_delimiters_in_it_does_not_mislead(text: str, found: str) -> None:
    assert settle(text) == found


def test_skipped_rows_are_not_looked_at() -> None:
    text = "a,b,c,d\ne,f,g,h\nid;x\n1;2\n"
    assert settle(text, skip=2) == ";"


def test_two_delimiters_that_fit_are_asked_about() -> None:
    problem = refusal("id,a;b\n1,2;3\n4,5;6\n")
    assert (problem.severity, problem.code) == ("ask", "A-DEL-01")
    assert '"," (2) or ";" (2). Set delimiter.' in problem.message
    problem = refusal("id,a\tb\n1,2\t3\n")
    assert '"\\t" (2)' in problem.message
    assert settle("id,a;b\n1,2;3\n4,5;6\n", key=";") == ";"


def test_a_key_that_another_delimiter_refutes_is_refused() -> None:
    problem = refusal("id;a;b\n1;2,5;3\n2;3,5;4\n", key=",")
    assert (problem.severity, problem.code) == ("error", "E-DEL-02")
    assert 'with the delimiter "," the header has 1 cell and the rows have mostly 2 cells' in problem.message
    assert '";" gives 3 cells in every row. Correct delimiter, or leave it out.' in problem.message
    assert '"\\t" gives 2 cells' in refusal("id\ta\n1\t2\n", key=",").message


def test_a_line_sep_that_another_delimiter_refutes_is_named() -> None:
    problem = refusal("id,a\n1,2\n", sep=";")
    assert problem.code == "E-DEL-02"
    assert 'The line "sep=" at the top names the wrong one: delete it, or set delimiter.' in problem.message
    assert settle("id,a\n1,2\n", sep=";", key=",") == ","


@pytest.mark.parametrize("sign", ["^", "~", "、", " "])
def test_an_unusual_delimiter_can_be_named(sign: str) -> None:
    assert settle(f"id{sign}a\n1{sign}2\n", key=sign) == sign


def test_a_named_delimiter_that_nothing_refutes_is_used() -> None:
    assert settle("id,a\n1,2\n3\n", key=";") == ";"


def test_the_sample_is_whole_lines_and_grows_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimiter, "SAMPLE", 64)
    monkeypatch.setattr(delimiter, "LARGEST_SAMPLE", 100_000)
    rows = [";".join(["a, b" if place < row else "c" for place in range(40)]) for row in range(50)]
    assert settle("\n".join(rows)) == ";"


def test_a_sample_that_ends_inside_a_quoted_cell_is_explained_all_the_same() -> None:
    (fit,) = choose_delimiter(b"id,a;b,c\n" + b'1,"two\nlines",3\n' * 30 + b'1,"two\n')
    assert (fit.delimiter, fit.perfect) == (",", True)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_beyond_the_sample_do_not_matter(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimiter, "SAMPLE", 300)
    rows = ["id,a"] + ["1,2"] * 200 + ["1,2,3"]
    (fit,) = choose_delimiter(end.join(rows[:100]).encode())
    assert fit.perfect
    assert settle(end.join(rows)) == ","
