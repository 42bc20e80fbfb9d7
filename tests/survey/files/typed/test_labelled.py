"""Data files of SPSS and Stata: labels of variables and values, values declared missing, and the library they need."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from obstacles.survey.detect.propose import propose
from obstacles.survey.files.readers import open_table
from obstacles.survey.files.table import Table
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError
from obstacles.survey.settings import WaveSettings
from obstacles.survey.studyfile.write import study_text

LEVELS = {1.0: "Not at all", 2.0: "Somewhat", 3.0: "Very much", 8.0: "Filter", 9.0: "Refused"}
GRID = {
    "ID": [101.0, 102.0, 103.0, 104.0, 105.0, 106.0],
    "Q1_1": [1.0, 2.0, 3.0, 3.0, 9.0, 2.0],
    "Q1_2": [3.0, 3.0, 2.0, 1.0, 8.0, 1.0],
    "Q1_3": [2.0, 1.0, 1.0, 2.0, 1.0, None],
}
LABELS = ["", *(f"How severe is it: {item}" for item in ("Lack of skills", "Cost", "Data"))]
Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Write a data file of SPSS, or of Stata by its name."""

    def write(data: dict[str, list[Any]], name: str = "a.sav", **options: Any) -> Path:
        path = tmp_path / name
        kind = pyreadstat.write_dta if name.endswith(".dta") else pyreadstat.write_sav
        kind(pd.DataFrame(data), str(path), **options)
        return path

    return write


def opened(path: Path) -> Table:
    return open_table(path, WaveSettings(id="1", file=path.name, format="likert_grid"), None)


def refusal(path: Path) -> SurveyError:
    with pytest.raises(SurveyError) as caught:
        opened(path)
    return caught.value


class TestCells:
    def test_labels_of_values_are_the_cells(self, save: Save) -> None:
        table = opened(save(GRID, variable_value_labels={"Q1_1": LEVELS}))
        assert table.text("Q1_1").tolist() == [
            "Not at all",
            "Somewhat",
            "Very much",
            "Very much",
            "Refused",
            "Somewhat",
        ]
        assert table.text("Q1_3").tolist() == ["2", "1", "1", "2", "1", ""]
        assert table.text("ID").tolist()[0] == "101"

    def test_values_without_a_label_stay_numbers(self, save: Save) -> None:
        table = opened(save({"x": [1.0, 2.5, 3.0]}, variable_value_labels={"x": {1.0: "Low"}}))
        assert table.text("x").tolist() == ["Low", "2.5", "3"]

    def test_labels_that_tell_nothing_apart_are_left_out(self, save: Save) -> None:
        table = opened(save({"x": [1.0, 2.0, 3.0]}, variable_value_labels={"x": {1.0: "Yes", 2.0: "yes ", 3.0: "No"}}))
        assert table.text("x").tolist() == ["1", "2", "3"]

    def test_marks_of_several_answers_stay_marks(self, save: Save) -> None:
        table = opened(save({"x": [0.0, 1.0]}, variable_value_labels={"x": {0.0: "not selected", 1.0: "Skills"}}))
        assert table.text("x").tolist() == ["0", "1"]

    def test_texts_and_days(self, save: Save) -> None:
        data = {"t": ["人员", "b "], "d": pd.to_datetime(["2024-05-13", "2024-05-14"]).date}
        table = opened(save(data))
        assert table.text("t").tolist() == ["人员", "b"]
        assert table.text("d").tolist() == ["2024-05-13", "2024-05-14"]

    def test_labels_of_variables_are_the_second_header_row(self, save: Save) -> None:
        table = opened(save(GRID, column_labels=LABELS))
        assert table.header[1][1] == "How severe is it: Lack of skills"
        assert table.rows.tolist() == [1, 2, 3, 4, 5, 6]

    def test_values_declared_missing_are_said(self, save: Save) -> None:
        ranges: dict[str, Any] = {"Q1_1": [{"lo": 8.0, "hi": 9.0}], "Q1_2": [8.0]}
        labels = {"Q1_1": LEVELS, "Q1_2": LEVELS}
        table = opened(save(GRID, variable_value_labels=labels, missing_ranges=ranges))
        assert table.text("Q1_1").tolist()[4] == "Refused"
        (note,) = table.problems
        assert note.code == "I-LAB-01"
        assert 'Declared missing: "Refused", "Filter"' in note.message

    @pytest.mark.parametrize("name", ["a.sav", "a.zsav", "a.dta", "answers.csv"])
    def test_the_content_says_what_a_file_is(self, save: Save, name: str) -> None:
        written = "b.dta" if name.endswith(".dta") else "b.sav"
        path = save({"x": [1.0, 2.0]}, written).rename(save({"x": [1.0]}, "c.sav").with_name(name))
        assert opened(path).text("x").tolist() == ["1", "2"]


class TestProposal:
    def study(self, path: Path) -> str:
        return study_text(propose([path]), command="x")

    @pytest.mark.parametrize("name", ["a.sav", "a.dta"])
    def test_a_grid_with_labels(self, save: Save, name: str) -> None:
        labels = dict.fromkeys(("Q1_1", "Q1_2", "Q1_3"), LEVELS)
        path = save(GRID, name, column_labels=LABELS, variable_value_labels=labels)
        proposal = propose([path])
        assert proposal.question == "How severe is it"
        assert [item.label for item in proposal.items] == ["Lack of skills", "Cost", "Data"]
        assert proposal.waves[0].form == "likert_grid"

    def test_declared_values_are_no_levels(self, save: Save) -> None:
        columns = ("Q1_1", "Q1_2", "Q1_3")
        ranges: dict[str, Any] = {name: [{"lo": 8.0, "hi": 9.0}] for name in columns}
        labels = dict.fromkeys(columns, LEVELS)
        path = save(GRID, column_labels=LABELS, variable_value_labels=labels, missing_ranges=ranges)
        (wave,) = propose([path]).waves
        keys = {entry.key: entry.value for entry in wave.entries}
        assert [level["text"] for level in keys["scale"]] == [["Not at all"], ["Somewhat"], ["Very much"]]
        assert keys["missing"] == {"declared": ["Filter"], "refused": ["Refused"]}
        study = path.with_name("study.toml")
        study.write_text(self.study(path), encoding="utf-8")
        assert load_study(study).wave().receipt.analysed == 6

    def test_declared_numbers_are_no_ranks(self, save: Save) -> None:
        orders = [(1, 2, 3), (2, 1, 3), (3, 1, 2), (1, 3, 2), (7, 7, 7)]
        data = {f"R_{j + 1}": [float(order[j]) for order in orders] for j in range(3)}
        path = save(data, missing_ranges={name: [7.0] for name in data})
        (wave,) = propose([path]).waves
        assert wave.form == "rank_grid"
        assert {entry.key: entry.value for entry in wave.entries}["missing"] == {"declared": ["7"]}

    def test_a_column_of_years_makes_waves(self, save: Save) -> None:
        orders = [(1, 2, 3), (2, 1, 3), (3, 1, 2), (1, 3, 2)] * 2
        data = {f"R_{j + 1}": [float(order[j]) for order in orders] for j in range(3)}
        path = save({"YEAR": [2023.0] * 4 + [2024.0] * 4, **data})
        proposal = propose([path])
        assert [wave.id for wave in proposal.waves] == ["2023", "2024"]
        where = [{entry.key: entry.value for entry in wave.entries}["where"] for wave in proposal.waves]
        assert where == [{"YEAR": "2023"}, {"YEAR": "2024"}]


class TestRefusals:
    def test_without_the_library_the_command_is_named(self, save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
        path = save({"x": [1.0]})
        monkeypatch.setitem(sys.modules, "pyreadstat", None)
        error = refusal(path)
        assert [one.code for one in error.problems] == ["E-LAB-01"]
        assert 'install pyreadstat: pip install "obstacle-ranking[spss]"' in str(error)

    @pytest.mark.parametrize(
        ("name", "content"),
        [("a.sav", b"$FL2@(#) SPSS DATA FILE" + bytes(400)), ("a.dta", b"<stata_dta>" + bytes(50)), ("a.por", b"x")],
    )
    def test_a_damaged_file(self, tmp_path: Path, name: str, content: bytes) -> None:
        (tmp_path / name).write_bytes(content)
        error = refusal(tmp_path / name)
        assert [one.code for one in error.problems] == ["E-LAB-02"]
        assert "Save it again, or export it as CSV" in str(error)

    def test_a_file_without_rows(self, save: Save) -> None:
        assert [one.code for one in refusal(save({"x": []})).problems] == ["E-FILE-05"]
