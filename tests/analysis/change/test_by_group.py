"""Groups against everybody else: the numbers, one correction over all cells, and what is hidden."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from benchmarks.material import items_of, rankings_of
from obstacles.analysis.change.by_group import by_group
from obstacles.analysis.disclosure.figures import Share
from obstacles.analysis.prepare import prepare
from obstacles.survey.answers import Rankings, Ratings
from obstacles.survey.question import Level, Scale

M = 5


def selections(marked: np.ndarray) -> Rankings:
    made = rankings_of(marked.astype(np.int16))
    return Rankings(made.items, made.ranks, made.offered, made.respondent, made.answer_counts, selection=True)


def ratings(scores: np.ndarray) -> Ratings:
    levels = tuple(Level(float(value), {"en": str(value)}) for value in range(1, 6))
    return Ratings(items_of(M), scores, np.zeros(scores.shape, bool), Scale(levels), np.arange(len(scores)))


@pytest.fixture(scope="module")
def three(grouped: Any) -> Any:
    """Three groups of 80, 60 and 40 people; the first item moves in the second group."""
    rng = np.random.default_rng(3)
    group = np.repeat(["a", "b", "c"], [80, 60, 40])
    marked = rng.random((180, M)) < 0.4
    marked[group == "b", 0] = rng.random(60) < 0.85
    return grouped(selections(marked), {"dept": group}, min_group=10), marked, group


def test_shares_differ_from_those_of_all(three: Any) -> None:
    study, marked, group = three
    found = by_group(study, study.wave(), "dept", k=3)
    assert found is not None
    assert dict(found.base) == {"a": 80, "b": 60, "c": 40}
    whole = marked.mean(axis=0)
    for name, cells in found.cells.items():
        own = marked[group == name].mean(axis=0)
        assert [cell.difference for cell in cells] == pytest.approx(own - whole, abs=0.0101)  # rounded twice
    held = {(name, j) for name, cells in found.cells.items() for j, cell in enumerate(cells) if cell.holds}
    assert ("b", 0) in held
    assert all(j == 0 for _name, j in held)


def test_shares_are_tested_as_statsmodels_tests_two_proportions(three: Any) -> None:
    study, marked, group = three
    found = by_group(study, study.wave(), "dept", k=3)
    assert found is not None
    cell, inside = found.cells["b"][0], group == "b"
    counts, sizes = [marked[inside, 0].sum(), marked[~inside, 0].sum()], [60, 120]
    low, high = confint_proportions_2indep(counts[0], sizes[0], counts[1], sizes[1], method="agresti-caffo")
    assert cell.low is not None
    assert cell.high is not None
    part = 120 / 180  # of the difference from the rest, what that from all is
    assert 0 < cell.high - cell.low - (high - low) * part <= 0.03 + 1e-9  # outward, and half a step for the figure


def test_one_correction_spans_all_cells(grouped: Any) -> None:
    """Twelve groups without a difference: what leaves out zero by itself does not hold."""
    rng = np.random.default_rng(0)
    wrong, alone = 0, 0
    for _survey in range(40):
        study = grouped(selections(rng.random((360, M)) < 0.4), {"dept": np.arange(360) % 12}, min_group=10)
        found = by_group(study, study.wave(), "dept", k=3)
        assert found is not None
        cells = [cell for own in found.cells.values() for cell in own if cell.low is not None and cell.high is not None]
        wrong += any(cell.holds for cell in cells)
        alone += sum(cell.low > 0 or cell.high < 0 for cell in cells)  # type: ignore[operator]
    assert alone > 40  # of 2,400 intervals some 5 % leave out zero
    assert wrong <= 5  # some difference is claimed in about one survey of twenty


def test_two_groups_are_tested_once(grouped: Any) -> None:
    """A p-value between alpha / m and alpha / (2 m) holds."""
    group = np.repeat(["x", "y"], [100, 100])
    marked = np.zeros((200, M), bool)
    marked[:50], marked[100:150] = True, True
    marked[50:69, 0] = True  # 69 against 50 of 100: p = 0.007
    study = grouped(selections(marked), {"dept": group}, min_group=10)
    found = by_group(study, study.wave(), "dept", k=3)
    assert found is not None
    assert found.mirrored
    assert [(name, i) for name, i, _cell in found.told] == [("x", i) for i in range(M)]
    assert [[cell.holds for cell in cells] for cells in found.cells.values()] == [[True] + [False] * 4] * 2


def test_small_groups_and_a_companion_are_hidden_everywhere(grouped: Any) -> None:
    rng = np.random.default_rng(2)
    group = np.repeat(["large", "middle", "next", "tiny"], [90, 60, 20, 4])
    study = grouped(selections(rng.random((174, M)) < 0.5), {"dept": group}, min_group=10)
    found = by_group(study, study.wave(), "dept", k=3)
    assert found is not None
    assert list(found.cells) == ["large", "middle"]
    assert found.hidden == 2
    text = json.dumps(found.to_dict()) + found.to_frame().to_csv() + found._repr_html_()
    assert "tiny" not in text
    assert "next" not in text


def test_people_without_a_group_hide_nobody(grouped: Any) -> None:
    rng = np.random.default_rng(4)
    group = np.repeat(["a", "b", ""], [60, 60, 20])
    study = grouped(selections(rng.random((140, M)) < 0.5), {"dept": group}, min_group=10)
    found = by_group(study, study.wave(), "dept", k=3)
    assert found is not None
    assert list(found.cells) == ["a", "b"]
    assert (found.hidden, found.mirrored) == (0, False)
    assert all(cell.difference is not None for own in found.cells.values() for cell in own)


def test_nobody_and_everybody_are_capped(grouped: Any) -> None:
    rng = np.random.default_rng(5)
    group = np.repeat(["a", "b", "c"], [60, 60, 40])
    marked = rng.random((160, M)) < 0.5
    marked[group == "c", 2] = False
    study = grouped(selections(marked), {"dept": group}, min_group=10)
    found = by_group(study, study.wave(), "dept", k=3)
    assert found is not None
    cell = found.cells["c"][2]
    assert isinstance(cell.shown, Share)
    assert (cell.shown.value, cell.shown.cap, cell.difference) == (None, "low", None)
    record = found.to_dict()["groups"][2]["items"][2]
    assert record == {"id": "i2", "value": None, "less_than": cell.shown.limit, "difference": None}


def test_mean_ratings(grouped: Any) -> None:
    rng = np.random.default_rng(6)
    group = np.repeat(["a", "b", "c"], [50, 60, 70])
    scores = rng.integers(1, 6, (180, M)).astype(float)
    scores[group == "a", 1] = np.clip(scores[group == "a", 1] + 2, 1, 5)
    scores[rng.random(scores.shape) < 0.1] = np.nan
    study = grouped(ratings(scores), {"dept": group}, min_group=10)
    found = by_group(study, study.wave(), "dept", k=3)
    assert found is not None
    assert found.kind == "mean-severity"
    for name, cells in found.cells.items():
        for j, cell in enumerate(cells):
            own, rest = (side[~np.isnan(side)] for side in (scores[group == name, j], scores[group != name, j]))
            whole = np.concatenate([own, rest])
            assert cell.difference == pytest.approx(own.mean() - whole.mean(), abs=0.101)  # on a grid of 0.1
            error = np.sqrt((own.var() / len(own) + rest.var() / len(rest)) * 180 / 179)
            half = stats.t.ppf(0.975, min(len(own), len(rest)) - 1) * error * len(rest) / len(whole)
            assert cell.low is not None
            assert cell.high is not None
            if not cell.holds:
                assert 0 < cell.high - cell.low - 2 * half <= 0.3 + 1e-9  # outward, and half a step for the figure
    assert [j for j, cell in enumerate(found.cells["a"]) if cell.holds] == [1]


def test_weights_and_clusters_widen_intervals(grouped: Any) -> None:
    rng = np.random.default_rng(7)
    group = np.arange(240) // 80
    cluster = np.arange(240) // 8
    marked = rng.random((30, M))[cluster] + rng.normal(0, 0.2, (240, M)) < 0.5
    plain = grouped(selections(marked), {"dept": group}, min_group=10)
    designed = grouped(selections(marked), {"dept": group}, min_group=10, cluster=cluster)
    widths = []
    for study in (plain, designed):
        found = by_group(study, study.wave(), "dept", k=3)
        assert found is not None
        widths.append(np.mean([c.high - c.low for own in found.cells.values() for c in own if c.low is not None]))  # type: ignore[operator]
    assert widths[1] > 1.5 * widths[0]


def test_unequal_weights_cost_degrees_of_freedom(grouped: Any) -> None:
    """Half of a group has ten times the weight: two proportions by hand, with what that costs."""
    marked, group = np.zeros((120, M), bool), np.arange(120) % 3
    marked[np.arange(120) % 5 < 2] = True
    weight = np.where(np.arange(120) // 3 % 2, 10.0, 1.0)
    study = grouped(selections(marked), {"dept": group}, min_group=10, weight=weight)
    found = by_group(study, study.wave(), "dept", k=3)
    assert found is not None
    cell = found.cells["0"][0]
    part = prepare(study.wave(), k=1).sample.effective_in(group == 0)
    worth, satterthwaite = 220**2 / 2020, 2020**2 / 200_020 - 1
    assert part.factor == pytest.approx(worth / (worth - 1) * 39 / 40, rel=1e-9)
    assert part.df == pytest.approx(((worth - 1) * satterthwaite) ** 0.5, rel=1e-9)
    assert cell.low is not None
    assert cell.high is not None
    assert cell.high - cell.low > 0.3  # forty people, of whom twenty nearly decide alone


def test_top_places_of_rankings(grouped: Any) -> None:
    rng = np.random.default_rng(8)
    ranks = np.argsort(np.argsort(rng.random((120, M)), axis=1), axis=1) + 1
    study = grouped(rankings_of(ranks.astype(np.int16)), {"dept": np.arange(120) % 3}, min_group=10)
    found = by_group(study, study.wave(), "dept", k=2)
    assert found is not None
    assert (found.kind, found.k) == ("top-k", 2)
    own, rest = (ranks[np.arange(120) % 3 == 0] <= 2).mean(axis=0), (ranks[np.arange(120) % 3 > 0] <= 2).mean(axis=0)
    values = [cell.difference for cell in found.cells["0"]]
    assert values == pytest.approx((own - rest) * 80 / 120, abs=0.0101)


def test_there_is_nothing_to_say_of_a_single_group(grouped: Any) -> None:
    marked = np.random.default_rng(9).random((60, M)) < 0.5
    one = grouped(selections(marked), {"dept": ["a"] * 60}, min_group=10)
    assert by_group(one, one.wave(), "dept", k=3) is None
    few = grouped(selections(marked), {"dept": ["a"] * 52 + ["b"] * 8}, min_group=10)
    assert by_group(few, few.wave(), "dept", k=3) is None
