"""Answers are written where they belong, and nothing else of the study file changes."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest
from conftest_web import DEMO, GRID
from hypothesis import given, settings
from hypothesis import strategies as st

from obstacles.survey.detect.propose import propose
from obstacles.survey.studyfile.open_marks import open_marks
from obstacles.survey.studyfile.write import study_text
from obstacles.web.work.controls import CONTROLS
from obstacles.web.work.edit import ABSENT, changed, confirm
from obstacles.web.work.marks import control_of, open_lines, places
from obstacles.web.work.same_items import merged
from obstacles.web.workers import RefusedError

PROPOSED = study_text(propose([DEMO / "responses_2022.csv", DEMO / "responses_2024.csv"]), command="obstacles init")
MARKS = open_lines(PROPOSED)


def difference(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("---", "+++")]


def test_every_mark_of_init_has_a_control() -> None:
    assert len(MARKS) > 20
    assert {control_of(one["key"], one["path"]) for one in MARKS} - set(CONTROLS) == set()
    assert all(one["why"] for one in MARKS)


@pytest.mark.parametrize("mark", MARKS, ids=lambda one: ".".join(map(str, one["path"])))
def test_confirming_takes_one_mark_away_and_keeps_every_other_byte(mark: Any) -> None:
    after = confirm(PROPOSED, mark["line"])
    assert len(open_marks(after)) == len(MARKS) - 1
    assert changed(after, {}) == after
    changes = difference(PROPOSED, after)
    assert 2 <= len(changes) <= 6
    assert [line for line in changes if "#" not in line] == []


@given(st.lists(st.sampled_from(range(len(MARKS))), min_size=1, max_size=12, unique=True))
@settings(max_examples=15)
def test_any_answers_in_any_order_keep_comments_and_order(chosen: list[int]) -> None:
    text = PROPOSED
    for one in sorted(chosen, reverse=True):
        text = confirm(text, MARKS[one]["line"])
    assert len(open_marks(text)) == len(MARKS) - len(chosen)
    kept = [line for line in PROPOSED.splitlines() if "#?" not in line]
    rest = iter(text.splitlines())
    assert all(any(line == other or other.startswith(line) for other in rest) for line in kept)


@pytest.mark.parametrize(
    ("path", "value"),
    [(("study", "sampling"), "census"), (("wave", 1, "blank"), "not_offered"), (("wave", 1, "k"), 4),
     (("quality", "invalid_ranking"), "repair_ties"), (("privacy", "audience"), "public"),
     (("wave", 1, "weight"), ABSENT)],
)  # fmt: skip
def test_a_value_changes_its_line_only(path: Any, value: Any) -> None:
    after = changed(PROPOSED, {path: value})
    changes = difference(PROPOSED, after)
    assert 1 <= len(changes) <= 2
    assert all(str(path[-1]) in line for line in changes)


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(RefusedError):
        changed("a = = 1", {("b",): 1})
    with pytest.raises(RefusedError):
        changed(PROPOSED, {("wave", 7, "blank"): "below"})


def test_places_of_lines() -> None:
    text = (
        '[[wave]]\nid = "1"\n[wave.columns]\n"a b" = "x"\n[[wave]]\nid = "2"\n[wave.columns]\nc = "y"\n'
        + "[groups]\nn = 1\n"
    )
    found = places(text)
    assert found[4] == ("wave", 0, "columns", "a b")
    assert found[8] == ("wave", 1, "columns", "c")
    assert found[10] == ("groups", "n")


def test_items_of_two_languages_become_one() -> None:
    after = merged(PROPOSED, {"数据质量差": "poor_data_quality"})
    assert 'id = "数据质量差"' not in after
    assert 'zh = "数据质量差"' in after
    assert "Poor data quality" in after
    assert merged(PROPOSED, {"nowhere": "poor_data_quality", "数据质量差": "数据质量差"}) == PROPOSED


def test_fifty_versions_are_kept_and_none_is_half_written(page: Any) -> None:
    page.drop(("staff.csv", GRID.encode()))
    for number in range(60):
        page.study.write(page.study.text + f"# {number}\n")
    assert page.study.versions == (50, 49)
    assert not list(Path(page.study.folder).glob(".study.toml.*"))
    while page.study.can_undo:
        assert page.study.step(-1)
    assert page.study.text.endswith("# 10\n")


def test_two_answers_at_once_are_one_answer_and_one_conflict(page: Any) -> None:
    import asyncio

    from httpx2 import ASGITransport, AsyncClient

    page.drop(("staff.csv", GRID.encode()))
    was = page.study.was

    async def send() -> list[int]:
        cookies, headers = dict(page.client.cookies), {"sec-fetch-site": "same-origin"}
        how = {"transport": ASGITransport(page.client.app), "base_url": "http://127.0.0.1:8000"}
        async with AsyncClient(**how, cookies=cookies, headers=headers) as client:
            forms = [{"was": was, "audience": "public", "min_group": str(n)} for n in (11, 12)]
            answers = await asyncio.gather(*(client.post(f"{page.base}/privacy", data=form) for form in forms))
            return sorted(answer.status_code for answer in answers)

    assert asyncio.run(send()) == [303, 409]
    assert page.get("ranking").status_code == 200
