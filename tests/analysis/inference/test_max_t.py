"""Critical values found by looking at few draws are those of all draws."""

import numpy as np
import pytest

from obstacles.analysis.inference.max_t import draw_scores, step_down


def covariance_of(rng, m, spread):
    root = rng.normal(size=(m, m)) * rng.uniform(1 - spread, 1 + spread, m)[:, None]
    return root @ root.T / m


def brute(drawn, left, level):
    """The quantile with every draw and every pair, in double precision."""
    largest = np.full(drawn.score.shape[1], -np.inf)
    for j, k in np.argwhere(left):
        if drawn.error[j, k] > 0:
            largest = np.maximum(largest, (drawn.score[j] - drawn.score[k]) / drawn.error[j, k])
    return np.quantile(largest, level)


@pytest.mark.parametrize("spread", [0.0, 0.9])
@pytest.mark.parametrize("m", [2, 3, 12, 30])
def test_quantile_is_that_of_all_draws_and_pairs(m, spread):
    rng = np.random.default_rng(m)
    drawn = draw_scores(covariance_of(rng, m, spread), draws=4_000, df=25, seed=3)
    everything = ~np.eye(m, dtype=bool)
    families = [everything, everything & (rng.random((m, m)) < 0.4), np.triu(everything)]
    for item in range(0, m, 5):
        hub = np.zeros((m, m), bool)
        hub[item] = hub[:, item] = True
        families.append(hub & everything)
    looked = 0
    for family in families:
        if family.any():
            for level in (0.9, 0.95, 0.975):
                looked += 1
                found, bound = drawn.quantile(family, level)
                assert found == pytest.approx(brute(drawn, family, level), rel=1e-5)
                smaller = family & (rng.random((m, m)) < 0.6)
                if smaller.any():
                    again, _bound = drawn.quantile(smaller, level, bound)
                    assert again == pytest.approx(brute(drawn, smaller, level), rel=1e-5)
    assert looked > 3


def test_steps_drop_the_rejected_pairs_and_only_those():
    """One pair is rejected at once; the critical value of the rest is lower and rejects the next."""
    rng = np.random.default_rng(0)
    m = 5
    drawn = draw_scores(np.eye(m), draws=20_000, df=np.inf, seed=1)
    family = ~np.eye(m, dtype=bool)
    first = drawn.quantile(family, 0.95)[0]
    ratios = np.zeros((m, m))
    ratios[0, 1] = first + 1
    left = family.copy()
    left[0, 1] = False
    second = drawn.quantile(left, 0.95)[0]
    assert second < first
    ratios[2, 3] = (first + second) / 2
    assert np.argwhere(step_down(ratios, drawn, family, 0.95)).tolist() == [[0, 1], [2, 3]]
    assert np.argwhere(step_down(ratios, drawn, family, 0.95, again=False)).tolist() == [[0, 1]]
    assert not step_down(rng.uniform(0, 1, (m, m)), drawn, family, 0.95).any()


def test_draws_have_the_covariance_and_the_tails_of_t():
    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    normal, heavy = (draw_scores(covariance, draws=200_000, df=df, seed=5).score for df in (np.inf, 5))
    assert np.cov(normal) == pytest.approx(covariance, rel=0.03)
    assert np.cov(heavy) == pytest.approx(covariance * 5 / 3, rel=0.06)
    again = draw_scores(covariance, draws=200_000, df=5, seed=5).score
    assert np.array_equal(again, heavy)
