"""Scales of groups, of specialists and of others: no more than the capabilities tell, and no few people alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from obstacles.analysis.disclosure.figures import NO_MEAN, NO_SHARE, Mean, Share
from obstacles.analysis.disclosure.release import Gaps, gaps
from obstacles.analysis.disclosure.release.scales import mean_of_means, mean_of_shares
from obstacles.survey.question import Item
from obstacles.survey.settings.capability import Capability
from obstacles.survey.study import Study

organisations = pytest.importorskip("benchmarks.organisations")
SCALES = ("obtain", "process", "apply")


def made(seed: int, role: Any = None, *, group: str = "role", **privacy: Any) -> Study:
    """An organisation whose capabilities belong to scales, with a column of roles; specialists are "S" and "T"."""
    study = organisations.organisation(np.random.default_rng(seed), privacy=privacy, waves=1)
    wave = study.wave()
    n, rng = len(wave.respondents), np.random.default_rng(seed)
    other = rng.permutation(n)  # two capabilities more, of the same levels
    answers = wave.capability
    asked = replace(
        answers,
        items=tuple(Item(f"c{j}", {}, category=SCALES[j % 3]) for j in range(4)),
        current=np.hstack([answers.current, answers.current[other]]),
        required=np.hstack([answers.required, answers.required[other]]),
        supervisor=None,
        importance=None,
        source=answers.source * 2,
    )
    names = rng.choice(["S", "T", "U", "V"], n) if role is None else role(wave)
    capability = Capability.model_validate({"specialists": {"group": group, "is": ["S", "T"]}})
    return replace(
        study,
        settings=study.settings.model_copy(update={"capability": capability}),
        waves=(
            replace(
                wave,
                capability=asked,
                respondents=wave.respondents.assign(role=pd.Categorical(names)),
            ),
        ),
    )


def test_means_of_what_is_shown() -> None:
    found = mean_of_means([Mean(0.4, 0.2, 0.6), Mean(0.6, 0.5, 0.7), Mean(0.25, 0.0, 0.5, 0.25)])
    assert (found.value, found.low, found.high, found.step) == (0.4, 0.2, 0.6, 0.1)
    assert mean_of_means([Mean(0.5), Mean(0.7, 0.6, 0.8)]) == Mean(0.6, None, None)
    assert mean_of_means([Mean(0.5), NO_MEAN]) == NO_MEAN
    share = mean_of_shares([Share(0.3, 0.21, 0.4), Share(0.4, 0.3, 0.52)])
    assert (share.value, share.low, share.high) == (0.35, 0.25, 0.46)
    assert mean_of_shares([Share(0.3, 0.2, 0.4), Share(None, 0.0, 0.1, "low", 0.15)]) == NO_SHARE


def test_an_interval_is_never_shorter_than_the_scales_own() -> None:
    """Of two capabilities with any correlation the error of the mean is at most the mean of the errors."""
    rng = np.random.default_rng(3)
    for correlation in (-0.9, 0.0, 0.9, 1.0):
        both = rng.normal(size=(400, 1)) @ [[correlation, 1]] + [[np.sqrt(1 - correlation**2), 0]] * rng.normal(
            size=(400, 1)
        )
        errors = both.std(axis=0)
        assert both.mean(axis=1).std() <= errors.mean() + 1e-9


@pytest.mark.parametrize("seed", [6, 11, 12])
def test_a_groups_scales_follow_from_its_capabilities_as_they_are_shown(seed: int) -> None:
    found, looked = gaps(made(seed), k=2), 0
    for group in (found.whole, *found.groups):
        assert group.scales is not None
        for row in group.scales.rows:
            own = [group.rows[j] for j in row.items]
            if any(one.base is None for one in own):
                assert row.base is None
                assert row.shortfall == row.signed == NO_MEAN
                continue
            assert row.shortfall == mean_of_means([one.shortfall for one in own])
            assert row.signed == mean_of_means([one.signed for one in own])
            assert row.below == mean_of_shares([one.below for one in own])
            looked += 1
        if any(row.shortfall.value is None for row in group.scales.rows):
            assert group.scales.shortest == (), "no verdict beside a hidden figure"
        assert group.scales.p_below is None or group is found.whole
    assert looked > 3


def test_nobodys_specialists_without_a_grouping() -> None:
    study = made(12)
    bare = Capability.model_validate({})
    found = gaps(replace(study, settings=study.settings.model_copy(update={"capability": bare})), k=2)
    assert found.specialists is None
    assert found.to_dict()["specialists"] is None


def sides(found: Gaps) -> list[str]:
    assert found.specialists is not None
    return [side.name for side in found.specialists.sides]


def test_both_sides_are_everybody() -> None:
    study = made(12)
    found = gaps(study, k=2)
    assert sides(found) == ["specialists", "others"]
    assert found.specialists is not None
    counts = [side.respondents for side in found.specialists.sides]
    assert sum(counts) == found.whole.respondents
    assert counts[0] == study.wave().respondents["role"].isin(["S", "T"]).sum()
    record = found.to_dict()["specialists"]
    assert record["is"] == ["S", "T"]
    assert [one["scale"] for one in record["others"]["scales"]] == list(SCALES)


def few(wave: Any) -> np.ndarray:
    return np.where(np.arange(len(wave.respondents)) < 6, "S", "U")


def one_small_role(wave: Any) -> np.ndarray:
    """ "T" is so small that it is hidden, with the smallest other role, which lies on the other side."""
    at = np.arange(len(wave.respondents))
    return np.where(at < 3, "T", np.where(at % 4 < 2, "S", np.where(at % 4 == 2, "U", "V")))


def one_group_and_a_few(wave: Any) -> np.ndarray:
    """All of one group are specialists, and four people elsewhere: the group's figures would leave these alone."""
    group = wave.respondents["department"].astype(str).to_numpy()
    largest = pd.Series(group).value_counts().index[0]
    inside = group == largest
    elsewhere = np.flatnonzero(~inside)[:4]
    names = np.where(inside, "S", "U")
    names[elsewhere] = "S"
    return names


@pytest.mark.parametrize("role", [few, one_small_role, one_group_and_a_few])
def test_sides_that_would_leave_few_people_alone_are_not_shown(role: Any) -> None:
    found = gaps(made(12, role), k=2)
    assert sides(found) == []
    assert found.to_dict()["specialists"]["hidden"] is True


@pytest.mark.slow
def test_the_groups_of_a_column_with_reports_of_their_own_are_no_sides() -> None:
    study = made(12)
    assert sides(gaps(study, by="role", k=2)) == []


def test_a_capped_share_of_one_side_hides_the_sides_share() -> None:
    """Nobody among the specialists is below: the others' share and the whole's must not say so."""
    study = made(12)
    wave = study.wave()
    special = wave.respondents["role"].isin(["S", "T"]).to_numpy()
    current = wave.capability.current.copy()
    current[special] = np.where(np.isnan(current[special]), np.nan, np.fmax(current, wave.capability.required)[special])
    wave = replace(wave, capability=replace(wave.capability, current=current))
    found = gaps(replace(study, waves=(wave,)), k=2)
    assert found.specialists is not None
    assert found.specialists.sides
    for row in found.specialists.sides[0].scales.rows:
        assert row.below.value is None
