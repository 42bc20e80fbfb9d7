"""What waves have in common: items by crosswalk, places, forms, and breaks that stop levels from being compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from obstacles.analysis.change.compare import compare
from obstacles.analysis.kinds.rankings import ranked_again
from obstacles.analysis.subpopulation import ComparisonError
from obstacles.survey.question import Item


@pytest.fixture(scope="module")
def asked(build: Any, draw: Any, wave: Any) -> Any:
    """A wave of n people who rank the items of the ids among k places."""

    def make(
        ids: str, *, n: int = 80, k: int | None = None, seed: int = 1, selection: bool = False, **more: Any
    ) -> Any:
        items = tuple(Item(id, {"en": f"Item {id}"}) for id in ids)
        ranks = draw(np.random.default_rng(seed), n, np.linspace(1, -1, len(ids)))
        ranks = np.where(ranks <= (k or len(ids)), ranks, 0)
        answers = replace(build.rankings(ranks, selection=selection), items=items)
        if selection:
            answers = replace(answers, ranks=(answers.ranks > 0).astype(np.int16))
        return wave(answers, question={"k": None if selection else k, **more.pop("question", {})}, **more)

    return make


def _statuses(change: Any) -> dict[str, tuple[str, bool]]:
    return {one.item.id: (one.status, one.compared) for one in change.comparability.statuses}


def test_only_items_of_every_wave_are_compared(asked: Any, waves: Any) -> None:
    change = compare(waves([asked("abcd"), asked("abce"), asked("abcde")]))
    assert _statuses(change) == {
        "a": ("same", True),
        "b": ("same", True),
        "c": ("same", True),
        "d": ("partly", False),
        "e": ("new", False),
    }
    assert [item.id for item in change.items] == ["a", "b", "c"]


def test_a_dropped_item_and_a_new_one(asked: Any, waves: Any) -> None:
    found = _statuses(compare(waves([asked("abcd"), asked("abce")])))
    assert found["d"] == ("dropped", False)
    assert found["e"] == ("new", False)


def test_reworded_and_split_items_are_left_out(asked: Any, waves: Any) -> None:
    walks = [
        {"from": {"wave": "w1", "items": ["a"]}, "to": {"wave": "w2", "items": ["a"]}, "status": "reworded"},
        {"from": {"wave": "w1", "items": ["b"]}, "to": {"wave": "w2", "items": ["b", "e"]}, "status": "split"},
    ]
    change = compare(waves([asked("abcd"), asked("abcde")], comparison={"crosswalk": walks}))
    found = _statuses(change)
    assert found["a"] == ("reworded", False)
    assert found["b"] == ("split", False)
    assert [item.id for item in change.items] == ["c", "d"]


def test_items_that_were_renamed_or_merged_are_joined(asked: Any, waves: Any) -> None:
    walks = [
        {"from": {"wave": "w1", "items": ["a"]}, "to": {"wave": "w2", "items": ["x"]}, "status": "same"},
        {"from": {"wave": "w1", "items": ["b", "c"]}, "to": {"wave": "w2", "items": ["y"]}, "status": "merged"},
    ]
    study = waves([asked("abcd"), asked("xyd", seed=2)], comparison={"crosswalk": walks})
    change = compare(study)
    assert {item.id for item in change.items} == {"x", "y", "d"}
    ranks = study.waves[0].answers.ranks
    joined = change.sides[0].prepared.answers.ranks
    order = [item.id for item in change.items]
    best = np.column_stack([ranks[:, 0], ranks[:, 1:3].min(axis=1), ranks[:, 3]])
    expected = np.argsort(np.argsort(best, axis=1), axis=1) + 1
    depth = change.comparability.depth
    assert depth == 3
    np.testing.assert_array_equal(joined, expected[:, [["x", "y", "d"].index(id) for id in order]])


def test_a_crosswalk_outside_the_waves_compared_does_not_count(asked: Any, waves: Any) -> None:
    walk = {"from": {"wave": "w1", "items": ["a"]}, "to": {"wave": "w2", "items": ["a"]}, "status": "reworded"}
    study = waves([asked("abc"), asked("abc", seed=2), asked("abc", seed=3)], comparison={"crosswalk": [walk]})
    assert _statuses(compare(study, waves=("w2", "w3")))["a"] == ("same", True)
    assert _statuses(compare(study, waves=("w1", "w3")))["a"] == ("reworded", False)


def test_fewer_than_two_items_in_common_are_refused(asked: Any, waves: Any) -> None:
    with pytest.raises(ComparisonError, match="fewer than two items"):
        compare(waves([asked("abc"), asked("cde")]))


def test_rankings_are_cut_to_the_places_of_every_wave(asked: Any, waves: Any) -> None:
    change = compare(waves([asked("abcdef", k=5), asked("abcdef", k=3, seed=2)]))
    assert change.comparability.depth == 3
    assert change.sides[0].prepared.answers.ranks.max() == 3
    assert any("first 3 places" in note for note in change.notes)
    assert change.main.level is not None
    assert change.main.level.compared.all()


def test_a_place_may_have_gone_to_an_item_that_is_left_out(asked: Any, waves: Any) -> None:
    """Of five places one may hold the new item: four are sure."""
    change = compare(waves([asked("abcdef", k=5), asked("abcdefg", k=5, seed=2)]))
    assert change.comparability.depth == 4
    answers = change.sides[1].prepared.answers
    assert answers.ranks.shape[1] == 6
    assert answers.ranks.max() == 4


def test_one_place_and_a_new_item_leave_the_order_alone(asked: Any, waves: Any) -> None:
    change = compare(waves([asked("abcd", k=1, n=200), asked("abcde", k=1, n=200, seed=2)]))
    assert [cut.kind for cut in change.main.breaks] == ["places"]
    assert not change.main.compared
    assert change.headline.kind == "order"


def test_another_form_is_a_break(asked: Any, waves: Any) -> None:
    made = [asked("abcde", k=3, selection=True, question={"max_choices": 3}), asked("abcde", k=3, seed=2)]
    change = compare(waves(made))
    assert [cut.reason for cut in change.main.breaks] == ["Question form changed: select up to 3 → rank up to 3"]
    assert not change.main.compared
    assert change.main.homogeneity is None
    assert change.main.worth is None
    assert change.main.ranks.first.sets is not None
    assert change.headline.kind == "order"
    assert change.why.groups == ()


def test_another_cap_is_another_form(asked: Any, waves: Any) -> None:
    made = [asked("abcde", k=2, selection=True, question={"max_choices": cap}) for cap in (2, 4)]
    assert compare(waves(made)).main.breaks[0].kind == "form"


@pytest.mark.parametrize("key", ["base", "routing", "mode"])
def test_facts_that_differ_are_breaks(asked: Any, waves: Any, key: str) -> None:
    facts = [{"id": "w1", key: "all firms"}, {"id": "w2", key: "firms that use no AI"}]
    change = compare(waves([asked("abc"), asked("abc", seed=2)], comparison={"wave": facts}))
    assert [cut.kind for cut in change.main.breaks] == [key]
    assert change.main.breaks[0].reason.endswith("changed: all firms → firms that use no AI")
    same = [{"id": "w1", key: "all firms"}, {"id": "w2", key: "all firms"}]
    assert not compare(waves([asked("abc"), asked("abc", seed=2)], comparison={"wave": same})).main.breaks
    half = [{"id": "w1", key: "all firms"}]
    assert not compare(waves([asked("abc"), asked("abc", seed=2)], comparison={"wave": half})).main.breaks


def test_a_stated_break_lies_between_its_waves(asked: Any, waves: Any) -> None:
    cut = {"between": ["w2", "w3"], "reason": "Other routing", "kind": "routing"}
    study = waves([asked("abc", seed=i) for i in range(4)], comparison={"breaks": [cut]})
    change = compare(study)
    broken = {(pair.first, pair.second) for pair in change.pairs if pair.breaks}
    assert broken == {(0, 2), (0, 3), (1, 2), (1, 3)}
    assert change.trend is None
    assert change.homogeneity is None


def test_a_trend_takes_the_longest_run_without_a_break(asked: Any, waves: Any) -> None:
    cut = {"between": ["w1", "w2"], "reason": "Other base", "kind": "base"}
    trend = compare(waves([asked("abc", seed=i) for i in range(4)], comparison={"breaks": [cut]})).trend
    assert trend is not None
    assert trend.waves == (1, 2, 3)


def test_a_break_may_concern_some_items(asked: Any, waves: Any) -> None:
    cut = {"between": ["w1", "w2"], "reason": "Flagged b", "items": ["a"]}
    change = compare(waves([asked("abcd"), asked("abcd", seed=2)], comparison={"breaks": [cut]}))
    assert change.main.level is not None
    assert change.main.level.compared.tolist() == [False, True, True, True]
    assert change.main.level.verdict[0] == "not compared"
    assert change.main.compared
    assert change.main.homogeneity is not None
    assert change.main.homogeneity.df[0] == 2


def test_words_bridge_a_printed_table_and_answers_of_the_same_question(
    asked: Any, waves: Any, wave: Any, build: Any
) -> None:
    answers = asked("abc", k=2, selection=True)
    printed = wave(replace(build.published([0.8, 0.6, 0.5], 500), items=answers.answers.items))
    assert compare(waves([printed, answers])).main.breaks[0].kind == "form"
    words = [{"id": "w1", "form": "select all that apply"}, {"id": "w2", "form": "select all that apply"}]
    change = compare(waves([printed, answers], comparison={"wave": words}))
    assert not change.main.breaks
    assert change.main.compared


def test_ranks_are_counted_again_among_those_left() -> None:
    ranks = np.array([[5, 0, 2, 2], [0, 0, 0, 0], [1, 3, 9, 4]])
    np.testing.assert_array_equal(ranked_again(ranks), [[3, 0, 1, 1], [0, 0, 0, 0], [1, 2, 4, 3]])
