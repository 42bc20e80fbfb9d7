"""Random studies by the package and by a slow reference (`differential.slow`): no disagreement, no crash.

Nor does any result contradict itself. A long run of 1,500, some minutes on one core, is
`DIFFERENTIAL_STUDIES=1500 nice -n 19 .venv/bin/python -m pytest -n 0 tests/analysis/test_differential.py`;
`DIFFERENTIAL_FIRST` is the number of its first study. What it finds becomes a test beside what it is about.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from differential.agrees import faults, faults_of_changes
from differential.drawn import KINDS, answers_of
from numpy.random import default_rng

STUDIES = int(os.environ.get("DIFFERENTIAL_STUDIES", "60"))
FIRST = int(os.environ.get("DIFFERENTIAL_FIRST", "0"))
PARTS = 10  # so that a long run shows where it is


@pytest.mark.parametrize("part", range(PARTS))
def test_random_studies_agree_with_the_slow_reference(
    part: int, wave: Callable[..., Any], waves: Callable[..., Any]
) -> None:
    found = [fault for number in range(FIRST + part, FIRST + STUDIES, PARTS) for fault in faults(number, wave, waves)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("part", range(PARTS))
def test_random_comparisons_do_not_contradict_themselves(
    part: int, wave: Callable[..., Any], waves: Callable[..., Any]
) -> None:
    numbers = range(FIRST + part, FIRST + STUDIES, PARTS)
    found = [fault for number in numbers for fault in faults_of_changes(number, wave, waves)]
    assert not found, "\n".join(found)


def test_every_kind_of_answers_is_drawn() -> None:
    assert {answers_of(default_rng(number))[0] for number in range(60)} == set(KINDS)


@pytest.mark.parametrize("number", [2921, *(pytest.param(n, marks=pytest.mark.slow) for n in (3130, 3306))])
def test_studies_that_fell_once(number: int, wave: Callable[..., Any], waves: Callable[..., Any]) -> None:
    """No ratio without an error, tie weights that nothing holds, and replicates in which nobody compares."""
    assert list(faults_of_changes(number, wave, waves)) == []
