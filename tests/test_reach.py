"""What the analysis can work out is asked for by a command or a public name: nothing is kept for tests alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

import pytest
from paths import ROOT

PACKAGE = ROOT / "obstacles"
FOLDERS = (PACKAGE / "text", ROOT / "survey", ROOT / "analysis", ROOT / "reports", PACKAGE / "cli")
FILES = (PACKAGE / "__init__.py", PACKAGE / "__main__.py", *(path for f in FOLDERS for path in sorted(f.rglob("*.py"))))
WITHOUT_A_COMMAND = {  # name -> why it may be
    "value_of": "the objective itself, against which gradients and maxima are checked",
}
Definition = ast.FunctionDef | ast.ClassDef


def names_in(node: ast.AST) -> Iterator[str]:
    """Identifiers that a piece of code may mean: names, attributes, and strings that are dotted names."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr
        elif isinstance(part, ast.ImportFrom):
            yield from (alias.name for alias in part.names if alias.asname)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str) and re.fullmatch(r"[\w.:]+", part.value):
            yield from re.split(r"[.:]", part.value)


def reached(defined: Mapping[str, list[set[str]]], roots: set[str]) -> set[str]:
    """Names that are used by code that is used; `defined` gives the names within each definition of a name."""
    live: set[str] = set()
    waiting = set(roots)
    while waiting:
        name = waiting.pop()
        live.add(name)
        for within in defined.get(name, ()):
            waiting |= within - live
    return live


@pytest.fixture(scope="module")
def live() -> set[str]:
    """Names that a command, a public name or a table of the modules comes to."""
    defined: dict[str, list[set[str]]] = {}
    roots: set[str] = set()
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    roots |= {alias.name for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    for path in FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            command_line = path.parent == PACKAGE or path.is_relative_to(PACKAGE / "cli")
            if isinstance(node, Definition) and not command_line:
                defined.setdefault(node.name, []).append(set(names_in(node)))
            elif not isinstance(node, ast.Import | ast.ImportFrom) or command_line:
                roots |= set(names_in(node))
    return reached(defined, roots)


def public_functions() -> list[tuple[str, str]]:
    """File and name of every public function of the analysis."""
    return [
        (path.relative_to(ROOT).as_posix(), node.name)
        for path in FILES
        if path.is_relative_to(ROOT / "analysis")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def test_every_public_function_of_the_analysis_is_asked_for(live: set[str]) -> None:
    functions = public_functions()
    assert len(functions) > 100
    unused = {(file, name) for file, name in functions if name not in live}
    assert {(file, name) for file, name in unused if name not in WITHOUT_A_COMMAND} == set()


def test_what_only_unused_code_uses_is_unused() -> None:
    defined = {"command": [{"rank"}], "rank": [{"fit"}], "lost": [{"helper"}], "fit": [set()], "helper": [set()]}
    assert reached(defined, {"command"}) == {"command", "rank", "fit"}
