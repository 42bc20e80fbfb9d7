"""Other answers, in whole numbers of people, that leave everything printed as it is.

Looked for a few people away from answers that are known, which is cheap; then by integer programming (HiGHS).
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

MOST_SECOND = 60  # moves of a second person that are tried for each of a first
MOST_NODES = 500  # of branch and bound for one number
MOST_SETS = 100  # of people: of more, two programs in three end undecided, after half a second each
EDGE = 1e-9


def nearby(
    answers: np.ndarray,
    unit: np.ndarray,
    high: np.ndarray,
    whole: np.ndarray,
    table: np.ndarray,
    most: np.ndarray,
    goal: np.ndarray,
) -> np.ndarray | None:
    """Answers with more of a goal than those given, or None where none was found a few people away.

    Parameters
    ----------
    answers : (a,) float array
        Weighted sums of sets of people, which the lines leave open.
    unit : (a,) float array
        What one person, or one level, adds to them.
    high : (a,) float array
        The largest sums.
    whole : (a,) bool array
        Sets whose sums are whole numbers of people.
    table, most : (s, a) and (s,) float arrays
        Lines: no sum of a row may be above its end.
    goal : (a,) float array
        What each set adds to the goal, by sign.
    """
    up = np.flatnonzero(whole & (answers + unit <= high + EDGE))
    down = np.flatnonzero(whole & (answers - unit >= -EDGE))
    at, sign = np.concatenate([up, down]), np.repeat([1.0, -1.0], [len(up), len(down)])
    step, room = sign * unit[at], most - table @ answers
    change, gain = table[:, at] * step, step * goal[at]
    for first in np.flatnonzero(gain > EDGE):
        moved = _made_up(change, gain, room + EDGE, int(first), at)
        if moved:
            found = answers.copy()
            np.add.at(found, at[moved], step[moved])
            return found
    return None


def _made_up(change: np.ndarray, gain: np.ndarray, room: np.ndarray, first: int, at: np.ndarray) -> list[int]:
    """The moves that go with the first, none twice of one set; none where there are no such moves."""
    left = room - change[:, first]
    if (left >= 0).all():
        return [first]
    others = np.flatnonzero((gain[first] + gain > EDGE) & (at != at[first]))
    short = np.minimum(left[:, None] - change[:, others], 0).sum(axis=0)  # of what is still too much
    done = np.flatnonzero(short >= 0)
    if len(done):
        return [first, int(others[done[0]])]
    order = others[np.argsort(-short, kind="stable")][:MOST_SECOND]
    for second in order:
        fits = (change[:, others] <= (left - change[:, second])[:, None]).all(axis=0)
        fits &= (gain[first] + gain[second] + gain[others] > EDGE) & (at[others] != at[second])
        if fits.any():
            return [first, int(second), int(others[np.argmax(fits)])]
    return []


def fewest(
    goal: np.ndarray, high: np.ndarray, whole: np.ndarray, table: np.ndarray, most: np.ndarray
) -> np.ndarray | None:
    """Numbers of people of each set, (a,), of which a goal is the least; None where that takes long to find out.

    Parameters
    ----------
    goal, high : (a,) float arrays
        What each person of a set adds to the goal, and the largest numbers.
    whole : (a,) bool array
        Sets whose numbers are whole.
    table, most : (s, a) and (s,) float arrays
        Lines: no sum of a row may be above its end.
    """
    if len(goal) > MOST_SETS:
        return None
    from scipy.optimize import Bounds, LinearConstraint, milp

    lines = [LinearConstraint(table, -np.inf, most)] if len(most) else []
    options = {"node_limit": MOST_NODES, "mip_rel_gap": 0}
    with _silenced():
        found = milp(goal, integrality=whole.astype(int), bounds=Bounds(0, high), constraints=lines, options=options)
    return None if found.x is None else np.where(whole, np.rint(found.x), found.x)


@contextmanager
def _silenced() -> Iterator[None]:
    """Keep HiGHS from the standard output: it prints a line there of solutions that it repairs, whatever is asked."""
    try:
        flush, kept = ctypes.CDLL(None).fflush, os.dup(1)
    except (AttributeError, OSError, TypeError):  # no such library, or no standard output
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        flush(None)
        os.dup2(nowhere, 1)
        yield
    finally:
        flush(None)
        os.dup2(kept, 1)
        os.close(nowhere)
        os.close(kept)
