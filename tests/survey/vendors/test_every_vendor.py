"""Exports of every survey tool: how they are recognised, and what their headers say of each column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from obstacles.survey.files.table import Table
from obstacles.survey.vendors import VENDORS, recognise
from obstacles.survey.vendors.headings import heading_of, split_common
from obstacles.survey.vendors.vendor import OTHER_PURPOSE, SHOWN_ORDER, TEXT_ENTRY

Read = Callable[..., Table]

QUALTRICS = (
    "StartDate,Status,Finished,ResponseId,Q7_1,Q7_2,Q7_2_TEXT,Q7_DO_1,Q1_0_GROUP,Q8\n"
    "Start Date,Response Type,Finished,Response ID,Rank them - Skills,Rank them - Cost,Rank them - Cost - Text,Order,G,"
    "Age\n"
    '{"ImportId":"startDate"},{"ImportId":"status"},{"ImportId":"finished"},{"ImportId":"_recordId"},'
    '"{""ImportId"":""QID7_1""}","{""ImportId"":""QID7_2""}","{""ImportId"":""QID7_2_TEXT""}",'
    '"{""ImportId"":""QID7_DO_1""}","{""ImportId"":""QID1_0_GROUP""}","{""ImportId"":""QID8""}"\n'
    "2024-05-13,IP Address,True,R_1,1,2,,1,,44\n"
)
LEGACY = "V1,V2,V3,Q2_1,Q2_2\nResponseID,ResponseSet,Name,Which-Skills,Which-Cost\nR_1,Default,Anonymous,1,\n"
PYTHON_STYLE = (
    "ResponseID,Q20_1,Q20_2\nResponseID,Which-Skills,Which-Cost\n"
    "{'ImportId': 'responseId'},{'ImportId': 'QID20-1'},{'ImportId': 'QID20-2'}\nR_1,1,2\n"
)
LIMESURVEY = (
    'id,submitdate,lastpage,"OBS[1]. Rank these [Rank 1]","OBS[2]. Rank these [Rank 2]",T[SQ001],T[other]\n'
    "1,2024,3,a,b,Y,\n"
)
SEPARATED = "socio1._.Where do you work?,p2[1]._.Rank these [Rank 1],p2[2]._.Rank these [Rank 2]\nUK,a,b\n"
SURVEYMONKEY = "RespondentID,Rank them.,,Age\n,Skills,Cost,Response\n1,2,1,44\n"
GOOGLE = "Timestamp,How severe? [Skills],How severe? [Cost ],Role\n2024-05-13 10:00:00,High,Low,x\n"
MICROSOFT = "ID,Start time,Completion time,Email,Name,Rank them\n1,5/13/24 9:00:11,5/13/24 9:05:11,anonymous,,a;b;\n"
WENJUANXING = (
    "序号,提交答卷时间,所用时间,来自IP,1、您的部门,第2题(人员不足),第2题(成本),3、满意度—平台\n"
    "1,2024/5/13 10:00:00,61秒,1.2.3.4,财政局,1,-2,4\n"
)


@pytest.mark.parametrize(
    ("content", "name", "evidence"),
    [
        (QUALTRICS, "Qualtrics", "the third row holds ImportIds"),
        (PYTHON_STYLE, "Qualtrics", "the third row holds ImportIds"),
        (LEGACY, "Qualtrics", "V1, V2, V3 stand above ResponseID"),
        ("StartDate,Status,Finished,ResponseId,Q7_1\na,b,c,d,1\n", "Qualtrics", "the columns ResponseId, Finished"),
        (LIMESURVEY, "LimeSurvey", "the columns submitdate, lastpage"),
        (SEPARATED, "LimeSurvey", '2 columns are named as in "p2[1]._.Rank these [Rank 1]"'),
        (SURVEYMONKEY, "SurveyMonkey", 'the second row holds options and "Response"'),
        ("Respondent ID,3. Python.,3. R.\n1,Python.,\n", "SurveyMonkey", "the column Respondent ID"),
        (GOOGLE, "Google Forms", 'the first column is "Timestamp"'),
        ("时间戳记,问题 [人员]\n2024/5/13,1\n", "Google Forms", 'the first column is "时间戳记"'),
        (MICROSOFT, "Microsoft Forms", "the columns Start time, Completion time"),
        (WENJUANXING, "Wenjuanxing", "the columns 序号, 提交答卷时间, 所用时间"),
        ("编号,Q7\n1,人员┋成本\n", "Wenjuanxing", 'cells are joined by "┋"'),
        ("id,a,b\n1,2,3\n", "plain", "no survey tool's marks were found"),
    ],
)
def test_a_tool_is_recognised_with_its_evidence(read: Read, content: str, name: str, evidence: str) -> None:
    vendor, found = recognise(read(content))
    assert vendor.name == name
    assert found.startswith(evidence)


def test_every_tool_is_a_line_of_the_registry() -> None:
    assert [vendor.name for vendor in VENDORS.values()][-1] == "plain"
    assert len({vendor.name for vendor in VENDORS.values()}) == len(VENDORS)  # each has a name of its own


def headings(read: Read, content: str) -> list[Any]:
    table = read(content)
    return list(recognise(table)[0].headings(table))


def test_qualtrics_groups_columns_by_import_id_and_tells_answers_from_the_rest(read: Read) -> None:
    found = headings(read, QUALTRICS)
    assert [one.stem for one in found[4:6]] == ["QID7", "QID7"]
    assert found[4].question == "Rank them - Skills"
    assert [one.kind for one in found[6:9]] == [TEXT_ENTRY, SHOWN_ORDER, OTHER_PURPOSE]
    assert found[9].stem == ""
    assert [one.stem for one in headings(read, PYTHON_STYLE)[1:]] == ["QID20", "QID20"]
    assert [one.stem for one in headings(read, LEGACY)[3:]] == ["Q2", "Q2"]


def test_limesurvey_codes_places_and_open_options(read: Read) -> None:
    found = headings(read, LIMESURVEY)
    assert (found[3].stem, found[3].question, found[3].item) == ("OBS", "Rank these", "Rank 1")
    assert (found[5].stem, found[5].kind, found[6].kind) == ("T", "", TEXT_ENTRY)
    assert [one.item for one in headings(read, SEPARATED)[1:]] == ["Rank 1", "Rank 2"]


def test_the_structure_of_a_limesurvey_survey_is_no_answers(read: Read) -> None:
    table = read("class\ttype/scale\tname\trelevance\ttext\nS\t\tsid\t\t421498\n")
    vendor, _evidence = recognise(table)
    assert "not its answers" in vendor.refuse(table)
    assert not recognise(read(LIMESURVEY))[0].refuse(read(LIMESURVEY))


def test_surveymonkey_carries_a_question_to_the_right(read: Read) -> None:
    found = headings(read, SURVEYMONKEY)
    assert [(one.question, one.item) for one in found] == [
        ("RespondentID", ""),
        ("Rank them.", "Skills"),
        ("Rank them.", "Cost"),
        ("Age", ""),
    ]
    assert [one.stem for one in found] == ["", "Rank them.", "Rank them.", ""]


def test_grids_of_google_forms_lose_the_padding_of_their_items(read: Read) -> None:
    found = headings(read, GOOGLE)
    assert [(one.question, one.item) for one in found[1:3]] == [("How severe?", "Skills"), ("How severe?", "Cost")]


def test_wenjuanxing_options_questions_and_rows(read: Read) -> None:
    found = headings(read, WENJUANXING)
    assert [(one.stem, one.question, one.item) for one in found[4:]] == [
        ("1", "您的部门", ""),
        ("2", "", "人员不足"),
        ("2", "", "成本"),
        ("3", "满意度", "平台"),
    ]


@pytest.mark.parametrize(
    ("name", "stem", "item"),
    [
        ("Q7_1", "Q7", ""),
        ("rank3", "rank", ""),
        ("10a. Lost data", "10", "Lost data"),
        ("7a1. Writing - How often?", "7?1", "Writing - How often?"),
        ("3. Python.", "3", "Python."),
        ("Which? [Skills]", "Which?", "Skills"),
        ("3-5 years", "", ""),
        ("2024", "", ""),
        ("department", "", ""),
    ],
)
def test_names_of_plain_tables(name: str, stem: str, item: str) -> None:
    heading = heading_of(name)
    assert (heading.stem, heading.item) == (stem, item)


def test_a_name_that_was_repeated_belongs_to_its_question(read: Read) -> None:
    found = headings(read, "What hinders you?,What hinders you?_1,What hinders you?_2\na,,\n")
    assert {one.stem for one in found} == {"What hinders you?"}


@pytest.mark.parametrize(
    ("texts", "question", "items"),
    [
        (["Rank them - Skills", "Rank them - Cost"], "Rank them", ("Skills", "Cost")),
        (["Which-Skills", "Which-Cost"], "Which", ("Skills", "Cost")),
        (["How? (5 mentions): A", "How? (5 mentions): B"], "How? (5 mentions)", ("A", "B")),
        (["Points [Skills]", "Points [Cost]"], "Points", ("Skills", "Cost")),
        (["Skills", "Cost"], "", ("Skills", "Cost")),
        (["same", "same"], "", ("same", "same")),
    ],
)
def test_what_texts_begin_with_is_the_question(texts: list[str], question: str, items: tuple[str, ...]) -> None:
    assert split_common(texts) == (question, items)
