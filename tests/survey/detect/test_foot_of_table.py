"""What stands below the answers, totals and notes in any language, is left out and said."""

from __future__ import annotations

import random
from pathlib import Path

import openpyxl
import pytest

import obstacles as ob
from obstacles.survey.detect.propose import propose
from obstacles.survey.studyfile.write import study_text

ITEMS = ("Skills", "Budget", "Quality", "Legal")
FEET: dict[str, list[list[object]]] = {
    "total and notes": [[], ["Total", "", 90, 90, 90, 90], ["Note: for the office alone"], ["Source: HR"]],
    "sums in German": [["Summe", "", 90, 90, 90, 90], ["Mittelwert", "", 2, 2, 2, 2]],
    "French": [["Moyenne", "", 2, 2, 2, 2], ["* personnel seulement"]],
    "Spanish": [["Promedio", "", 2, 2, 2, 2]],
    "Chinese": [["合计", "", 90, 90, 90, 90], ["备注：仅供内部使用"]],
}


def rows_of(draw: random.Random) -> list[list[object]]:
    return [[i + 1, draw.choice("ABC"), *draw.sample(range(1, 5), 4)] for i in range(60)]


@pytest.mark.parametrize("foot", FEET)
def test_totals_and_notes_are_no_answers(tmp_path: Path, foot: str) -> None:
    book = openpyxl.Workbook()
    head = ["No.", "Abteilung", *(f"Rank your obstacles ({item})" for item in ITEMS)]
    for row in [head, *rows_of(random.Random(1)), *FEET[foot]]:
        book.active.append([cell if cell != "" else None for cell in row])
    book.save(tmp_path / "answers.xlsx")
    text = study_text(propose([tmp_path / "answers.xlsx"]), command="init")
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    wave = ob.load_study(tmp_path / "study.toml").waves[0]
    assert wave.receipt.analysed == 60
    assert sum(rule.count for rule in wave.receipt.left_out) == sum(map(bool, FEET[foot]))
    assert [item.name for item in wave.items] == list(ITEMS)
    assert list(wave.respondents.columns) == ["id", "abteilung"]


def test_a_note_below_a_table_of_text_is_told_as_that(tmp_path: Path) -> None:
    rows = [",".join(map(str, row)) for row in rows_of(random.Random(2))]
    (tmp_path / "a.csv").write_text("\n".join(["id,dept,a,b,c,d", *rows, "for the office alone", "Source: HR"]) + "\n")
    with pytest.raises(ob.SurveyError, match="a note below the table") as caught:
        propose([tmp_path / "a.csv"])
    assert caught.value.problems[0].code == "E-ROW-03"


def test_columns_of_numbers_are_no_printed_table(tmp_path: Path) -> None:
    draw = random.Random(3)
    lines = ["id,dept," + ",".join(f"Share 100 points: {item}" for item in ITEMS) + ",Total"]
    for i in range(80):
        cuts = sorted(draw.sample(range(1, 100), 3))
        parts = [end - start for start, end in zip([0, *cuts], [*cuts, 100], strict=True)]
        lines.append(",".join(map(str, [i, draw.choice("AB"), *parts, 100])))
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n")
    assert [wave.form for wave in propose([tmp_path / "a.csv"]).waves] == ["points"]
