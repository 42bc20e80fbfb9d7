"""Answers of every form as what a likelihood of worths is told by each respondent (`inference.worth_answers`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from obstacles.analysis.choice.choice_sets import NEVER, Choices
from obstacles.analysis.choice.conditional_logit import Tasks
from obstacles.analysis.choice.plackett_luce_fit import faced_sets
from obstacles.analysis.choice.situations import BlocksFaced, SetsFaced, SubsetsTaken, TasksMet
from obstacles.analysis.choice.tied_choices import TiedChoices, TiedCounts, tied_told
from obstacles.analysis.inference.worth_answers import Likelihood, Told


@dataclass(frozen=True)
class Rows:
    """Which answers are whose, and what they count."""

    respondent: np.ndarray  # (r,) row of respondents
    weight: np.ndarray  # (r,)
    n: int  # respondents


def told_of(likelihood: Likelihood, chosen: np.ndarray, faced: sparse.spmatrix, rows: Rows) -> Told:
    """Sums over the weighted answers of each respondent: of chosen (r, p) and faced (r, s)."""
    r = len(rows.respondent)
    whose = sparse.csr_matrix((rows.weight, (rows.respondent, np.arange(r))), shape=(rows.n, r))
    together = sparse.csr_matrix(whose @ faced)
    together.eliminate_zeros()
    return Told(likelihood, np.asarray(whose @ chosen), together)


def told_by_rankings(read: Choices, rows: Rows) -> Told:
    """Rankings without ties: an item is chosen from every set of two or more that was left."""
    table, sets = faced_sets(read)
    alone, several = sets.sum(axis=1) == 1, sets.sum(axis=1) > 1
    chosen = (read.stage != NEVER).T.astype(np.float64) - table[alone].T @ sets[alone].astype(np.float64)
    return told_of(SetsFaced(sets[several]), chosen, table[several].T, rows)


def told_by_tasks(tasks: Tasks, rows: Rows) -> Told:
    """Alternatives picked from tasks."""
    met = times_met(tasks.task[None], len(tasks.features))
    return told_of(TasksMet(tasks), tasks.features[tasks.task, tasks.picked], met, rows)


def told_by_subsets(taken: np.ndarray, offered: np.ndarray, size: np.ndarray, key: np.ndarray, rows: Rows) -> Told:
    """Sets (r, m) taken from the offers (s, m) by size (s,) of each key (r,)."""
    return told_of(SubsetsTaken(offered, size), taken.astype(np.float64), times_met(key[None], len(size)), rows)


def told_by_blocks(read: TiedChoices, orders: tuple[int, ...], rows: Rows) -> Told:
    """Rankings with ties: a block is chosen from every set of two or more that was left."""
    several = read.sets.sum(axis=1) > 1
    keys = np.flatnonzero(several)
    table = times_met(np.where(several[read.faced], read.faced, -1), len(several))[:, keys]
    largest = np.array(orders)[np.searchsorted(orders, read.largest[keys], side="right") - 1]
    none = np.zeros(len(keys))
    counts = TiedCounts(np.zeros(read.sets.shape[1]), np.zeros(len(orders)), orders, read.sets[keys], largest, none)
    return told_of(BlocksFaced(counts), tied_told(read, orders), table, rows)


def times_met(key: np.ndarray, count: int) -> sparse.csr_matrix:
    """(n, count) how often each key occurs in the columns of `key` (k, n); -1 is none."""
    stage, row = np.nonzero(key >= 0)
    return sparse.csr_matrix((np.ones(len(row)), (row, key[stage, row])), shape=(key.shape[1], count))
