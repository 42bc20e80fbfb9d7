"""The report as data: CSV that a spreadsheet may open, JSON that is complete."""

import csv
import io
import json

import pytest

from obstacles.reports.words.page_blocks import Cell, Column, Row, Table
from obstacles.reports.writers.tables import records, to_csv, to_json
from obstacles.reports.writers.widths import column_widths
from obstacles.survey.question import Item

STUDIES = ("top_five", "selections", "severity", "published", "published_n", "films")


def rows_of(report):
    return list(csv.DictReader(io.StringIO(to_csv(report))))


@pytest.mark.parametrize("name", STUDIES)
def test_csv_has_one_row_per_item_in_the_order_of_the_ranking(report, name):
    made = report(name)
    assert [row["id"] for row in rows_of(made)] == [made.ranking.items[i].id for i in made.ranking.order]


def test_csv_has_numbers_in_full(report):
    made = report("top_five")
    first, record = rows_of(made)[0], made.ranking.rows[0]
    assert float(first["estimate"]) == record["estimate"]
    assert [float(first["interval_low"]), float(first["interval_high"])] == record["interval"]
    assert [int(first["rank_low"]), int(first["rank_high"])] == record["rank_set"]
    assert float(first["log_worth"]) == record["log_worth"]
    assert float(first["place_1"]) > 0
    assert float(first["rank_borda"]) == 1


def test_csv_leaves_what_does_not_exist_empty(report):
    last = rows_of(report("severity"))[-1]
    assert last["estimate"] == last["rank"] == last["level_0"] == ""
    assert last["base"] == "0"


def test_cells_that_look_like_formulas_get_an_apostrophe(report):
    labels = [row["label"] for row in rows_of(report("films"))]
    assert "'=cmd|' /C calc'!A0" in labels
    assert not any(label.startswith(("=", "+", "-", "@")) for label in labels)


def test_numbers_below_zero_stay_numbers(report):
    values = [row["log_worth"] for row in rows_of(report("films"))]
    assert any(value.startswith("-") for value in values)
    assert sum(map(float, values)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("name", STUDIES)
def test_json_is_strict_and_holds_every_table(report, name):
    made = report(name)
    found = json.loads(to_json(made), parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    ranking = made.ranking.to_dict() | made.checks.to_dict()
    assert found["ranking"] == json.loads(json.dumps(ranking))
    assert {"ranking", "flow"} <= set(found["tables"])
    assert [row["id"] for row in found["tables"]["ranking"]] == [row["id"] for row in made.ranking.rows]
    assert found["receipt"]["rows_read"] == made.receipt.rows_read


def test_json_says_what_is_not_stated_and_what_is_made_up(report):
    found = json.loads(to_json(report("top_five")))
    assert found["synthetic"] is True
    blanks = {entry["item"] for entry in found["disclosure"] if entry["text"] is None}
    assert "11. Limitations" in blanks
    assert "2. Sponsor" not in blanks
    assert found["headlines"][0].startswith("Inadequate staff and skills")


def test_hidden_groups_are_hidden_in_every_output(made):
    """Nothing tells the size of a small group: not its number, not the rest of the sum."""
    built = made("top_five")
    groups = built.study.waves[0].respondents["department"].value_counts()
    for row in json.loads(to_json(built.report))["tables"]["group_department"]:
        if row["group"] in ("Tiny", "Small"):
            assert set(row.values()) == {row["group"], "[c]"}
        else:
            assert row["respondents"] == groups[row["group"]]


def test_columns_that_are_not_data_are_left_out():
    table = Table("t", "", "", (Column("a", "A"), Column("b", "B", in_data=False)), (Row((Cell("1", 1), Cell("x"))),))
    assert records(table) == [{"a": 1}]


def test_columns_fit_the_page_however_long_a_label_is():
    label = "word " * 80
    table = Table(
        "t",
        "",
        "",
        (Column("label", "Item", "item"), *(Column(f"c{j}", f"Heading of column {j}") for j in range(10))),
        (Row((Cell(label, label), *(Cell("100.0", 1.0) for _j in range(10)))),),
    )
    widths = column_widths(table)
    assert sum(widths) == pytest.approx(174 / 25.4 * 72)
    assert widths[0] >= 100
    assert min(widths[1:]) > 25


def test_an_item_without_a_label_is_named_by_its_id():
    assert Item("skills", {}).name == "skills"
