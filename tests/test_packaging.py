"""What is installed: one import name, with all that runs needs, beside whatever else is named as our folders are."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from obstacles.cli.demo import examples_folder

ROOT = Path(__file__).parents[1]
STUDY = examples_folder() / "eurostat-ai" / "study.toml"
SOURCES = ("obstacles", "survey", "analysis", "reports", "examples")
NOT_SOURCES = shutil.ignore_patterns("__pycache__", "*.egg-info", "out", "*.register*")
NAMED_AS_OURS = ("analysis.py", "survey.py", "reports/__init__.py", "examples.py", "text.py", "cli.py")


@pytest.fixture(scope="module")
def setup_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("setup_script", ROOT / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def folder_of(package: str, mapping: dict[str, str]) -> Path:
    """Where the files of a package lie, by the longest name of the mapping."""
    known = max((name for name in mapping if package == name or package.startswith(f"{name}.")), key=len)
    return ROOT.joinpath(mapping[known], *package[len(known) :].split(".")[1:])


def test_every_folder_with_code_is_a_package(setup_script: ModuleType) -> None:
    installed = {folder_of(package, setup_script.PACKAGE_DIR) for package in setup_script.packages()}
    tops = [ROOT / room for room in ("obstacles/text", "obstacles/cli", "obstacles/web", *setup_script.ROOMS)]
    folders = {path.parent for top in tops for path in top.rglob("*.py")} | {ROOT / "obstacles", ROOT / "examples"}
    assert len(folders) > 30
    assert installed == folders


def test_every_file_that_is_not_code_is_installed(setup_script: ModuleType) -> None:
    mapping, looked = setup_script.PACKAGE_DIR, 0
    packages = {folder_of(package, mapping): package for package in setup_script.packages()}
    for top in ("obstacles/text", "obstacles/cli", "obstacles/web", "survey", "analysis", "reports", "examples"):
        for path in (ROOT / top).rglob("*"):
            made = "out" in path.parts or path.name[0] == "." or path.suffix in (".py", ".pyc", ".register")
            if path.is_dir() or made:
                continue
            folder = next(parent for parent in path.parents if parent in packages)
            patterns = setup_script.PACKAGE_DATA.get(packages[folder], [])
            assert any(path in folder.glob(pattern) for pattern in patterns), path
            looked += 1
    assert looked > 20


def test_the_page_of_a_package_index_has_no_dead_links(setup_script: ModuleType) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    page = setup_script.index_page(readme)
    assert "](docs/" in readme
    assert not re.search(r"\]\((?!https?:)", page)
    assert "docs/pictures" not in page
    assert "| `rank_grid` |" in page
    assert len(page) > 0.8 * len(readme)
    assert "See [the site](https://a.b/c).\nthe guide\n" in setup_script.index_page(
        "See [the site](https://a.b/c).\n| ![picture](a.png) | ![b](c.png) |\n[the guide](docs/guide.md#part)\n"
    )


@pytest.fixture(scope="module", params=[True, False], ids=["with links", "where git makes no links"])
def wheel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel that a checkout gives."""
    pytest.importorskip("setuptools", minversion="77", reason="setuptools cannot read pyproject.toml")
    copy, target = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, symlinks=True, ignore=NOT_SOURCES)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    if not request.param:
        for link in [path for path in (copy / "obstacles").iterdir() if path.is_symlink()]:
            text = os.readlink(link)
            link.unlink()
            link.write_text(text, encoding="utf-8")  # as git does with core.symlinks = false
    command = "import sys\nfrom setuptools.build_meta import build_wheel\nprint(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", command, str(target)],
        cwd=copy, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return zipfile.ZipFile(next(target.glob("*.whl")))


def test_the_wheel_has_one_import_name_and_all_that_runs_needs(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"obstacles"}
    code = {name for name in names if name.endswith(".py")}
    rooms = {room: ROOT / room for room in ("survey", "analysis", "reports")}
    rooms |= {room: ROOT / "obstacles" / room for room in ("text", "cli")}
    for room, folder in rooms.items():
        sources = {f"obstacles/{room}/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*.py")}
        assert sources == {name for name in code if name.startswith(f"obstacles/{room}/")}
    for name in (
        "__init__.pyi",
        "py.typed",
        "text/locale/zh/LC_MESSAGES/messages.mo",
        "survey/studyfile/instruments/big_data_in_government.toml",
        "reports/templates/base.html",
        "reports/templates/report.css",
        "reports/charts/report.mplstyle",
        "examples/README.md",
        "examples/big-data-obstacles/responses_2024.csv",
        "examples/eurostat-ai/study.toml",
    ):
        assert f"obstacles/{name}" in names
    examples = [name for name in names if name.startswith("obstacles/examples/")]
    assert not [name for name in examples if "/out/" in name or name.endswith((".register", ".pdf", ".json"))]


def test_the_description_names_the_project(wheel: zipfile.ZipFile) -> None:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    text = wheel.read(name).decode("utf-8")
    assert "Author: obstacle-ranking contributors" in text
    assert "Classifier: Typing :: Typed" in text
    assert "\n# obstacle-ranking\n" in text
    assert "](docs/" not in text


def test_the_tools_of_developers_are_an_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    always = {re.split(r"[<>=\[]", line)[0] for line in project["dependencies"]}
    assert {"click", "weasyprint"} <= always
    assert always.isdisjoint({"pytest", "ruff", "mypy", "mkdocs", "hypothesis", "choix"})


def test_the_citation_is_of_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {project['version']}\n" in text
    assert f"\nlicense: {project['license']}\n" in text
    assert all(author["name"] in text for author in project["authors"])


# ---------- beside the files of a user -------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder whose files have the names of ours; each stops whoever imports it."""
    for name in NAMED_AS_OURS:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text('raise RuntimeError("a file of the user was imported")\n', encoding="utf-8")
    return tmp_path


SHORT = f"""
import obstacles as ob
study = ob.load_study({str(STUDY)!r})
ranking = ob.rank(study)
print(ranking.model)
"""
SCRIPT = f"""{SHORT.rpartition("print")[0]}
ranking.plot()
assert ob.build_report(study) is not None
print(ranking.model)
"""


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "OBSTACLES_LANGUAGE": "zh", "MPLBACKEND": "agg"}


def run(desk: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=desk, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_script_beside_files_named_as_ours(desk: Path) -> None:
    (desk / "my_report.py").write_text(SCRIPT, encoding="utf-8")
    assert run(desk, "my_report.py").splitlines()[-1] == "published"
    (desk / "analysis.py").write_text(SHORT, encoding="utf-8")  # the script itself may have the name
    assert run(desk, "analysis.py").splitlines()[-1] == "published"


def test_the_command_line_beside_files_named_as_ours(desk: Path) -> None:
    assert "published" in run(desk, "-m", "obstacles", "rank", str(STUDY), "--json")


@pytest.mark.slow
def test_a_notebook_beside_files_named_as_ours(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SHORT)])
    nbclient.NotebookClient(book, kernel_name="python3", resources={"metadata": {"path": str(desk)}}).execute()
    assert book.cells[0].outputs[-1]["text"].endswith("published\n")
