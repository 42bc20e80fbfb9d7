"""`obstacles compare`, `report --kind change` and `report --each` as people type them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from paths import SHARED_DATA, needs_shared_data

from obstacles.cli.demo import examples_folder

EXAMPLES = examples_folder()
Run = Callable[..., Result]


@needs_shared_data
def test_research_software_engineers_in_the_united_kingdom(run: Run) -> None:
    """233 against 228 people, nine factors, five places: no change can be shown."""
    record = json.loads(run("compare", EXAMPLES / "rse", "--data", SHARED_DATA / "rse_survey", "--json").stdout)
    assert record["headline"]["kind"] == "none"
    assert record["headline"]["no_change_can_be_shown"] is True
    assert record["where"] == {"country": ["United Kingdom"]}
    assert record["comparability"]["places_used"] == 5
    assert sum(item["compared"] for item in record["comparability"]["items"]) == 9
    assert [side["respondents"] for side in record["sides"]] == [233, 228]
    test = record["pairs"][0]["homogeneity"]
    assert test["name"] == "homogeneity (likelihood ratio)"
    assert test["df"] == [8]
    assert test["p"] > 0.05
    text = " ".join(run("compare", EXAMPLES / "rse", "--data", SHARED_DATA / "rse_survey").stdout.split())
    assert "No change can be shown between 2017 and 2018" in text
    assert "Nor is it shown that nothing changed" in text


@needs_shared_data
def test_users_of_dask_over_three_years(run: Run) -> None:
    record = json.loads(run("compare", EXAMPLES / "dask", "--data", SHARED_DATA / "dask_surveys", "--json").stdout)
    status = {item["id"]: item["status"] for item in record["comparability"]["items"]}
    assert status["resiliency"] == "new"
    assert list(status.values()).count("same") == 10
    assert record["trend"]["unit"] == "year"
    assert len(record["pairs"]) == 3
    assert record["pairs"][1]["measure"] == "mean severity"


@needs_shared_data
def test_the_filter_of_a_comparison_is_not_that_of_groups(run: Run) -> None:
    """The study compares years within one country; its countries are compared all the same."""
    words = (
        "compare",
        EXAMPLES / "rse",
        "--data",
        SHARED_DATA / "rse_survey",
        "--by",
        "country",
        "--wave",
        "2018",
        "--json",
    )
    record = json.loads(run(*words).stdout)
    assert record["where"] == {}
    assert {"Germany", "United Kingdom", "United States"} <= {side["id"] for side in record["sides"]}
    named = json.loads(run(*words, "--comparison", "2017-2018-all").stdout)
    assert [side["id"] for side in named["sides"]] == [side["id"] for side in record["sides"]]


def test_many_groups_stand_in_several_tables(run: Run) -> None:
    out = run("compare", EXAMPLES / "big-data-obstacles", "--by", "department").stdout
    heads = [line.split() for line in out.splitlines() if line.startswith("Obstacle ")]
    assert len(heads) > 1
    assert "Agriculture" in heads[0]
    assert "Transport" in heads[-1]
    assert sum(line.startswith("Skills ") for line in out.splitlines()) == len(heads)


def test_published_percentages_have_an_order_alone(run: Run) -> None:
    record = json.loads(run("compare", EXAMPLES / "eurostat-ai", "--json").stdout)
    assert record["headline"]["kind"] == "descriptive"
    assert record["pairs"][0]["levels_compared"] is False
    assert all(item["verdict"] == "not compared" for item in record["pairs"][0]["items"])
    out = run("compare", EXAMPLES / "eurostat-ai").stdout
    assert "No sample size is published" in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80


def test_tables_fit_80_columns(run: Run) -> None:
    for words in ((), ("--by", "grade"), ("--by", "department")):
        out = run("compare", EXAMPLES / "big-data-obstacles", *words).stdout
        assert "Synthetic data" in out
        assert max(map(len, out.splitlines())) <= 80


def test_groups_of_one_wave(run: Run) -> None:
    out = run("compare", EXAMPLES / "big-data-obstacles", "--by", "grade", "--wave", "2024").stdout
    assert "That all groups have the same list: p = " in out
    record = json.loads(run("compare", EXAMPLES / "big-data-obstacles", "--by", "department", "--json").stdout)
    names = [side["id"] for side in record["sides"]]
    assert record["hidden_groups"] == 2
    assert len(names) == 12
    assert "Archives" not in json.dumps(record)
    assert "Protocol Office" not in json.dumps(record)


@pytest.mark.parametrize(
    ("words", "piece"),
    [
        (["--comparison", "2022-2023"], 'Did you mean "2022-2024"?'),
        (["--waves", "2022", "2025"], 'there is no wave "2025"'),
        (["--waves", "2022", "2022"], "two different waves"),
        (["--where", "department"], "--where takes a group and a name"),
        (["--where", "departmnt=Health"], 'Did you mean "department"?'),
        (["--where", "department=Helth"], 'Did you mean "Health"?'),
        (["--where", "department=Archives"], "fewer than 10 and are not shown"),
        (["--wave", "2024"], "--wave belongs to --by"),
        (["--by", "grade", "--waves", "2022", "2024"], "name it by --wave"),
        (["--by", "department", "--wave", "2021"], 'there is no wave "2021"'),
    ],
)
def test_wrong_words_are_named(run: Run, words: list[str], piece: str) -> None:
    result = run("compare", EXAMPLES / "big-data-obstacles", *words, code=2)
    assert piece in " ".join(result.output.split())


def test_the_same_words_give_the_same_bytes(run: Run) -> None:
    words = ("compare", EXAMPLES / "big-data-obstacles", "--json")
    assert run(*words).stdout == run(*words).stdout


class TestReport:
    def test_a_change_report(self, run: Run, tmp_path: Path) -> None:
        target = tmp_path / "change"
        run("report", EXAMPLES / "eurostat-ai", "--kind", "change", "-o", target, "--format", "pdf,html,json,csv")
        assert {path.suffix for path in tmp_path.iterdir()} == {".pdf", ".html", ".json", ".csv"}
        assert json.loads((tmp_path / "change.json").read_text())["report"] == "change"

    def test_words_of_another_kind_are_refused(self, run: Run) -> None:
        result = run("report", EXAMPLES / "eurostat-ai", "--waves", "2023", "2025", code=2)
        assert "--waves does not belong to the research report" in result.output
        result = run("report", EXAMPLES / "eurostat-ai", "--kind", "change", "--wave", "2023", code=2)
        assert "--wave does not belong to the change report" in result.output

    def test_several_studies_need_a_word(self, run: Run) -> None:
        result = run("report", EXAMPLES / "eurostat-ai", EXAMPLES / "big-data-obstacles", code=2)
        assert "--each" in result.output

    def test_a_report_of_each_study(self, run: Run, tmp_path: Path) -> None:
        studies = [EXAMPLES / "eurostat-ai", EXAMPLES / "big-data-obstacles"]
        out = tmp_path / "new" / "folder"
        printed = run("report", *studies, "--each", "--kind", "change", "-o", out, "--format", "json").stdout
        assert {path.name for path in out.iterdir()} == {"eurostat-ai-change.json", "big-data-obstacles-change.json"}
        assert printed.count(".json") == 2

    def test_one_that_fails_is_said_and_the_others_are_made(self, run: Run, tmp_path: Path) -> None:
        studies = [EXAMPLES / "starwars", EXAMPLES / "eurostat-ai", EXAMPLES / "eurostat-ai" / "study.toml"]
        result = run("report", *studies, "--each", "-o", tmp_path, "--format", "csv", code=2)
        assert [path.name for path in tmp_path.iterdir()] == ["eurostat-ai-research.csv"]
        assert "no such file" in result.output
        assert "would be written over" in result.output
        assert "2 studies have no report." in result.output
