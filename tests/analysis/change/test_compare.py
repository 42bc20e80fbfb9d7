"""Comparing waves and groups: what must hold whatever the data."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pytest

from obstacles.analysis.change.compare import compare
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.subpopulation import ComparisonError

X = {"smallest_change_of_interest": 10.0}


@pytest.fixture(scope="module")
def top_three(build: Any, draw: Any) -> Any:
    """Top three of six, n people, log-worths from 1 to -1 times a factor."""

    def make(n: int, *, seed: int, factor: float = 1.0, tilt: Any = 0.0) -> Any:
        ranks = draw(np.random.default_rng(seed), n, factor * np.linspace(1, -1, 6) + tilt)
        return build.rankings(np.where(ranks <= 3, ranks, 0))

    return make


@pytest.fixture(scope="module")
def moved(top_three: Any, wave: Any, waves: Any) -> Any:
    """The first item falls and the last one rises."""
    tilt = np.array([-1.2, 0, 0, 0, 0, 1.2])
    asked = {"k": 3, "blank": "below"}
    return waves(
        [
            wave(top_three(400, seed=1), question=asked, groups={"g": np.tile(["a", "b"], 200)}),
            wave(top_three(300, seed=2, tilt=tilt), question=asked, groups={"g": np.tile(["a", "b"], 150)}),
        ],
        comparison=X,
    )


def test_what_moved_is_named(moved: Any) -> None:
    change = compare(moved)
    found = change.headline
    assert found.kind == "changed"
    assert found.up == (5,)
    assert found.down == (0,)
    assert found.whole
    assert change.main.level is not None
    assert change.main.level.measure == "top-3 share"
    assert set(found.ranks) >= {0, 5}


def test_swapping_the_waves_flips_the_signs_exactly(moved: Any) -> None:
    one, other = compare(moved, waves=("w1", "w2")).main, compare(moved, waves=("w2", "w1")).main
    for there, back in ((one.level, other.level), (one.worth, other.worth)):
        assert there is not None
        assert back is not None
        np.testing.assert_array_equal(there.difference, -back.difference)
        np.testing.assert_array_equal(there.centre, -back.centre)
        np.testing.assert_array_equal(there.error, back.error)
        np.testing.assert_array_equal(there.p_adjusted, back.p_adjusted)
        np.testing.assert_array_equal(there.low, -back.high)
        turned = {"up": "down", "down": "up"}
        assert [turned.get(verdict, verdict) for verdict in there.verdict] == list(back.verdict)
    np.testing.assert_array_equal(one.ranks.low, -other.ranks.high)
    np.testing.assert_array_equal(one.ranks.certain, other.ranks.certain)
    assert one.homogeneity is not None
    assert other.homogeneity is not None
    assert one.homogeneity.statistic == pytest.approx(other.homogeneity.statistic, rel=1e-9)
    assert one.scale is not None
    assert other.scale is not None
    assert one.scale.factor == pytest.approx(1 / other.scale.factor, rel=1e-4)
    assert one.agreement.sample.tau == other.agreement.sample.tau


@pytest.mark.parametrize("silent", [0, 1], ids=["in the first wave", "in the second wave"])
@pytest.mark.parametrize("answered", [0, 1], ids=["by nobody", "by one"])
def test_an_item_that_one_wave_does_not_know_is_not_compared(
    build: Any, wave: Any, waves: Any, silent: int, answered: int
) -> None:
    """It was asked in both; its level stands where it is known, and there is no change without two levels."""
    rng = np.random.default_rng(4)
    scores = [rng.integers(1, 6, (80, 4)).astype(float) for _wave in range(2)]
    scores[silent][answered:, 2] = np.nan
    level = compare(waves([wave(build.ratings(each)) for each in scores], comparison={})).main.level
    assert level is not None
    assert level.compared.tolist() == [True, True, False, True]
    assert level.verdict[2] == "not compared"
    assert np.isnan([level.p[2], level.p_adjusted[2], level.error[2], level.low[2], level.high[2]]).all()
    assert np.isfinite(level.p_adjusted[level.compared]).all()
    assert np.isfinite([level.first[2], level.second[2]]).tolist() == [
        silent == 1 or answered == 1,
        silent == 0 or answered == 1,
    ]


def test_an_item_that_one_of_three_waves_does_not_know_is_not_in_their_tests(build: Any, wave: Any, waves: Any) -> None:
    rng = np.random.default_rng(4)
    scores = [rng.integers(1, 6, (80, 4)).astype(float) for _wave in range(3)]
    without = [build.ratings(each[:, :3]) for each in scores]
    scores[1][:, 3] = np.nan
    asked = [build.ratings(each) for each in scores]
    known, fewer = (compare(waves([wave(each) for each in answers], comparison={})) for answers in (asked, without))
    assert known.homogeneity is not None
    assert fewer.homogeneity is not None
    assert known.homogeneity.df[0] == fewer.homogeneity.df[0]
    assert 0 < known.homogeneity.p <= 1
    of_pair, without_item = known.pairs[0], fewer.pairs[0]
    assert of_pair.homogeneity is not None
    assert without_item.homogeneity is not None
    assert of_pair.homogeneity.df[0] == without_item.homogeneity.df[0]
    assert of_pair.overall is not None
    assert without_item.overall is not None
    assert of_pair.overall.p == pytest.approx(without_item.overall.p, abs=0.05)  # answers added at the ends differ


def test_a_wave_against_itself_as_a_panel_is_zero_without_error(top_three: Any, wave: Any, waves: Any) -> None:
    answers, ids = top_three(200, seed=3), [f"p{i}" for i in range(200)]
    weight = np.random.default_rng(0).lognormal(0, 0.4, 200)
    made = [wave(answers, question={"k": 3}, panel=ids, design={"weight": weight}) for _one in range(2)]
    change = compare(waves(made, comparison={"kind": "panel", **X}))
    for changes in (change.main.level, change.main.worth):
        assert changes is not None
        np.testing.assert_array_equal(changes.difference, 0)
        np.testing.assert_array_equal(changes.error, 0)
        np.testing.assert_array_equal(changes.p, 1)
    assert change.main.level is not None
    assert set(change.main.level.verdict) == {"about the same"}
    assert change.main.homogeneity is None
    assert change.headline.kind == "within"
    assert change.why.attrition is None or change.why.attrition.left == 0


@pytest.mark.parametrize("n", [12, 50, 400])
@pytest.mark.parametrize("x", [None, 3.0, 25.0])
def test_a_wave_against_itself_as_a_cross_section_never_moves(
    top_three: Any, wave: Any, waves: Any, n: int, x: float | None
) -> None:
    answers = top_three(n, seed=4)
    stated = {} if x is None else {"smallest_change_of_interest": x}
    change = compare(waves([wave(answers, question={"k": 3})] * 2, comparison=stated))
    assert change.main.level is not None
    assert set(change.main.level.verdict) <= {"about the same", "not enough data"}
    if x == 25.0 and n == 400:
        assert set(change.main.level.verdict) == {"about the same"}
    assert change.headline.kind in ("none", "within")
    assert not change.main.ranks.certain.any()


def test_the_order_of_the_items_does_not_matter(top_three: Any, wave: Any, waves: Any, build: Any) -> None:
    from dataclasses import replace

    turn = np.array([3, 0, 5, 1, 4, 2])
    both = [top_three(150, seed=5), top_three(150, seed=6, factor=0.5)]
    plain = compare(waves([wave(one, question={"k": 3}) for one in both]))
    items = tuple(both[0].items[i] for i in turn)
    turned = [replace(one, items=items, ranks=one.ranks[:, turn], offered=one.offered[:, turn]) for one in both]
    other = compare(waves([wave(one, question={"k": 3}) for one in turned]))
    assert plain.main.level is not None
    assert other.main.level is not None
    np.testing.assert_allclose(other.main.level.difference, plain.main.level.difference[turn], rtol=1e-12)
    np.testing.assert_allclose(other.main.level.p_adjusted, plain.main.level.p_adjusted[turn], rtol=1e-9)
    assert other.main.homogeneity is not None
    assert plain.main.homogeneity is not None
    assert other.main.homogeneity.statistic == pytest.approx(plain.main.homogeneity.statistic, rel=1e-8)


def test_the_same_people_know_more_of_a_change_than_separate_samples(build: Any, wave: Any, waves: Any) -> None:
    rng = np.random.default_rng(1)
    mind = rng.normal(0, 2, (150, 5))
    made = []
    for _one in range(2):
        ranks = np.argsort(np.argsort(-(mind + rng.gumbel(size=(150, 5))), axis=1), axis=1) + 1
        made.append(wave(build.rankings(ranks), panel=[str(i) for i in range(150)]))
    apart = compare(waves(made))
    joined = compare(waves(made, comparison={"kind": "panel"}))
    assert apart.main.level is not None
    assert joined.main.level is not None
    assert (joined.main.level.error < 0.8 * apart.main.level.error).all()
    assert joined.why.attrition is not None
    assert joined.why.attrition.stayed == 150
    assert any("150 ids" in note for note in apart.notes)


def test_a_panel_splits_into_stayers_leavers_and_joiners(top_three: Any, wave: Any, waves: Any) -> None:
    made = [
        wave(top_three(100, seed=7), question={"k": 3}, panel=[str(i) for i in range(100)]),
        wave(top_three(100, seed=8), question={"k": 3}, panel=[str(i) for i in range(30, 130)]),
    ]
    found = compare(waves(made, comparison={"kind": "panel"})).why.attrition
    assert found is not None
    assert (found.stayed, found.left, found.joined) == (70, 30, 30)
    assert found.stayers is not None
    assert found.leavers is not None
    ranks = made[0].answers.ranks
    share = ((ranks > 0) & (ranks <= 3)).mean
    expected = ((ranks[:30] > 0).mean(axis=0)) - (ranks[30:] > 0).mean(axis=0)
    np.testing.assert_allclose(found.leavers.difference, expected, atol=1e-12)
    assert share(axis=0).shape == (6,)


def test_a_filter_is_a_subpopulation(moved: Any) -> None:
    change = compare(moved, where={"g": ["a"]})
    ranks = moved.waves[0].answers.ranks[::2]
    assert change.main.level is not None
    np.testing.assert_allclose(change.main.level.first, (ranks > 0).mean(axis=0), rtol=1e-12)
    assert [side.people for side in change.sides] == [200, 150]
    assert [side.df for side in change.sides] == [199, 149]


def test_groups_are_compared_by_the_same_machinery(moved: Any) -> None:
    change = compare(moved, by="g", waves=("w1",))
    assert change.kind == "groups"
    assert [side.id for side in change.sides] == ["a", "b"]
    assert change.headline.kind == "none"
    assert change.main.homogeneity is not None
    assert change.main.homogeneity.name == "homogeneity (likelihood ratio)"


def test_several_groups_are_one_family(top_three: Any, wave: Any, waves: Any) -> None:
    from statsmodels.stats.multitest import multipletests

    groups = np.repeat(["a", "b", "c"], 60)
    change = compare(waves([wave(top_three(180, seed=9), question={"k": 3}, groups={"g": groups})]), by="g")
    assert len(change.pairs) == 3
    parts = [pair.level for pair in change.pairs if pair.level is not None]
    p = np.concatenate([part.p for part in parts])
    np.testing.assert_allclose(
        np.concatenate([part.p_adjusted for part in parts]), multipletests(p, method="holm")[1], rtol=1e-12
    )
    assert change.homogeneity is not None
    assert change.homogeneity.df == (10.0,)


def test_a_trend_is_the_least_squares_slope(top_three: Any, wave: Any, waves: Any) -> None:
    days = [(date(year, 3, 1), date(year, 3, 31)) for year in (2020, 2021, 2024)]
    made = [
        wave(top_three(300, seed=i, tilt=np.array([0, 0, 0, 0, 0, 0.6 * i])), question={"k": 3}, fieldwork=when)
        for i, when in enumerate(days)
    ]
    change = compare(waves(made))
    trend = change.trend
    assert trend is not None
    assert trend.unit == "year"
    levels = np.array([side.level.value for side in change.sides if side.level is not None])
    np.testing.assert_allclose(trend.slope, np.polyfit(trend.time, levels, 1)[0], rtol=1e-9)
    assert trend.verdict[5] == "rising"
    assert len(change.pairs) == 3
    assert change.homogeneity is not None
    assert change.homogeneity.df == (10.0,)


def test_waves_without_dates_are_counted(top_three: Any, wave: Any, waves: Any) -> None:
    trend = compare(waves([wave(top_three(80, seed=i), question={"k": 3}) for i in range(4)])).trend
    assert trend is not None
    assert trend.unit == "wave"
    assert trend.time.tolist() == [0, 1, 2, 3]


def test_an_item_that_nobody_chose_gets_the_same_penalty_in_every_wave(
    build: Any, draw: Any, wave: Any, waves: Any
) -> None:
    rng = np.random.default_rng(3)
    ranks = [draw(rng, n, np.array([1.0, 0.5, 0, -0.5])) for n in (60, 90)]
    ranks[0] = np.where(ranks[0] > 2, 0, ranks[0])
    ranks[0][ranks[0][:, 3] > 0] = [1, 2, 0, 0]
    ranks[1] = np.where(ranks[1] > 2, 0, ranks[1])
    change = compare(waves([wave(build.rankings(one), question={"k": 2}) for one in ranks]))
    penalties = [side.order.penalty for side in change.sides]
    assert penalties[0] is not None
    assert penalties[1] is not None
    assert penalties[0] / 60 == pytest.approx(penalties[1] / 90)
    assert change.main.homogeneity is not None
    assert change.main.homogeneity.name == "homogeneity (score)"
    assert change.main.scale is None
    assert any("same penalty per respondent" in note for note in change.notes)


def test_weights_and_clusters_refuse_the_likelihood_ratio(top_three: Any, wave: Any, waves: Any) -> None:
    rng = np.random.default_rng(0)
    designs = ({"weight": rng.lognormal(0, 0.3, 200)}, {"cluster": np.arange(200) // 5})
    for design in designs:
        made = [wave(top_three(200, seed=i), question={"k": 3}, design=design) for i in range(2)]
        main = compare(waves(made)).main
        assert main.homogeneity is not None
        assert main.homogeneity.name == "homogeneity (Wald)"
        assert main.permutation is None


def test_few_primary_units_are_said_to_show_little(top_three: Any, wave: Any, waves: Any) -> None:
    made = [wave(top_three(120, seed=i), question={"k": 3}, design={"cluster": np.arange(120) // 15}) for i in range(2)]
    change = compare(waves(made))
    assert sum("only large changes" in note for note in change.notes) == 2
    assert change.sides[0].df == 7
    assert change.main.level is not None
    assert (change.main.level.df == 7).all()


def test_a_difference_has_the_degrees_of_freedom_of_the_smaller_side(top_three: Any, wave: Any, waves: Any) -> None:
    clusters = wave(top_three(120, seed=1), question={"k": 3}, design={"cluster": np.arange(120) // 10})
    main = compare(waves([clusters, wave(top_three(300, seed=2), question={"k": 3})])).main
    assert main.level is not None
    assert (main.level.df == 11).all()
    assert main.homogeneity is not None
    assert 11 - 4 < main.homogeneity.df[1] < 119 - 4


def test_fewer_primary_units_than_differences_are_not_tested_together(top_three: Any, wave: Any, waves: Any) -> None:
    clusters = wave(top_three(120, seed=1), question={"k": 3}, design={"cluster": np.arange(120) // 24})
    main = compare(waves([clusters, wave(top_three(300, seed=2), question={"k": 3})])).main
    assert main.homogeneity is None
    assert main.scale is None


def test_the_record_is_json(moved: Any) -> None:
    record = json.loads(json.dumps(compare(moved).to_dict(), allow_nan=False))
    assert record["headline"]["kind"] == "changed"
    assert record["headline"]["up"] == ["i5"]
    assert [item["compared"] for item in record["comparability"]["items"]] == [True] * 6
    pair = record["pairs"][0]
    assert pair["homogeneity"]["p"] < 0.05
    assert {item["id"]: item["verdict"] for item in pair["items"]}["i5"] == "up"
    assert record["why"]["groups"][0]["column"] == "g"
    frame = compare(moved).to_frame()
    assert len(frame) == 6
    assert {"change", "interval_low", "verdict", "rank_set_from_low"} <= set(frame.columns)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"comparison": "d"}, 'there is no comparison "d"'),
        ({"waves": ("w1", "w3")}, 'there is no wave "w3". Did you mean "w'),
        ({"waves": ("w1",)}, "two to 20 waves"),
        ({"where": {"h": ["a"]}}, 'has no group "h"'),
        ({"where": {"g": ["c"]}}, 'nobody is in "c" of g'),
        ({"by": "h"}, 'has no group "h"'),
        ({"by": "g", "waves": ("w1", "w2")}, "within one wave"),
        ({"level": 0.2}, "between 0.5 and 1"),
    ],
)
def test_wrong_words_are_refused(moved: Any, words: dict[str, Any], message: str) -> None:
    with pytest.raises(ComparisonError, match=message.replace("(", r"\(").replace(".", r"\.").replace("?", r"\?")):
        compare(moved, **words)


def test_a_panel_needs_ids_that_match(top_three: Any, wave: Any, waves: Any) -> None:
    made = [wave(top_three(40, seed=i), question={"k": 3}, panel=[f"{i}-{p}" for p in range(40)]) for i in range(2)]
    with pytest.raises(ComparisonError, match="no panel id is in two of the waves"):
        compare(waves(made, comparison={"kind": "panel"}))
    with pytest.raises(ComparisonError, match='wave "w1" has no panel_id'):
        compare(waves([wave(top_three(40, seed=i), question={"k": 3}) for i in range(2)]), kind="panel")


def test_a_smallest_change_as_wide_as_the_scale_is_a_mistake(build: Any, wave: Any, waves: Any) -> None:
    scores = np.random.default_rng(0).integers(1, 4, (50, 3))
    study = waves([wave(build.ratings(scores, levels=3))] * 2, comparison={"smallest_change_of_interest": 5})
    with pytest.raises(ComparisonError, match="units of the scale"):
        compare(study)


def test_more_places_than_the_waves_share_are_cut(top_three: Any, wave: Any, waves: Any) -> None:
    change = compare(waves([wave(top_three(60, seed=i), question={"k": 3}) for i in range(2)]), k=5)
    assert change.k == 3
    assert any("first 3 places" in note for note in change.notes)


def test_places_that_hold_every_item_are_no_level(build: Any, draw: Any, wave: Any, waves: Any) -> None:
    """Of three ranked items each is among the first three: the first two are compared, and 100 % is no finding."""
    rng = np.random.default_rng(5)
    made = [wave(build.rankings(draw(rng, 60, np.array([1.0, 0.0, -1.0])))) for _wave in range(2)]
    level = compare(waves(made)).main.level
    assert level is not None
    assert level.measure == "top-2 share"
    assert (level.first < 1).any()
    with pytest.raises(ModelError, match="hold every item of every answer"):
        rank(waves(made), model="top-k", k=3)
