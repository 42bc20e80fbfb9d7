"""Do respondents agree? Friedman's test with Kendall's W, and Cochran's Q.

Friedman (1937) on mid-ranks with the tie correction; W = Q / (n (m - 1)) (Kendall and Babington Smith 1939); Cochran
(1950) is Friedman's statistic on 0/1 answers; Skillings and Mack (1981) where not every item was offered to everybody.
Small samples get a permutation p-value. All refuse weights, strata and clusters: equal scores are then tested by the
design-based Wald statistic of `equal_scores`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
from scipy import linalg

from obstacles.analysis.choice.choice_sets import has_ties
from obstacles.analysis.inference.distributions import chi2_sf, f_sf
from obstacles.analysis.inference.estimate import Estimate, Test
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.inference.wald import hotelling
from obstacles.survey.answers import Answers, Rankings, Ratings
from obstacles.text.language import _, semicolons

SMALL = 200  # cells (respondents x items) up to which p is by permutation
PERMUTATIONS = 20_000

NO_VARIANCE = 1e-14  # of the largest variance: what rounding leaves, on either side of 0, where two items never differ


def friedman(scores: np.ndarray, *, count: np.ndarray | None = None, seed: int = 1) -> tuple[Test, float]:
    """Friedman's test and Kendall's W of complete rows.

    Parameters
    ----------
    scores : (n, m) array
        Complete scores or ranks; only their order within a row counts.
    count : (n,) array, optional
        How many respondents gave each row.

    Returns
    -------
    The test (chi-square with m - 1 degrees of freedom, or by permutation for small samples) and Kendall's W in 0..1;
    NaN for both when every row is wholly tied.
    """
    return _friedman(_mid_ranks(scores), np.ones(len(scores)) if count is None else count, seed)


def _friedman(ranks: np.ndarray, count: np.ndarray, seed: int) -> tuple[Test, float]:
    """Friedman's test and W of (n, m) mid-ranks."""
    m, n = ranks.shape[1], float(count.sum())
    spread = float(count @ ((ranks - (m + 1) / 2) ** 2).sum(axis=1)) if _tied(ranks) else n * m * (m**2 - 1) / 12
    q = w = float("nan")
    if spread > 0:
        q = float((m - 1) * ((count @ ranks - n * (m + 1) / 2) ** 2).sum() / spread)
        w = q / (n * (m - 1))
    p, note = float(chi2_sf(q, m - 1)), _("chi-square approximation")
    if n * m <= SMALL and np.isfinite(q):
        whole = np.repeat(ranks, count.astype(int), axis=0)
        p, note = _permutation(whole, q, seed), _("by {n} permutations within respondents").format(n=PERMUTATIONS)
    return Test("Friedman", _("all items have the same distribution of ranks"), q, (m - 1.0,), p, note), w


def _tied(ranks: np.ndarray) -> bool:
    """Whether mid-ranks are other than permutations of 1..m."""
    return not np.issubdtype(ranks.dtype, np.integer)


def iman_davenport(q: float, n: float, m: int) -> Test:
    """Friedman's statistic as F (Iman and Davenport 1980), which keeps its level better in small samples."""
    f = (n - 1) * q / (n * (m - 1) - q) if n * (m - 1) > q else float("inf")
    df = (m - 1.0, (n - 1.0) * (m - 1))
    hypothesis = _("all items have the same distribution of ranks")
    return Test("Iman-Davenport F", hypothesis, f, df, float(f_sf(f, *df)))


def skillings_mack(scores: np.ndarray, *, count: np.ndarray | None = None) -> Test:
    """Friedman's test of incomplete rows (Skillings and Mack 1981); Durbin's where the design is balanced.

    Parameters
    ----------
    scores : (n, m) array
        NaN where an item was not part of the row; missing by design, not by the answer.
    count : (n,) array, optional
        How many respondents gave each row.
    """
    several = np.count_nonzero(~np.isnan(scores), axis=1) > 1
    count = np.ones(several.sum()) if count is None else count[several]
    scores = scores[several]
    there = ~np.isnan(scores)
    size = there.sum(axis=1)
    ranks = _mid_ranks(scores, nan_policy="omit")
    centred = np.where(there, ranks - ((size + 1) / 2)[:, None], 0.0)
    adjusted = (count * np.sqrt(12 / (size + 1))) @ centred
    rate = count * 12 / (size + 1) * (centred**2).sum(axis=1) / ((size - 1) * size)
    covariance = -(there * rate[:, None]).T @ there
    np.fill_diagonal(covariance, 0)
    np.fill_diagonal(covariance, -covariance.sum(axis=1))
    found = float(adjusted @ np.linalg.pinv(covariance, hermitian=True) @ adjusted)
    df = float(np.linalg.matrix_rank(covariance, hermitian=True))
    hypothesis = _("all items have the same distribution of ranks")
    return Test("Skillings-Mack", hypothesis, found, (df,), float(chi2_sf(found, df)), _("incomplete rows"))


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


def cochran(marked: np.ndarray, *, count: np.ndarray | None = None, seed: int = 1) -> Test:
    """Cochran's Q of complete 0/1 answers (n, m)."""
    test, _w = friedman(marked, count=count, seed=seed)
    hypothesis = _("all items are chosen by the same share")
    return Test("Cochran's Q", hypothesis, test.statistic, test.df, test.p, test.note)


def agreement(answers: Answers, sample: SurveyDesign, *, seed: int = 1) -> tuple[Test, ...]:
    """Friedman with Kendall's W, or Cochran's Q, where they apply to the answers.

    Nothing under weights or a design, and nothing where a respondent answered several times.
    """
    if not sample.simple or sample.people < 2:
        return ()
    if isinstance(answers, Ratings):
        complete = answers.scores[~np.isnan(answers.scores).any(axis=1)]
        ranks = _mid_ranks(-complete)
        return _with_w(ranks, np.ones(len(complete)), sample.people, seed) if len(complete) > 1 else ()
    if not isinstance(answers, Rankings) or (sample.row_counts is None and len(answers.ranks) != sample.n):
        return ()
    ranked, offered = answers.ranks > 0, answers.offered
    if answers.selection:
        return (cochran(ranked, count=answers.answer_counts, seed=seed),) if offered.all() else ()
    if not ranked.all():
        told = ranked.any(axis=1)
        by_design = np.array_equal(ranked[told], offered[told]) and len(answers.items) > 2
        if not by_design or not told.any():
            return ()
        return (skillings_mack(np.where(ranked, answers.ranks, np.nan), count=answers.answer_counts),)
    whole = not has_ties(answers.ranks) and answers.ranks.max() == answers.ranks.shape[1]
    ranks = answers.ranks if whole else _mid_ranks(answers.ranks)
    return _with_w(ranks, answers.answer_counts, sample.people, seed)


def _with_w(ranks: np.ndarray, count: np.ndarray, asked: int, seed: int) -> tuple[Test, ...]:
    test, w = _friedman(ranks, count, seed)
    n, m = count.sum(), ranks.shape[1]
    base = _("{n} complete answers of {asked}").format(n=round(n), asked=asked)
    kendall = Test("Kendall's W", test.hypothesis, w, test.df, test.p, base)
    first = Test(test.name, test.hypothesis, test.statistic, test.df, test.p, semicolons([base, test.note]))
    if not np.isfinite(test.statistic):
        return (first, kendall)
    f = iman_davenport(test.statistic, n, m)
    p = test.p if n * m <= SMALL else f.p  # it grows with Friedman's statistic: permutations put both in one order
    return (first, kendall, replace(f, p=p, note=first.note if n * m <= SMALL else base))


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
    variance = np.diag(spread)
    if not np.isfinite(variance).all() or (variance <= NO_VARIANCE * np.diag(covariance).max()).any():
        return None
    scale = np.sqrt(variance)
    if np.linalg.cond(spread / np.outer(scale, scale)) > 1e12:
        return None
    difference = contrast @ value
    wald = float(difference @ linalg.solve(spread, difference, assume_a="pos")) / estimate.inflation
    name = "Wald (F)" if np.isfinite(estimate.df) else "Wald"
    return hotelling(name, _("all items have the same score"), wald, q, estimate.df)


def _mid_ranks(values: np.ndarray, **how: Any) -> np.ndarray:
    """(n, m) ranks of the values of each row, ties at their mean."""
    from scipy import stats

    return np.asarray(stats.rankdata(values, axis=1, **how))
