"""Labels of groups stand wherever a person reads a group, in the language of the report, and change no figure."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import obstacles as ob
from obstacles.cli.main import cli
from obstacles.reports.writers.tables import to_dict
from obstacles.text.group_words import ColumnWords, calling, value_label
from obstacles.text.language import using

HEAD = 'schema = 1\n[study]\ntitle = { en = "Survey", zh = "调查" }\nlanguages = ["en", "zh"]\nsampling = "census"\n'
WAVE = """[obstacles]
noun = { en = "obstacle", zh = "障碍" }
nouns = { en = "obstacles", zh = "障碍" }
[[obstacles.item]]
id = "a"
label = { en = "Skills", zh = "技能" }
[[obstacles.item]]
id = "b"
label = { en = "Budget", zh = "预算" }
[[obstacles.item]]
id = "c"
label = { en = "Law", zh = "法规" }
[[wave]]
id = "1"
file = "f.csv"
format = "multi_select"
[wave.columns]
unit = "u"
[wave.obstacles]
a = "a"
b = "b"
c = "c"
[groups]
report_by = "unit"
split_by = ["unit"]
"""
LIST = """[[groups.column]]
id = "unit"
label = { en = "HR unit", zh = "人事单位" }
values = [
  { value = "S9", en = "Sales", zh = "销售部" },
  { value = "K3", label = { en = "Kitchen", zh = "厨房" } },
  { id = "A1", en = "Accounts", zh = "财务部" },
]
"""
CODES = re.compile(r"\b(?:S9|K3|A1|unit)\b")


def study(folder: Path, more: str = LIST) -> Path:
    rows = [
        f"{unit},{i % 2},{int(i % 3 == 0)},{int(i % 5 < n)}"
        for n, unit in enumerate(("A1", "K3", "S9"))
        for i in range(40)
    ]
    (folder / "f.csv").write_text("u,a,b,c\n" + "\n".join(rows) + "\n")
    (folder / "study.toml").write_text(HEAD + WAVE + more, encoding="utf-8")
    return folder / "study.toml"


@pytest.mark.parametrize(
    ("language", "names"), [("en", ["Sales", "Kitchen", "Accounts"]), ("zh", ["销售部", "厨房", "财务部"])]
)
def test_reports_use_the_labels_in_their_order(tmp_path: Path, language: str, names: list[str]) -> None:
    report = ob.build_report(ob.load_study(study(tmp_path)), language=language)
    tables = to_dict(report)["tables"]
    assert [row["group"] for row in tables["group_unit"]] == names
    page = json.dumps(tables, ensure_ascii=False)
    texts = [
        cell.text
        for section in report.sections
        for block in section.blocks
        for row in getattr(block, "rows", ())
        for cell in getattr(row, "cells", ())
    ]
    assert len(texts) > 20
    assert not any(CODES.search(text) for text in texts)
    assert not re.search(r"S9|K3", page)


def test_no_figure_and_no_register_changes(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    with_labels, without = ob.load_study(study(tmp_path / "1")), ob.load_study(study(tmp_path / "2", ""))
    one, other = (ob.by_group(each, each.waves[0], "unit") for each in (with_labels, without))
    assert one is not None
    assert other is not None
    assert list(one.cells) == ["S9", "K3", "A1"]
    assert {name: one.cells[name] for name in other.cells} == dict(other.cells)


def test_the_terminal_uses_them(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["compare", str(study(tmp_path)), "--by", "unit"])
    assert done.exit_code == 0, done.output
    assert re.search(r"Sales\s+Kitchen\s+Accounts", done.output)
    assert not re.search(r"S9|K3", done.output)


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        (LIST.replace("Kitchen", "SALES"), "E-GRP-02", '"S9" and "K3" have the same label'),
        (LIST.replace('zh = "厨房"', 'zh = "销售部"'), "E-GRP-02", '"S9" and "K3" have the same label'),
        (LIST.replace("K3", "S9"), "E-GRP-02", 'the value "S9" stands there twice'),
        (LIST + LIST, "E-GRP-02", "stands there twice"),
        (LIST.replace('id = "unit"', 'id = "units"'), "E-KEY-03", "unit"),
        ('[[groups.column]]\nid = "unit"\nvalues = ["A1", { value = "K3", en = "A1" }]\n', "E-GRP-02", "A1"),
    ],
)
def test_labels_that_make_one_group_of_two_are_refused(tmp_path: Path, more: str, code: str, told: str) -> None:
    with pytest.raises(ob.SurveyError) as caught:
        ob.load_study(study(tmp_path, more))
    assert any(problem.code == code and told in problem.message for problem in caught.value.problems)


def test_a_table_gives_labels_and_no_order(tmp_path: Path) -> None:
    table = '[[groups.column]]\nid = "unit"\n[groups.column.values]\nS9 = { zh = "销售部" }\nK3 = "Kitchen"\n'
    loaded = ob.load_study(study(tmp_path, table))
    assert list(loaded.waves[0].respondents["unit"].cat.categories) == ["A1", "K3", "S9"]
    with calling(loaded.settings.groups.words):
        assert [value_label(one, "unit") for one in ("S9", "K3", "A1")] == ["S9", "Kitchen", "A1"]
        with using("zh"):
            assert [value_label(one, "unit") for one in ("S9", "K3", "A1")] == ["销售部", "Kitchen", "A1"]


def test_a_value_of_two_columns_with_two_labels_keeps_its_name() -> None:
    words = {
        name: ColumnWords({}, {"1": {"en": text}, "2": {"en": "Two"}}) for name, text in (("a", "One"), ("b", "Uno"))
    }
    with calling(words):
        assert [value_label("1"), value_label("1", "b"), value_label("2"), value_label("3")] == ["1", "Uno", "Two", "3"]


def test_groups_without_a_report_are_called_by_their_labels(capsys: pytest.CaptureFixture[str]) -> None:
    from obstacles.cli.commands.batch import say_hidden

    with using("zh"), calling({"unit": ColumnWords({}, {"Archives": {"zh": "档案局"}})}):
        say_hidden(("Archives", "Other"))
    assert capsys.readouterr().err.strip().endswith("：档案局、Other。")
