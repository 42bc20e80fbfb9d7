"""The situations of each likelihood of worths, with the moments of what is chosen in them.

One class for each way to choose: an item from a set (Plackett-Luce, and Efron's and Breslow's fractional sets), an
alternative with features (best-worst scaling, pairs), a set of a size from an offer, a tied block from a set. All are
`analysis.inference.worth_answers.Likelihood`s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from obstacles.analysis.choice.conditional_logit import Tasks, probabilities
from obstacles.analysis.choice.set_choice_likelihood import by_offer, left_out, one_out, set_variance
from obstacles.analysis.choice.tied_choices import TiedCounts
from obstacles.analysis.choice.tied_sets import expectation, information


@dataclass(frozen=True)
class SetsFaced:
    """An item is chosen from a set with probability proportional to its worth, times its part in the set."""

    sets: np.ndarray  # (s, m): 1 for a member, or the fraction of one

    @cached_property
    def _members(self) -> np.ndarray:
        return np.asarray(self.sets, np.float64)

    def moments(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log of the total worth of every set (s,), and the probability of each item (s, m)."""
        top = theta.max()
        worth = self._members * np.exp(theta - top)
        total = worth.sum(axis=1)
        return np.log(total) + top, worth / total[:, None]

    def information(self, theta: np.ndarray, faced: np.ndarray) -> np.ndarray:
        """(m, m) variances of the choices from sets met `faced` (s,) times."""
        mean = self.moments(theta)[1]
        return np.asarray(np.diag(faced @ mean) - (mean * faced[:, None]).T @ mean)


@dataclass(frozen=True)
class TasksMet:
    """An alternative of a task is picked by its features."""

    tasks: Tasks

    def moments(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log normaliser (s,) and mean features (s, p) of every task."""
        log_total, probability = probabilities(self.tasks, theta)
        return log_total, np.einsum("sa,sap->sp", probability, self.tasks.features)

    def information(self, theta: np.ndarray, faced: np.ndarray) -> np.ndarray:
        """(p, p) variances of the features of what is picked."""
        probability = probabilities(self.tasks, theta)[1]
        mean = np.einsum("sa,sap->sp", probability, self.tasks.features)
        flat = self.tasks.features.reshape(-1, mean.shape[1])
        rate = (probability * faced[:, None]).reshape(-1, 1)
        return np.asarray((flat * rate).T @ flat - (mean * faced[:, None]).T @ mean)


@dataclass(frozen=True)
class SubsetsTaken:
    """A set of a given size is taken from an offer, in proportion to the product of its worths."""

    offered: np.ndarray  # (s, m) bool
    size: np.ndarray  # (s,)

    def moments(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log of the sum over sets of every offer and size (s,), and the probability of each item (s, m)."""
        norm, mean = np.empty(len(self.size)), np.empty(self.offered.shape)
        top = theta.mean()
        for offered, rows, order in by_offer(self.offered, self.size):
            single, whole = one_out(np.exp(theta - top) * offered, order)
            for position, row in rows:
                k = int(self.size[row])
                norm[row] = np.log(whole[position, k]) + k * top
                mean[row] = single[position, :, k - 1] / whole[position, k]
        return norm, mean

    def information(self, theta: np.ndarray, faced: np.ndarray) -> np.ndarray:
        """(m, m) variances of the sets taken."""
        m = self.offered.shape[1]
        found = np.zeros((m, m))
        for offered, rows, order in by_offer(self.offered, self.size):
            single, pairs, whole = left_out(np.exp(theta - theta.mean()) * offered, order)
            for position, row in rows:
                found += faced[row] * set_variance(single, pairs, whole, position, int(self.size[row]))
        return found


@dataclass(frozen=True)
class BlocksFaced:
    """A block of tied items is chosen from a set (Davidson-Luce); parameters are log-worths and log tie weights."""

    keys: TiedCounts  # whose sets and largest blocks are the situations

    def moments(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log of the sum over blocks of every set (s,), and the mean statistics (s, p)."""
        found = expectation(theta, self.keys)
        return found.log_total, found.mean

    def information(self, theta: np.ndarray, faced: np.ndarray) -> np.ndarray:
        """(p, p) variances of the statistics of the blocks chosen."""
        keys = replace(self.keys, faced=faced)
        return information(theta, keys, expectation(theta, keys))
