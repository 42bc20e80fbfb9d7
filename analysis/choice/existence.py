"""Whether finite parameters exist: no direction along which the likelihood never falls and somewhere rises.

A choice is told by what the features of the picked alternative have before those of another one. If x'd >= 0 for all of
these differences and x'd > 0 for one, the parameters run off along d (Albert and Anderson 1984); a linear program looks
for such a d. Of untied choices of items Ford's graph (1957) says the same for less, and is asked first: under ties an
item that is never strictly below another can run off beside a tie weight that makes its ties likely all the same.
"""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np

from obstacles.analysis.choice.conditional_logit import Tasks
from obstacles.analysis.choice.tied_choices import TiedChoices

MOST_ROWS = 20_000  # differences up to which the program is solved
RISES = 1e-7


def runs_off(differences: np.ndarray, *, zero_sum: int, held: bool = False) -> bool:
    """Whether parameters run off to infinity.

    Parameters
    ----------
    differences : (r, p) array
        Features of what was picked less those of each other alternative.
    zero_sum : int
        Leading parameters to all of which a constant may be added without a change.
    held : bool
        Whether these are held where they are, as by a penalty.
    """
    from scipy.optimize import linprog

    differences = differences * (np.arange(differences.shape[1]) >= (zero_sum if held else 0))
    rows = np.unique(np.round(differences, 9), axis=0)
    rows = rows[(rows != 0).any(axis=1)]
    if not len(rows):
        return False
    level = (np.arange(rows.shape[1]) < zero_sum).astype(float)[None]
    found = linprog(-rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), A_eq=level, b_eq=[0.0], bounds=(-1, 1))
    return bool(found.status == 0 and -found.fun > RISES)


def tasks_run_off(tasks: Tasks, *, zero_sum: int, held: bool = False) -> bool:
    """The same of conditional logits."""
    picked = np.unique(np.column_stack([tasks.task, tasks.picked]), axis=0)
    own = tasks.features[picked[:, 0], picked[:, 1]]
    there = tasks.available[picked[:, 0]]
    return runs_off((own[:, None] - tasks.features[picked[:, 0]])[there], zero_sum=zero_sum, held=held)


def ties_run_off(answers: TiedChoices, orders: tuple[int, ...]) -> bool | None:
    """The same of rankings with ties: log-worths and tie weights of the block sizes `orders`; None where too many."""
    m = answers.stage.shape[0]
    chosen: set[tuple[tuple[int, ...], tuple[int, ...], int]] = set()
    for i in range(answers.stage.shape[1]):
        for now in np.flatnonzero(answers.size[:, i]):
            key = answers.faced[now, i]
            left = tuple(np.flatnonzero(answers.sets[key]).tolist())
            if len(left) > 1:
                block = tuple(np.flatnonzero(answers.stage[:, i] == now).tolist())
                chosen.add((left, block, int(answers.largest[key])))
    rows = []
    for left, block, largest in sorted(chosen):
        own = _features(block, m, orders)
        sizes = [size for size in orders if size <= min(largest, len(left))]
        for other in chain.from_iterable(combinations(left, size) for size in sizes):
            rows.append(own - _features(other, m, orders))
            if len(rows) > MOST_ROWS:
                return None
    return runs_off(np.array(rows), zero_sum=m) if rows else False


def _features(block: tuple[int, ...], m: int, orders: tuple[int, ...]) -> np.ndarray:
    row = np.zeros(m + len(orders) - 1)
    row[list(block)] = 1 / len(block)
    if len(block) != orders[0]:
        row[m + orders.index(len(block)) - 1] = 1
    return row
