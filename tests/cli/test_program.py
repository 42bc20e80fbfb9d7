"""A line that is printed for pasting names the program as the person can type it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

from obstacles.cli.program import program, typed


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an environment that no shell looks into."""
    script = tmp_path / ".venv" / "bin" / "obstacles"
    script.parent.mkdir(parents=True)
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.defpath)
    return tmp_path


@pytest.mark.parametrize("start", [".venv/bin/obstacles", "{home}/.venv/bin/obstacles"])
def test_a_script_off_the_path_is_named_by_its_path_from_here(
    home: Path, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    monkeypatch.setattr(sys, "argv", [start.format(home=home), "demo"])
    assert program() == str(Path(".venv/bin/obstacles"))


def test_from_another_folder_the_path_is_whole(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "else where").mkdir()
    monkeypatch.setattr(sys, "argv", [str(home / ".venv/bin/obstacles")])
    monkeypatch.chdir(home / "else where")
    assert program() == str(home / ".venv/bin/obstacles")
    assert typed(str(home / "else where" / "a b")) == "'a b'"


def test_a_script_that_the_shell_finds_is_named_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home / ".venv" / "bin"))
    monkeypatch.setattr(sys, "argv", [str(home / ".venv/bin/obstacles")])
    assert program() == "obstacles"


def test_a_module_is_named_by_its_interpreter(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/obstacles/__main__.py"])
    monkeypatch.setattr(sys, "executable", str(home / ".venv/bin/python"))
    assert program() == f"{Path('.venv/bin/python')} -m obstacles"


def test_the_line_that_is_printed_can_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"p{i},{1 + i % 3},{1 + (i + 1) % 3},{1 + (i + 2) % 3}" for i in range(30)]
    (tmp_path / "answers.csv").write_text("\n".join(["id,rank_cost,rank_skills,rank_time", *rows]) + "\n")
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), "OBSTACLES_LANGUAGE": "en"}
    run = [sys.executable, "-m", "obstacles", "init", "answers.csv"]
    first = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    line = first.stdout.splitlines()[-1].split("Next: ")[1]
    then = subprocess.run(line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert line.endswith("-m obstacles check study.toml")
    assert "No module" not in then.stderr
    assert "30 rows" in then.stdout


@pytest.mark.parametrize("name", ["rank", "check", "compare", "report", "regress", "export", "init"])
def test_help_waits_for_no_library_of_numbers(name: str) -> None:
    words = [sys.executable, "-X", "importtime", "-m", "obstacles", name, "--help"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert imported & {"numpy", "pandas", "pydantic", "scipy"} == set()
    assert "click" in imported


def test_a_ranking_is_printed_without_the_library_of_statistics() -> None:
    """Importing scipy.stats would be a third of the time that `rank` takes."""
    study = ROOT / "examples" / "big-data-obstacles" / "study.toml"
    words = [sys.executable, "-X", "importtime", "-m", "obstacles", "rank", str(study)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
    assert "scipy.special" in done.stderr
    assert "scipy.stats" not in done.stderr
