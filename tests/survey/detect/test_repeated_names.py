"""Columns of one name, and respondents with rows of several years: each reading is told apart, or asked about."""

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


def study_of(path: Path, rows: Sequence[Sequence[object]]) -> tuple[str, ob.Study]:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    text = study_text(propose([path]), command="init")
    (path.parent / "study.toml").write_text(text, encoding="utf-8")
    return text, ob.load_study(path.parent / "study.toml")


def test_two_questions_with_the_same_items_are_two_questions(tmp_path: Path) -> None:
    draw = random.Random(1)
    rows = [[i, *draw.sample(range(1, 5), 4), *draw.choices(range(1, 6), k=4)] for i in range(90)]
    text, study = study_of(tmp_path / "answers.csv", [["ID", *ITEMS, *ITEMS], *rows])
    assert [item.name for item in study.items] == list(ITEMS)
    assert study.waves[0].question.format == "rank_grid"
    assert any(
        line.startswith("format") and "#?" in before
        for before, line in zip(text.splitlines(), text.splitlines()[1:], strict=False)
    )
    assert "a level of the scale, 4 items" in text


def test_two_items_of_one_name_are_told_apart(tmp_path: Path) -> None:
    draw = random.Random(2)
    rows = [[i, *draw.sample(range(1, 5), 4)] for i in range(90)]
    _text, study = study_of(tmp_path / "answers.csv", [["ID", "Skills", "Budget", "Budget", "Legal"], *rows])
    assert [item.name for item in study.items] == ["Skills", "Budget", "Budget (D)", "Legal"]
    ranks = study.waves[0].answers.ranks
    assert ranks.tolist() == [row[1:] for row in rows]


def test_a_question_whose_columns_have_one_name_is_one_question(tmp_path: Path) -> None:
    draw = random.Random(3)
    asked = ["How severe is this obstacle?"] * 3
    rows = [[i, *draw.choices(range(1, 6), k=3)] for i in range(90)]
    _text, study = study_of(tmp_path / "answers.csv", [["ID", *asked], *rows])
    assert len(study.items) == 3


@pytest.mark.parametrize(
    ("time", "cells"), [("year", ("2022", "2023", "2024")), ("年份", ("2023", "2024")), ("Wave", ("1", "2"))]
)
def test_rows_of_answers_of_several_years_are_a_wave_each(tmp_path: Path, time: str, cells: tuple[str, ...]) -> None:
    draw, order = random.Random(4), {}
    rows: list[list[object]] = []
    for person in range(40):
        for cell in cells:
            order[person, cell] = draw.sample(range(1, 5), 4)
            rows += [[f"p{person}", cell, item, rank] for item, rank in zip(ITEMS, order[person, cell], strict=True)]
    _text, study = study_of(tmp_path / "answers.csv", [["respondent", time, "obstacle", "rank"], *rows])
    assert [wave.id for wave in study.waves] == list(cells)
    places = [[item.name for item in study.items].index(name) for name in ITEMS]
    for wave in study.waves:
        assert wave.answers.ranks[:, places].tolist() == [order[person, wave.id] for person in range(40)]
