"""Which pairs of items differ: Conover, Nemenyi, Wilcoxon and McNemar, with the correction named beside every p.

After Friedman's test on complete rankings or ratings: Conover's t on rank sums (1999), Nemenyi's studentised range
(1963), or Wilcoxon's signed ranks pair by pair; after Cochran's Q on selections: McNemar's exact test. `pairs_of`
refuses weights and designs; there the pairs of `analysis.rank_sets` serve.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.scores.model import ModelError, Opened
from survey.answers import Rankings, Ratings
from survey.language import _, commas


@dataclass(frozen=True)
class Pairs:
    """p-values of all pairs, [j, k] = [k, j], NaN on the diagonal."""

    method: str
    correction: str  # "holm", "bh", "none", or "joint" where the method corrects by itself
    p: np.ndarray  # (m, m) corrected


def pairs_of(opened: Opened, *, method: str = "auto", correction: str = "holm") -> Pairs:
    """Compare all pairs of items of one wave's answers.

    Parameters
    ----------
    method : {"auto", "conover", "nemenyi", "wilcoxon", "mcnemar"}
        "auto" is McNemar's for selections and Conover's for rankings and ratings.

    Raises
    ------
    analysis.scores.model.ModelError
        Under weights or a design, for incomplete answers, or for a method that does not fit the answers.
    """
    answers = opened.answers
    if not opened.sample.simple or opened.sample.times is not None:
        message = _("post-hoc tests need equal weights and no design: use the pairs of the ranking instead.")
        raise ModelError(message)
    selection = isinstance(answers, Rankings) and answers.selection
    method = ("mcnemar" if selection else "conover") if method == "auto" else method
    if method not in METHODS or (method == "mcnemar") != selection:
        known = commas(name for name in METHODS if (name == "mcnemar") == selection)
        raise ModelError(_('"{method}" does not fit these answers; {known} do.').format(method=method, known=known))
    if isinstance(answers, Ratings):
        scores = answers.scores[~np.isnan(answers.scores).any(axis=1)]
    elif isinstance(answers, Rankings) and answers.offered.all() and (selection or (answers.ranks > 0).all()):
        scores = (answers.ranks > 0).astype(np.float64) if selection else -answers.ranks.astype(np.float64)
    else:
        raise ModelError(_("post-hoc tests need complete answers: nothing is imputed. Use the pairs of the ranking."))
    return METHODS[method](scores) if method == "nemenyi" else METHODS[method](scores, correction=correction)


def conover(scores: np.ndarray, *, correction: str = "holm") -> Pairs:
    """Conover's comparisons of (n, m) complete scores; t on (n - 1)(m - 1) degrees of freedom."""
    ranks = stats.rankdata(scores, axis=1)
    n, m = ranks.shape
    sums = ranks.sum(axis=0)
    a = float((ranks**2).sum())
    c = n * m * (m + 1) ** 2 / 4
    q = (m - 1) * ((sums - n * (m + 1) / 2) ** 2).sum() / (a - c)
    df = (n - 1) * (m - 1)
    error = np.sqrt(2 * n * (a - c) / df * (1 - q / (n * (m - 1))))
    t = np.abs(sums[:, None] - sums[None, :]) / error
    return corrected("Conover", 2 * stats.t.sf(t, df), correction)


def nemenyi(scores: np.ndarray) -> Pairs:
    """Nemenyi's comparisons of (n, m) complete scores by the studentised range with infinite degrees of freedom."""
    ranks = stats.rankdata(scores, axis=1)
    n, m = ranks.shape
    mean = ranks.mean(axis=0)
    q = np.abs(mean[:, None] - mean[None, :]) / np.sqrt(m * (m + 1) / (12 * n))  # ~ range / sqrt 2 ... see Demsar 2006
    p = stats.studentized_range.sf(q, m, np.inf)
    np.fill_diagonal(p, np.nan)
    return Pairs("Nemenyi", "joint", p)


def wilcoxon(scores: np.ndarray, *, correction: str = "holm") -> Pairs:
    """Wilcoxon's signed-rank test of every pair of columns; pairs without any difference get p = 1."""

    def one(x: np.ndarray, y: np.ndarray) -> float:
        return 1.0 if np.array_equal(x, y) else float(stats.wilcoxon(x, y).pvalue)

    return corrected("Wilcoxon signed-rank", _pairwise(scores, one), correction)


def mcnemar(marked: np.ndarray, *, correction: str = "holm") -> Pairs:
    """McNemar's exact test of every pair of 0/1 columns."""

    def one(x: np.ndarray, y: np.ndarray) -> float:
        only_x, only_y = int((x > y).sum()), int((y > x).sum())
        return float(stats.binomtest(only_x, only_x + only_y).pvalue) if only_x + only_y else 1.0

    return corrected("McNemar exact", _pairwise(np.asarray(marked, float), one), correction)


def _pairwise(scores: np.ndarray, test: Callable[[np.ndarray, np.ndarray], float]) -> np.ndarray:
    m = scores.shape[1]
    p = np.full((m, m), np.nan)
    for j in range(m):
        for k in range(j):
            p[j, k] = p[k, j] = test(scores[:, j], scores[:, k])
    return p


def corrected(method: str, p: np.ndarray, correction: str) -> Pairs:
    """Correct the p-values of all pairs of a symmetric (m, m) matrix.

    Parameters
    ----------
    correction : {"holm", "bh", "none"}

    Raises
    ------
    ValueError
        For another correction.
    """
    if correction not in CORRECTIONS:
        raise ValueError(f'there is no correction "{correction}"; use one of {", ".join(CORRECTIONS)}')
    first, second = np.triu_indices(len(p), 1)
    result = np.full(p.shape, np.nan)
    result[first, second] = result[second, first] = CORRECTIONS[correction](p[first, second])
    return Pairs(method, correction, result)


def holm(p: np.ndarray) -> np.ndarray:
    """Holm's step-down p-values (1979): they hold the family-wise level."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    result = np.empty(len(p))
    result[order] = np.minimum(stepped, 1)
    return result


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """Benjamini and Hochberg's p-values (1995): they hold the false discovery rate."""
    return np.asarray(stats.false_discovery_control(p))


CORRECTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "holm": holm,
    "bh": benjamini_hochberg,
    "none": lambda p: p,
}

METHODS: dict[str, Callable[..., Pairs]] = {
    "conover": conover,
    "nemenyi": nemenyi,
    "wilcoxon": wilcoxon,
    "mcnemar": mcnemar,
}
