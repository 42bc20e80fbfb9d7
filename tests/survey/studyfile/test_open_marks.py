"""Lines of a study file that are still guesses: found, told, and refused with --strict."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from obstacles.cli.main import cli
from obstacles.survey.loading.load import load_study
from obstacles.survey.studyfile.open_marks import CODE, OpenMark, open_marks

STUDY = """# Lines marked "#?" need a human eye
schema = 1
[study]
title = { en = "Is it #? or not" }
sampling = "nonprobability"
[obstacles]
#? ranks; is 1 the most severe, and
#? are these ranks at all?
direction = "1_is_most_severe"
[[wave]]
id = "w"
file = "a.csv"
format = "rank_grid"  #? there is another reading, below
[wave.obstacles]
a = "A"
b = "B"
#? The cells can also be read in another way.
# format = "order_list"
# order = ["A", "B"]
[[report]]
kind = "research"
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text("A,B\n" + "1,2\n2,1\n" * 20, encoding="utf-8")
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path / "study.toml"


def test_a_mark_belongs_to_the_key_on_its_line_or_below_it() -> None:
    assert open_marks(STUDY) == (OpenMark(9, "direction"), OpenMark(13, "format"))


def test_a_mark_inside_a_text_is_none() -> None:
    assert open_marks('title = "why #? so"\nnote = { en = "a \\" #? b" }') == ()
    assert open_marks('title = "why"  #? by the name') == (OpenMark(1, "title"),)


def test_they_are_one_warning_with_file_lines_and_keys(study: Path) -> None:
    (problem,) = [one for one in load_study(study).problems if one.code == CODE]
    assert (problem.severity, problem.file, problem.rows, problem.count) == ("warning", "study.toml", (9, 13), 2)
    assert 'direction, format are still marked "#?"' in problem.message


def test_a_study_file_without_marks_is_not_warned_of(study: Path) -> None:
    study.write_text("\n".join(line for line in STUDY.split("\n") if "#?" not in line or "title" in line) + "\n")
    text = study.read_text().replace("[wave.obstacles]", 'format = "rank_grid"\n[wave.obstacles]', 1)
    study.write_text(text)
    assert not [one for one in load_study(study).problems if one.code == CODE]


@pytest.mark.parametrize("command", ["check", "rank"])
def test_commands_name_them_and_strict_refuses(study: Path, command: str) -> None:
    told = CliRunner().invoke(cli, [command, str(study)])
    assert told.exit_code == 0
    assert CODE in told.output + told.stderr
    refused = CliRunner().invoke(cli, [command, str(study), "--strict"])
    assert refused.exit_code == 3
    assert CODE in refused.output + refused.stderr


def test_reports_say_so_on_the_first_page_and_in_the_method_box(study: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["report", str(study), "--format", "html", "-o", str(tmp_path / "report.html")])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "2 lines of study.toml are still marked" in page.split("<section")[0]
    assert "direction (line 9), format (line 13)" in page.split("<section")[-1]
