"""Comparisons of small samples in which some items are never chosen, or never but first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from obstacles.analysis.change.compare import compare


def first_choices(build: Any, chosen: np.ndarray, items: int) -> Any:
    """Rankings of one place: the item that each respondent chose."""
    return build.rankings(np.eye(items, dtype=np.int16)[chosen], np.ones((len(chosen), items), bool))


def two_waves(build: Any, wave: Any, waves: Any, one: np.ndarray, other: np.ndarray, items: int, **more: Any) -> Any:
    asked = {"question": {"k": 1, "blank": "below"}, **more}
    made = [wave(first_choices(build, chosen, items), **asked) for chosen in (one, other)]
    return compare(waves(made), k=1)


def test_nobody_chose_an_item_in_one_wave_and_three_did_in_the_other(build: Any, wave: Any, waves: Any) -> None:
    """First choices 9, 8, 3, 0 and 9, 8, 0, 3 of twenty each: Pearson's exact p is 0.115, Fisher's 0.132."""
    one, other = np.repeat([0, 1, 2], [9, 8, 3]), np.repeat([0, 1, 3], [9, 8, 3])
    main = two_waves(build, wave, waves, one, other, 4).main
    assert main.homogeneity.name == "homogeneity (score)"
    assert main.homogeneity.p == pytest.approx(0.115, abs=0.01)
    assert main.scale is None
    assert not main.ranks.certain.any()
    assert (main.worth.p_adjusted > 0.3).all()


def test_a_list_that_turns_round_is_seen(build: Any, wave: Any, waves: Any) -> None:
    one, other = np.repeat([0, 1], [18, 2]), np.repeat([1, 2], [3, 17])
    main = two_waves(build, wave, waves, one, other, 4).main
    assert main.homogeneity.p < 0.001
    assert main.ranks.certain[[0, 2]].all()


def test_a_panel_flips_the_answers_of_persons(build: Any, wave: Any, waves: Any) -> None:
    """Twelve persons of whom five change from item 0 to item 1 and none back: the sign test of 5:0."""
    one, other = np.array([0] * 8 + [1] * 4), np.array([0] * 3 + [1] * 9)
    ids = [str(i) for i in range(12)]
    made = [
        wave(first_choices(build, chosen, 3), question={"k": 1, "blank": "below"}, panel=ids) for chosen in (one, other)
    ]
    found = compare(waves(made), k=1, kind="panel").main.homogeneity
    assert "flips of signs" in found.note
    assert found.p == pytest.approx(2 * stats.binom.sf(4, 5, 0.5))


def test_units_on_both_sides_are_flipped_and_others_dealt_out(build: Any, wave: Any, waves: Any) -> None:
    rng = np.random.default_rng(1)
    chosen, group = rng.choice(3, 40, p=[0.5, 0.3, 0.2]), np.tile(["a", "b"], 20)
    notes = []
    for design in ({}, {"cluster": np.arange(40) // 4}):
        answers = first_choices(build, chosen, 4)
        made = wave(answers, question={"k": 1, "blank": "below"}, groups={"g": group}, design=design)
        notes.append(compare(waves([made]), by="g", k=1).main.homogeneity.note)
    assert notes[0].startswith("score test, dealt out")
    assert notes[1].startswith("score test")
    assert "flips" in notes[1]


def test_penalties_of_a_panel_are_in_its_errors(build: Any, wave: Any, waves: Any) -> None:
    """Joined by their persons, errors of separated worths are as little near zero as in separate samples."""
    chosen, ids = np.repeat([0, 1, 2], [9, 8, 3]), [str(i) for i in range(20)]
    asked = {"question": {"k": 1, "blank": "below"}, "panel": ids}
    made = [wave(first_choices(build, one, 4), **asked) for one in (chosen, chosen[::-1].copy())]
    change = compare(waves(made), k=1, kind="panel").main
    assert change.worth.error[3] > 1
    assert (change.worth.p > 0.5).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("share", "n"), [((0.5, 0.34, 0.08, 0.08), (20, 20)), ((0.3, 0.2, 0.2, 0.1, 0.1, 0.05, 0.03, 0.02), (50, 50))]
)
def test_the_same_list_is_called_different_in_one_comparison_of_twenty(
    build: Any, wave: Any, waves: Any, share: tuple[float, ...], n: tuple[int, int]
) -> None:
    """Penalised Wald tests did so in 19 and 20 % of 200; six standard errors above 5 % would be 14 %."""
    rng, runs, called, changed = np.random.default_rng(2), 200, 0, 0
    for _run in range(runs):
        main = two_waves(build, wave, waves, *(rng.choice(len(share), size, p=share) for size in n), len(share)).main
        called += main.homogeneity.p <= 0.05
        changed += bool(main.ranks.certain.any() or (main.worth.p_adjusted <= 0.05).any())
    assert called / runs < 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)
    assert changed / runs < 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


@pytest.mark.slow
@pytest.mark.parametrize(("form", "n", "waves"), [("selections", 30, 3), ("ratings", 30, 4), ("full", 60, 3)])
def test_waves_of_the_same_people_are_the_same_list_in_95_percent(form: str, n: int, waves: int) -> None:
    """Three waves and more that share their units: 4.3 to 5.0 % of 300 and 400 surveys of full and top-3 rankings."""
    surveys = pytest.importorskip("benchmarks.edges.surveys")
    changed = pytest.importorskip("benchmarks.edges.changed")
    lean = pytest.importorskip("benchmarks.edges.lean")
    ids, rejected, tested = np.array([f"p{i}" for i in range(n)], object), 0, 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        minds = rng.normal(size=(n, 6)) + surveys.Situation(form, "tied").utility
        made = [surveys.wave_of(surveys.answered(rng, form, minds), n, {}) for _wave in range(waves)]
        same = [replace(one, respondents=one.respondents.assign(id=ids.astype(str)), panel=ids) for one in made]
        with lean.lean(), lean.lean_comparison(pairs=False):
            found = compare(changed.study_of_waves(same), kind="panel", draws=200).homogeneity
        tested += found is not None
        rejected += found is not None and found.p <= 0.05
    assert tested > 90
    assert rejected <= 12
