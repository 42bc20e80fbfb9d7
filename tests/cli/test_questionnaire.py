"""`obstacles questionnaire` as people type it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from obstacles.cli.commands.questionnaire import FOR
from obstacles.cli.demo import examples_folder
from obstacles.reports.questionnaire.platforms import PLATFORMS

STAFF, RATINGS = examples_folder() / "big-data-obstacles", examples_folder() / "kaggle-2017" / "severity.toml"
Run = Callable[..., Result]


@pytest.fixture
def run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Typed in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return run


def test_the_words_of_the_option_are_the_platforms() -> None:
    assert tuple(PLATFORMS) == FOR


@pytest.mark.chinese_font
def test_the_built_in_instrument_in_both_languages(run: Run, tmp_path: Path) -> None:
    result = run("questionnaire")
    named = [Path(line) for line in result.stdout.splitlines()]
    assert all((tmp_path / path).is_file() for path in named)
    names = {path.name for path in named}
    assert names >= {"form.xlsx", "survey.txt", "form-en.docx", "form-zh.pdf", "entry-sheet.csv"}
    assert {path.parent.name for path in named if path.name == "study.toml"} == {"xlsform", "limesurvey", "paper"}
    assert run("questionnaire").stdout == result.stdout  # the same files again


def test_the_study_file_leads_to_the_ranking(run: Run, tmp_path: Path) -> None:
    run("questionnaire", "--for", "word", "--language", "en", "-o", "q")
    sheet = tmp_path / "q" / "paper" / "entry-sheet.csv"
    lines = sheet.read_text(encoding="utf-8-sig").splitlines()
    codes = lines[0].split(",")
    for number in range(40):  # skills, Q1.13, come first or second, the others take turns
        items = [place for place in range(1, 21) if place != 13]
        order = [items[(number * 7 + step) % 19] for step in range(4)]
        order.insert(number % 2, 13)
        typed = {"form": str(number + 1), **{f"Q1.{item}": str(rank) for rank, item in enumerate(order, 1)}}
        scales = {code: str(1 + number % 4) for code in codes if code[:3] in ("Q2.", "Q3.", "Q4.")}
        lines.append(",".join({**scales, **typed}.get(code, "") for code in codes))
    (sheet.parent / "answers.csv").write_text("\n".join(lines), encoding="utf-8")
    run("check", "q/paper")
    printed = run("rank", "q/paper").stdout.splitlines()
    assert (
        next(line for line in printed if " 1 " in line or line.strip().startswith("1")).count("Inadequate staff") == 1
    )


def test_what_was_changed_or_is_read_is_never_written_over(run: Run, tmp_path: Path) -> None:
    run("questionnaire", "--for", "xlsform", "-o", "q")
    study = tmp_path / "q" / "xlsform" / "study.toml"
    study.write_text(study.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    assert "E-OUT-02" in run("questionnaire", "--for", "xlsform", "-o", "q", code=2).stderr
    assert study.read_text(encoding="utf-8").endswith("# mine\n")
    run("questionnaire", "--for", "xlsform", "-o", "q", "--force")
    assert not study.read_text(encoding="utf-8").endswith("# mine\n")
    shutil.copytree(STAFF, tmp_path / "s" / "paper", ignore=shutil.ignore_patterns("out", "*.register*"))
    words = ("questionnaire", "s/paper", "--for", "word", "-o", "s", "--force")
    assert "E-OUT-01" in run(*words, code=2).stderr
    assert not (tmp_path / "s" / "paper" / "form-en.docx").exists()


def test_a_study_with_groups_brings_its_tables(run: Run, tmp_path: Path) -> None:
    run("questionnaire", STAFF, "--for", "limesurvey", "-o", "q")
    text = (tmp_path / "q" / "limesurvey" / "survey.txt").read_text(encoding="utf-8-sig")
    assert "Protocol Office" in text
    assert "外事办" in text
    assert (tmp_path / "q" / "limesurvey" / "required_by_role.csv").is_file()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--for", "xlsforms"], 2, 'no platform "xlsforms". The platforms are xlsform, limesurvey, word, pdf.'),
        (["--for", ","], 2, "no platform"),
        (["--language", "en+12"], 2, '"12" is no code of a language'),
        (["--instrument", "small"], 2, 'no instrument "small". The instruments are big_data_in_government.'),
        (["study.toml", "--instrument", "small"], 2, "not both"),
        (["missing.toml"], 3, "E-TOML-02"),
        ([str(examples_folder() / "eurostat-ai")], 3, "E-QUE-01"),
    ],
)
def test_wrong_words(run: Run, words: list[str], code: int, message: str) -> None:
    result = run("questionnaire", *words, code=code)
    assert message in " ".join(result.stderr.split())
