"""What each primary unit adds to the comparison of every pair of items: the raw material of sign flips.

Of means it is w (x_j - x_k). Of worths it is the derivative of the respondent's log-likelihood along t_j - t_k, at the
fit in which the two are equal: that fit knows j and k only through their union, so swapping the two in an answer turns
the sign of its contribution and changes nothing else. Where the model is far off, the contributions' squares can be
smaller than those of the efficient scores (Hemerik, Goeman and Finos 2020, JRSS B 82: 841): a factor carries that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.inference.survey_design import SurveyDesign, sum_rows
from obstacles.analysis.inference.worth_answers import PSEUDO, Told, WorthAnswers, fit_together, with_ghost

MOST_ITEMS = 20  # up to which every pair has a fit of its own
MOST_SITUATIONS = 50_000  # the same, of situations times pairs
MOST_CELLS = 20_000_000  # primary units times pairs, above which there are no contributions


@dataclass(frozen=True)
class Contributions:
    """Of u primary units to the P pairs j < k of m items, in row order; positive where j is the larger obstacle."""

    value: np.ndarray  # (P, u) of one primary unit
    factor: np.ndarray  # (P,) at most 1, of the observed ratio
    copies: np.ndarray | None  # (u,) equal primary units that each stands for; None = one each
    items: int

    @property
    def units(self) -> int:
        """Primary units."""
        return self.value.shape[1] if self.copies is None else round(float(self.copies.sum()))


@dataclass(frozen=True, eq=False)
class MeanAnswers:
    """Scores that are weighted means, each a sum over respondents of share x (what is said)."""

    value: np.ndarray  # (m,) means, on the scale of the comparison; NaN = nothing said
    influence: np.ndarray  # (n, m)
    share: np.ndarray  # (n, m) or (n, 1): the respondent's part in the weights of each mean
    sample: SurveyDesign

    @property
    def items(self) -> int:
        """Items m."""
        return len(self.value)


Answers = MeanAnswers | WorthAnswers


def contributions_of(answers: Answers) -> Contributions | None:
    """Contributions of all primary units to all pairs; None where there are too many to hold."""
    first, second = np.triu_indices(answers.items, 1)
    code, rows, units, copies = _units(answers)
    if len(first) * units > MOST_CELLS:
        return None
    several = np.ones(units) if copies is None else copies

    def by_unit(each: np.ndarray) -> np.ndarray:
        return np.asarray(sum_rows(each[rows, None], code, units)[:, 0] / several)

    value, factor = np.zeros((len(first), units)), np.ones(len(first))
    if isinstance(answers, MeanAnswers):
        for pair, (j, k) in enumerate(zip(first, second, strict=True)):
            value[pair] = by_unit(_of_mean(answers, int(j), int(k)))
        return Contributions(value, factor, copies, answers.items)
    own_fit = answers.items <= MOST_ITEMS and answers.told.faced.shape[1] * len(first) <= MOST_SITUATIONS
    for pair, (j, k) in enumerate(zip(first, second, strict=True)):
        plain, efficient = (by_unit(part) for part in _of_worth(answers, int(j), int(k), own_fit))
        squares, robust = several @ plain**2, several @ efficient**2
        value[pair], factor[pair] = plain, np.sqrt(squares / robust) if robust > squares else 1.0
    return Contributions(value, factor, copies, answers.items)


def _units(answers: Answers) -> tuple[np.ndarray, np.ndarray, int, np.ndarray | None]:
    """Code (r,) of the primary unit of each row that says something, these rows (r,), units, and their copies (u,)."""
    sample = answers.sample
    if isinstance(answers, MeanAnswers):
        says = np.broadcast_to((answers.share > 0).any(axis=1), (sample.n,))
    else:
        says = np.diff(answers.told.faced.indptr) > 0
    rows = np.flatnonzero(says)
    there, code = np.unique(sample.units[0][rows], return_inverse=True)
    return code.reshape(-1), rows, len(there), None if sample.psu_counts is None else sample.psu_counts[there]


def _of_mean(answers: MeanAnswers, j: int, k: int) -> np.ndarray:
    """(n,) parts of the difference of two means, around the mean of both."""
    n, m = answers.influence.shape
    share = np.broadcast_to(answers.share, (n, m))[:, [j, k]]
    value = answers.value[[j, k]]
    if np.isnan(value).any():
        return np.zeros(n)
    part = answers.influence[:, [j, k]] + share * (value - value.mean())
    return np.asarray(part[:, 0] - part[:, 1])


def _together(answers: WorthAnswers, basis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(p,) parameters where two items have one worth, by a fit of their own, and the (p, p) information there."""
    return fit_together([answers.told], answers.items, start=answers.theta, basis=basis, pseudo=PSEUDO)


def _half_way(answers: WorthAnswers, j: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The same without a fit: both items have the mean of their worths."""
    told, theta = answers.told, answers.theta.copy()
    theta[[j, k]] = np.logaddexp(theta[j], theta[k]) - np.log(2)
    ghost = np.diag(with_ghost(theta, answers.items, PSEUDO)[2])
    return theta, told.likelihood.information(theta, told.total_faced) + ghost


def _of_worth(answers: WorthAnswers, j: int, k: int, own_fit: bool) -> tuple[np.ndarray, np.ndarray]:
    """(n,) scores along t_j - t_k at t_j = t_k, and the same less their regression on the other scores."""
    told, p = answers.told, len(answers.theta)
    rest = [i for i in range(p) if i not in (j, k)]
    basis = np.zeros((p, p - 1))
    basis[rest, np.arange(p - 2)] = 1
    basis[[j, k], p - 2] = 1
    try:
        theta, information = _together(answers, basis) if own_fit else _half_way(answers, j, k)
    except ConvergenceError:  # tie weights that nothing holds, say
        theta, information = _half_way(answers, j, k)
    along = np.zeros(p)
    along[j], along[k] = 1.0, -1.0
    nuisance = basis.T @ information @ basis
    efficient = along - basis @ np.linalg.solve(nuisance, basis.T @ information @ along)
    mean = told.likelihood.moments(theta)[1]
    score = partial(_score, told, mean)
    return score(along), score(efficient)


def _score(told: Told, mean: np.ndarray, direction: np.ndarray) -> np.ndarray:
    return np.asarray(told.chosen @ direction - told.faced @ (mean @ direction))
