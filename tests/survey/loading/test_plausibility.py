"""Rows that agree with another one in every column, told by numbers that fit into 64 bits and by hashes beyond."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from obstacles.survey.loading.plausibility import TILE, _alike


@pytest.mark.parametrize("columns", [1, 3, 6, 40])
@pytest.mark.parametrize("size", [2, 7, 1500])
@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64])
def test_rows_that_agree_are_those_that_pandas_finds(columns: int, size: int, dtype: type[np.signedinteger]) -> None:
    rng = np.random.default_rng(columns * size)
    n = 3000
    codes = rng.integers(0, min(size, np.iinfo(dtype).max), (n, columns)).astype(dtype)
    codes[rng.integers(0, n, 40)] = codes[rng.integers(0, n, 40)]
    rows = np.flatnonzero(rng.random(n) < 0.9)
    found = _alike([(column, range(size)) for column in codes.T], rows)  # type: ignore[list-item]
    expected = pd.DataFrame(codes[rows]).duplicated(keep=False).to_numpy()
    assert expected.any()
    assert (found == expected).all()


def test_rows_far_apart_are_held_against_each_other() -> None:
    codes = np.arange(TILE + 2)
    codes[-1] = 5
    found = _alike([(codes, [""] * len(codes))], np.arange(len(codes)))
    assert np.flatnonzero(found).tolist() == [5, TILE + 1]
