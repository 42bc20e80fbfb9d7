"""Figures of the whole on a grid, where people count differently: to many digits such sums are few possible ones.

With 16 digits the answers of every group can follow from a weighted total, as weights of groups are seldom multiples of
each other; and from a standard error of strata or clusters, which is a sum over these. So what is handed out of such a
whole lies on two digits, in tables, charts and data files alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any, TypeVar

import numpy as np

from obstacles.survey.study import Study, Wave

T = TypeVar("T")
DIGITS = 2


def needs_grid(study: Study, wave: Wave) -> bool:
    """Whether the whole of a wave is handed to others and people of it count differently."""
    design = wave.design
    parts = (design.weight, design.stratum, design.cluster, design.population, design.replicates)
    return study.settings.audience != "owner" and (bool(design.margins) or any(one is not None for one in parts))


def on_grid(found: T) -> T:
    """The same value with every number that is no whole one on two digits, however deep it lies."""
    return _on_grid(found)  # type: ignore[no-any-return]


def _on_grid(found: Any) -> Any:
    if isinstance(found, float | np.floating):
        return round(float(found), DIGITS) + 0.0 if math.isfinite(found) else found
    if isinstance(found, np.ndarray):
        return np.round(found, DIGITS) + 0.0 if found.dtype.kind == "f" else found
    if isinstance(found, Mapping):
        return {name: _on_grid(value) for name, value in found.items()}
    if isinstance(found, tuple) and hasattr(found, "_fields"):
        return type(found)(*(_on_grid(value) for value in found))
    if isinstance(found, list | tuple):
        return type(found)(_on_grid(value) for value in found)
    if is_dataclass(found) and not isinstance(found, type):
        own = {one.name: getattr(found, one.name) for one in fields(found) if one.init}
        changed = {name: _on_grid(value) for name, value in own.items() if not isinstance(value, str | int | date)}
        return replace(found, **changed)
    return found
