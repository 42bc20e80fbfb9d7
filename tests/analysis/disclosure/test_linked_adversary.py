"""All that reports print of groups, over columns and commands, against integer programming."""

from __future__ import annotations

import pytest

from benchmarks.linked_adversary import attack, linked_organisation, optimum, seen, weakened


def fallen(seed: int, items: int | None = 1) -> list[bool]:
    study = linked_organisation(seed)
    if len(study.waves[0].respondents) < study.settings.privacy.min_group:
        return []
    return [fell for _kind, fell in attack(study, seen(study), items=items)]


def test_no_hidden_group_follows_from_all_columns_together() -> None:
    found = [fell for seed in range(50) for fell in fallen(seed)]
    assert len(found) > 50
    assert not any(found)


def test_columns_protected_one_by_one_do_fall() -> None:
    with weakened():
        assert any(fell for seed in range(4) for fell in fallen(seed, items=None))


@pytest.mark.slow
def test_no_hidden_group_follows_in_a_thousand_organisations() -> None:
    found = [fell for seed in range(1000) for fell in fallen(seed)]
    assert len(found) > 1000
    assert not any(found)


@pytest.mark.slow
def test_little_more_could_be_shown() -> None:
    """Of the groups that could be shown without isolating few people nine in ten are."""
    counts = [optimum(study, study.waves[0]) for study in map(linked_organisation, range(40)) if small(study)]
    assert len(counts) > 5
    assert sum(ours for ours, _most, _large in counts) >= 0.9 * sum(most for _ours, most, _large in counts)


def small(study: object) -> bool:
    from benchmarks.linked_adversary import Study

    assert isinstance(study, Study)
    columns = ("department", "grade", "division")
    return sum(int((study.waves[0].respondents[name].value_counts() >= 10).sum()) for name in columns) <= 9
