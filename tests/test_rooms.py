"""The rooms: imports point one way, and what belongs to one place stays there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("survey", "analysis", "reports", "obstacles")  # each may import those before it
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    """Dotted names that a file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def id_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_room_has_files() -> None:
    for room in ROOMS:
        assert sum(path.is_relative_to(ROOT / room) for path in FILES) > 3


@pytest.mark.parametrize("path", FILES, ids=id_of)
def test_imports_point_one_way(path: Path) -> None:
    own = ROOMS.index(path.relative_to(ROOT).parts[0])
    backwards = [name for name in imports_of(path) if name.split(".")[0] in ROOMS[own + 1 :]]
    assert backwards == []


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("jinja2", {"reports/render.py"}),
        ("markupsafe", {"reports/render.py"}),
        ("weasyprint", {"reports/render.py", "reports/fonts.py", "reports/tagging.py", "reports/glyphs.py"}),
        ("docx", {id_of(path) for path in FILES if path.is_relative_to(ROOT / "reports" / "word")}),
        ("tomllib", {"survey/studyfile.py", "survey/instrument.py", "survey/attached_study.py"}),
        ("click", {id_of(path) for path in FILES if path.is_relative_to(ROOT / "obstacles")}),
        ("rich", {id_of(path) for path in FILES if path.is_relative_to(ROOT / "obstacles")}),
    ],
)
def test_a_library_is_known_in_its_place_only(library: str, allowed: set[str]) -> None:
    using = {id_of(path) for path in FILES if any(name.split(".")[0] == library for name in imports_of(path))}
    assert using
    assert using <= allowed


def test_survey_and_analysis_print_nothing() -> None:
    looked = 0
    for path in FILES:
        if path.is_relative_to(ROOT / "obstacles"):
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
