"""Rows of title above the header: `init` passes over them and says so, marked where it is in doubt."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

import obstacles as ob
from obstacles.survey.detect.propose import propose
from obstacles.survey.studyfile.write import study_text

ITEMS = ("Skills", "Budget", "Quality", "Legal")
TITLES: dict[str, list[list[str]]] = {
    "one": [["Staff survey 2025"]],
    "padded": [["员工调查2025", *[""] * 5]],
    "three": [["Staff survey 2025"], [], ["Exportiert am 2025-03-01"]],
    "keys": [["Survey", "Barriers 2025"], ["Exported by", "Mueller"], ["Rows", "90"], []],
    "comments": [["# made by a tool"], ["# n = 60"]],
    "centred": [["", "", "Enquête 2025", "", "", ""]],
}


def rows_of(*, n: int = 60) -> list[list[str]]:
    draw = random.Random(1)
    head = ["ID", "Department", *(f"Rank the obstacles [{item}]" for item in ITEMS)]
    return [
        head,
        *([str(i), draw.choice("ABC"), *map(str, draw.sample(range(1, len(ITEMS) + 1), len(ITEMS)))] for i in range(n)),
    ]


def written(path: Path, rows: Sequence[Sequence[str]]) -> None:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        return
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([int(cell) if cell.isdigit() else cell or None for cell in row])
    book.save(path)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("title", TITLES)
def test_a_title_above_the_header_is_passed_over(tmp_path: Path, title: str, ending: str) -> None:
    path = tmp_path / f"answers.{ending}"
    written(path, [*TITLES[title], *rows_of()])
    text = study_text(propose([path]), command="init")
    line = next(line for line in text.splitlines() if line.startswith("skip = "))
    assert "#?" not in line
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    study = ob.load_study(tmp_path / "study.toml")
    assert study.waves[0].receipt.analysed == 60
    assert [item.name for item in study.items] == list(ITEMS)


def test_a_title_above_names_that_may_be_answers_is_marked(tmp_path: Path) -> None:
    draw, path = random.Random(2), tmp_path / "answers.csv"
    rows = [[str(i), *draw.choices(["No time", "No tools", "No training"], k=1), "x", "y"] for i in range(60)]
    written(
        path,
        [["Obstacles"], ["id", "Main obstacle", "", "comment"], *([f"p{i}", *row[1:]] for i, row in enumerate(rows))],
    )
    text = study_text(propose([path]), command="init")
    assert any(line.startswith("skip = 1") and "#?" in line for line in text.splitlines())
