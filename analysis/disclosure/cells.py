"""Which groups may be shown: small ones are hidden, and nothing shown lets a reader work a hidden one out.

A reader knows the total, what is shown, the rule (who is hidden for being small has fewer than the minimum) and often
the headcounts. So the hidden groups of a partition are at least two, together at least the minimum, and each has more
than one possible size (complementary suppression: Hundepool et al. 2012, Statistical Disclosure Control, ch. 4). Two
partitions of the same people, such as departments by grades, are tables whose lines and columns both add up: there the
possible sizes are found by linear programming.
"""

from __future__ import annotations

import numpy as np

LARGE = 2  # times the minimum: a group as large as that is never given up for a small one in a comparison


def hidden_groups(
    count: np.ndarray,
    minimum: int,
    *,
    complementary: bool = True,
    forced: np.ndarray | None = None,
    most: np.ndarray | None = None,
) -> np.ndarray:
    """(g,) bool: groups of one partition that are not shown.

    Every group of 1 to minimum - 1 is hidden. While the hidden ones are together fewer than `minimum`, or a small one's
    size follows from their total, the next smallest is hidden too.

    Parameters
    ----------
    count : (g,) int array
        Respondents of each group; the groups do not overlap and their total may be known.
    complementary : bool
        False: only the small groups themselves.
    forced : (g,) bool array, optional
        Groups that are hidden for another reason.
    most : (g,) array, optional
        The largest size that a reader may think possible, such as the headcount.
    """
    small = (count > 0) & (count < minimum)
    hidden = small if forced is None else small | (forced & (count > 0))
    while complementary and hidden.any() and _recoverable(count, hidden, minimum, most):
        shown = np.flatnonzero(~hidden & (count > 0))
        if not len(shown):
            break
        hidden[shown[np.argmin(count[shown])]] = True
    return np.asarray(hidden)


def left_out(
    count: np.ndarray, minimum: int, *, complementary: bool = True, keep: np.ndarray | None = None
) -> np.ndarray:
    """(g,) bool: groups that a comparison of groups, which shows no total of them, leaves out or joins.

    The small ones, and with them those that `hidden_groups` hides; not where that takes a large group (LARGE times the
    minimum), one of `keep` (g,) bool, or leaves fewer than two: then the total stays hidden in their place.
    """
    small = (count > 0) & (count < minimum)
    if not complementary or not small.any():
        return np.asarray(small)
    hidden = hidden_groups(count, minimum)
    dear = count >= LARGE * minimum if keep is None else keep | (count >= LARGE * minimum)
    gone = bool((hidden & ~small & dear).any()) or np.count_nonzero(~hidden & (count > 0)) < 2
    return np.asarray(small if gone else hidden)


def _recoverable(count: np.ndarray, hidden: np.ndarray, minimum: int, most: np.ndarray | None) -> bool:
    """Whether the hidden groups are few together, or hold a small one whose size follows from the total."""
    inside = np.flatnonzero(hidden)
    total = int(count[inside].sum())
    if total < minimum:
        return True
    shown = count[~hidden & (count > 0)]
    small = count[inside] < minimum
    most_others = shown.min() if len(shown) else total  # a companion was the smallest of those shown before
    low = np.where(small, 1, minimum)
    high = np.where(small, minimum - 1, np.maximum(most_others, count[inside]))
    if most is not None:
        high = np.minimum(high, np.maximum(most[inside], count[inside]))
    wanted = np.minimum(high - low + 1, 2)  # a department of one person has one size, whatever is shown
    return bool((values_left(low, high, total, total) < wanted)[small].any())


def values_left(low: np.ndarray, high: np.ndarray, least: float, most: float) -> np.ndarray:
    """(k,) how many whole numbers each of k unknowns can still be.

    Parameters
    ----------
    low, high : (k,) int arrays
        What each can be at least and at most by itself.
    least, most : float
        What they are known to sum to, at least and at most.
    """
    lowest = np.maximum(low, least - (high.sum() - high))
    highest = np.minimum(high, most - (low.sum() - low))
    return np.asarray(np.maximum(np.floor(highest) - np.ceil(lowest) + 1, 0).astype(int))


def hidden_cells(count: np.ndarray, minimum: int, *, complementary: bool = True) -> np.ndarray:
    """(r, s) bool: cells of a table of two partitions that are not shown, while its margins are.

    Parameters
    ----------
    count : (r, s) int array
        Respondents of each cell. Groups that are not shown themselves stand together in a last line: what is left of a
        column's total is theirs.
    """
    hidden = (count > 0) & (count < minimum)
    if not complementary:
        return np.asarray(hidden)
    while True:
        before = hidden.copy()
        for line in range(count.shape[0]):
            hidden[line] = hidden_groups(count[line], minimum, forced=hidden[line])
        for column in range(count.shape[1]):
            hidden[:, column] = hidden_groups(count[:, column], minimum, forced=hidden[:, column])
        if not np.array_equal(before, hidden):
            continue
        exposed = _exposed(count, hidden, minimum)
        if exposed is None:
            return np.asarray(hidden)
        line, column = exposed
        if not _hide_next(count, hidden, line, column):
            return np.asarray((count > 0) & np.ones(count.shape, bool))


def _hide_next(count: np.ndarray, hidden: np.ndarray, line: int, column: int) -> bool:
    """Hide the smallest shown cell of a line, else of a column, else of the table; False where none is left."""
    shown = ~hidden & (count > 0)
    for part in (np.s_[line, :], np.s_[:, column], np.s_[:, :]):
        inside = np.zeros(count.shape, bool)
        inside[part] = True
        cells = np.argwhere(shown & inside)
        if len(cells):
            sizes = count[cells[:, 0], cells[:, 1]]
            hidden[tuple(cells[int(np.argmin(sizes))])] = True
            return True
    return False


def _exposed(count: np.ndarray, hidden: np.ndarray, minimum: int) -> tuple[int, int] | None:
    """A small cell whose size follows from the margins and the cells shown; None where every one has two sizes."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    cells = np.argwhere(hidden)
    if not len(cells):
        return None
    k = np.arange(len(cells))
    sizes = count[cells[:, 0], cells[:, 1]]
    small = sizes < minimum
    lines, columns = (np.unique(cells[:, axis], return_inverse=True) for axis in (0, 1))
    rows = np.concatenate([lines[1], len(lines[0]) + columns[1]])
    sums = csr_matrix((np.ones(2 * len(k)), (rows, np.concatenate([k, k]))))
    known = sums @ sizes
    bounds = np.column_stack([np.where(small, 1, minimum), np.where(small, minimum - 1, sizes.max() + minimum)])
    for at in np.flatnonzero(small).tolist():
        goal = np.zeros(len(k))
        ends = []
        for sign in (1.0, -1.0):
            goal[at] = sign
            ends.append(sign * linprog(goal, A_eq=sums, b_eq=known, bounds=bounds, method="highs").fun)
        if ends[1] - ends[0] < 1 - 1e-6:
            return int(cells[at, 0]), int(cells[at, 1])
    return None
