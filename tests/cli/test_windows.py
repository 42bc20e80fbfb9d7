"""What differs on Windows, held on any system: code pages of the console and where libraries are looked for."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from obstacles.reports.charts.fontconfig import FOLDERS, WINDOWS_FOLDERS, folders

ROOT = Path(__file__).parents[2]
NAMES = {"cost": "费用 – Kosten", "skills": "人员与技能不足 €", "sharing": "🌍 данные"}
STUDY = """
schema = 1
[study]
title = "Ωmega"
sampling = "census"
[obstacles]
direction = "1_is_most_severe"
[[wave]]
id = "2024"
file = "answers.csv"
format = "rank_grid"
blank = "not_answered"
id_column = "id"
[wave.obstacles]
"""
PROGRAM = """
import io, sys
sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding={page!r})
sys.stderr = io.TextIOWrapper(sys.stderr.buffer, encoding={page!r})
sys.argv = ["obstacles", *{words!r}]
from obstacles.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    rows = [f"p{i},{1 + i % 3},{1 + (i + 1) % 3},{1 + (i + 2) % 3}" for i in range(30)]
    (folder / "answers.csv").write_text("\n".join(["id,cost,skills,sharing", *rows]), encoding="utf-8")
    labels = "".join(f'[[obstacles.item]]\nid = "{name}"\nlabel = "{text}"\n' for name, text in NAMES.items())
    text = STUDY.replace("[[wave]]", labels + "[[wave]]") + "".join(f'{name} = "{name}"\n' for name in NAMES)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder / "study.toml"


def output(page: str, *words: str, **environment: str) -> bytes:
    """What the command writes into a pipe, on a system whose code page is `page`."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONIOENCODING", "PYTHONUTF8")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(page=page, words=words)],
        env={**clean, "PYTHONPATH": str(ROOT), "OBSTACLES_LANGUAGE": "en", **environment},
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


@pytest.mark.parametrize("page", [pytest.param("cp1252", marks=pytest.mark.slow), "cp936"])
def test_json_and_csv_are_utf8_whatever_the_code_page(study: Path, page: str) -> None:
    record = json.loads(output(page, "rank", str(study), "--json").decode("utf-8"))
    assert {item["label"] for item in record["items"]} == set(NAMES.values())
    rows = list(csv.DictReader(io.StringIO(output(page, "rank", str(study), "--csv").decode("utf-8"))))
    assert {row["label"] for row in rows} == set(NAMES.values())


def test_another_encoding_can_be_asked_for(study: Path) -> None:
    text = output("cp936", "rank", str(study), "--csv", PYTHONIOENCODING="cp936").decode("cp936")
    assert "人员与技能不足" in text
    assert "\\U0001f30d" in text  # which this code page does not have


def test_libraries_are_looked_for_where_weasyprint_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEASYPRINT_DLL_DIRECTORIES", raising=False)
    assert folders("linux") == folders("darwin") == FOLDERS
    assert folders("win32") == ("", *(f"{folder}\\" for folder in WINDOWS_FOLDERS))
    monkeypatch.setenv("WEASYPRINT_DLL_DIRECTORIES", "D:\\gtk\\bin\\;E:\\pango")
    assert folders("win32") == ("", "D:\\gtk\\bin\\", "E:\\pango\\")
    assert folders("linux") == FOLDERS


def test_the_folders_are_those_of_the_weasyprint_that_is_installed() -> None:
    weasyprint = pytest.importorskip("weasyprint")
    source = Path(weasyprint.__file__).with_name("text") / "ffi.py"
    text = source.read_text(encoding="utf-8").replace("\\\\", "\\")
    assert "WEASYPRINT_DLL_DIRECTORIES" in text
    assert [folder for folder in WINDOWS_FOLDERS if folder not in text] == []
