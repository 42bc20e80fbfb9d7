"""All that every command prints of groups, of all columns and waves together, against integer programming."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks import joint_adversary
from benchmarks.joint_adversary import RULES, Kept, Outcome, found_lines, optimum, run, summed
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


def test_a_run_goes_on_where_it_was_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, str]] = []

    def counted(seeds: list[int], rule: str, *, quick: bool) -> Outcome:
        asked.extend((seed, rule) for seed in seeds)
        told = [f"seed {seeds[0]}: obstacle"] if seeds[0] == 2 else []
        return Outcome(
            1, Counter(obstacle=10 + seeds[0], other=0), Counter(obstacle=len(told)), Counter(), told, 3, 4, 0
        )

    monkeypatch.setattr(joint_adversary, "run", counted)
    path = tmp_path / "found.jsonl"
    kept = Kept(path, quick=True)
    first = summed(kept.of(seed) for seed in (1, 2))
    again = Kept(path, quick=True)
    assert summed(again.of(seed) for seed in (1, 2)) == first
    assert asked == [(1, "none"), (2, "none")]
    again.of(1, "caps")
    Kept(path, quick=False).of(1)
    assert asked[2:] == [(1, "caps"), (1, "none")]
    lines = found_lines(first, quick=True)
    assert "| obstacle | 23 | 1 | 0 |" in lines
    assert "- seed 2: obstacle" in lines
    assert any(line.startswith("2 organisations") and "75 %" in line for line in lines)
