"""The brief: one page in both languages whatever was asked, and the same sentences on a terminal."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest
from click.testing import CliRunner
from paths import EXAMPLES

from obstacles.cli.main import cli
from obstacles.reports.research.build import build_brief
from obstacles.reports.writers.render import FORMATS, to_pdf, write_report
from obstacles.survey.loading.load import load_study

PRINTED = ("en", pytest.param("zh", marks=pytest.mark.chinese_font))
DEMO = EXAMPLES / "big-data-obstacles"
SIZES = {  # name -> items, respondents, words in a label
    "two": (2, 60, 1),
    "few people": (7, 12, 1),
    "twelve long": (12, 120, 30),
    "many": pytest.param((60, 200, 1), marks=pytest.mark.slow),
}


def drawn(making: Any, m: int, n: int, words: int) -> Any:
    names = [f"Obstacle {j} " + "with words " * (words // 2) for j in range(m)]
    rankings = making.rankings(making.items(names), making.drawn(np.random.default_rng(m), n, np.linspace(1, -1, m)))
    return making.study(rankings)


@pytest.mark.parametrize("language", PRINTED)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_it_is_one_page_with_a_clean_log(making: Any, size: tuple[int, int, int], language: str) -> None:
    told: list[Any] = []
    report = build_brief(drawn(making, *size), language=language)
    pdf = pypdf.PdfReader(io.BytesIO(to_pdf(report, told.append)))
    assert len(pdf.pages) == 1
    assert told == []
    assert "\x0e" not in report.email


@pytest.mark.parametrize("name", ["top_five", "selections", "severity", "published", "published_n", "films"])
def test_every_kind_of_study_has_one(making: Any, name: str) -> None:
    report = build_brief(making.studies[name]())
    assert len(pypdf.PdfReader(io.BytesIO(to_pdf(report, pytest.fail))).pages) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_terminal_prints_what_stands_on_the_page(language: str, tmp_path: Path) -> None:
    said = CliRunner().invoke(cli, ["brief", str(DEMO), "--language", language])
    assert said.exit_code == 0, said.output
    report = build_brief(load_study(DEMO / "study.toml"), language=language)
    assert "".join(report.email.split()) in "".join(said.stdout.split())
    page = write_report(report, tmp_path / "brief", formats=("html", "csv", "json"))[0].read_text()
    assert report.email in page
    assert set(FORMATS) >= {"docx", "xlsx"}


def test_the_command_line_makes_it(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["report", str(DEMO), "--kind", "brief", "-o", str(tmp_path / "b.html")])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "b.html").read_text()
    for words in ("Safe to say", "Not safe to say", "For an e-mail", "In brief"):
        assert words in page
