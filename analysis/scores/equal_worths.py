"""Are all worths equal? The likelihood ratio; of small samples the score test with permutations within respondents.

If worths are equal, every order of what a respondent was offered is as likely as every other one, so that the score of
equal worths (of full rankings those of Savage 1956, Annals of Mathematical Statistics 27: 590) may be shuffled among
these items: exact, where the likelihood ratio of five full rankings of six items rejects in 10 to 16 % at 5 %.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.inference.worth_answers import WorthAnswers
from obstacles.analysis.prepare import Prepared, one_each
from obstacles.survey.answers import BestWorst, Rankings
from obstacles.text.language import _

SMALL = 200  # cells (respondents x items) up to which signs of chance are looked for by permutation
PERMUTATIONS, AT_ONCE = 9_999, 500


def equal_worths(
    prepared: Prepared, told: WorthAnswers | None, *, fitted: float, null: float, pseudo: float, seed: int = 1
) -> tuple[Test, ...]:
    """The test of equal worths.

    Only where twice the difference of log-likelihoods is chi-square: equal weights, no strata, clusters or replicates,
    one answer a respondent, no penalty.

    Parameters
    ----------
    told : WorthAnswers, optional
        What the respondents told; looked at where they are few.
    fitted, null : float
        Log-likelihoods as fitted, and of equal worths.
    """
    answers = prepared.answers
    assert isinstance(answers, Rankings | BestWorst)
    if not prepared.sample.simple or pseudo or not one_each(answers.respondent):
        return ()
    m, hypothesis = len(answers.items), _("all items have the same worth")
    few = len(answers.respondent) * m <= SMALL and bool((answers.answer_counts == 1).all())
    if told is not None and few and len(told.theta) == m:
        offered = np.zeros((prepared.sample.n, m), bool)
        offered[answers.respondent] = answers.offered if isinstance(answers, Rankings) else answers.shown
        statistic, p = permuted_scores(told.told.residuals(np.zeros(m)), offered, seed=seed)
        note = _("by {n} permutations within respondents").format(n=PERMUTATIONS)
        return (Test("score", hypothesis, statistic, (m - 1.0,), p, note),)
    ratio, df = 2 * (fitted - null), m - 1.0
    return (Test("likelihood ratio", hypothesis, ratio, (df,), float(special.chdtrc(df, ratio))),)


def permuted_scores(score: np.ndarray, offered: np.ndarray, *, seed: int) -> tuple[float, float]:
    """The score statistic of equal worths and the share of permutations that reach it.

    Parameters
    ----------
    score : (n, m) array
        Of each respondent; 0 for what was not offered.
    offered : (n, m) bool array
    """
    score, offered = score[offered.sum(axis=1) > 1], offered[offered.sum(axis=1) > 1]
    size = offered.sum(axis=1)
    spread = (score**2).sum(axis=1) / (size - 1)
    own = offered.T.astype(float)
    covariance = np.diag(own @ spread) - (own * (spread / size)) @ own.T
    metric = np.linalg.pinv(covariance, hermitian=True)
    total = score.sum(axis=0)
    statistic = float(total @ metric @ total)
    first = np.argsort(~offered, axis=1, kind="stable")  # the places of what was offered, then the others
    values = np.take_along_axis(score, first, axis=1)
    padding = 2.0 * (np.arange(score.shape[1]) >= size[:, None])
    rng, reached = np.random.default_rng(seed), 1
    for start in range(0, PERMUTATIONS, AT_ONCE):
        draws = min(AT_ONCE, PERMUTATIONS - start)
        keys = rng.random((draws, *score.shape)) + padding
        shuffled = np.take_along_axis(np.broadcast_to(values, keys.shape), keys.argsort(axis=2), axis=2)
        placed = np.zeros(keys.shape)
        np.put_along_axis(placed, np.broadcast_to(first, keys.shape), shuffled, axis=2)
        sums = placed.sum(axis=1)
        reached += int((np.einsum("di,ij,dj->d", sums, metric, sums) >= statistic - 1e-9).sum())
    return statistic, reached / (PERMUTATIONS + 1)
