"""What a likelihood of worths is told by each respondent, whatever the form of the answers.

Answers are choices from situations: alternative a of situation g has features x and the probability exp(x't - A_g(t)).
The log-likelihood is chosen't - faced'A(t), so that two tables are all there is to know: `chosen`, the features of what
each respondent chose, and `faced`, how often each situation was met; both carry the respondent's weight. The first m
parameters are log-worths, further ones tie weights or an order effect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import special

from obstacles.analysis.inference.newton import maximise
from obstacles.analysis.inference.survey_design import SurveyDesign

if TYPE_CHECKING:
    from scipy import sparse

PSEUDO = 0.5  # pseudo-rankings won, and as many lost, by each item where finite worths do not exist


class Likelihood(Protocol):
    """Situations in which something is chosen."""

    def moments(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log normaliser (s,) and mean features (s, p) of every situation at theta (p,)."""
        ...

    def information(self, theta: np.ndarray, faced: np.ndarray) -> np.ndarray:
        """(p, p) variances of the features, summed over situations met `faced` (s,) times."""
        ...


@dataclass(frozen=True)
class Told:
    """Weighted answers of n respondents; rows of those who say nothing are empty."""

    likelihood: Likelihood
    chosen: np.ndarray  # (n, p)
    faced: sparse.csr_matrix  # (n, s)

    @cached_property
    def total_chosen(self) -> np.ndarray:
        """(p,) features of all that was chosen."""
        return np.asarray(self.chosen.sum(axis=0))

    @cached_property
    def total_faced(self) -> np.ndarray:
        """(s,) how often each situation was met."""
        return np.asarray(self.faced.sum(axis=0)).reshape(-1)

    def residuals(self, theta: np.ndarray) -> np.ndarray:
        """(n, p) derivative of each respondent's log-likelihood."""
        return np.asarray(self.chosen - self.faced @ self.likelihood.moments(theta)[1])

    def log_likelihood(self, theta: np.ndarray) -> float:
        """Of all answers, without a penalty."""
        return float(self.total_chosen @ theta - self.total_faced @ self.likelihood.moments(theta)[0])


@dataclass(frozen=True, eq=False)
class WorthAnswers:
    """The answers behind worths, for what their errors alone do not say: open ends, sign flips, score tests."""

    build: Callable[[], Told]  # only made where it is needed
    theta: np.ndarray  # (p,) as fitted: m log-worths, against the ghost's 0 where there is a penalty, then the others
    reach: np.ndarray  # (m, m) bool: i won against j, or against one that won against j, and so on
    pseudo: float  # 0 without a penalty
    design_effect: float
    sample: SurveyDesign

    @property
    def items(self) -> int:
        """Items m."""
        return len(self.reach)

    @cached_property
    def told(self) -> Told:
        """The answers of all respondents."""
        return self.build()


def with_ghost(theta: np.ndarray, m: int, pseudo: float) -> tuple[float, np.ndarray, np.ndarray]:
    """Value, gradient (p,) and information (p,) of `pseudo` wins and losses of m items against a log-worth of 0."""
    win = special.expit(theta[:m])
    gradient, information = np.zeros((2, len(theta)))
    gradient[:m], information[:m] = pseudo * (1 - 2 * win), 2 * pseudo * win * (1 - win)
    value = pseudo * float((special.log_expit(theta[:m]) + special.log_expit(-theta[:m])).sum())
    return value, gradient, information


def fit_together(
    parts: Sequence[Told], m: int, *, start: np.ndarray, basis: np.ndarray, pseudo: float
) -> tuple[np.ndarray, np.ndarray]:
    """Joint maximum of several samples' likelihoods over theta = basis b.

    Parameters
    ----------
    start : (p,) array
    basis : (p, q) array
        Columns of 0 and 1 that do not overlap: parameters of one column are equal.
    pseudo : float
        Wins and losses of every item; 0 only where finite worths exist.

    Returns
    -------
    (p,) theta and (p, p) information of the penalised objective there.

    Raises
    ------
    analysis.inference.newton.ConvergenceError
    """

    def at(theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        value, gradient, diagonal = with_ghost(theta, m, pseudo)
        information = np.diag(diagonal)
        for part in parts:
            norm, mean = part.likelihood.moments(theta)
            value += float(part.total_chosen @ theta - part.total_faced @ norm)
            gradient = gradient + part.total_chosen - part.total_faced @ mean
            information = information + part.likelihood.information(theta, part.total_faced)
        return value, gradient, information

    def objective(b: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        value, gradient, information = at(basis @ b)
        return value, basis.T @ gradient, basis.T @ information @ basis

    free = 0 if pseudo else m  # without a penalty a constant may be added to the log-worths
    best = maximise(objective, (basis.T @ start) / basis.sum(axis=0), zero_sum=free, tolerance=1e-9)
    theta = basis @ best.theta
    return theta, at(theta)[2]
