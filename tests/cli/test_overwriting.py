"""No command writes over what a study is read from, or over what it did not make itself."""

from __future__ import annotations

import csv
import io
import os
import shutil
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

import obstacles.reports.writers.export
from obstacles.cli.commands.report import FORMATS
from obstacles.cli.demo import examples_folder
from obstacles.reports.writers.door import Writer
from obstacles.survey.loading.load import load_study
from obstacles.survey.loading.register import NAME
from obstacles.survey.problems import SurveyError

INPUTS = ("study", "wave", "other_wave", "size", "required", "margins", "codebook")
STUDY = """schema = 1
[study]
id = "s"
title = "T"
sampling = "census"
[obstacles]
direction = "1_is_most_severe"
codebook = "{codebook}"
[capability]
levels = [{{ value = 0 }}, {{ value = 1 }}, {{ value = 2 }}]
required_table = {{ file = "{required}" }}
[[capability.item]]
id = "use"
label = "Use"
required_from = "role"
[[wave]]
id = "1"
file = "{wave}"
format = "rank_grid"
id_column = "id"
[wave.columns]
department = "dept"
role = "role"
[wave.obstacles]
a = "A"
b = "B"
[wave.capability.current]
use = "now"
[[wave]]
id = "2"
file = "{other_wave}"
format = "rank_grid"
id_column = "id"
[wave.columns]
department = "dept"
role = "role"
[wave.obstacles]
a = "A"
b = "B"
[wave.capability.current]
use = "now"
[weights]
method = "rake"
margins = {{ role = "{margins}" }}
[groups]
size = {{ file = "{size}" }}
report_by = "department"
"""
DEPARTMENTS, ROLES = ("named", "other"), ("IT", "HR")  # a batch makes a file "named"
Run = Callable[..., Result]


def rows_of(kind: str) -> list[list[object]]:
    if kind in ("wave", "other_wave"):
        rows = [
            [i, DEPARTMENTS[i % 2], ROLES[i // 2 % 2], 1 + i % 2, 2 - i % 2, i % 3]
            for i in range(60 if kind == "wave" else 64)
        ]
        return [["id", "dept", "role", "A", "B", "now"], *rows]
    return {
        "size": [["department", "headcount"], *([name, 40] for name in DEPARTMENTS)],
        "required": [["role", "item", "required"], *([name, "use", 2] for name in ROLES)],
        "margins": [["role", "share"], *([name, 0.5] for name in ROLES)],
        "codebook": [["id", "label_en"], ["a", "Skills"], ["b", "Cost"]],
    }[kind]


def table(kind: str, ending: str) -> bytes:
    """A file of the study, whatever its name ends with; workbooks where these are read."""
    rows = rows_of(kind)
    if ending == "xlsx" and kind in ("wave", "other_wave", "codebook"):
        book, out = openpyxl.Workbook(), io.BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(out)
        return out.getvalue()
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def written(folder: Path, kind: str = "", ending: str = "") -> Path:
    """The study in a folder, where the file of one kind is called `named.<ending>`; gives the study file."""
    names = {one: "study.toml" if one == "study" else f"{one}.csv" for one in INPUTS}
    if kind:
        names[kind] = f"named.{ending}"
    for one in INPUTS[1:]:
        (folder / names[one]).write_bytes(table(one, Path(names[one]).suffix[1:]))
    (folder / names["study"]).write_text(STUDY.format(**names), encoding="utf-8")
    return folder / names["study"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Typed in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return run


@pytest.fixture
def refused(run: Run, tmp_path: Path) -> Callable[..., None]:
    """Run a command with --force, which must leave every file as it is."""

    def typed(*words: str | Path, code: str = "E-OUT-01") -> None:
        before = contents(tmp_path)
        result = run(*words, "--force", code=2)
        assert code in result.output
        assert contents(tmp_path) == before

    return typed


class TestInputs:
    """Every form of every command, where its file would be one that the study is read from."""

    @pytest.mark.parametrize(("kind", "form"), list(product(INPUTS, FORMATS)))
    def test_a_report(self, refused: Callable[..., None], tmp_path: Path, kind: str, form: str) -> None:
        refused("report", written(tmp_path, kind, form), "--format", form, "-o", "named")

    @pytest.mark.parametrize(("kind", "form"), list(product(INPUTS, ("docx", "xlsx"))))
    def test_a_document(self, refused: Callable[..., None], tmp_path: Path, kind: str, form: str) -> None:
        refused("export", written(tmp_path, kind, form), "--to", form, "-o", f"named.{form}")

    @pytest.mark.parametrize(
        ("kind", "form"), [*((kind, "csv") for kind in INPUTS), ("wave", "xlsx"), ("size", "html")]
    )
    def test_a_batch(self, refused: Callable[..., None], tmp_path: Path, kind: str, form: str) -> None:
        refused("report", written(tmp_path, kind, form), "--kind", "gap", "--format", f"json,{form}", "-o", ".")

    @pytest.mark.parametrize("name", ["manifest.json", "index.html"])
    def test_the_lists_of_a_batch(self, refused: Callable[..., None], tmp_path: Path, name: str) -> None:
        study = written(tmp_path)
        (tmp_path / "wave.csv").rename(tmp_path / name)
        study.write_text(study.read_text().replace("wave.csv", name, 1))
        refused("report", study, "--kind", "gap", "--format", "csv", "-o", ".")

    @pytest.mark.parametrize("kind", INPUTS[1:])
    @pytest.mark.parametrize("anew", [(), ("--new-register",)])
    def test_a_file_that_is_called_like_the_register(
        self, run: Run, tmp_path: Path, kind: str, anew: tuple[str, ...]
    ) -> None:
        study = written(tmp_path, kind, "csv")
        text = study.read_text(encoding="utf-8").replace("named.csv", NAME)
        study.write_text(text, encoding="utf-8")
        (tmp_path / "named.csv").rename(tmp_path / NAME)
        before = contents(tmp_path)
        words = ("report", study, "--kind", "gap", "--format", "csv", "--force", "-o", "out", *anew)
        assert NAME in run(*words, code=2).output
        assert contents(tmp_path) == before

    @pytest.mark.parametrize("kind", INPUTS)
    def test_one_of_many_files(self, run: Run, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def write(_report: object, _missing: object) -> Iterator[tuple[str, bytes]]:
            yield "named.csv", b"figures"

        monkeypatch.setitem(obstacles.reports.writers.export.EXPORTS, "figures", write)
        study = written(tmp_path, kind, "csv")
        before = (tmp_path / "named.csv").read_bytes()
        words = ("export", study, "--to", "figures", "-o", ".", "--force")
        assert "E-OUT-01" in run(*words, code=2).output
        assert (tmp_path / "named.csv").read_bytes() == before

    @pytest.mark.parametrize("words", [("-o", "named.toml"), ("-o", "s.toml", "--codebook", "named.csv")])
    def test_a_study_file(self, refused: Callable[..., None], tmp_path: Path, words: tuple[str, ...]) -> None:
        name = next(word for word in words if word.startswith("named"))
        (tmp_path / name).write_bytes(table("wave", "csv"))
        refused("init", name, *words)


WAYS: dict[str, Callable[[Path, Path], Path]] = {  # how a name leads to a file: (file, empty folder) -> the name
    "itself": lambda file, folder: file,
    "relative": lambda file, folder: Path(os.path.relpath(file)),
    "up and down": lambda file, folder: folder / ".." / file.name,
    "symbolic link": lambda file, folder: linked(folder / "link", file),
    "chain of links": lambda file, folder: linked(folder / "second", linked(folder / "first", file)),
    "link to the folder": lambda file, folder: linked(folder / "there", file.parent) / file.name,
    "hard link": lambda file, folder: hard(folder / "hard", file),
}


def linked(link: Path, to: Path) -> Path:
    link.symlink_to(to)
    return link


def hard(link: Path, to: Path) -> Path:
    link.hardlink_to(to)
    return link


@pytest.mark.parametrize(("kind", "way"), list(product(INPUTS, WAYS)))
@pytest.mark.parametrize("study_is_linked", [False, True])
def test_a_file_of_the_study_by_every_name(tmp_path: Path, kind: str, way: str, study_is_linked: bool) -> None:
    home, aside = tmp_path / "home", tmp_path / "home" / "aside"
    aside.mkdir(parents=True)
    path = written(home)
    if study_is_linked:
        path = linked(tmp_path / "elsewhere", home) / path.name
    name = WAYS[way](home / ("study.toml" if kind == "study" else f"{kind}.csv"), aside)
    before = contents(home)
    writer = Writer(load_study(path).files, force=True)
    for act in (lambda: writer.check([name]), lambda: writer.write(name, b"new")):
        with pytest.raises(SurveyError, match="E-OUT-01"):
            act()
    assert not writer.remove(name)
    assert contents(home) == before


def test_data_elsewhere_are_inputs_as_well(run: Run, tmp_path: Path) -> None:
    study = written(tmp_path)
    (tmp_path / "data").mkdir()
    for kind in ("wave", "other_wave", "size"):
        shutil.move(tmp_path / f"{kind}.csv", tmp_path / "data")
    for kind in ("wave", "other_wave", "size"):
        words = ("report", study, "--data", "data", "--format", "csv", "-o", f"data/{kind}", "--force")
        assert "E-OUT-01" in run(*words, code=2).output


class TestFilesOfOthers:
    """Left alone, unless --force is said; what the command made itself is made again."""

    @pytest.mark.parametrize("form", ["csv", "json", "html", "xlsx", "docx"])
    def test_a_report(self, run: Run, tmp_path: Path, form: str) -> None:
        words = ("report", written(tmp_path), "--format", form, "-o", "out")
        file = tmp_path / f"out.{form}"
        file.write_bytes(table("wave", form))
        before = contents(tmp_path)
        assert f"E-OUT-02 out.{form}" in run(*words, code=2).output.replace("   ", " ")
        assert contents(tmp_path) == before
        run(*words, "--force")
        made = file.read_bytes()
        assert made != before[file.name]
        run(*words)
        assert file.read_bytes() == made

    def test_all_files_are_named_at_once_and_none_is_made(self, run: Run, tmp_path: Path) -> None:
        study = written(tmp_path)
        (tmp_path / "out.csv").write_text("mine")
        (tmp_path / "out.json").mkdir()
        before = contents(tmp_path)
        out = run("report", study, "--format", "html,csv,json", "-o", "out", code=2).output
        assert "out.csv: this file exists" in " ".join(out.split())
        assert "out.json: a folder stands" in " ".join(out.split())
        assert contents(tmp_path) == before

    def test_a_batch_and_its_register(self, run: Run, tmp_path: Path) -> None:
        words = ("report", written(tmp_path), "--kind", "gap", "--format", "csv", "--jobs", "1", "-o", "out")
        (tmp_path / NAME).write_text("of a cash desk")
        assert NAME in run(*words, code=3).output
        assert NAME in run(*words, "--force", code=3).output
        assert (tmp_path / NAME).read_text() == "of a cash desk"
        assert not (tmp_path / "out").exists()
        run(*words, "--new-register")
        assert (tmp_path / f"{NAME}.old").read_text() == "of a cash desk"
        made = contents(tmp_path)
        assert {"out/named.csv", "out/other.csv", "out/manifest.json", "out/index.html"} < set(made)
        run(*words)
        assert contents(tmp_path) == made

    def test_the_examples(self, run: Run, tmp_path: Path) -> None:
        folder = tmp_path / "demo"
        shutil.copytree(examples_folder() / "eurostat-ai", folder / "eurostat-ai", ignore=shutil.ignore_patterns("out"))
        study = folder / "eurostat-ai" / "study.toml"
        study.write_text("# mine\n")
        before = contents(tmp_path)
        assert "study.toml: this file exists" in " ".join(run("demo", folder, code=2).output.split())
        assert contents(tmp_path) == before

    @pytest.mark.parametrize("name", ["x" * 300, "a\\u0000b", "loop"])
    def test_a_name_that_no_file_can_have_is_one_sentence(self, run: Run, tmp_path: Path, name: str) -> None:
        study = written(tmp_path)
        linked(tmp_path / "loop.csv", tmp_path / "loop.csv")
        with study.open("a") as end:
            end.write(f'[[report]]\nkind = "research"\nformat = ["csv"]\noutput = "{name}"\n')
        assert "cannot be written" in run("report", study, code=1).output

    def test_a_link_stays_a_link_and_rights_stay(self, run: Run, tmp_path: Path) -> None:
        words = ("report", written(tmp_path), "--format", "json", "-o", "out")
        (tmp_path / "place").mkdir()
        linked(tmp_path / "out.json", tmp_path / "place" / "there.json")
        run(*words)
        (tmp_path / "place" / "there.json").chmod(0o600)
        run(*words)
        assert (tmp_path / "out.json").is_symlink()
        assert (tmp_path / "place" / "there.json").stat().st_mode & 0o777 == 0o600
        assert [path.name for path in (tmp_path / "place").iterdir()] == ["there.json"]
