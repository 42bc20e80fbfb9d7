"""Printed tables and crosswalks: what is read, and that bad input is told whole, with places, and never crashes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from obstacles.survey.evidence.load import EvidenceFiles, StudyWave, load_evidence
from obstacles.survey.evidence.printed import PrintedSurvey
from obstacles.survey.problems import SurveyError

HEAD = "survey,year,population,n,kind,item,value,unit\n"
ROWS = (
    "A,2020,government,100,select-all,Skills,60,percent\n"
    "A,2020,government,100,select-all,Cost,50.5,percent\n"
    "B,2021,enterprise,,rank only,Skills,1,rank\n"
    "B,2021,enterprise,,rank only,Cost,2,rank\n"
    "B,2021,enterprise,,rank only,Data,,rank\n"
)
WALK = (
    "survey,item,narrow,wide,opt_out,series\n"
    "A,skills,skills,skills,,\n"
    "A,Cost,cost,cost,,\n"
    "B,Skills,skills,skills,,both\n"
    "B,Cost,cost,cost,yes,\n"
    "B,Data,data,data,,\n"
)
Load = Callable[..., EvidenceFiles]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(table: str = HEAD + ROWS, walk: str | None = WALK) -> EvidenceFiles:
        (tmp_path / "surveys.csv").write_text(table, encoding="utf-8")
        if walk is not None:
            (tmp_path / "crosswalk.csv").write_text(walk, encoding="utf-8")
        return load_evidence([tmp_path / "surveys.csv"])

    return load


def test_surveys_items_and_places_are_read(load: Load) -> None:
    files = load()
    a, b = (entry.survey for entry in files.surveys)
    assert isinstance(a, PrintedSurvey)
    assert isinstance(b, PrintedSurvey)
    assert (a.n, a.year, a.several, a.whole, b.n, b.unit) == (100, 2020, True, False, None, "rank")
    assert [(item.text, item.value, item.half_unit) for item in a.items] == [("Skills", 60, 0.5), ("Cost", 50.5, 0.05)]
    assert [item.value for item in b.items] == [1, 2, None]
    assert [place.narrow for place in files.surveys[0].places] == ["skills", "cost"]
    assert [place.opt_out for place in files.surveys[1].places] == [False, True, False]
    assert [entry.series for entry in files.surveys] == ["A", "both"]
    assert files.problems == ()


def test_every_problem_comes_at_once_with_its_place(load: Load) -> None:
    bad = (
        "A,2020,government,-5,select-all,Skills,160,percent\n"
        "A,2020,government,-5,select-all,Cost,,percent\n"
        "B,twenty,enterprise,nearly 500,select-all,Skills,x,percent\n"
        "C,2020,,10,ticked,Skills,5,points\n"
    )
    with pytest.raises(SurveyError) as caught:
        load(HEAD + bad)
    found = {(problem.code, problem.column): problem.rows for problem in caught.value.problems}
    assert [problem.rows for problem in caught.value.problems if problem.code == "E-EVI-05"] == [(2,), (3,)]
    assert found["E-EVI-02", "n"] == (2, 3, 4)
    assert found["E-EVI-02", "year"] == (4,)
    assert found["E-EVI-02", "value"] == (4,)
    assert found["E-EVI-03", "population"] == (5,)
    assert found["E-EVI-04", "kind"] == found["E-EVI-04", "unit"] == (5,)
    assert {problem.file for problem in caught.value.problems} == {"surveys.csv"}
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("A,2020,gov,10,select-all,X,120,percent\nA,2020,gov,10,select-all,Y,1,percent\n", "E-EVI-05"),
        ("A,2020,gov,10,select-all,X,-1,percent\nA,2020,gov,10,select-all,Y,1,percent\n", "E-EVI-05"),
        ("A,2020,gov,-1,select-all,X,20,percent\nA,2020,gov,-1,select-all,Y,10,percent\n", "E-EVI-02"),
        ("A,2020,gov,0.5,select-all,X,20,percent\n", "E-EVI-02"),
        ("A,2020,gov,10,select-all,X,20,percent\nA,2020,gov,10,select-all,x ,10,percent\n", "E-EVI-07"),
        ("A,2020,gov,10,select-all,X,20,percent\nA,2020,gov,10,rank only,Y,1,rank\n", "E-EVI-06"),
        ("A,2020,gov,10,select-all,X,20,percent\nA,2020,gov,12,select-all,Y,1,percent\n", "E-EVI-06"),
        ("A,2020,gov,10,select-all,X,1,rank\n", "E-EVI-06"),
        ("A,2020,gov,10,rank only,X,1,percent\n", "E-EVI-06"),
        ("A,2020,gov,10,rank only,X,1,rank\nA,2020,gov,10,rank only,Y,3,rank\n", "E-EVI-08"),
        ("A,2020,gov,10,rank only,X,,rank\n", "E-EVI-08"),
        ("A,2020,gov,10,top-1,X,70,percent\nA,2020,gov,10,top-1,Y,60,percent\n", "E-EVI-09"),
        ("A,2020,gov,10,select-all,X,0.7,percent\nA,2020,gov,10,select-all,Y,0.2,percent\n", "A-EVI-01"),
        ("A,2020,gov,10,select-all,Z,70,percent\n", "E-EVI-14"),
        ("A,2020,gov,1e400,select-all,X,70,percent\n", "E-EVI-02"),
        ("A,nan,gov,inf,select-all,X,nan,percent\n", "E-EVI-02"),
    ],
)
def test_what_cannot_be_is_refused(load: Load, rows: str, code: str) -> None:
    walk = "survey,item,narrow,wide\nA,X,skills,skills\nA,Y,cost,cost\n"
    with pytest.raises(SurveyError) as caught:
        load(HEAD + rows, walk)
    problem = next(problem for problem in caught.value.problems if problem.code == code)
    assert problem.rows
    assert len(problem.message) > 30


def test_more_respondents_than_there_are_bodies_is_refused(load: Load) -> None:
    table = HEAD.strip() + ",population_size\nA,2020,gov,90,select-all,Skills,60,percent,89\n"
    with pytest.raises(SurveyError) as caught:
        load(table)
    assert [(problem.code, problem.column) for problem in caught.value.problems] == [("E-EVI-02", "population_size")]


def test_equal_ranks_leave_out_the_next(load: Load) -> None:
    rows = "".join(f"A,2020,gov,,rank only,{item},{rank},rank\n" for item, rank in (("X", 1), ("Y", 1), ("Z", 3)))
    walk = "survey,item,narrow,wide\n" + "".join(f"A,{item},{item},{item}\n" for item in "XYZ")
    assert len(load(HEAD + rows, walk).surveys) == 1


def test_a_missing_column_names_those_that_are_there(load: Load) -> None:
    with pytest.raises(SurveyError) as caught:
        load("survey,year,item,value\nA,2020,X,3\n", WALK)
    assert caught.value.problems[0].code == "E-EVI-01"
    assert '"unit"' in caught.value.problems[0].message


@pytest.mark.parametrize(
    ("walk", "code"),
    [
        (None, "E-EVI-12"),
        ("survey,item,narrow\nA,Skills,skills\n", "E-EVI-01"),
        (WALK + "A,Skills,cost,cost,,\n", "E-EVI-11"),
        (WALK.replace("A,Cost,cost,cost,,", "A,Cost,,cost,,"), "E-EVI-10"),
        (WALK.replace("yes", "maybe"), "E-EVI-10"),
    ],
)
def test_a_wrong_crosswalk_is_refused(load: Load, walk: str | None, code: str) -> None:
    with pytest.raises(SurveyError) as caught:
        load(HEAD + ROWS, walk)
    assert code in {problem.code for problem in caught.value.problems}


def test_a_row_without_an_item_and_a_slip_of_the_pen_are_warned_of(load: Load) -> None:
    slip = "".join(f"A,{item},technology,technology,,\n" for item in "uvw") + "B,z,tecnology,tecnology,,\nC,y,c,c,,\n"
    codes = {problem.code: problem for problem in load(HEAD + ROWS, WALK + slip).problems}
    assert codes["W-EVI-02"].count == 4
    assert '"technology"' in codes["W-EVI-01"].message


def test_a_survey_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text(HEAD + ROWS, encoding="utf-8")
    (tmp_path / "crosswalk.csv").write_text(WALK, encoding="utf-8")
    with pytest.raises(SurveyError) as caught:
        load_evidence([tmp_path / "one.csv", tmp_path / "two.csv"])
    assert {problem.code for problem in caught.value.problems} == {"E-EVI-15"}


def test_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SurveyError):
        load_evidence([tmp_path / "nothing.csv"])


def test_a_study_keeps_the_categories_of_its_study_file() -> None:
    folder = Path(__file__).parents[3] / "examples"
    raw = load_evidence([folder / "big-data-obstacles"]).surveys
    assert [type(entry.survey) for entry in raw] == [StudyWave, StudyWave]
    assert [entry.survey.year for entry in raw] == [2022, 2024]
    printed = load_evidence([folder / "eurostat-ai"]).surveys
    assert [type(entry.survey) for entry in printed] == [PrintedSurvey] * 3
    assert printed[0].places[0].narrow == "people"
    assert isinstance(printed[0].survey, PrintedSurvey)
    assert printed[0].survey.items[0].value == 68.76
    assert printed[0].survey.items[0].half_unit == 0.005


CELL = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [
        "A",
        "2020",
        "government",
        "select-all",
        "top-1",
        "rank only",
        "percent",
        "rank",
        "60",
        "-1",
        "101",
        "1e9",
        "",
        '"',
        "=",
    ]
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELL, min_size=8, max_size=8), max_size=6))
def test_random_tables_are_read_or_refused_but_never_crash(tmp_path: Path, rows: list[list[str]]) -> None:
    quoted = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows)
    (tmp_path / "surveys.csv").write_text(HEAD + ROWS + quoted, encoding="utf-8")
    (tmp_path / "crosswalk.csv").write_text(WALK, encoding="utf-8")
    with suppress(SurveyError):
        assert load_evidence([tmp_path / "surveys.csv"]).surveys
