"""`obstacles export` as people type it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner, Result

import obstacles.reports.writers.export
from obstacles.cli.demo import examples_folder
from obstacles.cli.main import cli
from obstacles.reports.gap.build import GapReport

PUBLISHED, STAFF = (examples_folder() / name for name in ("eurostat-ai", "big-data-obstacles"))
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def typed(*words: str | Path, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, ["export", *(str(word) for word in words)])
        unexpected = result.exception if not isinstance(result.exception, SystemExit) else None
        assert unexpected is None, repr(unexpected)
        assert result.exit_code == code, result.output
        return result

    return typed


@pytest.mark.parametrize("kind", ["research", "change"])
def test_a_document_and_a_workbook_of_a_kind(run: Run, tmp_path: Path, kind: str) -> None:
    assert run(PUBLISHED, "--to", "docx", "--kind", kind).stdout == f"eurostat-ai-{kind}.docx\n"
    run(PUBLISHED, "--to", "xlsx", "--kind", kind, "-o", "named.xlsx")
    assert docx.Document(str(tmp_path / f"eurostat-ai-{kind}.docx")).tables
    assert len(openpyxl.load_workbook(tmp_path / "named.xlsx").sheetnames) > 3
    run(PUBLISHED, "--to", "docx", "--kind", kind, "-o", "folder")
    assert (tmp_path / "folder" / f"eurostat-ai-{kind}.docx").exists()


def test_latex_goes_into_a_folder_of_its_own(run: Run, tmp_path: Path) -> None:
    assert run(PUBLISHED, "--to", "latex", "--kind", "change").stdout == "eurostat-ai-change-latex/preview.tex\n"
    folder = tmp_path / "eurostat-ai-change-latex"
    files = json.loads((folder / "export.json").read_text())["files"]
    assert {*files, "export.json"} == {path.name for path in folder.iterdir()}
    assert {"tables.tex", "figures.tex", "preview.tex", "table-ranks.tex"} <= set(files)


def test_figures_with_their_words(run: Run, tmp_path: Path) -> None:
    assert run(PUBLISHED, "--to", "figures", "-o", "pictures", "--wave", "2024").stdout == "pictures/README.md\n"
    record = json.loads((tmp_path / "pictures" / "figures.json").read_text())
    assert record["report"] == "research"
    assert all((tmp_path / "pictures" / name).exists() for one in record["figures"] for name in one["files"])


class TestGroups:
    @pytest.fixture
    def cheap(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An export of one small file in place of the charts."""

        def write(report: GapReport, _missing: object) -> Iterator[tuple[str, bytes]]:
            yield "README.md", (report.group or "all").encode()

        monkeypatch.setitem(obstacles.reports.writers.export.EXPORTS, "figures", write)

    def copied(self, folder: Path, minimum: int) -> Path:
        shutil.copytree(STAFF, folder, ignore=shutil.ignore_patterns("out", "*.register*"), dirs_exist_ok=True)
        text = (folder / "study.toml").read_text(encoding="utf-8")
        assert "min_group = 10" in text
        (folder / "study.toml").write_text(text.replace("min_group = 10", f"min_group = {minimum}"), encoding="utf-8")
        return folder

    def test_a_folder_for_each_group_that_may_be_shown(self, run: Run, tmp_path: Path, cheap: None) -> None:
        words = ("--to", "figures", "--kind", "gap", "--by", "role", "-o", "gap")
        out = run(self.copied(tmp_path / "study", 10), *words).stdout.splitlines()
        names = ["whole-organisation", "Analyst", "Caseworker", "IT-specialist", "Manager"]
        assert out == [f"gap/{name}/README.md" for name in names]
        assert (tmp_path / "gap" / "Analyst" / "README.md").read_text() == "Analyst"
        stricter = run(self.copied(tmp_path / "study", 150), *words)
        assert "IT specialist" in stricter.stderr
        assert "so that nobody's answer can be worked out" in stricter.stderr
        assert not (tmp_path / "gap" / "IT-specialist" / "README.md").exists()
        assert "IT-specialist" not in (tmp_path / "gap" / "export.json").read_text()

    def test_a_workbook_for_each_group_through_the_batch(self, run: Run, tmp_path: Path) -> None:
        run(self.copied(tmp_path / "study", 10), "--to", "xlsx", "--kind", "gap", "--by", "grade", "-o", "gap")
        names = sorted(path.name for path in (tmp_path / "gap").glob("*.xlsx"))
        assert names == ["Junior.xlsx", "Middle.xlsx", "Senior.xlsx", "whole-organisation.xlsx"]
        assert (tmp_path / "gap" / "manifest.json").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "odt"), "odt"),
        ((), "--to"),
        (("--to", "latex", "--by", "department"), "--by does not belong to the research report"),
        (("--to", "docx", "--kind", "gap", "-o", "x.docx"), "-o names their folder"),
        (("--to", "latex", "--wave", "2042"), "2042"),
        (("--to", "latex", "--model", "plackett-luce"), "plackett-luce"),
        (("--to", "latex", "--kind", "gap"), "no capability was asked"),
    ],
)
def test_what_cannot_be_is_refused_in_words(run: Run, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    result = run(PUBLISHED, *words, code=2)
    assert said in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    said = run(PUBLISHED, "--to", "figures", "-o", "taken", code=2).stderr
    assert "taken: this is a file, and a folder of that name is needed" in said
