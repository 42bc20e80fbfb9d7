"""Do respondents agree? Friedman's test with Kendall's W, and Cochran's Q.

Friedman (1937) on mid-ranks with the tie correction; W = Q / (n (m - 1)) (Kendall and Babington Smith 1939); Cochran
(1950) is Friedman's statistic on 0/1 answers. Small samples get a permutation p-value. All refuse weights, strata and
clusters: equal scores are then tested by the design-based Wald statistic of `equal_scores`.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
from scipy import linalg, stats

from analysis.design import Sample
from analysis.estimate import Estimate, Test
from survey.answers import Answers, Rankings, Ratings
from survey.language import _

SMALL = 200  # cells (respondents x items) up to which p is by permutation
PERMUTATIONS = 20_000


def friedman(scores: np.ndarray, *, seed: int = 1) -> tuple[Test, float]:
    """Friedman's test and Kendall's W of complete rows.

    Parameters
    ----------
    scores : (n, m) array
        Complete scores or ranks; only their order within a row counts.

    Returns
    -------
    The test (chi-square with m - 1 degrees of freedom, or by permutation for small samples) and Kendall's W in 0..1;
    NaN for both when every row is wholly tied.
    """
    ranks = stats.rankdata(scores, axis=1)
    q, w = _friedman_statistic(ranks)
    m = scores.shape[1]
    p = float(stats.chi2.sf(q, m - 1))
    note = _("chi-square approximation")
    if scores.size <= SMALL and np.isfinite(q):
        p, note = _permutation(ranks, q, seed), _("by {n} permutations within respondents").format(n=PERMUTATIONS)
    return Test("Friedman", _("all obstacles have the same distribution of ranks"), q, (m - 1.0,), p, note), w


def _friedman_statistic(ranks: np.ndarray) -> tuple[float, float]:
    n, m = ranks.shape
    spread = ((ranks - (m + 1) / 2) ** 2).sum()
    if spread == 0:
        return float("nan"), float("nan")
    q = float((m - 1) * ((ranks.sum(axis=0) - n * (m + 1) / 2) ** 2).sum() / spread)
    return q, q / (n * (m - 1))


def _permutation(ranks: np.ndarray, q: float, seed: int) -> float:
    """Share of permutations within rows whose statistic reaches q; all of them when they are few."""
    n, m = ranks.shape
    centre, spread = n * (m + 1) / 2, ((ranks - (m + 1) / 2) ** 2).sum()
    orders = np.array(list(permutations(range(m)))) if m <= 4 else np.zeros((0, m), int)
    if 0 < len(orders) ** n <= PERMUTATIONS:
        sums = np.zeros((1, m))
        for row in ranks:
            sums = (sums[:, None, :] + row[orders][None, :, :]).reshape(-1, m)
        statistic = (m - 1) * ((sums - centre) ** 2).sum(axis=1) / spread
        return float((statistic >= q - 1e-9).mean())
    rng = np.random.default_rng(seed)
    reached = 1
    for _draw in range(0, PERMUTATIONS, 1_000):
        shuffled = rng.permuted(np.broadcast_to(ranks, (1_000, n, m)), axis=2).sum(axis=1)
        reached += int(((m - 1) * ((shuffled - centre) ** 2).sum(axis=1) / spread >= q - 1e-9).sum())
    return reached / (PERMUTATIONS + 1)


def cochran(marked: np.ndarray, *, seed: int = 1) -> Test:
    """Cochran's Q of complete 0/1 answers (n, m)."""
    test, _w = friedman(marked, seed=seed)
    hypothesis = _("all obstacles are chosen by the same share")
    return Test("Cochran's Q", hypothesis, test.statistic, test.df, test.p, test.note)


def agreement(answers: Answers, sample: Sample, *, seed: int = 1) -> tuple[Test, ...]:
    """Friedman with Kendall's W, or Cochran's Q, where they apply to the answers; nothing under weights or a design."""
    if not sample.simple or sample.n < 2:
        return ()
    if isinstance(answers, Rankings) and answers.selection:
        return (cochran(answers.ranks > 0, seed=seed),) if answers.offered.all() else ()
    if isinstance(answers, Rankings):
        whole = answers.offered.all() and (answers.ranks > 0).all()
        return _with_w(answers.ranks, sample.n, seed) if whole else ()
    if isinstance(answers, Ratings):
        complete = answers.scores[~np.isnan(answers.scores).any(axis=1)]
        return _with_w(-complete, sample.n, seed) if len(complete) > 1 else ()
    return ()


def _with_w(scores: np.ndarray, asked: int, seed: int) -> tuple[Test, ...]:
    test, w = friedman(scores, seed=seed)
    n = len(scores)
    base = _("{n} complete answers of {asked}").format(n=n, asked=asked)
    kendall = Test("Kendall's W", test.hypothesis, w, test.df, test.p, base)
    return (Test(test.name, test.hypothesis, test.statistic, test.df, test.p, f"{base}; {test.note}"), kendall)


def equal_scores(estimate: Estimate) -> Test | None:
    """Wald test that all items have the same score, F = W (v - q + 1) / (v q) on (q, v - q + 1) df (Korn and Graubard).

    None where the estimate has no error, where the design has fewer degrees of freedom than comparisons, or where
    some difference has no variance.
    """
    known = ~np.isnan(estimate.value)
    q = int(known.sum()) - 1
    if estimate.covariance is None or q < 1 or estimate.df < q or estimate.covariance_kind == "at most":
        return None
    value, covariance = estimate.value[known], estimate.covariance[np.ix_(known, known)]
    contrast = np.eye(q + 1)[:-1] - np.eye(q + 1)[-1]
    spread = contrast @ covariance @ contrast.T
    scale = np.sqrt(np.diag(spread))
    if (scale == 0).any() or np.linalg.cond(spread / np.outer(scale, scale)) > 1e12:
        return None
    difference = contrast @ value
    wald = float(difference @ linalg.solve(spread, difference, assume_a="pos"))
    v = estimate.df
    hypothesis = _("all obstacles have the same score")
    if not np.isfinite(v):
        return Test("Wald", hypothesis, wald, (float(q),), float(stats.chi2.sf(wald, q)))
    f = wald * (v - q + 1) / (v * q)
    return Test("Wald (F)", hypothesis, f, (float(q), v - q + 1), float(stats.f.sf(f, q, v - q + 1)))
