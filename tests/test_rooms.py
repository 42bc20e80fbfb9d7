"""The house: imports point one way between rooms, folders and files, and what belongs to one place stays there."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from paths import ROOT

ROOMS = ("text", "survey", "analysis", "reports", "cli", "web")  # each may import those before it
FOLDERS = {
    "text": ROOT / "obstacles" / "text",
    "cli": ROOT / "obstacles" / "cli",
    "web": ROOT / "obstacles" / "web",
} | {room: ROOT / room for room in ("survey", "analysis", "reports")}
FILES = {path: room for room in ROOMS for path in sorted(FOLDERS[room].rglob("*.py"))}
LARGEST_FOLDER = 28  # modules, which one still reads at a glance
LONGEST_FILE = 400  # lines


def module_of(path: Path) -> str:
    """The dotted name under which a file of a room is imported."""
    inside = path.relative_to(FOLDERS[FILES[path]]).with_suffix("").parts
    return ".".join(("obstacles", FILES[path], *(part for part in inside if part != "__init__")))


MODULES = {module_of(path): path for path in FILES}


def imports_of(path: Path) -> Iterator[str]:
    """Dotted names of modules that a file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in MODULES else node.module or ""


def id_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def arrows() -> dict[str, dict[str, set[str]]]:
    """Parent package -> its child -> the children that it imports, at every level of the house."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, path in MODULES.items():
        for other in imports_of(path):
            if other not in MODULES or other == name:
                continue
            own, its = name.split("."), other.split(".")
            level = next((i for i, (a, b) in enumerate(zip(own, its, strict=False)) if a != b), min(len(own), len(its)))
            child, imported = own[level : level + 1], its[level : level + 1]
            found[".".join(own[:level])]["".join(child) or "__init__"].add("".join(imported) or "__init__")
    return found


def circle_in(graph: Mapping[str, set[str]]) -> list[str]:
    """One circle of a graph of imports; [] where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_room_has_files() -> None:
    assert set(FILES.values()) == set(ROOMS)
    assert min(Counter(FILES.values()).values()) > 3


@pytest.mark.parametrize("path", FILES, ids=id_of)
def test_imports_point_one_way(path: Path) -> None:
    allowed = ROOMS[: ROOMS.index(FILES[path]) + 1]
    own = [name.split(".")[1:2] for name in imports_of(path) if name.split(".")[0] == "obstacles"]
    assert [room for room in own if room and room[0] not in allowed] == []


def test_no_circle_between_files_or_folders() -> None:
    found = arrows()
    assert len(found) > 20
    assert {parent: circle for parent, graph in found.items() if (circle := circle_in(graph))} == {}


def test_a_circle_would_be_seen() -> None:
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}})


def test_there_is_one_import_name() -> None:
    bare = set(ROOMS) - {"text"}
    files = [*FILES, *(path for folder in ("tests", "benchmarks", "docs") for path in (ROOT / folder).rglob("*.py"))]
    wrong = [id_of(path) for path in files if any(name.split(".")[0] in bare for name in imports_of(path))]
    assert wrong == []


def test_folders_can_be_read_at_a_glance_and_say_what_lives_there() -> None:
    sizes = Counter(path.parent for path in FILES)
    assert {id_of(folder): size for folder, size in sizes.items() if size > LARGEST_FOLDER} == {}
    for folder in sizes:
        front = folder / "__init__.py"
        assert front.exists(), folder
        assert ast.get_docstring(ast.parse(front.read_text(encoding="utf-8"))), folder


def test_files_can_be_held_in_the_head() -> None:
    long = {id_of(path): lines for path in FILES if (lines := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE}
    assert long == {}


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("jinja2", ("reports/writers/render.py", "obstacles/web/pages.py")),
        ("markupsafe", ("reports/writers/render.py",)),
        ("weasyprint", ("reports/writers/", "reports/charts/fonts.py")),
        ("docx", ("reports/writers/word/",)),
        ("python_calamine", ("survey/files/excel.py", "survey/files/sheets/")),
        ("tomllib", ("survey/studyfile/",)),
        (
            "click",
            ("obstacles/cli/", "obstacles/web/command.py", "obstacles/web/desktop.py", "obstacles/web/work/reports.py"),
        ),
        ("rich", ("obstacles/cli/",)),
    ],
)
def test_a_library_is_known_in_its_place_only(library: str, allowed: tuple[str, ...]) -> None:
    using = {id_of(path) for path in FILES if any(name.split(".")[0] == library for name in imports_of(path))}
    assert using
    assert [path for path in using if not path.startswith(allowed)] == []


def test_only_the_command_line_prints() -> None:
    looked = 0
    for path, room in FILES.items():
        if room == "cli":
            continue
        looked += 1
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        ]
        assert "print" not in calls, path
    assert looked > 50


def test_there_is_no_drawer_for_everything() -> None:
    assert not [path for path in FILES if path.stem in ("utils", "util", "helpers", "common", "misc")]
