"""`--by-category` on the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from paths import EXAMPLES

from obstacles.cli.main import cli

DEMO = str(EXAMPLES / "big-data-obstacles" / "study.toml")


def run(*words: str, code: int = 0) -> str:
    found = CliRunner().invoke(cli, list(words))
    assert found.exit_code == code, found.output
    return found.output if code else found.stdout


def test_rank_prints_sums_and_means_of_items() -> None:
    text = " ".join(run("rank", DEMO, "--by-category").split())
    assert "“Data resources” ranks first among the 5 categories" in text
    assert "By the mean of each category's obstacles the order is another: “Employees and skills” ranks first" in text
    assert "Per item" in text
    assert "The figures of a category's obstacles are added up." in text


def test_rank_writes_json_and_csv() -> None:
    record = json.loads(run("rank", DEMO, "--by-category", "--json"))
    assert {row["id"]: row["items"] for row in record["items"]}["data"] == ["sharing", "quality"]
    assert record["by_category"]["per_item_headline"]["items"] == ["people"]
    assert sum(row["estimate"] for row in record["items"]) == pytest.approx(1)
    lines = run("rank", DEMO, "--by-category", "--csv", "--model", "top-k").splitlines()
    assert len(lines) == 6
    assert "item_count,per_item,per_item_rank" in lines[0]


def test_a_study_without_joint_answers_is_refused() -> None:
    study = str(EXAMPLES / "eurostat-ai" / "study.toml")
    assert "cannot be added up" in " ".join(run("rank", study, "--by-category", code=2).split())


def test_compare_takes_waves_and_groups_by_category() -> None:
    text = " ".join(run("compare", DEMO, "--by-category").split())
    assert "no change of rank is certain" in text.lower()
    assert "Obstacles of each category: Changing environment 1, Thinking and concepts 1, Data resources 2" in text
    assert "left out of their categories: AI rules." in text
    record = json.loads(run("compare", DEMO, "--by-category", "--by", "grade", "--json"))
    assert [row["id"] for row in record["categories"]] == ["environment", "thinking", "data", "technology", "people"]
    assert [side["id"] for side in record["sides"]] == ["Junior", "Middle", "Senior"]
    assert {row["id"] for row in record["pairs"][0]["items"]} == {row["id"] for row in record["categories"]}
