"""From files dropped to a report, by what a person would click."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import unquote

import pytest
from conftest_web import DEMO, GRID, words
from starlette.testclient import TestClient

from obstacles.survey.studyfile.open_marks import open_marks

ENGLISH = {
    "人员与技能不足": "inadequate_staff_skills",
    "部门间数据不共享": "data_not_shared",
    "数据质量差": "poor_data_quality",
    "工具与设施成本": "cost_tools_infrastructure",
    "缺乏领导支持": "lack_leadership_support",
    "隐私与安全要求": "privacy_security_rules",
}
TRIED = {
    "0.blank": "not_answered",
    "1.blank": "below",
    "0.duplicates": "first",
    "1.weight": "keep",
    "quality.invalid_ranking": "leave_out",
}


def fields(text: str) -> dict[str, str]:
    """What the form of the open question would send as it stands."""
    found = {"id": html.unescape(re.search(r'name="id" value="([^"]+)"', text)[1])}
    found |= dict(re.findall(r'type="number" name="([^"]+)" value="([^"]*)"', text))
    chosen = re.search(r'name="value" value="([^"]+)" checked', text)
    return found | ({"value": chosen[1]} if chosen else {})


@pytest.mark.slow
def test_two_years_from_two_tools_become_a_ranking_by_clicks(page: Any) -> None:

    files = [(name, (DEMO / name).read_bytes()) for name in ("responses_2022.csv", "responses_2024.csv")]
    answer = page.drop(*files)
    assert answer.status_code == 200
    assert answer.url.path.endswith("/files")
    assert "IPAddress" in answer.text
    assert "1,083 analysed" in answer.text
    open_before = len(open_marks(page.study.text))
    assert open_before > 15
    asked = re.findall(r'/questions/([^"]+)"', page.get("questions/items").text)
    for id in dict.fromkeys(["items", *map(unquote, asked)]):
        value = TRIED.get(id.removeprefix("wave."))  # what each of its answers would do takes a while to work out
        typed = {"id": id, "value": value} if value else fields(page.get(f"questions/{id}").text)
        if id == "items":
            typed |= {f"same.{gone}": kept for gone, kept in ENGLISH.items()}
        assert page.post("answers", typed).status_code == 200, id
    assert {"study.sampling", "wave.1.blank", "required", "quality.invalid_ranking"} <= set(map(unquote, asked))
    assert open_marks(page.study.text) == ()
    assert "人员与技能不足" in page.study.text  # its label, and no item of its own any more
    assert 'id = "人员与技能不足"' not in page.study.text
    ranking = page.get("ranking")
    assert "ranks first among the 7 obstacles" in ranking.text
    change = page.get("change.json").json()
    assert [side["respondents"] for side in change["sides"]] == [990, 1083]
    made = page.post("reports", {"kind": "research", "formats": ["json"]})
    link = re.search(rf'href="({re.escape(page.base)}/reports/\w+/[^"]+)"', made.text)[1]
    report = page.client.get(link)
    assert report.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in report.headers["content-security-policy"]
    assert report.json()["report"] == "research"


def test_a_reload_after_a_post_sends_nothing_twice(page: Any) -> None:

    page.drop(("staff.csv", GRID.encode()))
    page.client.follow_redirects = False
    answer = page.post("answers", {"id": "study.sampling", "value": "census"})
    assert answer.status_code == 303
    assert 'sampling = "census"' in page.study.text


def test_two_tabs_are_told_and_may_choose(page: Any) -> None:

    page.drop(("staff.csv", GRID.encode()))
    old = page.study.was
    assert page.post("answers", {"id": "study.sampling", "value": "census"}).status_code == 200
    text = page.study.text
    second = page.post("privacy", {"was": old, "audience": "public", "min_group": "12"})
    assert second.status_code == 409
    assert "Use mine" in second.text
    assert page.study.text == text
    own = second.text.split("Use mine")[0].rpartition("<form")[2]
    sent = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', own))
    assert page.client.post(f"{page.base}/privacy", data=sent).status_code == 200
    assert "min_group = 12" in page.study.text


def test_undo_and_redo_give_the_same_bytes(page: Any) -> None:

    page.drop(("staff.csv", GRID.encode()))
    before = page.study.text
    page.post("answers", {"id": "study.sampling", "value": "census"})
    after = page.study.text
    page.post("undo", {"back": ""})
    assert page.study.text == before
    page.post("redo", {"back": ""})
    assert page.study.text == after


def test_a_study_file_broken_by_hand_shows_its_line_and_can_be_undone(page: Any) -> None:

    page.drop(("staff.csv", GRID.encode()))
    good = page.study.text
    page.study.study_file.write_text(good + "\nbroken = = 1\n", encoding="utf-8")
    answer = page.get("files")
    assert answer.status_code == 200
    assert "E-TOML-01" in answer.text
    page.post("undo", {"back": ""})
    assert page.study.text == good


def test_what_is_typed_is_checked_before_it_is_written(page: Any) -> None:

    page.drop(("staff.csv", GRID.encode()))
    good = page.study.text
    answer = page.post("file", {"text": good.replace('format = "rank_grid"', 'format = "guess"')})
    assert answer.status_code == 422
    assert page.study.text == good


def test_another_year_is_added_and_answers_stay(page: Any) -> None:

    page.drop(("staff_2023.csv", GRID.encode()))
    page.post("answers", {"id": "study.sampling", "value": "census"})
    other = GRID.replace("North", "West").encode()
    answer = page.client.post(f"{page.base}/files", files=[("files", ("staff_2024.csv", other))])
    assert answer.status_code == 200, words(answer.text)
    assert 'sampling = "census"' in page.study.text
    assert page.get("change").status_code == 200
    assert [side["respondents"] for side in page.get("change.json").json()["sides"]] == [60, 60]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_screens_of_the_sample_study(demo: Any, language: str) -> None:

    names = [
        "files",
        "questions",
        "problems",
        "problems/1",
        "ranking",
        "change",
        "reports",
        "items",
        "capability",
        "privacy",
        "method",
        "file",
    ]
    for name in names:
        answer = demo.get(name, headers={"accept-language": language})
        assert answer.status_code == 200, name
        assert f'<html lang="{language}">' in answer.text
        assert ("研究者" in answer.text) == (language == "zh"), name
        assert " style=" not in answer.text, name
        assert "onclick" not in answer.text
        assert len(words(answer.text)) > 200


def test_without_javascript_there_is_a_button_for_everything(demo: Any) -> None:
    client: TestClient = demo.client
    forms = 0
    for name in ("files", "ranking", "change", "reports", "items", "privacy", "file"):
        for form in re.findall(r"<form\b.*?</form>", client.get(f"{demo.base}/{name}").text, re.DOTALL):
            forms += 1
            assert "<button" in form
    assert forms > 15


def test_the_models_are_the_researchers(demo: Any, page: Any) -> None:

    answer = demo.get("models?formula=grade")
    assert answer.status_code == 200
    assert "--draft" in answer.text
    page.drop(("staff.csv", GRID.encode()), mode="hr")
    assert page.get("models").status_code == 404


def test_what_does_not_work_yet_says_where_it_can_be_mended(page: Any) -> None:
    """Three years whose items share no name: another pair can be chosen, and the items are one click away."""
    years = [("a 2022.csv", GRID), ("a 2023.csv", GRID.replace("Cost,Skills,Rules", "Money,People,Laws")),
             ("a 2024.csv", GRID.replace("Cost,Skills,Rules", "Money,People,Laws") + "\n60,North,1,2,3")]  # fmt: skip
    page.drop(*((name, text.encode()) for name, text in years))
    refused = page.get("change?from=2022&to=2024")
    assert refused.status_code == 422
    assert f'class="button" href="{page.base}/items"' in refused.text
    assert 'name="from"' in refused.text
    assert f'class="button" href="{page.base}/capability"' in page.get("departments").text


def test_every_question_is_asked_in_words(page: Any) -> None:
    """No key of the study file stands for a question, and no technical list for evidence."""
    marks = "id,Cost,Skills,Rules\n" + "\n".join(f"{i},{i % 2},{i % 3 % 2},{i % 5 % 2}" for i in range(60))
    page.drop(("tick.csv", marks.encode()))
    assert "Is this guess right" not in words(page.get("questions").text)
    first = words(page.get("questions/study.sampling").text)
    assert "How did people come in?" in first
    assert "census |" not in first
    assert "Some people mark nothing in tick" in words(page.get("questions").text)


@pytest.mark.parametrize(("small", "told"), [(3, False), (60, True)])
def test_departments_explain_arrows_only_where_differences_are_shown(page: Any, small: int, told: bool) -> None:
    """With a small department hidden beside them, differences from the rest are not shown: no arrow means nothing."""
    rows = [f"{i},{'ABC'[i // 60]},{1 + i % 3},{1 + (i + 1) % 3},{1 + (i + 2) % 3},{min(i % 7, 4)}"
            for i in range(120 + small)]  # fmt: skip
    page.drop(("staff.csv", ("id,dept,Cost,Skills,Rules,now\n" + "\n".join(rows)).encode()), mode="hr")
    page.post(
        "capability", {"new.label": "Read data", "new.required": "3", "new.0.current": "now", "report_by": "dept"}
    )
    record = page.get("departments.json").json()
    assert any(one["difference"] for group in record["groups"] for one in group["capabilities"]) == told
    shown = words(page.get("departments").text)
    assert ("Arrows: tests at 95%," in shown) == told
    assert ("than in the rest, by tests" in shown) == told
    assert ("How groups differ from the rest of the organisation is not shown." in shown) == (not told)
