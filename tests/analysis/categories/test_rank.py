"""Categories ranked: shares, sums and means against numpy by hand, errors against refits, and their edges."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from obstacles.analysis.categories.fit import category_fit
from obstacles.analysis.categories.members import categories_of
from obstacles.analysis.prepare import ModelError, prepare
from obstacles.analysis.ranking.rank import rank
from obstacles.survey.answers import BestWorst
from obstacles.survey.study import Study

Make = Callable[..., Study]
FOUR = ["a", "b", "a", "b"]


def ranked(study: Study, **keys: Any) -> Any:
    return rank(study, by_category=True, draws=5_000, frequencies=False, **keys)


@pytest.fixture(scope="module")
def marks() -> np.ndarray:
    rng = np.random.default_rng(2)
    return (rng.random((150, 5)) < [0.5, 0.3, 0.4, 0.2, 0.1]).astype(int)


def test_share_is_of_those_who_name_any_item(build: SimpleNamespace, sorted_study: Make, marks: np.ndarray) -> None:
    found = ranked(sorted_study(build.rankings(marks, selection=True), ["a", "b", "a", "c", "b"]))
    named = np.column_stack([marks[:, [0, 2]].any(axis=1), marks[:, [1, 4]].any(axis=1), marks[:, 3]]).astype(float)
    assert [item.id for item in found.items] == ["a", "b", "c"]
    assert found.shown.value == pytest.approx(named.mean(axis=0))
    assert found.estimate.covariance == pytest.approx(np.cov(named.T) / len(named))
    share = marks.mean(axis=0)
    means = [(share[0] + share[2]) / 2, (share[1] + share[4]) / 2, share[3]]
    assert found.by_category.per_item.shown.value == pytest.approx(means)
    assert [row["item_count"] for row in found.rows] == [2, 2, 1]
    assert found.by_category.way == "any"


def test_weights_count_as_rows_written_twice(build: SimpleNamespace, sorted_study: Make, marks: np.ndarray) -> None:
    categories = ["a", "b", "a", "c", "b"]
    twice = np.concatenate([marks, marks[:40]])
    weight = np.where(np.arange(150) < 40, 2.0, 1.0)
    one = ranked(sorted_study(build.rankings(marks, selection=True), categories, design={"weight": weight}))
    other = ranked(sorted_study(build.rankings(twice, selection=True), categories))
    assert one.shown.value == pytest.approx(other.shown.value)
    assert one.by_category.per_item.shown.value == pytest.approx(other.by_category.per_item.shown.value)


def test_top_k_share_is_of_those_with_any_item_among_the_first(
    build: SimpleNamespace, draw: Callable[..., np.ndarray], sorted_study: Make
) -> None:
    ranks = draw(np.random.default_rng(4), 120, np.array([1.0, 0.5, 0.0, -0.5]))
    found = ranked(sorted_study(build.rankings(ranks), FOUR), model="top-k", k=2)
    among = ranks <= 2
    assert found.shown.value == pytest.approx(
        [among[:, [0, 2]].any(axis=1).mean(), among[:, [1, 3]].any(axis=1).mean()]
    )
    first = ranked(sorted_study(build.rankings(ranks), FOUR), model="first-choice")
    assert first.shown.value == pytest.approx([(ranks[:, [0, 2]] == 1).mean() * 2, (ranks[:, [1, 3]] == 1).mean() * 2])
    assert first.simultaneous.method == "exact binomial, Holm"  # of the counts of categories
    assert first.by_category.per_item.simultaneous.method == "max-t, step-down"


def test_shared_first_places_are_added_up(build: SimpleNamespace, sorted_study: Make) -> None:
    ranks = np.array([[1, 1, 1], [1, 2, 3], [3, 2, 1], [2, 3, 1]] * 5)  # a tie of all three: two thirds to "a"
    found = ranked(sorted_study(build.rankings(ranks), ["a", "a", "b"]), model="first-choice")
    assert found.shown.value == pytest.approx([(2 / 3 + 1) / 4, (1 / 3 + 2) / 4])
    points = ranked(sorted_study(build.rankings(ranks), ["a", "a", "b"]), model="borda")
    borda = (4 - ranks[1:4]).mean(axis=0) * 3 / 4 + 2 / 4
    assert points.shown.value == pytest.approx([borda[0] + borda[1], borda[2]])


def test_worths_add_up_and_their_errors_are_those_of_refits(
    build: SimpleNamespace, draw: Callable[..., np.ndarray], sorted_study: Make
) -> None:
    ranks = draw(np.random.default_rng(5), 160, np.array([1.2, 0.6, 0.1, 0.0, -0.8]))
    study = sorted_study(build.rankings(ranks), ["a", "b", "b", "c", "c"])
    items, found = rank(study, draws=5_000, frequencies=False), ranked(study)
    w = items.shown.value
    assert found.shown.value == pytest.approx([w[0], w[1] + w[2], w[3] + w[4]])
    assert found.by_category.per_item.shown.value == pytest.approx([w[0], (w[1] + w[2]) / 2, (w[3] + w[4]) / 2])
    prepared = prepare(study.wave(), k=3)
    own = category_fit(prepared, "plackett-luce", categories_of(study, study.items))
    assert own.fit.refit is not None
    n = len(ranks)
    left = (np.ones((n, n)) - np.eye(n)) * n / (n - 1)  # the jackknife
    values = own.fit.refit(left)
    jackknife = (n - 1) / n * (values - values.mean(axis=0)).T @ (values - values.mean(axis=0))
    assert own.fit.estimate.covariance == pytest.approx(jackknife, rel=0.05, abs=1e-4)
    assert own.per_item is not None
    assert own.per_item.estimate.covariance == pytest.approx(own.fit.estimate.covariance)


def test_worth_errors_agree_with_a_bootstrap_of_respondents(
    build: SimpleNamespace, draw: Callable[..., np.ndarray], sorted_study: Make
) -> None:
    """Item worths refitted to drawn respondents and added up by hand."""
    rng = np.random.default_rng(6)
    ranks = draw(rng, 200, np.array([0.8, 0.5, 0.2, -0.4]))
    study = sorted_study(build.rankings(ranks), ["a", "b", "a", "b"])
    found = ranked(study)
    again = []
    for _replicate in range(150):
        drawn = ranks[rng.integers(0, 200, 200)]
        worth = rank(sorted_study(build.rankings(drawn), FOUR), draws=10, frequencies=False).shown.value
        again.append(worth[0] + worth[2])
    assert found.shown.error[0] == pytest.approx(np.std(again), rel=0.2)


def test_ratings_are_averaged_over_what_a_respondent_rated(build: SimpleNamespace, sorted_study: Make) -> None:
    rng = np.random.default_rng(7)
    scores = rng.integers(1, 6, (80, 4)).astype(float)
    scores[:10, 0], scores[5:12, 2] = np.nan, np.nan
    found = ranked(sorted_study(build.ratings(scores), FOUR))
    with np.errstate(all="ignore"):
        mean = np.column_stack(
            [
                np.nanmean(np.where(np.isnan(scores[:, [0, 2]]).all(axis=1)[:, None], 0, scores[:, [0, 2]]), axis=1),
                scores[:, [1, 3]].mean(axis=1),
            ]
        )
    rated = ~np.isnan(scores[:, [0, 2]]).all(axis=1)
    assert found.shown.value == pytest.approx([mean[rated, 0].mean(), mean[:, 1].mean()])
    assert found.estimate.item_base.tolist() == [75, 80]
    assert found.by_category.per_item is None
    assert "per_item" not in found.rows[0]


def test_points_and_single_answers_add_up(build: SimpleNamespace, sorted_study: Make) -> None:
    rng = np.random.default_rng(8)
    points = rng.multinomial(100, [0.4, 0.3, 0.2, 0.1], 60).astype(float)
    found = ranked(sorted_study(replace(build.ratings(points), total=100.0), FOUR))
    assert found.shown.value == pytest.approx(
        [points[:, [0, 2]].sum(axis=1).mean(), points[:, [1, 3]].sum(axis=1).mean()]
    )
    table = build.published([0.4, 0.3, 0.2, 0.1], 500, several=False)
    printed = ranked(sorted_study(table, FOUR))
    assert printed.shown.value == pytest.approx([0.6, 0.4])
    assert printed.estimate.covariance == pytest.approx(np.array([[0.24, -0.24], [-0.24, 0.24]]) / 500)


def test_a_printed_table_of_several_answers_is_refused(build: SimpleNamespace, sorted_study: Make) -> None:
    study = sorted_study(build.published([0.4, 0.3, 0.2, 0.1], 500), FOUR)
    with pytest.raises(ModelError, match="cannot be added up"):
        ranked(study)
    alone = ranked(sorted_study(build.published([0.4, 0.3, 0.2, 0.1], 500), list("abcd")))
    assert alone.shown.value == pytest.approx([0.4, 0.3, 0.2, 0.1])


def test_best_worst_tasks_and_pairs_add_worths(
    build: SimpleNamespace, draw: Callable[..., np.ndarray], sorted_study: Make
) -> None:
    ranks = draw(np.random.default_rng(9), 90, np.array([1.0, 0.4, -0.2, -0.6]))
    tasks = BestWorst(
        build.items(4), np.ones((90, 4), bool), ranks.argmin(axis=1), ranks.argmax(axis=1), np.arange(90), np.ones(90)
    )
    two = np.argsort(np.random.default_rng(1).random((90, 4)), axis=1) < 2
    pairs = np.where(two, np.where(ranks == np.where(two, ranks, 9).min(axis=1)[:, None], 1, 2), 0)
    for answers, question in ((tasks, {}), (build.rankings(pairs, two), {})):
        study = sorted_study(answers, FOUR, question=question)
        worth = rank(study, draws=10, frequencies=False).shown.value
        found = ranked(study)
        assert found.by_category.way == "sum"
        assert found.shown.value == pytest.approx([worth[0] + worth[2], worth[1] + worth[3]])
        assert found.estimate.item_base.max() <= 90
    counted = ranked(sorted_study(tasks, FOUR), model="best-minus-worst")
    assert counted.by_category.way == "mean"


@pytest.mark.parametrize("kind", ["rankings", "selections", "ratings"])
def test_a_category_of_one_item_has_the_figures_of_the_item(
    kind: str, build: SimpleNamespace, draw: Callable[..., np.ndarray], sorted_study: Make
) -> None:
    ranks = draw(np.random.default_rng(10), 120, np.array([0.7, 0.3, 0.0, -0.4]))
    answers = {
        "rankings": build.rankings(ranks),
        "selections": build.rankings(ranks <= 2, selection=True),
        "ratings": build.ratings(6 - ranks),
    }[kind]
    study = sorted_study(answers, list("dcba"))
    items, found = rank(study, draws=5_000, frequencies=False), ranked(study)
    back = [found.items.index(next(c for c in found.items if c.id == item.category)) for item in study.items]
    for name in ("value", "error", "low", "high"):
        assert getattr(found.shown, name)[back] == pytest.approx(getattr(items.shown, name), rel=1e-9)
    assert found.rank[back].tolist() == items.rank.tolist()
    assert found.simultaneous.low[back].tolist() == items.simultaneous.low.tolist()
    assert found.simultaneous.high[back].tolist() == items.simultaneous.high.tolist()
    assert found.by_category.per_item is None  # it would be the same
    assert not found.orders_differ


def test_items_without_a_category_are_left_out_and_named(
    build: SimpleNamespace, draw: Callable[..., np.ndarray], sorted_study: Make
) -> None:
    ranks = draw(np.random.default_rng(11), 120, np.array([0.7, 0.3, 0.0, -0.4]))
    study = sorted_study(build.rankings(ranks), ["a", "b", None, "b"])
    worth = rank(study, draws=10, frequencies=False).shown.value
    found = ranked(study)
    assert found.shown.value == pytest.approx(np.array([worth[0], worth[1] + worth[3]]) / (1 - worth[2]))
    assert found.to_dict()["by_category"]["left_out"] == ["i2"]
    marks = ranked(sorted_study(build.rankings(ranks <= 2, selection=True), ["a", "b", None, "b"]))
    assert marks.shown.value == pytest.approx([(ranks[:, 0] <= 2).mean(), (ranks[:, [1, 3]] <= 2).any(axis=1).mean()])


def test_edges(build: SimpleNamespace, sorted_study: Make, marks: np.ndarray) -> None:
    nobody = np.column_stack([marks, np.zeros(len(marks), int)])
    found = ranked(sorted_study(build.rankings(nobody, selection=True), ["a", "a", "b", "b", "b", "none"]))
    assert found.shown.value[2] == 0
    assert found.shown.high[2] > 0
    assert found.simultaneous.low[2] == 3
    everyone = np.column_stack([marks[:, :2], 1 - marks[:, 0]])
    named = ranked(sorted_study(build.rankings(everyone, selection=True), ["a", "b", "a"]))
    assert named.shown.value[0] == 1
    assert named.shown.low[0] < 1
    one = ranked(sorted_study(build.rankings(marks, selection=True), ["a"] * 5))
    assert one.headline.kind == "nothing"
    with pytest.raises(ModelError, match="no item has a category"):
        ranked(sorted_study(build.rankings(marks, selection=True), [None] * 5))


def test_random_answers_are_corrected_in_worths_alone(
    build: SimpleNamespace, draw: Callable[..., np.ndarray], sorted_study: Make
) -> None:
    ranks = draw(np.random.default_rng(12), 200, np.array([1.0, 0.5, 0.0, -0.5]))
    study = sorted_study(build.rankings(ranks), FOUR)
    plain, corrected = ranked(study), ranked(study, random_answers=0.2)
    assert corrected.shown.value.max() > plain.shown.value.max()
    with pytest.raises(ModelError, match="not in shares of categories"):
        ranked(study, random_answers=0.2, model="top-k")


def test_record_and_frame(build: SimpleNamespace, sorted_study: Make, marks: np.ndarray) -> None:
    found = rank(
        sorted_study(build.rankings(marks, selection=True), ["a", "b", "a", "c", None]), by_category=True, draws=1_000
    )
    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    made = record["by_category"]
    assert (made["way"], made["left_out"], made["orders_differ"]) == ("any", ["i4"], found.orders_differ)
    assert (
        made["per_item_headline"]["items"][0]
        == found.by_category.per_item.items[found.by_category.per_item.order[0]].id
    )
    assert record["items"][0] | {"id": "a", "item_count": 2, "items": ["i0", "i2"]} == record["items"][0]
    assert len(record["items"][0]["rank_frequency"]) == 3
    frame = found.to_frame()
    assert frame["item_count"].tolist() == [2, 1, 1]
    assert (frame["per_item_rank_low"] <= frame["per_item_rank"]).all()


def test_categories_stand_in_the_order_of_the_study_file(build: SimpleNamespace, marks: np.ndarray) -> None:
    items = tuple(replace(item, category=id) for item, id in zip(build.items(3), ("x", "y", "z"), strict=True))
    stated = SimpleNamespace(
        settings=SimpleNamespace(obstacles=SimpleNamespace(category={"y": {"en": "Why"}, "w": {}}))
    )
    found = categories_of(stated, items)  # type: ignore[arg-type]
    assert [item.id for item in found.items] == ["y", "x", "z"]
    assert found.items[0].name == "Why"


@pytest.mark.slow
def test_rank_sets_and_intervals_of_summed_worths_cover(
    build: SimpleNamespace, draw: Callable[..., np.ndarray], sorted_study: Make
) -> None:
    """300 surveys of 150 rankings: worths of categories 0.37, 0.37 and 0.26, so two share the first place."""
    log_worth = np.log([0.37, 0.2, 0.17, 0.16, 0.1])
    rng, inside, together, wrong = np.random.default_rng(13), 0, 0, 0
    true = np.array([0.37, 0.37, 0.26])
    surveys = 300
    for _survey in range(surveys):
        study = sorted_study(build.rankings(draw(rng, 150, log_worth)), ["a", "b", "b", "c", "c"])
        found = rank(study, by_category=True, draws=4_000, frequencies=False)
        inside += int(((found.shown.low <= true) & (true <= found.shown.high)).sum())
        sets = found.simultaneous
        together += bool((sets.low <= [1, 1, 3]).all() and (sets.high >= [2, 2, 3]).all())
        wrong += found.headline.kind == "clear"
    assert 0.92 <= inside / (3 * surveys) <= 0.98
    assert together / surveys >= 0.92
    assert wrong / surveys <= 0.08  # a single leader is named although two lead
