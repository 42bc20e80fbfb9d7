"""Tails and quantiles of the usual distributions, by the functions that `scipy.stats` calls for them.

Importing `scipy.stats` takes half a second, which is a third of a whole `obstacles rank`. Shapes broadcast; nothing is
known (NaN) where there are no degrees of freedom.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special


def t_ppf(q: Any, df: Any) -> Any:
    """The quantile of Student's t; of the normal where the degrees of freedom are infinite."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(df), special.ndtri(q), special.stdtrit(df, q))[()]


def t_sf(x: Any, df: Any) -> Any:
    """The upper tail of Student's t; of the normal where the degrees of freedom are infinite."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(df), special.ndtr(-np.asarray(x)), special.stdtr(df, -np.asarray(x)))[()]


def t_isf(q: Any, df: Any) -> Any:
    """What Student's t exceeds with this chance."""
    return -t_ppf(q, df)


def chi2_sf(x: Any, df: Any) -> Any:
    """The upper tail of chi-square; 1 below zero."""
    return np.where(np.asarray(df) > 0, special.chdtrc(df, np.maximum(x, 0)), np.nan)[()]


def chi2_ppf(q: Any, df: Any) -> Any:
    """The quantile of chi-square."""
    return 2 * special.gammaincinv(np.asarray(df) / 2, q)


def f_sf(x: Any, first: Any, second: Any) -> Any:
    """The upper tail of F; 1 below zero."""
    known = (np.asarray(first) > 0) & (np.asarray(second) > 0)
    tail = np.where(np.asarray(x) <= 0, 1.0, special.fdtrc(first, second, np.maximum(x, 0)))
    return np.where(known, tail, np.nan)[()]


def f_ppf(q: Any, first: Any, second: Any) -> Any:
    """The quantile of F."""
    return special.fdtri(first, second, q)


def binom_sf(k: Any, n: Any, p: float) -> Any:
    """The chance of more than k of n; 1 below zero, 0 from n on."""
    k, n = np.broadcast_arrays(np.asarray(k, float), np.asarray(n, float))
    inside = (k >= 0) & (k < n)
    return np.where(inside, special.betainc(np.where(inside, k, 0) + 1, np.where(inside, n - k, 1), p), k < 0)[()]


def competition_ranks(x: np.ndarray) -> np.ndarray:
    """(m,) ranks from 1, the smallest first; equal numbers have the best of their places."""
    return np.searchsorted(np.sort(x), x) + 1
