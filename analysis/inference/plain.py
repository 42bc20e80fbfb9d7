"""Plain values: numbers, ends of intervals and tests as JSON can hold them.

A row is a frozen dataclass whose fields are plain values; `record` makes it a dict, in the order of its fields.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from obstacles.analysis.inference.estimate import Test

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def finite(x: float | None) -> float | None:
    """NaN and infinity are not JSON: they become None."""
    return float(x) if x is not None and np.isfinite(x) else None


def interval_of(low: float, high: float) -> tuple[float, float] | None:
    """Both ends, or None where either is not known."""
    return (float(low), float(high)) if np.isfinite(low) and np.isfinite(high) else None


def record(row: DataclassInstance) -> dict[str, Any]:
    """A row as a dict: its fields in their order, tuples as lists."""
    values = ((field.name, getattr(row, field.name)) for field in fields(row))
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values}


def record_of_test(test: Test | None) -> dict[str, Any] | None:
    """A test as a dict of plain values."""
    if test is None:
        return None
    return test.to_dict() | {
        "statistic": finite(test.statistic),
        "df": [finite(df) for df in test.df],
        "p": finite(test.p),
    }
