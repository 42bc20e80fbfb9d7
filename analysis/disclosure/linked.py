"""Groups of several columns protected together: no few people's answers follow by adding and subtracting what is shown.

Who holds every table knows sums over cells, such as departments, divisions and everybody. Any combination of these sums
is known too, so a set of few people is safe only where no combination isolates it (Hundepool et al. 2012, Statistical
Disclosure Control, ch. 4: linked tables). For every small set of people that the columns tell apart, linear programming
finds the combination that holds the set whole and as few others as it can: with weights of people, not answers, so what
is hidden tells nothing about anybody's answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from obstacles.analysis.disclosure.cells import hidden_groups

EDGE = 1e-6
LARGEST_PART = 3  # of a person that a combination holds: further ones are looked at only where the bound is near


@dataclass(frozen=True)
class Exposure:
    """Few people whom a combination of cells isolates."""

    atom: int  # row of the table of memberships
    cells: tuple[int, ...]  # cells of the combination
    people: float  # people whom it holds, each by the size of their part in it


def atoms(cells: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Sets of people that no cell divides: (a, c) memberships 0 or 1, and (n,) the set of each person.

    Parameters
    ----------
    cells : sequence of (n,) bool arrays
        Who is in each cell.
    """
    table = np.column_stack(cells).astype(float)
    found, code = np.unique(table, axis=0, return_inverse=True)
    return found, np.asarray(code).ravel()


def exposed(
    member: np.ndarray, count: np.ndarray, minimum: int, *, among: np.ndarray | None = None
) -> Iterator[Exposure]:
    """Every set of fewer than `minimum` people that a combination of cells isolates, one after the other.

    Parameters
    ----------
    member : (a, c) array
        Sets of people by cells, as `atoms` gives them.
    count : (a,) array
        People of each set.
    among : (a,) bool array, optional
        Sets that are looked at.
    """
    near = _least_squares(member, count) < LARGEST_PART * minimum
    looked_at = (count > 0) & (count < minimum) & member.any(axis=1) & near & (True if among is None else among)
    for atom in np.flatnonzero(looked_at).tolist():
        found = _isolated(member, count, atom)
        if found is not None and found.people < minimum - EDGE:
            yield found


def _least_squares(member: np.ndarray, count: np.ndarray) -> np.ndarray:
    """(a,) the least sum of squared parts of people of a combination that holds a set whole: 1 / its leverage.

    Where no part is larger than `LARGEST_PART` it is at most so many times the people that the combination holds.
    """
    inverse = np.linalg.pinv(member.T @ (member * count[:, None]), hermitian=True)
    leverage = np.einsum("ac,cd,ad->a", member, inverse, member)
    return np.asarray(1 / np.maximum(leverage, 1e-12))


def _isolated(member: np.ndarray, count: np.ndarray, atom: int) -> Exposure | None:
    """The combination that holds a set of people whole, and as few others as it can."""
    from scipy.optimize import linprog
    from scipy.sparse import bmat, csr_matrix, identity

    a, c = member.shape
    sums, one = csr_matrix(member), identity(a, format="csr")
    solved = linprog(
        np.concatenate([np.zeros(c), count]),
        A_ub=bmat([[sums, -one], [-sums, -one]], format="csr"),
        b_ub=np.zeros(2 * a),
        A_eq=csr_matrix(np.concatenate([member[atom], np.zeros(a)])[None, :]),
        b_eq=[1.0],
        bounds=[(None, None)] * c + [(0, None)] * a,
        method="highs",
    )
    if solved.status != 0:
        return None
    used = np.flatnonzero(np.abs(solved.x[:c]) > EDGE)
    return Exposure(atom, tuple(used.tolist()), float(solved.fun))


def hidden_linked(
    columns: Mapping[str, Mapping[str, np.ndarray]],
    shown: Mapping[str, frozenset[str]],
    minimum: int,
    *,
    complementary: bool = True,
) -> dict[str, frozenset[str]]:
    """Groups of each column that are shown when all columns are shown together.

    While few people are isolated, the smallest cell that isolates them is hidden in the last column that has one, with
    the companions that its column then needs.

    Parameters
    ----------
    columns : mapping
        Column -> name of each group -> (n,) bool, its respondents; the column that matters most first.
    shown : mapping
        Column -> groups that may be shown by themselves.
    """
    left = {column: set(shown[column]) for column in columns}
    if not complementary or not columns:
        return {column: frozenset(names) for column, names in left.items()}
    groups = next(iter(columns.values()))
    everybody = np.ones(len(next(iter(groups.values()))), bool)
    while True:
        keys = [(column, name) for column in columns for name in columns[column] if name in left[column]]
        member, code = atoms([everybody, *(columns[column][name] for column, name in keys)])
        found = next(exposed(member, np.bincount(code, minlength=len(member)), minimum), None)
        if found is None:
            return {column: frozenset(names) for column, names in left.items()}
        involved = [keys[c - 1] for c in found.cells if c > 0]
        if not involved:
            return {column: frozenset() for column in columns}
        place = {column: at for at, column in enumerate(columns)}
        last = max((column for column, _name in involved), key=place.__getitem__)
        one = min((name for column, name in involved if column == last), key=lambda n: (columns[last][n].sum(), n))
        left[last].discard(one)
        left[last] = _with_companions(columns[last], left[last], minimum)


def _with_companions(groups: Mapping[str, np.ndarray], shown: set[str], minimum: int) -> set[str]:
    names = list(groups)
    count = np.array([int(groups[name].sum()) for name in names])
    forced = np.array([name not in shown for name in names])
    gone = hidden_groups(count, minimum, forced=forced)
    return {name for name, hidden in zip(names, gone, strict=True) if not hidden and name in shown}
