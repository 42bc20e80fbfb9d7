"""Categories compared between waves and groups: by hand, against the items, and where they are not compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from obstacles.analysis.change.compare import compare
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.subpopulation import ComparisonError
from obstacles.survey.answers import Answers
from obstacles.survey.study import Study

Two = Callable[..., Study]
TWO_EACH = ["a", "b", "a", "b"]


@pytest.fixture(scope="module")
def two(into: Any, wave: Any, waves: Any) -> Two:
    """A study of waves with these answers, whose items have these categories."""

    def made(parts: list[Answers], categories: list[str | None], comparison: Any = None, **keys: Any) -> Study:
        each = [{name: values[i] for name, values in keys.items()} for i in range(len(parts))]
        own = [wave(into(part, categories), **key) for part, key in zip(parts, each, strict=True)]
        return waves(own, comparison=comparison)

    return made


def drawn(draw: Any, n: int, seed: int, tilt: float = 0.0) -> np.ndarray:
    return np.asarray(draw(np.random.default_rng(seed), n, np.array([0.8, 0.3, 0.0, -0.5 + tilt])))


def test_the_change_of_a_share_is_that_of_naming_any_item(build: Any, draw: Any, two: Two) -> None:
    marks = [drawn(draw, 300, 1) <= 2, drawn(draw, 250, 2, 1.5) <= 2]
    change = compare(two([build.rankings(one, selection=True) for one in marks], TWO_EACH), by_category=True)
    named = [np.column_stack([one[:, [0, 2]].any(axis=1), one[:, [1, 3]].any(axis=1)]).mean(axis=0) for one in marks]
    found = change.main.level
    assert found is not None
    assert found.difference == pytest.approx(named[1] - named[0])
    plus = [(n * p + 1) / (n + 2) for n, p in zip((300, 250), named, strict=True)]  # Agresti and Caffo
    error = np.sqrt(sum(p * (1 - p) / (n + 2) for n, p in zip((300, 250), plus, strict=True)))
    assert found.error == pytest.approx(error, rel=0.01)
    assert json.loads(json.dumps(change.to_dict(), allow_nan=False))["categories"] == [
        {"id": "a", "items": ["i0", "i2"]},
        {"id": "b", "items": ["i1", "i3"]},
    ]


def test_the_change_of_worths_is_that_of_their_sums(build: Any, draw: Any, two: Two) -> None:
    parts = [build.rankings(drawn(draw, 200, 3)), build.rankings(drawn(draw, 220, 4, 1.0))]
    study = two(parts, TWO_EACH)
    change = compare(study, by_category=True)
    worth = [rank(study, wave=id, draws=10, frequencies=False).shown.value for id in ("w1", "w2")]
    logit = [np.log((w[0] + w[2]) / (w[1] + w[3])) / 2 for w in worth]  # log-worths of two sum to zero
    assert change.main.worth is not None
    assert change.main.worth.difference == pytest.approx([logit[1] - logit[0], logit[0] - logit[1]])
    assert [test.name for test in change.main.tests] == ["homogeneity (Wald)"]  # no likelihood of categories
    assert change.why.composition is None


@pytest.mark.parametrize("kind", ["rankings", "selections", "ratings"])
def test_categories_of_one_item_change_as_the_items_do(kind: str, build: Any, draw: Any, two: Two) -> None:
    ranks = [drawn(draw, 150, 5), drawn(draw, 130, 6, 1.0)]
    make = {
        "rankings": build.rankings,
        "selections": lambda r: build.rankings(r <= 2, selection=True),
        "ratings": lambda r: build.ratings(6 - r),
    }[kind]
    groups = [{"g": np.arange(150) % 3}, {"g": np.arange(130) % 3}]
    study = two([make(one) for one in ranks], list("abcd"), groups=groups)
    for keys in ({}, {"by": "g"}):
        items, own = compare(study, **keys), compare(study, by_category=True, **keys)
        for one, other in zip(items.pairs, own.pairs, strict=True):
            for mine, theirs in ((one.level, other.level), (one.worth, other.worth)):
                assert (mine is None) == (theirs is None)
                if mine is not None and theirs is not None:
                    for name in ("difference", "low", "high", "p_adjusted"):
                        assert getattr(theirs, name) == pytest.approx(getattr(mine, name), rel=1e-6, abs=1e-9)
            assert one.ranks.first.rank.tolist() == other.ranks.first.rank.tolist()


def test_ratings_are_compared_by_their_means(build: Any, two: Two) -> None:
    rng = np.random.default_rng(7)
    scores = [rng.integers(1, 6, (n, 4)).astype(float) for n in (90, 80)]
    scores[1][:, [0, 2]] = np.minimum(scores[1][:, [0, 2]] + 1, 5)
    change = compare(two([build.ratings(one) for one in scores], TWO_EACH), by_category=True)
    found = change.main.level
    assert found is not None
    means = [np.array([one[:, [0, 2]].mean(), one[:, [1, 3]].mean()]) for one in scores]
    assert found.difference == pytest.approx(means[1] - means[0])
    assert found.verdict[0] == "up"


def test_items_that_one_wave_did_not_ask_are_left_out_of_their_category(
    build: Any, draw: Any, into: Any, wave: Any, waves: Any
) -> None:
    early, late = drawn(draw, 200, 8) <= 2, drawn(draw, 200, 9) <= 2
    offered = np.ones(early.shape, bool)
    offered[:, 2] = False
    parts = [build.rankings(early & offered, offered, selection=True), build.rankings(late, selection=True)]
    study = waves([wave(into(part, ["a", "b", "a", None])) for part in parts])
    change = compare(study, by_category=True)
    assert change.categories is not None
    assert [[item.id for item in change.categories.items_in(i)] for i in (0, 1)] == [["i0"], ["i1"]]
    assert change.main.level is not None
    assert change.main.level.second[0] == pytest.approx(late[:, 0].mean())
    text = " ".join(change.notes)
    assert "No category, so left out: Item 3." in text
    assert "Not compared, so left out of their categories: Item 2." in text
    alone = waves([wave(into(part, ["a", None, "a", None])) for part in parts])
    with pytest.raises(ComparisonError, match="fewer than two categories"):
        compare(alone, by_category=True)


def test_the_break_of_an_item_is_one_of_its_category(build: Any, draw: Any, two: Two) -> None:
    parts = [build.rankings(drawn(draw, 120, seed) <= 2, selection=True) for seed in (10, 11)]
    cut = {"between": ["w1", "w2"], "reason": {"en": "New wording"}, "items": ["i2"]}
    study = two(parts, TWO_EACH, comparison={"breaks": [cut]})
    change = compare(study, by_category=True)
    assert change.main.level is not None
    assert change.main.level.compared.tolist() == [False, True]
    elsewhere = two(parts, ["a", "b", None, "b"], comparison={"breaks": [cut]})
    found = compare(elsewhere, by_category=True).main.level
    assert found is not None
    assert found.compared.all()


def test_penalties_and_panels(build: Any, draw: Any, two: Two) -> None:
    last = np.tile([1, 2, 3, 4], (60, 1))
    last[::2] = [2, 1, 3, 4]
    penalised = compare(two([build.rankings(last), build.rankings(drawn(draw, 80, 12))], TWO_EACH), by_category=True)
    assert penalised.sides[0].order.penalty is not None
    assert len(penalised.sides[0].order.value) == 2
    ranks = drawn(draw, 100, 13)
    ids = [[str(i) for i in range(100)]] * 2
    study = two([build.rankings(ranks), build.rankings(ranks)], TWO_EACH, {"kind": "panel"}, panel=ids)
    same = compare(study, by_category=True).main.level
    assert same is not None
    assert same.difference == pytest.approx([0, 0])
    assert same.error == pytest.approx([0, 0])  # the same people said the same
