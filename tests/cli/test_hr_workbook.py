"""The page for HR: a workbook as it says, the commands as it prints them, and a report for every department."""

from __future__ import annotations

import random
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from paths import DOCS

from obstacles.cli.main import cli

PAGE = DOCS / "tutorials" / "hr.md"


def tables(text: str) -> list[list[list[str]]]:
    """The tables of a page: rows of cells, without the line under the head."""
    found: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            found[-1] += [] if set("".join(cells)) <= {"-"} else [cells]
        elif found[-1]:
            found.append([])
    return [table for table in found if table]


@pytest.mark.parametrize("reports", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_the_page_leads_from_a_workbook_to_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, reports: bool
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    part = PAGE.read_text(encoding="utf-8").split("\n## ")[1]
    (head, *_examples), headcount, _required = tables(part)
    draw, book = random.Random(1), openpyxl.Workbook()
    answers, sizes = book.active, book.create_sheet("Headcount")
    answers.append(head)
    for number in range(80):
        unit, grade = draw.choice(["Finance", "Transport"]), draw.choice("AB")
        levels = [min(4, max(0, round(draw.gauss(1.5 + at % 2, 1)))) for at in range(4)]
        answers.append([1000 + number, unit, grade, *levels, draw.choice(["No time", "No training", "No tools"])])
    for row in headcount:
        sizes.append([int(cell) if cell.isdigit() else cell for cell in row])
    book.save(tmp_path / "staff.xlsx")
    monkeypatch.chdir(tmp_path)
    commands = re.search(r"```sh\n(.*?)```", part, re.S)
    assert commands is not None
    lines = commands[1].splitlines()
    assert len(lines) == 4
    for line in lines if reports else lines[:3]:
        done = CliRunner().invoke(cli, shlex.split(line)[1:])
        assert done.exit_code == 0, (line, done.output)
    if reports:
        assert {path.name for path in (tmp_path / "gaps").glob("*.html")} >= {
            "index.html",
            "Finance.html",
            "Transport.html",
        }
    text = (tmp_path / "study.toml").read_text(encoding="utf-8")
    assert text.count("[[capability.item]]") == 2
    assert 'sheet = "Headcount"' in text


def test_the_page_leads_from_skills_alone_and_a_sheet_of_required_levels_to_gaps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    part = PAGE.read_text(encoding="utf-8").split("\n## ")[1]
    _answers, headcount, required = tables(part)
    draw, book = random.Random(2), openpyxl.Workbook()
    role, *skills = required[0]
    book.active.append(["Employee no", headcount[0][0], role, *skills])
    for number in range(80):
        levels = [draw.randrange(5) for _ in skills]
        book.active.append(
            [number, draw.choice(["Finance", "Transport"]), draw.choice(["Analyst", "Officer"]), *levels]
        )
    for name, table in (("Headcount", headcount), ("Needed", required)):
        sheet = book.create_sheet(name)
        for row in table:
            sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    book.save(tmp_path / "staff.xlsx")
    monkeypatch.chdir(tmp_path)
    for words in (["init", "staff.xlsx"], ["check", "study.toml"], ["gaps", "study.toml", "--by", "department"]):
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, (words, done.output)
    assert "Finance" in done.output
    refused = CliRunner().invoke(cli, ["rank", "study.toml"])
    assert refused.exit_code == 2
    assert "E-FIT-03" in refused.output
