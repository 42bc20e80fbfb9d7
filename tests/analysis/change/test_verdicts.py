"""Verdicts on single items: intervals, corrections, equivalence, and shares near 0 and 1."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from obstacles.analysis.change.compare import compare
from obstacles.analysis.change.result import Change


@pytest.fixture(scope="module")
def selected(build: Any, wave: Any, waves: Any) -> Any:
    """Two waves of selections in which so many of n marked each item."""

    def make(first: Any, n1: int, second: Any, n2: int, **comparison: Any) -> Change:
        made = []
        for counts, n in ((first, n1), (second, n2)):
            marks = np.column_stack([np.arange(n) < count for count in counts]).astype(int)
            for column in range(marks.shape[1]):
                marks[:, column] = np.roll(marks[:, column], 7 * column)
            made.append(wave(build.rankings(marks, selection=True)))
        return compare(waves(made, comparison=comparison))

    return make


def test_the_interval_of_a_share_is_that_of_agresti_and_caffo(selected: Any) -> None:
    change = selected([30, 12, 5, 50], 100, [60, 30, 20, 90], 200).main.level
    n, x = np.array([[100], [200]]), np.array([[30, 12, 5, 50], [60, 30, 20, 90]])
    # The design's variance is p (1 - p) / (n - 1), so the effective number of answers is n - 1.
    p = ((n - 1) * x / n + 1) / (n + 1)
    error = np.sqrt((p * (1 - p) / (n + 1)).sum(axis=0))
    np.testing.assert_allclose(change.error, error, rtol=1e-12)
    np.testing.assert_allclose(change.centre, p[1] - p[0], rtol=1e-12)
    np.testing.assert_allclose(change.difference, x[1] / 200 - x[0] / 100, rtol=1e-12)
    half = stats.t.ppf(0.975, change.df) * error
    np.testing.assert_allclose(change.high - change.low, 2 * half, rtol=1e-12)
    np.testing.assert_allclose(change.p, 2 * stats.t.sf(np.abs(p[1] - p[0]) / error, change.df), rtol=1e-9)


def test_the_record_names_the_change_that_its_error_and_p_belong_to(selected: Any) -> None:
    looked = 0
    for item in selected([30, 12, 5, 0], 100, [60, 30, 20, 0], 200).to_dict()["pairs"][0]["items"]:
        change, error, df = (item[name] for name in ("change_tested", "standard_error", "df"))
        assert item["p"] == pytest.approx(2 * stats.t.sf(abs(change / error), df))
        assert item["interval"] == pytest.approx([change + sign * stats.t.ppf(0.975, df) * error for sign in (-1, 1)])
        looked += 1
    assert looked == 4


def test_all_alike_on_both_sides_is_no_certainty(build: Any, wave: Any, waves: Any) -> None:
    """Seven who all give 2 points of 6, and seven who all give 4, say no more than that nobody said otherwise."""
    points = [build.ratings(np.full((7, 2), value)) for value in (2, 4)]
    change = compare(waves([wave(replace(side, total=6.0)) for side in points])).main.level
    assert change is not None
    assert (change.high > change.low).all()
    assert (change.p > 0.05).all()
    assert set(change.verdict) == {"not enough data"}


@pytest.mark.parametrize(("name", "method"), [("holm", "holm"), ("bh", "fdr_bh")])
def test_p_values_are_corrected_over_the_items(selected: Any, name: str, method: str) -> None:
    change = selected([30, 12, 5, 50], 100, [60, 40, 20, 140], 200, correction=name).main.level
    np.testing.assert_allclose(change.p_adjusted, multipletests(change.p, method=method)[1], rtol=1e-12)
    assert list(change.verdict) == [
        "not enough data" if p > 0.05 else "up" if d > 0 else "down"
        for p, d in zip(change.p_adjusted, change.difference, strict=True)
    ]
    assert "up" in change.verdict


def test_every_verdict_has_its_place(selected: Any) -> None:
    n = 20_000
    change = selected(
        [4000, 8000, 9000, 6000], n, [6000, 7000, 9300, 6000], n, smallest_change_of_interest=4
    ).main.level
    assert change.verdict == ("up", "down", "changed, but less than x", "about the same")
    assert change.all_within is False
    assert change.rules.smallest == 0.04


def test_all_within_needs_every_item(selected: Any) -> None:
    n = 20_000
    change = selected([4000, 8000, 9000], n, [4100, 8100, 9300], n, smallest_change_of_interest=4).main.level
    assert change.all_within is True
    assert set(change.verdict) <= {"about the same", "changed, but less than x"}


def test_about_the_same_is_impossible_at_325_and_five_points(selected: Any) -> None:
    """Half of the 90 % interval is more than five points whatever the shares' difference."""
    change = selected([98, 130, 160], 325, [98, 130, 160], 325, smallest_change_of_interest=5).main.level
    assert set(change.verdict) == {"not enough data"}
    assert (change.detectable > 0.05).all()
    np.testing.assert_allclose(change.detectable, stats.t.ppf(0.95, change.df) * change.error, rtol=1e-12)


def test_without_x_nothing_is_about_the_same(selected: Any) -> None:
    change = selected([4000, 8000], 20_000, [4000, 8000], 20_000).main.level
    assert set(change.verdict) == {"not enough data"}
    assert change.all_within is None


@pytest.mark.parametrize(
    ("first", "second"), [([0, 5], [0, 5]), ([0, 5], [1, 5]), ([20, 5], [20, 5]), ([0, 20], [3, 17])]
)
def test_nobody_and_everybody_keep_an_error(selected: Any, first: list[int], second: list[int]) -> None:
    change = selected(first, 20, second, 20, smallest_change_of_interest=5).main.level
    assert (change.error > 0).all()
    assert set(change.verdict) == {"not enough data"}
    assert (np.abs(change.low) <= 1).all()


def test_identical_ratings_on_one_side_prove_nothing(build: Any, wave: Any, waves: Any) -> None:
    """Thirteen people who all say the same are no certainty."""
    rng = np.random.default_rng(1)
    first, second = rng.choice([3, 4, 5], (24, 3), p=[0.1, 0.2, 0.7]), np.full((13, 3), 5)
    change = compare(waves([wave(build.ratings(first)), wave(build.ratings(second))])).main.level
    assert change is not None
    plain = first.std(axis=0, ddof=1) / np.sqrt(24)
    assert (change.error > 1.3 * plain).all()


def test_ratings_have_half_an_answer_more_at_either_end(build: Any, wave: Any, waves: Any) -> None:
    rng = np.random.default_rng(2)
    scores = [rng.integers(1, 6, (n, 3)).astype(float) for n in (40, 60)]
    change = compare(waves([wave(build.ratings(one)) for one in scores])).main.level
    assert change is not None
    centre, variance = [], np.zeros(3)
    for one in scores:
        n, mean, spread = len(one) - 1, one.mean(axis=0), one.var(axis=0)
        moved = (n * mean + 0.5 * (1 + 5)) / (n + 1)
        centre.append(moved)
        variance += (n * (spread + (mean - moved) ** 2) + 0.5 * ((1 - moved) ** 2 + (5 - moved) ** 2)) / (n + 1) ** 2
    np.testing.assert_allclose(change.centre, centre[1] - centre[0], rtol=1e-10)
    np.testing.assert_allclose(change.error, np.sqrt(variance), rtol=1e-10)


def test_a_published_table_with_n_has_verdicts_but_no_test_of_the_list(build: Any, wave: Any, waves: Any) -> None:
    made = [wave(build.published(share, 1000)) for share in ([0.7, 0.5, 0.4], [0.6, 0.5, 0.41])]
    main = compare(waves(made)).main
    assert main.level is not None
    assert main.level.verdict == ("down", "not enough data", "not enough data")
    assert main.homogeneity is None
    assert main.ranks.first.sets is not None


def test_a_published_table_without_n_has_an_order_alone(build: Any, wave: Any, waves: Any) -> None:

    change = compare(waves([wave(build.published(share)) for share in ([0.7, 0.5, 0.4], [0.4, 0.5, 0.6])]))
    assert change.headline.kind == "descriptive"
    assert not change.main.compared
    assert change.main.ranks.first.sets is None
    assert change.main.agreement.low is None
    assert change.main.agreement.sample.tau == -1


def test_the_tau_of_the_true_orders_lies_in_its_interval(build: Any, draw: Any, wave: Any, waves: Any) -> None:
    t = np.array([1.0, 0.5, 0, -0.5, -1.0])
    rng, inside = np.random.default_rng(5), 0
    true = stats.kendalltau(t, t[[1, 0, 2, 3, 4]]).statistic
    for _run in range(20):
        made = [wave(build.rankings(draw(rng, 150, worth))) for worth in (t, t[[1, 0, 2, 3, 4]])]
        found = compare(waves(made), draws=2000).main.agreement
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= true <= found.high
    assert inside >= 18
