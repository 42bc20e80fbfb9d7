"""The frame of the benchmarks: agreement first, then times in turn, and one record per case."""

import numpy as np
import pytest

measure_module = pytest.importorskip("benchmarks.measure")
simulate = pytest.importorskip("benchmarks.simulate")


@pytest.mark.slow
def test_a_case_becomes_a_record_with_the_median_ratio():
    case = measure_module.Case(
        "sum", 3, lambda: sum(range(3)), "numpy", lambda: np.arange(3).sum(), lambda a, b: abs(a - b), runs=3
    )
    found = measure_module.measure(case)
    assert set(found) >= {"name", "n", "ours_s", "peer", "peer_s", "ratio", "agreement", "peak_mib"}
    assert found["agreement"] == 0
    assert found["ratio"] > 0


def test_numbers_that_disagree_are_not_timed():
    case = measure_module.Case("sum", 3, lambda: 1.0, "wrong", lambda: 2.0, lambda a, b: abs(a - b))
    with pytest.raises(measure_module.DisagreementError, match=r"sum, n = 3: 1\.00e"):
        measure_module.measure(case)


def test_without_a_peer_there_is_no_ratio_and_a_peer_may_stand_for_many_runs():
    alone = measure_module.measure(measure_module.Case("nothing", 1, lambda: None, runs=1))
    assert (alone["peer"], alone["ratio"]) == (None, None)
    many = measure_module.Case("one", 1, lambda: None, "peer", lambda: 0.5, runs=1, peer_seconds=float, times_peer=10)
    assert measure_module.measure(many)["peer_s"] == 5.0


@pytest.mark.parametrize("scenario", simulate.SCENARIOS, ids=lambda s: f"{s.model}-{s.name}")
def test_simulated_surveys_are_ranked_near_their_truth(scenario):
    from obstacles.analysis.ranking.rank import fitted

    pattern = simulate.PATTERNS["separated"]
    study = scenario.make(np.random.default_rng(1), 3_000, pattern)
    value = fitted(study, model=scenario.model, **dict(scenario.options))[1].estimate.value
    assert np.argsort(-value).tolist() == list(range(6))
    if scenario.known:
        assert value == pytest.approx(pattern, abs=0.25)
