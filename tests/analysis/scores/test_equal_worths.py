"""The test of equal worths of few respondents: exact under permutations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from obstacles.analysis.scores import equal_worths


def _scores(rng, n, offered, places):
    """Scores of equal worths of random rankings of what was offered, `places` deep."""
    score = np.zeros(offered.shape)
    for i in range(n):
        left = rng.permutation(np.flatnonzero(offered[i]))
        for _place in range(min(places, len(left) - 1)):
            score[i, left] -= 1 / len(left)
            score[i, left[0]] += 1
            left = left[1:]
    return score


@pytest.mark.parametrize(("n", "places", "all_offered"), [(5, 6, True), (12, 3, True), (8, 6, False), (20, 1, True)])
def test_permutations_reject_what_they_should(monkeypatch, n, places, all_offered):
    monkeypatch.setattr(equal_worths, "PERMUTATIONS", 99)
    rng, p = np.random.default_rng(3), []
    for run in range(400):
        offered = np.ones((n, 6), bool) if all_offered else rng.random((n, 6)).argsort(axis=1) < 4
        p.append(equal_worths.permuted_scores(_scores(rng, n, offered, places), offered, seed=run)[1])
    rate = np.mean(np.array(p) <= 0.05)
    assert rate <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)
    assert places == 1 or rate >= 0.02
    assert stats.kstest(np.array(p), "uniform").statistic < 0.15 or places == 1


def test_single_choices_give_pearsons_statistic():
    chosen = np.repeat(np.arange(4), [7, 5, 2, 1])
    score = np.eye(4)[chosen] - 0.25
    statistic, p = equal_worths.permuted_scores(score, np.ones(score.shape, bool), seed=1)
    pearson = stats.chisquare([7, 5, 2, 1])
    assert statistic == pytest.approx(pearson.statistic)
    assert p == pytest.approx(pearson.pvalue, abs=0.02)


def test_nothing_offered_to_somebody_adds_nothing():
    rng = np.random.default_rng(1)
    offered = np.ones((9, 4), bool)
    score = _scores(rng, 9, offered, 4)
    more = np.vstack([score, np.zeros((2, 4))])
    seen = np.vstack([offered, [[True, False, False, False], [False] * 4]])
    assert (
        equal_worths.permuted_scores(more, seen, seed=1)[0] == equal_worths.permuted_scores(score, offered, seed=1)[0]
    )


@pytest.mark.parametrize(("n", "name"), [(30, "score"), (40, "likelihood ratio")])
def test_few_respondents_are_permuted(n, name):
    from obstacles.analysis.ranking.rank import rank

    simulate = pytest.importorskip("benchmarks.simulate")
    study = simulate.full(np.random.default_rng(2), n, simulate.PATTERNS["separated"])
    tests = {test.name: test for test in rank(study, draws=100, frequencies=False).tests}
    assert tests[name].p < 0.001
    assert not {"score", "likelihood ratio"} - {name} & set(tests)
    again = {test.name: test for test in rank(study, draws=100, frequencies=False).tests}
    assert again[name] == tests[name]
