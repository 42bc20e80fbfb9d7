"""Other answers in whole numbers of people: the lines leave each open, and one is found where there is one."""

from __future__ import annotations

import ctypes
from itertools import product

import numpy as np
import pytest

from obstacles.analysis.disclosure import whole_numbers
from obstacles.analysis.disclosure.whole_numbers import fewest, nearby


def _lines(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """People of four sets, what they answered, and lines around two weighted sums of it."""
    rng = np.random.default_rng(seed)
    people = rng.integers(1, 5, 4).astype(float)
    answers = np.array([float(rng.integers(0, n + 1)) for n in people])
    table = rng.integers(0, 4, (2, 4)).astype(float)
    half = rng.choice([0.0, 0.5, 1.5], 2)
    return people, answers, np.vstack([table, -table]), np.concatenate([table @ answers + half, half - table @ answers])


@pytest.mark.parametrize("seed", range(30))
def test_against_every_answer_there_could_be(seed: int) -> None:
    people, answers, table, most = _lines(seed)
    every = np.array(list(product(*(range(int(n) + 1) for n in people))), float)
    left = every[(every @ table.T <= most).all(axis=1)]
    everywhere = np.ones(4, bool)
    for goal in np.vstack([np.eye(4), -np.eye(4)]):
        found = fewest(goal, people, everywhere, table, most)
        assert found is not None
        assert goal @ found == pytest.approx((left @ goal).min())
        near = nearby(answers, np.ones(4), people, everywhere, table, most, goal)
        reachable = left[(np.abs(left - answers).max(axis=1) <= 1) & (np.abs(left - answers).sum(axis=1) <= 3)]
        assert (near is not None) == bool((reachable @ goal > answers @ goal).any())
        if near is not None:
            assert goal @ near > goal @ answers
            assert (left == near).all(axis=1).any()


def test_sets_that_are_not_whole_are_left_where_they_are() -> None:
    found = nearby(
        np.array([1.0, 0.5]),
        np.ones(2),
        np.full(2, 2.0),
        np.array([True, False]),
        np.zeros((0, 2)),
        np.zeros(0),
        np.ones(2),
    )
    assert found is not None
    assert found.tolist() == [2.0, 0.5]


def test_what_a_library_prints_by_itself_is_not_on_the_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    printf = ctypes.CDLL(None).printf
    with whole_numbers._silenced():
        printf(b"a line of HiGHS\n")
    print("ours", flush=True)
    assert capfd.readouterr().out == "ours\n"
