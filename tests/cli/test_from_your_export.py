"""The page "From your export to a report": its commands run, and print what the page shows."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from paths import DOCS

from obstacles.cli.demo import examples_folder
from obstacles.cli.main import cli

PAGE = DOCS / "from-your-export.md"
BLOCK = re.compile(r"```(sh|text)\n(.*?)```", re.S)


def test_the_commands_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(examples_folder() / "big-data-obstacles", tmp_path / "obstacles-demo" / "big-data-obstacles")
    monkeypatch.chdir(tmp_path)
    printed, shown = "", 0
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "text":
            if text.startswith("Qualtrics export"):
                assert printed == text
                shown += 1
            continue
        for line in text.splitlines():
            program, *words = shlex.split(line)
            assert program == "obstacles"
            if words[0] != "report":  # tested elsewhere, and slow
                result = CliRunner().invoke(cli, words)
                assert result.exit_code == 0, (line, result.output)
                printed = result.stdout
    assert shown == 1


def test_every_code_of_the_page_exists() -> None:
    files = [path for room in ("survey", "reports", "obstacles") for path in (PAGE.parents[1] / room).rglob("*.py")]
    sources = "".join(path.read_text(encoding="utf-8") for path in files)
    rows = re.findall(r"^\| ([AE]-[A-Z]+-\d\d(?:, \d\d)*) ", PAGE.read_text(encoding="utf-8"), re.M)
    assert len(rows) > 8
    for row in rows:
        first, *more = row.split(", ")
        for code in (first, *(first[:-2] + number for number in more)):
            assert f'"{code}"' in sources, code
