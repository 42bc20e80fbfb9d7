"""Exact rank confidence sets for questions with a single answer (Bazylik, Mogstad, Romano, Shaikh and Wilhelm 2024).

Given how often two items were chosen together, the count of one is binomial with probability 1/2 under equality; Holm's
method over the ordered pairs holds the level in every finite sample. Equal weights and independent answers only.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from obstacles.analysis.inference.distributions import binom_sf
from obstacles.analysis.inference.rank_sets import RankSets, holm_rejections, sets_of
from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores.first_choice import first_places
from obstacles.survey.answers import Rankings


def single_choice_sets(
    count: np.ndarray, *, level: float = 0.95, simultaneous: bool = True, correction: str = "holm"
) -> RankSets:
    """Rank sets from how often each of m items was chosen.

    Parameters
    ----------
    count : (m,) integer array
    correction : {"holm", "bonferroni"}
        How the tests of a family are corrected, for simultaneous and for marginal sets alike.
    """
    reject_by = CORRECTIONS[correction]
    count = np.asarray(count)
    together = count[:, None] + count[None, :]
    p = binom_sf(count[:, None] - 1, together, 0.5)
    p = np.where(together > 0, p, 1.0)

    def reject(family: np.ndarray) -> np.ndarray:
        return reject_by(p, family, 1 - level)

    low, high, separated = sets_of(reject, len(count), simultaneous)
    method = f"exact binomial, {correction.title()}"
    units = int(count.sum())
    return RankSets(low, high, level, simultaneous, separated, 0, np.inf, method=method, exact=True, units=units)


def _bonferroni(p: np.ndarray, family: np.ndarray, alpha: float) -> np.ndarray:
    return np.asarray(family & (p <= alpha / family.sum()))


CORRECTIONS: dict[str, Callable[[np.ndarray, np.ndarray, float], np.ndarray]] = {
    "holm": holm_rejections,
    "bonferroni": _bonferroni,
}


def single_choices(prepared: Prepared, method: str) -> np.ndarray | None:
    """(m,) how often each item was chosen, where the method counts one choice of each respondent; None elsewhere.

    Selections of at most one item under "share" and untied first places under "first-choice", of equally weighted,
    independent respondents who were all offered everything.
    """
    answers = prepared.answers
    plain = prepared.sample.simple and prepared.random is None
    if not isinstance(answers, Rankings) or not plain or not answers.offered.all():
        return None
    if prepared.sample.row_counts is None and len(answers.ranks) != prepared.sample.n:
        return None
    if method == "share":
        chosen = answers.ranks > 0
    elif method == "first-choice":
        chosen = first_places(answers.ranks)
    else:
        return None
    if (chosen.sum(axis=1) > 1).any() or (answers.answer_counts % 1 != 0).any():
        return None
    return np.asarray(np.round(answers.answer_counts @ chosen).astype(int))
