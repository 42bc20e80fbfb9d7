"""A printed table of many surveys that somebody else made: what `init` makes of it, and what it says of its guesses."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paths import EXAMPLES, SHARED_DATA, needs_shared_data

from obstacles.survey.detect.propose import propose as propose_study
from obstacles.survey.evidence.category_words import category_of
from obstacles.survey.evidence.load import load_evidence
from obstacles.survey.evidence.printed import PrintedSurvey
from obstacles.survey.evidence.propose import EvidenceProposal, propose_evidence
from obstacles.survey.problems import SurveyError

Propose = Callable[[str], EvidenceProposal | None]
COLLECTED = SHARED_DATA / "evidence" / "evidence.csv"


@pytest.fixture
def propose(tmp_path: Path) -> Propose:
    def made(text: str) -> EvidenceProposal | None:
        (tmp_path / "printed.csv").write_text(text, encoding="utf-8")
        return propose_evidence(tmp_path / "printed.csv")

    return made


def rows(content: bytes | None) -> list[dict[str, str]]:
    assert content is not None
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


def surveys_of(made: EvidenceProposal, folder: Path) -> list[PrintedSurvey]:
    """The surveys as `obstacles evidence` reads them from what is written."""
    (folder / "crosswalk.csv").write_bytes(made.crosswalk)
    path = made.file
    if made.table is not None:
        path = folder / "surveys.csv"
        path.write_bytes(made.table)
    found = [entry.survey for entry in load_evidence([path]).surveys]
    assert all(isinstance(survey, PrintedSurvey) for survey in found)
    return [survey for survey in found if isinstance(survey, PrintedSurvey)]


def test_a_table_that_is_read_as_it_is_gets_a_crosswalk_alone(tmp_path: Path) -> None:
    (tmp_path / "surveys.csv").write_bytes((EXAMPLES / "skills-first" / "surveys.csv").read_bytes())
    made = propose_evidence(tmp_path / "surveys.csv")
    assert made is not None
    assert (made.table, made.surveys, made.items) == (None, 37, 139)
    assert len(surveys_of(made, tmp_path)) == 37


def test_guessed_categories_are_mostly_those_of_a_reader_and_all_are_marked(tmp_path: Path) -> None:
    (tmp_path / "surveys.csv").write_bytes((EXAMPLES / "skills-first" / "surveys.csv").read_bytes())
    made = propose_evidence(tmp_path / "surveys.csv")
    assert made is not None
    own = {(row["survey"], row["item"]): row for row in rows(made.crosswalk)}
    with (EXAMPLES / "skills-first" / "crosswalk.csv").open(encoding="utf-8", newline="") as file:
        reader = {(row["survey"], row["item"]): row["narrow"] for row in csv.DictReader(file)}
    same = [row["narrow"] == reader[key] for key, row in own.items()]
    assert len(same) > 100
    assert sum(same) / len(same) > 0.75
    assert all(row["#?"] for row in own.values())


def test_other_names_and_words_of_a_long_table(propose: Propose, tmp_path: Path) -> None:
    made = propose(
        "Study,Survey year,Sector,Sample size,Question type,Barrier,Share (%),Category,is_skills\n"
        "NAO,autumn 2023,public sector bodies,87,multiple choice,Skills,70 %,employees and skills,1\n"
        "NAO,autumn 2023,public sector bodies,87,multiple choice,Too few people,55 %,employees and skills,0\n"
        "NAO,autumn 2023,public sector bodies,87,multiple choice,Funding,68.5 %,cost,0\n"
        "GBC,2015,government,about 300,top answer,Strategy,52,thinking and concepts,0\n"
        "GBC,2015,government,about 300,top answer,Talent,46,employees and skills,1\n"
    )
    assert made is not None
    nao, gbc = surveys_of(made, tmp_path)
    assert (nao.year, nao.population, nao.n, nao.kind) == (2023, "government", 87, "select-all")
    assert [(item.value, item.half_unit) for item in nao.items] == [(70, 0.5), (55, 0.5), (68.5, 0.05)]
    assert (gbc.kind, gbc.n) == ("top-1", None)
    walk = rows(made.crosswalk)
    assert [(row["narrow"], row["wide"]) for row in walk] == [
        ("skills", "skills"),
        ("staff numbers", "skills"),
        ("cost", "cost"),
        ("thinking", "thinking"),
        ("skills", "skills"),
    ]
    assert [bool(row["#?"]) for row in walk] == [False, True, False, False, False]
    doubts = [row["#?"] for row in rows(made.table)]
    assert "year: read as 2023" in doubts[0]
    assert "kind: a guess" in doubts[0]
    assert "n: about 300 is no number" in doubts[3]


def test_chinese_names(propose: Propose, tmp_path: Path) -> None:
    made = propose(
        "调查名称,年份,调查对象,样本量,题型,障碍,比例\n"
        "省级调查,2024,政府部门,320,多选题,专业人才不足,61.2\n省级调查,2024,政府部门,320,多选题,资金不足,48.0\n"
        "企业调查,2023,企业,150,单选题,数据质量差,55\n企业调查,2023,企业,150,单选题,缺乏技能,40\n"
    )
    assert made is not None
    first, second = surveys_of(made, tmp_path)
    assert (first.survey, first.population, first.kind, first.n) == ("省级调查", "government", "select-all", 320)
    assert (second.population, second.kind) == ("enterprise", "top-1")
    assert [row["narrow"] for row in rows(made.crosswalk)] == ["skills", "cost", "data", "skills"]


def test_surveys_side_by_side_and_items_side_by_side(propose: Propose, tmp_path: Path) -> None:
    by_survey = propose("Obstacle,NAO 2023,SAS (2024)\nSkills,70,63\nCost,65,67\nLegacy systems,,57\nn,87,170\n")
    assert by_survey is not None
    assert by_survey.form == "wide"
    nao, sas = surveys_of(by_survey, tmp_path)
    assert [(s.survey, s.year, s.n, len(s.items)) for s in (nao, sas)] == [("NAO", 2023, 87, 2), ("SAS", 2024, 170, 3)]
    by_item = propose("survey,year,n,Skills,Cost,Legacy systems\nNAO,2023,87,70,65,\nSAS,2024,170,63,67,57\n")
    assert by_item is not None
    turned = surveys_of(by_item, tmp_path)
    assert [[(item.text, item.value) for item in s.items] for s in turned] == [
        [(item.text, item.value) for item in s.items] for s in (nao, sas)
    ]


def test_what_cannot_be_used_is_left_out_and_counted(propose: Propose, tmp_path: Path) -> None:
    head = "survey,year,population,kind,item,value,unit,confidence\n"
    made = propose(
        head + "A,2020,government,select-all,Skills,60,percent,\nA,2020,government,select-all,Cost,50,percent,\n"
        "A,2020,government,select-all,Data,,percent,\nA,2020,government,select-all,Tools,44,percent,doubtful\n"
        "A,2020,government,select-all,skills,61,percent,\n"
        "B,2020,government,mean,Skills,3.5,points,\nC,2020,government,select-all,Skills,47,percent,\n"
        "D,2020,government,rank only,Skills,1,rank,\nD,2020,government,rank only,Cost,3,rank,\n"
    )
    assert made is not None
    assert made.left_out == {"figure": 1, "unit": 1, "doubtful": 1, "alone": 1, "ranks": 2, "twice": 1}
    (only,) = surveys_of(made, tmp_path)
    assert [item.value for item in only.items] == [60, 50]


def test_proportions_and_two_questions_of_one_name(propose: Propose, tmp_path: Path) -> None:
    made = propose(
        "survey,year,population,kind,item,value,n\n"
        "A,2020,government,select-all,Skills,0.605,100\nA,2020,government,select-all,Cost,0.5,100\n"
        "A,2020,government,select-all,Skills,0.4,60\nA,2020,government,select-all,Cost,0.3,60\n"
    )
    assert made is not None
    first, second = surveys_of(made, tmp_path)
    assert (first.survey, second.survey, second.n) == ("A", "A (2)", 60)
    assert [(item.value, item.half_unit) for item in first.items] == [(60.5, 0.05), (50, 0.5)]
    doubts = [row["#?"] for row in rows(made.table)]
    assert all("proportions" in doubt for doubt in doubts)
    assert ["another question" in doubt for doubt in doubts] == [False, False, True, True]


@pytest.mark.parametrize(
    "text",
    [
        "id,survey,Q1,Q2,Q3\n1,A,3,4,5\n2,A,1,2,3\n",  # answers of respondents
        "item,share\nSkills,40\nCost,30\nData,20\n",  # one table: a study of its own
        "year,item,percent\n2020,Skills,40\n2020,Cost,30\n",
        "item,Men,Women\nSkills,40,30\nCost,20,10\n",
        "survey,item,value\n",
        "",
    ],
)
def test_other_tables_are_none(propose: Propose, text: str) -> None:
    assert propose(text) is None


def test_an_own_category_that_is_not_known_stays() -> None:
    assert category_of("Anything", "Weather", "") == ("weather", "weather", False)
    assert category_of("Nothing of the kind", "", "") == ("other", "other", True)


@needs_shared_data
def test_the_whole_collection_of_printed_figures_is_read(tmp_path: Path) -> None:
    made = propose_evidence(COLLECTED)
    assert made is not None
    with COLLECTED.open(encoding="utf-8", newline="") as file:
        printed = list(csv.DictReader(file))
    assert made.items + sum(made.left_out.values()) == len(printed) == 179
    assert len(surveys_of(made, tmp_path)) == made.surveys == 43
    values = {(row["item"], row["value"]) for row in printed}
    assert all((row["item"], row["value"]) in values for row in rows(made.table)), "no figure is made up"


WORDS = [
    "survey",
    "item",
    "value",
    "year",
    "n",
    "unit",
    "A",
    "2020",
    "60",
    "0.5",
    "rank",
    "1",
    "",
    '"',
    "Skills",
    "NAO 2023",
]


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=5, max_size=5), min_size=1, max_size=7))
def test_random_tables_never_crash_and_what_is_made_is_read(tmp_path: Path, cells: list[list[str]]) -> None:
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["survey", "item", "value", "unit", "year"], *cells])
    made = propose_evidence(path)
    if made is not None:
        assert len(surveys_of(made, tmp_path)) == made.surveys


@pytest.mark.parametrize("total", ["Total", "Sum", "合计", "Summe"])
def test_totals_are_no_items_and_plain_data_is_data(propose: Propose, tmp_path: Path, total: str) -> None:
    made = propose(f"item,2020,2021\nskills,55,40\ncost,50,60\ndata,20,10\n{total},100,100\nn,200,500\n")
    assert made is not None
    assert made.left_out == {"total": 2}
    assert [(s.survey, s.n, len(s.items)) for s in surveys_of(made, tmp_path)] == [("2020", 200, 3), ("2021", 500, 3)]
    assert [row["narrow"] for row in rows(made.crosswalk)] == ["skills", "cost", "data"] * 2


def test_headers_give_respondents_and_years(propose: Propose, tmp_path: Path) -> None:
    made = propose(
        'Obstacle,Survey A 2020 (n=200),"Survey B 2021 (N = 1,200)",2022年调查（n＝3000）\n'
        "Lack of skills,55,40,12\nCost,50,60,30\n"
    )
    assert made is not None
    found = [(s.survey, s.year, s.n) for s in surveys_of(made, tmp_path)]
    assert found == [("Survey A", 2020, 200), ("Survey B", 2021, 1200), ("调查", 2022, 3000)]


def test_a_damaged_figure_is_named_and_its_row_kept(propose: Propose) -> None:
    head = "survey,year,n,kind,item,value,unit\n"
    made = propose(
        head + "A,2020,100,select-all,skills,55,percent\nA,2020,100,select-all,cost,abc,percent\n"
        "A,2020,-5,select-all,data,140,percent\nA,2020,100,select-all,rules,12,percent\n"
    )
    assert made is not None
    assert made.left_out == {}
    table = rows(made.table)
    assert [(row["item"], row["value"], row["n"]) for row in table] == [
        ("skills", "55", "100"),
        ("cost", "", "100"),
        ("data", "", "100"),
        ("rules", "12", "100"),
    ]
    assert 'row 3 says "abc"' in table[1]["#?"]
    assert 'row 4 says "140"' in table[2]["#?"]
    assert "n: -5 is no number" in table[2]["#?"]
    wide = propose("Obstacle,A 2020,B 2021\nSkills,55,40\nCost,5o,60\nData,20,30\n")
    assert wide is not None
    assert 'row 3 says "5o"' in rows(wide.table)[1]["#?"]


def test_common_words_of_other_languages(propose: Propose, tmp_path: Path) -> None:
    made = propose(
        "Umfrage;Jahr;n;Antwort;Anteil\nBitkom KI;2021;606;Fehlende Fachkräfte;62,5 %\n"
        "Bitkom KI;2021;606;Zu teuer;49,3 %\nBitkom KI;2021;606;Datenschutz;48 %\n"
    )
    assert made is not None
    assert [row["narrow"] for row in rows(made.crosswalk)] == ["skills", "cost", "rules"]
    assert [survey.n for survey in surveys_of(made, tmp_path)] == [606]
    for item, category in (("Manque de compétences", "skills"), ("Coût trop élevé", "cost"), ("Privacidad", "rules")):
        assert category_of(item, "", "")[0] == category


@pytest.mark.parametrize("header", ["Obstacle,Survey A,Survey B", "Barrier,Report one,Report two", "障碍,甲,乙"])
def test_columns_without_a_year_are_told_what_is_wanted(tmp_path: Path, header: str) -> None:
    (tmp_path / "t.csv").write_text(f"{header}\nSkills,55,40\nCost,50,60\nLaw,20,10\n", encoding="utf-8")
    assert propose_evidence(tmp_path / "t.csv") is None
    with pytest.raises(SurveyError, match=r"columns survey, year, n, item and value.*NAO 2023 \(n = 87\)"):
        propose_study([tmp_path / "t.csv"])
