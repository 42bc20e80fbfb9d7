"""The sections on categories: what they say, what their tables hold, and when there are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from obstacles.reports.research.build import build_report
from obstacles.reports.words.naming import bare
from obstacles.reports.words.page_blocks import SUPPRESSED, Figure, Prose, Section, Table
from obstacles.reports.writers.tables import records, to_dict
from obstacles.survey.study import Study

Example = Callable[[str], Any]


def section_of(report: Any) -> Section | None:
    return next((section for section in report.sections if section.id == "categories"), None)


def tables(section: Section) -> dict[str, Table]:
    return {block.id: block for block in section.blocks if isinstance(block, Table)}


@pytest.fixture(scope="module")
def sorted_study(making: Any) -> Callable[..., Study]:
    """180 people of three groups select among four items with these categories."""

    def made(categories: Sequence[str | None], marks: np.ndarray | None = None) -> Study:
        marks = np.random.default_rng(1).random((180, 4)) < [0.5, 0.4, 0.3, 0.45] if marks is None else marks
        items = tuple(
            replace(item, category=category)
            for item, category in zip(making.items(["One", "Two", "Three", "Four"]), categories, strict=True)
        )
        answers = making.rankings(items, marks, selection=True)
        return making.study(answers, groups={"dept": np.repeat(["a", "b", "c"], 60)})

    return made


def test_the_finding_comes_first_and_size_is_said(example: Example) -> None:
    section = section_of(example("research"))
    assert section is not None
    assert [bare(sentence) for sentence in section.lead] == [
        "Data resources ranks first among the 5 categories (95% confidence).",
        "The categories have 1 to 2 obstacles, and one with more of them is larger by that alone.",
        "By the mean of each category's obstacles the order is another: Employees and skills ranks first among the 5 "
        "categories (95% confidence).",
    ]
    figure = section.blocks[0]
    assert isinstance(figure, Figure)
    assert figure.chart == "ranking"
    assert any("Rank sets hold for all categories at once" in note for note in figure.notes)


def test_the_table_and_the_data_are_those_of_the_analysis(example: Example, making: Any) -> None:
    report = example("research")
    section = section_of(report)
    assert section is not None
    rows = records(tables(section)["categories"])
    found = report.categories.to_frame()
    assert [row["id"] for row in rows] == found["id"].tolist()
    for name in ("estimate", "item_count", "rank", "rank_low", "rank_high", "per_item_rank", "per_item_rank_high"):
        assert [row[name] for row in rows] == pytest.approx(found[name].tolist())
    assert [row["per_item_estimate"] for row in rows] == pytest.approx(found["per_item"].tolist())
    assert rows[0]["items"] == "sharing quality"
    assert any("Data resources: Data sharing, Data quality" in note for note in tables(section)["categories"].notes)
    data = to_dict(report)
    assert data["categories"]["by_category"]["orders_differ"] is True
    assert [column["column"] for column in data["categories"]["by_group"]] == ["department", "role", "grade"]


def test_groups_are_on_the_page_where_something_holds(example: Example) -> None:
    section = section_of(example("research"))
    assert section is not None
    on_page = {id: table.on_page for id, table in tables(section).items() if id != "categories"}
    assert on_page == {
        "categories-by-group-department": True,
        "categories-by-group-role": False,
        "categories-by-group-grade": False,
    }
    said = [block.paragraphs[0] for block in section.blocks if isinstance(block, Prose)]
    assert said[1:] == ["No difference holds after the correction."] * 2


def test_files_for_others_say_that_groups_are_hidden(sorted_study: Any) -> None:
    study = sorted_study(("A", "A", "B", "B"))

    def written(audience: str) -> list[str]:
        privacy = study.settings.privacy.model_copy(update={"audience": audience})
        own = replace(study, settings=study.settings.model_copy(update={"privacy": privacy}))
        section = section_of(build_report(own))
        assert section is not None
        return [" ".join(block.paragraphs) for block in section.blocks if isinstance(block, Prose)]

    assert not any("hidden" in text for text in written("owner"))
    hidden = "By group, categories are hidden: beside the figures of their obstacles they could tell of few people."
    assert hidden in written("organisation")


def test_what_is_withheld_is_marked_and_not_in_the_data(sorted_study: Any) -> None:
    marks = np.random.default_rng(2).random((180, 4)) < [0.5, 0.4, 0.3, 0.45]
    marks[:60, 0], marks[60:120, 2] = False, np.random.default_rng(3).random(60) < 0.85
    report = build_report(sorted_study(["x", "x", "y", "z"], marks))
    section = section_of(report)
    assert section is not None
    table = tables(section)["categories-by-group-dept"]
    assert table.on_page
    row = next(row for row in table.rows if row.cells[0].value == "x")
    assert [cell.text for cell in row.cells[2:]] == [SUPPRESSED] * 3
    assert [cell.value for cell in row.cells[2:]] == [None] * 3
    assert any(SUPPRESSED in note for note in table.notes)
    cells = {item["id"]: item for item in to_dict(report)["categories"]["by_group"][0]["groups"][1]["items"]}
    assert cells["x"] == {"id": "x", "value": None, "difference": None}
    assert cells["y"]["value"] is not None


def test_there_is_no_section_where_it_would_say_nothing_new(sorted_study: Any, making: Any, report: Any) -> None:
    for categories in ([None] * 4, ["x"] * 4, list("wxyz")):
        assert section_of(build_report(sorted_study(categories))) is None
    assert section_of(build_report(sorted_study(["x", "x", "y", None]))) is not None
    assert section_of(report("published")) is None
    assert "categories" not in report("top_five").results()


def test_an_order_that_is_the_same_per_item_and_items_without_a_category(sorted_study: Any) -> None:
    marks = np.random.default_rng(4).random((180, 4)) < [0.8, 0.75, 0.2, 0.5]
    section = section_of(build_report(sorted_study(["x", "x", "y", None], marks)))
    assert section is not None
    said = [bare(sentence) for sentence in section.lead]
    assert said[2:] == [
        "By the mean of each category's obstacles the order in the sample is the same.",
        "Four has no category and is left out.",
    ]


def test_in_chinese(sorted_study: Any) -> None:
    section = section_of(build_report(sorted_study(["x", "x", "y", None]), language="zh"))
    assert section is not None
    assert section.title == "类别"
    assert bare(section.lead[1]) == "各类别有1至2项障碍，项数多的类别仅因此数值就较大。"
    assert bare(section.lead[3]) == "Four没有类别，未计入。"
    assert tables(section)["categories"].subtitle == "受访者选了类别中的任一障碍，即计为选了该类别。"


def test_a_comparison_of_waves(example: Example) -> None:
    report = example("change")
    section = section_of(report)
    assert section is not None
    assert "no change of rank is certain" in " ".join(section.lead)
    assert section.lead[-1].startswith("Obstacles of each category: Changing environment 1")
    table = tables(section)["categories"]
    assert [row["id"] for row in records(table)] == ["data", "people", "technology", "thinking", "environment"]
    assert "Not compared, so left out of their categories: AI rules." in table.notes
    assert to_dict(report)["categories"]["categories"][2] == {"id": "data", "items": ["sharing", "quality"]}


def test_the_sections_do_not_touch_the_items(example: Example) -> None:
    report = example("research")
    assert report.ranking.by_category is None
    assert report.ranking.to_dict()["items"][0]["id"] == "skills"
    assert report.categories.wave == report.ranking.wave
