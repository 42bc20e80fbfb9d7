"""A whole batch against somebody who has every file of it: nothing hidden falls, and a broken plan does."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from obstacles.analysis.disclosure.release import Gaps, TooFewError, gaps
from obstacles.analysis.disclosure.release.figures import ReleasedGroup
from obstacles.survey.study import Study

adversary = pytest.importorskip("benchmarks.adversary")
organisations = pytest.importorskip("benchmarks.organisations")

SEEDS = (1, 2, 12, 14, 16, 72)  # 12 and 72 fell to the adversary once
FEW_SEEDS = (12, 72)


def made(seed: int, *, waves: int = 1, **privacy: Any) -> Study:
    return organisations.organisation(np.random.default_rng(seed), privacy=privacy, waves=waves)


@pytest.mark.parametrize(
    ("seeds", "least"),
    [
        pytest.param(FEW_SEEDS, {"hidden, level": 0, "joined level": 0, "capped share": 0}, id="few"),
        pytest.param(
            SEEDS,
            {"hidden, level": 50, "joined level": 50, "capped share": 3, "hidden part, respondents": 5},
            id="all",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_nothing_hidden_falls(seeds: tuple[int, ...], least: dict[str, int]) -> None:
    """`least` counts of each kind must have been attacked, for the test to show anything."""
    looked: Counter[str] = Counter()
    for seed in seeds:
        study = made(seed, waves=1 + seed % 2, **({"merge_small_into": "Others"} if seed % 3 == 0 else {}))
        for kind, left, promised in adversary.attack(study, gaps(study, k=2)):
            looked[kind] += 1
            assert left >= promised, (seed, kind)
    assert {kind: looked[kind] for kind, count in least.items() if looked[kind] <= count} == {}


def test_the_adversary_succeeds_against_a_plan_without_protection() -> None:
    fallen: Counter[str] = Counter()
    for seed in (2, 14):
        study = made(seed)
        for kind, left, promised in adversary.attack(study, adversary.unprotected(study)):
            fallen[kind] += left < 2 <= promised
    assert fallen["hidden part, respondents"] > 2
    assert fallen["hidden, level"] + fallen["joined level"] > 5
    assert sum(fallen.values()) > 20


def test_differencing_two_waves_tells_nothing_of_a_group_that_is_small_in_one() -> None:
    study = made(3, waves=2)
    first = gaps(study, wave="w0", k=2)
    second = gaps(study, wave="w1", k=2)
    assert {one.name for one in first.groups} == {one.name for one in second.groups}
    assert first.hidden == second.hidden


class TestRelease:
    @pytest.fixture(scope="class")
    @staticmethod
    def study() -> Study:
        return made(0)

    @pytest.fixture(scope="class")
    @staticmethod
    def found(study: Study) -> Gaps:
        return gaps(study, k=2)

    def test_small_groups_are_in_no_record(self, study: Study, found: Gaps) -> None:
        count = study.wave().respondents["department"].value_counts()
        small = [name for name, n in count.items() if n < 10]
        assert small
        assert set(small) <= set(found.hidden)
        record = found.to_dict()
        assert record.pop("not_reported") == list(found.hidden)
        text = json.dumps(record)
        for name in found.hidden:
            assert f'"{name}"' not in text

    def test_every_figure_stands_for_enough_people(self, study: Study, found: Gaps) -> None:
        department = study.wave().respondents["department"].astype(str).to_numpy()
        capability = study.wave().capability
        assert capability is not None
        for one in found.groups:
            inside = np.isin(department, one.members or [one.name])
            assert one.respondents == inside.sum() >= found.minimum
            for j, row in enumerate(one.rows):
                base = int((inside & ~np.isnan(capability.current[:, j])).sum())
                assert row.base in (None, base)
                assert row.base is None or row.base >= found.minimum
                below = int((capability.current[inside, j] < capability.required[inside, j]).sum())
                if row.base is not None and min(below, base - below) < 3:
                    assert row.below.value is None
                for part in one.splits.get("grade", ()):
                    assert part.respondents is None or part.respondents >= found.minimum

    def test_where_the_split_by_level_is_hidden_means_are_coarse_or_hidden(self, found: Gaps) -> None:
        """Intervals leak: a mean and its interval to one decimal fix the split in half of all small groups."""
        rows = [row for one in found.groups for row in one.rows if row.base is not None and not row.classes]
        assert len(rows) > 1
        for row in rows:
            assert row.signed.value is None or row.signed.step > 0.1

    def test_numbers_are_rounded_before_they_leave(self, found: Gaps) -> None:
        def check(x: Any) -> None:
            if isinstance(x, float):
                assert round(x, 2) == x
            elif isinstance(x, dict):
                for one in x.values():
                    check(one)
            elif isinstance(x, list):
                for one in x:
                    check(one)

        check(found.to_dict())

    def test_the_same_study_gives_the_same_release(self, study: Study, found: Gaps) -> None:
        assert repr(gaps(study, k=2)) == repr(found)


def test_small_groups_are_merged_as_the_study_says() -> None:
    for seed in range(20):
        study = made(seed, merge_small_into="Other departments")
        try:
            found = gaps(study, k=2)
        except TooFewError:
            continue
        merged = [one for one in found.groups if one.members]
        if merged:
            break
    assert isinstance(merged[0], ReleasedGroup)
    assert merged[0].name == "Other departments"
    assert len(merged[0].members) > 1
    assert merged[0].respondents >= 10


def test_a_wave_smaller_than_a_group_is_refused() -> None:
    study = made(5)
    wave = study.wave()
    nobody = organisations.with_privacy(study, min_group=len(wave.respondents) + 1)
    with pytest.raises(TooFewError, match="fewer than the"):
        gaps(nobody)


def test_items_with_different_bases_do_not_give_a_small_rest_away() -> None:
    """Nine of a department answered on one capability: hiding its row alone would leave them as a difference."""
    study = made(14)
    wave = study.wave()
    capability = wave.capability
    assert capability is not None
    current = capability.current.copy()
    department = wave.respondents["department"].astype(str).to_numpy()
    assert not gaps(study, k=2).hidden
    name = next(one for one in np.unique(department) if (department == one).sum() > 30)
    current[np.flatnonzero(department == name)[9:], 0] = np.nan
    changed = replace(study, waves=(replace(wave, capability=replace(capability, current=current)),))
    found = gaps(changed, k=2)
    hidden = [one.name for one in found.groups if one.rows[0].base is None]
    assert name in hidden
    assert len(hidden) > 1
    assert [one.name for one in found.groups if one.rows[1].base is None] == []
    told = sum(one.rows[0].base or 0 for one in found.groups)
    assert int((~np.isnan(current[:, 0])).sum()) - told >= found.minimum
