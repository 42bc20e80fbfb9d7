"""What is no file is refused before it is opened: pipes, devices and links in a circle, under every reader's name."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from obstacles.survey.detect.propose import propose
from obstacles.survey.files.file_bytes import read_octets
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
NAMES = ("a.csv", "a.xlsx", "a.sav", "a.dta", "a.soc")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def circle(path: Path) -> None:
    path.symlink_to(path.name)


def folder(path: Path) -> None:
    path.mkdir()


KINDS = (pipe, device, circle, folder)


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_answers_that_are_no_file_are_refused(tmp_path: Path, name: str, make: object) -> None:
    assert callable(make)
    make(tmp_path / name)
    with pytest.raises(SurveyError) as caught:
        propose([tmp_path / name])
    assert [problem.code for problem in caught.value.problems] == ["E-FILE-01"]


@pytest.mark.parametrize("make", KINDS)
def test_a_study_file_that_is_no_file_is_refused(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "study.toml")
    with pytest.raises(SurveyError) as caught:
        load_study(tmp_path / "study.toml")
    assert caught.value.exit_code == 3
    assert [problem.code for problem in caught.value.problems] == ["E-TOML-02"]


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("line", ["codebook", "margins", "size", "answers"])
def test_a_file_that_a_study_names_and_that_is_none_is_refused(tmp_path: Path, line: str, make: object) -> None:
    assert callable(make)
    make(tmp_path / "odd.csv")
    (tmp_path / "data.csv").write_text("id,a,b,dep\n1,1,0,x\n2,0,1,y\n")
    names = {"codebook": "book.csv", "margins": "m.csv", "size": "s.csv", "answers": "data.csv"} | {line: "odd.csv"}
    items = 'codebook = "odd.csv"' if line == "codebook" else 'item = [{ id = "a" }, { id = "b" }]'
    margins = f'method = "rake"\nmargins = {{ dep = "{names["margins"]}" }}' if line == "margins" else ""
    size = f'size = {{ file = "{names["size"]}" }}' if line == "size" else ""
    (tmp_path / "study.toml").write_text(
        f"""schema = 1
[study]
title = {{ en = "x" }}
sampling = "nonprobability"
[obstacles]
{items}
[weights]
{margins}
[groups]
{size}
[[wave]]
id = "1"
file = "{names["answers"]}"
format = "multi_select"
obstacles = {{ a = "a", b = "b" }}
columns = {{ dep = "dep" }}
"""
    )
    with pytest.raises(SurveyError) as caught:
        load_study(tmp_path / "study.toml")
    told = {problem.code for problem in caught.value.problems}
    assert told & {"E-FILE-01", "E-PATH-01"}, [str(problem) for problem in caught.value.problems]


@pytest.mark.skipif(not Path("/proc/self/pagemap").exists(), reason="the system has no /proc")
def test_a_file_without_end_is_not_read_on() -> None:
    with pytest.raises(OSError, match="too large"):
        read_octets(Path("/proc/self/pagemap"))
