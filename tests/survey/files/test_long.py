"""A row per answer: what becomes a row per respondent, what `init` makes of it, and what is refused with its rows."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from obstacles.analysis.ranking.rank import fitted
from obstacles.survey.detect.propose import propose
from obstacles.survey.files.readers import open_table
from obstacles.survey.files.table import Table
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError
from obstacles.survey.settings import WaveSettings
from obstacles.survey.studyfile.proposal import Proposal
from obstacles.survey.studyfile.write import study_text

ITEMS = ("Lack of skills", "No budget", "Poor data", "Old IT")
Rows = list[list[Any]]


def saved(folder: Path, header: Sequence[str], rows: Rows) -> Path:
    with (folder / "a.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return folder / "a.csv"


def opened(path: Path, columns: list[str] | None = None, **long: str) -> Table:
    stated = {"id": "w", "file": path.name, "format": "rank_grid", "long": long}
    return open_table(path, WaveSettings.model_validate(stated), columns)


def answers(kind: str, n: int = 40) -> Rows:
    """Rows of (respondent, unit, item, value); the first item is the largest obstacle."""
    draw = random.Random(1)
    rows: Rows = []
    for person in range(n):
        order = sorted(range(4), key=lambda j: j + draw.gauss(0, 1))
        for j in range(4):
            value = {"rank": order.index(j) + 1, "rating": max(1, min(5, 5 - j + draw.randint(-1, 1)))}.get(kind, 1)
            if kind != "choice" or draw.random() < 0.9 - 0.2 * j:
                rows.append([f"p{person}", "Roads" if person % 2 else "Parks", ITEMS[j], value])
    if kind != "choice":  # whose order would be asked about
        draw.shuffle(rows)
    return rows


def made(folder: Path, header: Sequence[str], rows: Rows) -> tuple[Proposal, list[str]]:
    """The proposal and the items from the largest on."""
    proposal = propose([saved(folder, header, rows)])
    (folder / "study.toml").write_text(study_text(proposal, command="x"), encoding="utf-8")
    _prepared, fit, _reason = fitted(load_study(folder / "study.toml"))
    score = dict(zip((one.name for one in fit.estimate.items), fit.estimate.value.tolist(), strict=True))
    return proposal, sorted(score, key=lambda name: -score[name])


def test_rows_of_a_respondent_become_one(tmp_path: Path) -> None:
    rows = [["a", "x", 2], ["b", "x", 1], ["a", "y", 1], ["c", "z", 1]]
    table = opened(saved(tmp_path, ["who", "what", "rank"], rows), respondent="who", item="what", value="rank")
    assert table.names == ("who", "what, rank [x]", "what, rank [y]", "what, rank [z]")
    assert [table.text(name).tolist() for name in table.names] == [
        ["a", "b", "c"],
        ["2", "1", ""],
        ["1", "", ""],
        ["", "", "1"],
    ]
    assert table.rows.tolist() == [2, 3, 5]
    assert table.rows_in("what, rank [y]").tolist()[0] == 4


@pytest.mark.parametrize(
    "header",
    [
        ("respondent", "unit", "obstacle", "{kind}"),
        ("ResponseId", "unit", "barrier", "value"),
        ("编号", "部门", "障碍", "名次"),
        ("person_id", "dept", "label", "answer"),
    ],
)
@pytest.mark.parametrize(
    ("kind", "form"), [("rank", "rank_grid"), ("rating", "likert_grid"), ("choice", "multi_select")]
)
def test_init_finds_ranks_ratings_and_choices(tmp_path: Path, kind: str, form: str, header: tuple[str, ...]) -> None:
    names = [name.format(kind=kind) for name in header]
    rows = answers(kind)
    if kind == "choice":
        names, rows = names[:3], [row[:3] for row in rows]
    proposal, order = made(tmp_path, names, rows)
    (wave,) = proposal.waves
    assert wave.form == form
    assert [entry.ask for entry in wave.entries if entry.key == "long"] == [False]
    assert order == list(ITEMS)
    assert list(wave.groups.values()) in ([], [names[1]])


def test_a_code_beside_a_label_is_no_second_item_and_another_column_is_asked_about(tmp_path: Path) -> None:
    rows = [[*row, ITEMS.index(row[2]) + 10] for row in answers("rank")]
    proposal, order = made(tmp_path, ["respondent", "unit", "obstacle", "rank", "obstacle_code"], rows)
    (entry,) = (one for one in proposal.waves[0].entries if one.key == "long")
    assert entry.value == {"respondent": "respondent", "item": "obstacle", "value": "rank"}
    assert order == list(ITEMS)
    draw = random.Random(2)
    rows = [[*row, draw.randint(1, 5)] for row in answers("rank")]
    proposal, _order = made(tmp_path, ["respondent", "unit", "obstacle", "value", "score"], rows)
    assert "long" in proposal.asked


@pytest.mark.parametrize("words", [("First", "Second", "Third", "Fourth"), ("1st", "2nd", "3rd", "4th")])
def test_ranks_in_words_are_ranks_and_no_items(tmp_path: Path, words: tuple[str, ...]) -> None:
    rows = [[*row[:3], words[row[3] - 1]] for row in answers("rank")]
    proposal, order = made(tmp_path, ["respondent", "unit", "obstacle", "rank"], rows)
    assert proposal.waves[0].form == "rank_grid"
    assert order == list(ITEMS)


def test_choices_in_any_order_may_be_rankings_and_are_asked_about(tmp_path: Path) -> None:
    draw = random.Random(3)
    rows = [[person, item] for person in range(40) for item in draw.sample(ITEMS, 3)]
    proposal, _order = made(tmp_path, ["respondent", "obstacle"], rows)
    assert "long" in proposal.asked


@pytest.mark.parametrize("name", ["task", "first"])
def test_comparisons_and_tables_are_no_rows_of_answers(tmp_path: Path, name: str) -> None:
    draw = random.Random(4)
    rows = [[person, *draw.sample(ITEMS, 2), draw.choice([1, 2])] for person in range(20) for _task in range(5)]
    proposal = propose([saved(tmp_path, ["respondent", name, "second", "result"], rows)])
    assert proposal.waves[0].form == "pairs"


def test_every_contradiction_is_told_with_its_rows_at_once(tmp_path: Path) -> None:
    rows = [["a", "x", 1], ["a", "x", 2], ["", "y", 1], ["b", "", 1], ["b", "y", "2024-05-01"]]
    with pytest.raises(SurveyError) as caught:
        opened(saved(tmp_path, ["who", "what", "rank"], rows), respondent="who", item="what", value="rank")
    assert [(one.code, one.rows, one.column) for one in caught.value.problems] == [
        ("E-LONG-01", (4,), "who"),
        ("E-LONG-02", (5,), "what"),
        ("E-LONG-03", (3,), "what"),
    ]


def test_a_bad_cell_is_told_with_its_own_row(tmp_path: Path) -> None:
    rows = answers("rank")
    saved(tmp_path, ["respondent", "unit", "obstacle", "rank"], rows)
    study = tmp_path / "study.toml"
    study.write_text(study_text(propose([tmp_path / "a.csv"]), command="x"), encoding="utf-8")
    rows[17][3] = "2024-05-01"
    saved(tmp_path, ["respondent", "unit", "obstacle", "rank"], rows)
    with pytest.raises(SurveyError) as caught:
        load_study(study)
    errors = [one for one in caught.value.problems if one.severity == "error"]
    assert [(one.code, one.rows) for one in errors] == [("E-RANK-01", (19,))]


def test_columns_that_differ_within_a_respondent(tmp_path: Path) -> None:
    rows = [["a", "x", 1, "u"], ["a", "y", 2, "v"], ["b", "x", 1, "u"]]
    path = saved(tmp_path, ["who", "what", "rank", "note"], rows)
    stated = {"respondent": "who", "item": "what", "value": "rank"}
    table = opened(path, **stated)
    assert "note" not in table.names
    assert any(one.code == "I-LONG-02" for one in table.problems)
    with pytest.raises(SurveyError, match="E-LONG-05"):
        opened(path, ["note"], **stated)
    with pytest.raises(SurveyError, match="E-COL-03"):
        opened(path, respondent="who", item="nothing")


def test_rows_of_one_question_are_chosen_by_where(tmp_path: Path) -> None:
    rows = [["a", "x", 1, "q1"], ["a", "x", 3, "q2"], ["b", "x", 2, "q1"], ["b", "x", 1, "q2"]]
    path = saved(tmp_path, ["who", "what", "rank", "question"], rows)
    long = {"respondent": "who", "item": "what", "value": "rank"}
    stated = {"id": "w", "file": "a.csv", "format": "rank_grid", "long": long, "where": {"question": "q1"}}
    table = open_table(path, WaveSettings.model_validate(stated), None)
    assert table.text("what, rank [x]").tolist() == ["1", "2"]
