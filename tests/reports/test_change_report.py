"""The change report: sentences from tests alone, breaks and small groups respected, pages whole and repeatable."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest
from paths import EXAMPLES

from obstacles.reports.change.build import ChangeReport
from obstacles.reports.change.build import build_change_report as build
from obstacles.reports.charts.slope import SlopeData
from obstacles.reports.words.naming import bare
from obstacles.reports.words.page_blocks import Callout, Facts, Figure, Prose, blocks_of, tables_of
from obstacles.reports.writers.render import to_page, to_pdf
from obstacles.reports.writers.tables import records, to_csv, to_json
from obstacles.survey.loading.load import load_study
from obstacles.survey.study import Study

ITEMS = ("Skills", "Sharing", "Quality", "Cost", "Leadership", '<b>Privacy</b> & "rules"')
NAMES = ("panel", "ratings", "bridge", "synthetic", "published")
CAUSAL = (" drives ", " causes ", "caused", "impact", "leads to", "significantly", "because of", "due to")


def _ranked(folder: Path, name: str, rng: np.random.Generator, people: np.ndarray, tilt: np.ndarray) -> None:
    """A file of top-four rankings by people who keep part of their mind."""
    mind = np.random.default_rng(99).normal(0, 1, (400, 6))
    departments = np.random.default_rng(98).choice(["Finance", "Health", "Tiny"], 400, p=[0.6, 0.385, 0.015])
    worth = np.array([1.0, 0.6, 0.4, 0.2, 0.0, -0.3]) + tilt
    with (folder / name).open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["id", "dept", "grade", "w", *(f"q{j}" for j in range(6))])
        for i in people:
            ranks = np.argsort(np.argsort(-(worth + mind[i] + rng.gumbel(size=6)))) + 1
            grade = "senior" if i % 3 else "junior"
            weight = round(float(rng.lognormal(0, 0.3)), 3)
            rows.writerow([f"p{i}", departments[i], grade, weight, *(r if r <= 4 else "" for r in ranks)])


HEAD = """schema = 1
[study]
id = "{id}"
title = {{ en = "A made-up survey" }}
sampling = "probability"
conducted_by = "The Office"
[obstacles]
direction = "{direction}"
question = "Which of these stand in your way?"
noun = "barrier"
nouns = "barriers"
"""


def _items(names: Any) -> str:
    return "".join(f"[[obstacles.item]]\nid = \"i{j}\"\nlabel = '{name}'\n" for j, name in enumerate(names))


def _columns() -> str:
    return "[wave.obstacles]\n" + "".join(f'i{j} = "q{j}"\n' for j in range(6))


def panel(folder: Path) -> Study:
    """Three waves of a panel; one item rises, one falls, one department is tiny."""
    rng = np.random.default_rng(1)
    tilts = (np.zeros(6), np.array([0.5, -0.5, 0, 0, 0, 0]), np.array([1.1, -0.9, 0, 0, 0, 0]))
    waves = ""
    for year, tilt in zip((2020, 2021, 2023), tilts, strict=True):
        _ranked(folder, f"{year}.csv", rng, rng.permutation(400)[:260], tilt)
        waves += f"""[[wave]]
id = "{year}"
file = "{year}.csv"
fieldwork = ["{year}-03-01", "{year}-03-31"]
format = "rank_grid"
k = 4
blank = "below"
id_column = "id"
panel_id = "id"
weight = "w"
[wave.columns]
dept = "dept"
grade = "grade"
{_columns()}"""
    text = HEAD.format(id="panel", direction="1_is_most_severe") + _items(ITEMS) + waves
    text += """[groups]
split_by = ["dept", "grade"]
[[comparison]]
id = "p"
waves = ["2020", "2021", "2023"]
kind = "panel"
smallest_change_of_interest = 12
[[report]]
kind = "change"
"""
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return load_study(folder / "study.toml")


def ratings(folder: Path) -> Study:
    """Two large waves of ratings that are the same, with a smallest change of interest."""
    rng = np.random.default_rng(2)
    waves = ""
    for year in (2021, 2022):
        with (folder / f"{year}.csv").open("w", newline="", encoding="utf-8") as out:
            rows = csv.writer(out)
            rows.writerow([f"q{j}" for j in range(6)])
            for _person in range(900):
                rows.writerow(np.clip(np.round(rng.normal(3.4 - 0.3 * np.arange(6), 1)), 1, 5).astype(int))
        waves += f"""[[wave]]
id = "{year}"
file = "{year}.csv"
format = "likert_grid"
scale = [{{ value = 1 }}, {{ value = 2 }}, {{ value = 3 }}, {{ value = 4 }}, {{ value = 5 }}]
{_columns()}"""
    text = HEAD.format(id="ratings", direction="high_is_most_severe") + _items(ITEMS) + waves
    text += '[[comparison]]\nid = "r"\nwaves = ["2021", "2022"]\nsmallest_change_of_interest = 0.3\n'
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return load_study(folder / "study.toml")


def bridge(folder: Path) -> Study:
    """Three waves with a stated break after the first."""
    study = panel(folder)
    text = study.path.read_text(encoding="utf-8").replace(
        "smallest_change_of_interest = 12",
        'breaks = [{ between = ["2020", "2021"], reason = "Routing changed: all staff, then users only" }]',
    )
    study.path.write_text(text, encoding="utf-8")
    return load_study(study.path)


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Study]:
    @cache
    def study(name: str) -> Study:
        shipped = {"synthetic": "big-data-obstacles", "published": "eurostat-ai"}
        if name in shipped:
            return load_study(EXAMPLES / shipped[name] / "study.toml")
        makers: dict[str, Callable[[Path], Study]] = {"panel": panel, "ratings": ratings, "bridge": bridge}
        return makers[name](tmp_path_factory.mktemp(name))

    return study


@pytest.fixture(scope="module")
def change(studies: Callable[[str], Study]) -> Callable[[str], ChangeReport]:
    return cache(lambda name: build(studies(name)))


@pytest.fixture(scope="module")
def pages(change: Callable[[str], ChangeReport]) -> Callable[[str], tuple[bytes, str, list[Any]]]:
    @cache
    def made(name: str) -> tuple[bytes, str, list[Any]]:
        told: list[Any] = []
        return to_pdf(change(name), told.append), to_page(change(name), told.append).decode(), told

    return made


def _headlines(report: ChangeReport) -> str:
    return " ".join(bare(sentence) for sentence in report.sections[0].lead)


def _table(report: ChangeReport, id: str) -> list[dict[str, Any]]:
    return records(next(table for table in tables_of(report.sections) if table.id == id))


def test_what_rose_and_fell_is_the_headline(change: Callable[[str], ChangeReport]) -> None:
    text = _headlines(change("panel"))
    assert re.search(r"Between 2020 and 2023, Skills rose from [\d.]+.% to [\d.]+.%; Sharing fell from", text)
    assert "rejected (p < 0.001)" in text
    assert "Linear trend over the 3 waves" in text


def test_nothing_shown_is_not_worded_as_no_change(change: Callable[[str], ChangeReport]) -> None:
    text = _headlines(change("ratings"))
    assert text.startswith("No barrier changed by more than 0.30 between 2021 and 2022 (all 6 equivalence tests")


@pytest.mark.parametrize("name", ["panel", "ratings"])
def test_the_ends_of_intervals_of_changes_have_signs(change: Callable[[str], ChangeReport], name: str) -> None:
    table = next(table for table in tables_of(change(name).sections) if table.id == "changes")
    place = {column.id: i for i, column in enumerate(table.columns)}
    looked = 0
    for row in table.rows:
        ends = row.cells[place["interval"]].text.split(" to ")
        values = [row.cells[place[column]].value for column in ("change_low", "change_high")]
        for text, value in zip(ends, values, strict=True):
            assert isinstance(value, float)
            if abs(value) > 0.005:  # what rounds to zero has none
                looked += 1
                assert text.startswith("+" if value > 0 else "−"), (row.cells[0].text, ends, values)
    assert looked > 6


def test_a_table_without_n_gives_the_order_and_says_why(change: Callable[[str], ChangeReport]) -> None:
    report = change("published")
    text = _headlines(report)
    assert "Lack of relevant expertise has the largest share in 2023 and in 2025." in text
    assert "No sample size is published, so no change can be tested" in text
    rows = _table(report, "changes")
    assert all(row["change"] is None for row in rows)
    assert rows[0]["estimate_2023"] < rows[0]["estimate_2025"] < rows[0]["estimate_2024"]
    changes, *others = [table for table in tables_of(report.sections) if table.id in ("changes", "over", "tests")]
    assert [changes.columns[i].id for i in changes.shown][2:] == ["estimate_2024", "estimate_2025"]
    assert [table.on_page for table in others] == [False, False]


def test_another_question_form_stops_levels_and_leaves_the_order(change: Callable[[str], ChangeReport]) -> None:
    report = change("synthetic")
    assert "Levels are not compared between 2022 and 2024, only the order" in _headlines(report)
    box = report.sections[0].blocks[0]
    assert isinstance(box, Callout)
    assert box.paragraphs[0] == "Of 7 obstacles, 6 are compared; 1 is new."
    assert any("select up to 5 → rank up to 5" in line for line in box.paragraphs)
    assert all(row["change"] is None and row["verdict"] == "not compared" for row in _table(report, "changes"))
    assert report.synthetic
    ids = [section.id for section in report.sections]
    assert ids == ["summary", "waves", "order", "changes", "list", "categories", "method"]


def test_the_comparability_box_comes_first(change: Callable[[str], ChangeReport]) -> None:
    for name in NAMES:
        first = change(name).sections[0].blocks[0]
        assert isinstance(first, Callout)
        assert first.title == "What can be compared"


def test_a_break_is_drawn_and_explained(change: Callable[[str], ChangeReport]) -> None:
    report = change("bridge")
    figure = next(
        block
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Figure) and block.chart == "slope"
    )
    assert isinstance(figure.data, SlopeData)
    assert figure.data.broken == (True, False)
    assert any(note.startswith("|| break") for note in figure.notes)
    steps = _table(report, "over")
    assert all(row["change_2020_2021"] is None for row in steps)
    assert all(row["change_2021_2023"] is not None for row in steps)


def test_a_break_is_named_by_the_waves_next_to_it(studies: Callable[[str], Study], tmp_path: Path) -> None:
    study = bridge(tmp_path)
    later = study.path.read_text(encoding="utf-8").replace('["2020", "2021"], reason', '["2021", "2023"], reason')
    study.path.write_text(later, encoding="utf-8")
    box = build(load_study(study.path)).sections[0].blocks[0]
    assert isinstance(box, Callout)
    assert [line for line in box.paragraphs if "across this break" in line] == [
        "Routing changed: all staff, then users only (2021 to 2023): levels are not compared across this break, only "
        "the order."
    ]


def test_waves_of_different_measures_keep_their_units(studies: Callable[[str], Study], tmp_path: Path) -> None:
    """Ratings in one year and marks in the next: a mean of the scale beside a percentage."""
    study = ratings(tmp_path)
    form = 'format = "likert_grid"\nscale = [{ value = 1 }, { value = 2 }, { value = 3 }, { value = 4 }, { value = 5 }]'
    head, tail = study.path.read_text(encoding="utf-8").rsplit(form, 1)
    marks = 'format = "multi_select"\nselected = ["1"]\nblank = "below"'
    text = (head + marks + tail).replace('direction = "high_is_most_severe"\n', "", 1)
    text = text.replace(form, form + '\ndirection = "high_is_most_severe"', 1)
    study.path.write_text(text.replace("smallest_change_of_interest = 0.3", ""), encoding="utf-8")
    first, *rows = (tmp_path / "2022.csv").read_text(encoding="utf-8").splitlines()
    marked = [",".join("1" if cell in "45" else "0" for cell in row.split(",")) for row in rows]
    (tmp_path / "2022.csv").write_text("\n".join([first, *marked]), encoding="utf-8")
    table = next(table for table in tables_of(build(load_study(study.path)).sections) if table.id == "changes")
    assert [table.columns[i].heading for i in table.shown] == [
        "Barrier",
        "2021: mean severity",
        "2022: share chosen, %",
    ]
    before, after = (table.rows[0].cells[i] for i in table.shown[1:])
    assert before.text == f"{before.value:.2f}"
    assert isinstance(after.value, float)
    assert after.text == f"{100 * after.value:.1f}"


def test_what_is_known_of_every_wave_is_said_once_where_it_is_the_same(change: Callable[[str], ChangeReport]) -> None:
    blocks = change("panel").sections[-1].blocks
    facts = next(block for block in blocks if isinstance(block, Facts) and block.title == "Wave by wave")
    text = {fact.name: fact.text for fact in facts.facts}
    assert text["File"].splitlines() == ["2020: 2020.csv", "2021: 2021.csv", "2023: 2023.csv"]
    assert text["3. Measurement tool"] == "Rankings of up to 4 of 6 barriers."


def test_a_census_is_said_to_have_no_correction(change: Callable[[str], ChangeReport]) -> None:
    assert "no finite population correction is made" in change("synthetic").disclosure


def test_small_groups_are_hidden_in_every_wave(
    change: Callable[[str], ChangeReport], pages: Callable[[str], tuple[bytes, str, list[Any]]]
) -> None:
    report = change("panel")
    rows = {row["group"]: row for row in _table(report, "mix_dept")}
    assert all(value == "[c]" for key, value in rows["Tiny"].items() if key != "group")
    others = [row for name, row in rows.items() if name != "Tiny"]  # beside counts or exact shares, one more is hidden
    assert all(value == "[c]" for row in others for key, value in row.items() if key.startswith("respondents"))
    assert all(round(row["share_2020"], 2) == row["share_2020"] for row in others)
    assert "Tiny" not in json.dumps(report.change.to_dict())
    assert "Tiny" not in pages("panel")[1]


def test_the_panel_is_split_into_stayers_leavers_and_joiners(change: Callable[[str], ChangeReport]) -> None:
    report = change("panel")
    found = report.change.why.attrition
    assert found is not None
    rows = _table(report, "panel")
    assert len(rows) == 6
    assert all(row["stayers_change"] is not None and row["leavers_change"] is not None for row in rows)


def test_composition_and_answers_add_up(change: Callable[[str], ChangeReport]) -> None:
    rows = _table(change("panel"), "composition")
    looked = 0
    for row in rows:
        assert row["mix"] + row["answers"] == pytest.approx(row["total_change"], abs=1e-9)
        looked += 1
    assert looked == 6


@pytest.mark.parametrize("name", NAMES)
def test_no_word_of_cause(pages: Callable[[str], tuple[bytes, str, list[Any]]], name: str) -> None:
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", pages(name)[1], flags=re.DOTALL).lower()
    for word in CAUSAL:
        assert word not in text, word


@pytest.mark.parametrize("name", NAMES)
def test_pages_are_whole(
    change: Callable[[str], ChangeReport], pages: Callable[[str], tuple[bytes, str, list[Any]]], name: str
) -> None:
    pdf, html, told = pages(name)
    assert told == []
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert 5 <= len(reader.pages) <= 10
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for section in change(name).sections:
        assert section.title in text
    assert "not stated by the study owner" in text.lower()
    assert set(reader.attachments) == {"results.csv", "results.json", "study.toml"}
    assert "<b>Privacy</b>" not in html
    assert html.count("<table") == html.count("</table>")
    assert html.count('role="img"') >= 2


@pytest.mark.parametrize("name", [pytest.param("panel", marks=pytest.mark.slow), "published"])
def test_the_same_study_gives_the_same_bytes(studies: Callable[[str], Study], name: str) -> None:
    once, again = (build(studies(name)) for _time in range(2))
    assert to_json(once) == to_json(again)
    assert to_pdf(once) == to_pdf(again)


def test_data_have_a_row_per_item_with_every_wave(change: Callable[[str], ChangeReport]) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(change("panel")))))
    assert len(rows) == 6
    assert {"estimate_2020", "estimate_2023", "verdict", "rank_low_2021", "slope", "mix", "stayers_change"} <= set(
        rows[0]
    )
    assert {row["verdict"] for row in rows} >= {"up", "down"}
    record = json.loads(to_json(change("panel")))
    assert record["report"] == "change"
    assert record["change"]["headline"]["kind"] == "changed"
    assert [receipt["wave"] for receipt in record["receipts"]] == ["2020", "2021", "2023"]
    assert len(record["headlines"]) <= 3


def test_the_date_is_the_last_day_of_fieldwork(change: Callable[[str], ChangeReport]) -> None:
    assert change("panel").date == datetime.date(2023, 3, 31)


def test_a_chart_of_twenty_waves_has_no_room_for_rank_sets() -> None:
    from obstacles.reports.charts import CHARTS
    from obstacles.reports.charts.slope import SlopeLine, SlopePoint

    lines = tuple(
        SlopeLine(f"Item {i}", tuple(SlopePoint(i + 1, i + 1, 1, 8) for _wave in range(20))) for i in range(8)
    )
    drawn = CHARTS["slope"](SlopeData(tuple(str(2000 + i) for i in range(20)), lines, (False,) * 19))
    width, height = drawn.get_size_inches()
    assert width * 72 == pytest.approx(493.2, abs=1)
    assert height * 72 < 250


def test_an_item_with_too_few_answers_is_not_counted_as_compared():
    """Else the sentence would say of all what a row of the table denies."""
    from types import SimpleNamespace

    from obstacles.reports.change.sentences import comparability

    nouns = SimpleNamespace(several="obstacles")
    statuses = [SimpleNamespace(status="same", compared=True)] * 4

    def said(compared: list[bool]) -> str:
        main = SimpleNamespace(verdicts=SimpleNamespace(compared=np.array(compared)), compared=True)
        return comparability(SimpleNamespace(comparability=SimpleNamespace(statuses=statuses), main=main), nouns)

    assert said([True] * 4) == "All 4 obstacles are compared."
    assert said([True, True, False, True]) == "Of 4 obstacles, 3 are compared; 1 has too few answers."
    assert said([False, True, False, True]) == "Of 4 obstacles, 2 are compared; 2 have too few answers."


@pytest.mark.parametrize("language", ["en", "zh"])
def test_persistence_is_no_p_value(language):
    """Beside p-values of tests every other "p" is read as one: the persistence of an overlap stands in the method."""
    blocks = list(blocks_of(build(load_study(EXAMPLES / "eurostat-ai" / "study.toml"), language=language).sections))
    prose = [text for block in blocks if isinstance(block, Prose) for text in block.paragraphs]
    assert any("0.98" in text or "RBO" in text or "Rank-biased" in text for text in prose)
    assert not any("p = 0.80" in text for text in prose)
    assert sum("0.80" in fact.text for block in blocks if isinstance(block, Facts) for fact in block.facts) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_where_the_order_alone_compares_the_message_comes_before_the_reason(language):
    report = build(load_study(EXAMPLES / "big-data-obstacles" / "study.toml"), language=language)
    lead = [bare(sentence) for sentence in report.sections[0].lead]
    found = report.change.main
    assert {int(found.ranks.first.sets.high[0]), int(found.ranks.second.sets.high[0])} == {1}  # skills, both times
    first, order, reason = ("ranks first in 2022 and in 2024", f"Of {found.agreement.pairs} pairs", "Levels are not")
    if language == "zh":
        first, order, reason = ("都居首位", f"{found.agreement.pairs}对", "不比较")
    assert first in lead[0]
    assert order in lead[1]
    assert str(found.agreement.settled_alike) in lead[1]
    assert reason in lead[2]
