"""All that every command prints of groups, of all columns and waves together, against integer programming."""

from __future__ import annotations

import pytest

from benchmarks.joint_adversary import RULES, optimum, run
from benchmarks.organisations import linked_organisation

# in organisation 2, weighted, one person whom two columns tell apart follows where the audit in whole numbers gives up
FEW, WEAK = (2, 4), (1, 3, 7)


def test_nothing_hidden_follows_from_all_files_together() -> None:
    found = run(FEW, quick=True)
    assert sum(found.attacked.values()) > 60
    assert +found.fell == {}, found.told


@pytest.mark.slow
def test_nothing_hidden_follows_in_many_organisations() -> None:
    found = run(range(1, 40))
    assert sum(found.attacked.values()) > 1_000
    assert +found.fell == {}, found.told


@pytest.mark.parametrize("rule", ["caps", pytest.param("columns protected together", marks=pytest.mark.slow)])
def test_a_plan_without_one_of_its_rules_falls(rule: str) -> None:
    assert rule in RULES
    assert any(sum(run([seed], rule, quick=True).fell.values()) for seed in WEAK)


@pytest.mark.slow
def test_little_more_could_be_shown() -> None:
    """Of the groups that could be shown without isolating few people nine in ten are."""
    small = (study for study in map(linked_organisation, range(40)) if len(study.waves[0].sizes["department"]) < 5)
    counts = [optimum(study, study.waves[0]) for study in small]
    assert len(counts) > 5
    assert sum(ours for ours, _most, _large in counts) >= 0.9 * sum(most for _ours, most, _large in counts)
