"""Rows near the top, their numbers and bytes, and the soundness of their quoting."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obstacles.survey.files.rows import read_rows, row_at, stays_open, well_quoted


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_know_their_numbers_and_bytes(end: str) -> None:
    utf8 = f'x{end}a,"b{end}c"{end}{end}编,2{end}last'.encode()
    rows = list(read_rows(utf8, len("x" + end), ","))
    assert [(row.number, row.cells, row.blank, row.filled) for row in rows] == [
        (1, ["a", f"b{end}c"], False, 2),
        (2, [], True, 0),
        (3, ["编", "2"], False, 2),
        (4, ["last"], False, 1),
    ]
    assert b"".join(utf8[row.start : row.end] for row in rows) == utf8[len("x" + end) :]


def test_reading_stops_before_a_cell_that_is_too_long() -> None:
    rows = list(read_rows(b"a,b\n" + b"x" * (csv.field_size_limit() + 1) + b"\n1,2\n", 0, ","))
    assert [row.cells for row in rows] == [["a", "b"]]


@pytest.mark.parametrize(
    ("before", "row"),
    [
        ("", 1),
        ("id,a", 1),
        ("id,a\n", 2),
        ("id,a\r\n1,2\r\n", 3),
        ("id,a\r1,2\r", 3),
        ("id\n\n\n", 4),
        ('id,"a\nb"\n', 2),
        ('id,"a\nb', 1),
        ('id\n1,"x ""y""\nz', 2),
        ('id,a\n1,5" pipe\n2,', 3),
        ('id;a\n1;"two\nlines"\n', 3),
        ('id\ta\n1\t"two\nlines"\n', 3),
        ("sep=;\nid;a\n1;", 2),
        ("\ufeffsep=;\r\nid;a\r\n1;", 2),
        ("\ufeffid", 1),
        ("sep=;", 1),
    ],
)
def test_the_row_of_a_place_is_counted_as_a_spreadsheet_does(before: str, row: int) -> None:
    assert row_at(before.encode()) == row


@pytest.mark.parametrize(
    ("raw", "strict", "loose"),
    [
        ("a,b\n", True, True),
        ('"a","b"\r\n', True, True),
        ('"a,""x""\nb",c', True, True),
        (",,\n", True, True),
        ('""\n', True, True),
        ('5" pipe,b\n', False, True),
        ('"a"b,c\n', False, False),
        ('"open,b\n', False, False),
        (' "a",b\n', False, True),
    ],
)
def test_quoting_is_judged_cell_by_cell(raw: str, strict: bool, loose: bool) -> None:
    assert bool(well_quoted(",", loose=False).fullmatch(raw)) is strict
    assert bool(well_quoted(",", loose=True).fullmatch(raw)) is loose


@pytest.mark.parametrize("delimiter", [*".^]-\\*|$ \t", "、"])
def test_any_delimiter_may_be_special_in_a_pattern(delimiter: str) -> None:
    assert well_quoted(delimiter, loose=False).fullmatch(f'a{delimiter}"b{delimiter}"{delimiter}c\n')


@pytest.mark.parametrize(
    ("raw", "open_"), [('a,"b', True), ('a,"b\nc\n', True), ("a,b\n", False), ('a,"b"\n', False), ('5" a\n', False)]
)
def test_an_open_cell_would_take_the_next_line(raw: str, open_: bool) -> None:
    assert stays_open(raw, ",") is open_


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text(st.sampled_from(list('a,"\n\ré')), max_size=5), min_size=1, max_size=3), max_size=6))
def test_what_csv_writes_is_well_quoted_and_closed(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    read = list(read_rows(out.getvalue().encode(), 0, ","))
    assert [row.cells for row in read] == rows
    for row in read:
        raw = out.getvalue().encode()[row.start : row.end].decode()
        assert well_quoted(",", loose=False).fullmatch(raw)
        assert not stays_open(raw, ",")
