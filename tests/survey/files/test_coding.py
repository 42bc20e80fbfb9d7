"""Codes of a column: those that Arrow's own dictionaries give, whatever the cells are, and surely different cells."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from obstacles.survey.files.coding import OFTEN, SAMPLE, all_differ, code, codes_of, distinct

SHORT = st.text(st.sampled_from(list("019 ,é")), max_size=2)
LONGER = st.text(st.sampled_from(list("ab1é人 ")), max_size=12)


def column(*chunks: list[str], type: pa.DataType | None = None) -> pa.ChunkedArray:
    return pa.chunked_array([list(chunk) for chunk in chunks], type or pa.string())


def same_as_arrow(cells: pa.ChunkedArray) -> None:
    coded, theirs = code(cells), cells.dictionary_encode()
    assert coded.to_pylist() == cells.to_pylist()
    if pa.types.is_dictionary(coded.type):
        assert distinct(coded).to_pylist() == theirs.chunk(0).dictionary.to_pylist()
        assert codes_of(coded).tolist() == [place for chunk in theirs.chunks for place in chunk.indices.to_pylist()]


@given(st.lists(st.lists(SHORT, min_size=1), min_size=1, max_size=4), st.integers(0, 3))
def test_short_cells_are_coded_as_arrow_codes_them(chunks: list[list[str]], start: int) -> None:
    cells = column(*(chunk * 4 for chunk in chunks))
    same_as_arrow(cells)
    same_as_arrow(cells.slice(start))


@given(st.lists(st.lists(LONGER, min_size=1), min_size=1, max_size=4))
def test_any_cells_are_coded_as_arrow_codes_them(chunks: list[list[str]]) -> None:
    same_as_arrow(column(*(chunk * 4 for chunk in chunks)))


@pytest.mark.parametrize("width", [1, 2])
def test_cells_that_first_occur_after_the_sample_have_codes(width: int) -> None:
    late = [letter * width for letter in "abc"]
    same_as_arrow(column(["1", ""] * SAMPLE, late))


def test_more_distinct_cells_than_a_byte_can_number() -> None:
    cells = [chr(33 + i % 90) + chr(33 + i // 90) for i in range(900)]
    coded = code(column(["1"] * SAMPLE, cells))
    assert len(distinct(coded)) == 901
    assert coded.to_pylist()[SAMPLE:] == cells


def test_cells_that_hardly_repeat_are_kept_as_text() -> None:
    few = int(SAMPLE * OFTEN)
    coded = code(column([f"R_{i}" for i in range(SAMPLE)]))
    assert coded.type == pa.large_string()
    assert pa.types.is_dictionary(code(column([f"R_{i % few}" for i in range(SAMPLE)])).type)


@given(st.lists(st.lists(LONGER, max_size=20), min_size=1, max_size=4))
def test_equal_cells_are_never_said_to_differ(chunks: list[list[str]]) -> None:
    cells = column(*chunks, type=pa.large_string())
    texts = cells.to_pylist()
    assert all_differ(cells) == (len(set(texts)) == len(texts))


def test_a_repeated_cell_is_seen_across_chunks_of_other_lengths() -> None:
    ids = [f"R_{i}" for i in range(1000)]
    long = [f"R_{i:020d}" for i in range(1000)]
    assert all_differ(column(ids, long, type=pa.large_string()))
    assert not all_differ(column(ids, [*long, "R_7"], type=pa.large_string()))
    assert not all_differ(column(ids, [*long, long[3]], type=pa.large_string()))


def test_cells_beyond_the_longest_hashed_are_not_said_to_differ() -> None:
    assert not all_differ(column(["a" * 65, "b"], type=pa.large_string()))


def test_codes_are_small_where_values_are_few() -> None:
    assert codes_of(code(column(["1", "2", ""] * SAMPLE))).dtype == np.int8
