"""`obstacles regress` as people type it, on the examples and on real surveys where these are here."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from paths import SHARED_DATA, needs_shared_data

from obstacles.cli.demo import examples_folder
from obstacles.cli.main import cli

EXAMPLES = examples_folder()
SYNTHETIC = EXAMPLES / "big-data-obstacles"
Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def typed(*words: str | Path, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, ["regress", *(str(word) for word in words)])
        unexpected = result.exception if not isinstance(result.exception, SystemExit) else None
        assert unexpected is None, repr(unexpected)
        assert result.exit_code == code, result.output
        return result

    return typed


def flat(text: str) -> str:
    return " ".join(text.split())


def test_all_models_of_the_last_wave(run: Run) -> None:
    out = run(SYNTHETIC).stdout
    text = flat(out)
    assert "Synthetic data" in text
    assert "These are associations" in text
    assert text.index("Obstacles by grade and role") < text.index("Capability gaps by grade and role")
    assert "Held against: grade “Junior”; role “Caseworker”." in text
    assert "Manager: higher: +0." in text
    assert "Model checks" in text
    assert max(map(len, out.splitlines())) <= 80


def test_one_model_as_json(run: Run) -> None:
    record = json.loads(run(SYNTHETIC, "--model", "gaps", "--json").stdout)
    assert record["schema"] == 1
    [model] = record["models"]
    assert model["name"] == "gaps"
    assert model["outcome"] == "gap_mean"
    assert model["references"] == {"grade": "Junior", "role": "Caseworker"}
    assert {row["term"] for row in model["coefficients"]} == {"grade", "role"}
    assert all(row["low"] < row["estimate"] < row["high"] for row in model["coefficients"])


def test_a_level_widens_and_narrows(run: Run) -> None:
    def width(*words: str) -> float:
        row = json.loads(run(SYNTHETIC, "--model", "gaps", "--json", *words).stdout)["models"][0]["coefficients"][0]
        return float(row["high"] - row["low"])

    assert width("--level", "0.8") < width() < width("--level", "0.99")


def test_a_formula_that_is_typed(run: Run) -> None:
    [model] = json.loads(run(SYNTHETIC, "--formula", "grade", "--json").stdout)["models"]
    assert model["kind"] == "rank_ordered_logit"  # that of the answers
    [other] = json.loads(run(SYNTHETIC, "--formula", "grade", "--kind", "tree", "--json").stdout)["models"]
    assert other["kind"] == "tree"
    [marks] = json.loads(run(SYNTHETIC, "--wave", "2022", "--formula", "grade", "--json").stdout)["models"]
    assert marks["kind"] == "selection"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--model", "grade-rle"), 'there is no model "grade-rle". Did you mean "grade-role"?'),
        (("--model", "gaps", "--formula", "grade"), "give one of them"),
        (("--kind", "tree"), "--kind belongs to --formula"),
        (("--formula", "grade", "--kind", "logt"), 'there is no kind of regression "logt"'),
        (("--formula", "grad"), 'Did you mean "grade"?'),
        (("--formula", "grade +"), "cannot be used"),
        (("--formula", "__import__('os')"), "formula"),
        (("--formula", "grade", "--kind", "severity"), "it needs ratings on a scale"),
        (("--wave", "2023"), 'there is no wave "2023"'),
        (("--wave", "2022"), "no [[model]] belongs to wave 2022"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, words: tuple[str, ...], message: str) -> None:
    result = run(SYNTHETIC, *words, code=2)
    assert message in flat(result.stderr)
    assert "Traceback" not in result.output


def test_a_study_without_models_says_how_to_write_one(run: Run, tmp_path: Path) -> None:
    shutil.copytree(SYNTHETIC, tmp_path / "s")
    study = tmp_path / "s" / "study.toml"
    text = study.read_text(encoding="utf-8")
    start, end = text.index("[[model]]"), text.index("# ---------- comparisons")
    study.write_text(text[:start] + text[end:], encoding="utf-8")
    assert "[[model]]" in flat(run(study, code=2).stderr)


def test_a_published_table_has_nobody_to_ask(run: Run) -> None:
    message = flat(run(EXAMPLES / "eurostat-ai", "--formula", "size", code=2).stderr)
    assert "a published table has no respondents" in message


@needs_shared_data
def test_lack_of_talent_by_employer(run: Run) -> None:
    words = (EXAMPLES / "kaggle-2017", "--data", SHARED_DATA / "kaggle2017")
    talent, by_size = json.loads(run(*words, "--json").stdout)["models"]
    assert (talent["asked"], talent["used"]) == (7376, 6268)
    assert {test["term"]: test["adjusted"] < 0.05 for test in talent["tests"]} == dict.fromkeys(
        ("employer_size", "industry", "country"), True
    )
    held = {row["label"]: round(row["ratio"], 2) for row in talent["coefficients"] if row["adjusted"] < 0.05}
    assert held == {"Academic": 0.69, "Government": 1.54, "People 's Republic of China": 0.48, "Russia": 0.52}
    assert by_size["tests"][0]["p"] < 1e-9


@needs_shared_data
def test_reasons_of_research_software_engineers(run: Run) -> None:
    words = (EXAMPLES / "rse", "--data", SHARED_DATA / "rse_survey")
    [found] = json.loads(run(*words, "--json").stdout)["models"]
    assert len(found["merged"]["country"]) == 24
    scale = next(check for check in found["checks"] if check["name"] == "same scale at every place")
    assert scale["passed"] is False
    out = run(*words).stdout
    assert "Caution, same scale at every place" in flat(out)
    [before] = json.loads(run(*words, "--wave", "2017", "--json").stdout)["models"]
    assert before["name"] == "factors-2017"
    assert before["penalty"] is None


@needs_shared_data
def test_problems_in_notebooks(run: Run) -> None:
    words = (EXAMPLES / "jupyter-2020", "--data", SHARED_DATA / "jupyter2020", "--json")
    [found] = json.loads(run(*words).stdout)["models"]
    held = [row["outcome"] for row in found["coefficients"] if row["adjusted"] < 0.05]
    assert held == ["lost_data", "autocompletion"]
    odds = next(check for check in found["checks"] if check["name"] == "proportional odds")
    assert odds["passed"] is False
