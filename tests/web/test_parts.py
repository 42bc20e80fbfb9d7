"""Screens that write parts of the study file: columns, items, capability, privacy."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from conftest_web import GRID, words

LEVELS = "id,dept,Cost,Skills,Rules,now,asked\n" + "\n".join(
    f"{i},{'North' if i % 2 else 'South'},{1 + i % 3},{1 + (i + 1) % 3},{1 + (i + 2) % 3},{i % 5},{(i + 2) % 5}"
    for i in range(80)
)


def test_columns_get_other_uses_and_groups_other_names(page: Any) -> None:
    page.drop(("staff.csv", GRID.encode()))
    assert 'dept = "dept"' in page.study.text
    page.post("columns", {"wave": "0", "use.dept": "group", "name.dept": "department"})
    assert 'department = "dept"' in page.study.text
    assert page.get("ranking").status_code == 200
    page.post("columns", {"wave": "0", "use.dept": "dropped"})
    assert '"dept"' in page.study.text.split("drop_columns")[1]
    assert 'department = "dept"' not in page.study.text
    page.post("columns", {"wave": "0", "use.dept": ""})
    assert "dept" in words(page.get("files").text)
    before = page.study.text
    page.post("columns", {"wave": "0", "use.dept": "rm -rf"})
    assert page.study.text == before


def test_items_get_labels_and_kinds(page: Any) -> None:
    page.drop(("staff.csv", GRID.encode()))
    page.post("items", {"label.0.zh": "成本", "short.0.en": "Cost!", "kind.2": "other", "title.en": "Our staff"})
    assert 'zh = "成本"' in page.study.text
    assert 'kind = "other"' in page.study.text
    assert "Our staff" in page.get("ranking").text
    ids = [item["id"] for item in page.get("ranking.json").json()["items"]]
    assert len(ids) == 2
    page.post("items", {"kind.2": ""})
    assert len(page.get("ranking.json").json()["items"]) == 3


def test_a_capability_is_added_by_clicks(page: Any) -> None:
    page.drop(("staff.csv", LEVELS.encode()))
    sent = {"new.label": "Read tables", "new.required": "3", "new.0.current": "now", "report_by": "dept"}
    answer = page.post("capability", sent)
    assert answer.status_code == 200, words(answer.text)
    assert "required = 3" in page.study.text
    assert "Departments" in page.get("ranking").text
    answer = page.get("departments?by=dept")
    assert answer.status_code == 200
    assert "Read tables" in answer.text
    page.post("capability", {"required.0": "column", "column.0.required.read_tables": "asked"})
    assert 'required_from = "column"' in page.study.text


def test_columns_are_named_where_no_question_was_found(page: Any) -> None:
    rows = "\n".join(f"{i},{(7 * i) % 5},{(3 * i) % 4}" for i in range(50))
    answer = page.drop(("numbers.csv", f"id,a,b\n{rows}\n".encode()))
    assert answer.status_code == 422
    assert "Take this question" in answer.text
    study = page.web.workspace.studies()[0]
    page.base = f"{page.root}/s/{study.id}"
    for block in ("nowhere", "B:C"):
        answer = page.post("question", {"block": block})
        assert answer.status_code in (200, 422)
        assert "Something went wrong" not in answer.text


def test_privacy_is_checked(page: Any) -> None:
    page.drop(("staff.csv", GRID.encode()))
    for least in ("2", "x", "", "1e9", "-4"):
        assert page.post("privacy", {"audience": "public", "min_group": least}).status_code == 422
    page.post("privacy", {"audience": "public", "min_group": "12", "merge": "Others"})
    assert 'merge_small_into = "Others"' in page.study.text


@pytest.mark.parametrize("change", [("min_group = 10", "min_group = 4"), ('"organisation"', '"owner"')])
def test_hr_cannot_take_the_protection_away_by_hand(page: Any, change: tuple[str, str]) -> None:
    page.drop(("staff.csv", GRID.encode()), mode="hr")
    text = page.study.text
    assert change[0] in text
    assert page.post("file", {"text": text.replace(*change)}).status_code == 422
    assert page.post("answers", {"id": "privacy.audience", "value": "owner"}).status_code == 422
    assert page.study.text == text


def test_hr_is_told_of_a_bad_cell_without_seeing_it(page: Any) -> None:
    bad = GRID.replace("\n7,North,2,", "\n7,North,Zx9Qcell,")
    assert bad != GRID
    for mode in ("hr", "researcher"):
        page.drop(("staff.csv", GRID.encode()), mode=mode)
        (page.study.folder / "data" / "staff.csv").write_text(bad, encoding="utf-8")
        shown = [page.get(name).text for name in ("files", "files.json", "problems", "problems.json", "ranking")]
        assert any("Zx9Qcell" in text for text in shown) == (mode == "researcher")


BROKEN = [
    "", "study = 3\n", "[[wave]]\nid = 1\n", "wave = 3\n[study]\ntitle = 'x'\n", "schema = 1\n[[[", "\0",
    "capability = []\ncomparison = 3\n[groups]\nreport_by = 4\n[study]\n[obstacles]\n[[wave]]\nid = 'a'\ncolumns = 3\n",
    "schema = 1 #? x\n[study] #? a\ntitle = 3 #? b\n",
    "schema = 1\n[study]\n[obstacles]\nitem = 3\n[[wave]]\nid = '1'\n",
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN)
def test_a_study_file_of_any_shape_is_answered_with_what_is_wrong_with_it(page: Any, text: str) -> None:
    page.drop(("staff.csv", GRID.encode()))
    page.study.study_file.write_text(text, encoding="utf-8")
    for name in ("files", "questions", "items", "capability", "privacy", "method", "file", "ranking", "problems"):
        answer = page.get(name)
        assert answer.status_code in (200, 422), name
        assert "This does not work yet" in answer.text or answer.status_code == 200, name
    sent = {"id": "x", "value": "y", "new.label": "Read", "audience": "public", "min_group": "12", "use.dept": "weight"}
    for name in ("answers", "items", "capability", "privacy", "columns"):
        assert page.post(name, sent).status_code in (409, 422), name
    page.study.study_file.unlink()
    assert page.get("items").status_code == 422


def test_hr_sees_no_cell_that_the_study_file_quotes(page: Any) -> None:
    cells = ["Zx9Q said so", "77Zx9Q", "Zx9Q \"Joe\"", "it's Zx9Q #3"]  # fmt: skip
    rows = GRID.splitlines()
    for at, cell in enumerate(cells, 4):
        id, dept, _first, *rest = rows[at].split(",")
        rows[at] = ",".join([id, dept, '"' + cell.replace('"', '""') + '"', *rest])
    page.drop(("staff.csv", "\n".join(rows).encode()), mode="hr")
    assert page.study.text.count("Zx9Q") == len(cells)
    shown = ["questions", "questions/wave.staff.missing", "file", "file?version=0", "study.toml", "files", "problems"]
    for name in (*shown, "ranking", "ranking.json"):
        assert "Zx9Q" not in page.get(name).text, name
    before = page.study.text
    page.post("file", {"text": page.get("study.toml").text.replace("staff", "crew", 1)})  # the cells stay in the file
    assert page.study.text == before.replace("staff", "crew", 1)
    page.drop(("staff.csv", "\n".join(rows).encode()))
    assert all("Zx9Q" in page.get(name).text for name in ("questions", "file", "study.toml"))


@pytest.mark.parametrize(("people", "mode", "status"), [(9, "hr", 422), (10, "hr", 200), (9, "researcher", 200)])
def test_hr_sees_no_figure_of_fewer_people_than_a_group(page: Any, people: int, mode: str, status: int) -> None:
    few = "\n".join(GRID.splitlines()[: people + 1]).encode()
    page.drop(("a 2023.csv", few), ("b 2024.csv", GRID.encode()), mode=mode)
    page.post("file", {"text": page.study.text.replace('id = "2023"', 'id = "early"').replace('"2023"', '"early"')})
    for name in ("ranking?wave=early", "ranking.json?wave=early", "ranking.csv?wave=early", "change", "change.json",
                 "figure/ranking.svg?wave=early", "figure/change.svg"):  # fmt: skip
        assert page.get(name).status_code == status, name
    for name in ("ranking", "questions", "files"):
        assert page.get(name).status_code == 200, name


HEADERS = (
    "id,Unit,Unit,How well can you do this?,,How well does your job need it?,,Cost,Skills,Rules\n"
    ",now,before,Find data,Explain results,Find data,Explain results,,,\n"
)


def test_columns_without_a_name_of_their_own_are_named_by_letters_and_keep_their_use(page: Any) -> None:
    rows = [f"{i},{'NS'[i % 2]},{'EW'[i % 2]},{i % 5},{i % 4},3,4,{1 + i % 3},{1 + (i + 1) % 3},{1 + (i + 2) % 3}"
            for i in range(60)]  # fmt: skip
    page.drop(("staff.csv", (HEADERS + "\n".join(rows)).encode()))
    page.post("question", {"block": "H:J"})
    assert page.post("columns", {"wave": "0", "use.column:B": "group"}).status_code == 200
    added = {"new.label": "Explain results", "new.required": "4", "new.0.current": "column:E"}
    assert page.post("capability", added).status_code == 200
    text = page.study.text
    assert '"column:B"' in text
    assert '"column:E"' in text
    shown = page.get("capability").text
    assert "Explain results · How well can you do this?" in words(shown)  # what tells columns apart comes first
    for screen in ("capability", "files"):  # saving what is shown changes nothing
        for form in forms(page.get(screen).text, screen):
            assert page.post("columns" if screen == "files" else screen, form).status_code == 200
        assert page.study.text == text, screen
    page.post("columns", {"wave": "0", "use.column:B": "dropped"})
    assert page.post("columns", {"wave": "0", "use.column:B": ""}).status_code == 200
    assert '= "column:B"' not in page.study.text


def forms(page: str, screen: str) -> list[dict[str, str]]:
    """What the forms of a screen that write the study file would send."""
    wanted = "/columns" if screen == "files" else f"/{screen}"
    found = []
    for action, form in re.findall(r'<form method="post" action="([^"]*)">(.*?)</form>', page, re.S):
        if action.endswith(wanted):
            sent = dict(re.findall(r'<input type="(?:text|hidden|number)" name="([^"]*)"[^>]* value="([^"]*)"', form))
            for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
                chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
                sent[name] = "" if chosen is None else chosen[1] if chosen[1] is not None else chosen[2]
            found.append({name: html.unescape(value) for name, value in sent.items() if name != "was"})
    assert found
    return found


def test_the_view_of_human_resources_is_protected_when_a_researcher_turns_to_it(page: Any) -> None:
    page.drop(("staff.csv", GRID.encode()))
    page.post("privacy", {"audience": "owner", "min_group": "5"})
    assert "min_group = 5" in page.study.text
    assert page.post("mode", {"mode": "hr"}).status_code == 200
    assert 'audience = "organisation"' in page.study.text
    assert "min_group = 10" in page.study.text
    assert page.post("items", {"label.0.en": "Money"}).status_code == 200  # answers can go on being saved
    assert page.post("undo").status_code == 200
    for change in (("min_group = 10", "min_group = 6"), ('"organisation"', '"owner"')):  # written beside the page
        text = page.study.text
        page.study.study_file.write_text(text.replace(*change), encoding="utf-8")
        for name in ("ranking", "ranking.json", "figure/ranking.svg"):
            assert page.get(name).status_code == 422, name
        page.study.study_file.write_text(text, encoding="utf-8")
    assert page.get("ranking").status_code == 200


def test_a_study_without_a_stated_smallest_group_can_be_saved_by_human_resources(page: Any) -> None:
    page.drop(("staff.csv", GRID.encode()))
    assert "min_group" not in page.study.text
    page.post("mode", {"mode": "hr"})
    assert page.post("items", {"label.0.en": "Money"}).status_code == 200
    assert "Money" in page.study.text
