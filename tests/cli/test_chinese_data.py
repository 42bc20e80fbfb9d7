"""Chinese data from the export to the report: a gb18030 file of Wenjuanxing; Chinese headers, labels, departments."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner
from paths import DOCS

from obstacles.cli.demo import examples_folder
from obstacles.cli.main import cli
from obstacles.reports.writers.widths import pieces
from obstacles.survey.problems import Problem
from obstacles.text.language import using

DEPARTMENTS = ("卫生健康委", "财政局", "教育局", "交通局", "档案馆")
ITEMS = ("人员与技能不足", "部门间数据不共享", "数据质量差", "工具与设施成本", "法规不明确")
Run = Callable[..., str]


@pytest.fixture
def run() -> Iterator[Run]:
    def typed(*words: str | Path, code: int = 0) -> str:
        result = CliRunner().invoke(cli, [str(word) for word in words])
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result.output

    with using("zh"):
        yield typed


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """240 answers: the first three of five obstacles, by Plackett-Luce."""
    rng = np.random.default_rng(7)
    head = [
        "序号",
        "提交答卷时间",
        "所用时间",
        "来源",
        "来自IP",
        "1、您所在的部门",
        *(f"第2题({item})" for item in ITEMS),
    ]
    rows: list[list[object]] = [list(head)]
    for n in range(1, 241):
        order = np.argsort(-(np.array([1.0, 0.6, 0.3, 0.1, -0.3]) + rng.gumbel(size=5)))
        ranks = [-2] * 5
        for place, item in enumerate(order[:3], 1):
            ranks[item] = place
        day = f"2024/5/{1 + n % 28} 10:0{n % 10}:00"
        rows.append([n, day, f"{60 + n % 90}秒", "微信", f"10.0.0.{n % 250}", DEPARTMENTS[n % 5], *ranks])
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path = tmp_path / "调查结果.csv"
    path.write_bytes(out.getvalue().encode("gb18030"))
    return path


def test_from_the_export_to_the_report(run: Run, export: Path) -> None:
    study = export.with_name("study.toml")
    said = run("init", export, "-o", study)
    assert "问卷星" in said
    assert "个人信息，不予保留：来自IP" in said
    text = study.read_text(encoding="utf-8")
    stated = tomllib.loads(text)
    assert [item["label"]["zh"] for item in stated["obstacles"]["item"]] == list(ITEMS)
    assert stated["study"]["languages"] == ["zh"]

    assert "240行纳入分析" in run("check", study)
    printed = run("rank", study, "--json")
    assert "W-MARK-01" in printed.partition("{")[0]
    ranked = json.loads(printed[printed.index("{") :])
    assert ranked["items"][0]["label"] == ITEMS[0]
    assert "“人员与技能不足”在5项障碍中排名第一（95%置信水平）。" in run("rank", study)

    run("report", study, "-o", export.parent / "out", "--format", "html,json,csv")
    page = (export.parent / "out.html").read_text(encoding="utf-8")
    assert '<html lang="zh"' in page
    assert "谁作了答" in page
    assert "10.0.0." not in page
    report = json.loads((export.parent / "out.json").read_text(encoding="utf-8"))
    assert report["language"] == "zh"
    places = [page.index(f">{name}<") for name in ("财政局", "档案馆", "教育局", "交通局", "卫生健康委")]
    assert places  # every department is named


def test_departments_are_listed_by_pinyin(export: Path, run: Run) -> None:
    from obstacles.survey.loading.load import load_study

    study = export.with_name("study.toml")
    run("init", export, "-o", study)
    wave = load_study(study).waves[0]
    assert list(wave.respondents["您所在的部门"].cat.categories) == [
        "财政局",
        "档案馆",
        "交通局",
        "教育局",
        "卫生健康委",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("rank", "nowhere.toml"), "没有这个文件"),
        (("rnk", "study.toml"), "rank"),
    ],
)
def test_errors_are_in_chinese(run: Run, words: tuple[str, ...], message: str, tmp_path: Path) -> None:
    said = run(words[0], tmp_path / words[1], code=3 if words[0] == "rank" else 2)
    assert message in said


PAGE = DOCS / "chinese.md"
BLOCK = re.compile(r"(?:<!-- (run|prints) -->\n)?```(\w+)\n(.*?)```", re.S)


def test_the_page_in_chinese_shows_what_the_program_prints(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(examples_folder() / "big-data-obstacles", tmp_path / "obstacles-demo" / "big-data-obstacles")
    monkeypatch.chdir(tmp_path)
    said, shown = "", 0
    for mark, _kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if mark == "run":
            said = " ".join(run(*shlex.split(text)[1:]).split())
        elif mark == "prints":
            assert " ".join(text.split()) in said
            shown += 1
    assert shown


def test_commands_and_options_of_the_page_in_chinese_exist() -> None:
    found = 0
    for _mark, _kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        for line in text.splitlines():
            program, *words = shlex.split(line) or [""]
            if program != "obstacles":
                continue
            command = cli.get_command(click.Context(cli), words[0])
            assert command is not None, line
            known = {name for one in command.params for name in one.opts}
            assert {word for word in words if word.startswith("-")} <= known, line
            found += 1
    assert found > 8


def test_a_problem_is_in_the_language_in_which_it_was_found() -> None:
    with using("zh"):
        problem = Problem("warning", "W-RANK-01", "名次无法使用。", file="a.csv", rows=(3, 5), column="Q7", count=4)
    assert str(problem) == "警告    W-RANK-01  a.csv：第3、5行及另外2行，列“Q7”：名次无法使用。"
    assert str(replace(problem, language="en", message="x.")) == (
        'warning W-RANK-01  a.csv: rows 3, 5 and 2 more, column "Q7": x.'
    )


@pytest.mark.parametrize(
    ("heading", "parts"),
    [
        ("低于要求（%）", ["低于要求", "（%）"]),
        ("95%置信区间", ["95%置信区间"]),
        ("“大致相同”要求x大于", ["“大致相同”", "要求x大于"]),
        ("Below, %", ["Below,", "%"]),
    ],
)
def test_headings_of_tables_break_where_they_may(heading: str, parts: list[str]) -> None:
    assert pieces(heading) == parts
