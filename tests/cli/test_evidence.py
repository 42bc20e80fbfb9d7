"""`obstacles evidence` as people type it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from obstacles.cli.commands.demo import first_place
from obstacles.cli.demo import examples_folder
from obstacles.cli.main import cli
from obstacles.text.language import using

EXAMPLES = examples_folder()
SURVEYS = EXAMPLES / "skills-first" / "surveys.csv"
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run() -> Run:
    def typed(*words: str | Path, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, ["evidence", *(str(word) for word in words)])
        unexpected = result.exception if not isinstance(result.exception, SystemExit) else None
        assert unexpected is None, repr(unexpected)
        assert result.exit_code == code, result.output
        return result

    return typed


def test_the_verdict_comes_first_and_everything_fits_80_columns(run: Run) -> None:
    result = run(SURVEYS, EXAMPLES / "eurostat-ai")
    lines = result.stdout.splitlines()
    assert lines[0] == '"skills" is in the leading group; first place is not established.'
    assert max(map(len, lines)) <= 80
    assert result.stderr == ""
    text = " ".join(result.stdout.split())
    assert "First alone in 12 of 40 surveys and level with another in 2" in text
    assert "and never pooled" in text
    assert "What would change it:" in text
    assert "NASCIO / McKinsey generative AI 2024: 49, and 2,350 are needed" in text


def test_a_survey_in_which_skills_are_not_first_is_shown_as_plainly(run: Run) -> None:
    lines = run(SURVEYS).stdout.splitlines()
    first = next(line for line in lines if line.startswith("NASCIO / McKinsey"))
    other = next(line for line in lines if line.startswith("SAS / Total"))
    assert len(first.split()) - len(other.split()) == 0 or len(first) == len(other)
    assert "+4.0" in first
    assert "−4.0" in other


def test_json_holds_everything(run: Run) -> None:
    record = json.loads(run(SURVEYS, "--json", "--reading", "wide").stdout)
    assert (record["category"], record["reading"], record["verdict"]) == ("skills", "wide", "leading group")
    assert {"surveys", "pool", "without", "parts", "sensitivity", "rivals"} <= set(record)


def test_chinese(run: Run) -> None:
    with using("zh"):
        text = run(SURVEYS).stdout
    assert "“技能”" in text.splitlines()[0]


def test_a_wrong_category_names_the_nearest(run: Run) -> None:
    assert 'Did you mean "skills"' in run(SURVEYS, "--category", "skils", code=2).output


def test_problems_of_all_files_come_at_once(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("survey,year,population,n,kind,item,value,unit\nA,2020,gov,-3,select-all,X,140,percent\n")
    result = run(table, "--crosswalk", tmp_path / "none.csv", code=2)
    assert "E-EVI-02" in result.output
    assert "E-EVI-05" in result.output
    assert "none.csv" in result.output
    assert "E-EVI-14" not in result.output  # without a crosswalk no item has its row


def test_one_survey_is_not_pooled(run: Run, tmp_path: Path) -> None:
    head = "survey,year,population,n,kind,item,value,unit\n"
    (tmp_path / "t.csv").write_text(
        head + "A,2020,gov,90,select-all,X,10,percent\nA,2020,gov,90,select-all,Y,70,percent\n"
    )
    (tmp_path / "crosswalk.csv").write_text("survey,item,narrow,wide\nA,X,skills,skills\nA,Y,cost,cost\n")
    text = run(tmp_path / "t.csv").stdout
    assert "Not pooled: 1 survey" in text
    assert "surely first in 0, surely not first in 1" in " ".join(text.split())


def test_two_coders_are_told_of_with_the_method(run: Run, tmp_path: Path) -> None:
    head = "survey,year,population,n,kind,item,value,unit\n"
    rows = "".join(
        f"A,2020,gov,90,select-all,{item},{share},percent\n" for item, share in (("X", 10), ("Y", 70), ("Z", 5))
    )
    (tmp_path / "t.csv").write_text(head + rows)
    walk = "survey,item,narrow,wide,second\nA,X,skills,skills,skills\nA,Y,cost,cost,rules\nA,Z,rules,rules,rules\n"
    (tmp_path / "crosswalk.csv").write_text(walk)
    text = " ".join(run(tmp_path / "t.csv").stdout.split())
    assert "Two coders gave 3 items a category (narrow reading), the same in 2. Cohen's kappa 0.50" in text
    assert "A 2020, “Y”: cost, or rules" in text
    assert "by the second coder" in text
    record = json.loads(run(tmp_path / "t.csv", "--json").stdout)["agreement"]
    assert (record["items"], record["agreed"], len(record["disagreements"])) == (3, 2, 1)
    report = tmp_path / "r.html"
    run(tmp_path / "t.csv", "--report", report)
    page = report.read_text(encoding="utf-8")
    assert "Where the coders differ" in page
    assert "kappa 0.50" in page


def test_the_demo_says_whether_skills_come_first(tmp_path: Path) -> None:
    for name in ("skills-first", "eurostat-ai"):
        shutil.copytree(EXAMPLES / name, tmp_path / name)
    sentences, path = first_place(tmp_path)
    assert path.read_bytes().startswith(b"%PDF")
    assert sentences[0] == '"skills" is in the leading group; first place is not established.'
    assert "12 of 40" in sentences[1]


def test_a_survey_without_a_rival_is_not_counted(run: Run, tmp_path: Path) -> None:
    head = "survey,year,population,n,kind,item,value,unit\n"
    pair = "A,2020,gov,90,select-all,X,10,percent\nA,2020,gov,90,select-all,Y,70,percent\n"
    alone = "B,2020,gov,90,select-all,X,40,percent\n"
    walk = "survey,item,narrow,wide\nA,X,skills,skills\nB,X,skills,skills\nA,Y,cost,cost\n"
    (tmp_path / "crosswalk.csv").write_text(walk)
    (tmp_path / "t.csv").write_text(head + pair + alone)
    text = run(tmp_path / "t.csv").stdout
    assert "First alone in 0 of 1 survey " in text
    assert "Not counted, as they print no other category: B." in text
    (tmp_path / "t.csv").write_text(head + alone)
    (tmp_path / "crosswalk.csv").write_text("survey,item,narrow,wide\nB,X,skills,skills\n")
    assert "there is nothing to be first of" in run(tmp_path / "t.csv", code=2).output


def test_a_language_that_is_not_spoken_is_refused(run: Run) -> None:
    assert 'there is no language "xx"' in run(SURVEYS, "--language", "xx", code=2).output
    assert run(SURVEYS, "--language", "zh-Hans").stdout.startswith("“技能”")
    result = CliRunner().invoke(cli, ["report", "--kind", "evidence", "--language", "xx", str(SURVEYS)])
    assert result.exit_code == 2
    assert "There are: en, zh" in result.output
    result = CliRunner().invoke(cli, ["report", "--language", "xx", str(EXAMPLES / "eurostat-ai")])
    assert result.exit_code == 2
    assert 'there is no language "xx"' in result.output


def test_an_item_without_a_place_names_its_survey_and_year(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "survey,year,population,kind,item,value,unit\nA,2020,gov,select-all,X,9,percent\nB,,gov,select-all,Y,8,percent\n"
    )
    (tmp_path / "crosswalk.csv").write_text("survey,item,narrow,wide\nZ,Z,skills,skills\n")
    text = " ".join(run(tmp_path / "t.csv", code=2).output.split())
    assert 'these items of "A" 2020: "X"' in text
    assert 'these items of "B": "Y"' in text


def test_numbers_agree_with_their_words(run: Run, tmp_path: Path) -> None:
    from obstacles.reports.evidence.build import build_evidence_report
    from obstacles.survey.evidence.load import load_evidence

    row = "A,2020,gov,90,select-all,"
    (tmp_path / "t.csv").write_text(
        f"survey,year,population,n,kind,item,value,unit\n{row}X,10,percent\n{row}Y,70,percent\n{row}Z,10,percent\n"
    )
    (tmp_path / "crosswalk.csv").write_text(
        "survey,item,narrow,wide\nA,X,skills,skills\nA,Y,cost,cost\nA,Z,rules,rules\n"
    )
    assert "2=" in run(tmp_path / "t.csv").stdout
    report = build_evidence_report(load_evidence([tmp_path / "t.csv"]), language="en")
    assert report.subtitle == "A single survey: first alone in 0; level in 0."
