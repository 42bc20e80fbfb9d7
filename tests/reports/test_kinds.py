"""Kinds of report: what is registered is what the command line and the study file know."""

from __future__ import annotations

import inspect
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import click
import pytest

from obstacles.cli.commands import export, report
from obstacles.cli.options import options_of
from obstacles.reports.change.build import build_change_report
from obstacles.reports.kinds import REPORTS
from obstacles.reports.research.build import build_report
from obstacles.survey.settings import ReportName

TYPED = {
    "wave": None,
    "model": "auto",
    "level": None,
    "k": 3,
    "comparison": None,
    "waves": None,
    "where": (),
    "by": None,
}


def test_study_files_know_every_kind() -> None:
    assert set(get_args(ReportName)) == set(REPORTS)


def test_every_option_is_a_word_of_the_command_line() -> None:
    words = {parameter.name for parameter in report.command.params}
    assert {name for kind in REPORTS.values() for name in kind.options} <= words
    assert {*TYPED, "kind"} <= {parameter.name for parameter in export.command.params}


@pytest.mark.parametrize("build", [build_report, build_change_report])
def test_a_report_takes_its_options(build: Any) -> None:
    kind = {build_report: "research", build_change_report: "change"}[build]
    assert set(REPORTS[kind].options) <= set(inspect.signature(build).parameters)


def test_words_of_another_kind_are_refused_and_defaults_left_out() -> None:
    assert options_of("research", {**TYPED, "wave": "2024"}) == {"wave": "2024", "level": None, "k": 3}
    with pytest.raises(click.UsageError, match="does not belong to the research report; it is a word of change"):
        options_of("research", {**TYPED, "where": ("country=Spain",)})


def test_a_new_kind_is_made_by_its_line(making: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    study = making.study(making.rankings(making.items("ABC"), [[1, 2, 3], [1, 3, 2], [2, 1, 3]] * 8))
    new = replace(REPORTS["research"], build=lambda study, **options: build_report(study, k=2), options=())
    monkeypatch.setitem(REPORTS, "digest", new)
    written = report.make(study, tmp_path / "digest", ("json",), kind="digest")
    assert written == [tmp_path / "digest.json"]
    assert json.loads(written[0].read_text())["report"] == "research"
